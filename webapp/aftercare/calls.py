"""Requests for a call: who may answer one, and what its person and staff see of it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select

from webapp.accounts.models import WITH_KEY, Person, Role
from webapp.accounts.queries import staff
from webapp.aftercare.models import CallAnswerer, CallRequest
from webapp.aftercare.waiting import answer_by
from webapp.core import clock
from webapp.core.data.db import db
from webapp.program.models import Holiday
from webapp.program.queries import last_groups, run_by
from webapp.settings.current import clinic_settings

# For a statement that Today runs anyway.
ASKED_FOR_CALL = select(CallRequest.id).where(CallRequest.person_id == bindparam("person"))


@dataclass(frozen=True)
class Call:
    """A request, with who asked, and who said that they will call."""

    request: CallRequest
    person: Person
    allowed: set[UUID]  # the staff who may answer it
    name: str = ""  # of who said that they will call, for who asked
    is_overdue: bool = False

    @property
    def taken_by(self) -> UUID | None:
        """Who said so; nobody, if that one may not answer any more."""
        by = self.request.taken_by_id
        return by if by in self.allowed else None


def answerers() -> set[UUID]:
    """Those whom the program names, with open accounts."""
    return set(
        db.session.scalars(
            select(CallAnswerer.person_id)
            .join(Person, Person.id == CallAnswerer.person_id)
            .where(Person.disabled_at.is_(None), Person.role == Role.FACILITATOR)
        )
    )


def is_on() -> bool:
    """Whether patients may ask: the program said when someone looks, names who answers, and has a
    number for when nobody does."""
    settings = clinic_settings()
    return bool(settings.call_hours and settings.help_clinic and answerers())


def readers_of(person: Person, now: datetime) -> list[Person]:
    """Who sees a request of somebody, by name."""
    return staff(Person.id.in_(_allowed([person.id], now)[person.id]))


def own_call(person: Person, now: datetime) -> Call | None:
    """What somebody asked for, if it isn't closed."""
    request = db.session.scalar(select(CallRequest).where(CallRequest.person_id == person.id))
    if request is None:
        return None
    call = Call(request, person, _allowed([person.id], now)[person.id])
    by = staff(Person.id == call.taken_by)
    return replace(call, name=by[0].called if by else "", is_overdue=_is_overdue(request, now))


def calls_for(person: Person, now: datetime) -> list[Call]:
    """What a facilitator is to see first: requests nobody has taken, and those they took."""
    return [call for call in _calls(person, now) if call.taken_by in (None, person.id)]


def call_of(person: Person, id: UUID, now: datetime) -> Call | None:
    """One that a facilitator may answer, whoever took it."""
    return next((call for call in _calls(person, now) if call.request.id == id), None)


def _is_overdue(request: CallRequest, now: datetime) -> bool:
    """Whether a working day of the clinic's went by."""
    zone = clinic_settings().zone
    days = set(db.session.scalars(select(Holiday.day).where(Holiday.group_id.is_(None))))
    by = answer_by(clock.local(request.asked_at, zone), days)
    return now >= clock.instant(by.date(), by.time(), zone)


def _calls(person: Person, now: datetime) -> list[Call]:
    rows = db.session.execute(
        select(CallRequest, Person)
        .join(Person, Person.id == CallRequest.person_id)
        .options(WITH_KEY)
        .where(Person.disabled_at.is_(None))
        .order_by(CallRequest.asked_at)
    ).all()
    if not rows:
        return []
    allowed = _allowed([row[1].id for row in rows], now)
    return [
        Call(request, whose, allowed[whose.id])
        for request, whose in rows
        if person.id in allowed[whose.id]
    ]


def _allowed(patients: Iterable[UUID], now: datetime) -> dict[UUID, set[UUID]]:
    """For each patient the staff who may answer: who runs the last groups now, and who is named."""
    last = last_groups(patients, now)
    runs = run_by(set().union(*last.values()), now)
    named = answerers()
    return {
        id: named.union(*(runs.get(group, set()) for group in groups))
        for id, groups in last.items()
    }
