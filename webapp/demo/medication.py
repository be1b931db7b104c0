"""What Ana takes: two with times, one for when it is needed."""

from datetime import datetime, time, timedelta
from uuid import UUID, uuid5

from webapp.accounts.models import Person
from webapp.core import clock
from webapp.core.data.db import db
from webapp.demo.backdated import written_at
from webapp.entries.actions import write
from webapp.medication.doses import EVERY_DAY, dose_id, due_on
from webapp.medication.models import Dose, DoseAnswer, Medication

DAYS = 12
LIST = (
    ("Naltrexone", "50 mg, one tablet", "08:00", "Dr. Okafor", 9,
     "Evening urges aren’t as strong since week two. I get a little queasy if I don’t eat first."),
    ("Sertraline", "50 mg, one tablet", "08:00", "Dr. Okafor", 21,
     "Could this be why I can’t sleep?"),
    ("Melatonin", "2 mg", "", "", 0, ""),
)  # fmt: skip


def medicate(person: Person, now: datetime, zone: str) -> None:
    """Put them on her list, and tap most of the last days."""
    today = clock.local(now, zone).date()
    since = clock.instant(today - timedelta(days=DAYS), time(7), zone)
    for number, (name, dose, at, prescriber, refill, notes) in enumerate(LIST):
        content = {
            "name": name, "dose": dose, "times": [at] if at else [], "weekdays": list(EVERY_DAY),
            "prescriber": prescriber, "notes": notes, "zone": zone,
            "refill": (today + timedelta(days=refill)).isoformat() if refill else None,
        }  # fmt: skip
        made = write(Medication, person, uuid5(person.id, f"medication {number}"), since, content)
        written_at(since, made)
        db.session.flush()
        for back in range(1, DAYS):
            for due in due_on(made.plan, today - timedelta(days=back)):
                _tap(person, made.id, name, due.at, dose_id(made.id, due.day, due.time), zone, back)


def _tap(
    person: Person, medication: UUID, name: str, due: datetime, id: UUID, zone: str, back: int
) -> None:
    if back == 8:
        return  # one day that she didn't note
    at, local = due + timedelta(minutes=5 + back * 3), clock.local(due, zone)
    content = {
        "medication": str(medication), "name": name, "day": local.date().isoformat(),
        "time": local.strftime("%H:%M"), "zone": zone,
        "answer": DoseAnswer.SKIPPED if back == 4 else DoseAnswer.TAKEN,
    }  # fmt: skip
    written_at(at, write(Dose, person, id, at, content))
