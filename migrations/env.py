"""How a database is brought up to date: `flask --app wsgi db upgrade`, and so at each start."""

from typing import Any

from alembic import context
from flask import current_app

from webapp.core.db import db
from webapp.core.types import UtcDateTime


def render_type(kind: str, thing: Any, _autogen: Any) -> str | bool:
    """Write our own column types as what they are in the database: migrations outlive our code."""
    return (
        "sa.DateTime(timezone=True)" if kind == "type" and isinstance(thing, UtcDateTime) else False
    )


def run() -> None:
    """All or nothing, on one connection."""
    with db.engine.connect() as connection:
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
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
        if is_sqlite:
            broken = raw.execute("PRAGMA foreign_key_check").fetchall()
            raw.execute("PRAGMA foreign_keys=ON")
            if broken:
                raise RuntimeError(f"rows without their parents after the migration: {broken[:3]}")


assert current_app, "migrations run inside the app: flask --app wsgi db upgrade"
run()
