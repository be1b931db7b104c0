"""Reading a week, and what a calendar gets of it."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from sqlalchemy import and_, bindparam, exists, literal_column, or_, select

from webapp.accounts.models import WITH_KEY, Person
from webapp.accounts.queries import token_hash
from webapp.attendance.models import Attendance, Authorisation, HeadsUp
from webapp.attendance.queries import (
    Hours,
    between,
    hours_in,
    own_attendances,
    own_heads_ups,
)
from webapp.calendar.ics import Event
from webapp.core import clock, limits
from webapp.core.data.db import db
from webapp.core.data.statements import Statement
from webapp.core.data.types import NOW, UtcDateTime
from webapp.core.errors import each
from webapp.entries.models import Entry
from webapp.meetings.models import Favourite
from webapp.meetings.queries import Liked, favourites_of
from webapp.meetings.reading import Mode
from webapp.meetings.search import starts_between
from webapp.plan.outline import GOALS
from webapp.plan.queries import items_of, part_id
from webapp.program.hours import week_bounds
from webapp.program.membership_history import History, changes, membership_history, no_longer_theirs
from webapp.program.models import GroupSession, Membership
from webapp.program.queries import OwnGroupSessions, expects, own_group_sessions
from webapp.week.models import Appointment, CalendarFeed

FEED_BACK, FEED_AHEAD = timedelta(days=28), timedelta(weeks=9)
FOLLOWED = timedelta(days=400)  # either way
FURTHEST = timedelta(days=1200)  # longer than any that can be typed
PLAIN_MINUTES = 60  # of an appointment without a length


@dataclass(frozen=True)
class Item:
    """A session of a group, an appointment of one's own, or a favourite meeting."""

    starts_at: datetime
    ends_at: datetime
    zone: str
    group_session: GroupSession | None = None
    said: HeadsUp | None = None
    attendance: Attendance | None = None
    appointment: Appointment | None = None
    liked: Liked | None = None
    goal: dict[str, Any] | None = None  # to look at again on this day

    @property
    def day(self) -> date:
        """The local day on which it begins."""
        return clock.local(self.starts_at, self.zone).date()


@dataclass(frozen=True)
class Week:
    """Seven days, Monday first, with what is in them."""

    monday: date
    hours: Hours
    days: list[tuple[date, list[Item]]] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is planned."""
        return not any(items for _day, items in self.days)

    @property
    def before(self) -> date:
        """The Monday of the week before."""
        return self.monday - timedelta(days=7)

    @property
    def after(self) -> date:
        """The Monday of the week after."""
        return self.monday + timedelta(days=7)


@dataclass(frozen=True)
class Words:
    """What stands in a calendar: plain, moved, cancelled; and on the lock screen when it rings."""

    plain: str
    moved: str
    cancelled: str
    reminder: str


_entry = Entry.__table__.c
_ANY_APPOINTMENT = and_(
    _entry.author_id == bindparam("person"),
    _entry.kind == literal_column(f"'{Appointment.__mapper__.polymorphic_identity}'"),
    _entry.removed_at.is_(None),
)
_MINE = Membership.person_id == bindparam("person")
# Most weeks have little of what there may be. One question says what, in place of one for each.
_GLANCE = Statement(
    select(
        exists().where(HeadsUp.patient_id == bindparam("person")).label("said"),
        exists()
        .where(
            Attendance.patient_id == bindparam("person"),
            Attendance.group_session_id == GroupSession.id,
            GroupSession.starts_at >= bindparam("after", type_=UtcDateTime),
            GroupSession.starts_at < bindparam("until", type_=UtcDateTime),
        )
        .label("marked"),
        exists()
        .where(
            _ANY_APPOINTMENT,
            _entry.happened_at >= bindparam("after", type_=UtcDateTime),
            _entry.happened_at < bindparam("until", type_=UtcDateTime),
        )
        .label("appointments"),
        exists().where(Favourite.person_id == bindparam("person")).label("favourites"),
        exists().where(_entry.id == bindparam("goals", type_=_entry.id.type)).label("goals"),
        exists().where(_MINE, Authorisation.membership_id == Membership.id).label("covered"),
        exists().where(_MINE, Membership.after_id.is_not(None)).label("stepped"),
    )
)


def glance(person: Person, monday: date, zone: str) -> Any:
    """Which of all that may stand in a week there is at all, in one statement."""
    after, until = _around(monday, zone)
    goals = part_id(person, GOALS)
    return _GLANCE.run({"person": person.id, "after": after, "until": until, "goals": goals})[0]


def _around(monday: date, zone: str) -> tuple[datetime, datetime]:
    # A group in another zone may fall on one of these days a little outside of them.
    after, until = week_bounds(monday, zone)
    return after - timedelta(days=1), until + timedelta(days=1)


def week_of_person(person: Person, monday: date, zone: str, now: datetime, there: Any) -> Week:
    """What somebody has in a week, of what is there. Cancelled sessions stay, since people look
    for them."""
    after, until = week_bounds(monday, zone)
    around = _around(monday, zone)
    groups = own_group_sessions(person, *around)
    rows = [one for group in groups for one in _own(group)]
    said = own_heads_ups(person, [row.id for row in rows]) if there.said else {}
    marked = own_attendances(person, *between(*around)) if there.marked else []
    marks = {group_session.id: mark for group_session, mark in marked}
    items = [
        Item(row.starts_at, row.ends_at, row.group.zone, row, said.get(row.id), marks.get(row.id))
        for row in rows
    ]
    if there.appointments:
        items += [_item(appointment, zone) for appointment in appointments(person, after, until)]
    today = clock.start_of_day(clock.local(now, zone).date(), zone)
    if there.favourites:
        items += _favourites(person, max(after, today), until, zone, now)
    if there.goals:
        items += _reviews(person, zone)
    items.sort(key=lambda item: item.starts_at)
    days = [monday + timedelta(days=number) for number in range(7)]
    hours = hours_in(groups, marked, after, until)
    return Week(monday, hours, [(day, [item for item in items if item.day == day]) for day in days])


def appointments(
    person: Person,
    after: datetime,
    until: datetime,
    *,
    removed: bool = False,
    most: int | None = None,
    latest: bool = False,
) -> list[Appointment]:
    """Somebody's own appointments that begin between two instants; of many the first ones, or the
    latest ones, which then come first."""
    query = (
        select(Appointment)
        .where(
            Appointment.author_id == person.id,
            Appointment.happened_at >= after,
            Appointment.happened_at < until,
        )
        .order_by(Appointment.happened_at.desc() if latest else Appointment.happened_at)
        .limit(most)
    )
    if not removed:
        query = query.where(Appointment.removed_at.is_(None))
    return list(db.session.scalars(query))


class Evening(NamedTuple):
    """The one before an appointment, on which its reminder rings."""

    day: date
    zone: str
    title: str


def evenings_before(person: Person, now: datetime) -> dict[UUID, Evening]:
    """Of each appointment still to come whose person wants a reminder."""
    return {
        one.id: Evening(
            _item(one, "UTC").day - timedelta(days=1), one.zone or "UTC", one.title or ""
        )
        for one in appointments(person, now, now + FURTHEST)
        if one.remind
    }


ASKED_FOR = timedelta(days=14)  # how long after it whether it happened
# For a statement that Today runs anyway: whether any appointment was lately.
HAD_APPOINTMENT = (
    select(_entry.id)
    .where(
        _ANY_APPOINTMENT,
        _entry.happened_at <= NOW,
        _entry.happened_at > bindparam("appointments_since", type_=UtcDateTime),
    )
    .exists()
)


def follow_ups(person: Person, now: datetime) -> tuple[list[Appointment], list[Appointment]]:
    """Follow-up care to come, and of the last months, the latest first."""
    found = appointments(person, now - FOLLOWED, now + FOLLOWED)
    care = [one for one in found if one.care]
    coming = [one for one in care if one.happened_at > now]
    return coming, [one for one in reversed(care) if one.happened_at <= now]


def unsaid(person: Person, now: datetime) -> Appointment | None:
    """The latest follow-up care that nobody said of yet whether it happened."""
    found = appointments(person, now - ASKED_FOR, now, latest=True)
    return next((one for one in found if one.care and not one.took_place), None)


# With a new password, and when every other device is signed out, an address ends too.
_IN_FORCE = and_(
    CalendarFeed.ended_at.is_(None),
    or_(Person.handed_out_since.is_(None), CalendarFeed.made_at > Person.handed_out_since),
)


def feed_of(person: Person) -> CalendarFeed | None:
    """The calendar address in force, if there is one. Nobody can show it again."""
    return db.session.scalar(
        select(CalendarFeed)
        .join(Person, Person.id == CalendarFeed.person_id)
        .where(CalendarFeed.person_id == person.id, _IN_FORCE)
    )


def person_by_feed(token: str) -> Person | None:
    """Whose calendar a secret address is."""
    return db.session.scalar(
        select(Person)
        .join(CalendarFeed, CalendarFeed.person_id == Person.id)
        .where(
            CalendarFeed.token_hash == token_hash(token),
            _IN_FORCE,
            Person.disabled_at.is_(None),
        )
        .options(WITH_KEY)
    )


def events_of(person: Person, words: Words, now: datetime) -> list[Event]:
    """What a calendar gets: times, and words that say nothing about the program.

    A session that fell out of the own days, or of a group that was left, is cancelled in it for
    four weeks, if it can have been there before. Of very many, those next to now.
    """
    after, until = now - FEED_BACK, now + FEED_AHEAD
    history, feed = membership_history(person), feed_of(person)
    groups = own_group_sessions(person, after, until, withdrawn=True)
    theirs = [group_session for group in groups for group_session in _own(group)]
    found = list(
        each(theirs, lambda group_session: [event_of(person, group_session, words, history, now)])
    )
    since = max(after, feed.made_at) if feed else now
    for group_session in no_longer_theirs(history, since, until, now):
        event = event_of(person, group_session, words, history, now)
        found.append(replace(event, summary=words.cancelled, is_cancelled=True))
    for begin, end, latest in ((after, now, True), (now, until, False)):
        own_ones = appointments(
            person, begin, end, removed=True, most=limits.CALENDAR, latest=latest
        )
        found += each(
            own_ones, lambda appointment: [_event_of_appointment(person, appointment, words)]
        )
    nearest = sorted(found, key=lambda event: abs(event.starts_at - now))[: limits.CALENDAR]
    return [_as_chosen(event, feed, words, now) for event in nearest] if feed else nearest


def _as_chosen(event: Event, feed: CalendarFeed, words: Words, now: datetime) -> Event:
    """With a reminder, if one was asked for. An event changed when the choice did: some calendars
    take nothing from one that is as old as theirs."""
    rings = feed.rings and not event.is_cancelled and event.starts_at > now
    changed_at = max(event.changed_at, feed.rings_changed_at or event.changed_at)
    return replace(event, changed_at=changed_at, reminder=words.reminder if rings else "")


def _event_of_appointment(person: Person, appointment: Appointment, words: Words) -> Event:
    item = _item(appointment, appointment.zone or "UTC")
    off = appointment.removed_at is not None
    return Event(
        uid=str(uuid5(person.id, str(appointment.id))),
        starts_at=item.starts_at,
        ends_at=item.ends_at,
        zone=item.zone,
        summary=words.cancelled if off else words.plain,
        changed_at=max(appointment.updated_at, appointment.removed_at or appointment.updated_at),
        # Taken away and put back: each must count as a change (see `actions.put_back`).
        sequence=2 * appointment.version + off,
        is_cancelled=off,
    )


def event_of(
    person: Person, group_session: GroupSession, words: Words, history: History, now: datetime
) -> Event:
    """One session for a calendar. Its id is this person's alone: two calendars can't be matched."""
    own_changes = changes(history.get(group_session.group_id, []), now)
    summary = words.moved if group_session.is_moved else words.plain
    if group_session.is_cancelled:
        summary = words.cancelled
    return Event(
        uid=str(uuid5(person.id, str(group_session.id))),
        starts_at=group_session.starts_at,
        ends_at=group_session.ends_at,
        zone=group_session.group.zone,
        summary=summary,
        changed_at=max([group_session.changed_at or group_session.group.made_at, *own_changes]),
        sequence=group_session.sequence + len(own_changes),
        is_cancelled=group_session.is_cancelled,
    )


def _own(group: OwnGroupSessions) -> list[GroupSession]:
    """The sessions of somebody's own days, cancelled ones too."""
    return [
        group_session for group_session in group.group_sessions if expects(group_session, group.own)
    ]


def _favourites(
    person: Person, after: datetime, until: datetime, zone: str, now: datetime
) -> list[Item]:
    """Each time of somebody's favourite meetings, on the clock at home, wherever they are held."""
    return [
        Item(at, at + timedelta(minutes=meeting.minutes), zone, liked=favourite)
        for favourite in favourites_of(person, now)
        if (meeting := favourite.meeting) is not None and meeting.mode != Mode.CLOSED
        for at in starts_between(
            (time.week_minute for time in meeting.times), meeting.zone, after, until
        )
    ]


def _reviews(person: Person, zone: str) -> list[Item]:
    """The days on which goals are to be looked at again."""
    reviews = [
        (clock.start_of_day(date.fromisoformat(goal["review"]), zone), goal)
        for goal in items_of(person, GOALS, GOALS.questions[0])
        if goal.get("review")
    ]
    return [Item(at, at, zone, goal=goal) for at, goal in reviews]


def _item(appointment: Appointment, zone: str) -> Item:
    ends_at = appointment.happened_at + timedelta(minutes=appointment.minutes or PLAIN_MINUTES)
    return Item(appointment.happened_at, ends_at, appointment.zone or zone, appointment=appointment)
