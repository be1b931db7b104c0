"""The command `groundwork`. What needs no database yet, such as a restore, doesn't make the app."""

import os
import re
from pathlib import Path

import click
from flask import Flask
from flask.cli import FlaskGroup

from webapp.backups.commands import drill_command, restore_command
from webapp.config import BadSetting
from webapp.core.version import version
from webapp.doctor.commands import doctor

# As systemd reads it, of what can be meant in one way only: NAME=value, NAME="value", NAME='value'.
_LINE = re.compile(r"""([A-Za-z_]\w*)=(?:"([^"\\]*)"|'([^'\\]*)'|([^"'\\]*))\s*""")


def settings_from(file: Path) -> None:
    """Take the services' own settings, and no others that a shell happens to have."""
    try:
        lines = file.read_text().splitlines()
    except (OSError, UnicodeDecodeError) as trouble:
        raise BadSetting(f"{file} can’t be read ({type(trouble).__name__}).") from None
    found = {}
    for number, line in enumerate(lines, 1):
        if line.strip() and not line.lstrip().startswith(("#", ";")):
            if not (read := _LINE.fullmatch(line.strip())):
                raise BadSetting(f'Line {number} of {file} must be NAME=value or NAME="value".')
            found[read[1]] = (read[2] or read[3] or read[4] or "").strip()
    for name in [name for name in os.environ if name.startswith("GROUNDWORK_")]:
        del os.environ[name]
    os.environ.update(found)


def _app() -> Flask:
    from wsgi import app  # makes keys and asks the database

    return app


main = FlaskGroup(
    name="groundwork",
    create_app=_app,
    add_default_commands=False,
    add_version_option=False,
    help="Groundwork, for its operator.",
)
main.params.clear()  # Flask's own, for who develops
click.version_option(version(), prog_name="groundwork", message="Groundwork %(version)s")(main)
main.add_command(restore_command)
main.add_command(drill_command)
main.add_command(doctor)


if __name__ == "__main__":
    try:
        if file := os.environ.pop("GROUNDWORK_ENV_FILE", ""):
            settings_from(Path(file))
        main(prog_name="groundwork")
    except BadSetting as trouble:
        raise SystemExit(f"Error: {trouble}") from None
