"""Reading where somebody is on their way."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.orm import joinedload

from webapp.accounts.models import Person
from webapp.accounts.queries import staff
from webapp.aftercare.models import Asked
from webapp.aftercare.points import AFTER, ASKED_AGAIN, FIRST, OPEN_FOR, Point, point_at
from webapp.core.data.db import db
from webapp.core.data.types import UtcDateTime
from webapp.program.models import GroupRole, Membership
from webapp.program.queries import FORMER_FOR, last_groups, run_by

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


def last_of(person: Person, now: datetime) -> list[Membership]:
    """The groups that somebody was in last; none while they are in one."""
    last = last_groups([person.id], now)[person.id]
    # Of two times in the same group the later one.
    periods = [one for one in periods_of(person) if not one.needs_yes]
    latest = {one.group_id: one for one in periods if one.group_id in last}.values()
    is_in_one = any(one.until_at is None or one.until_at > now for one in latest)
    return [] if is_in_one else list(latest)


def reached_in(last: list[Membership], now: datetime) -> list[tuple[Membership, list[Person]]]:
    """The groups of these where somebody can still help with the account, with who that is."""
    last = [one for one in last if one.until_at and one.until_at > now - FORMER_FOR]
    runs = run_by([one.group_id for one in last], now)
    people = staff(Person.id.in_(set().union(*runs.values())))
    return [
        (one, [person for person in people if person.id in runs.get(one.group_id, ())])
        for one in last
    ]
