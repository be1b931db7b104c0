"""A SQLite database as one file: taken while it runs, and put where there is none."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL, Engine, create_engine, event

from webapp.backups.errors import NoBackup
from webapp.backups.sealed import Tick
from webapp.core.crypto.key_files import force
from webapp.core.starting import sqlite_file

STEPS = 100_000  # of SQLite's machine between two looks at how far it is


def size_of(url: URL) -> int:
    """About how many bytes there are to do."""
    return _file(url).stat().st_size


def take(url: URL, into: Path, tick: Tick) -> Engine:
    """Copy the database as it is at this moment; whoever reads or writes meanwhile waits for
    nothing. Pages that were let go of aren't in the copy, nor what once stood in them.
    """
    source = _file(url)
    seen = 0

    def look() -> None:
        nonlocal seen
        size = into.stat().st_size if into.exists() else 0
        tick(size - seen)
        seen = size

    try:
        with closing(sqlite3.connect(source)) as connection:
            connection.set_progress_handler(look, STEPS)
            connection.execute("VACUUM INTO ?", [str(into)])
        into.chmod(0o600)
        look()
        with closing(sqlite3.connect(into)) as copy:
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, without a -wal beside it
            (said,) = copy.execute("PRAGMA integrity_check(1)").fetchone()
    except sqlite3.Error as error:
        raise NoBackup(f"The database can’t be copied: {error}.") from None
    if said != "ok":
        raise NoBackup(
            f"The database is damaged ({said}). See docs/operator.md, When it doesn’t start."
        )
    return _engine(into)


def put_back(file: Path, _url: URL) -> Engine:
    """The database that a backup held, still under a name of its own."""
    engine = _engine(file)
    with engine.connect() as connection:
        said = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar()
    if said != "ok":
        raise NoBackup(f"The database in the backup is damaged ({said}). Nothing was changed.")
    return engine


def finish(file: Path, url: URL) -> None:
    """Give it the name under which the program looks for it. From here on it is restored."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
    os.replace(file, _file(url))
    force(_file(url).parent)


def _file(url: URL) -> Path:
    file = sqlite_file(url.render_as_string(hide_password=False))
    assert file is not None
    return file


def _engine(file: Path) -> Engine:
    engine = create_engine(f"sqlite:///{file}")

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA secure_delete=ON")  # what is taken out is overwritten

    return engine
