"""Consents for people outside the program."""

from datetime import UTC, date, datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core import clock
from webapp.core.crypto.sealing import Sealed, SealedRow
from webapp.core.data.db import Base
from webapp.core.data.types import UtcDateTime
from webapp.signing.models import SignedRow, in_force


class OutsideConsent(SignedRow, Base):
    """A signed consent under 42 CFR 2.31 for one recipient and one purpose; versioned, revocable.

    What is sealed beside the text is its scope.
    """

    __tablename__ = "outside_consent"
    __table_args__ = (Index("ix_outside_consent_person_id_signed_at", "person_id", "signed_at"),)

    recipient = Sealed[str]()
    place = Sealed[str]()
    what = Sealed[list[str]]()
    purpose = Sealed[str]()

    @property
    def sealed_as(self) -> str:
        # When it ends is outside the seal; bound in, nobody makes it last by changing the row.
        ends = self.expires_at.astimezone(UTC).isoformat()
        return f"{self.id}|{self.person_id}|{self.text_version}|{ends}"


IN_FORCE = in_force(OutsideConsent)


class Disclosure(SealedRow, Base):
    """What staff gave out under a consent that was in force; a line of the patient's accounting.

    Who got it and why are written down once more: they stay as they were told.
    """

    __tablename__ = "disclosure"
    __table_args__ = (Index("ix_disclosure_person_id_recorded_at", "person_id", "recorded_at"),)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    consent_id: Mapped[UUID] = mapped_column(ForeignKey("outside_consent.id", ondelete="CASCADE"))
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    given_on: Mapped[date]
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    recipient = Sealed[str]()
    place = Sealed[str]()
    what = Sealed[list[str]]()
    detail = Sealed[str]()
    purpose = Sealed[str]()

    @property
    def sealed_for(self) -> UUID:
        return self.person_id

    @property
    def sealed_as(self) -> str:
        return f"{self.id}|{self.person_id}|{self.consent_id}|{self.given_on}"
