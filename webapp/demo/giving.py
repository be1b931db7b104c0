"""What Cleo gave at the last group, and who says they did it."""

from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy import select

from webapp.accounts.models import Person
from webapp.core.data.db import db
from webapp.demo.groups import held
from webapp.homework.actions import give, tapped
from webapp.homework.models import Homework, Tap
from webapp.homework.queries import due_of
from webapp.homework.tasks import OWN_WORDS, Task
from webapp.mindfulness.exercises import EXERCISES
from webapp.program.models import Group
from webapp.program.next_and_last import next_of_group
from webapp.program.queries import current_patients

_OF = UUID("c1f3b6a2-0000-4000-8000-00000000de48")
CALL = Task(OWN_WORDS, "", "")
FEET = Task("exercise", "feet", EXERCISES["feet"].name)


def give_homework(group: Group, reader: Person, now: datetime) -> None:
    """To everyone, in her words, and an exercise for Ana."""
    coming, last = next_of_group(group.id, now), held(group, now)[-1]
    assert coming is not None
    members = current_patients(group, now)
    for task, words, names in (
        (CALL, "Find one person you can call. Write the number down.", None),
        (FEET, "Once before bed.", {"ana"}),
    ):
        whom = [one for one in members if names is None or one.person.username in names]
        made = uuid5(_OF, str(task.which))
        due = due_of(whom, [coming])
        give(last, task, words, due, given_id=made, to_all=names is None, by=reader)
    db.session.flush()
    to_all = select(Homework).where(Homework.given_id == uuid5(_OF, ""))
    for homework in db.session.scalars(to_all).all():
        patient = next(one.person for one in members if one.person_id == homework.patient_id)
        if patient.username in ("ana", "noor"):
            tapped(patient, homework.id, Tap.DONE, now)
            tapped(patient, homework.id, Tap.TELL, now)
