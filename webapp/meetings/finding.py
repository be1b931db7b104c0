"""The finder's queries: public meetings by day, time, place and what they are like."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from statistics import fmean
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import selectinload

from webapp.calendar.ics import Event
from webapp.core import clock
from webapp.core.data.db import db
from webapp.core.folding import place_name
from webapp.core.limits import A_DAY
from webapp.meetings.models import Meeting, MeetingTime, town_name
from webapp.meetings.reading import Mode
from webapp.meetings.search import (
    DAY,
    HOURS,
    WEEK,
    Wish,
    box,
    is_in,
    miles_between,
    next_start,
    week_minute,
    window,
)

MOST = 100
# Clock changes move a start by an hour at most: look so far beyond, then decide exactly.
LEEWAY = timedelta(hours=1)
_MODES = {
    "in_person": [Mode.IN_PERSON, Mode.HYBRID, Mode.UNSAID],
    "online": [Mode.ONLINE, Mode.HYBRID, Mode.PHONE],
}
Point = tuple[float, float]


@dataclass(frozen=True)
class Found:
    """One start of one meeting."""

    meeting: Meeting
    starts_at: datetime | None  # none: by appointment
    miles: float | None


@dataclass(frozen=True)
class Result:
    """What was found; whether there is more; whether we know the place at all, and in which states
    there is a town of that name, if in several."""

    found: list[Found]
    has_more: bool
    knows_place: bool
    states: list[str] = field(default_factory=list)


def is_empty() -> bool:
    """Whether no feed has brought any meeting yet."""
    return db.session.scalar(select(Meeting.id).limit(1)) is None


def listed(id: UUID) -> Meeting | None:
    """A meeting, with its times."""
    return db.session.scalar(
        select(Meeting).where(Meeting.id == id).options(selectinload(Meeting.times))
    )


def listed_among(ids: Sequence[UUID]) -> dict[UUID, Meeting]:
    """Those of these meetings that are still listed, with their times."""
    found = db.session.scalars(
        select(Meeting).where(Meeting.id.in_(ids)).options(selectinload(Meeting.times))
    )
    return {meeting.id: meeting for meeting in found}


def towns(most: int = 100) -> list[str]:
    """The towns with the most meetings, to choose from while typing."""
    rows = db.session.execute(
        select(Meeting.city, Meeting.state)
        .where(Meeting.city != "")
        .group_by(Meeting.city, Meeting.state)
        .order_by(func.count().desc(), Meeting.city, Meeting.state)
        .limit(most)
    )
    return sorted(town_name(*row) for row in rows)


def tags_listed() -> set[str]:
    """Everything that any meeting is: to offer only languages that somebody speaks."""
    packs = db.session.scalars(select(Meeting.tags).distinct())
    return {tag for pack in packs for tag in pack.split("|")}


def search(wish: Wish, now: datetime, zone: str) -> Result:
    """Meetings that fit, the next one first, or the nearest first."""
    key = place_name(wish.near)
    center = _center(key) if key else None
    named = _named(key) if key else set()
    if key and not named:
        return Result([], False, False)
    states = {state for city, state in named if state and place_name(city) == key}
    fits = _fits(wish, key, center)
    after, until = window(wish.day, now, zone)
    rows = _starts(wish, fits, center, after, until, zone)
    found = [
        Found(meeting, start, _miles(center, meeting))
        for meeting, minute in rows
        if (start := next_start(minute, meeting.zone, after)) < until
        and is_in(wish.part, start, zone)
    ]
    if wish.by_distance and center:
        found.sort(key=lambda hit: (hit.miles is None, hit.miles, hit.starts_at))
    else:
        found.sort(key=lambda hit: (hit.starts_at, hit.meeting.name))
    if wish.day == "any":
        found = _each_once(found)
    has_more = len(found) > MOST or len(rows) > 2 * MOST
    found = found[:MOST]
    if wish.day == "any" and wish.part is None and not has_more:
        found += [
            Found(by_appointment, None, _miles(center, by_appointment))
            for by_appointment in _by_appointment(fits)
        ]
    return Result(found, has_more, True, sorted(states) if len(states) > 1 else [])


def _each_once(found: list[Found]) -> list[Found]:
    """A meeting on every day of the week needs saying once, with its next start."""
    first: dict[UUID, Found] = {}
    for hit in found:
        first.setdefault(hit.meeting.id, hit)
    return list(first.values())


def _starts(
    wish: Wish,
    fits: ColumnElement[bool],
    center: Point | None,
    after: datetime,
    until: datetime,
    zone: str,
) -> list[tuple[Meeting, int]]:
    begin = after - LEEWAY
    ahead = _ahead(begin)
    length = min(WEEK, int((until - begin + LEEWAY).total_seconds() // 60))
    query = (
        select(Meeting, MeetingTime.week_minute)
        .join(MeetingTime, MeetingTime.meeting_id == Meeting.id)
        .where(fits, ahead < length)
    )
    if wish.part is not None:
        first, last = (60 * hour for hour in HOURS[wish.part])
        minute = (ahead + week_minute(begin, zone)) % DAY
        slack = int(LEEWAY.total_seconds() // 60)
        query = query.where((minute - first + slack + DAY) % DAY < last - first + 2 * slack)
    order: list[Any] = [ahead, Meeting.name]
    if wish.by_distance and center:
        order.insert(0, _roughly_away(center))
    rows = db.session.execute(query.order_by(*order).limit(2 * MOST + 1))
    return [(meeting, minute) for meeting, minute in rows]


def _ahead(begin: datetime) -> ColumnElement[int]:
    """Minutes from `begin` to a start, each meeting by the clock of its own zone."""
    zones = db.session.scalars(select(Meeting.zone).distinct())
    clocks = {zone: week_minute(begin, zone) for zone in zones}
    at = case(clocks, value=Meeting.zone, else_=0) if clocks else 0
    return (MeetingTime.week_minute - at + WEEK) % WEEK


def _fits(wish: Wish, key: str, center: Point | None) -> ColumnElement[bool]:
    asked: list[ColumnElement[bool]] = [Meeting.mode != Mode.CLOSED]
    if wish.fellowships:
        asked.append(Meeting.fellowship.in_(wish.fellowships))
    if wish.mode in _MODES:
        asked.append(Meeting.mode.in_(_MODES[wish.mode]))
    asked += [_has(Meeting.tags, tag) for tag in sorted(wish.tags)]
    if key and wish.mode != "online":  # which is near everywhere
        asked.append(_near(key, center, wish.miles))
    return and_(*asked)


def _near(key: str, center: Point | None, miles: int) -> ColumnElement[bool]:
    named = _has(Meeting.places, key)
    if center is None:
        return named
    south, north, west, east = box(center, miles)
    inside = and_(
        Meeting.latitude.between(south, north),
        Meeting.longitude.between(west, east),
        _roughly_away(center) <= miles * miles,
    )
    return or_(inside, and_(Meeting.latitude.is_(None), named))


def _roughly_away(center: Point) -> ColumnElement[Any]:
    """The square of the miles on a flat map: right within a hundredth at 50 miles."""
    south, north, west, east = box(center, 1)
    up = (Meeting.latitude - center[0]) / ((north - south) / 2)
    along = (Meeting.longitude - center[1]) / ((east - west) / 2)
    return up * up + along * along


def _by_appointment(fits: ColumnElement[bool]) -> list[Meeting]:
    timed = select(MeetingTime.meeting_id).where(MeetingTime.meeting_id == Meeting.id).exists()
    return list(db.session.scalars(select(Meeting).where(fits, ~timed).limit(20)))


def _center(key: str) -> Point | None:
    """Where a place is: the middle of its meetings, where most of them are. Names repeat."""
    rows = db.session.execute(
        select(Meeting.latitude, Meeting.longitude).where(_has(Meeting.places, key)).limit(2000)
    )
    by_degree: dict[tuple[int, int], list[Point]] = {}
    for north, east in rows:
        if north is not None and east is not None:
            by_degree.setdefault((round(north), round(east)), []).append((north, east))
    most = max(by_degree.values(), key=len, default=[])
    return (fmean(point[0] for point in most), fmean(point[1] for point in most)) if most else None


def _named(key: str) -> set[tuple[str, str]]:
    """Town and state of the meetings in a place of this name: names repeat."""
    query = select(Meeting.city, Meeting.state).where(_has(Meeting.places, key)).distinct()
    return {(city, state) for city, state in db.session.execute(query)}


def _has(column: Any, value: str) -> ColumnElement[bool]:
    found: ColumnElement[bool] = column.contains(f"|{value}|", autoescape=True)
    return found


def _miles(center: Point | None, meeting: Meeting) -> float | None:
    if center is None or meeting.latitude is None or meeting.longitude is None:
        return None
    if not meeting.is_at_address:  # its position is at most that of its area
        return None
    return miles_between(center, (meeting.latitude, meeting.longitude))


def starts_next(meeting: Meeting, now: datetime) -> datetime | None:
    """When a meeting is next: for favourites, and for whoever reminds of them."""
    starts = [next_start(weekly.week_minute, meeting.zone, now) for weekly in meeting.times]
    return min(starts, default=None)


def has_begun(meeting: Meeting, now: datetime) -> bool:
    """Whether it began within the last day, or nobody says when it does: somebody may have gone."""
    before = starts_next(meeting, now - A_DAY)
    return before is None or before <= now


def weekly_events(meeting: Meeting, words: str, now: datetime) -> list[Event]:
    """A meeting for a calendar, an event for each hour at which it begins. Neutral words and the
    address: a calendar lies open on desks, and is often shared."""
    by_hour: dict[time, list[datetime]] = {}
    for weekly in meeting.times:
        start = clock.local(next_start(weekly.week_minute, meeting.zone, now), meeting.zone)
        by_hour.setdefault(start.time(), []).append(start)
    return [
        Event(
            uid=f"{meeting.id}-{hour:%H%M}",
            starts_at=min(starts),
            ends_at=min(starts) + timedelta(minutes=meeting.minutes),
            zone=meeting.zone,
            summary=words,
            changed_at=now,
            place=meeting.where,
            weekdays=tuple(at.weekday() for at in sorted(starts)),
        )
        for hour, starts in sorted(by_hour.items())
    ]


def zone_differs(meeting: Meeting, zone: str, now: datetime) -> bool:
    """Whether the clock there shows another time than here."""
    return clock.local(now, meeting.zone).utcoffset() != clock.local(now, zone).utcoffset()
