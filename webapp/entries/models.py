"""The Entry, and the versions that came before."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID, uuid5

from sqlalchemy import ForeignKey, Index, LargeBinary, String, func, inspect, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from webapp.accounts.models import Restoration
from webapp.core import clock
from webapp.core.crypto.sealing import SealedRow
from webapp.core.data.db import Base
from webapp.core.data.types import UtcDateTime


class Entry(SealedRow, Base):
    """Something a patient wrote. A feature adds a kind and says what is inside:

    class Trigger(Entry, kind="trigger"):
        situation = Sealed[str]()
    """

    __tablename__ = "entry"
    __table_args__ = (
        Index("ix_entry_author_id_kind_happened_at", "author_id", "kind", "happened_at"),
        Index("ix_entry_author_id_created_at", "author_id", "created_at"),  # a day's ceiling
    )
    id: Mapped[UUID] = mapped_column(primary_key=True)
    author_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(24))
    happened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    version: Mapped[int] = mapped_column()
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    lines: ClassVar[str]  # the template whose macro `line` draws this kind in a list
    page: ClassVar[str]  # the endpoint of the page on which its author reads one of this kind
    most: ClassVar[int | None] = None  # of a kind whose list stands on one page
    has_course: ClassVar[bool] = False  # whether what it comes to can be seen over time
    course_words: ClassVar[Any] = ""  # what that is called, where it has no name of its own

    __mapper_args__: dict[str, Any] = {
        "polymorphic_on": "kind",
        "version_id_col": version,
        # The content is sealed with its version, so the number is set before the flush, by us.
        "version_id_generator": False,
    }

    @property
    def comes_through(self) -> bool:
        return self.is_unsafe

    # What stands above the rows of the huddle; a kind that can say so has macros of these names.
    @property
    def is_unsafe(self) -> bool:
        """Whether it says that its author isn't safe, or holds an answer that needs help now."""
        return False

    @property
    def has_used(self) -> bool:
        """Whether it says that its author used."""
        return False

    @property
    def sums(self) -> dict[str, tuple[str, str]]:
        """Numbers by what they are called: what each came to, and the highest it could be."""
        return {}

    @property
    def course(self) -> tuple[str, str]:
        """Which entries make one line over time: the same key, and what that is called."""
        return self.kind, str(self.course_words)

    def __init_subclass__(cls, kind: str = "", **options: Any) -> None:
        if kind:
            cls.__mapper_args__ = {"polymorphic_identity": kind}
        super().__init_subclass__(**options)

    @property
    def sealed_for(self) -> UUID:
        return self.author_id

    @property
    def sealed_as(self) -> str:
        return self.sealed_at(self.version)

    def sealed_at(self, version: int) -> str:
        """What the seal of one of its versions is bound to."""
        return sealed_as(self.id, self.author_id, self.kind, version)

    def seal_now(self, session: Session) -> None:
        """Count the version up and keep the former one, unchanged, beside it."""
        content = self.content  # opened under the version that it was sealed with
        state = inspect(self)
        if state.persistent:
            former = state.attrs.happened_at.history.deleted
            session.add(
                EntryVersion(
                    entry_id=self.id,
                    version=self.version,
                    happened_at=former[0] if former else self.happened_at,
                    written_at=self.updated_at,
                    sealed=self.sealed,
                )
            )
            self.version = _past_a_restore(session, self)
            self.updated_at = clock.now()
        self.version = (self.version or 0) + 1
        self.__dict__["_content"] = content
        super().seal_now(session)


def _past_a_restore(session: Session, entry: Entry) -> int:
    """The number to count on from. After a restore it is above all that were lost: a phone that
    saw one of those, and offers a change of it, mustn't mean another text by the same number.
    """
    lately = select(func.max(Restoration.restored_at)).where(
        Restoration.restored_at >= entry.updated_at
    )
    with session.no_autoflush:
        restored_at = session.scalar(lately)
    return max(entry.version, int(restored_at.timestamp()) // 60) if restored_at else entry.version


def sealed_as(id: UUID, author_id: UUID | str, kind: str, version: int) -> str:
    """What the seal of an entry is bound to, from its columns."""
    return f"{id}|{author_id}|{kind}|{version}"


class EntryVersion(Base):
    """How an entry was before it was edited, still sealed as it was."""

    __tablename__ = "entry_version"
    entry_id: Mapped[UUID] = mapped_column(
        ForeignKey("entry.id", ondelete="CASCADE"), primary_key=True
    )
    version: Mapped[int] = mapped_column(primary_key=True)
    happened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


def entry_id(author_id: UUID, made_on_phone: UUID) -> UUID:
    """The entry's id from the UUID that the phone made.

    The same write twice is one row, and nobody can take or guess another person's id.
    """
    return uuid5(author_id, str(made_on_phone))
