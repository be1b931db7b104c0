"""How a database is brought up to date: `flask --app wsgi db upgrade`, and so at each start."""

from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import NullPool, create_engine

from webapp.core.data.db import db, has_tables
from webapp.core.data.roles import let_the_app_in
from webapp.core.data.types import UtcDateTime
from webapp.core.starting import LOOKED_THROUGH_ONCE, NotStarting, refuse_unsound


def render_type(kind: str, thing: Any, _autogen: Any) -> str | bool:
    """Write our own column types as what they are in the database: migrations outlive our code."""
    return (
        "sa.DateTime(timezone=True)" if kind == "type" and isinstance(thing, UtcDateTime) else False
    )


def run() -> None:
    """All or nothing, on one connection. Only `init` brings the word "new" along."""
    settings = current_app.extensions["settings"]
    url = settings.database_url
    if "new" not in context.get_x_argument() and not has_tables(url):
        raise NotStarting("There is no database yet. For a new clinic, type init.")
    refuse_unsound(url, LOOKED_THROUGH_ONCE)
    engine = (
        create_engine(settings.migrate_url, poolclass=NullPool)
        if settings.migrate_url
        else db.engine
    )
    with engine.connect() as connection:
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
        )
        try:
            with context.begin_transaction():
                context.run_migrations()
                # Before anything of it counts.
                broken = is_sqlite and raw.execute("PRAGMA foreign_key_check").fetchall()
                if broken:
                    tables = ", ".join(sorted({str(table) for table, *_rest in broken}))
                    raise RuntimeError(f"rows would be left without their parents: {tables}")
            if settings.migrate_url:
                let_the_app_in(connection, url)
            connection.commit()
        finally:
            connection.rollback()
            if is_sqlite:
                raw.execute("PRAGMA foreign_keys=ON")


assert current_app, "migrations run inside the app: flask --app wsgi db upgrade"
run()
