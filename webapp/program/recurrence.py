"""When a weekly pattern falls. Pure: plain values in and out."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from webapp.core.clock import instant


@dataclass(frozen=True)
class Weekly:
    """One weekly time. `weekday` 0 is Monday; `minutes` is how long it lasts."""

    weekday: int
    starts: time
    minutes: int
    from_day: date
    until_day: date | None = None


@dataclass(frozen=True)
class Slot:
    """A pattern's one occurrence in a week. `week` is that week's Monday, `day` the local day."""

    week: date
    day: date
    starts_at: datetime
    ends_at: datetime


def slots(weekly: Weekly, zone: str, after: datetime, until: datetime) -> Iterator[Slot]:
    """Each occurrence that starts in [after, until).

    The start keeps its wall time over clock changes, by `clock.instant`'s rule; the length is
    real time, so three hours of group are three hours on a clock-change night too.
    """
    day = max(weekly.from_day, after.date() - timedelta(days=2))
    day += timedelta(days=(weekly.weekday - day.weekday()) % 7)
    last = until.date() + timedelta(days=2)
    if weekly.until_day is not None:
        last = min(last, weekly.until_day)
    while day <= last:
        start = instant(day, weekly.starts, zone)
        if after <= start < until:
            yield Slot(week_of(day), day, start, start + timedelta(minutes=weekly.minutes))
        day += timedelta(days=7)


def occurrences(
    weekly: Weekly, zone: str, after: datetime, until: datetime
) -> Iterator[tuple[datetime, datetime]]:
    """Start and end (UTC) of each occurrence that starts in [after, until)."""
    for slot in slots(weekly, zone, after, until):
        yield slot.starts_at, slot.ends_at


def week_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def weekdays_in(mask: int) -> list[int]:
    """The weekdays of a bit mask, Monday first."""
    return [day for day in range(7) if mask >> day & 1]


def mask_of(weekdays: list[int]) -> int:
    """The bit mask of weekdays; bit 0 is Monday."""
    return sum(1 << day for day in set(weekdays))
