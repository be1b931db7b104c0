"""What Today needs beside what the features tell."""

from dataclasses import dataclass

from sqlalchemy import case, func, select

from webapp.accounts.models import Person
from webapp.core import clock
from webapp.core.db import db
from webapp.program.models import GroupSession
from webapp.sharing.access import is_open
from webapp.sharing.models import Share


@dataclass(frozen=True)
class Bringing:
    """What a patient shares for a group session, and how much of it to bring up."""

    shared: int
    to_bring_up: int


def bringing(person: Person, group_session: GroupSession) -> Bringing:
    """Counts of one's own shares that this group session's facilitators can open."""
    row = db.session.execute(
        select(func.count(), func.count(case((Share.bring_up, 1)))).where(
            Share.author_id == person.id,
            Share.group_id == group_session.group_id,
            is_open(clock.now()),
        )
    ).one()
    return Bringing(row[0], row[1])
