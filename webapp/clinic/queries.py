"""Reading for the huddle and the clinic's pages."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import contains_eager

from webapp.accounts.models import Person, Role
from webapp.core import clock
from webapp.core.clock import EARLIEST
from webapp.core.db import db
from webapp.core.keys import DataKey, keyring
from webapp.entries.models import Entry
from webapp.program.models import Group, GroupSession, Membership, Part
from webapp.program.queries import before, is_current, people_in
from webapp.sharing.access import visible_to
from webapp.sharing.models import Feedback, Reading, Share

WEATHER_FROM = 4  # sharers below which a count could point at somebody


@dataclass(frozen=True)
class Shown:
    """One shared entry, as a reader sees it."""

    share: Share
    entry: Entry
    is_new: bool


@dataclass
class Row:
    """One patient in the huddle: "bring up" on top, then the newest."""

    person: Person
    shown: list[Shown] = field(default_factory=list)

    @property
    def bring_up(self) -> list[Share]:
        """What this patient wants to bring up."""
        return [one.share for one in self.shown if one.share.bring_up]

    @property
    def strengths(self) -> list[int]:
        """The strengths of what was shared, the oldest first."""
        in_order = sorted(self.shown, key=lambda one: one.entry.happened_at)
        found = [one.entry.content.get("urge") for one in in_order]
        return [one for one in found if one is not None]


@dataclass(frozen=True)
class Huddle:
    """The ahead-of-group page."""

    group_session: GroupSession
    since: datetime | None
    rows: list[Row]

    @property
    def shared(self) -> int:
        """How many entries were shared."""
        return sum(len(row.shown) for row in self.rows)

    @property
    def new(self) -> int:
        """How many of them this reader hasn't opened yet."""
        return sum(one.is_new for row in self.rows for one in row.shown)

    @property
    def sharers(self) -> int:
        """How many people shared something."""
        return sum(bool(row.shown) for row in self.rows)

    @property
    def weather(self) -> list[tuple[str, int]]:
        """The kinds of triggers that come up most, from enough people to point at nobody."""
        if self.sharers < WEATHER_FROM:
            return []
        counts: Counter[str] = Counter()
        for row in self.rows:
            kinds = {kind for one in row.shown for kind in one.entry.content.get("kinds") or []}
            counts.update(kinds)
        return counts.most_common(4)


def huddle(reader: Person, group_session: GroupSession, now: datetime) -> Huddle:
    """What each patient of the group shared for this date, in four statements at any size."""
    previous = before(group_session)
    since = previous.ends_at if previous else None
    rows = {person.id: Row(person) for person in people_in(group_session.group_id, Part.PATIENT)}
    for one in _shown(reader, for_huddle(group_session, since), now):
        if one.entry.author_id in rows:
            rows[one.entry.author_id].shown.append(one)
    return Huddle(group_session, since, list(rows.values()))


def opened_in_huddle(reader: Person, shown: Huddle, now: datetime) -> Select[UUID, int]:
    """The entries that the huddle shows, for recording that it was opened."""
    return opened(reader, for_huddle(shown.group_session, shown.since), now)


def for_huddle(group_session: GroupSession, since: datetime | None) -> ColumnElement[bool]:
    """Shares for this very date, and standing ones made since the last one ended."""
    return and_(
        Share.group_id == group_session.group_id,
        or_(
            Share.group_session_id == group_session.id,
            and_(
                Share.group_session_id.is_(None),
                Share.shared_at > (since or EARLIEST),
                Share.shared_at <= group_session.closes_at,
            ),
        ),
    )


def of_person(group_id: UUID, person_id: UUID) -> ColumnElement[bool]:
    """Whatever one patient shares with one group right now."""
    return and_(Share.group_id == group_id, Share.author_id == person_id)


def shown_of(reader: Person, group_id: UUID, person_id: UUID, now: datetime) -> list[Shown]:
    """Everything that one patient shares with a group that the reader facilitates."""
    return _shown(reader, of_person(group_id, person_id), now)


def opened(reader: Person, which: ColumnElement[bool], now: datetime) -> Select[UUID, int]:
    """Ids and versions of the shared entries that `which` names and this reader may open."""
    return (
        select(Entry.id, Entry.version)
        .join(Share, Share.entry_id == Entry.id)
        .where(which, visible_to(reader.id, now))
    )


def answers_to(entry_ids: list[UUID]) -> dict[UUID, list[Feedback]]:
    """What facilitators answered to these entries, by entry."""
    found: dict[UUID, list[Feedback]] = {}
    for one in db.session.scalars(
        select(Feedback).where(Feedback.entry_id.in_(entry_ids)).order_by(Feedback.written_at)
    ):
        found.setdefault(one.entry_id, []).append(one)
    return found


def patient_in(group_id: UUID, person_id: UUID) -> Person | None:
    """Somebody who is a patient of this group now."""
    row = db.session.execute(
        select(Person, DataKey)
        .join(DataKey, DataKey.person_id == Person.id)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Person.id == person_id,
            Membership.group_id == group_id,
            Membership.part == Part.PATIENT,
            is_current(clock.now()),
        )
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    keyring(db.session).hold(row[1])
    person: Person = row[0]
    return person


def all_facilitators() -> list[Person]:
    """Everybody who runs groups, by name."""
    rows = db.session.execute(
        select(Person, DataKey)
        .join(DataKey, DataKey.person_id == Person.id)
        .where(Person.role == Role.FACILITATOR, Person.disabled_at.is_(None))
    ).all()
    for _person, key in rows:
        keyring(db.session).hold(key)
    return sorted((row[0] for row in rows), key=lambda one: (one.name or "").casefold())


def facilitators_by_group(now: datetime) -> dict[UUID, list[Person]]:
    """Who runs which group now."""
    rows = db.session.execute(
        select(Membership.group_id, Person, DataKey)
        .join(Person, Person.id == Membership.person_id)
        .join(DataKey, DataKey.person_id == Person.id)
        .where(Membership.part == Part.FACILITATOR, is_current(now))
    ).all()
    found: dict[UUID, list[Person]] = {}
    for group_id, person, key in rows:
        keyring(db.session).hold(key)
        found.setdefault(group_id, []).append(person)
    return found


def _shown(reader: Person, which: ColumnElement[bool], now: datetime) -> list[Shown]:
    rows = db.session.execute(
        select(Share, Entry, Reading.first_at)
        .join(Share.entry)
        .outerjoin(
            Reading,
            and_(
                Reading.reader_id == reader.id,
                Reading.entry_id == Entry.id,
                Reading.version == Entry.version,
            ),
        )
        .where(which, visible_to(reader.id, now))
        .options(contains_eager(Share.entry))
        .order_by(Share.bring_up.desc(), Entry.happened_at.desc())
    )
    return [Shown(share, entry, first_at is None) for share, entry, first_at in rows]


def group_for_staff(person: Person, id: UUID) -> Group | None:
    """A group that its facilitator or an administrator may look after."""
    query = select(Group).where(Group.id == id)
    if not person.is_administrator:
        query = query.join(Membership, Membership.group_id == Group.id).where(
            Membership.person_id == person.id,
            Membership.part == Part.FACILITATOR,
            is_current(clock.now()),
        )
    return db.session.scalar(query)
