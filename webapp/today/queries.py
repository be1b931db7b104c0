"""What Today needs beside what the features tell."""

from dataclasses import dataclass

from sqlalchemy import bindparam, case, func, select

from webapp.accounts.models import Person
from webapp.core import clock
from webapp.core.db import db
from webapp.program.models import GroupSession
from webapp.sharing.access import IS_OPEN, at
from webapp.sharing.models import Share


@dataclass(frozen=True)
class Bringing:
    """What a patient shares for a group session, and how much of it to bring up."""

    shared: int
    to_bring_up: int


_BRINGING = select(func.count(), func.count(case((Share.bring_up, 1)))).where(
    Share.author_id == bindparam("person"), Share.group_id == bindparam("group"), IS_OPEN
)


def bringing(person: Person, group_session: GroupSession) -> Bringing:
    """Counts of one's own shares that this group session's facilitators can open."""
    values = {"person": person.id, "group": group_session.group_id, **at(clock.now())}
    shared, to_bring_up = db.session.execute(_BRINGING, values).one()
    return Bringing(shared, to_bring_up)
