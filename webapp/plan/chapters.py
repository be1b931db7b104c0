"""Counting days without ever counting back to nothing. Pure: `today` is an argument.

A return to use ends a chapter and begins another; the days before it stay lived. Counters that
fall to zero make a hard day worse and are a known reason to give up (the abstinence-violation
effect), so what is told first is the sum.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

SINCE, WITH = "since", "with"
DAY = timedelta(days=1)
MARKS = (365, 180, 90, 60, 30, 14, 7, 1)


@dataclass(frozen=True)
class Chapter:
    """Days in a row, both ends included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True)
class Count:
    """What the chapters add up to."""

    chapters: list[Chapter]
    current: int
    in_all: int
    this_year: int
    longest: int


def count(since: date, returns: Iterable[date], today: date) -> Count:
    """The chapters from the first day until today.

    The day of a return belongs to no chapter; the next chapter begins on the day after it.
    """
    found: list[Chapter] = []
    first = since
    for day in sorted({one for one in returns if since <= one <= today}):
        if first < day:
            found.append(Chapter(first, day - DAY))
        first = day + DAY
    if first <= today:
        found.append(Chapter(first, today))
    year = date(today.year, 1, 1)
    return Count(
        found,
        current=found[-1].days if found and found[-1].last == today else 0,
        in_all=sum(one.days for one in found),
        this_year=sum(Chapter(max(one.first, year), one.last).days for one in found
                      if one.last >= year),
        longest=max((one.days for one in found), default=0),
    )  # fmt: skip


def marked(days: Iterable[date], today: date) -> tuple[int, int, int]:
    """On how many of the last seven days, of the last thirty, and in all."""
    until_now = {one for one in days if one <= today}
    lately = [(today - one).days for one in until_now]
    return sum(one < 7 for one in lately), sum(one < 30 for one in lately), len(until_now)


def reached(days: int) -> int:
    """The last of our round numbers that was reached; 0 before the first."""
    return next((one for one in MARKS if one <= days), 0)
