"""Acts in their chain, and failures that are still being counted."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.data.db import Base
from webapp.core.data.types import UtcDateTime


class Act(Base):
    """Somebody did something. Nothing points to or from a row, and none ever changes.

    `actor_id` is who did it: none for the operator, and for whoever isn't signed in. `person_id` is
    whose account, place or entry it was about, `about_id` the thing itself (a share, a session).
    """

    __tablename__ = "act"
    __table_args__ = (
        Index("ix_act_person_id_at", "person_id", "at"),
        Index("ix_act_actor_id_at", "actor_id", "at"),
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    kind: Mapped[str] = mapped_column(String(32))
    actor_id: Mapped[UUID | None]
    person_id: Mapped[UUID | None]
    about_id: Mapped[UUID | None]
    count: Mapped[int | None]
    ids_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32))  # of what was counted
    before: Mapped[bytes] = mapped_column(LargeBinary(32))  # the hash of the row before
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))


class Failures(Base):
    """Wrong passwords and codes by whoever isn't signed in, within one quarter of an hour.

    A row that counts can't be in the chain: it becomes an act when its quarter is over.
    """

    __tablename__ = "failures"
    quarter_at: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    count: Mapped[int]
