"""One row for each answer that counts."""

from uuid import UUID, uuid4

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import LargeBinary
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
        return f"{self.__tablename__}|{self.id}|{self.whose.hex()}".encode()


def hash_of(person_id: UUID) -> bytes:
    """By what the answers of somebody are found again, for deleting them."""
    return keyed_hash("counted people", person_id.bytes)


def clinic_key() -> AESGCM:
    """What opens every answer that counts."""
    return AESGCM(app_secrets().derived("counted answers"))
