"""A discharge, and what each of four chairs says of it; all words with the patient's key."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.core import clock
from webapp.core.crypto.sealing import Sealed, SealedRow
from webapp.core.data.db import Base
from webapp.core.data.types import UtcDateTime
from webapp.entries.models import Entry
from webapp.program.models import Membership, Removal


class Chair(StrEnum):
    """Who has a say."""

    PATIENT = "patient"
    FACILITATOR = "facilitator"
    CLINICIAN = "clinician"
    PAYER = "payer"


class Stand(StrEnum):
    """What a chair says. Only a payer can have ended the benefits."""

    AGREE = "agree"
    NOT_YET = "not_yet"
    ENDED = "ended"


class Outcome(StrEnum):
    """How it ended."""

    TOOLS = "tools"
    NO_PROGRESS = "no_progress"
    MORE_CARE = "more_care"
    PAYER_ENDED = "payer_ended"
    LEFT = "left"
    OTHER = "other"


class Discharge(SealedRow, Base):
    """Of one membership. It is over with the removal that ended the membership, and goes on as
    before when that was undone."""

    __tablename__ = "discharge"
    __table_args__ = (Index("ix_discharge_person_id_seen_at", "person_id", "seen_at"),)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    membership_id: Mapped[UUID] = mapped_column(
        ForeignKey("membership.id", ondelete="CASCADE"), unique=True
    )
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    removal_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("removal.id", ondelete="SET NULL"), index=True
    )
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # dismissed on Today
    membership: Mapped[Membership] = relationship()
    removal: Mapped[Removal | None] = relationship()

    outcome = Sealed[str]()
    last_day = Sealed[str]()
    goodbye = Sealed[str]()  # the facilitator's own words
    signed = Sealed[str]()  # whose they are
    steps = Sealed[list[str]]()  # what comes next, at most two

    @property
    def sealed_for(self) -> UUID:
        return self.person_id

    @property
    def sealed_as(self) -> str:
        return f"{self.id}|{self.membership_id}|{self.person_id}"

    @property
    def is_over(self) -> bool:
        """Whether it ended the membership, and that wasn't undone."""
        return self.removal is not None and self.removal.undone_at is None


class Position(SealedRow, Base):
    """What one chair says, with the day and how it is known. A later one takes its place, and the
    one before stays."""

    __tablename__ = "discharge_position"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    discharge_id: Mapped[UUID] = mapped_column(
        ForeignKey("discharge.id", ondelete="CASCADE"), index=True
    )
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    chair: Mapped[Chair] = mapped_column(String(16))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    recorded_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("person.id", ondelete="SET NULL")
    )

    stand = Sealed[str]()
    why = Sealed[str]()
    who = Sealed[str]()  # the psychiatrist's, the counselor's, or the payer's name
    basis = Sealed[str]()  # how it is known: a visit, a call, a letter
    day = Sealed[str]()
    # What a payer's letter says besides.
    ends_on = Sealed[str]()
    appeal_by = Sealed[str]()
    review_on = Sealed[str]()

    @property
    def sealed_for(self) -> UUID:
        return self.person_id

    @property
    def sealed_as(self) -> str:
        return f"{self.id}|{self.discharge_id}|{self.person_id}|{self.chair}"


class About(StrEnum):
    """What a line of somebody's readiness is about."""

    TOOLS = "tools"
    PEOPLE = "people"
    APPOINTMENTS = "appointments"
    WORRIES = "worries"


class Readiness(Entry, kind="readiness"):
    """One line of what a patient has, and worries about, for the time after. Shared like any
    entry, line by line."""

    lines = "discharge/line.html"
    page = "discharge.edit_line"

    about = Sealed[str]()
    note = Sealed[str]()
    zone = Sealed[str]()
