#!/bin/sh
# Every test: on SQLite with the journeys in Chromium, then on PostgreSQL whatever asks for a
# database, without them (a browser can't see which one is behind the page). What is missing is
# installed when we may, else left out and said so; in CI nothing may be left out. Arguments go on
# to pytest.
set -u
cd "$(dirname "$0")/.."
export PYTHONUNBUFFERED=1
# What is compiled is kept, wherever somebody wants it otherwise: a run begins with it.
export PYTHONDONTWRITEBYTECODE=
# A third one for two cores: nearly half of a run is waiting, for browsers, servers, and clocks.
workers=${WORKERS:-3}

has_browser() { command -v chromium >/dev/null && "$node" --version >/dev/null 2>&1; }
# Playwright brings a Node.js of its own, and that needs a library which Debian can do without.
node=$(echo .venv/lib/python3*/site-packages/playwright/driver/node)
# The same browser without its windows: what it does for the journeys takes it half as long.
has_shell() { command -v chromium-headless-shell >/dev/null; }
# Those in front of the app, for which `deploy/` has a file.
has_proxies() { PATH=$PATH:/usr/sbin command -v nginx >/dev/null && command -v caddy >/dev/null; }
# Without them letters and signs look like on no phone, and take more room on paper.
has_fonts() { fc-list 2>/dev/null | grep -q Roboto && fc-list | grep -q NotoColorEmoji; }
# What becomes of files when the power goes is worked out from what a process told them.
has_strace() { command -v strace >/dev/null; }
has_postgresql() { .venv/bin/python -m tests.databases --find >/dev/null 2>&1; }

missing=""
has_browser || missing="chromium libatomic1"
has_fonts || missing="$missing fonts-roboto-unhinted fonts-noto-color-emoji"
has_shell || missing="$missing chromium-headless-shell"
has_postgresql || missing="$missing postgresql"
has_proxies || missing="$missing nginx caddy"
has_strace || missing="$missing strace"
if [ -n "$missing" ]; then tools/debian-install.sh $missing; fi
if [ "${CI:-}" = true ] && ! { has_browser && has_postgresql && has_proxies && has_strace; }; then
    echo "In CI nothing may be left out: a Chromium that Playwright can drive, PostgreSQL, nginx, Caddy, strace." >&2
    exit 1
fi

# How a step went: pytest's exit code, in words.
outcome() { if [ "$1" -eq 0 ]; then echo passed; else echo "FAILED (pytest's exit code $1)"; fi; }

echo "== Tests on SQLite"
if has_browser; then
    journeys="with the journeys in Chromium"
    .venv/bin/python -m pytest -n "$workers" --dist worksteal "$@"
else
    journeys="WITHOUT THE JOURNEYS: there is no Chromium here that Playwright can drive"
    .venv/bin/python -m pytest -n "$workers" --dist worksteal -m "not journey" "$@"
fi
sqlite=$?

echo "== Tests on PostgreSQL"
if has_postgresql; then
    .venv/bin/python -m tests.databases -- .venv/bin/python -m pytest \
        -n "$workers" --dist worksteal -m "not journey" --database postgresql "$@"
    postgresql=$?
    told="$(outcome $postgresql), without the journeys, which ran on SQLite"
    # Arguments may have asked for nothing that is tried here.
    if [ "$postgresql" -eq 5 ] && [ $# -gt 0 ]; then postgresql=0; fi
else
    postgresql=0
    told="SKIPPED: there is no PostgreSQL here"
fi

echo
echo "On SQLite: $(outcome $sqlite), $journeys."
echo "On PostgreSQL: $told."
[ "$sqlite" -eq 0 ] && [ "$postgresql" -eq 0 ]
