"""When the five questions are asked. Pure: plain values in and out."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

Period = tuple[datetime, datetime | None]  # in a group from, until


class Point(StrEnum):
    """Where in somebody's way. Stored, and never renamed."""

    FIRST_WEEK = "first_week"
    DAY_90 = "day_90"
    DAY_180 = "day_180"
    DAY_365 = "day_365"


FIRST = timedelta(days=7)
AFTER = {Point.DAY_90: 90, Point.DAY_180: 180, Point.DAY_365: 365}  # days since the last group
OPEN_FOR = timedelta(days=30)
ASKED_AGAIN = OPEN_FOR + timedelta(days=10)  # longer than one window, shorter than between two


def point_at(periods: Iterable[Period], now: datetime) -> Point | None:
    """Where somebody is: in the first week of this time in the program, from whichever group to
    whichever; or some days after they left the last one."""
    begun = ended = None
    for since, until in sorted(periods, key=lambda period: period[0]):
        if begun is None or (ended is not None and since > ended):
            begun, ended = since, until
        elif ended is not None:
            ended = until if until is None else max(ended, until)
    if begun is None:
        return None
    if ended is None or ended > now:
        return Point.FIRST_WEEK if begun <= now < begun + FIRST else None
    return next((point for point, days in AFTER.items() if _is_open(days, now - ended)), None)


def _is_open(days: int, since: timedelta) -> bool:
    return timedelta(days=days) <= since < timedelta(days=days) + OPEN_FOR
