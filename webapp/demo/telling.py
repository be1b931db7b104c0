"""The demo people, and what they wrote."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random
from uuid import UUID

from webapp.accounts.actions import make_person
from webapp.accounts.models import HereFor, Person, Role
from webapp.accounts.passwords import hash_password
from webapp.core import clock
from webapp.core.data.db import db
from webapp.demo.backdated import written_at
from webapp.demo.moments import MOMENTS
from webapp.demo.moments.moment import Moment
from webapp.demo.people import (
    CAME_DAYS,
    EVENING,
    LEFT,
    LEFT_DAYS,
    MORNING,
    PASSWORD,
    RUNS_CLINIC,
    RUNS_EVENING,
    RUNS_MORNING,
)
from webapp.entries.actions import edit, write
from webapp.journal.models import Trigger
from webapp.program.actions import join
from webapp.program.models import Group, GroupRole

STAFF_SINCE = 140  # days


@dataclass(frozen=True)
class DemoMoment:
    """A moment that was written down."""

    moment: Moment
    entry: Trigger


def make_people(evening: Group, morning: Group, now: datetime) -> dict[str, Person]:
    """Everybody, in their groups since they came."""
    hashed = hash_password(PASSWORD)  # once for all: a hash is slow on purpose
    people = {}
    zone = evening.zone
    for group, runs, members in (
        (evening, RUNS_EVENING, EVENING),
        (morning, RUNS_MORNING, MORNING),
    ):
        people[runs] = person = _person(
            runs, Role.FACILITATOR, hashed, _came(now, STAFF_SINCE, zone)
        )
        join(group, person, GroupRole.FACILITATOR).from_at = person.created_at
        for member in members:
            person = _person(member.username, Role.PATIENT, hashed, _came(now, member.days, zone))
            person.here_for = member.here_for
            join(group, person, GroupRole.PATIENT).from_at = person.created_at
            people[member.username] = person
    people[LEFT] = person = _person(LEFT, Role.PATIENT, hashed, _came(now, CAME_DAYS, zone))
    person.here_for = HereFor.BOTH
    membership = join(evening, person, GroupRole.PATIENT)
    membership.from_at, membership.until_at = person.created_at, _came(now, LEFT_DAYS, zone)
    people[RUNS_CLINIC] = _person(
        RUNS_CLINIC, Role.ADMINISTRATOR, hashed, _came(now, STAFF_SINCE + 1, zone)
    )
    db.session.flush()
    return people


def tell(people: list[Person], group: Group, now: datetime, chance: Random) -> list[DemoMoment]:
    """Write everybody's moments down, a little after they happened; some are changed later."""
    told = []
    for person in people:
        for moment in MOMENTS[person.username]:
            id = UUID(int=chance.getrandbits(128), version=4)
            at = moment.happened_at(now, group.zone)
            content = moment.content(group.zone, moment.at_first)
            entry = write(Trigger, person, id, at, content)
            later = at + timedelta(minutes=chance.randint(2, 40))
            told.append(DemoMoment(moment, written_at(later, entry)))
    db.session.flush()
    _change([telling for telling in told if telling.moment.at_first], chance)
    return told


def _person(username: str, role: Role, hashed: str, came: datetime) -> Person:
    person = make_person(username, username.title(), hashed, role)
    person.created_at = came
    return person


def _came(now: datetime, days: int, zone: str) -> datetime:
    return clock.instant(clock.local(now, zone).date() - timedelta(days=days), time(16, 30), zone)


def _change(told: list[DemoMoment], chance: Random) -> None:
    for telling in told:
        edit(
            telling.entry,
            1,
            telling.entry.happened_at,
            telling.moment.content(telling.entry.zone or ""),
        )
    db.session.flush()
    for telling in told:
        telling.entry.updated_at = telling.entry.created_at + timedelta(
            minutes=chance.randint(5, 20)
        )
    db.session.flush()
