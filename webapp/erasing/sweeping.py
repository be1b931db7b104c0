"""Taking what was erased out of the database's files, too: a row that is deleted stays on the disk
until its place is written over."""

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from webapp.core.starting import sqlite_file

MARK = "erased-not-swept"  # in the data folder, from before the first row goes until it is done


def is_left(data: Path) -> bool:
    """Whether something was erased, and the files were never swept since."""
    return (data / MARK).exists()


def note(data: Path) -> None:
    """To be called before anything goes: whatever ends the process, the next one sweeps."""
    (data / MARK).touch()


def sweep(data: Path, url: str) -> str:
    """Write the files anew. Returns why it couldn't be done, in the database's words; the mark
    stays then, and it is tried again the next night."""
    try:
        file = sqlite_file(url)
        if file is None:
            _vacuum_postgresql(url)
        else:
            _write_anew(file)
    except (sqlite3.Error, DBAPIError) as trouble:
        return type(trouble).__name__ + ": " + str(trouble).splitlines()[0]
    (data / MARK).unlink(missing_ok=True)
    return ""


def _write_anew(file: Path) -> None:
    with closing(sqlite3.connect(file, timeout=30, isolation_level=None)) as connection:
        connection.execute("VACUUM")
        (is_busy, *_pages) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if is_busy:
            raise sqlite3.OperationalError("someone is reading; the log wasn't emptied")


def _vacuum_postgresql(url: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT", hide_parameters=True)
    try:
        with engine.connect() as connection:
            connection.execute(text("VACUUM"))
    finally:
        engine.dispose()
