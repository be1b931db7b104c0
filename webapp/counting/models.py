"""One row for each answer that counts, and which of a quarter's aren't shown any more."""

from uuid import UUID, uuid4

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.crypto.keys import app_secrets, keyed_hash
from webapp.core.data.db import Base


class Counted(Base):
    """An answer, sealed with a key of the clinic's, not of the person. Nothing is in clear but the
    hash of whoever gave it. Without row numbers, SQLite doesn't keep in which order they came: that
    would tell which entry was saved with it."""

    __tablename__ = "counted"
    __table_args__ = ({"sqlite_with_rowid": False},)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    whose: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    answer: Mapped[bytes] = mapped_column(LargeBinary)

    @property
    def bound(self) -> bytes:
        """What the seal is bound to."""
        return bound(self.id, self.whose)


class Thinned(Base):
    """Somebody's answers were deleted from a quarter that may have been seen. What is left is shown
    no more: two looks would tell what that person had answered. Nothing says who it was, or when.
    """

    __tablename__ = "thinned"
    __table_args__ = ({"sqlite_with_rowid": False},)
    quarter: Mapped[str] = mapped_column(String(8), primary_key=True)
    point: Mapped[str] = mapped_column(String(16), primary_key=True)


def bound(id: UUID | str, whose: bytes) -> bytes:
    """What the seal of an answer is bound to; its id may be text already."""
    return f"{Counted.__tablename__}|{id}|{whose.hex()}".encode()


def hash_of(person_id: UUID) -> bytes:
    """By what the answers of somebody are found again, for deleting them."""
    return keyed_hash("counted people", person_id.bytes)


def clinic_key() -> AESGCM:
    """What opens every answer that counts."""
    return AESGCM(app_secrets().derived("counted answers"))
