"""Permissions inside the program."""

from datetime import UTC

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.data.db import Base
from webapp.signing.models import SignedRow, in_force


class Permission(SignedRow, Base):
    """A patient's signed yes to one thing: `what` names it (`permission_text`)."""

    __tablename__ = "permission"
    __table_args__ = (Index("ix_permission_person_id_what", "person_id", "what"),)
    what: Mapped[str] = mapped_column(String(16))

    @property
    def sealed_as(self) -> str:
        # What it is for and when it ends are outside the seal, and bound in.
        ends = self.expires_at.astimezone(UTC).isoformat()
        return f"{self.id}|{self.person_id}|{self.what}|{self.text_version}|{ends}"


IN_FORCE = in_force(Permission)
