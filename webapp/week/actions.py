"""Making and ending the secret address of a calendar."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import time
from uuid import uuid4

from sqlalchemy import update

from webapp.accounts.models import Person
from webapp.accounts.queries import token_hash
from webapp.audit.actions import record
from webapp.audit.kinds import ActKind
from webapp.core import clock
from webapp.core.data.db import db
from webapp.entries.actions import edit, restore
from webapp.reminders.actions import remind, stop_reminding
from webapp.reminders.schedule import AtTimes, Kind
from webapp.week import queries
from webapp.week.models import Appointment, CalendarFeed

REMINDED_AT = time(18)


def make_feed(person: Person, *, rings: bool = False) -> str:
    """A new secret address, to be shown once: the database keeps only its hash. The one before
    stops working."""
    _end(person)
    record(ActKind.CALENDAR_MADE, person=person.id)
    token = secrets.token_urlsafe(32)
    feed = CalendarFeed(id=uuid4(), person_id=person.id, token_hash=token_hash(token), rings=rings)
    db.session.add(feed)
    return token


def let_ring(feed: CalendarFeed, rings: bool) -> None:
    """Whether its events ring, from the next time on that a calendar fetches them."""
    if feed.rings != rings:
        feed.rings, feed.rings_changed_at = rings, clock.now()


@contextmanager
def reminders_follow(person: Person) -> Iterator[None]:
    """Change appointments inside of this: each reminder is set, moved and switched off along."""
    before = queries.evenings_before(person, clock.now())
    yield
    db.session.flush()
    after = queries.evenings_before(person, clock.now())
    for id in before.keys() - after.keys():
        stop_reminding(person, Kind.DAILY, id)
    for id, evening in after.items():
        if before.get(id) != evening:
            rule = AtTimes(
                (REMINDED_AT,), evening.zone, evening.day, id, evening.title,
                until_day=evening.day,
            )  # fmt: skip
            remind(person, rule)


def note_took_place(appointment: Appointment, took_place: str) -> None:
    """Whether it happened, as its person says."""
    said = appointment.content | {"took_place": took_place}
    edit(appointment, appointment.version, appointment.happened_at, said)


def put_back(appointment: Appointment) -> None:
    """Put it back; it counts as changed, or a calendar that heard of it as cancelled keeps that."""
    if appointment.removed_at is not None:
        restore(appointment)
        appointment.reseal()


def end_feeds(person: Person) -> None:
    """No calendar fetches anything any more, from the next request on."""
    _end(person)
    record(ActKind.CALENDAR_ENDED, person=person.id)


def _end(person: Person) -> None:
    db.session.execute(
        update(CalendarFeed)
        .where(CalendarFeed.person_id == person.id, CalendarFeed.ended_at.is_(None))
        .values(ended_at=clock.now())
    )
