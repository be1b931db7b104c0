"""The command `groundwork`. What needs no database yet, such as a restore, doesn't load the app."""

from flask import Flask
from flask.cli import FlaskGroup

from webapp.backups.commands import restore_command
from webapp.config import BadSetting


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
main.add_command(restore_command)


if __name__ == "__main__":
    try:
        main(prog_name="groundwork")
    except BadSetting as trouble:
        raise SystemExit(f"Error: {trouble}") from None
