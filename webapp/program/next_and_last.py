"""What comes next for somebody or for a group, and what was last."""

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, case, func, or_, select
from sqlalchemy.orm import aliased

from webapp.accounts.models import Person
from webapp.core import clock
from webapp.core.data.db import db
from webapp.core.data.statements import Statement
from webapp.core.data.types import NOW, UtcDateTime
from webapp.program.models import Group, GroupRole, GroupSession, Membership, OwnDays
from webapp.program.queries import (
    IS_CURRENT,
    OF_SESSION,
    THEIRS,
    asked_as,
    expects,
    groups_of,
    memberships_of,
    own_days,
)

_own_membership = aliased(Membership)
_ANY_OWN = (
    select(OwnDays.id)
    .join(_own_membership, _own_membership.id == OwnDays.membership_id)
    .where(_own_membership.person_id == bindparam("person"))
)


class Upcoming(NamedTuple):
    """What a page says of somebody's next session."""

    id: UUID
    group_id: UUID
    starts_at: datetime
    group: str  # its name
    zone: str
    where: str
    track: str
    video: str


_NEXT = Statement(
    select(
        *(GroupSession.id, GroupSession.group_id, GroupSession.starts_at),
        *(Group.name.label("group"), Group.zone, Group.track),
        func.coalesce(func.nullif(GroupSession.place, ""), Group.place).label("where"),
        func.coalesce(func.nullif(GroupSession.link, ""), Group.link).label("video"),
        _ANY_OWN.exists().label("has_own"),
    )
    .join(Membership, Membership.group_id == GroupSession.group_id)
    .join(Group, Group.id == GroupSession.group_id)
    .where(
        *(THEIRS, OF_SESSION),
        *(GroupSession.ends_at > NOW, GroupSession.cancelled_at.is_(None)),
    )
    .order_by(GroupSession.starts_at)
    .limit(1)
)


def next_group_session(person: Person, part: GroupRole) -> Upcoming | None:
    """What comes next for somebody, or is still going on; a patient's own days count."""
    row = _NEXT.first(asked_as(person, part))
    if row is None:
        return None
    if part != GroupRole.PATIENT or not row.has_own:
        called = row.group or Group.individual_name(row.group_id)
        where = row.zone, row.where, row.track, row.video
        return Upcoming(row.id, row.group_id, row.starts_at, called, *where)
    own = {membership.group_id: membership.id for membership in memberships_of(person)}
    days = own_days(list(own.values()))
    mine = (
        group_session
        for group_session in upcoming(person, part, most=60)
        if not group_session.is_cancelled
        and expects(group_session, days.get(own[group_session.group_id], ()))
    )
    if (group_session := next(mine, None)) is None:
        return None
    return Upcoming(
        group_session.id,
        group_session.group_id,
        group_session.starts_at,
        group_session.group.name,
        group_session.group.zone,
        group_session.where,
        group_session.group.track,
        group_session.video,
    )


def next_of_group(group_id: UUID, now: datetime | None = None) -> GroupSession | None:
    """A group's next session that hasn't begun yet."""
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


_NEXT_IN_GROUP = Statement(
    select(*GroupSession.__table__.c, Group.zone, _ANY_OWN.exists().label("has_own"))
    .join_from(GroupSession.__table__, Group.__table__, Group.id == GroupSession.group_id)
    .where(
        GroupSession.group_id == bindparam("group"),
        GroupSession.starts_at > NOW,
        GroupSession.cancelled_at.is_(None),
    )
    .order_by(GroupSession.starts_at)
    .limit(1)
)


def next_of_mine(
    person: Person, group_id: UUID, now: datetime | None = None
) -> GroupSession | None:
    """A patient's own next session in a group that hasn't begun yet: for which something is shared.

    To be drawn only, with its group's zone.
    """
    now = now or clock.now()
    row = _NEXT_IN_GROUP.first({"person": person.id, "group": group_id, "now": now})
    if row is None:
        return None
    if row.has_own:
        return _next_on_own_days(person, group_id, now)
    group = Group.drawn({"id": group_id, "zone": row.zone})
    return GroupSession.drawn(row._asdict() | {"group": group})


def _next_on_own_days(person: Person, group_id: UUID, now: datetime) -> GroupSession | None:
    membership = next((mine for mine in memberships_of(person) if mine.group_id == group_id), None)
    own = own_days([membership.id]).get(membership.id, ()) if membership else ()
    coming = db.session.scalars(
        select(GroupSession)
        .where(
            GroupSession.group_id == group_id,
            GroupSession.starts_at > now,
            GroupSession.cancelled_at.is_(None),
        )
        .order_by(GroupSession.starts_at)
    )
    return next((group_session for group_session in coming if expects(group_session, own)), None)


def upcoming(person: Person, part: GroupRole, most: int = 8) -> list[GroupSession]:
    """The next sessions of somebody's groups, the one going on first."""
    query = (
        select(GroupSession)
        .join(Membership, Membership.group_id == GroupSession.group_id)
        .where(
            *(THEIRS, OF_SESSION),
            *(GroupSession.ends_at > NOW, GroupSession.withdrawn_at.is_(None)),
        )
        .order_by(GroupSession.starts_at)
        .limit(most)
    )
    return list(db.session.scalars(query, asked_as(person, part)))


def lately(person: Person, part: GroupRole, most: int = 4) -> list[GroupSession]:
    """The last sessions of somebody's groups that took place, the latest first."""
    query = (
        select(GroupSession)
        .join(Membership, Membership.group_id == GroupSession.group_id)
        .where(
            *(THEIRS, OF_SESSION, GroupSession.ends_at <= NOW),
            *(GroupSession.cancelled_at.is_(None), GroupSession.withdrawn_at.is_(None)),
        )
        .order_by(GroupSession.ends_at.desc())
        .limit(most)
    )
    return list(db.session.scalars(query, asked_as(person, part)))


def next_huddle(facilitator: Person, group_id: UUID, now: datetime) -> UUID | None:
    """The session of a group that comes next for whoever runs it or stands in; else the last one,
    for the notes."""
    return db.session.scalar(
        select(GroupSession.id)
        .join(Membership, Membership.group_id == GroupSession.group_id)
        .where(
            *(THEIRS, OF_SESSION, GroupSession.group_id == group_id),
            *(GroupSession.cancelled_at.is_(None), GroupSession.withdrawn_at.is_(None)),
        )
        .order_by(
            case((GroupSession.ends_at > now, 0), else_=1),
            case((GroupSession.ends_at > now, GroupSession.starts_at)),
            GroupSession.starts_at.desc(),
        )
        .limit(1),
        asked_as(facilitator, GroupRole.FACILITATOR),
    )


TOLD_AHEAD = timedelta(days=2)
_FIRST_PLANNED = func.coalesce(GroupSession.moved_from, GroupSession.starts_at)
# One of somebody's groups in the next two days was called off, or moved from or into them.
CHANGED_SOON = (
    select(GroupSession.id)
    .join(Membership, Membership.group_id == GroupSession.group_id)
    .where(
        *(Membership.person_id == bindparam("person"), Membership.part == GroupRole.PATIENT),
        *(IS_CURRENT, GroupSession.withdrawn_at.is_(None), GroupSession.ends_at > NOW),
        or_(GroupSession.cancelled_at.is_not(None), GroupSession.starts_at != _FIRST_PLANNED),
        or_(*(
            at.between(bindparam("now", type_=UtcDateTime), bindparam("soon", type_=UtcDateTime))
            for at in (_FIRST_PLANNED, GroupSession.starts_at)
        )),
    )
)  # fmt: skip


def changed_soon(person: Person, now: datetime) -> list[GroupSession]:
    """Those that are somebody's own, the first one first."""
    which = {"person": person.id, "now": now, "soon": now + TOLD_AHEAD}
    found = db.session.scalars(
        select(GroupSession)
        .where(GroupSession.id.in_(CHANGED_SOON))
        .order_by(GroupSession.starts_at),
        which,
    ).all()
    own = {membership.group_id: membership.id for membership in memberships_of(person)}
    days = own_days(list(own.values()))
    return [one for one in found if expects(one, days.get(own[one.group_id], ()))]


_earlier = aliased(GroupSession)


# When the last one of its group was over, before the GroupSession that a statement reads.
END_BEFORE = (
    select(_earlier.ends_at)
    .where(
        _earlier.group_id == GroupSession.group_id,
        # Not one that is still going on: what was shared meanwhile is news for this one too.
        _earlier.ends_at <= GroupSession.starts_at,
        _earlier.cancelled_at.is_(None),
    )
    .order_by(_earlier.ends_at.desc())
    .limit(1)
    .scalar_subquery()
)


def last_ended(person: Person, now: datetime) -> datetime | None:
    """When the last session of somebody's own groups was over."""
    groups = [group.id for group in groups_of(person, GroupRole.PATIENT)]
    ends = [last.ends_at for id in groups if (last := last_before(id, now))]
    return max(ends, default=None)


def last_before(group_id: UUID, now: datetime) -> GroupSession | None:
    """The group's last session that is over and took place."""
    return db.session.scalar(
        select(GroupSession)
        .where(
            GroupSession.group_id == group_id,
            GroupSession.ends_at <= now,
            GroupSession.cancelled_at.is_(None),
        )
        .order_by(GroupSession.ends_at.desc())
        .limit(1)
    )


def ended_before(group_session: GroupSession) -> datetime | None:
    """When the last one of its group before this one was over."""
    return db.session.scalar(select(END_BEFORE).where(GroupSession.id == group_session.id))
