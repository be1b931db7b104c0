"""What patients say ahead of a date, how they took part, and what is covered."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core import clock
from webapp.core.crypto.sealing import Sealed, SealedRow
from webapp.core.data.db import Base
from webapp.core.data.types import UtcDateTime


class Says(StrEnum):
    """What a patient says ahead of a group session."""

    LATE = "late"
    CANNOT = "cannot"
    ON_WAY = "on_way"  # by one tap, shortly before


class Presence(StrEnum):
    """How somebody took part in a group session."""

    PRESENT = "present"
    LATE = "late"
    LEFT_EARLY = "left_early"
    EXCUSED = "excused"
    ABSENT = "absent"


CAME = (Presence.PRESENT, Presence.LATE, Presence.LEFT_EARLY)


class HeadsUp(SealedRow, Base):
    """What a patient says ahead: “I’ll be late” or “I can’t come”, with a reason if
    the patient wants to give one; or “I’m on my way”."""

    __tablename__ = "heads_up"
    __table_args__ = (UniqueConstraint("group_session_id", "patient_id"),)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    group_session_id: Mapped[UUID] = mapped_column(
        ForeignKey("group_session.id", ondelete="CASCADE")
    )
    patient_id: Mapped[UUID] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), index=True
    )
    says: Mapped[Says] = mapped_column(String(8))
    given_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    # As it was said when this was; without one, two hours after the session.
    closes_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    opened_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))

    reason = Sealed[str]()

    @property
    def sealed_for(self) -> UUID:
        return self.patient_id

    @property
    def sealed_as(self) -> str:
        return f"{self.id}|{self.group_session_id}|{self.patient_id}"


class Attendance(SealedRow, Base):
    """How a patient took part in a group session. Times and status are in the clear (they make
    the program's own record); the note is sealed with the patient's key."""

    __tablename__ = "attendance"
    __table_args__ = (UniqueConstraint("group_session_id", "patient_id"),)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    group_session_id: Mapped[UUID] = mapped_column(
        ForeignKey("group_session.id", ondelete="CASCADE")
    )
    patient_id: Mapped[UUID] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), index=True
    )
    presence: Mapped[Presence] = mapped_column(String(16))
    arrived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    marked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    marked_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))

    note = Sealed[str]()

    @property
    def sealed_for(self) -> UUID:
        return self.patient_id

    @property
    def sealed_as(self) -> str:
        return f"{self.id}|{self.group_session_id}|{self.patient_id}"


class Authorisation(SealedRow, Base):
    """How many sessions of a group a patient's insurance covers, from a day on, and when it is
    reviewed next. A new one takes the place of the one before, which stays."""

    __tablename__ = "authorisation"
    __table_args__ = (CheckConstraint("sessions BETWEEN 1 AND 999", "sessions"),)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    membership_id: Mapped[UUID] = mapped_column(
        ForeignKey("membership.id", ondelete="CASCADE"), index=True
    )
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    sessions: Mapped[int]
    from_day: Mapped[date]
    review_day: Mapped[date | None]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    made_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))

    note = Sealed[str]()  # a reference number, for instance

    @property
    def sealed_for(self) -> UUID:
        return self.patient_id

    @property
    def sealed_as(self) -> str:
        return f"{self.id}|{self.membership_id}|{self.patient_id}"
