"""Permissions inside the program."""

from datetime import UTC
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.data.db import Base
from webapp.core.documents import SignedRow, in_force


class Permission(SignedRow, Base):
    """A patient's signed yes to one thing: `what` names it (`permission_text`)."""

    __tablename__ = "permission"
    __table_args__ = (Index("ix_permission_person_id_what", "person_id", "what"),)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    what: Mapped[str] = mapped_column(String(16))

    @property
    def sealed_for(self) -> UUID:
        return self.person_id

    @property
    def sealed_as(self) -> str:
        # What it is for and when it ends are outside the seal, and bound in.
        ends = self.expires_at.astimezone(UTC).isoformat()
        return f"{self.id}|{self.person_id}|{self.what}|{self.text_version}|{ends}"


IN_FORCE = in_force(Permission)
