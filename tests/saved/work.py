"""What a clinic does while its files are watched: `python -m tests.saved.work saving FOLDER`.

Each line that it writes into `said` is one thing that somebody was told is done.
"""

import os
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade as migrated_to
from sqlalchemy import event

from tests.conftest import started, typed
from tests.pages import Phone
from tests.support.apps import settings_in
from tests.support.people import PASSWORD
from webapp.core.data.db import db

SAVES = 40


def saving(app: Flask, say: Callable[[], object], between: Callable[[int], object] = bool) -> None:
    """Ana signs in and writes, again and again."""
    phone = Phone(app)
    phone.fill(phone.get("/sign-in"), having="password", username="ana", password=PASSWORD)
    for number in range(SAVES):
        page = phone.get("/journal/new")
        saved = phone.fill(page, having="situation", situation=f"Payday {number}", urge="7")
        assert saved.status == 200, saved.text
        say()
        between(number)


def checkpoint(app: Flask, say: Callable[[], object]) -> None:
    """Meanwhile what is in the log goes into the database's own file, and the log is cut."""
    file = app.extensions["settings"].data / "groundwork.db"
    ways = ("PASSIVE", "FULL", "RESTART", "TRUNCATE")

    def between(number: int) -> None:
        with closing(sqlite3.connect(file)) as connection:
            connection.execute(f"PRAGMA wal_checkpoint({ways[number % 4]})")

    saving(app, say, between)


def carelessly(app: Flask, say: Callable[[], object]) -> None:
    """The same without waiting for the disk: what we don't do."""
    with app.app_context():

        @event.listens_for(db.engine, "connect")
        def prepare(connection: sqlite3.Connection, _record: object) -> None:
            connection.execute("PRAGMA synchronous=NORMAL")

    saving(app, say)


def failing(app: Flask, say: Callable[[], object]) -> None:
    """Ana writes while the disk fails again and again, and is told so."""
    phone = Phone(app)
    phone.fill(phone.get("/sign-in"), having="password", username="ana", password=PASSWORD)
    for number in range(SAVES):
        page = phone.get("/journal/new")
        if page.status == 200:
            saved = phone.fill(page, having="situation", situation=f"Payday {number}", urge="7")
            assert saved.status in (200, 503)
            if saved.status == 200:
                say()


def migration(app: Flask, say: Callable[[], object]) -> None:
    """An update, of rows that are made up."""
    with app.app_context():
        migrated_to()
    say()


def rotation(app: Flask, say: Callable[[], object]) -> None:
    """Everybody's key is wrapped anew, while Ana writes before and after."""
    saving(app, say, lambda number: number % 10 == 5 and typed(app, "rotate-key"))


def backup(app: Flask, say: Callable[[], object]) -> None:
    """A backup; what is said is that there is one."""
    for _ in range(2):
        typed(app, "backup", "--to", str(app.extensions["settings"].data / "backups"))
        say()


def main(name: str, folder: Path) -> None:
    with (folder / "said").open("wb", buffering=0) as said:
        app = started(settings_in(folder))
        globals()[name](app, lambda: said.write(b"."))
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
