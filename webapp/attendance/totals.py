"""How everybody took part since a day, for numbers about all of them: nobody's name, no note."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select

from webapp.attendance.models import CAME, Attendance, Presence
from webapp.core.data.db import db
from webapp.program.hours import minutes_between, minutes_there
from webapp.program.models import GroupSession


@dataclass(frozen=True, eq=False)
class Held:
    """A session that took place, or will; itself alone, so that it is found quickly."""

    group_id: UUID
    starts_at: datetime
    ends_at: datetime
    minutes: int


class Mark(NamedTuple):
    """How somebody took part in one of them."""

    person_id: UUID
    session: Held
    presence: Presence
    minutes: int


def marks_since(after: datetime, until: datetime) -> list[Mark]:
    """What attendance says of sessions that began between two instants."""
    began = (
        GroupSession.starts_at >= after, GroupSession.starts_at < until,
        GroupSession.cancelled_at.is_(None), GroupSession.withdrawn_at.is_(None),
    )  # fmt: skip
    columns = (GroupSession.id, GroupSession.group_id, GroupSession.starts_at, GroupSession.ends_at)
    sessions = {
        id: Held(group_id, starts_at, ends_at, minutes_between(starts_at, ends_at))
        for id, group_id, starts_at, ends_at in db.session.execute(select(*columns).where(*began))
    }
    rows = db.session.execute(
        select(
            Attendance.patient_id, Attendance.group_session_id, Attendance.presence,
            Attendance.arrived_at, Attendance.left_at,
        )
        .join(GroupSession, GroupSession.id == Attendance.group_session_id)
        .where(*began)
    )  # fmt: skip
    return [
        Mark(person_id, sessions[id], presence, _minutes(sessions[id], presence, *times))
        for person_id, id, presence, *times in rows
    ]


def _minutes(
    held: Held, presence: Presence, arrived_at: datetime | None, left_at: datetime | None
) -> int:
    if presence not in CAME:
        return 0
    if arrived_at is None and left_at is None:
        return held.minutes
    return minutes_there(held.starts_at, held.ends_at, arrived_at, left_at)
