"""The order of a session's agenda, and what facilitators put on it themselves."""

from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, Session, mapped_column

from webapp.core.crypto.sealing import Sealed, SealedRow
from webapp.core.data.db import Base

MINUTES, STEP, MOST = 10, 5, 720  # at first, for each tap, and at most


class AgendaItem(SealedRow, Base):
    """Where one topic stands, and for how long: a share (or a goal in it, by an id made of both),
    or a facilitator's own line, sealed with the writer's key."""

    __tablename__ = "agenda_item"
    group_session_id: Mapped[UUID] = mapped_column(
        ForeignKey("group_session.id", ondelete="CASCADE"), primary_key=True
    )
    topic_id: Mapped[UUID] = mapped_column(primary_key=True)
    share_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("share.id", ondelete="CASCADE"), index=True
    )
    author_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    place: Mapped[int]
    minutes: Mapped[int] = mapped_column(default=MINUTES)

    words = Sealed[str]()

    @property
    def sealed_for(self) -> UUID:
        assert self.author_id is not None
        return self.author_id

    @property
    def sealed_as(self) -> str:
        return f"{self.topic_id}|{self.group_session_id}|{self.author_id}"

    def seal_now(self, session: Session) -> None:
        """Of what is shared there are no words here, so there is nothing to seal."""
        if self.author_id is None:
            self.sealed = b""
            return
        super().seal_now(session)
