#!/bin/sh
# Puts Groundwork's user, folders, command, and services in place. Repeat it after each change of the program:
# /etc/groundwork.env is made once and then left as it is. Usage: sudo deploy/install.sh [postgres]
set -eu
cd "$(dirname "$0")/.."
if [ "$(id -u)" != 0 ]; then echo "Type: sudo deploy/install.sh" >&2; exit 1; fi
if [ "$PWD" != /opt/groundwork ]; then echo "Put this folder at /opt/groundwork. It is at $PWD." >&2; exit 1; fi

lock=${1:-run}
if [ -e .venv/requirements-postgres.lock ]; then lock=postgres; fi
umask 022
python3 -c 'import ensurepip' 2>/dev/null || tools/debian-install.sh python3 python3-venv
tools/venv.sh "$lock"
.venv/bin/python -m compileall -q webapp wsgi.py
# The service may read the program, and never change it.
chown -R root:root .
chmod -R u+rwX,go+rX,go-w .

mkdir -p /etc/sysusers.d /etc/tmpfiles.d
install -m 644 deploy/sysusers.conf /etc/sysusers.d/groundwork.conf
install -m 644 deploy/tmpfiles.conf /etc/tmpfiles.d/groundwork.conf
systemd-sysusers groundwork.conf
systemd-tmpfiles --create groundwork.conf
if [ ! -e /etc/groundwork.env ]; then install -m 640 -g groundwork deploy/groundwork.env /etc/groundwork.env; fi
install -m 755 deploy/groundwork /usr/local/bin/groundwork

cp -R deploy/systemd/. /etc/systemd/system/
systemctl daemon-reload
systemctl --quiet enable groundwork.target groundwork-web.service groundwork-reminders.service \
    groundwork-plan.timer groundwork-meetings.timer groundwork-backup.timer
echo "Installed. Settings: /etc/groundwork.env. Start: systemctl start groundwork.target"
