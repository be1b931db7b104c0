"""Reading about groups and dates; each query starts from the person."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.orm import selectinload

from webapp.accounts.models import Person
from webapp.core import clock
from webapp.core.db import db
from webapp.core.keys import DataKey, keyring
from webapp.core.types import NOW
from webapp.program.models import Group, GroupSession, Membership, Part

# Memberships in force at `:now`.
IS_CURRENT = and_(
    Membership.from_at <= NOW, or_(Membership.until_at.is_(None), Membership.until_at > NOW)
)
# Of `:person`, as `:part`.
_THEIRS = and_(
    Membership.person_id == bindparam("person"),
    Membership.part == bindparam("part"),
    IS_CURRENT,
)


def groups_of(person: Person, part: Part) -> list[Group]:
    """The groups somebody is in now, as `part`."""
    query = (
        select(Group)
        .join(Membership, Membership.group_id == Group.id)
        .where(_THEIRS)
        .order_by(Group.name)
    )
    return list(db.session.scalars(query, _as(person, part)))


def group_of(person: Person, part: Part, id: UUID) -> Group | None:
    """One of somebody's groups, with its weekly times."""
    return db.session.scalar(
        select(Group)
        .join(Membership, Membership.group_id == Group.id)
        .where(Group.id == id, _THEIRS)
        .options(selectinload(Group.patterns)),
        _as(person, part),
    )


_PEOPLE = (
    select(Person, DataKey)
    .join(Membership, Membership.person_id == Person.id)
    .join(DataKey, DataKey.person_id == Person.id)
    .where(
        Membership.group_id == bindparam("group"),
        Membership.part == bindparam("part"),
        IS_CURRENT,
    )
)


def people_in(group_id: UUID, part: Part) -> list[Person]:
    """Who is in a group now, by name; their keys come along in one statement."""
    people = db.session.execute(_PEOPLE, {"group": group_id, "part": part, "now": clock.now()})
    ring = keyring(db.session)
    found = []
    for person, key in people:
        ring.hold(key)
        found.append(person)
    return sorted(found, key=lambda one: (one.name or "").casefold())


_NEXT = (
    select(GroupSession)
    .join(Membership, Membership.group_id == GroupSession.group_id)
    .where(_THEIRS, GroupSession.ends_at > NOW, GroupSession.cancelled_at.is_(None))
    .order_by(GroupSession.starts_at)
    .limit(1)
)


def next_group_session(person: Person, part: Part) -> GroupSession | None:
    """What comes next in any of somebody's groups, or is still going on."""
    return db.session.scalar(_NEXT, _as(person, part))


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
    query = (
        select(GroupSession)
        .join(Membership, Membership.group_id == GroupSession.group_id)
        .where(_THEIRS, GroupSession.ends_at > NOW)
        .order_by(GroupSession.starts_at)
        .limit(most)
    )
    return list(db.session.scalars(query, _as(person, part)))


_ONE = (
    select(GroupSession)
    .join(Membership, Membership.group_id == GroupSession.group_id)
    .where(GroupSession.id == bindparam("id"), _THEIRS)
)


def group_session_of(person: Person, part: Part, id: UUID) -> GroupSession | None:
    """A date of one of somebody's groups."""
    return db.session.scalar(_ONE, {**_as(person, part), "id": id})


_END_BEFORE = (
    select(GroupSession.ends_at)
    .where(
        GroupSession.group_id == bindparam("group"),
        # Not one that is still going on: what was shared meanwhile is news for this one too.
        GroupSession.ends_at <= bindparam("start"),
        GroupSession.cancelled_at.is_(None),
    )
    .order_by(GroupSession.ends_at.desc())
    .limit(1)
)


def end_of_last_before(group_session: GroupSession) -> datetime | None:
    """When the last date of the same group that took place before this one was over."""
    values = {"group": group_session.group_id, "start": group_session.starts_at}
    return db.session.scalar(_END_BEFORE, values)


def all_groups() -> list[Group]:
    """Every group of the clinic, with its weekly times: for the administrator."""
    return list(
        db.session.scalars(select(Group).order_by(Group.name).options(selectinload(Group.patterns)))
    )


def _as(person: Person, part: Part) -> dict[str, Any]:
    return {"person": person.id, "part": part, "now": clock.now()}
