"""The database, and the one rule about commits: *returning commits, raising rolls back*.

A request, a command or one unit of a worker's work is one transaction. SQLite is asked for its
write lock at once (`BEGIN IMMEDIATE`) wherever something may be written: a transaction that
reads first and writes later fails at once under WAL when another writer was between.
"""

import logging
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any, Self
from uuid import UUID

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Engine, MetaData, create_engine, event, make_url
from sqlalchemy import inspect as sqlalchemy_inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DatabaseError, DBAPIError, OperationalError
from sqlalchemy.orm import DeclarativeBase, ORMExecuteState, Session, registry

from webapp.core.data.machines import own_name
from webapp.core.data.types import Id
from webapp.core.trouble import reason

log = logging.getLogger("groundwork")

# Seconds to wait for who writes. Each write takes milliseconds, and while one waits, whoever
# only reads may have to wait for the process that it occupies.
PATIENCE = 2
LOOKS_AGAIN = 0.0002  # seconds, while somebody else writes

_writing: ContextVar[bool] = ContextVar("writing", default=True)


class Base(DeclarativeBase):
    """Every table. The naming convention lets a migration find each constraint again."""

    registry = registry(
        type_annotation_map={UUID: Id()},
        metadata=MetaData(
            naming_convention={
                "ix": "ix_%(table_name)s_%(column_0_N_name)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
    )

    @classmethod
    def drawn(cls, columns: dict[str, Any]) -> Self:
        """A row to be read, never changed: no session watches over it.

        A page of sixty such rows costs a third of one that the session keeps an eye on. What
        wasn't given can't be asked for, and trying to change one fails at once.
        """
        row = cls.__new__(cls)
        row.__dict__.update(columns)
        return row


class Database(SQLAlchemy):
    """The database of the running app."""

    def _teardown_session(self, exc: BaseException | None) -> None:
        """An answer stands, whether or not the database is still there to hear that it's over. And
        no later request may get the session that ended so."""
        try:
            super()._teardown_session(exc)
        except DBAPIError as gone:
            log.error("database: %s, after the answer", reason(gone))
            self.session.registry.clear()


db = Database(model_class=Base)


def inserting(table: Any) -> "sqlite.Insert | postgresql.Insert":
    """An insert that can say what becomes of a row that is there already."""
    make = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    return make(table)


def init_app(app: Flask, *, is_pooled: bool = False) -> None:
    """Connect `app` to its database, with the pragmas that make "saved" mean on disk."""
    db.init_app(app)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            event.listen(db.engine, "connect", _prepare_sqlite)
            event.listen(db.engine, "begin", _begin_sqlite)
        elif is_pooled:
            event.listen(db.engine, "begin", _begin_pooled)
        else:
            event.listen(db.engine, "connect", _prepare_postgresql)


def engine_options(url: str, *, is_pooled: bool = False) -> dict[str, Any]:
    """No statement's parameters in any error text: they could be a person's words.

    Of a pooler the next transaction may get another connection, on which nothing was prepared.
    """
    options: dict[str, Any] = {"hide_parameters": True}
    if url.startswith("sqlite"):
        options["connect_args"] = {"timeout": PATIENCE}
        # A value that a statement names in ten places is handed over once.
        options["paramstyle"] = "named"
    else:
        options["pool_pre_ping"] = True
        options["connect_args"] = {"connect_timeout": 5, "application_name": own_name()}
        if is_pooled:
            options["connect_args"]["prepare_threshold"] = None
    return options


def has_tables(url: str) -> bool:
    """Whether a database is there already, with anything in it."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        if not Path(parsed.database or "").exists():
            return False
        # Only to look: what can write also brings a stray `-wal` into the file when it closes.
        parsed = parsed.set(database=f"file:{parsed.database}", query={"mode": "ro", "uri": "true"})
    engine = create_engine(parsed)
    try:
        return bool(sqlalchemy_inspect(engine).get_table_names())
    except DatabaseError:
        if engine.dialect.name != "sqlite":
            raise
        return True  # something is there; whoever opens it says what is wrong with it
    finally:
        engine.dispose()


@contextmanager
def writing(*, allowed: bool) -> Iterator[None]:
    """Say whether what follows may write; a reading route that tries to is a mistake."""
    token = _writing.set(allowed)
    try:
        yield
    finally:
        _writing.reset(token)


def may_write() -> bool:
    """Whether something may be written here, as it may not inside a reading route."""
    return _writing.get()


def must_write() -> None:
    """Called by whatever writes. Raises RuntimeError inside a reading route."""
    if not may_write():
        raise RuntimeError("a reading route tried to write")


def begin_writing() -> None:
    """From here on this request writes; what it has read stands.

    A page with much to read holds up nobody who saves meanwhile. SQLite's transaction that read
    can't become one that writes once another writer was between, so it ends here.
    """
    db.session.commit()
    _writing.set(True)


@contextmanager
def short_transaction() -> Iterator[Session]:
    """A transaction of its own, for what must outlive a refusal (a throttle's count).

    Only while the request's own transaction hasn't begun: two writers in one request would
    wait for each other.
    """
    if db.session().in_transaction():
        raise RuntimeError("a short transaction inside the request's own would wait for itself")
    with (
        writing(allowed=True),
        Session(db.engine, expire_on_commit=False) as session,
        session.begin(),
    ):
        yield session


@contextmanager
def outside_transaction() -> Iterator[None]:
    """Let go of the database while something slow happens (a password hash), then go on."""
    if db.session.new or db.session.dirty or db.session.deleted:
        raise RuntimeError("something was written before the slow work")
    db.session.rollback()
    yield


def use_wal(engine: Engine) -> None:
    """Switch a SQLite file to WAL, once, when it is made: the mode stays in the file.

    Not on every connect: one of 600 processes that did so at the same time died of it.
    """
    if engine.dialect.name == "sqlite":
        connection = engine.raw_connection()
        try:
            connection.cursor().execute("PRAGMA journal_mode=WAL")
        finally:
            connection.close()


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # SQLAlchemy's begin event opens the transaction; the driver's own way would defer it.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys=ON")
    # NORMAL lost acknowledged rows in 194 of 200 simulated power cuts, FULL in none.
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()


def _prepare_postgresql(connection: Any, _record: object) -> None:
    # By itself it waits for a lock for ever, and so would who sent the request.
    connection.execute(f"SET lock_timeout = '{PATIENCE}s'")
    connection.commit()


def _begin_pooled(connection: Connection) -> None:
    # What is set for a session would stay behind with whoever gets the connection next.
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{PATIENCE}s'")


def _begin_sqlite(connection: Connection) -> None:
    # By the driver itself: the library's way round costs ten times the statement.
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    try:
        if _writing.get():
            _begin_to_write(driver)
        else:
            driver.execute("BEGIN")
    except sqlite3.DatabaseError as error:
        named = OperationalError if isinstance(error, sqlite3.OperationalError) else DatabaseError
        raise named("BEGIN", None, error) from error


def _begin_to_write(driver: sqlite3.Connection) -> None:
    """As soon as nobody else does. SQLite itself looks again after 1, 2, 5, 10, 15 ms and later
    still: with every write done within two, one of two workers stood idle most of the time."""
    until = time.monotonic() + PATIENCE
    driver.execute("PRAGMA busy_timeout = 0")
    try:
        while not _begins(driver, is_last=time.monotonic() >= until):
            time.sleep(LOOKS_AGAIN)
    finally:
        driver.execute(f"PRAGMA busy_timeout = {PATIENCE * 1_000}")


def _begins(driver: sqlite3.Connection, *, is_last: bool) -> bool:
    try:
        driver.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if is_last or error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise
        return False
    return True


@event.listens_for(Session, "before_flush")
def _refuse_writes_while_reading(session: Session, *_: object) -> None:
    if session.new or session.dirty or session.deleted:
        must_write()


@event.listens_for(Session, "do_orm_execute")
def _refuse_statements_while_reading(state: ORMExecuteState) -> None:
    if state.is_insert or state.is_update or state.is_delete:
        must_write()
