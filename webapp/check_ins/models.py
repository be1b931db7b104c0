"""The kinds of entry that a check-in leaves, drafts, and what the clinic brought in and set."""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.check_ins.weekly import KEY, USE
from webapp.check_ins.words import UNSAFE
from webapp.core import clock
from webapp.core.db import Base
from webapp.core.sealing import Sealed, SealedRow
from webapp.core.types import UtcDateTime
from webapp.entries.models import Entry
from webapp.entries.words import Acted

HARD_CRAVING, LOWEST_MOOD = 8, 1  # from here on, the way to the safety plan stands beside it


class CheckIn(Entry, kind="check-in"):
    """How somebody is today, in taps."""

    lines = "check_ins/line.html"
    page = "check_ins.show"

    mood = Sealed[int]()  # of words.MOODS
    craving = Sealed[int]()  # 0 none .. 10 overwhelming
    sleep = Sealed[int]()  # of words.SLEPT
    medication = Sealed[str]()  # of words.TAKEN
    connection = Sealed[str]()  # of words.CONNECTED
    used = Sealed[str]()  # entries.words.Acted
    safety = Sealed[str]()  # words.Safety
    note = Sealed[str]()
    zone = Sealed[str]()  # where the clock on the wall stood

    @property
    def is_unsafe(self) -> bool:
        """Whether somebody said that they aren't safe, or aren't sure."""
        return self.safety in UNSAFE

    @property
    def missed_medication(self) -> bool:
        """Whether some of the day's medication wasn't taken."""
        return self.medication in ("no", "part")

    @property
    def has_used(self) -> bool:
        return self.used == Acted.YES

    @property
    def is_hard(self) -> bool:
        """Whether it is a hard day, by what was tapped and nothing else."""
        return self.is_unsafe or (self.craving or 0) >= HARD_CRAVING or self.mood == LOWEST_MOOD


class Answers(Entry, kind="answers"):
    """A finished questionnaire: each answer, and what they added up to."""

    lines = "check_ins/answers_line.html"
    page = "check_ins.result"

    instrument = Sealed[str]()  # the id of the version that was answered
    key = Sealed[str]()  # the same from one version to the next
    name = Sealed[str]()  # what it was called
    answers = Sealed[dict[str, Any]]()  # by link id
    said = Sealed[list[list[str]]]()  # question and answer, as they read
    scores = Sealed[dict[str, str]]()  # by scale
    tops = Sealed[dict[str, str]]()  # the highest that each could be
    at_once = Sealed[list[list[str]]]()  # what showed the safety plan: question and answer
    begun_at = Sealed[str]()
    zone = Sealed[str]()  # where the clock on the wall stood

    @property
    def is_unsafe(self) -> bool:
        return bool(self.at_once)

    @property
    def has_used(self) -> bool:
        return bool(self.days_of_use)

    @property
    def days_of_use(self) -> dict[str, str]:
        """On how many of its seven days somebody used, by question: only the weekly one asks."""
        answers = self.answers or {} if self.key == KEY else {}
        return {name: answers[name] for name in USE if answers.get(name, "0") != "0"}


class CheckInDraft(SealedRow, Base):
    """Answers so far. Nobody else's, in no list and no share: it isn't an entry yet.

    The id is a keyed hash of person and instrument: without our keys the table doesn't say who
    answers what.
    """

    __tablename__ = "check_in_draft"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    instrument = Sealed[str]()
    made = Sealed[str]()  # becomes the entry's UUID, so that finishing twice makes one
    answers = Sealed[dict[str, Any]]()

    @property
    def sealed_for(self) -> UUID:
        return self.person_id

    @property
    def sealed_as(self) -> str:
        return f"{self.id}|{self.person_id}"


class InstrumentFile(Base):
    """A questionnaire as the operator brought it in. A changed one is a new row: what was
    answered stays with what was asked. No patient's words, so nothing is sealed."""

    __tablename__ = "instrument"
    __table_args__ = (UniqueConstraint("key", "number"),)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    key: Mapped[str] = mapped_column(String(255))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(255))
    questionnaire: Mapped[str] = mapped_column(Text)  # the file, as JSON
    scoring: Mapped[str] = mapped_column(Text)  # the file beside it, as TOML
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary(32))
    imported_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    replaced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class DueDays(Base):
    """When the program asks: `what` is "daily", "weekly" or an instrument's key."""

    __tablename__ = "check_in_due"
    __table_args__ = (
        CheckConstraint("weekdays BETWEEN 0 AND 127", "weekdays"),
        CheckConstraint("every_weeks BETWEEN 1 AND 12", "every_weeks"),
    )
    what: Mapped[str] = mapped_column(String(255), primary_key=True)
    weekdays: Mapped[int]  # bit 0 is Monday; 0: not asked, only there to be chosen
    every_weeks: Mapped[int] = mapped_column(default=1)
    from_day: Mapped[date]
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    changed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
