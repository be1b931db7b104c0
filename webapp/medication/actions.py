"""Keeping the list with its reminders, and saying what became of a dose."""

from collections.abc import Iterator, Mapping, Set
from contextlib import contextmanager
from datetime import date, datetime, time
from typing import Any
from uuid import UUID, uuid5

from webapp.accounts.models import Person
from webapp.core import clock
from webapp.core.data.db import db
from webapp.entries import actions as entries
from webapp.entries.models import entry_id
from webapp.entries.queries import own
from webapp.medication import queries
from webapp.medication.models import Dose, DoseAnswer, Medication
from webapp.reminders.actions import remind, ring_again, settle, stop_reminding
from webapp.reminders.schedule import AtTimes, Kind

# One rule a time of day, about that time: three medications at eight ring once.
_RINGS = UUID("5b3c1f57-7c0e-4a0b-9e86-0d5f8a3b9c21")


@contextmanager
def reminders_follow(person: Person) -> Iterator[None]:
    """Change the list inside of this: the reminders change with it, and only those.

    Somebody may have switched a reminder off since; it stays off until its own time changes.
    """
    before = queries.rings_of(person)
    yield
    db.session.flush()
    after = queries.rings_of(person)
    now = clock.now()
    for key in before.keys() - after.keys():
        stop_reminding(person, Kind.DAILY, _about(*key))
    for (zone, at), ring in after.items():
        if before.get((zone, at)) != ring:
            today = clock.local(now, zone).date()
            name = ", ".join(ring.names)[:200]
            # Kind.DAILY, as for anything else: the table doesn't say what it is for.
            remind(person, AtTimes((at,), zone, today, _about(zone, at), name, ring.weekdays))
    if after != before:
        # Whoever took a dose isn't reminded of it at the hour to which it was moved.
        for zone in {zone for zone, _at in after}:
            times = {at for known, at in after if known == zone}
            _settle_answered(person, zone, clock.local(now, zone).date(), times)


def change(medication: Medication, version: int, _at: datetime, typed: Mapping[str, Any]) -> None:
    """Change what is on the list. How it was stays as a version, and former days follow that."""
    kept = {"away": medication.away}
    entries.edit(medication, version, medication.happened_at, {**typed, **kept})


def change_dose(dose: Dose, version: int, at: datetime, typed: Mapping[str, Any]) -> None:
    """Answer otherwise, or give another time; which dose it is stays."""
    same = {name: dose.content.get(name) for name in ("medication", "name", "day", "time")}
    entries.edit(dose, version, at, {**typed, **same})


def put_back(medication: Medication) -> None:
    """Back on the list. The days on which it was off stay days without a dose."""
    now, removed_at = clock.now(), medication.removed_at
    zone = medication.plan.zone
    if removed_at and clock.local(removed_at, zone).date() < clock.local(now, zone).date():
        known = (now - queries.KNOWN).isoformat()
        lately = [period for period in medication.away or [] if period[1] > known]
        medication.away = [*lately, [removed_at.isoformat(), now.isoformat()]]
    entries.restore(medication)


def say(person: Person, made_on_phone: UUID, at: datetime, content: Mapping[str, Any]) -> Dose:
    """Keep what became of a dose. The same tap twice is one; another answer takes its place."""
    there = own(person, Dose, entry_id(person.id, made_on_phone), removed=True)
    if there is None:
        return entries.write(Dose, person, made_on_phone, at, content)
    entries.restore(there)
    if there.answer != content["answer"]:
        entries.edit(there, there.version, at, content)
    return there


def settle_reminder(person: Person, medication: Medication, dose: Dose) -> bool:
    """What was answered doesn't ring any more; "later" rings once more. Returns whether it will."""
    if not medication.remind or not dose.time:
        return False
    day, at = date.fromisoformat(dose.day or ""), time.fromisoformat(dose.time)
    zone = medication.plan.zone
    which = person, Kind.DAILY, _about(zone, at), clock.instant(day, at, zone)
    if dose.answer == DoseAnswer.LATER:
        return ring_again(*which)
    _settle_answered(person, zone, day, {at})
    return False


def answered(person: Person, dose: Dose) -> None:
    """What was answered on its own page, or without a network, doesn’t ring any more either.

    "Later" was said for then, not for when it arrived.
    """
    about = own(person, Medication, UUID(dose.medication or ""), removed=True)
    if about is not None and dose.answer != DoseAnswer.LATER:
        settle_reminder(person, about, dose)


def _settle_answered(person: Person, zone: str, day: date, times: Set[time]) -> None:
    """Nothing rings at those times of a day at which nothing is open any more."""
    listed = [on_list for on_list in queries.listed_of(person) if on_list.medication.remind]
    rows = queries.doses_on(person, listed, day)
    still = {row.due.time for row in rows if row.is_open and row.medication.plan.zone == zone}
    for at in times - still:
        settle(person, Kind.DAILY, _about(zone, at), clock.instant(day, at, zone))


def _about(zone: str, at: time) -> UUID:
    return uuid5(_RINGS, f"{zone} {at.isoformat('minutes')}")
