"""What somebody answered about their life, when they were asked, and requests for a call."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from webapp.aftercare.points import Point
from webapp.core import clock
from webapp.core.crypto.sealing import Sealed, SealedRow
from webapp.core.data.db import Base
from webapp.core.data.hanging import Hangs
from webapp.core.data.types import UtcDateTime
from webapp.entries.models import Entry


class Life(Entry, kind="life"):
    """How life is going, by the questions that were answered."""

    lines = "aftercare/life_line.html"
    page = "aftercare.show_life"

    days_used = Sealed[int]()  # of the last 30
    occupied = Sealed[str]()  # of words.OCCUPIED
    going = Sealed[int]()  # of words.GOING
    nights = Sealed[int]()  # in a hospital, of the last 30
    note = Sealed[str]()
    zone = Sealed[str]()

    @property
    def has_used(self) -> bool:
        return bool(self.days_used)


class Asked(Base):
    """Somebody was asked the five questions, and answered or skipped them."""

    __tablename__ = "asked"
    __table_args__ = (Index("ix_asked_person_id_at", "person_id", "at"),)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    point: Mapped[Point] = mapped_column(String(16))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


class CallRequest(SealedRow, Base):
    """Somebody who left wants help again, and a call. Closed, it goes, with the number."""

    __tablename__ = "call_request"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), unique=True
    )
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    taken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    taken_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))

    number = Sealed[str]()

    @property
    def sealed_for(self) -> UUID:
        return self.person_id

    @property
    def sealed_as(self) -> str:
        return f"{self.id}|{self.person_id}"


class CallAnswerer(Base):
    """Who of the staff answers requests for a call, whosever patients those were."""

    __tablename__ = "call_answerer"
    hangs = Hangs(("person_id",))
    person_id: Mapped[UUID] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True
    )
