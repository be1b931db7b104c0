"""Writing, editing, removing: the same for every kind of entry."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Boolean, bindparam, func, or_, select

from webapp.accounts.models import Person
from webapp.core import clock
from webapp.core.data.db import db, inserting
from webapp.core.data.statements import Statement
from webapp.core.data.types import UtcDateTime
from webapp.core.errors import Ceiling, Conflict
from webapp.core.limits import A_DAY, ENTRIES_A_DAY
from webapp.core.wording import gettext as _
from webapp.entries.models import Entry, EntryVersion, entry_id

Kind = TypeVar("Kind", bound=Entry)


def _too_many() -> str:
    return _(
        "You’ve reached today’s limit for saved entries. Copy this and save it tomorrow. If "
        "you need help sooner, tap Help now."
    )


_COLUMNS = [column.name for column in Entry.__table__.c]


def write(
    kind: type[Kind],
    by: Person,
    made_on_phone: UUID,
    happened_at: datetime,
    content: Mapping[str, Any],
) -> Kind:
    """Keep what somebody wrote. The same write twice is one entry.

    It is to be read: whoever changes it fetches it by its id. Raises Conflict when the id was used
    before for other words: nothing is overwritten; Ceiling when too many were written within a
    day, or its list is full.
    """
    entry = put(kind, by, made_on_phone, happened_at, content)
    if entry is not None:
        return entry
    there = db.session.get(Entry, entry_id(by.id, made_on_phone))
    if not isinstance(there, kind) or there.content != _without_nothing(content):
        raise Conflict
    return there


def put(
    kind: type[Kind],
    by: Person,
    made_on_phone: UUID,
    happened_at: datetime,
    content: Mapping[str, Any],
) -> Kind | None:
    """The same for what is new; None when something is there under its id. Raises Ceiling."""
    author_id, now = by.id, clock.now()
    id = entry_id(author_id, made_on_phone)
    _fits_on_its_list(kind, author_id, id)
    entry = kind.begun(
        db.session(), _without_nothing(content), id=id, author_id=author_id,
        kind=kind.__mapper__.polymorphic_identity, happened_at=happened_at, created_at=now,
        updated_at=now, version=1, removed_at=None,
    )  # fmt: skip
    if _put(entry):
        return entry
    if db.session.get(Entry, id) is None:
        raise Ceiling(_too_many())
    return None


def edit(entry: Entry, version: int, happened_at: datetime, content: Mapping[str, Any]) -> None:
    """Change an entry; how it was stays as a version.

    Raises Conflict when it was edited elsewhere since `version` was shown; Ceiling when it was
    changed too often within a day.
    """
    if entry.version != version:
        raise Conflict
    if entry.happened_at != happened_at:
        entry.happened_at = happened_at
        entry.reseal()
    _fill(entry, content)
    if entry.version > ENTRIES_A_DAY and not entry.comes_through:
        _not_too_often(entry)


def remove(entry: Entry) -> None:
    """Take an entry away. It can be put back for 30 days."""
    entry.removed_at = entry.removed_at or clock.now()


def restore(entry: Entry) -> None:
    """Put a removed entry back."""
    if entry.removed_at is not None:
        entry.removed_at = None


def begin_anew(entry: Entry, happened_at: datetime, content: Mapping[str, Any]) -> None:
    """Other words in place of a removed entry; what it said, opened or not, stays as a version."""
    if entry.is_rolled_back:  # later versions than this one are there
        latest = select(func.max(EntryVersion.version)).where(EntryVersion.entry_id == entry.id)
        entry.version = db.session.scalars(latest).one() + 1
    entry.begin_anew()
    edit(entry, entry.version, happened_at, content)
    restore(entry)


def _fill(entry: Entry, content: Mapping[str, Any]) -> None:
    wanted = _without_nothing(content)
    if entry.content != wanted:
        entry.content.clear()
        entry.content.update(wanted)
        entry.reseal()


def _without_nothing(content: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in content.items() if value not in (None, "", [])}


def _fits_on_its_list(kind: type[Entry], author_id: UUID, id: UUID) -> None:
    if kind.most is None:
        return
    others = select(func.count()).where(
        kind.author_id == author_id, kind.removed_at.is_(None), kind.id != id
    )
    if (db.session.scalar(others) or 0) >= kind.most:
        raise Ceiling(_("This list is full. Remove something first."))


def _not_too_often(entry: Entry) -> None:
    with db.session.no_autoflush:
        former = db.session.get(EntryVersion, (entry.id, entry.version - ENTRIES_A_DAY))
    if former is not None and former.written_at > clock.now() - A_DAY:
        raise Ceiling(_too_many())


def _put(entry: Entry) -> bool:
    """Into the database, unless it is there, or too many others of the day are, which the database
    itself says: of two equal writes at the same time, the second waits for the first."""
    values = {name: entry.__dict__[name] for name in _COLUMNS}
    values |= {"since": entry.created_at - A_DAY, "comes_through": entry.comes_through}
    return bool(_putting(db.engine.dialect.name).run(values))


@cache
def _putting(_dialect: str) -> Statement:
    table = Entry.__table__
    lately = (
        select(func.count())
        .select_from(table)
        .where(
            table.c.author_id == bindparam("author_id", type_=table.c.author_id.type),
            table.c.created_at > bindparam("since", type_=UtcDateTime),
        )
        .scalar_subquery()
    )
    row = select(*(bindparam(column.name, type_=column.type) for column in table.c)).where(
        or_(bindparam("comes_through", type_=Boolean), lately < ENTRIES_A_DAY)
    )
    into = inserting(table).from_select(_COLUMNS, row)
    return Statement(into.on_conflict_do_nothing().returning(table.c.id))
