"""When a meeting is next, and how far away. Pure: plain values in and out, `now` is an argument."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum

from webapp.core import clock

DAY, WEEK = 24 * 60, 7 * 24 * 60
MEETING_JUST_BEGUN = timedelta(minutes=10)  # still worth going in
SOON = timedelta(hours=2)
EARTH = 3958.8  # miles


class Part(StrEnum):
    """A part of the day, by the clock of who is searching."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"
    NIGHT = "night"


HOURS = {
    Part.MORNING: (5, 12),
    Part.AFTERNOON: (12, 17),
    Part.EVENING: (17, 22),
    Part.NIGHT: (22, 29),
}


@dataclass(frozen=True)
class Wish:
    """What somebody is looking for. `day` is soon, today, any, or 0 (Monday) to 6."""

    day: str = "today"
    part: Part | None = None
    near: str = ""
    miles: int = 25
    by_distance: bool = False
    fellowships: frozenset[str] = field(default_factory=frozenset)
    mode: str = ""
    tags: frozenset[str] = field(default_factory=frozenset)


def window(day: str, now: datetime, zone: str) -> tuple[datetime, datetime]:
    """From when until when a meeting may start."""
    if day == "soon":
        return now - MEETING_JUST_BEGUN, now + SOON
    today = clock.local(now, zone).date()
    if day == "today":
        return now - MEETING_JUST_BEGUN, clock.start_of_day(today + timedelta(days=1), zone)
    if day.isdigit():
        date = today + timedelta(days=(int(day) - today.weekday()) % 7)
        following = clock.start_of_day(date + timedelta(days=1), zone)
        return clock.start_of_day(date, zone), following
    return now - MEETING_JUST_BEGUN, now + timedelta(days=7)


def next_start(week_minute: int, zone: str, after: datetime) -> datetime:
    """The first start of a weekly meeting at or after an instant, by the meeting's own clock."""
    there = clock.local(after, zone)
    at = time(week_minute % DAY // 60, week_minute % 60)
    day = there.date() + timedelta(days=week_minute // DAY - there.weekday() - 7)
    while (start := clock.instant(day, at, zone)) < after:
        day += timedelta(days=7)
    return start


def next_of(week_minutes: Iterable[int], zone: str, after: datetime) -> datetime | None:
    """The next start of a meeting with several weekly times; None by appointment."""
    return min((next_start(minute, zone, after) for minute in week_minutes), default=None)


def starts_between(
    week_minutes: Iterable[int], zone: str, after: datetime, until: datetime
) -> list[datetime]:
    """Every start of a meeting in [after, until), the first one first."""
    found = []
    for minute in week_minutes:
        start = next_start(minute, zone, after)
        while start < until:
            found.append(start)
            start = next_start(minute, zone, start + timedelta(minutes=1))
    return sorted(found)


def last_of(week_minutes: Iterable[int], zone: str, before: datetime) -> datetime | None:
    """The latest start that has been, or begins within half an hour: for "I went"."""
    by = before + timedelta(minutes=30)
    starts = [
        next_start(minute, zone, by - timedelta(days=7, minutes=-1)) for minute in week_minutes
    ]
    return max((start for start in starts if start <= by), default=None)


def week_minute(instant: datetime, zone: str) -> int:
    """How many minutes the week is old, on a wall clock in `zone`."""
    there = clock.local(instant, zone)
    return there.weekday() * DAY + there.hour * 60 + there.minute


def is_in(part: Part | None, start: datetime, zone: str) -> bool:
    """Whether a start falls into a part of the day, on the searcher's clock."""
    if part is None:
        return True
    first, last = HOURS[part]
    hour = clock.local(start, zone).hour
    return first <= hour < last or first <= hour + 24 < last


def miles_between(here: tuple[float, float], there: tuple[float, float]) -> float:
    """As the crow flies."""
    north, east = math.radians(there[0] - here[0]), math.radians(there[1] - here[1])
    across = math.cos(math.radians(here[0])) * math.cos(math.radians(there[0]))
    half = math.sin(north / 2) ** 2 + across * math.sin(east / 2) ** 2
    return 2 * EARTH * math.asin(min(1.0, math.sqrt(half)))


def box(center: tuple[float, float], miles: float) -> tuple[float, float, float, float]:
    """South, north, west and east of everything within so many miles."""
    north = math.degrees(miles / EARTH)
    east = min(180.0, north / max(0.01, math.cos(math.radians(center[0]))))
    return center[0] - north, center[0] + north, center[1] - east, center[1] + east
