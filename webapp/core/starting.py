"""What the database must be like before anything is served from it: there, sound, and of this
program. Whatever isn't is refused by name, before a page answers and a save doesn't.
"""

import os
import sqlite3
import stat
from contextlib import closing
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, Engine, MetaData, inspect, make_url, text

MEGABYTE = 1024 * 1024
# `quick_check` reads the whole file: a megabyte takes 2 ms, or 20 from a slow and idle disk. So
# each process looks through a small one, and what runs once at a start through a large one.
LOOKED_THROUGH, LOOKED_THROUGH_ONCE = 64 * MEGABYTE, 1024 * MEGABYTE


class NotStarting(RuntimeError):
    """The database isn't what this program can work with. Says why, and what to do."""


def sqlite_file(url: str) -> Path | None:
    """The file of a SQLite database; None for another engine."""
    parsed = make_url(url)
    return Path(parsed.database or "") if parsed.get_backend_name() == "sqlite" else None


def make_sqlite_file(url: str) -> None:
    """Make an empty database, for its owner alone: what SQLite makes, others may read."""
    file = sqlite_file(url)
    if file and not file.exists():
        os.close(os.open(file, os.O_CREAT | os.O_WRONLY, 0o600))


def refuse_unsound(url: str, most: int = LOOKED_THROUGH) -> None:
    """Refuse a SQLite database that isn't there or is damaged. Raises NotStarting.

    It is only read, so that nothing of it is lost by looking: closing a connection that may write
    would bring a stray `-wal` into it for good. PostgreSQL looks after its own files.
    """
    file = sqlite_file(url)
    if file is None:
        return
    refuse_missing(file)
    _keep_from_others(file)
    look_into(file, most)


def refuse_missing(file: Path) -> None:
    """Refuse to go on without a SQLite file. Raises NotStarting."""
    if not file.exists():
        raise NotStarting(
            f"There is no database at {file}. For a new clinic, run init. Otherwise, make sure "
            "GROUNDWORK_DATA and GROUNDWORK_DATABASE_URL are the same for all of its services."
        )


def look_into(file: Path, most: int) -> None:
    """Refuse a SQLite file that is damaged, or can't be opened. Only reads. Raises NotStarting."""
    try:
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as connection:
            connection.execute("SELECT count(*) FROM sqlite_master")
            is_small = file.stat().st_size <= most
            found = connection.execute("PRAGMA quick_check(1)").fetchone()[0] if is_small else "ok"
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_BUSY:
            return  # somebody is at work in it
        if code not in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise NotStarting(
                f"The database {file} can’t be opened ({error}). Check that its disk has space and "
                "that the service can write to its folder."
            ) from None
        found = str(error)
    if found != "ok":
        reason = found.splitlines()[-1]
        raise NotStarting(
            f"The database {file} is damaged ({reason}). Nothing was changed. If you copied a "
            f"backup over it, remove {file.name}-wal and {file.name}-shm. Otherwise, restore the "
            "last backup (docs/operator.md, Restoring by hand)."
        )


def refuse_another_schema(engine: Engine, metadata: MetaData, migrations: Path) -> None:
    """Refuse a database that has another schema, or lacks a table. Raises NotStarting."""
    head = revision_here(migrations)
    with engine.connect() as connection:
        at = revision_of(connection)
        tables = set(inspect(connection).get_table_names())
    if at is None and not tables:
        raise NotStarting("The database has no tables yet. For a new clinic, run init.")
    if at not in (head, None):
        refuse_newer(at, migrations)
        raise NotStarting(
            f"The database is at revision {at}, and this program is at {head}. "
            "Stop everything, and run groundwork upgrade. It makes a backup first."
        )
    missing = sorted({*metadata.tables, "alembic_version"} - tables)
    if missing:
        raise NotStarting(
            f"The database is missing the table {', '.join(missing)}. "
            "Restore the last backup (docs/operator.md, Restoring by hand)."
        )


def revision_here(migrations: Path) -> str:
    """The schema of this program."""
    return _revisions(migrations)[-1]


@cache
def _revisions(migrations: Path) -> list[str]:
    """Told by the names of their files: what reads them is a tenth of a server's start."""
    return sorted(file.name[:4] for file in (migrations / "versions").glob("[0-9]*.py"))


def refuse_newer(at: str | None, migrations: Path) -> None:
    """Refuse a database that a newer program has changed. Raises NotStarting."""
    if at is not None and at not in _revisions(migrations):
        raise NotStarting(
            f"The database is at revision {at}, and this program is at "
            f"{revision_here(migrations)}. The program is "
            "older than its database. Install the newer program again. Nothing was changed."
        )


def revision_of(connection: Connection) -> str | None:
    """The schema on which a database stands; None for one without."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    at: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return at


def _keep_from_others(file: Path) -> None:
    for path in (file, Path(f"{file}-wal"), Path(f"{file}-shm")):
        if (
            path.exists()
            and path.stat().st_uid == os.geteuid()
            and path.stat().st_mode & stat.S_IRWXO
        ):
            path.chmod(stat.S_IMODE(path.stat().st_mode) & ~stat.S_IRWXO)
