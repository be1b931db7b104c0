"""Rows put away and back, and tables emptied between two tests."""

from functools import cache
from typing import Any

from sqlalchemy import Insert, select

from webapp.core.data.db import db

Rows = list[tuple[Insert, list[dict[str, Any]]]]


def empty_tables() -> None:
    """Those with anything in them: most tests write to a few."""
    tables, has_rows = _all_tables()
    connection = db.session.connection()
    for name, is_filled in zip(tables, connection.exec_driver_sql(has_rows).one(), strict=True):
        if is_filled:
            if name == "act":
                let_acts_be_deleted()
            connection.exec_driver_sql(f'DELETE FROM "{name}"')  # noqa: S608
    db.session.commit()


def let_acts_be_deleted() -> None:
    """What a clinic's database refuses (tests/audit tries it); a migration may bring it back."""
    connection = db.session.connection()
    names = ["changed", "deleted"] if db.engine.dialect.name == "sqlite" else ["changed ON act"]
    for name in names:
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS act_is_never_{name}")


@cache
def _all_tables() -> tuple[list[str], str]:
    """What points to others first, and a statement that says which of them have rows."""
    names = [table.name for table in reversed(db.metadata.sorted_tables)]
    filled = ", ".join(f'EXISTS (SELECT 1 FROM "{name}")' for name in names)  # noqa: S608
    return names, f"SELECT {filled}"


def all_rows() -> Rows:
    """Everything that is stored, to be put back into empty tables."""
    found = []
    for table in db.metadata.sorted_tables:
        if rows := [dict(row) for row in db.session.execute(select(table)).mappings()]:
            own = [key.parent.name for key in table.foreign_keys if key.column.table is table]
            # A database gives them in any order; what follows another row comes after it.
            rows.sort(key=lambda row: any(row[name] for name in own))
            found.append((table.insert(), rows))
    db.session.rollback()
    return found


def put_back(kept: Rows) -> None:
    """Store again what `all_rows` found."""
    connection = db.session.connection()
    for insert, rows in kept:
        connection.execute(insert, rows)
    db.session.commit()
