"""Times in a group and the own days in them: what was somebody's date, and since when it isn't.

A calendar must hear of a session that stopped being somebody's as it hears of a cancelled one: some
keep whatever merely vanishes from a feed. Nothing about it is stored. Own days and memberships
keep their former rows, and those tell it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from webapp.accounts.models import Person
from webapp.core.data.db import db
from webapp.program.hours import in_force
from webapp.program.models import GroupRole, GroupSession, Membership, OwnDays, Removal
from webapp.program.queries import expects


@dataclass(frozen=True)
class MembershipPeriod:
    """One time that a patient was, or is, in a group, with every change of the own days in it."""

    membership: Membership
    days: list[OwnDays] = field(default_factory=list)
    away: list[tuple[datetime, datetime]] = field(default_factory=list)  # taken out, put back

    def had(self, group_session: GroupSession, at: datetime) -> bool:
        """Whether a session was this patient's, as things stood at an instant."""
        membership = self.membership
        has_left = membership.until_at is not None and membership.until_at <= min(
            at, group_session.starts_at
        )
        is_out = any(
            out <= min(at, group_session.starts_at) and at < back for out, back in self.away
        )
        if (
            membership.from_at > at
            or group_session.ends_at <= membership.from_at
            or has_left
            or is_out
        ):
            return False
        rows = (
            (membership.id, row.from_day, row.weekdays) for row in self.days if row.made_at <= at
        )
        return expects(group_session, in_force(rows).get(membership.id, ()))


History = dict[UUID, list[MembershipPeriod]]


def membership_history(person: Person) -> History:
    """All of somebody's times as a patient, by group, the first one first."""
    memberships = db.session.scalars(
        select(Membership)
        .where(Membership.person_id == person.id, Membership.part == GroupRole.PATIENT)
        .order_by(Membership.from_at)
        .options(joinedload(Membership.group))
    )
    by_id = {membership.id: MembershipPeriod(membership) for membership in memberships}
    for row in db.session.scalars(
        select(OwnDays).where(OwnDays.membership_id.in_(list(by_id))).order_by(OwnDays.made_at)
    ):
        by_id[row.membership_id].days.append(row)
    for removal in db.session.scalars(
        select(Removal).where(Removal.person_id == person.id, Removal.undone_at.is_not(None))
    ):
        if removal.membership_id in by_id and removal.undone_at:
            by_id[removal.membership_id].away.append((removal.made_at, removal.undone_at))
    found: History = {}
    for period in by_id.values():
        found.setdefault(period.membership.group_id, []).append(period)
    return found


def changes(periods: list[MembershipPeriod], now: datetime) -> list[datetime]:
    """When somebody's own days in a group changed, when they left, and when they came back.

    Nothing of it is ever deleted, so its length only grows: what a calendar's SEQUENCE must do.
    """
    found = [row.made_at for period in periods for row in period.days]
    found += [at for period in periods for times in period.away for at in times]
    found += [period.membership.from_at for period in periods[1:]]
    found += [period.membership.until_at for period in periods if period.membership.until_at]
    return sorted(moment for moment in found if moment <= now)


def no_longer_theirs(
    history: History, since: datetime, until: datetime, now: datetime
) -> Iterator[GroupSession]:
    """Sessions that were somebody's at some time since then and aren't now."""
    moments = {
        id: [change for change in changes(some, now) if change > since]
        for id, some in history.items()
    }
    changed = [id for id, some in moments.items() if some]
    if not changed:
        return
    for group_session in db.session.scalars(
        select(GroupSession)
        .where(
            GroupSession.group_id.in_(changed),
            GroupSession.starts_at > since,
            GroupSession.starts_at < until,
        )
        .order_by(GroupSession.starts_at)
    ):
        id, starts_at = group_session.group_id, group_session.starts_at
        ended = _ended(group_session, history[id], [since, *moments[id]], now)
        if ended is not None and ended < starts_at and not _made_after(group_session, ended):
            yield group_session


def _ended(
    group_session: GroupSession,
    periods: list[MembershipPeriod],
    moments: list[datetime],
    now: datetime,
) -> datetime | None:
    if any(period.had(group_session, now) for period in periods):
        return None
    ended = None
    for at, following in pairwise(moments):
        if any(period.had(group_session, at) for period in periods):
            ended = following
    return ended


def _made_after(group_session: GroupSession, ended: datetime) -> bool:
    changed_at = group_session.changed_at
    return group_session.sequence == 0 and changed_at is not None and changed_at > ended
