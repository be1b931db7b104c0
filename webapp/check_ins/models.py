"""The daily check-in as an entry, and when the program asks for what."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from webapp.check_ins.words import COURSE, OVER_TIME, UNSAFE
from webapp.core import clock
from webapp.core.crypto.sealing import Sealed
from webapp.core.data.db import Base
from webapp.core.data.types import UtcDateTime
from webapp.entries.models import Entry
from webapp.entries.words import Acted

HARD_CRAVING, LOWEST_MOOD = 8, 1  # from here on, the way to the safety plan stands beside it


class CheckIn(Entry, kind="check-in"):
    """How somebody is today, in taps."""

    lines = "check_ins/line.html"
    page = "check_ins.show"
    has_course, course_words = True, COURSE

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
    def sums(self) -> dict[str, tuple[str, str]]:
        return {
            str(name): (str(self.content[field]), str(max(words)))
            for field, (name, words) in OVER_TIME.items()
            if self.content.get(field) is not None
        }

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
