"""Reading one's own medication: what is on the list, and what was on it on former days."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import or_, select

from webapp.accounts.models import Person
from webapp.core import clock
from webapp.core.data.db import db
from webapp.core.folding import folded
from webapp.entries.models import entry_id
from webapp.entries.queries import Version, own_list, versions_since
from webapp.medication.doses import (
    DAY,
    Due,
    History,
    InForce,
    Ring,
    Times,
    comes_first,
    dose_id,
    due_then,
    is_only_when_needed,
    may_be_due_on,
    rings,
)
from webapp.medication.models import Dose, DoseAnswer, Medication

BACK = 14  # days that are counted, and that can be filled in later
KNOWN = timedelta(days=BACK + 2)  # how far back what was planned is looked up
MOST_CHANGES = 400
ASKED_AHEAD, ASKED_FOR = timedelta(hours=1), timedelta(hours=4)  # around the hour of a dose


@dataclass(frozen=True)
class Listed:
    """A medication with its plans of the last two weeks."""

    medication: Medication
    history: History


@dataclass(frozen=True)
class OnDay:
    """One dose of a day, and what was said about it."""

    medication: Medication
    due: Due
    dose: Dose | None

    @property
    def is_open(self) -> bool:
        """Whether it is still to be answered."""
        return self.dose is None or self.dose.answer == DoseAnswer.LATER


@dataclass(frozen=True)
class Needed:
    """A medication for when it is needed, with when it was taken on a day."""

    medication: Medication
    is_listed: bool
    taken: list[Dose] = field(default_factory=list)


@dataclass
class Lately:
    """How the last days went, in counts, for the printed list."""

    taken: int = 0
    skipped: int = 0
    unsaid: int = 0
    needed: int = 0

    @property
    def is_said(self) -> bool:
        """Whether anything was noted."""
        return self.taken + self.skipped + self.needed > 0


def listed_of(person: Person) -> list[Listed]:
    """What is on somebody's list or was on it in the last two weeks, by name.

    What was planned on a former day is told by the versions that a change leaves behind.
    """
    since = clock.now() - KNOWN
    found = db.session.scalars(
        select(Medication).where(
            Medication.author_id == person.id,
            or_(Medication.removed_at.is_(None), Medication.removed_at > since),
        )
    ).all()
    former: dict[UUID, list[Version]] = {}
    if any(medication.version > 1 and medication.updated_at > since for medication in found):
        # A phone brings many doses at once; until a plan changes, the former ones are the same.
        known = db.session.info.setdefault("former plans", {})
        state = (
            person.id,
            tuple(sorted((medication.id, medication.version) for medication in found)),
        )
        if state not in known:
            known[state] = versions_since(person, Medication, since, MOST_CHANGES)
        former = known[state]
    return [
        listed_with(medication, former.get(medication.id, []))
        for medication in sorted(found, key=_by_name)
    ]


def listed_with(medication: Medication, former: list[Version]) -> Listed:
    """A medication with how it was before, lately."""
    return Listed(medication, _history(medication, former))


def rings_of(person: Person) -> dict[tuple[str, time], Ring]:
    """The times of day at which somebody wants to be reminded."""
    return rings(
        medication.plan for medication in own_list(person, Medication) if medication.remind
    )


def doses_on(person: Person, listed: list[Listed], day: date) -> list[OnDay]:
    """What was due on a day by what was planned then, in the order of the day, in one statement."""
    found = db.session.scalars(
        select(Dose).where(
            Dose.id.in_(_ids(person, listed, day).values()),
            Dose.author_id == person.id,
            Dose.removed_at.is_(None),
        )
    )
    return on_day(person, listed, day, found)


def on_day(person: Person, listed: list[Listed], day: date, doses: Iterable[Dose]) -> list[OnDay]:
    """The same, with doses that were read already."""
    found = {dose.id: dose for dose in doses}
    said: dict[UUID, dict[time, Dose]] = {}
    for (medication, at), id in _ids(person, listed, day).items():
        if id in found:
            said.setdefault(medication, {})[at] = found[id]
    rows = [
        row
        for on_list in listed
        for row in _rows(on_list, day, said.get(on_list.medication.id, {}))
    ]
    return sorted(rows, key=lambda row: (row.due.at, row.due.time, row.medication.name or ""))


def due_now(
    person: Person, listed: list[Listed], doses: Iterable[Dose], now: datetime
) -> list[OnDay]:
    """What is to be taken around now and wasn't answered at all: also late in an evening that is
    over. Whoever taps "Later" isn't asked again."""
    doses, rows = list(doses), []
    for on_list in listed:
        zone = on_list.medication.plan.zone
        days = {clock.local(at, zone).date() for at in (now - ASKED_FOR, now + ASKED_AHEAD)}
        rows += [row for day in days for row in on_day(person, [on_list], day, doses)]
    due = [
        row
        for row in rows
        if row.dose is None
        and row.due.at >= row.medication.happened_at
        and now - ASKED_FOR <= row.due.at <= now + ASKED_AHEAD
    ]
    return sorted(due, key=lambda row: row.due.at)


def _ids(person: Person, listed: list[Listed], day: date) -> dict[tuple[UUID, time], UUID]:
    return {
        (on_list.medication.id, at): entry_id(person.id, dose_id(on_list.medication.id, day, at))
        for on_list in listed
        for at in may_be_due_on(on_list.history, day)
    }


def last_night(
    person: Person, listed: list[Listed], rows: list[OnDay], today: date, now: datetime
) -> list[OnDay]:
    """Yesterday's doses that are still open and nearer than the next one of the same medication.

    `rows` are today's. After midnight, who taps "Taken" means the dose of the evening.
    """

    def following(on_day: OnDay) -> datetime | None:
        same = (row.due.at for row in rows if row.medication is on_day.medication)
        return min((at for at in same if at > on_day.due.at), default=None)

    return [
        dose
        for dose in doses_on(person, listed, today - DAY)
        if dose.is_open
        and dose.medication.removed_at is None
        and dose.due.at >= dose.medication.happened_at
        and comes_first(dose.due.at, following(dose), now)
    ]


def needed_on(person: Person, listed: list[Listed], day: date, zone: str) -> list[Needed]:
    """What was taken only when needed, and when it was on that day."""
    taken: dict[str, list[Dose]] = {}
    for dose in _needed_between(person, day, day + DAY, zone):
        taken.setdefault(dose.medication or "", []).append(dose)
    rows = [
        Needed(
            on_list.medication,
            is_only_when_needed(on_list.history, day),
            taken.get(str(on_list.medication.id), []),
        )
        for on_list in listed
    ]
    return [row for row in rows if row.is_listed or row.taken]


def lately(person: Person, listed: list[Listed], today: date, zone: str) -> dict[UUID, Lately]:
    """For each medication, the counts of the two weeks before today."""
    counts = {on_list.medication.id: Lately() for on_list in listed}
    for back in range(1, BACK + 1):
        for row in doses_on(person, listed, today - back * DAY):
            count = counts[row.medication.id]
            answer = row.dose.answer if row.dose else None
            count.taken += answer == DoseAnswer.TAKEN
            count.skipped += answer == DoseAnswer.SKIPPED
            # What was due before it was on the list can be noted; it isn't missing.
            count.unsaid += row.is_open and row.due.at >= row.medication.happened_at
    by_text = {str(id): count for id, count in counts.items()}
    for dose in _needed_between(person, today - BACK * DAY, today, zone):
        if dose.answer == DoseAnswer.TAKEN and dose.medication in by_text:
            by_text[dose.medication].needed += 1
    return counts


def _by_name(medication: Medication) -> str:
    return folded(medication.name or "")


def _history(medication: Medication, former: list[Version]) -> list[InForce]:
    """Its plans in the order in which they came, with the times while it was off the list."""
    since = medication.happened_at
    told = [
        (version.written_at, Medication.told(version.content, happened_at=since))
        for version in former
    ]
    plans = [InForce(at, state.plan) for at, state in [*told, (medication.updated_at, medication)]]
    plans[0] = InForce(since, plans[0].plan)
    changes = [plans[0]]
    for plan in plans[1:]:
        if plan.says != changes[-1].says:
            changes.append(plan)
    for begun, ended in medication.off:
        changes.append(InForce(begun, _plan_at(changes, begun), is_listed=False))
        if ended is not None:
            changes.append(InForce(ended, _plan_at(changes, ended)))
    return sorted(changes, key=lambda change: change.since)


def _plan_at(changes: list[InForce], at: datetime) -> Times:
    return max((change for change in changes if change.is_listed and change.since <= at),
               key=lambda listed: listed.since, default=changes[0]).plan  # fmt: skip


def _rows(on_list: Listed, day: date, doses: dict[time, Dose]) -> Iterator[OnDay]:
    answered = {at for at, dose in doses.items() if dose.answer != DoseAnswer.LATER}
    for due in due_then(on_list.history, day, answered):
        yield OnDay(on_list.medication, due, doses.get(due.time))


def _needed_between(person: Person, first: date, before: date, zone: str) -> list[Dose]:
    """Doses that were taken when needed, on the days from the first one on, in their order."""
    start, end = (clock.start_of_day(day, zone) for day in (first, before))
    found = db.session.scalars(
        select(Dose)
        .where(
            Dose.author_id == person.id,
            Dose.happened_at >= start,
            Dose.happened_at < end,
            Dose.removed_at.is_(None),
        )
        .order_by(Dose.happened_at)
    )
    return [dose for dose in found if not dose.time]
