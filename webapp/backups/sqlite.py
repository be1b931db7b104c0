"""A SQLite database as one file: taken while it runs, and put where there is none."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError

from webapp.backups.errors import NoBackup
from webapp.backups.sealed import Tick
from webapp.core.crypto.key_files import force
from webapp.core.data.migrating import rows_by_table
from webapp.core.starting import sqlite_file

STEPS = 10_000  # of SQLite's machine between two looks at how far it is
PATIENCE = 60  # seconds for others to end what they write


def size_of(url: URL) -> int:
    """About how many bytes there are to do."""
    return _file(url).stat().st_size


def take(url: URL, into: Path, tick: Tick) -> tuple[Engine, dict[str, int]]:
    """Copy the database as it is at this moment, and count there what the copy must have. Nobody
    who reads waits, and who writes only until the copy has begun. Pages that were let go of aren't
    in the copy, nor what once stood in them.
    """
    database = _engine(_file(url))
    copied = 0

    def look() -> None:
        nonlocal copied
        size = into.stat().st_size if into.exists() else 0
        if size:  # it reads already, and from what was there when it began
            alone.rollback()
        tick(size - copied)
        copied = size

    try:
        with (
            database.connect() as alone,
            database.connect() as counting,
            closing(sqlite3.connect(_file(url))) as connection,
        ):
            # The copy and the count must begin with nothing written in between.
            alone.exec_driver_sql(f"PRAGMA busy_timeout={PATIENCE * 1000}")
            alone.exec_driver_sql("BEGIN IMMEDIATE")
            counting.exec_driver_sql("BEGIN")
            counting.exec_driver_sql("SELECT 1 FROM sqlite_master").close()
            connection.set_progress_handler(look, STEPS)
            connection.execute("VACUUM INTO ?", [str(into)])
            look()
            rows = rows_by_table(counting)
        into.chmod(0o600)
        with closing(sqlite3.connect(into)) as copy:
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, without a -wal beside it
            (said,) = copy.execute("PRAGMA integrity_check(1)").fetchone()
    except (sqlite3.Error, DBAPIError) as error:
        said = getattr(error, "orig", error)
        raise NoBackup(f"The database can’t be copied: {said}.") from None
    finally:
        database.dispose()
    if said != "ok":
        raise NoBackup(
            f"The database is damaged ({said}). See docs/operator.md, When it doesn’t start."
        )
    return _engine(into), rows


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
    force(file)  # whatever SQLite did of that itself
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
