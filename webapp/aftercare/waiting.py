"""How long somebody waits for a call before it is said that no one answered. Pure."""

from collections.abc import Set
from datetime import date, datetime, time, timedelta

DAY = timedelta(days=1)
FURTHEST = 60  # days without one working day among them that are believed


def answer_by(asked: datetime, holidays: Set[date]) -> datetime:
    """One working day later, on the clock of the wall; of a day off, from the next working day."""
    day, at = asked.date(), asked.time()
    if _is_off(day, holidays):
        day, at = _next(day, holidays), time(0)
    return datetime.combine(_next(day, holidays), at)


def _next(day: date, holidays: Set[date]) -> date:
    days = (day + DAY * ahead for ahead in range(1, FURTHEST))
    return next((one for one in days if not _is_off(one, holidays)), day + DAY)


def _is_off(day: date, holidays: Set[date]) -> bool:
    return day.weekday() >= 5 or day in holidays
