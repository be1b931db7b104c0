"""Reading about groups and dates; each query starts from the person."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import selectinload

from webapp.accounts.models import Person
from webapp.core import clock
from webapp.core.db import db
from webapp.core.keys import DataKey, keyring
from webapp.program.models import Group, GroupSession, Membership, Part


def is_current(now: datetime) -> ColumnElement[bool]:
    """Memberships in force at `now`."""
    return and_(
        Membership.from_at <= now, or_(Membership.until_at.is_(None), Membership.until_at > now)
    )


def groups_of(person: Person, part: Part) -> list[Group]:
    """The groups somebody is in now, as `part`."""
    return list(
        db.session.scalars(
            select(Group)
            .join(Membership, Membership.group_id == Group.id)
            .where(
                Membership.person_id == person.id,
                Membership.part == part,
                is_current(clock.now()),
            )
            .order_by(Group.name)
        )
    )


def group_of(person: Person, part: Part, id: UUID) -> Group | None:
    """One of somebody's groups, with its weekly times."""
    return db.session.scalar(
        select(Group)
        .join(Membership, Membership.group_id == Group.id)
        .where(
            Group.id == id,
            Membership.person_id == person.id,
            Membership.part == part,
            is_current(clock.now()),
        )
        .options(selectinload(Group.patterns))
    )


def people_in(group_id: UUID, part: Part) -> list[Person]:
    """Who is in a group now, by name; their keys come along in one statement."""
    people = list(
        db.session.execute(
            select(Person, DataKey)
            .join(Membership, Membership.person_id == Person.id)
            .join(DataKey, DataKey.person_id == Person.id)
            .where(
                Membership.group_id == group_id, Membership.part == part, is_current(clock.now())
            )
        )
    )
    ring = keyring(db.session)
    for _person, key in people:
        ring.hold(key)
    return sorted((row[0] for row in people), key=lambda one: (one.name or "").casefold())


def next_group_session(person: Person, part: Part) -> GroupSession | None:
    """What comes next in any of somebody's groups, or is still going on."""
    now = clock.now()
    return db.session.scalar(
        select(GroupSession)
        .join(Membership, Membership.group_id == GroupSession.group_id)
        .where(
            Membership.person_id == person.id,
            Membership.part == part,
            is_current(now),
            GroupSession.ends_at > now,
            GroupSession.cancelled_at.is_(None),
        )
        .order_by(GroupSession.starts_at)
        .limit(1)
    )


def next_of_group(group_id: UUID, now: datetime | None = None) -> GroupSession | None:
    """A group's next date that hasn't begun yet."""
    return db.session.scalar(
        select(GroupSession)
        .where(
            GroupSession.group_id == group_id,
            GroupSession.starts_at > (now or clock.now()),
            GroupSession.cancelled_at.is_(None),
        )
        .order_by(GroupSession.starts_at)
        .limit(1)
    )


def upcoming(person: Person, part: Part, most: int = 8) -> list[GroupSession]:
    """The next dates of somebody's groups, the one going on first."""
    now = clock.now()
    return list(
        db.session.scalars(
            select(GroupSession)
            .join(Membership, Membership.group_id == GroupSession.group_id)
            .where(
                Membership.person_id == person.id,
                Membership.part == part,
                is_current(now),
                GroupSession.ends_at > now,
            )
            .order_by(GroupSession.starts_at)
            .limit(most)
        )
    )


def group_session_of(person: Person, part: Part, id: UUID) -> GroupSession | None:
    """A date of one of somebody's groups."""
    return db.session.scalar(
        select(GroupSession)
        .join(Membership, Membership.group_id == GroupSession.group_id)
        .where(
            GroupSession.id == id,
            Membership.person_id == person.id,
            Membership.part == part,
            is_current(clock.now()),
        )
    )


def before(group_session: GroupSession) -> GroupSession | None:
    """The last date of the same group that took place before this one."""
    return db.session.scalar(
        select(GroupSession)
        .where(
            GroupSession.group_id == group_session.group_id,
            GroupSession.starts_at < group_session.starts_at,
            GroupSession.cancelled_at.is_(None),
        )
        .order_by(GroupSession.starts_at.desc())
        .limit(1)
    )


def all_groups() -> list[Group]:
    """Every group of the clinic, with its weekly times: for the administrator."""
    return list(
        db.session.scalars(select(Group).order_by(Group.name).options(selectinload(Group.patterns)))
    )
