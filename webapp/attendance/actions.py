"""Saying ahead, taking attendance, noting what is covered."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import select, update

from webapp.accounts.models import Person
from webapp.attendance.models import Attendance, Authorisation, HeadsUp, Presence, Says
from webapp.audit.actions import record
from webapp.audit.kinds import ActKind
from webapp.core import clock
from webapp.core.data.db import db
from webapp.core.errors import Conflict
from webapp.program.models import GroupSession, Membership
from webapp.program.queries import notes_done


def say(group_session: GroupSession, patient: Person, says: Says, reason: str | None) -> HeadsUp:
    """“I’ll be late” or “I can’t come”; said again, it takes the place of what was said.

    Raises Conflict when the session is over or cancelled.
    """
    if group_session.is_cancelled or group_session.ends_at <= clock.now():
        raise Conflict
    said = _heads_up(group_session, patient.id)
    if said is None:
        said = HeadsUp(id=uuid4(), group_session_id=group_session.id, patient_id=patient.id)
    said.begin_anew()
    said.says, said.reason, said.given_at = says, reason, clock.now()
    said.closes_at = notes_done(group_session)
    # What was opened was what stood there before.
    said.opened_at, said.opened_by_id = None, None
    db.session.add(said)
    return said


def unsay(group_session: GroupSession, patient: Person) -> None:
    """“I’ll be there after all”: what was said is gone, with its reason."""
    said = _heads_up(group_session, patient.id)
    if said is not None:
        db.session.delete(said)


def note_opened(group_session: GroupSession, patient_ids: list[UUID], by: Person) -> None:
    """A facilitator opened the page with what these patients said; each sees who and when."""
    db.session.execute(
        update(HeadsUp)
        .where(
            HeadsUp.group_session_id == group_session.id,
            HeadsUp.patient_id.in_(patient_ids),
            HeadsUp.opened_at.is_(None),
        )
        .values(opened_at=clock.now(), opened_by_id=by.id)
    )
    record(ActKind.HEADS_UPS_OPENED, about=group_session.id, ids=patient_ids, by=by.id)


def mark(
    group_session: GroupSession,
    patient_id: UUID,
    presence: Presence,
    *,
    by: Person,
    arrived_at: datetime | None = None,
    left_at: datetime | None = None,
    note: str | None = None,
) -> None:
    """How somebody took part. Marked again, it takes the place of what was marked."""
    there = db.session.scalar(
        select(Attendance).where(
            Attendance.group_session_id == group_session.id, Attendance.patient_id == patient_id
        )
    )
    if there is None:
        there = Attendance(
            id=uuid4(), group_session_id=group_session.id, patient_id=patient_id, presence=presence
        )
    elif (there.presence, there.arrived_at, there.left_at, there.note) == (
        presence,
        arrived_at,
        left_at,
        note,
    ):
        return
    there.presence, there.arrived_at, there.left_at = presence, arrived_at, left_at
    there.note = note
    there.marked_at, there.marked_by_id = clock.now(), by.id
    db.session.add(there)


def hold(group_session: GroupSession) -> None:
    """One roll call at a time: on PostgreSQL two at once would mark the same person twice."""
    db.session.execute(
        select(GroupSession.id).where(GroupSession.id == group_session.id).with_for_update()
    )


def authorise(
    membership: Membership,
    sessions: int,
    from_day: date,
    review_day: date | None,
    note: str | None,
    by: Person,
) -> None:
    """Note how many sessions are covered from a day on; the one before stays as history."""
    made = Authorisation(
        id=uuid4(),
        membership_id=membership.id,
        patient_id=membership.person_id,
        sessions=sessions,
        from_day=from_day,
        review_day=review_day,
        made_by_id=by.id,
    )
    made.note = note
    db.session.add(made)
    about = membership.group_id
    record(ActKind.SESSIONS_AUTHORIZED, person=membership.person_id, about=about, by=by.id)


def _heads_up(group_session: GroupSession, patient_id: UUID) -> HeadsUp | None:
    return db.session.scalar(
        select(HeadsUp)
        .where(HeadsUp.group_session_id == group_session.id, HeadsUp.patient_id == patient_id)
        .with_for_update()
    )
