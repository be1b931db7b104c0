"""Keeping answers to the five questions; asking for a call, answering and closing that."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID, uuid4, uuid5

from sqlalchemy import delete, or_, select, update

from webapp.accounts.models import Person
from webapp.aftercare import queries
from webapp.aftercare.calls import Call
from webapp.aftercare.models import Asked, CallAnswerer, CallRequest, Life
from webapp.aftercare.points import Point
from webapp.audit.actions import record
from webapp.audit.kinds import ActKind
from webapp.core import clock
from webapp.core.data.db import db, inserting
from webapp.core.errors import Conflict
from webapp.counting.actions import count
from webapp.entries.actions import write
from webapp.settings.actions import change_settings
from webapp.settings.current import clinic_settings


def ask_no_more(person: Person, point: Point, day: date) -> bool:
    """They were answered or skipped. False if that was so before, in another tab."""
    # A window is shorter than a quarter of a year: of each point there is one in a month or two.
    id = uuid5(person.id, f"asked|{point}|{day.year}|{day.month}")
    asked = inserting(Asked).values(id=id, person_id=person.id, point=point, at=clock.now())
    return (
        db.session.execute(asked.on_conflict_do_nothing().returning(Asked.id)).first() is not None
    )


def answer(
    person: Person, point: Point, day: date, made_on_phone: UUID, typed: Mapping[str, Any],
    counted: Mapping[str, Any] | None,
) -> None:  # fmt: skip
    """Keep what somebody answered as an entry of theirs; if they let it count, for that too."""
    if not ask_no_more(person, point, day):
        return
    if any(value not in (None, "") for name, value in typed.items() if name != "zone"):
        write(Life, person, made_on_phone, clock.now(), typed)
    if counted:
        latest = queries.latest_of(person)
        count(person.id, latest.group_id if latest else None, point, counted, day)


def ask_for_call(person: Person, number: str) -> None:
    """Somebody wants help again. Raises Conflict if they asked already, in another tab."""
    there = select(CallRequest.id).where(CallRequest.person_id == person.id)
    if db.session.scalar(there) is not None:
        raise Conflict
    request = CallRequest(id=uuid4(), person_id=person.id)
    request.number = number
    db.session.add(request)
    record(ActKind.CALL_ASKED, person=person.id, about=request.id)


def take(call: Call, by: Person) -> bool:
    """ "I'll call." False if a colleague who may was first."""
    taken = db.session.execute(
        update(CallRequest)
        .where(
            CallRequest.id == call.request.id,
            or_(
                CallRequest.taken_by_id.is_(None), CallRequest.taken_by_id.not_in(call.allowed),
                CallRequest.taken_by_id == by.id,
            ),
        )
        .values(taken_by_id=by.id, taken_at=clock.now())
        .returning(CallRequest.id)
    ).first()  # fmt: skip
    if taken:
        record(ActKind.CALL_TAKEN, person=call.person.id, about=call.request.id)
    return bool(taken)


def close(request: CallRequest) -> None:
    """It is done with, or taken back: number and all go."""
    db.session.delete(request)
    record(ActKind.CALL_CLOSED, person=request.person_id, about=request.id)


def switch_calls(looked_at: str, people: Iterable[UUID], by: Person) -> None:
    """When requests are looked at, and who answers them; without words or people, they are off."""
    db.session.execute(delete(CallAnswerer))
    db.session.add_all(CallAnswerer(person_id=id) for id in people)
    was = clinic_settings()
    change_settings(was, was.version, {"call_hours": looked_at}, by.id)
