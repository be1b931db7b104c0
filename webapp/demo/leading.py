"""What Cleo puts on the agenda, what became of a ticket, and how earlier groups were rated."""

from datetime import datetime

from webapp.accounts.models import Person
from webapp.agenda.actions import add_line, mark
from webapp.agenda.queries import agenda_of
from webapp.core.data.db import db
from webapp.demo.groups import held
from webapp.program.models import Group
from webapp.program.next_and_last import ended_before, next_of_group
from webapp.program.queries import current_patients
from webapp.ratings.actions import rate
from webapp.ratings.queries import QUESTIONS
from webapp.sharing.models import Mark

LINES = ("Two minutes of breathing, to start", "Holidays: one plan for the worst evening")
# One line for each person, at each of the rated sessions.
RATINGS = ((3, 4, 3, 4), (4, 4, 4, 4), (2, 3, 3, 3), (4, 3, 4, 4))
RATED = 6  # sessions


def lead(group: Group, reader: Person, now: datetime) -> None:
    """Around the next session and those before it; the last one is still to be rated."""
    coming, past = next_of_group(group.id, now), held(group, now)
    assert coming is not None
    for words in LINES:
        add_line(agenda_of(reader, coming, now, ended_before(coming)), words, reader)
        db.session.flush()
    for topic in agenda_of(reader, past[-1], now, ended_before(past[-1])).topics[:1]:
        if topic.is_ticket:
            mark(topic.id, Mark.TALKED, past[-1], reader)
    people = [one.person for one in current_patients(group, now)][: len(RATINGS)]
    for group_session in past[-1 - RATED : -1]:
        for person, taps in zip(people, RATINGS, strict=True):
            rate(person, group_session, dict(zip(QUESTIONS, taps, strict=True)))
