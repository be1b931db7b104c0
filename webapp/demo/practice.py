"""What Ana practiced: feet on the floor and urges that she watched."""

from datetime import datetime, timedelta
from uuid import uuid5

from webapp.accounts.models import Person
from webapp.core import clock
from webapp.demo.backdated import written_at
from webapp.entries.actions import write
from webapp.mindfulness.exercises import SURF
from webapp.mindfulness.models import Practice

# Days ago, hour, exercise, minutes, before, after, what she noticed, taps a minute.
DONE = (
    (19, 21, SURF, 3, 8, 6, "It got stronger first.", (8, 9, 7, 6)),
    (17, 7, "feet", 1, 5, 4, "", ()),
    (14, 22, SURF, 10, 7, 3, "It eased up around minute five.", (7, 8, 7, 6, 4, 3, 3)),
    (12, 7, "feet", 3, 6, 3, "Cold floor, hot tea.", ()),
    (10, 21, SURF, 10, 8, 2, "", (8, 8, 7, 5, 5, 4, 3, 2)),
    (9, 18, "kindness", 3, 4, 4, "Felt silly.", ()),
    (7, 17, SURF, 3, 7, 4, "In the parking lot.", (7, 6, 5, 4)),
    (5, 7, "feet", 3, 5, 2, "", ()),
    (3, 22, SURF, 10, 6, 2, "Still couldn’t sleep, but calmer.", (6, 6, 4, 3, 2)),
    (1, 21, SURF, 3, 6, 3, "I could tell when it peaked.", (6, 7, 5, 3)),
)


def practice(person: Person, now: datetime, zone: str) -> None:
    """Write down what she did in the last three weeks."""
    today = clock.local(now, zone)
    for days, hour, exercise, minutes, before, after, notes, taps in DONE:
        at = (today - timedelta(days=days)).replace(hour=hour, minute=10, second=0, microsecond=0)
        content = {
            "exercise": exercise, "minutes": minutes, "before": before, "after": after,
            "samples": [list(sample) for sample in enumerate(taps)], "notes": notes, "zone": zone,
        }  # fmt: skip
        done = write(Practice, person, uuid5(person.id, f"practice {days}"), at, content)
        written_at(done.happened_at + timedelta(minutes=minutes), done)
