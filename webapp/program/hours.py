"""Days, hours and what is left of what is covered. Pure: plain values in and out."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar
from uuid import UUID

from webapp.core import clock
from webapp.core.dates import number
from webapp.program.recurrence import week_of, weekdays_in

K = TypeVar("K", bound=Hashable)
OwnWeekdays = tuple[tuple[date, int], ...]  # (from, bit mask)

PLAN_AFTERCARE = timedelta(days=14)


def comes_on(day: date, own: Sequence[tuple[date, int]]) -> bool:
    """Whether somebody comes on a local day, by their own days: (from, bit mask), any order.

    Before the first of them, and without any, somebody comes on each of the group's days.
    """
    on = weekdays_on(day, own)
    return not on or day.weekday() in on


def weekdays_on(day: date, own: Sequence[tuple[date, int]]) -> list[int]:
    """The weekdays of the own days in force on a local day; none where somebody comes on all."""
    in_force = [(start, mask) for start, mask in own if start <= day]
    return weekdays_in(max(in_force)[1]) if in_force else []


def is_own_group_session(
    pattern_id: UUID | None, planned: datetime, zone: str, own: Sequence[tuple[date, int]]
) -> bool:
    """Whether a session, planned for this instant, is one of somebody's own days.

    A session beside the weekly ones is for everybody.
    """
    return pattern_id is None or comes_on(clock.local(planned, zone).date(), own)


def in_force(rows: Iterable[tuple[K, date, int]]) -> dict[K, OwnWeekdays]:
    """Own days by whose they are, from rows in the order in which they were made.

    Of two that begin on the same day, the later one counts.
    """
    found: dict[K, dict[date, int]] = {}
    for whose, from_day, weekdays in rows:
        found.setdefault(whose, {})[from_day] = weekdays
    return {whose: tuple(days.items()) for whose, days in found.items()}


def minutes_between(starts_at: datetime, ends_at: datetime) -> int:
    """Whole minutes, never below none."""
    return max(0, int((ends_at - starts_at).total_seconds() // 60))


def minutes_there(
    starts_at: datetime, ends_at: datetime, arrived_at: datetime | None, left_at: datetime | None
) -> int:
    """How long somebody took part; coming early and staying on don't count."""
    return minutes_between(
        max(starts_at, arrived_at or starts_at), min(ends_at, left_at or ends_at)
    )


@dataclass(frozen=True)
class CoveredSessions:
    """How much of what an insurance covers is used.

    `upcoming` are the starts of the sessions that somebody is expected at, in order.
    """

    sessions: int
    used: int
    review_day: date | None
    upcoming: tuple[datetime, ...] = ()
    goes_on: bool = False  # what comes next is agreed already, and begins before this is used up

    @property
    def left(self) -> int:
        """Sessions that are still covered; more may have been used than were."""
        return max(0, self.sessions - self.used)

    @property
    def last(self) -> datetime | None:
        """The last session that is covered, when it is near enough to be planned."""
        return self.upcoming[self.left - 1] if 0 < self.left <= len(self.upcoming) else None

    def is_short(self, now: datetime, today: date) -> bool:
        """Time to plan what comes after: it runs out, or is reviewed, within two weeks."""
        if self.goes_on:
            return False
        if self.left == 0:
            return True
        runs_out = self.last is not None and self.last - now <= PLAN_AFTERCARE
        return runs_out or (
            self.review_day is not None and self.review_day - today <= PLAN_AFTERCARE
        )


def in_hours(minutes: int) -> str:
    """9, 7.5 or 2.25: hours as a person says them."""
    return number(round(minutes / 60, 2))


def week_bounds(day: date, zone: str) -> tuple[datetime, datetime]:
    """The instants at which a day's week begins and ends."""
    monday = week_of(day)
    return clock.start_of_day(monday, zone), clock.start_of_day(monday + timedelta(days=7), zone)
