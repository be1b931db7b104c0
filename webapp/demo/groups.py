"""The demo's two groups, and when they meet."""

from datetime import datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select

from webapp.core import clock
from webapp.core.data.db import db
from webapp.program.actions import add_pattern
from webapp.program.models import Group, GroupSession
from webapp.program.planner import plan_ahead, weekly
from webapp.program.recurrence import Weekly, slots

# By this id the demo knows its own: a real clinic may have an Evening IOP, and a Cleo, too.
EVENING_ID = UUID("e7e71106-0000-4000-8000-00000000de30")
LENGTH = timedelta(hours=3)
PAST = timedelta(weeks=4)
MADE = timedelta(weeks=60)  # before anybody came
QUARTER = timedelta(minutes=15)
MON, TUE, WED, THU, FRI = range(5)


def make_groups(now: datetime, zone: str) -> tuple[Group, Group]:
    """Evening IOP and Morning IOP, with four weeks of sessions behind them and eight ahead."""
    evening = Group(
        id=EVENING_ID, name="Evening IOP", zone=zone, place="Room 2", made_at=now - MADE
    )
    morning = Group(name="Morning IOP", zone=zone, place="Room 1", made_at=now - MADE)
    meet(evening, (MON, WED, FRI), time(18), now)
    meet(morning, (TUE, THU), time(9), now)
    return evening, morning


def evening() -> Group | None:
    """The demo's Evening IOP, if the demo is here."""
    return db.session.get(Group, EVENING_ID)


def add_soon(group: Group, now: datetime) -> GroupSession | None:
    """One more session at the next full hour that is an hour away; None if there is one already."""
    starts_at = full_hour(now + timedelta(hours=1), group.zone)
    there = select(GroupSession.id).where(
        GroupSession.group_id == group.id, GroupSession.starts_at == starts_at
    )
    if db.session.scalar(there) is not None:
        return None
    soon = GroupSession(group_id=group.id, starts_at=starts_at, ends_at=starts_at + LENGTH)
    db.session.add(soon)
    db.session.flush()
    return soon


def full_hour(after: datetime, zone: str) -> datetime:
    """The first full hour on the wall clock from `after` on, in real time over clock changes."""
    # Every zone is whole quarters of an hour away from UTC.
    at = datetime.fromtimestamp(-(-after.timestamp() // 900) * 900, tz=after.tzinfo)
    while clock.local(at, zone).minute:
        at += QUARTER
    return at


def held(group: Group, now: datetime) -> list[GroupSession]:
    """The sessions that have begun, the oldest first."""
    return list(
        db.session.scalars(
            select(GroupSession)
            .where(GroupSession.group_id == group.id, GroupSession.starts_at <= now)
            .order_by(GroupSession.starts_at)
        )
    )


def meet(
    group: Group, weekdays: tuple[int, ...], at: time, now: datetime, lasts: timedelta = LENGTH
) -> None:
    """Its weekly times, the sessions of four weeks, and those that come."""
    first = clock.local(now - PAST, group.zone).date()
    add_pattern(
        group,
        *(Weekly(weekday, at, int(lasts.total_seconds()) // 60, first) for weekday in weekdays),
    )
    db.session.add(group)
    db.session.flush()
    for pattern in group.patterns:
        for slot in slots(weekly(pattern), group.zone, now - PAST, now):
            past = GroupSession(group_id=group.id, starts_at=slot.starts_at, ends_at=slot.ends_at)
            past.pattern_id, past.week = pattern.id, slot.week
            db.session.add(past)
    plan_ahead(group, now)
    db.session.flush()
