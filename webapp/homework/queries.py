"""Reading homework: for whoever it was given to, and for those who run the group."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import ColumnElement, and_, bindparam, or_, select
from sqlalchemy.orm import aliased

from webapp.accounts.models import Person
from webapp.core import clock
from webapp.core.crypto.keys import DataKey, keyring
from webapp.core.data.db import db
from webapp.core.data.statements import Statement
from webapp.core.data.types import NOW, UtcDateTime
from webapp.homework.models import Homework, homework_sealed_as
from webapp.program.models import (
    SHARES_OUTLAST,
    Group,
    GroupRole,
    GroupSession,
    Membership,
)
from webapp.program.queries import IS_CURRENT, expects, notes_done, own_days
from webapp.questionnaires.queries import instruments

LOOKED_BACK = timedelta(days=60)  # what was given for sessions that were off since
_due, _held, _other = aliased(GroupSession), aliased(GroupSession), aliased(GroupSession)
# The session with which it ends: the one it was given for, or the next one if that is off.
_ENDS_WITH = (
    select(_other.id)
    .where(
        _other.group_id == _due.group_id,
        _other.ends_at >= _due.ends_at,
        _other.cancelled_at.is_(None),
        _other.withdrawn_at.is_(None),
    )
    .order_by(_other.ends_at)
    .limit(1)
    .correlate(_due)
    .scalar_subquery()
)
# In the group, and since before: who left and came back doesn't find it again.
_IS_MEMBER = (
    select(Membership.id)
    .where(
        Membership.group_id == _due.group_id,
        Membership.person_id == Homework.patient_id,
        Membership.part == GroupRole.PATIENT,
        Membership.from_at <= Homework.given_at,
        IS_CURRENT,
    )
    .correlate(Homework, _due)
    .exists()
)
_MINE = (
    select(Homework)
    .join(_due, _due.id == Homework.group_session_id)
    .join(_held, _held.id == _ENDS_WITH)
    .where(Homework.patient_id == bindparam("person"), _IS_MEMBER)
)
_IS_OPEN = _held.ends_at > NOW
# For a statement that Today runs anyway.
ON_TODAY = _MINE.where(Homework.is_over.is_(False), _IS_OPEN)
# What staff can see is closed when shares for the same session are.
_IS_SEEN = or_(
    Homework.closes_at > NOW,
    and_(Homework.closes_at.is_(None), _held.ends_at > bindparam("closed", type_=UtcDateTime)),
)


class OwnHomework(NamedTuple):
    """Something of one's own, with who gave it and until when it is there."""

    homework: Homework
    by: str
    starts_at: datetime
    group: Group
    closes_at: datetime | None  # to those who can see that it was done, or would


def on_today(person: Person, now: datetime) -> list[OwnHomework]:
    """What somebody has to do before a next group, and didn't put away."""
    return _own(person, now, Homework.is_over.is_(False), _IS_OPEN)


def told_by(person: Person, now: datetime) -> list[OwnHomework]:
    """What staff can see that somebody did."""
    return _own(person, now, Homework.is_told.is_(True), _IS_SEEN)


def ends_with(homework: Homework, now: datetime) -> GroupSession | None:
    """The session until whose end it can be told, while its patient is in the group."""
    which = _MINE.with_only_columns(_held).where(Homework.id == homework.id, _IS_OPEN)
    return db.session.scalar(which, {"person": homework.patient_id, "now": now})


def _own(person: Person, now: datetime, *which: ColumnElement[bool]) -> list[OwnHomework]:
    rows = db.session.execute(
        _MINE.add_columns(Person, DataKey, _held, Group)
        .join(Group, Group.id == _due.group_id)
        .outerjoin(Person, Person.id == Homework.by_id)
        .outerjoin(DataKey, DataKey.person_id == Person.id)
        .where(*which)
        .order_by(_held.starts_at, Homework.given_at, Homework.id),
        {"person": person.id, "now": now, "closed": now - SHARES_OUTLAST},
    ).all()
    found = []
    for homework, by, key, held, group in rows:
        if key is not None:
            keyring(db.session).hold(key)
        # Asked about, its end is said; told, it was.
        closes_at = homework.closes_at or held.closes_at if homework.is_told else None
        if homework.is_done and not homework.is_over:
            closes_at = notes_done(held)
        name = by.called if key is not None else ""
        found.append(OwnHomework(homework, name, held.starts_at, group, closes_at))
    return found


@dataclass
class Given:
    """What was given at once: to which patients, and which of them told that they did it."""

    homework: Homework  # one of them, to be drawn only; what it is stands in each
    is_open: bool = False
    to: set[UUID] = field(default_factory=set)
    told: set[UUID] = field(default_factory=set)


_SEEN_BY_STAFF = (
    select(
        *Homework.__table__.c,
        _IS_MEMBER.label("is_member"),
        _IS_OPEN.label("is_open"),
        _IS_SEEN.label("is_seen"),
    )
    .join_from(Homework, _due, _due.id == Homework.group_session_id)
    .outerjoin(_held, _held.id == _ENDS_WITH)
    .order_by(Homework.given_at, Homework.given_id)
)
_GIVEN_FOR = Statement(_SEEN_BY_STAFF.where(Homework.given_in_id == bindparam("session")))
_DUE_FOR = Statement(
    _SEEN_BY_STAFF.where(
        _due.group_id == bindparam("group"),
        _due.ends_at > bindparam("since", type_=UtcDateTime),
        _due.ends_at <= bindparam("until", type_=UtcDateTime),
        _held.id == bindparam("session"),
        _IS_MEMBER,
    )
)


def given_for(group_session: GroupSession, now: datetime | None = None) -> list[Given]:
    """What was given on this session's page. Who told is there as long as anybody may see it."""
    return _given(_GIVEN_FOR, {"session": group_session.id}, now or clock.now())


def due_for(
    group_session: GroupSession, now: datetime, since: datetime | None = None
) -> list[Given]:
    """What was to be done before this session, by those who are in the group. A clinical supervisor
    isn't told who did what was given before they began."""
    which = {
        "session": group_session.id,
        "group": group_session.group_id,
        "since": group_session.ends_at - LOOKED_BACK,
        "until": group_session.ends_at,
    }
    return _given(_DUE_FOR, which, now, since)


def _given(
    statement: Statement, which: dict[str, Any], now: datetime, since: datetime | None = None
) -> list[Given]:
    rows = statement.run(which | {"now": now, "closed": now - SHARES_OUTLAST})
    ring = keyring(db.session)
    ring.fill({row.patient_id for row in rows})
    found: dict[UUID, Given] = {}
    for row in rows:
        key = ring.held(row.patient_id)
        if key is None:
            continue  # of whoever's key was erased nothing can be read any more
        given = found.get(row.given_id) or found.setdefault(row.given_id, Given(_drawn(row, key)))
        given.to.add(row.patient_id)
        given.is_open = given.is_open or bool(row.is_member and row.is_open)
        is_known = since is None or row.given_at >= since
        if row.is_told and row.is_member and row.is_seen and is_known:
            given.told.add(row.patient_id)
    return list(found.values())


def _drawn(row: Any, key: AESGCM) -> Homework:
    bound = homework_sealed_as(row.id, row.given_id, row.patient_id, row.group_session_id)
    return Homework.seen(row.sealed, key, bound, given_id=row.given_id)


def given_at(group_session: GroupSession, given_id: UUID) -> list[Homework]:
    """Everybody's part of what was given at once on this session's page, and on no other: who
    fills in for one session has that one alone."""
    which = Homework.given_id == given_id, Homework.given_in_id == group_session.id
    return list(db.session.scalars(select(Homework).where(*which)))


def due_of(memberships: list[Membership], coming: list[GroupSession]) -> dict[UUID, GroupSession]:
    """For each patient the first of these sessions on their own days, else the first of all."""
    days = own_days([membership.id for membership in memberships])
    return {
        membership.person_id: next(
            (one for one in coming if expects(one, days.get(membership.id, ()))), coming[0]
        )
        for membership in memberships
    }


def current_id(key: str) -> UUID | None:
    """By what the present version of a questionnaire is opened."""
    return next((found.id for found in instruments() if found.key == key), None)
