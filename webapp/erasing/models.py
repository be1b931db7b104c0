"""A legal hold: while it lasts, nothing of a patient is destroyed."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core import clock
from webapp.core.crypto.sealing import Sealed, SealedRow
from webapp.core.data.db import Base
from webapp.core.data.types import UtcDateTime


class LegalHold(SealedRow, Base):
    """Set and ended by an administrator. The reason is sealed with that administrator's key: it
    isn't the patient's to take along, and outlives theirs."""

    __tablename__ = "legal_hold"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    set_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))

    reason = Sealed[str]()

    @property
    def sealed_for(self) -> UUID:
        return self.by_id

    @property
    def sealed_as(self) -> str:
        return f"{self.id}|{self.person_id}|{self.by_id}"
