"""Something to do before the next group, given to one patient."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core import clock
from webapp.core.crypto.sealing import Sealed, SealedRow
from webapp.core.data.db import Base
from webapp.core.data.types import UtcDateTime


class Tap(StrEnum):
    """What a patient does with it on Today."""

    DONE = "done"
    TELL = "tell"
    KEEP = "keep"  # done, and told to nobody
    DECLINE = "decline"  # not for me


class Homework(SealedRow, Base):
    """One patient's part of what was given to one or to all, sealed with the patient's key.

    In the clear stands what staff see anyway (`is_told`), and that it is no longer on Today: done
    and kept, and "not for me", look alike there. No row says when a patient tapped anything.
    """

    __tablename__ = "homework"
    __table_args__ = (
        UniqueConstraint("given_id", "patient_id"),
        Index("ix_homework_patient_id_is_over", "patient_id", "is_over"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    given_id: Mapped[UUID]  # the same for all to whom it was given at once
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    # Before which it is to be done, and on whose page it was given.
    group_session_id: Mapped[UUID] = mapped_column(
        ForeignKey("group_session.id", ondelete="CASCADE"), index=True
    )
    given_in_id: Mapped[UUID] = mapped_column(
        ForeignKey("group_session.id", ondelete="CASCADE"), index=True
    )
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    given_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    is_over: Mapped[bool] = mapped_column(default=False, server_default=false())
    is_told: Mapped[bool] = mapped_column(default=False, server_default=false())
    # As it was said when it was told; without one, two hours after the session.
    closes_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    kind = Sealed[str]()  # of `tasks.Task`, as are the next two
    which = Sealed[str]()
    name = Sealed[str]()
    words = Sealed[str]()  # the facilitator's own
    to_all = Sealed[bool]()
    is_done = Sealed[bool]()  # so the question about telling comes next

    @property
    def line(self) -> str:
        """What it is, on one line."""
        return ": ".join(filter(None, (self.name, self.words)))

    @property
    def sealed_for(self) -> UUID:
        return self.patient_id

    @property
    def sealed_as(self) -> str:
        return homework_sealed_as(self.id, self.given_id, self.patient_id, self.group_session_id)


def homework_sealed_as(id: UUID, given_id: UUID, patient_id: UUID, group_session_id: UUID) -> str:
    """What the seal of homework is bound to, from its columns."""
    return f"{id}|{given_id}|{patient_id}|{group_session_id}"
