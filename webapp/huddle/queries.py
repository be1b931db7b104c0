"""Reading what was shared with a group, for those who run it."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, exists, func, select
from sqlalchemy.orm import aliased

from webapp.accounts.models import Person
from webapp.attendance.models import HeadsUp
from webapp.attendance.queries import HAS_HEADS_UPS, HAS_NOTED, heads_ups, short_covered_sessions
from webapp.core.clock import EARLIEST
from webapp.core.crypto.keys import keyring
from webapp.core.data.db import db
from webapp.core.data.statements import Statement
from webapp.core.limits import PAGE
from webapp.entries.models import Entry
from webapp.entries.queries import IS_ROLLED_BACK, close, to_be_drawn
from webapp.entries.words import TRIGGER_KINDS
from webapp.permissions.permission_text import COUNT, COUNTED_FROM, QUOTE
from webapp.permissions.queries import HAS_PERMITTED, permitted_in
from webapp.program.expect import FOR_STAFF
from webapp.program.hours import CoveredSessions
from webapp.program.models import Expectation, Group, GroupRole, GroupSession, Membership
from webapp.program.next_and_last import END_BEFORE, last_before
from webapp.program.queries import IS_CURRENT, OF_SESSION, people_in
from webapp.sharing.access import VISIBLE, at
from webapp.sharing.courses import HAS_COURSES
from webapp.sharing.models import (
    A_MINUTE,
    FOR_SESSION,
    READ_BY_THEM,
    Feedback,
    Reading,
    Share,
    share_sealed_as,
)
from webapp.sharing.queries import with_names


class Shown(NamedTuple):
    """One shared entry, as a reader sees it; with its share if that says "bring up"."""

    entry: Entry
    to_bring_up: Share | None
    is_answered: bool  # by this reader or a colleague
    read_at: datetime | None  # when this reader last opened it
    is_new: bool  # first shown to this reader since they marked all seen, or the last group ended

    def is_due(self, now: datetime) -> bool:
        """Whether opening it now is to be noted: a reload within the same minute isn't."""
        return self.read_at is None or self.read_at < now - A_MINUTE


@dataclass(slots=True)
class PatientRow:
    """One patient in the huddle: "bring up" on top, then the newest."""

    person: Person
    shown: list[Shown] = field(default_factory=list)
    bring_up: list[Share] = field(default_factory=list)
    said: HeadsUp | None = None
    more: int = 0  # that stand on the patient's own page alone

    def add(self, shown: Shown) -> None:
        """One more of this patient's entries; after many, only what stands above the rows."""
        if len(self.shown) >= PAGE and not (shown.entry.is_unsafe or shown.entry.has_used):
            self.more += 1
            return
        self.shown.append(shown)
        if shown.to_bring_up:
            self.bring_up.append(shown.to_bring_up)

    @property
    def strengths(self) -> list[int]:
        """The strengths of what was shared, the oldest first."""
        found = [
            (shown.entry.happened_at, urge) for shown in self.shown
            if (urge := shown.entry.content.get("urge")) is not None
        ]  # fmt: skip
        return [urge for _happened_at, urge in sorted(found)]


@dataclass(frozen=True)
class Huddle:
    """The ahead-of-group page."""

    group_session: GroupSession
    since: datetime | None
    rows: list[PatientRow]
    staff_words: dict[str, str]  # the program's own, by part of `expect.FOR_STAFF`
    short: list[tuple[Person, CoveredSessions]]  # for whom it is time to plan what comes after
    permitted: dict[str, set[UUID]]  # who permits what, by kind

    @property
    def shared(self) -> int:
        """How many entries were shared."""
        return sum(len(row.shown) + row.more for row in self.rows)

    @property
    def new(self) -> int:
        """How many of them are news to this reader."""
        return sum(shown.is_new for row in self.rows for shown in row.shown)

    @property
    def tickets(self) -> dict[UUID, tuple[Entry, Share]]:
        """What there is to bring up, by the share that says so."""
        return {
            shown.to_bring_up.id: (shown.entry, shown.to_bring_up)
            for row in self.rows for shown in row.shown if shown.to_bring_up
        }  # fmt: skip

    @property
    def counted(self) -> list[PatientRow]:
        """Who shared something and lets it be counted."""
        counting = self.permitted.get(COUNT.name, set())
        return [row for row in self.rows if row.shown and row.person.id in counting]

    @property
    def quoted(self) -> set[UUID]:
        """Whose words may be quoted in the chart."""
        return self.permitted.get(QUOTE.name, set())

    @property
    def unsafe(self) -> list[tuple[Person, Shown]]:
        """Who says that they aren't safe, or gave an answer that needs help now."""
        return self._saying("is_unsafe")

    @property
    def used(self) -> list[tuple[Person, Shown]]:
        """Who says that they used."""
        return self._saying("has_used")

    def _saying(self, what: str) -> list[tuple[Person, Shown]]:
        entries = [(row.person, shown) for row in self.rows for shown in row.shown
                 if getattr(shown.entry, what)]  # fmt: skip
        entries.sort(key=lambda pair: pair[1].entry.happened_at, reverse=True)
        return entries

    @property
    def weather(self) -> list[tuple[str, int]]:
        """The kinds of triggers that come up most, from enough people to point at nobody."""
        counted = self.counted
        if len(counted) < COUNTED_FROM:
            return []
        counts: Counter[str] = Counter()
        for row in counted:
            kinds = {kind for shown in row.shown for kind in shown.entry.content.get("kinds") or []}
            counts.update(kinds & TRIGGER_KINDS.keys())  # words of one's own point at somebody
        return counts.most_common(4)


# Whatever one patient shares with one group right now.
_OF_PERSON = and_(Share.group_id == bindparam("group"), Share.author_id == bindparam("author"))


_entry, _share = Entry.__table__.c, Share.__table__.c
_colleague = aliased(Membership)
# What another group's facilitators answered stays with them.
_IS_ANSWERED = exists().where(
    Feedback.entry_id == _entry.id,
    Feedback.author_id == _colleague.person_id,
    _colleague.group_id == _share.group_id,
    _colleague.part == GroupRole.FACILITATOR,
)


def _shown(which: ColumnElement[bool]) -> Select[Any]:
    return (
        select(
            *(_entry.id, _entry.author_id, _entry.kind, _entry.version, _entry.happened_at),
            _entry.sealed,
            *(_share.id.label("share_id"), _share.group_id),
            # What to bring up; of other shares, nothing.
            case((_share.bring_up, _share.sealed)).label("about"),
            IS_ROLLED_BACK.label("is_rolled_back"),
            _IS_ANSWERED.correlate(Entry.__table__, Share.__table__).label("is_answered"),
            Reading.last_at.label("read_at"),
            Reading.first_at.label("first_at"),
        )
        .join_from(Entry.__table__, Share.__table__, _share.entry_id == _entry.id)
        .outerjoin(Reading, READ_BY_THEM)
        .where(which, VISIBLE)
        .order_by(_share.bring_up.desc(), _entry.happened_at.desc())
    )


_UNSHOWN = Statement(
    select(func.count().label("count"))
    .select_from(
        _shown(and_(FOR_SESSION, Reading.last_at.is_(None))).order_by(None).subquery("unshown")
    )
)  # fmt: skip
_IN_HUDDLE, _SHOWN_OF_PERSON = Statement(_shown(FOR_SESSION)), Statement(_shown(_OF_PERSON))


_MARKED = (
    select(func.max(Membership.all_seen_at))
    .where(Membership.group_id == bindparam("group"), Membership.person_id == bindparam("person"))
)  # fmt: skip
_group_session, _group = GroupSession.__table__.c, Group.__table__.c


def _words_for(part: str) -> ColumnElement[str | None]:
    return select(Expectation.words).where(Expectation.part == part).scalar_subquery().label(part)


_GROUP_SESSION = (
    _group_session.id, _group_session.group_id, _group_session.starts_at, _group_session.ends_at,
    _group_session.pattern_id, _group_session.moved_from,
)  # fmt: skip
_SESSION_OF_HUDDLE = Statement(
    select(
        *(*_GROUP_SESSION, _group.name, _group.zone, _group.track),
        END_BEFORE.label("ended_before"),
        *(Membership.all_seen_at, Membership.until_at),
        case((Membership.supervises, Membership.from_at)).label("since"),
        *(HAS_HEADS_UPS.label("has_heads_ups"), HAS_NOTED.label("has_noted")),
        *(HAS_PERMITTED.label("has_permitted"), HAS_COURSES.label("has_courses")),
        *map(_words_for, FOR_STAFF),
    )
    .join_from(GroupSession, Group.__table__, _group.id == _group_session.group_id)
    .join(Membership, Membership.group_id == _group_session.group_id)
    .where(
        _group_session.id == bindparam("id"),
        _group_session.withdrawn_at.is_(None),
        Membership.person_id == bindparam("person"),
        Membership.part == GroupRole.FACILITATOR,
        *(IS_CURRENT, OF_SESSION),
    )
)


class SessionOfHuddle(NamedTuple):
    """A session of a group, and what its huddle has to look for: most often nothing was said
    ahead, nothing is noted about what is covered, nobody signed a permission, and nothing is seen
    over time."""

    group_session: GroupSession
    ended_at: datetime | None  # the last one before
    has_heads_ups: bool
    has_noted: bool
    has_permitted: bool
    has_courses: bool
    staff_words: dict[str, str]
    all_seen_at: datetime | None
    ends_at: datetime | None  # for who stands in
    reads_since: datetime | None  # for a clinical supervisor


def session_of_huddle(facilitator: Person, id: UUID, now: datetime) -> SessionOfHuddle | None:
    """A session of a group that somebody runs now; to be drawn only."""
    which = {"id": id, "person": facilitator.id, "now": now}
    row = _SESSION_OF_HUDDLE.first(which)
    if row is None:
        return None
    named = {"name": row.name, "zone": row.zone, "track": row.track}
    group = Group.drawn({"id": row.group_id} | named)
    drawn = {column.name: getattr(row, column.name) for column in _GROUP_SESSION}
    words = {part: getattr(row, part) or str(ours) for part, (_when, ours) in FOR_STAFF.items()}
    return SessionOfHuddle(
        GroupSession.drawn(drawn | {"group": group}),
        row.ended_before, row.has_heads_ups, row.has_noted, row.has_permitted, row.has_courses,
        words, row.all_seen_at, row.until_at, row.since,
    )  # fmt: skip


def in_huddle(reader: Person, known: SessionOfHuddle, now: datetime) -> dict[str, Any]:
    """Which shares the huddle of this session shows to this reader."""
    group_session = known.group_session
    return at(now, reader) | {
        "group": group_session.group_id,
        "group_session": group_session.id,
        "since": known.ended_at or EARLIEST,
        "closes": group_session.closes_at,
        "seen": max(known.ended_at or EARLIEST, known.all_seen_at or EARLIEST),
    }


def of_person(reader: Person, group_id: UUID, person_id: UUID, now: datetime) -> dict[str, Any]:
    """Which shares a patient's own page in a group shows to this reader."""
    last = last_before(group_id, now)
    marked = db.session.scalar(_MARKED, {"group": group_id, "person": reader.id})
    seen = max(last.ends_at if last else EARLIEST, marked or EARLIEST)
    return at(now, reader) | {"group": group_id, "author": person_id, "seen": seen}


def huddle(known: SessionOfHuddle, which: dict[str, Any]) -> Huddle:
    """What each patient of the group shared for this session: as many statements at any size."""
    group_session, now = known.group_session, which["now"]
    said = heads_ups(group_session, now, known.reads_since) if known.has_heads_ups else {}
    people = people_in(group_session.group_id, GroupRole.PATIENT, now)
    rows = {person.id: PatientRow(person, said=said.get(person.id)) for person in people}
    for shown in _read(_IN_HUDDLE, which):
        row = rows.get(shown.entry.author_id)
        if row is not None:
            row.add(shown)
    all_covered = short_covered_sessions(group_session.group, now) if known.has_noted else []
    short = [
        (rows[member.id].person if member.id in rows else member, covered)
        for member, covered in all_covered
    ]
    permitted = permitted_in(group_session.group_id, now) if known.has_permitted else {}
    drawn = list(rows.values())
    return Huddle(group_session, known.ended_at, drawn, known.staff_words, short, permitted)


def shown_of(which: dict[str, Any]) -> list[Shown]:
    """Everything that one patient shares with a group that the reader facilitates."""
    return _read(_SHOWN_OF_PERSON, which)


def _read(statement: Statement, which: dict[str, Any]) -> list[Shown]:
    rows, seen = statement.run(which), which["seen"]
    ring = keyring(db.session)
    ring.fill({row.author_id for row in rows})
    found = []
    for row in rows:
        key = ring.held(row.author_id)
        if key is None:
            continue  # whose key was erased can't be read any more; the others of the session can
        entry = to_be_drawn(key, row)
        if row.is_rolled_back:
            close(entry)
        share = None
        if row.about is not None:
            bound = share_sealed_as(row.share_id, row.id, row.author_id, row.group_id)
            share = Share.seen(row.about, key, bound, id=row.share_id)
        is_new = row.first_at is None or row.first_at > seen
        found.append(Shown(entry, share, row.is_answered, row.read_at, is_new))
    return found


class FirstThings(NamedTuple):
    """What must not be missed of what is shared for a session, in numbers."""

    unsafe: int
    used: int
    shared_at: datetime | None  # the latest of them


def first_things(reader: Person, id: UUID, now: datetime) -> FirstThings | None:
    """For the start page, which opens nothing: no Reading follows from it."""
    known = session_of_huddle(reader, id, now)
    if known is None:
        return None
    entries = [shown.entry for shown in _read(_IN_HUDDLE, in_huddle(reader, known, now))]
    unsafe = [entry.id for entry in entries if entry.is_unsafe]
    used = [entry.id for entry in entries if entry.has_used]
    if not (first := {*unsafe, *used}):
        return None
    latest = select(func.max(Share.shared_at)).where(
        Share.entry_id.in_(first), Share.group_id == known.group_session.group_id
    )
    return FirstThings(len(unsafe), len(used), db.session.scalar(latest))


def unshown(reader: Person, known: SessionOfHuddle, now: datetime) -> int:
    """How many entries this reader's page doesn't have yet."""
    count: int = _UNSHOWN.run(in_huddle(reader, known, now))[0].count
    return count


def answers_to(entry_ids: list[UUID], group_id: UUID) -> dict[UUID, list[tuple[Feedback, str]]]:
    """What this group's facilitators answered to these entries, by entry, and their names.

    An entry can be shared with two groups; what the other one's answered stays with them.
    """
    colleagues = select(Membership.person_id).where(
        Membership.group_id == group_id, Membership.part == GroupRole.FACILITATOR
    )
    found: dict[UUID, list[tuple[Feedback, str]]] = {}
    for feedback, name in with_names(
        Feedback.entry_id.in_(entry_ids), Feedback.author_id.in_(colleagues)
    ):
        found.setdefault(feedback.entry_id, []).append((feedback, name))
    return found
