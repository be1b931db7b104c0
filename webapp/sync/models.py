"""What became of each operation."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core import clock
from webapp.core.data.db import Base
from webapp.core.data.types import UtcDateTime


class Outcome(StrEnum):
    """What a phone is told about one operation.

    It lets go of what is SAVED or ALREADY here. CONFLICT and REJECTED come back to their author,
    who decides; NOT_YOURS stays for whom it belongs to. LATER is no answer yet: the phone keeps it
    and brings it again.
    """

    SAVED = "saved"
    ALREADY = "already"
    CONFLICT = "conflict"
    REJECTED = "rejected"
    NOT_YOURS = "not yours"
    LATER = "later"


class SyncAnswer(Base):
    """The first answer to an operation. Sent again with the same words, it gets the same one.

    `fingerprint` tells the same words from other ones under the same id; it is keyed, so it tells
    nothing about them. `asks_about` is an entry whose share, ticked without a network, came too
    late: its author is asked.
    """

    __tablename__ = "answer"
    __table_args__ = (
        Index(
            "ix_answer_person_id_asks",
            "person_id",
            sqlite_where=text("asks_about IS NOT NULL"),
            postgresql_where=text("asks_about IS NOT NULL"),
        ),
    )
    person_id: Mapped[UUID] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True
    )
    operation_id: Mapped[UUID] = mapped_column(primary_key=True)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    outcome: Mapped[Outcome] = mapped_column(String(12))
    answered_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    asks_about: Mapped[UUID | None] = mapped_column(
        ForeignKey("entry.id", ondelete="SET NULL"), index=True
    )
