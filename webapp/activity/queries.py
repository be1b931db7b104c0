"""Reading acts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select, union_all

from webapp.accounts.models import WITH_KEY, Person, Role, SignIn
from webapp.audit.kinds import SAID, ActKind
from webapp.audit.models import Act, Failures
from webapp.core.data.db import db
from webapp.core.limits import PAGE
from webapp.core.wording import gettext as _
from webapp.core.wording import ngettext
from webapp.entries.models import Entry
from webapp.sharing.models import NUMBERS, Reading

TOLD = [kind.value for kind, said in SAID.items() if said.patient is not None]


@dataclass(frozen=True)
class Happened:
    """One line of a patient's activity."""

    at: datetime
    words: str


def acts(
    before: int | None, kind: ActKind | None, person_id: UUID | None
) -> tuple[list[Any], bool]:
    """A page of acts, the latest first, and whether there are older ones."""
    query = select(Act.__table__).order_by(Act.number.desc()).limit(PAGE + 1)
    if before is not None:
        query = query.where(Act.number < before)
    if kind is not None:
        query = query.where(Act.kind == kind)
    if person_id is not None:
        query = query.where(or_(Act.actor_id == person_id, Act.person_id == person_id))
    found = list(db.session.execute(query))
    return found[:PAGE], len(found) > PAGE


def known_as(ids: set[UUID]) -> dict[UUID, str]:
    """Staff by username; anyone else by the beginning of the id."""
    known = {id: str(id)[:8] for id in ids}
    staff = select(Person.id, Person.username).where(
        Person.id.in_(ids), Person.role != Role.PATIENT
    )
    return known | {person.id: person.username for person in db.session.execute(staff)}


def counting_now() -> int:
    """Wrong passwords and codes that aren't an act yet."""
    return db.session.scalar(select(func.sum(Failures.count))) or 0


def activity_of(person: Person, before: datetime | None) -> tuple[list[Happened], bool]:
    """A page of what happened to somebody's account and shared entries, the latest first."""
    lines = sorted(
        [*_acts_of(person, before), *_openings_of(person, before)],
        key=lambda line: line.at,
        reverse=True,
    )
    return lines[:PAGE], len(lines) > PAGE


def _acts_of(person: Person, before: datetime | None) -> list[Happened]:
    query = select(Act.__table__).where(Act.person_id == person.id, Act.kind.in_(TOLD))
    if before is not None:
        query = query.where(Act.at < before)
    found = db.session.execute(
        query.order_by(Act.at.desc(), Act.number.desc()).limit(PAGE + 1)
    ).all()
    names = _names({act.actor_id for act in found if act.actor_id != person.id})
    devices = _devices(person, {act.about_id for act in found if act.kind == ActKind.SIGNED_IN})
    lines = []
    for act in found:
        who = names.get(act.actor_id, _("Someone at the clinic"))
        said = str(SAID[ActKind(act.kind)].patient)
        device = devices.get(act.about_id, _("no longer listed"))
        lines.append(Happened(act.at, said % {"who": who, "device": device}))
    return lines


def _openings_of(person: Person, before: datetime | None) -> list[Happened]:
    """Each time that somebody opened a page with what this person shared: the first and the last
    one of each version."""
    times = [
        select(
            Reading.reader_id,
            at.label("at"),
            Reading.entry_id,
            (Reading.version == NUMBERS).label("is_line"),
        )
        .join(Entry, Entry.id == Reading.entry_id)
        .where(Entry.author_id == person.id)
        for at in (Reading.first_at, Reading.last_at)
    ]
    every = union_all(*times).subquery()
    entries = func.count(every.c.entry_id.distinct())
    by = every.c.reader_id, every.c.at, every.c.is_line
    query = select(*by, entries).group_by(*by)
    if before is not None:
        query = query.where(every.c.at < before)
    found = db.session.execute(query.order_by(every.c.at.desc()).limit(PAGE + 1)).all()
    names = _names({row.reader_id for row in found})
    return [
        Happened(at, _opened(names.get(id, _("Someone at the clinic")), count, is_line=is_line))
        for id, at, is_line, count in found
    ]


def _opened(who: str, count: int, *, is_line: bool) -> str:
    if is_line:
        return _("%(who)s opened what you share over time.", who=who)
    return ngettext(
        "%(who)s opened an entry you shared.",
        "%(who)s opened %(num)s entries you shared.",
        count,
        who=who,
    )


def _names(ids: set[UUID]) -> dict[UUID, str]:
    """What staff are called. Nobody else's name is anyone's business here."""
    which = Person.id.in_(ids), Person.role != Role.PATIENT
    people = db.session.scalars(select(Person).where(*which).options(WITH_KEY))
    return {person.id: person.called for person in people}


def _devices(person: Person, ids: set[UUID]) -> dict[UUID, str]:
    query = select(SignIn).where(SignIn.id.in_(ids), SignIn.person_id == person.id)
    return {row.id: row.device for row in db.session.scalars(query) if row.device}
