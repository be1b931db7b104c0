"""What hangs on an account: what somebody gets in by, is let in through, or is reached by.

A model says so of itself, `hangs = Hangs("person_id", ended="ended_at")`, and it ends with the
account. Of every other column that leads to a person, `tests/house/test_former_staff.py` says why
what is there stays.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, delete, or_, true, update
from sqlalchemy.orm import Session

from webapp.core.data.db import Base


@dataclass(frozen=True)
class Hangs:
    """By which columns a row is somebody's, and which one says when it ended: without, it goes."""

    by: tuple[str, ...]
    ended: str = ""
    empties: tuple[str, ...] = ()  # what else an ended row has no more


def hanging() -> Iterator[tuple[type[Base], Hangs]]:
    """Each model of which that is so."""
    kinds = {mapper.class_ for mapper in Base.registry.mappers}
    for kind in sorted(kinds, key=lambda kind: kind.__tablename__):
        if "hangs" in dir(kind):
            yield kind, kind.hangs


def end_all_of(session: Session | Connection, person_id: UUID, now: datetime) -> None:
    """End whatever hangs on somebody's account."""
    for kind, hangs in hanging():
        columns: Any = kind.__table__.c
        for name in hangs.by:
            if name not in columns:
                continue
            if not hangs.ended:
                session.execute(delete(kind).where(columns[name] == person_id))
                continue
            goes_on = or_(columns[hangs.ended].is_(None), columns[hangs.ended] > now)
            still = update(kind).where(columns[name] == person_id, goes_on)
            session.execute(still.values({hangs.ended: now, **dict.fromkeys(hangs.empties)}))


def end_ways_into(session: Session, group_id: UUID, made_by_id: UUID | None = None) -> None:
    """What lets people into a group goes with the group, or with the part that its maker had."""
    for kind, hangs in hanging():
        columns: Any = kind.__table__.c
        if "made_by_id" in hangs.by and "group_id" in columns:
            made = columns.made_by_id == made_by_id if made_by_id else true()
            session.execute(delete(kind).where(columns.group_id == group_id, made))
