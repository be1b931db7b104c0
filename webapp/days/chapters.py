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
# What is round enough to be said, the longest first.
MONTHS = (6, 3, 2, 1)
DAYS = {14: (2, "week"), 7: (1, "week"), 1: (1, "day")}


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
    for day in sorted({returned for returned in returns if since <= returned <= today}):
        if first < day:
            found.append(Chapter(first, day - DAY))
        first = day + DAY
    if first <= today:
        found.append(Chapter(first, today))
    year = date(today.year, 1, 1)
    return Count(
        found,
        current=found[-1].days if found and found[-1].last == today else 0,
        in_all=sum(chapter.days for chapter in found),
        this_year=sum(Chapter(max(chapter.first, year), chapter.last).days for chapter in found
                      if chapter.last >= year),
        longest=max((chapter.days for chapter in found), default=0),
    )  # fmt: skip


def rings(days: int) -> int:
    """First days, weeks, months, a year and on: 1 to 4, and never fewer again: all days count."""
    return 1 + sum(days >= enough for enough in (7, 30, 365))


def marked(days: Iterable[date], today: date) -> tuple[int, int, int]:
    """On how many of the last seven days, of the last thirty, and in all."""
    until_now = {day for day in days if day <= today}
    lately = [(today - marked_day).days for marked_day in until_now]
    return sum(ago < 7 for ago in lately), sum(ago < 30 for ago in lately), len(until_now)


def reached(first: date, today: date) -> tuple[int, str] | None:
    """The last round number that is behind somebody, (2, "week"): on the anniversary, never before.

    A year from February 29, a month from January 31: passed on the day after the missing one.
    """
    months = (today.year - first.year) * 12 + today.month - first.month - (today.day < first.day)
    if months >= 12:
        return months // 12, "year"
    for month in MONTHS:
        if month <= months:
            return month, "month"
    return next((mark for days, mark in DAYS.items() if days <= (today - first).days), None)
