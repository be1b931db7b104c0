"""Saying where one stands on a discharge, and ending a membership by it."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import select

from webapp.accounts.models import Person
from webapp.audit.actions import record
from webapp.audit.kinds import ActKind
from webapp.check_ins.actions import follow
from webapp.core import clock
from webapp.core.data.db import db
from webapp.core.errors import Conflict
from webapp.discharge.models import Chair, Discharge, Position, Readiness
from webapp.discharge.queries import of_membership
from webapp.entries.actions import write
from webapp.program.models import Group, Membership, Removal
from webapp.sharing import leaving
from webapp.sharing.actions import share, take_back
from webapp.sharing.models import Consent, Share


def take_chair(
    membership: Membership, chair: Chair, said: Mapping[str, str | None], by: Person
) -> None:
    """What one chair says, in the words of `Position`; what it said before stays as history.

    Raises Conflict when the membership ended meanwhile. What staff record is new on Today.
    """
    discharge = _discharge_of(membership)
    position = Position(
        id=uuid4(), discharge_id=discharge.id, person_id=membership.person_id, chair=chair,
        recorded_at=clock.now(), recorded_by_id=by.id,
    )  # fmt: skip
    for name, value in said.items():
        setattr(position, name, value)
    db.session.add(position)
    own = chair == Chair.PATIENT
    discharge.seen_at = clock.now() if own else None
    kind = ActKind.DISCHARGE_SAID if own else ActKind.DISCHARGE_RECORDED
    record(kind, person=membership.person_id, about=discharge.id, by=by.id)


def end(
    membership: Membership,
    outcome: str,
    last_day: date,
    goodbye: str | None,
    steps: list[str],
    by: Person,
) -> Removal:
    """End the membership as a removal does, with an undo for a day and every share ended.

    Raises Conflict when a colleague just did.
    """
    discharge = _discharge_of(membership)
    removal = leaving.remove(membership, None, by, ActKind.DISCHARGED)
    follow(membership.person)
    discharge.begin_anew()
    discharge.outcome, discharge.last_day = outcome, last_day.isoformat()
    discharge.goodbye, discharge.signed, discharge.steps = goodbye, by.called, steps
    discharge.removal, discharge.seen_at = removal, removal.made_at  # Today says it by the removal
    return removal


def see(discharge: Discharge) -> None:
    """It was read on Today, and need not stand there any more."""
    discharge.seen_at = discharge.seen_at or clock.now()


def add_lines(person: Person, lines: Sequence[tuple[str, str]], zone: str) -> None:
    """Put lines on somebody's own list, each as what it is about and its words."""
    for about, words in lines:
        content = {"about": about, "note": words, "zone": zone}
        write(Readiness, person, uuid4(), clock.now(), content)


def show_lines(
    lines: list[Readiness], shown: list[Share], chosen: set[UUID], group: Group, consent: Consent
) -> None:
    """A group's facilitators can open these lines, until they are taken back, and no other."""
    there = {share.entry_id for share in shown}
    for share_ in shown:
        if share_.entry_id not in chosen:
            take_back(share_)
    for line in lines:
        if line.id in chosen - there:
            share(line, group, consent=consent)


def _discharge_of(membership: Membership) -> Discharge:
    """The one of a membership that goes on, made with the first word. One at a time: of two who
    say the first word, or the last one, the second finds it said."""
    db.session.execute(
        select(Membership.id).where(Membership.id == membership.id).with_for_update()
    )
    db.session.refresh(membership, ["until_at"])
    if membership.until_at is not None:
        raise Conflict
    found = of_membership(membership)
    if found is None:
        found = Discharge(
            id=uuid4(), membership_id=membership.id, person_id=membership.person_id,
            begun_at=clock.now(),
        )  # fmt: skip
        db.session.add(found)
        db.session.flush()
    return found
