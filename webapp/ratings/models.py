"""Who has rated a group session, and, apart from it, what the ratings add up to."""

from uuid import UUID, uuid4

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.crypto.keys import app_secrets
from webapp.core.data.db import Base


class Rated(Base):
    """Somebody rated a session, or skipped it, and isn't asked again. Not how, and not when.
    Without row numbers, SQLite doesn't keep in which order they came."""

    __tablename__ = "rated"
    __table_args__ = ({"sqlite_with_rowid": False},)
    person_id: Mapped[UUID] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True
    )
    group_session_id: Mapped[UUID] = mapped_column(
        ForeignKey("group_session.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    is_waiting: Mapped[bool]  # in the sum that isn't shown yet


class RatingSum(Base):
    """How many rated a group and what their taps add up to, sealed with a key of the clinic's.

    One a group is waiting. Whether it is shown is part of the seal: nobody shows it sooner.
    """

    __tablename__ = "rating_sum"
    __table_args__ = (
        Index(
            "uq_rating_sum_waiting",
            "group_id",
            unique=True,
            sqlite_where=text("NOT is_shown"),
            postgresql_where=text("NOT is_shown"),
        ),
        {"sqlite_with_rowid": False},
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    group_id: Mapped[UUID] = mapped_column(ForeignKey("group.id", ondelete="CASCADE"), index=True)
    is_shown: Mapped[bool]
    said: Mapped[bytes] = mapped_column(LargeBinary)

    @property
    def bound(self) -> bytes:
        """What the seal is bound to."""
        return f"{self.__tablename__}|{self.id}|{self.group_id}|{self.is_shown}".encode()


def clinic_key() -> AESGCM:
    """What opens every sum."""
    return AESGCM(app_secrets().derived("group ratings"))
