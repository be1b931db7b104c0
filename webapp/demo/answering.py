"""What people of the last year answered who aren't here: numbers without anybody behind them."""

from datetime import datetime, timedelta
from random import Random
from uuid import uuid4

from webapp.aftercare.points import Point
from webapp.core.data.db import db
from webapp.counting.actions import count
from webapp.counting.queries import last_settled
from webapp.program.models import Group
from webapp.reminders.models import Accepted

YEAR = 4  # quarters
TWO_YEARS = timedelta(days=730)


def answer(evening: Group, morning: Group, now: datetime, chance: Random) -> None:
    """Enough of them for most numbers to be shown, and few enough for some not to be."""
    for group in (evening, morning):
        group.made_at = now - TWO_YEARS
    latest = last_settled(now)
    for quarter in (latest.before(earlier) for earlier in range(YEAR)):
        db.session.add(Accepted(quarter=str(quarter), messages=chance.randint(700, 1100)))
        for point in Point:
            for group, people in ((evening, chance.randint(16, 24)), (morning, 13)):
                for _one in range(people):
                    count(uuid4(), group.id, point, _answers(point, chance), quarter.first)


def _answers(point: Point, chance: Random) -> dict[str, int | str]:
    is_first = point == Point.FIRST_WEEK
    return {
        "days_used": 0 if chance.random() > (0.7 if is_first else 0.4) else chance.randint(1, 12),
        "going": chance.choice((1, 2, 3) if is_first else (2, 3, 4, 5)),
        "occupied": chance.choice(("full", "part", "home", "no")),
        "nights": 0 if chance.random() > 0.15 else 2,
        "law": "no" if chance.random() > 0.05 else "yes",
        "safety_plan": "no" if chance.random() < (0.6 if is_first else 0.25) else "yes",
        "app": chance.choice(("most", "some", "hardly")),
    }
