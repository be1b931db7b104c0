"""How a database is brought up to date: by `groundwork upgrade`, `init`, or `flask db upgrade`."""

from typing import Any

from alembic import context
from alembic.script import Script
from flask import current_app
from sqlalchemy import Connection, NullPool, create_engine

from webapp.core.crypto.key_files import alone_in
from webapp.core.data.db import db, has_tables
from webapp.core.data.migrating import (
    Migrated,
    explained_by,
    refuse_losses,
    refuse_orphans,
    rows_by_table,
    sentence_of,
    steps_to_head,
)
from webapp.core.data.roles import let_the_app_in
from webapp.core.data.types import UtcDateTime
from webapp.core.starting import LOOKED_THROUGH_ONCE, NotStarting, refuse_unsound, revision_of
from webapp.settings.first import make_row

ALONE = (  # any number that is the same for all who migrate one PostgreSQL database
    "SET LOCAL lock_timeout = 0",
    "SELECT pg_advisory_xact_lock(7471986)",
    "SET LOCAL lock_timeout = '2s'",
)


def render_type(kind: str, thing: Any, _autogen: Any) -> str | bool:
    """Write our own column types as what they are in the database: migrations outlive our code."""
    return (
        "sa.DateTime(timezone=True)" if kind == "type" and isinstance(thing, UtcDateTime) else False
    )


def run() -> None:
    """All or nothing, on one connection, one at a time: whoever comes second finds it done.

    Only `init` brings the word "new" along.
    """
    settings = current_app.extensions["settings"]
    url = settings.database_url
    if "new" not in context.get_x_argument() and not has_tables(url):
        raise NotStarting("There is no database yet. For a new clinic, type init.")
    refuse_unsound(url, LOOKED_THROUGH_ONCE)
    done: list[Script] = []  # going up; what goes down is for who develops, and may lose

    def note(step: Any, **_: Any) -> None:
        if step.is_upgrade:
            done.append(step.up_revision)

    engine = (
        create_engine(settings.migrate_url, poolclass=NullPool)
        if settings.migrate_url
        else db.engine
    )
    # Nor while a backup counts the rows that it has to have.
    with alone_in(settings.data), engine.connect() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        raw: Any = connection.connection.dbapi_connection
        if is_sqlite:
            # SQLite changes a table by building it anew; dropping the old one would fire
            # ON DELETE CASCADE and take the children along. Only outside of a transaction.
            raw.execute("PRAGMA foreign_keys=OFF")
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_as_batch=True,
            render_item=render_type,
            transaction_per_migration=False,
            # SQLite's tables change inside a transaction as well, begun as `core.data.db` begins it.
            transactional_ddl=True,
            on_version_apply=note,
        )
        try:
            with context.begin_transaction():
                for statement in () if is_sqlite else ALONE:
                    connection.exec_driver_sql(statement)
                lacking = steps_to_head(connection, context.script)
                before = rows_by_table(connection) if lacking else {}
                context.run_migrations()
                if revision_of(connection) == context.get_head_revision():
                    make_row(connection, current_app.extensions["settings"])
                # Before anything of it counts.
                explained, after = {}, before
                if done:
                    after = rows_by_table(connection)
                    explained = refuse_losses(before, after, explained_by(done))
                    if is_sqlite:
                        refuse_orphans(raw)
            if settings.migrate_url:
                let_the_app_in(connection, url)
            connection.commit()
        finally:
            connection.rollback()
            if is_sqlite:
                raw.execute("PRAGMA foreign_keys=ON")
    steps = [sentence_of(step) for step in done]
    context.config.attributes["migrated"] = Migrated(steps, after, explained)


def fill_empty(connection: Connection) -> None:
    """The tables of an empty database, in a transaction that is another's to end: a move."""
    context.configure(connection=connection, target_metadata=db.metadata, render_as_batch=True)
    context.run_migrations()


assert current_app, "migrations run inside the app: groundwork upgrade"
if connection := context.config.attributes.get("connection"):
    fill_empty(connection)
else:
    run()
