"""Reading what is seen over time: a line of numbers, and nothing else of the entries behind it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import and_, bindparam, exists, func, select
from sqlalchemy.orm import joinedload

from webapp.accounts.models import WITH_KEY, Person
from webapp.core import clock
from webapp.core.crypto.keys import keyring
from webapp.core.data.db import db
from webapp.core.data.statements import Statement
from webapp.core.data.types import UtcDateTime
from webapp.core.wording import gettext as _
from webapp.entries.models import Entry
from webapp.entries.queries import IS_ROLLED_BACK, own_list, to_be_drawn
from webapp.program.models import GroupRole, GroupSession, Membership
from webapp.sharing.access import COURSE_IS_OPEN, COURSE_VISIBLE, at
from webapp.sharing.models import A_MINUTE, NUMBERS, Course, Reading
from webapp.sharing.queries import Opened, called

MOST = 8  # times on a line
LOOKED_AT = 40  # entries of a kind: several questionnaires may take turns
LATELY = timedelta(weeks=26)


@dataclass(frozen=True)
class Numbers:
    """What one scale came to each time, the oldest first."""

    name: str
    values: list[str]
    most: str

    @property
    def drawn(self) -> list[int]:
        """The same from 0 to 10, for a small drawing."""
        top = Decimal(self.most or 0)
        if top <= 0:
            return []
        return [min(max(round(Decimal(value) * 10 / top), 0), 10) for value in self.values]


@dataclass
class Line:
    """What is seen of one questionnaire, or of mood and sleep: the entries, the newest first."""

    entries: list[Entry] = field(default_factory=list)
    due: list[Entry] = field(default_factory=list)  # of which it is to be noted that it was opened

    @property
    def name(self) -> str:
        """What it is called."""
        return self.entries[0].course[1]

    @property
    def numbers(self) -> list[Numbers]:
        """By scale."""
        return numbers(self.entries)


def numbers(entries: Sequence[Entry]) -> list[Numbers]:
    """What these came to by scale, of the newest few; given the newest first."""
    found: dict[str, list[tuple[str, str]]] = {}
    for entry in entries[:MOST]:
        for name, came_to in entry.sums.items():
            found.setdefault(name, []).insert(0, came_to)
    return [
        Numbers(name, [value for value, _most in sums], sums[-1][1]) for name, sums in found.items()
    ]


def offered(person: Person) -> dict[str, list[Entry]]:
    """What somebody could let be seen over time, by its key: lately they entered it. Each with
    what is there, the newest first."""
    since, found = clock.now() - LATELY, dict[str, list[Entry]]()
    kinds = [mapper.class_ for mapper in Entry.__mapper__.self_and_descendants]
    for kind in [kind for kind in kinds if kind.has_course]:
        for entry in own_list(person, kind, most=LOOKED_AT):
            if entry.happened_at > since and not entry.is_unopened and entry.sums:
                found.setdefault(entry.course[0], []).append(entry)
    return found


def courses_of(person: Person) -> list[Course]:
    """What somebody lets be seen over time now."""
    query = select(Course).where(Course.author_id == person.id, COURSE_IS_OPEN)
    with_group = query.options(joinedload(Course.group)).order_by(Course.started_at)
    return list(db.session.scalars(with_group, at(clock.now())))


def showing(person: Person, entry: Entry) -> list[Course]:
    """By which of them what an own entry comes to is seen."""
    if not entry.has_course:
        return []
    return [course for course in courses_of(person) if course.shows(entry)]


def saved(person: Person, entry: Entry) -> str:
    """That it is kept, and who sees what of it."""
    if showing(person, entry):
        return _("Saved. Your facilitators can see its numbers.")
    return _("Saved. Only you can see it.")


def opened(person: Person, course: Course) -> list[Opened]:
    """Who opened the page with it since it started, the latest first."""
    readers = Membership.group_id == course.group_id, Membership.part == GroupRole.FACILITATOR
    first, last = func.min(Reading.first_at), func.max(Reading.last_at)
    supervised = select(Membership.person_id).where(*readers, Membership.supervises)
    as_supervisor = Reading.reader_id.in_(supervised).label("as_supervisor")
    seen = (
        select(Reading.reader_id, as_supervisor, first.label("first_at"), last.label("last_at"))
        .join(Entry, Entry.id == Reading.entry_id)
        .where(
            Entry.author_id == person.id,
            Entry.kind == course.kind,
            Reading.version == NUMBERS,
            Reading.last_at >= course.started_at,
            Reading.reader_id.in_(select(Membership.person_id).where(*readers)),
        )
        .group_by(Reading.reader_id)
        .subquery()
    )
    rows = db.session.execute(
        select(Person, seen.c.as_supervisor, seen.c.first_at, seen.c.last_at)
        .join(seen, seen.c.reader_id == Person.id)
        .order_by(seen.c.last_at.desc())
        .options(WITH_KEY)
    )
    return [
        Opened(called(reader, as_supervisor), first_at, last_at, True)
        for reader, as_supervisor, first_at, last_at in rows
    ]


# Whether anything is seen over time by those who run the group of a session.
HAS_COURSES = exists().where(Course.group_id == GroupSession.group_id, Course.ended_at.is_(None))
_entry, _course = Entry.__table__.c, Course.__table__.c
_ranked = (
    select(
        *(_entry.id, _entry.author_id, _entry.kind, _entry.version, _entry.happened_at),
        _entry.sealed,
        *(_course.id.label("course_id"), _course.group_id, _course.started_at),
        _course.sealed.label("course_sealed"),
        IS_ROLLED_BACK.label("is_rolled_back"),
        Reading.last_at.label("read_at"),
        func.row_number()
        .over(partition_by=_entry.author_id, order_by=(_entry.happened_at.desc(), _entry.id))
        .label("place"),
    )
    .join_from(
        Course.__table__,
        Entry.__table__,
        and_(_entry.author_id == _course.author_id, _entry.kind == _course.kind),
    )
    .outerjoin(
        Reading,
        and_(
            Reading.reader_id == bindparam("reader"),
            Reading.entry_id == _entry.id,
            Reading.version == NUMBERS,
        ),
    )
    .where(
        _course.group_id == bindparam("group"),
        _entry.removed_at.is_(None),
        _entry.happened_at > bindparam("lately", type_=UtcDateTime),
        COURSE_VISIBLE,
    )
    .subquery()
)
_LINES = Statement(
    select(_ranked)
    .where(_ranked.c.place <= LOOKED_AT)
    .order_by(_ranked.c.author_id, _ranked.c.place)
)


def lines(reader: Person, group_id: UUID, now: datetime) -> dict[UUID, Line]:
    """What this reader may see over time of a group's patients, by patient: one statement."""
    which = at(now, reader) | {"group": group_id, "lately": now - LATELY}
    rows = _LINES.run(which)
    ring = keyring(db.session)
    ring.fill({row.author_id for row in rows})
    found, courses = dict[UUID, Line](), dict[UUID, Course]()
    for row in rows:
        line, key = found.get(row.author_id), ring.held(row.author_id)
        if key is None or row.is_rolled_back or (line and len(line.entries) == MOST):
            continue
        entry = to_be_drawn(key, row)
        course = courses.get(row.course_id) or courses.setdefault(row.course_id, _drawn(row, key))
        if course.shows(entry):
            line = line or found.setdefault(row.author_id, Line())
            line.entries.append(entry)
            if row.read_at is None or row.read_at < now - A_MINUTE:
                line.due.append(entry)
    return found


def _drawn(row: Any, key: AESGCM) -> Course:
    columns = {
        "id": row.course_id, "author_id": row.author_id, "group_id": row.group_id,
        "kind": row.kind, "started_at": row.started_at,
    }  # fmt: skip
    return Course.seen(row.course_sealed, key, Course.drawn(columns).sealed_as, **columns)
