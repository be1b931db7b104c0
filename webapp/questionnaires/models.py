"""A finished questionnaire as an entry, a draft, and what the clinic brought in."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    and_,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core import clock
from webapp.core.crypto.sealing import Sealed, SealedRow
from webapp.core.data.db import Base
from webapp.core.data.types import UtcDateTime
from webapp.entries.models import Entry
from webapp.questionnaires.weekly import KEY, USE, renamed


class Answers(Entry, kind="answers"):
    """A finished questionnaire: each answer, and what they added up to."""

    lines = "questionnaires/line.html"
    page = "check_ins.show_answers"
    has_course = True

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
    def sums(self) -> dict[str, tuple[str, str]]:
        scores, tops = renamed(self.key, self.scores or {}), renamed(self.key, self.tops or {})
        return {name: (value, tops.get(name, "")) for name, value in scores.items()}

    @property
    def course(self) -> tuple[str, str]:
        return self.key or "", self.name or ""

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
    """A questionnaire as the clinic brought it in. A changed one is a new row: what was answered
    stays with what was asked. Nobody is asked until it is in use, nor once it is replaced or
    retired. No patient's words, so nothing is sealed."""

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
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    replaced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @hybrid_property
    def is_used(self) -> bool:
        """Whether patients can be asked it."""
        return bool(self.used_at) and not (self.replaced_at or self.retired_at)

    @is_used.inplace.expression
    @classmethod
    def _is_used(cls) -> ColumnElement[bool]:
        return and_(cls.used_at.is_not(None), cls.replaced_at.is_(None), cls.retired_at.is_(None))
