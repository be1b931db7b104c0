#!/bin/sh
# Makes .venv hold the exact versions of a lock file; does nothing when it already does.
# Usage: tools/venv.sh run|postgres|dev
set -eu
cd "$(dirname "$0")/.."

case ${1:-} in
    run) locks=requirements.lock ;;
    # These repeat the first one's versions: whoever has one can also run.
    postgres) locks="requirements-postgres.lock requirements.lock" ;;
    dev) locks="requirements-dev.lock requirements-postgres.lock requirements.lock" ;;
    *) echo "usage: $0 run|postgres|dev" >&2; exit 2 ;;
esac
lock=${locks%% *}

# Making .venv anew would empty whatever it points to, which is somebody else's.
if [ -L .venv ]; then
    echo ".venv is a link here. Remove it, and the next make builds one of its own." >&2
    exit 1
fi

# A stamp tells what was installed and where: a .venv can't be moved, its scripts name their folder.
# It goes by content, because in a fresh checkout every file looks new.
stamp() { echo "$(cksum <"$1") $PWD"; }
if [ "$(cat ".venv/$lock" 2>/dev/null)" = "$(stamp "$lock")" ] && .venv/bin/python -c ''; then
    exit 0
fi

if ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "Groundwork needs Python 3.11 or newer, and python3 here is $(python3 --version)." >&2
    exit 1
fi
# Debian keeps the half of venv that brings pip in a package of its own.
python3 -c 'import ensurepip, venv' 2>/dev/null || tools/debian-install.sh python3-venv

case "$(cat .venv/requirements.lock 2>/dev/null)" in
    *" $PWD") .venv/bin/python -c '' || python3 -m venv --clear .venv ;; # only what changed
    *) python3 -m venv --clear .venv ;;
esac
echo "Installing exact versions from $lock into .venv ..."
.venv/bin/python -m pip install -qq --disable-pip-version-check --no-input \
    --require-hashes --requirement "$lock"
# What an operator types, from wherever they are; -P: nothing is imported from there.
cat >.venv/bin/groundwork <<END
#!/bin/sh
PYTHONPATH='$PWD' exec '$PWD/.venv/bin/python' -P -m webapp "\$@"
END
chmod 755 .venv/bin/groundwork
for lock in $locks; do stamp "$lock" >".venv/$lock"; done
