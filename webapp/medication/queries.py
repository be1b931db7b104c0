"""Reading one's own medication."""

from dataclasses import dataclass, field
from datetime import date, time, timedelta

from sqlalchemy import select

from webapp.accounts.models import Person
from webapp.core import clock
from webapp.core.db import db
from webapp.entries.models import entry_id
from webapp.entries.queries import own_list
from webapp.medication.doses import Due, Ring, dose_id, due_on, rings
from webapp.medication.models import Answer, Dose, Medication


def medications_of(person: Person) -> list[Medication]:
    """What somebody takes, by name."""
    return sorted(own_list(person, Medication), key=lambda one: (one.name or "").casefold())


def rings_of(person: Person) -> dict[tuple[str, time], Ring]:
    """The times of day at which somebody wants to be reminded."""
    return rings(one.plan for one in own_list(person, Medication) if one.remind)


@dataclass(frozen=True)
class OnDay:
    """One dose of a day, and what was said about it."""

    medication: Medication
    due: Due
    dose: Dose | None


@dataclass(frozen=True)
class Needed:
    """A medication for when it is needed, with when it was taken on that day."""

    medication: Medication
    taken: list[Dose] = field(default_factory=list)


def doses_on(person: Person, medications: list[Medication], day: date) -> list[OnDay]:
    """What is due on a day, in the order of the day, in one statement."""
    due = [(one, when) for one in medications for when in due_on(one.plan, day)]
    ids = [entry_id(person.id, dose_id(one.id, when.day, when.time)) for one, when in due]
    found = {
        dose.id: dose
        for dose in db.session.scalars(
            select(Dose).where(
                Dose.id.in_(ids), Dose.author_id == person.id, Dose.removed_at.is_(None)
            )
        )
    }
    rows = [OnDay(one, when, found.get(id)) for (one, when), id in zip(due, ids, strict=True)]
    return sorted(rows, key=lambda row: (row.due.at, row.due.time, row.medication.name or ""))


def needed_on(person: Person, medications: list[Medication], day: date, zone: str) -> list[Needed]:
    """What is taken only when needed, and when it was on that day."""
    rows = {str(one.id): Needed(one) for one in medications if not one.times}
    if rows:
        start, end = (clock.start_of_day(one, zone) for one in (day, day + timedelta(days=1)))
        for dose in db.session.scalars(
            select(Dose)
            .where(
                Dose.author_id == person.id,
                Dose.happened_at >= start,
                Dose.happened_at < end,
                Dose.removed_at.is_(None),
            )
            .order_by(Dose.happened_at)
        ):
            if not dose.time and dose.medication in rows:
                rows[dose.medication].taken.append(dose)
    return list(rows.values())


@dataclass
class Lately:
    """How the last days went, in counts, for the printed list."""

    taken: int = 0
    skipped: int = 0
    unsaid: int = 0


def lately(
    person: Person, medications: list[Medication], today: date, days: int
) -> dict[str, Lately]:
    """For each medication with times, the counts of the days before today."""
    counts = {str(one.id): Lately() for one in medications if one.times}
    for back in range(1, days + 1):
        for row in doses_on(person, medications, today - timedelta(days=back)):
            count = counts[str(row.medication.id)]
            answer = row.dose.answer if row.dose else None
            count.taken += answer == Answer.TAKEN
            count.skipped += answer == Answer.SKIPPED
            count.unsaid += answer not in (Answer.TAKEN, Answer.SKIPPED)
    return counts
