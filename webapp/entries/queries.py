"""Reading one's own entries."""

from datetime import datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy import select

from webapp.accounts.models import Person
from webapp.core.db import db
from webapp.entries.models import Entry

Kind = TypeVar("Kind", bound=Entry)


def own(person: Person, kind: type[Kind], id: UUID, *, removed: bool = False) -> Kind | None:
    """One of somebody's own entries; a removed one only when asked for."""
    query = select(kind).where(kind.id == id, kind.author_id == person.id)
    if not removed:
        query = query.where(kind.removed_at.is_(None))
    return db.session.scalar(query)


def own_list(
    person: Person, kind: type[Kind], *, before: datetime | None = None, most: int | None = None
) -> list[Kind]:
    """Somebody's own entries of one kind, the newest first."""
    query = (
        select(kind)
        .where(kind.author_id == person.id, kind.removed_at.is_(None))
        .order_by(kind.happened_at.desc(), kind.id)
    )
    if before is not None:
        query = query.where(kind.happened_at < before)
    if most is not None:
        query = query.limit(most)
    return list(db.session.scalars(query))
