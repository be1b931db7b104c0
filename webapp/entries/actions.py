"""Writing, editing, removing: the same for every kind of entry."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import bindparam, select

from webapp.accounts.models import Person
from webapp.core import clock
from webapp.core.db import db
from webapp.core.errors import Conflict
from webapp.entries.models import Entry, entry_id

Kind = TypeVar("Kind", bound=Entry)

_IS_THERE = select(Entry.__table__.c.version).where(Entry.__table__.c.id == bindparam("id"))


def write(
    kind: type[Kind],
    by: Person,
    made_on_phone: UUID,
    happened_at: datetime,
    content: Mapping[str, Any],
) -> Kind:
    """Keep what somebody wrote. The same write twice is one entry.

    Raises Conflict when the id was used before for other words: nothing is overwritten.
    """
    id = entry_id(by.id, made_on_phone)
    if db.session.scalar(_IS_THERE, {"id": id}) is not None:
        there = db.session.get_one(Entry, id)
        if not isinstance(there, kind) or there.content != _without_nothing(content):
            raise Conflict
        return there
    entry = kind(id=id, author_id=by.id, happened_at=happened_at)
    _fill(entry, content)
    db.session.add(entry)
    return entry


def edit(entry: Entry, version: int, happened_at: datetime, content: Mapping[str, Any]) -> None:
    """Change an entry; how it was stays as a version.

    Raises Conflict when it was edited elsewhere since `version` was shown.
    """
    if entry.version != version:
        raise Conflict
    if entry.happened_at != happened_at:
        entry.happened_at = happened_at
        entry.reseal()
    _fill(entry, content)


def remove(entry: Entry) -> None:
    """Take an entry away. It can be put back for 30 days."""
    entry.removed_at = entry.removed_at or clock.now()


def restore(entry: Entry) -> None:
    """Put a removed entry back."""
    entry.removed_at = None


def _fill(entry: Entry, content: Mapping[str, Any]) -> None:
    wanted = _without_nothing(content)
    if entry.content != wanted:
        entry.content.clear()
        entry.content.update(wanted)
        entry.reseal()


def _without_nothing(content: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in content.items() if value not in (None, "", [])}
