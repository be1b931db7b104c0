"""Who there is in a test, in which groups, and when."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from webapp.accounts.actions import make_person
from webapp.accounts.models import Person, Role
from webapp.accounts.passwords import hash_password
from webapp.core import clock as app_clock
from webapp.core.data.db import db
from webapp.program.actions import join, leave, set_own_days
from webapp.program.models import Group, GroupRole, GroupSession, Membership, SchedulePattern
from webapp.program.planner import plan_ahead

PASSWORD = "lantern maple pocket river"
# A Monday, two hours before Evening IOP meets.
NOW = datetime(2026, 11, 23, 21, 0, tzinfo=UTC)
ZONE = "America/New_York"


@dataclass(frozen=True)
class Someone:
    """A person as a test knows one."""

    id: UUID
    username: str
    name: str
    role: Role


Made = Callable[..., Someone]


@dataclass(frozen=True)
class SomeGroup:
    """A group with its next session (tonight) and the one before."""

    id: UUID
    tonight: UUID
    friday: UUID
    name: str


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Monday, November 23, 2026, 4 PM in New York; the hand moves only when told to."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def somebody(app: Flask) -> Callable[..., Someone]:
    """Make a person: `somebody("ana")`, `somebody("cleo", Role.FACILITATOR)`."""

    def make(username: str, role: Role = Role.PATIENT) -> Someone:
        with app.app_context():
            person = make_person(username, username.title(), hash_password(PASSWORD), role)
            db.session.commit()
            return Someone(person.id, username, username.title(), role)

    return make


@pytest.fixture
def group_of(app: Flask, clock: time_machine.Traveller) -> Callable[..., SomeGroup]:
    """Make a group that met on Friday at 6 pm and meets tonight: `group_of("Evening IOP")`."""

    def make(name: str, start: datetime = NOW + timedelta(hours=2)) -> SomeGroup:
        with app.app_context():
            group = Group(name=name, zone=ZONE, place="Room 2")
            db.session.add(group)
            db.session.flush()
            group_sessions = []
            for at in (start - timedelta(days=3), start):
                group_session = GroupSession(
                    group_id=group.id, starts_at=at, ends_at=at + timedelta(hours=3)
                )
                db.session.add(group_session)
                group_sessions.append(group_session)
            db.session.commit()
            return SomeGroup(group.id, group_sessions[1].id, group_sessions[0].id, name)

    return make


@pytest.fixture
def put_into(app: Flask) -> Callable[..., None]:
    """Put people into a group: `put_into(evening, ana, cleo)`; since a month ago."""

    def put(group: SomeGroup, *people: Someone, since: datetime = NOW - timedelta(days=28)) -> None:
        with app.app_context():
            for someone in people:
                part = GroupRole.PATIENT if someone.role == Role.PATIENT else GroupRole.FACILITATOR
                person = db.session.get_one(Person, someone.id)
                membership = join(db.session.get_one(Group, group.id), person, part)
                membership.from_at = since
            db.session.commit()

    return put


@pytest.fixture
def leaves(app: Flask) -> Callable[..., None]:
    """Somebody leaves a group."""

    def go(group: SomeGroup, someone: Someone) -> None:
        with app.app_context():
            leave(group.id, someone.id)
            db.session.commit()

    return go


@pytest.fixture
def evening(group_of: Callable[..., SomeGroup]) -> SomeGroup:
    """Evening IOP, tonight at 6."""
    return group_of("Evening IOP")


@pytest.fixture
def weeks(app: Flask, evening: SomeGroup) -> None:
    """Evening IOP meets Monday, Wednesday and Friday at six."""
    with app.app_context():
        group = db.session.get_one(Group, evening.id)
        for weekday in (0, 2, 4):
            group.patterns.append(
                SchedulePattern(weekday=weekday, starts=time(18), minutes=180, from_day=NOW.date())
            )
        plan_ahead(group)
        db.session.commit()


@pytest.fixture
def comes_on(app: Flask) -> Callable[..., None]:
    """A patient comes on some weekdays only, from today on: `comes_on(ana, evening, 0)`."""

    def put(someone: Someone, group: SomeGroup, *weekdays: int) -> None:
        with app.app_context():
            membership = db.session.scalar(
                select(Membership).where(
                    Membership.person_id == someone.id,
                    Membership.group_id == group.id,
                    Membership.until_at.is_(None),
                )
            )
            assert membership is not None
            by = db.session.get_one(Person, someone.id)
            set_own_days(
                membership, list(weekdays), app_clock.local(app_clock.now(), ZONE).date(), by
            )
            db.session.commit()

    return put


@pytest.fixture
def morning(group_of: Callable[..., SomeGroup]) -> SomeGroup:
    """Morning IOP, another group."""
    return group_of("Morning IOP", NOW + timedelta(hours=17))


@pytest.fixture
def ana(
    somebody: Callable[..., Someone], put_into: Callable[..., None], evening: SomeGroup
) -> Someone:
    """A patient of Evening IOP."""
    person = somebody("ana")
    put_into(evening, person)
    return person


@pytest.fixture
def ben(
    somebody: Callable[..., Someone], put_into: Callable[..., None], evening: SomeGroup
) -> Someone:
    """Another patient of Evening IOP."""
    person = somebody("ben")
    put_into(evening, person)
    return person


@pytest.fixture
def dana(
    somebody: Callable[..., Someone], put_into: Callable[..., None], morning: SomeGroup
) -> Someone:
    """A patient of Morning IOP."""
    person = somebody("dana")
    put_into(morning, person)
    return person


@pytest.fixture
def cleo(
    somebody: Callable[..., Someone], put_into: Callable[..., None], evening: SomeGroup
) -> Someone:
    """Runs Evening IOP."""
    person = somebody("cleo", Role.FACILITATOR)
    put_into(evening, person)
    return person


@pytest.fixture
def kit(
    somebody: Callable[..., Someone], put_into: Callable[..., None], morning: SomeGroup
) -> Someone:
    """Runs Morning IOP."""
    person = somebody("kit", Role.FACILITATOR)
    put_into(morning, person)
    return person


@pytest.fixture
def max_(somebody: Callable[..., Someone]) -> Someone:
    """Runs the clinic."""
    return somebody("max", Role.ADMINISTRATOR)


def people_of(app: Flask) -> list[str]:
    """Everybody's username, for tests that count."""
    with app.app_context():
        return sorted(db.session.scalars(select(Person.username)))
