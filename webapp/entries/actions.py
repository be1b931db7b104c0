"""Writing, editing, removing: the same for every kind of entry."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Executable
from sqlalchemy.orm import make_transient_to_detached

from webapp.accounts.models import Person
from webapp.core import clock
from webapp.core.db import db, inserting
from webapp.core.errors import Conflict
from webapp.entries.models import Entry, entry_id

Kind = TypeVar("Kind", bound=Entry)

_COLUMNS = [one.name for one in Entry.__table__.c]


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
    entry = kind(id=entry_id(by.id, made_on_phone), author_id=by.id, happened_at=happened_at)
    _fill(entry, content)
    if _put(entry):
        return entry
    there = db.session.get_one(Entry, entry.id)
    if not isinstance(there, kind) or there.content != _without_nothing(content):
        raise Conflict
    return there


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
    if entry.removed_at is not None:
        entry.removed_at = None


def _fill(entry: Entry, content: Mapping[str, Any]) -> None:
    wanted = _without_nothing(content)
    if entry.content != wanted:
        entry.content.clear()
        entry.content.update(wanted)
        entry.reseal()


def _without_nothing(content: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in content.items() if value not in (None, "", [])}


def _put(entry: Entry) -> bool:
    """Into the database, unless it is there, which the database itself says: of two equal writes
    at the same time, the second waits for the first."""
    session = db.session()
    entry.created_at = entry.updated_at = clock.now()
    entry.removed_at = None
    entry.seal_now(session)
    values = {name: entry.__dict__[name] for name in _COLUMNS}
    if session.execute(_putting(db.engine.dialect.name), values).first() is None:
        return False
    make_transient_to_detached(entry)
    session.add(entry)
    return True


@cache
def _putting(_dialect: str) -> Executable:
    return inserting(Entry.__table__).on_conflict_do_nothing().returning(Entry.id)
