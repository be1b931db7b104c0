"""Invitations."""

from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.accounts.models import Role
from webapp.core.codes import OneTimeCode
from webapp.core.data.db import Base
from webapp.program.models import Group


class Invitation(OneTimeCode, Base):
    """A code that makes one account: in a group, or an administrator's."""

    __tablename__ = "invitation"
    role: Mapped[Role] = mapped_column(String(16))
    group_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("group.id", ondelete="CASCADE"), index=True
    )
    group: Mapped[Group | None] = relationship()
