"""The agenda of a session, as a facilitator sees it: what is shared now, and their own lines."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import and_, bindparam, case, exists, false, literal_column, or_, select, union_all

from webapp.accounts.models import Person
from webapp.agenda.models import MINUTES, AgendaItem
from webapp.core import clock
from webapp.core.clock import EARLIEST
from webapp.core.crypto.keys import keyring
from webapp.core.data.db import db
from webapp.core.data.statements import Statement
from webapp.core.data.types import UtcDateTime
from webapp.entries.models import Entry
from webapp.entries.queries import IS_ROLLED_BACK, close, to_be_drawn
from webapp.plan.models import PlanSection
from webapp.plan.queries import goals_in
from webapp.program.models import GroupSession
from webapp.sharing.access import VISIBLE, at
from webapp.sharing.models import (
    A_MINUTE,
    FOR_SESSION,
    READ_BY_THEM,
    Mark,
    Reading,
    Share,
    share_sealed_as,
)

Tickets = Mapping[UUID, tuple[Entry, Share]]  # opened already, by the share


@dataclass(slots=True)
class Topic:
    """One thing on the agenda: a ticket or a due goal of a patient's, or an own line."""

    id: UUID
    share_id: UUID | None
    person_id: UUID  # whose it is
    place: int | None
    minutes: int
    since: datetime  # shared at
    said: Share | AgendaItem | None = None  # with what to bring up, or an own line
    entry: Entry | None = None
    goal: str | None = None
    mark: Mark | None = None
    read_at: datetime | None = None

    @property
    def is_ticket(self) -> bool:
        """Whether a patient wants to talk about it."""
        return self.share_id is not None and self.goal is None

    @property
    def order(self) -> tuple[bool, int, bool, datetime, UUID]:
        """What was put in order first; then tickets, goals, the earliest first."""
        is_new = self.place is None
        return is_new, self.place or 0, self.goal is not None, self.since, self.id


@dataclass(frozen=True)
class Agenda:
    """The topics of a session, in order."""

    group_session: GroupSession
    topics: list[Topic]

    @property
    def minutes(self) -> int:
        """What the topics take."""
        return sum(topic.minutes for topic in self.topics)

    @property
    def length(self) -> int:
        """How long the session is: also on a night when the clock changes."""
        span = self.group_session.ends_at - self.group_session.starts_at
        return int(span.total_seconds()) // 60

    def topic(self, id: UUID) -> Topic | None:
        """One of them."""
        return next((topic for topic in self.topics if topic.id == id), None)

    def due(self, now: datetime) -> list[Entry]:
        """The entries whose opening is to be noted: a reload within the same minute isn't."""
        return [topic.entry for topic in self.topics if topic.entry is not None and (
            topic.read_at is None or topic.read_at < now - A_MINUTE)]  # fmt: skip


_entry, _share, _item = Entry.__table__.c, Share.__table__.c, AgendaItem.__table__.c
_GOALS = PlanSection.__mapper__.polymorphic_identity
_IS_CARRIED = and_(
    Share.mark == Mark.NEXT,
    exists().where(
        GroupSession.id == Share.marked_for_id,
        GroupSession.starts_at < bindparam("starts", type_=UtcDateTime),
    ),
)
_IS_TOPIC = or_(
    and_(Share.bring_up, or_(FOR_SESSION, _IS_CARRIED)),
    and_(
        _entry.kind == _GOALS,
        or_(
            Share.group_session_id.is_(None),
            Share.group_session_id == bindparam("group_session"),
        ),
    ),
)
_HERE = _item.group_session_id == bindparam("group_session")
_SHARED = (
    select(
        *(_entry.id, _entry.author_id, _entry.kind, _entry.version, _entry.happened_at),
        *(_entry.sealed, _share.id.label("share_id"), _share.group_id, _share.shared_at),
        # What to bring up; of other shares, nothing.
        case((_share.bring_up, _share.sealed)).label("about"),
        *(_share.mark, IS_ROLLED_BACK.label("is_rolled_back"), Reading.last_at.label("read_at")),
        *(_item.topic_id, _item.place, _item.minutes),
    )
    .join_from(Entry.__table__, Share.__table__, _share.entry_id == _entry.id)
    .outerjoin(AgendaItem.__table__, and_(_item.share_id == _share.id, _HERE))
    .outerjoin(Reading, READ_BY_THEM)
    .where(
        # Said once, or SQLite looks for the group's shares as often as it's asked below.
        *(Share.group_id == bindparam("group"), Share.ended_at.is_(None)),
        # In this order, which SQLite chooses otherwise: most shares are no topic.
        case((_IS_TOPIC, VISIBLE), else_=false()),
    )
)
_NONE: Any = literal_column("NULL")
_LINES = select(
    *(_NONE, _item.author_id, *[_NONE] * 3, _item.sealed, *[_NONE] * 7),
    *(_item.topic_id, _item.place, _item.minutes),
).where(_HERE, _item.share_id.is_(None))
_TOPICS = Statement(union_all(_SHARED, _LINES))


def agenda_of(
    reader: Person,
    group_session: GroupSession,
    now: datetime,
    since: datetime | None,
    tickets: Tickets = MappingProxyType({}),
) -> Agenda:
    """The agenda of a session of a group that `reader` runs, in one statement (and one for the
    keys that aren't here yet). `since` is when the group's last session before was over; `tickets`
    are those that this request has opened already."""
    rows = _TOPICS.run(at(now, reader) | {
        "group": group_session.group_id, "group_session": group_session.id,
        "since": since or EARLIEST, "closes": group_session.closes_at,
        "starts": group_session.starts_at,
    })  # fmt: skip
    keyring(db.session).fill({row.author_id for row in rows})
    kept = {row.topic_id: row for row in rows if row.topic_id}
    shared = {row.share_id: row for row in rows if row.share_id}
    topics = [_line(row, group_session) for row in rows if row.share_id is None]
    day = clock.local(group_session.starts_at, group_session.group.zone).date().isoformat()
    for row in shared.values():
        topics += _topics(row, kept, day, tickets.get(row.share_id))
    return Agenda(group_session, sorted(topics, key=lambda topic: topic.order))


def _line(row: Any, group_session: GroupSession) -> Topic:
    topic = Topic(row.topic_id, None, row.author_id, row.place, row.minutes, EARLIEST)
    key = keyring(db.session).held(row.author_id)
    if key is not None:
        bound = f"{row.topic_id}|{group_session.id}|{row.author_id}"
        topic.said = AgendaItem.seen(row.sealed, key, bound)
    return topic


def _topics(
    row: Any, kept: dict[UUID, Any], day: str, ticket: tuple[Entry, Share] | None
) -> list[Topic]:
    """A ticket, or the goals of a plan that are due on this day."""
    key = keyring(db.session).held(row.author_id)
    if key is None:
        return []  # whose key was erased can't be read any more
    entry = ticket[0] if ticket else to_be_drawn(key, row)
    if row.is_rolled_back:
        close(entry)

    def topic(id: UUID, **more: Any) -> Topic:
        where = kept.get(id)
        place, minutes = (where.place, where.minutes) if where else (None, MINUTES)
        return Topic(
            id, row.share_id, row.author_id, place, minutes, row.shared_at,
            entry=entry, read_at=row.read_at, **more,
        )  # fmt: skip

    if row.about is not None:
        bound = share_sealed_as(row.share_id, row.id, row.author_id, row.group_id)
        said = ticket[1] if ticket else Share.seen(row.about, key, bound)
        return [topic(row.share_id, said=said, mark=Mark(row.mark) if row.mark else None)]
    return [
        topic(uuid5(row.share_id, id), goal=goal.get("words") or "")
        for id, goal in goals_in(entry).items()
        if goal.get("review") and goal["review"] <= day
    ]
