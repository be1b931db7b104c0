"""A text that somebody signs: pairs of heading and paragraph, and its hash."""

import hashlib
import json
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, ForeignKey, String, and_
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core import clock
from webapp.core.crypto.sealing import Sealed, SealedRow
from webapp.core.data.types import NOW, UtcDateTime


def fingerprint(text: list[list[str]]) -> str:
    """The hash of a text, so that what is signed is what was read."""
    return hashlib.sha256(json.dumps(text).encode()).hexdigest()


class SignedRow(SealedRow):
    """A text as it was shown and signed, in force until it is canceled or over.

    `document` is the whole text; `text_version` says which wording, and `clinic_edition` which of
    the clinic's own parts: its name, its address, and what it added.
    """

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    text_version: Mapped[str] = mapped_column(String(16))
    clinic_edition: Mapped[int] = mapped_column(default=1, server_default="1")
    signed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    signed_name = Sealed[str]()
    document = Sealed[list[list[str]]]()  # pairs of heading and paragraph

    @property
    def sealed_for(self) -> UUID:
        return self.person_id

    def is_in_force(self, now: datetime) -> bool:
        """Whether it is signed, not canceled, not over, and can be read."""
        return self.revoked_at is None and self.expires_at > now and not self.is_unopened

    def last_day(self, zone: str) -> date:
        """The day at whose end it is over."""
        return clock.local(self.expires_at - timedelta(minutes=1), zone).date()


def in_force(kind: Any) -> ColumnElement[bool]:
    """Those of a kind of signed text that are neither canceled nor over."""
    return and_(kind.revoked_at.is_(None), kind.expires_at > NOW)
