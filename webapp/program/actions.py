"""What is done to a program: groups made, dates planned, people joining and leaving."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update

from webapp.accounts.models import Person
from webapp.core import clock
from webapp.core.db import db
from webapp.program.models import Group, GroupSession, Membership, Part, SchedulePattern
from webapp.program.recurrence import Weekly, occurrences

AHEAD = timedelta(weeks=8)


def plan_ahead(group: Group, now: datetime | None = None) -> int:
    """Make the rows of the next eight weeks that aren't there yet. Returns how many were made.

    Idempotent: a row is unique by group and start.
    """
    now = now or clock.now()
    there = set(
        db.session.scalars(
            select(GroupSession.starts_at).where(
                GroupSession.group_id == group.id, GroupSession.starts_at >= now
            )
        )
    )
    made = 0
    for pattern in group.patterns:
        for starts_at, ends_at in occurrences(weekly(pattern), group.zone, now, now + AHEAD):
            if starts_at not in there:
                there.add(starts_at)
                db.session.add(
                    GroupSession(group_id=group.id, starts_at=starts_at, ends_at=ends_at)
                )
                made += 1
    return made


def add_pattern(group: Group, *rows: Weekly) -> None:
    """Give a group weekly times, and plan them."""
    for row in rows:
        group.patterns.append(
            SchedulePattern(
                weekday=row.weekday,
                starts=row.starts,
                minutes=row.minutes,
                from_day=row.from_day,
                until_day=row.until_day,
            )
        )


def join(group: Group, person: Person, part: Part) -> Membership:
    """Somebody comes into a group, from now on."""
    membership = Membership(group_id=group.id, person_id=person.id, part=part)
    db.session.add(membership)
    return membership


def leave(group_id: UUID, person_id: UUID) -> None:
    """Somebody leaves a group: nobody reads, or is read, through it from the next request on."""
    db.session.execute(
        update(Membership)
        .where(
            Membership.group_id == group_id,
            Membership.person_id == person_id,
            Membership.until_at.is_(None),
        )
        .values(until_at=clock.now())
    )


def weekly(pattern: SchedulePattern) -> Weekly:
    """The plain values of a pattern's row."""
    return Weekly(
        pattern.weekday, pattern.starts, pattern.minutes, pattern.from_day, pattern.until_day
    )
