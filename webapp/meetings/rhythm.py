"""How often somebody goes, beside how often they want to. Pure: plain values in and out."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

NINETY = 90
GRACE = 2  # days beyond the usual gap before anything is said


@dataclass(frozen=True)
class Ninety:
    """Where somebody is in 90 meetings in 90 days. There is no row that can break."""

    day: int
    meetings: int
    is_over: bool


@dataclass(frozen=True)
class Rhythm:
    """This week, the days since the last visit when that is worth a gentle word, and the ninety."""

    this_week: int
    a_week: int | None
    gap: int | None
    ninety: Ninety | None

    @property
    def is_reached(self) -> bool:
        """Whether this week has as many visits as somebody wanted."""
        return self.a_week is not None and self.this_week >= self.a_week


def rhythm(
    visits: Collection[date], today: date, a_week: int | None, ninety_from: date | None
) -> Rhythm:
    """What to say about one person's visits. A week begins on Monday."""
    monday = today - timedelta(days=today.weekday())
    this_week = sum(monday <= day <= today for day in visits)
    return Rhythm(
        this_week, a_week, _gap(visits, today, a_week), _ninety(visits, today, ninety_from)
    )


def _gap(visits: Collection[date], today: date, a_week: int | None) -> int | None:
    past = [day for day in visits if day <= today]
    if not a_week or not past:
        return None
    days = (today - max(past)).days
    usual = -(-7 // a_week)
    return days if days > usual + GRACE else None


def _ninety(visits: Collection[date], today: date, start: date | None) -> Ninety | None:
    if start is None or start > today:
        return None
    last = min(today, start + timedelta(days=NINETY - 1))
    meetings = sum(start <= day <= last for day in visits)
    return Ninety((last - start).days + 1, meetings, today > last)
