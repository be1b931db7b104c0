"""Somebody in month nine after the program: visits, and how life is going."""

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid5

from webapp.accounts.models import Person
from webapp.aftercare.models import Life
from webapp.core import clock
from webapp.demo.backdated import written_at
from webapp.demo.people import LEFT_DAYS
from webapp.entries.actions import write
from webapp.week.actions import reminders_follow
from webapp.week.models import Appointment, Care

_OF = UUID("c1f3b6a2-0000-4000-8000-00000000de30")
# Days after leaving, and what was answered then.
LIVES: tuple[tuple[int, dict[str, Any]], ...] = (
    (91, {"days_used": 3, "occupied": "no", "going": 2, "nights": 1,
          "note": "New place, not much sleep. Used twice, told my counselor."}),
    (182, {"days_used": 0, "occupied": "part", "going": 4, "nights": 0,
           "note": "Working mornings. My sister calls on Sundays."}),
)  # fmt: skip
# Days from today, and what.
VISITS: tuple[tuple[int, time, dict[str, Any]], ...] = (
    (-34, time(10), {"title": "Dr. Lee", "care": Care.PSYCHIATRIST, "took_place": "yes"}),
    (-6, time(14), {"title": "Joan, counselor", "care": Care.COUNSELOR}),
    (5, time(10), {"title": "Dr. Lee", "care": Care.PSYCHIATRIST, "remind": True}),
)


def go_on(person: Person, now: datetime, zone: str) -> None:
    """What somebody keeps who left long ago."""
    today = clock.local(now, zone).date()
    for days, content in LIVES:
        at = clock.instant(today - timedelta(days=LEFT_DAYS - days), time(19), zone)
        id = uuid5(_OF, f"life {days}")
        written_at(at, write(Life, person, id, at, {**content, "zone": zone}))
    with reminders_follow(person):
        for days, starts, content in VISITS:
            at = clock.instant(today + timedelta(days=days), starts, zone)
            said = {"minutes": 50, "place": "Harbor Street Clinic", **content, "zone": zone}
            visit = write(Appointment, person, uuid5(_OF, f"visit {days}"), at, said)
            written_at(min(at, now) - timedelta(days=9), visit)
