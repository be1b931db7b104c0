"""Which session somebody may rate, and what is shown of all ratings."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, exists, select

from webapp.accounts.models import Person
from webapp.attendance.models import CAME, Attendance
from webapp.core.crypto.sealing import Closed, opened_or_closed
from webapp.core.data.db import db
from webapp.core.data.statements import Statement
from webapp.core.data.types import NOW, UtcDateTime
from webapp.program.hours import in_force, is_own_group_session
from webapp.program.models import Group, GroupRole, GroupSession, Membership, OwnDays
from webapp.program.queries import IS_CURRENT
from webapp.ratings.models import Rated, RatingSum, clinic_key

ASKED_FOR = timedelta(days=2)
QUESTIONS = ("heard", "mattered", "fits", "overall")

# Sessions that `:person` may have been in, and didn't rate: over, of a group with others in it.
_UNRATED = (
    select(GroupSession, Membership.id)
    .join(Membership, Membership.group_id == GroupSession.group_id)
    .join(Group, Group.id == GroupSession.group_id)
    .where(
        Membership.person_id == bindparam("person"),
        Membership.part == GroupRole.PATIENT,
        Membership.needs_yes.is_(False),
        Membership.from_at <= GroupSession.starts_at,
        IS_CURRENT,
        Group.typed_name.is_not(None),
        GroupSession.cancelled_at.is_(None),
        GroupSession.withdrawn_at.is_(None),
        GroupSession.ends_at <= NOW,
        GroupSession.ends_at > bindparam("ended_since", type_=UtcDateTime),
        ~exists().where(
            Rated.person_id == bindparam("person"), Rated.group_session_id == GroupSession.id
        ),
        ~exists().where(
            Attendance.patient_id == bindparam("person"),
            Attendance.group_session_id == GroupSession.id,
            *(Attendance.presence != came for came in CAME),
        ),
    )
)
_LATELY = Statement(
    _UNRATED.with_only_columns(
        *(GroupSession.id, GroupSession.pattern_id, GroupSession.moved_from),
        *(GroupSession.starts_at, Group.zone, Membership.id.label("membership_id")),
        exists().where(OwnDays.membership_id == Membership.id).label("has_own"),
    ).order_by(GroupSession.ends_at.desc())
)
_OWN_DAYS = Statement(
    select(OwnDays.membership_id, OwnDays.from_day, OwnDays.weekdays)
    .join(Membership, Membership.id == OwnDays.membership_id)
    .where(Membership.person_id == bindparam("person"))
    .order_by(OwnDays.made_at)
)
# For a statement that Today runs anyway: whether there may be one.
MAY_RATE = _UNRATED.exists()


def rating(now: datetime) -> dict[str, datetime]:
    """The values for that clause, besides the person."""
    return {"now": now, "ended_since": now - ASKED_FOR}


def to_rate(person: Person, now: datetime) -> UUID | None:
    """The session that somebody may rate: the last one of their own days that they came to."""
    rows = _LATELY.run(rating(now) | {"person": person.id})
    has_own = any(row.has_own for row in rows)
    own = _OWN_DAYS.run({"person": person.id}) if has_own else []
    days = in_force((row.membership_id, row.from_day, row.weekdays) for row in own)
    for row in rows:
        mine, planned = days.get(row.membership_id, ()), row.moved_from or row.starts_at
        if is_own_group_session(row.pattern_id, planned, row.zone, mine):
            id: UUID = row.id
            return id
    return None


@dataclass(frozen=True)
class Shown:
    """What some ratings say together, of sessions between two days."""

    first: date
    last: date
    count: int
    means: dict[str, float]


def waiting_sum(group_id: UUID) -> tuple[RatingSum | None, dict[str, Any]]:
    """The sum that isn't shown yet, and what it says."""
    which = RatingSum.group_id == group_id, RatingSum.is_shown.is_(False)
    row = db.session.scalar(select(RatingSum).where(*which))
    return row, _opened(row) if row else {}


def shown_of(group: Group) -> list[Shown]:
    """What is shown of a group's ratings, the latest first. What can't be opened says nothing."""
    which = RatingSum.group_id == group.id, RatingSum.is_shown.is_(True)
    found = [said for row in db.session.scalars(select(RatingSum).where(*which))
             if (said := _opened(row))]  # fmt: skip
    shown = [
        Shown(
            date.fromisoformat(said["first"]),
            date.fromisoformat(said["last"]),
            said["count"],
            {name: said[name] / said["count"] for name in QUESTIONS},
        )
        for said in found
    ]
    return sorted(shown, key=lambda one: (one.last, one.first), reverse=True)


def _opened(row: RatingSum) -> dict[str, Any]:
    said = opened_or_closed(row.said, clinic_key(), row.bound)
    return {} if isinstance(said, Closed) else said


def in_waiting(group_id: UUID) -> list[tuple[UUID, GroupSession]]:
    """Whose ratings of which sessions are in the sum that isn't shown yet."""
    rows = db.session.execute(
        select(Rated.person_id, GroupSession)
        .join(GroupSession, GroupSession.id == Rated.group_session_id)
        .where(GroupSession.group_id == group_id, Rated.is_waiting.is_(True))
    )
    return [(row[0], row[1]) for row in rows]
