"""Reading one's own entries."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select

from webapp.accounts.models import Person
from webapp.core.db import db
from webapp.core.keys import keyring
from webapp.core.sealing import unseal
from webapp.entries.models import Entry, EntryVersion

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


def stood_there(entry: Entry, content: Mapping[str, Any]) -> bool:
    """Whether an entry says exactly this, or once did before it was changed."""
    wanted = {name: value for name, value in content.items() if value not in (None, "", [])}
    if entry.content == wanted:
        return True
    former = db.session.scalars(select(EntryVersion).where(EntryVersion.entry_id == entry.id))
    key = keyring(db.session).key_of(entry.author_id)
    return any(
        unseal(one.sealed, key, entry.bound(entry.sealed_at(one.version))) == wanted
        for one in former
    )
