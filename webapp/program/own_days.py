"""Who comes on which of a group's days, as the planner and the sender ask."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from webapp.core.crypto.keys import AnySession
from webapp.program.hours import OwnWeekdays, in_force, is_own_group_session
from webapp.program.models import GroupRole, GroupSession, Membership, OwnDays
from webapp.program.queries import IS_CURRENT

# By person and group: the own days of each time in it that goes on now.
Mine = dict[tuple[UUID, UUID], list[OwnWeekdays]]


def own_days(
    session: AnySession, now: datetime, who: Collection[UUID] | None = None
) -> dict[UUID, OwnWeekdays]:
    """The own days of everybody, or of `who`, by membership."""
    query = (
        select(Membership.id, OwnDays.from_day, OwnDays.weekdays)
        .join(OwnDays, OwnDays.membership_id == Membership.id)
        .where(Membership.part == GroupRole.PATIENT, IS_CURRENT)
        .order_by(OwnDays.made_at)
    )
    if who is not None:
        query = query.where(Membership.person_id.in_(who))
    return in_force((row[0], row[1], row[2]) for row in session.execute(query, {"now": now}))


def memberships(session: AnySession, who: Collection[UUID], now: datetime) -> Mine:
    """In which groups people are patients now, and on which days they come there."""
    own = own_days(session, now, who)
    found: Mine = {}
    query = select(Membership.id, Membership.person_id, Membership.group_id).where(
        Membership.person_id.in_(who), Membership.part == GroupRole.PATIENT, IS_CURRENT
    )
    for id, person_id, group_id in session.execute(query, {"now": now}):
        found.setdefault((person_id, group_id), []).append(own.get(id, ()))
    return found


def is_expected(group_session: GroupSession, zone: str, mine: list[OwnWeekdays]) -> bool:
    """Whether somebody with these own days in the group is expected at a session."""
    planned = group_session.moved_from or group_session.starts_at
    return any(is_own_group_session(group_session.pattern_id, planned, zone, own) for own in mine)
