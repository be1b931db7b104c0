"""The kinds of entry about medication."""

from datetime import date, datetime, time
from enum import StrEnum

from webapp.core import clock
from webapp.core.crypto.sealing import Sealed
from webapp.core.limits import ITEMS
from webapp.entries.models import Entry
from webapp.medication.doses import EVERY_DAY, Times


class DoseAnswer(StrEnum):
    """What became of a dose, as its person says."""

    TAKEN = "taken"
    SKIPPED = "skipped"
    LATER = "later"


class Medication(Entry, kind="medication"):
    """Something that somebody takes. `happened_at` is when it was put on the list."""

    lines = "medication/line.html"
    page = "medication.show"
    most = ITEMS

    name = Sealed[str]()
    dose = Sealed[str]()
    times = Sealed[list[str]]()  # "08:00" on the wall; none: only when it is needed
    weekdays = Sealed[list[int]]()  # 0 is Monday
    prescriber = Sealed[str]()
    refill = Sealed[str]()  # a day, as 2026-11-23
    notes = Sealed[str]()  # for the prescriber
    remind = Sealed[bool]()
    zone = Sealed[str]()  # where the clock on the wall stands
    away = Sealed[list[list[str]]]()  # when it was taken off the list, and when put back

    @property
    def plan(self) -> Times:
        """When it is taken, as plain values."""
        zone = self.zone or "UTC"
        return Times(
            self.name or "",
            tuple(time.fromisoformat(at) for at in self.times or []),
            zone,
            clock.local(self.happened_at, zone).date(),
            tuple(EVERY_DAY if self.weekdays is None else self.weekdays),
            self.dose or "",
        )

    @property
    def off(self) -> list[tuple[datetime, datetime | None]]:
        """When it was off the list lately, and until when."""
        ended = [(datetime.fromisoformat(since), datetime.fromisoformat(until))
                 for since, until in self.away or []]  # fmt: skip
        return [*ended, (self.removed_at, None)] if self.removed_at else [*ended]

    @property
    def refill_day(self) -> date | None:
        """When it runs out, if that was said."""
        return date.fromisoformat(self.refill) if self.refill else None


class Dose(Entry, kind="dose"):
    """One time of a medication: taken, skipped or later. `happened_at` is when that was said."""

    lines = "medication/dose_line.html"
    page = "medication.edit_dose"

    medication = Sealed[str]()  # the entry's id
    name = Sealed[str]()  # as it was called then; it stays when the list changes
    day = Sealed[str]()
    time = Sealed[str]()  # absent for one that is taken when needed
    answer = Sealed[str]()  # DoseAnswer
    zone = Sealed[str]()
