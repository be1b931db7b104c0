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


def occurrences(
    weekly: Weekly, zone: str, after: datetime, until: datetime
) -> Iterator[tuple[datetime, datetime]]:
    """Start and end (UTC) of each occurrence that starts in [after, until).

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
            yield start, start + timedelta(minutes=weekly.minutes)
        day += timedelta(days=7)
