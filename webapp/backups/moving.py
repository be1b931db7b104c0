"""Move a clinic from its SQLite file to PostgreSQL: everything, compared, or nothing at all."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from alembic.command import upgrade
from alembic.config import Config
from sqlalchemy import Connection, NullPool, Table, create_engine, func, insert, select
from sqlalchemy.exc import DBAPIError, OperationalError

from webapp.audit.chain import Noted, append
from webapp.audit.kinds import ActKind
from webapp.backups.backup import Bar
from webapp.backups.errors import NoBackup
from webapp.backups.sealed import Tick
from webapp.config import ROOT, Settings
from webapp.core import clock
from webapp.core.data.db import db
from webapp.core.data.migrating import tables_of
from webapp.core.data.roles import let_the_app_in
from webapp.core.starting import NotStarting, revision_of, sqlite_file

FEW = 1000  # rows in memory
# Additions don't mind in which order two databases give their rows.
ROOM = 2**256


@dataclass
class Told:
    """What a table holds, in a form that two engines can be compared by."""

    rows: int = 0
    sum_of_hashes: int = 0

    def add(self, row: Any) -> None:
        plain = [value.hex if isinstance(value, UUID) else value for value in row]
        digest = hashlib.sha256(repr(plain).encode()).digest()
        self.rows += 1
        self.sum_of_hashes = (self.sum_of_hashes + int.from_bytes(digest)) % ROOM

    @property
    def hash(self) -> str:
        return f"{self.sum_of_hashes:064x}"


def move(settings: Settings, to: Settings, bar: Bar) -> dict[str, Told]:
    """Copy every row into an empty database, and read all of it back. Returns what each table
    holds. Raises NoBackup; then, and when it is killed, the other database is as it was, so it may
    be typed again. Nothing is written to the SQLite file, and nobody else can open it meanwhile:
    what they saved there would stay behind.
    """
    file = sqlite_file(settings.database_url)
    if file is None or sqlite_file(to.database_url) is not None:
        raise NoBackup("This moves a clinic from SQLite to PostgreSQL, and to nothing else.")
    owner = create_engine(to.migrate_url or to.database_url, poolclass=NullPool)
    try:
        with _nobody_else(str(file)) as source, owner.begin() as target:
            _make_tables(target)
            told = _copied(source, target, bar)
            append(target, [Noted(clock.now(), ActKind.MOVED)])
            if to.migrate_url:
                let_the_app_in(target, to.database_url)
    except NotStarting as trouble:
        raise NoBackup(str(trouble)) from None
    finally:
        owner.dispose()
    return told


@contextmanager
def _nobody_else(file: str) -> Iterator[Connection]:
    """The SQLite file, as long as no other process has it open, and closed to them from here on."""
    engine = create_engine(f"sqlite:///{file}", poolclass=NullPool, connect_args={"timeout": 0})
    try:
        with engine.connect() as connection:
            # In this mode the first look takes the whole file, and fails where another has it open.
            connection.exec_driver_sql("PRAGMA locking_mode=EXCLUSIVE")
            try:
                connection.exec_driver_sql("BEGIN EXCLUSIVE")
            except OperationalError:
                raise NoBackup(
                    "Groundwork is running. Stop all of its services, then type this again: what "
                    "is written during a move would be left behind."
                ) from None
            yield connection
            connection.rollback()
    finally:
        engine.dispose()


def _make_tables(target: Connection) -> None:
    """The tables of this very program. Raises NoBackup where there are any already."""
    if tables_of(target):
        raise NoBackup("The other database isn’t empty. Nothing was changed.")
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["connection"] = target
    upgrade(config, "head")


def _copied(source: Connection, target: Connection, bar: Bar) -> dict[str, Told]:
    if revision_of(source) != revision_of(target):
        raise NoBackup("This database is of another version. Type: groundwork upgrade")
    tables = db.metadata.sorted_tables
    total = sum(
        source.execute(select(func.count()).select_from(table)).scalar_one() for table in tables
    )
    with bar(2 * total) as tick:
        told = {table.name: _copy(table, source, target, tick) for table in tables}
        for table in tables:
            if _read(table, target, tick) != told[table.name]:
                raise NoBackup(f"The rows of {table.name} aren’t the same in both databases.")
    return told


def _copy(table: Table, source: Connection, target: Connection, tick: Tick) -> Told:
    told = Told()
    for some in _rows(table, source):
        try:
            target.execute(insert(table), [row._asdict() for row in some])
        except DBAPIError as trouble:
            if trouble.connection_invalidated:
                raise
            raise NoBackup(f"PostgreSQL refuses a row of {table.name}.") from None
        for row in some:
            told.add(row)
        tick(len(some))
    return told


def _read(table: Table, connection: Connection, tick: Tick) -> Told:
    told = Told()
    for some in _rows(table, connection):
        for row in some:
            told.add(row)
        tick(len(some))
    return told


def _rows(table: Table, connection: Connection) -> Iterator[Any]:
    return connection.execute(select(table).execution_options(yield_per=FEW)).partitions()
