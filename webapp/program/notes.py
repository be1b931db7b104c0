"""How long facilitators may look at what was shared for a session: through their notes. Pure."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta

from webapp.core import clock

SATURDAY = 5


def notes_end(ends_at: datetime, at: str, zone: str, holidays: Collection[date]) -> datetime | None:
    """That hour on the next day, after the one on which a session ends, on which the clinic works:
    a weekday that is no holiday. None where the program sets no hour."""
    if not at:
        return None
    day = clock.local(ends_at, zone).date() + timedelta(days=1)
    while day.weekday() >= SATURDAY or day in holidays:
        day += timedelta(days=1)
    return clock.instant(day, time.fromisoformat(at), zone)
