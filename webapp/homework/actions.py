"""Giving homework, taking it back, and what its patient says of it."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select

from webapp.accounts.models import Person
from webapp.attendance.actions import hold
from webapp.audit.actions import record
from webapp.audit.kinds import ActKind
from webapp.core.data.db import db
from webapp.core.errors import Conflict, NotFound
from webapp.homework.models import Homework, Tap
from webapp.homework.queries import ends_with
from webapp.homework.tasks import Task
from webapp.program.models import GroupSession
from webapp.program.queries import notes_done


def give(
    group_session: GroupSession,
    task: Task,
    words: str | None,
    due: Mapping[UUID, GroupSession],
    *,
    given_id: UUID,
    to_all: bool,
    by: Person,
) -> None:
    """On a session's page, to each of these patients until their session. Once: tapped twice, it
    is there already."""
    hold(group_session)
    if db.session.scalar(select(Homework.id).where(Homework.given_id == given_id).limit(1)):
        return
    for patient_id, one in due.items():
        made = Homework(
            id=uuid4(),
            given_id=given_id,
            patient_id=patient_id,
            group_session_id=one.id,
            given_in_id=group_session.id,
            by_id=by.id,
        )
        made.kind, made.which, made.name = task.kind, task.which, str(task.name)
        made.words, made.to_all = words, to_all
        db.session.add(made)
    record(ActKind.HOMEWORK_GIVEN, about=group_session.id, ids=due, by=by.id)


def take_back(found: list[Homework], by: Person) -> None:
    """As if it had never been given: from Today, and with what was told."""
    for homework in found:
        db.session.delete(homework)
    ids = [homework.patient_id for homework in found]
    record(ActKind.HOMEWORK_TAKEN_BACK, about=found[0].given_in_id, ids=ids, by=by.id)


def tapped(patient: Person, id: UUID, tap: Tap, now: datetime) -> None:
    """What a patient says of it; the last tap counts. Raises Conflict for what comes too late to
    be told."""
    homework = db.session.scalar(
        select(Homework)
        .where(Homework.id == id, Homework.patient_id == patient.id)
        .with_for_update()
    )
    if homework is None:
        raise NotFound
    if tap is Tap.DONE:
        homework.is_done = True
        return
    held = ends_with(homework, now) if tap is Tap.TELL else None
    if tap is Tap.TELL and held is None:
        raise Conflict
    homework.closes_at = notes_done(held) if held else None
    homework.is_over, homework.is_told = True, tap is Tap.TELL
