"""Invitations."""

from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, String, text
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from webapp.accounts.models import Role
from webapp.core.codes import OneTimeCode
from webapp.core.crypto.sealing import SealedLine, SealedRow
from webapp.core.data.db import Base
from webapp.core.data.hanging import Hangs
from webapp.program.models import Group


class Invitation(SealedRow, OneTimeCode, Base):
    """A code that makes one account: in a group, or an administrator's.

    The row goes when it is taken, canceled, or over, and with it what its maker noted on it.
    """

    __tablename__ = "invitation"
    hangs = Hangs(("made_by_id",))
    role: Mapped[Role] = mapped_column(String(16))
    group_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("group.id", ondelete="CASCADE"), index=True
    )
    group: Mapped[Group | None] = relationship()

    sealed: Mapped[bytes] = mapped_column(LargeBinary, default=b"", server_default=text("''"))

    label = SealedLine()  # the patient's (`Person.label`) once it is taken

    @property
    def sealed_for(self) -> UUID:
        assert self.made_by_id is not None
        return self.made_by_id

    @property
    def sealed_as(self) -> str:
        return f"{self.id}|{self.group_id}|{self.made_by_id}"

    @property
    def _may_be_empty(self) -> bool:
        return True

    def seal_now(self, session: Session) -> None:
        """Most have no label, and the operator's have no key to seal one with."""
        if self.label:
            super().seal_now(session)
