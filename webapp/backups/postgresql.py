"""A PostgreSQL database as one file, by its own `pg_dump` and `pg_restore`."""

import os
import re
import subprocess
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, inspect, text

from webapp.backups.errors import NoBackup
from webapp.backups.sealed import Tick

# The keys go elsewhere. Without its revision a database doesn't start: it is written last.
HALF = "groundwork_half_restored"  # a table that is there from the beginning to the end of one
LEFT_OUT = (
    "--exclude-table-data=data_key", "--exclude-table-data=records_key",
    "--exclude-table=alembic_version",
)  # fmt: skip


_BEGUN = re.compile(rb'COPY (?:\w+\.)?"?(\w+)"? ')


def size_of(url: URL) -> int:
    """About how many bytes there are to do."""
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            return int(
                connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one()
            )
    finally:
        engine.dispose()


def dump(connection: Connection, into: Path, tick: Tick) -> None:
    """Copy what this very transaction sees."""
    snapshot = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
    into.touch(0o600, exist_ok=False)
    _run(
        "pg_dump",
        connection.engine.url,
        "-Fc",
        *LEFT_OUT,
        f"--snapshot={snapshot}",
        f"--file={into}",
    )
    tick(into.stat().st_size)


def rows_in(file: Path) -> dict[str, int]:
    """How many rows of each table a dump holds: read to its end, as a restore reads it."""
    rows: dict[str, int] = {}
    table = ""
    with subprocess.Popen(
        ["pg_restore", "--data-only", "--file=-", file],  # noqa: S607
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    ) as reading:  # fmt: skip
        assert reading.stdout is not None
        for line in reading.stdout:  # a row is one line
            if line == b"\\.\n":
                table = ""
            elif table:
                rows[table] += 1
            elif begun := _BEGUN.match(line):
                table = begun[1].decode()
                rows[table] = 0
    if reading.returncode:
        raise NoBackup("The copy can’t be read back (pg_restore). Look at its disk.")
    return rows


def was_broken_off(url: URL) -> bool:
    """Whether what is in this database is half of a restore: no clinic's."""
    engine = create_engine(url)
    try:
        return inspect(engine).has_table(HALF)
    finally:
        engine.dispose()


def put_back(file: Path, url: URL) -> Engine:
    """All tables with their rows, or none. It doesn't start yet, and is nobody's: see `finish`."""
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE TABLE IF NOT EXISTS {HALF} ()")
    _run(
        "pg_restore", url, "--single-transaction", "--exit-on-error", "--no-owner",
        "--no-privileges", "--clean", "--if-exists", file,
    )  # fmt: skip
    return engine


def finish(connection: Connection) -> None:
    """From here on it is a clinic's, as soon as it counts."""
    connection.exec_driver_sql(f"DROP TABLE {HALF}")


def _run(program: str, url: URL, *arguments: str | Path) -> None:
    # A password in an argument could be read by anybody on this machine.
    address = url.set(drivername="postgresql", password=None).render_as_string()
    environ = os.environ | ({"PGPASSWORD": str(url.password)} if url.password else {})
    try:
        done = subprocess.run(
            [program, f"--dbname={address}", "--no-password", *arguments],
            env=environ, capture_output=True, text=True, check=False,
        )  # fmt: skip
    except FileNotFoundError:
        raise NoBackup(
            f"{program} isn’t installed. Type: apt-get install postgresql-client"
        ) from None
    if done.returncode:
        said = next(iter(done.stderr.strip().splitlines()), "no reason given")
        raise NoBackup(f"{program} failed: {said}")
