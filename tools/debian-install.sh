#!/bin/sh
# Installs Debian packages when we may, else prints the one line to type and fails.
# Usage: tools/debian-install.sh PACKAGE...
set -eu

line="apt-get install --yes --no-install-recommends $*"
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "Missing: $*. Type:  sudo $line" >&2
    exit 1
fi

# Debian's postgresql makes and starts a server of its own; we only want the programs.
case " $* " in *" postgresql "*)
    mkdir -p /etc/postgresql-common/createcluster.d
    echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.d/groundwork.conf ;;
esac

# nor servers of its own in front of it.
policy=/usr/sbin/policy-rc.d
case " $* " in *" caddy "*)
    if [ ! -e "$policy" ]; then
        trap 'rm -f "$policy"' EXIT
        printf '#!/bin/sh\nexit 101\n' >"$policy"
        chmod 755 "$policy"
    fi ;;
esac

echo "Installing $* ..."
log=$(mktemp)
# Kept quiet while it works, and told in full when it doesn't.
if DEBIAN_FRONTEND=noninteractive sh -c "apt-get update && $line" >"$log" 2>&1 </dev/null; then
    rm -f "$log"
else
    cat "$log" >&2
    rm -f "$log"
    exit 1
fi
