"""Reading one's own visits and rhythm."""

from collections.abc import Iterable
from datetime import date, datetime
from itertools import groupby

from webapp.accounts.models import Person
from webapp.core import clock
from webapp.core.db import db
from webapp.entries.queries import own_list
from webapp.meetings.models import MeetingRhythm, Visit
from webapp.meetings.rhythm import Rhythm, rhythm

PAGE = 40


def rhythm_row(person: Person) -> MeetingRhythm | None:
    """What somebody wished for, if they did."""
    return db.session.get(MeetingRhythm, person.id)


def visits_of(person: Person) -> list[Visit]:
    """All of somebody's visits, the newest first."""
    return own_list(person, Visit)


def rhythm_of(visits: list[Visit], row: MeetingRhythm | None, zone: str, now: datetime) -> Rhythm:
    """This week, the gap and the ninety, by the wall clocks of the visits."""
    start = row.ninety_from if row else None
    return rhythm(
        [local_day(one, zone) for one in visits],
        clock.local(now, zone).date(),
        row.a_week if row else None,
        date.fromisoformat(start) if start else None,
    )


def local_day(visit: Visit, zone: str) -> date:
    """The day of a visit where it was."""
    return clock.local(visit.happened_at, visit.zone or zone).date()


def by_day(visits: Iterable[Visit], zone: str) -> list[tuple[date, list[Visit]]]:
    """Visits under their days, in the order given."""
    found = groupby(visits, key=lambda one: local_day(one, zone))
    return [(day, list(some)) for day, some in found]
