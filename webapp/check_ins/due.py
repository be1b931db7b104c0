"""On which days a check-in is due. Pure: days in, days out.

A day that passes leaves nothing behind: what wasn't answered is simply asked again next time.
"""

from dataclasses import dataclass
from datetime import date, timedelta

DAY = timedelta(days=1)
LONGEST = 12  # weeks between two times
UNSET = date(2024, 1, 1)  # the first day of a rhythm that nobody chose


@dataclass(frozen=True)
class DueRhythm:
    """Weekdays (0 is Monday), every so many weeks; `open_for` days each time."""

    weekdays: tuple[int, ...]
    every_weeks: int = 1
    from_day: date = UNSET
    open_for: int = 7

    @property
    def is_set(self) -> bool:
        """Whether the program chose it."""
        return self.from_day != UNSET

    def falls_on(self, day: date) -> bool:
        """Whether this is one of its days."""
        weeks = (_monday(day) - _monday(self.from_day)).days // 7
        return day.weekday() in self.weekdays and weeks % self.every_weeks == 0


def due_since(rhythm: DueRhythm, today: date) -> date | None:
    """The day from which on it is open today, if it is."""
    days = (today - DAY * back for back in range(rhythm.open_for))
    return next((day for day in days if rhythm.falls_on(day)), None)


def is_due(rhythm: DueRhythm, last: date | None, today: date) -> bool:
    """Whether to ask today, when it was last answered on `last`."""
    since = due_since(rhythm, today)
    return since is not None and (last is None or last < since)


def next_day(rhythm: DueRhythm, last: date | None, today: date) -> date | None:
    """The day from today on at which it is due: today, while it is open."""
    if is_due(rhythm, last, today):
        return today
    days = (today + DAY * ahead for ahead in range(1, 7 * (rhythm.every_weeks + 1) + 1))
    return next((day for day in days if rhythm.falls_on(day)), None)


def _monday(day: date) -> date:
    return day - DAY * day.weekday()
