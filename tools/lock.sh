#!/bin/sh
# Renews requirements*.lock from pyproject.toml, for every Python and platform we name there.
# Pins that are already locked stay; `make lock UPGRADE=--upgrade` takes the newest of everything.
set -eu
cd "$(dirname "$0")/.."

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
python3 -m venv "$scratch/venv"
"$scratch/venv/bin/pip" install --quiet --disable-pip-version-check uv

compile() { # compile LOCK-FILE OPTION...
    lock=$1
    shift
    # Old pins are read from the file that is written, so that file is a copy until all went well.
    if [ -f "$lock" ]; then cp "$lock" "$scratch/$lock"; fi
    "$scratch/venv/bin/uv" pip compile --quiet --universal --python-version 3.11 \
        --generate-hashes --no-header --no-emit-index-url ${UPGRADE:-} \
        --output-file "$scratch/$lock" "$@" pyproject.toml
    { echo "# Renewed by \`make lock\` from pyproject.toml; not to be edited."; cat "$scratch/$lock"; } |
        awk '!/^# Renewed by/ || NR == 1' >"$scratch/new"
    mv "$scratch/new" "$lock"
}

compile requirements.lock
# The others repeat the first one's versions, so one .venv serves all.
compile requirements-postgres.lock --constraint requirements.lock --extra postgres
compile requirements-dev.lock --constraint requirements.lock --extra postgres --group dev
