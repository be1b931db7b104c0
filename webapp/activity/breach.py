"""After a break-in: whose data there is, which kinds, and what was done since. Ids and counts."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, null, select

from webapp.accounts.models import Person, Role
from webapp.audit.models import Act
from webapp.core.data.db import Base, db
from webapp.core.data.types import UtcDateTime
from webapp.entries.models import Entry
from webapp.sharing.models import Reading


def report(since: datetime) -> Iterator[str]:
    """The lines of the report, patient by patient."""
    people = list(
        db.session.scalars(select(Person.id).where(Person.role == Role.PATIENT).order_by(Person.id))
    )
    held = _held()
    opened = _opened(since)
    acts = _by_person(Act.person_id, Act.kind, Act.at, Act.at >= since)
    yield f"Since {since.isoformat()}: {len(people)} patients have data here."
    yield "Ids, kinds, counts, and times in UTC. No names and no words."
    for id in people:
        yield f"\n{id}"
        yield f"  has: {_line(held.get(id, []))}"
        yield f"  opened by staff since: {opened.get(id, 'nothing')}"
        yield f"  acts since: {_line(acts.get(id, []))}"


OWNER = ("patient_id", "author_id", "person_id")
NOT_HELD = ("entry", "act")  # each has a line of its own

Counted = dict[UUID, list[tuple[str, int, datetime | None]]]


def _held() -> Counted:
    """How many of each kind somebody has, and since when: entries by kind, the rest by table."""
    found = _by_person(Entry.author_id, Entry.kind, Entry.created_at)
    for table in Base.metadata.sorted_tables:
        owner = next((table.c[name] for name in OWNER if name in table.c), None)
        if owner is None or table.name in NOT_HELD:
            continue
        dates = [column for column in table.c if isinstance(column.type, UtcDateTime)]
        since = func.min(dates[0]) if dates else null()
        rows = select(owner, func.count(), since).where(owner.is_not(None))
        for person, count, first in db.session.execute(rows.group_by(owner)):
            found.setdefault(person, []).append((table.name, count, first))
    return found


def _by_person(owner: Any, kind: Any, at: Any, *which: Any) -> Counted:
    query = select(owner, kind, func.count(), func.min(at)).where(owner.is_not(None), *which)
    found: Counted = {}
    for person, name, count, first in db.session.execute(
        query.group_by(owner, kind).order_by(kind)
    ):
        found.setdefault(person, []).append((str(name), count, first))
    return found


def _opened(since: datetime) -> dict[UUID, str]:
    rows = db.session.execute(
        select(
            Entry.author_id,
            func.count(Reading.entry_id.distinct()),
            func.count(Reading.reader_id.distinct()),
            func.max(Reading.last_at),
        )
        .join(Entry, Entry.id == Reading.entry_id)
        .where(Reading.last_at >= since)
        .group_by(Entry.author_id)
    )
    return {
        author: f"{entries} entries, by {readers} accounts, last {last.isoformat()}"
        for author, entries, readers, last in rows
    }


def _line(counted: list[tuple[str, int, datetime | None]]) -> str:
    said = [
        f"{kind} {count}" + (f" (from {first.date()})" if first else "")
        for kind, count, first in counted
    ]
    return ", ".join(said) or "nothing"
