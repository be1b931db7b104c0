"""Reading where somebody is on their way."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.orm import joinedload

from webapp.accounts.models import Person
from webapp.aftercare.models import Asked
from webapp.aftercare.points import AFTER, ASKED_AGAIN, FIRST, OPEN_FOR, Point, point_at
from webapp.core.data.db import db
from webapp.core.data.types import UtcDateTime
from webapp.program.models import GroupRole, Membership

_membership = Membership.__table__.c
_since = {point: (f"{point}_since", f"{point}_until") for point in AFTER}


def _instant(name: str) -> Any:
    return bindparam(name, type_=UtcDateTime)


# For a statement that Today runs anyway: whether it can be time for the questions.
MAY_BE_ASKED = and_(
    select(_membership.id)
    .where(
        _membership.person_id == bindparam("person"),
        _membership.part == GroupRole.PATIENT,
        or_(
            and_(_membership.until_at.is_(None), _membership.from_at > _instant("joined_since")),
            *(
                and_(
                    _membership.until_at > _instant(since), _membership.until_at <= _instant(until)
                )
                for since, until in _since.values()
            ),
        ),
    )
    .exists(),
    ~select(Asked.id)
    .where(Asked.person_id == bindparam("person"), Asked.at > _instant("asked_again_since"))
    .exists(),
)


def asking(now: datetime) -> dict[str, datetime]:
    """The values for that clause."""
    values = {"joined_since": now - FIRST, "asked_again_since": now - ASKED_AGAIN}
    for point, (since, until) in _since.items():
        days = timedelta(days=AFTER[point])
        values |= {since: now - days - OPEN_FOR, until: now - days}
    return values


def periods_of(person: Person) -> list[Membership]:
    """Each time that somebody was a patient of a group, the first one first."""
    return list(
        db.session.scalars(
            select(Membership)
            .where(Membership.person_id == person.id, Membership.part == GroupRole.PATIENT)
            .order_by(Membership.from_at)
            .options(joinedload(Membership.group))
        )
    )


def point_of(person: Person, now: datetime) -> Point | None:
    """Whether to ask somebody the five questions now, and as which point of their way."""
    asked = select(Asked.id).where(Asked.person_id == person.id, Asked.at > now - ASKED_AGAIN)
    if db.session.scalar(asked.limit(1)) is not None:
        return None
    return point_at(((one.from_at, one.until_at) for one in periods_of(person)), now)


def latest_of(person: Person) -> Membership | None:
    """The group that somebody is in, or was in last."""
    return max(
        periods_of(person),
        key=lambda one: (one.until_at is None, one.until_at or one.from_at),
        default=None,
    )


def last_of(person: Person, now: datetime) -> Membership | None:
    """The group that somebody was in last; None while they are in one."""
    latest = latest_of(person)
    has_ended = latest is not None and latest.until_at is not None and latest.until_at <= now
    return latest if has_ended else None
