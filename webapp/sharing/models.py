"""Consent, shares, courses, readings and feedback."""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, String, and_, bindparam, or_, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.core import clock
from webapp.core.crypto.sealing import Sealed, SealedRow
from webapp.core.data.db import Base
from webapp.core.data.types import UtcDateTime
from webapp.entries.models import Entry
from webapp.program.models import Group, GroupSession
from webapp.signing.models import SignedRow

A_MINUTE = timedelta(minutes=1)  # opening a page again within it is one opening


class Consent(SignedRow, Base):
    """A signed consent under 42 CFR 2.31, for one group's facilitators; versioned and revocable."""

    __tablename__ = "consent"
    __table_args__ = (Index("ix_consent_person_id_group_id", "person_id", "group_id"),)
    group_id: Mapped[UUID] = mapped_column(ForeignKey("group.id", ondelete="CASCADE"))
    group: Mapped[Group] = relationship()

    @property
    def sealed_as(self) -> str:
        return f"{self.id}|{self.person_id}|{self.group_id}|{self.text_version}"


class Mark(StrEnum):
    """What became of what a patient wanted to talk about."""

    TALKED = "talked"
    NEXT = "next"
    ONE = "one"


class Share(SealedRow, Base):
    """An entry is open to a group's facilitators: for one group session, or until taken back."""

    __tablename__ = "share"
    __table_args__ = (
        Index(
            "uq_share_open",
            "entry_id",
            "group_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_share_group_id_ended_at", "group_id", "ended_at"),
        Index("ix_share_author_id_closes_at", "author_id", "closes_at"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), index=True)
    author_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    group_id: Mapped[UUID] = mapped_column(ForeignKey("group.id", ondelete="CASCADE"))
    group_session_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("group_session.id", ondelete="CASCADE"), index=True
    )
    bring_up: Mapped[bool] = mapped_column(default=False)
    shared_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # As it was said when this was made; without one, two hours after the session.
    closes_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # By a facilitator, in which session: it ends nothing, and the patient sees it.
    mark: Mapped[Mark | None] = mapped_column(String(8))
    marked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    marked_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    marked_for_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("group_session.id", ondelete="SET NULL")
    )
    entry: Mapped[Entry] = relationship()
    group: Mapped[Group] = relationship()
    group_session: Mapped[GroupSession | None] = relationship(foreign_keys=[group_session_id])

    about = Sealed[str]()  # what to bring up, in a few words of the patient's

    @property
    def open_until(self) -> datetime | None:
        """When it closes by itself: as it was said, also if the session was moved since."""
        if self.group_session is None:
            return None
        return self.closes_at or self.group_session.closes_at

    @property
    def is_short(self) -> bool:
        """Whether its session was moved so late that it closes before others would."""
        end, session = self.open_until, self.group_session
        return session is not None and end is not None and end < session.closes_at

    def is_over(self, now: datetime) -> bool:
        """Whether what it was made for is over, or doesn't take place."""
        session, end = self.group_session, self.open_until
        return session is not None and (session.is_cancelled or (end is not None and end <= now))

    @property
    def sealed_for(self) -> UUID:
        return self.author_id

    @property
    def sealed_as(self) -> str:
        return share_sealed_as(self.id, self.entry_id, self.author_id, self.group_id)


def share_sealed_as(id: UUID, entry_id: UUID, author_id: UUID, group_id: UUID) -> str:
    """What the seal of a share is bound to, from its columns."""
    return f"{id}|{entry_id}|{author_id}|{group_id}"


# Shares for a session: those for this very date, and standing ones made since the last one ended.
FOR_SESSION = and_(
    Share.group_id == bindparam("group"),
    or_(
        Share.group_session_id == bindparam("group_session"),
        and_(
            Share.group_session_id.is_(None),
            Share.shared_at > bindparam("since", type_=UtcDateTime),
            Share.shared_at <= bindparam("closes", type_=UtcDateTime),
        ),
    ),
)


class Course(SealedRow, Base):
    """What entries of one kind come to, each time, is open to a group's facilitators until its
    author stops it: one questionnaire, or mood and sleep. Nothing else of these entries is."""

    __tablename__ = "course"
    __table_args__ = (
        Index(
            "uq_course_open",
            "author_id",
            "group_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_course_group_id_ended_at", "group_id", "ended_at"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    author_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    group_id: Mapped[UUID] = mapped_column(ForeignKey("group.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(24))  # of the entries
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    group: Mapped[Group] = relationship()

    # Sealed, since it tells which questionnaire somebody answers; as in `Entry.course`.
    key = Sealed[str]()
    name = Sealed[str]()  # of a questionnaire, as it was then
    earlier = Sealed[bool]()  # with what was there before

    @property
    def title(self) -> str:
        """What it is called."""
        kind = Entry.__mapper__.polymorphic_map.get(self.kind, Entry.__mapper__)
        return self.name or str(kind.class_.course_words)

    def shows(self, entry: Entry) -> bool:
        """Whether what this entry comes to is on its line."""
        is_since = self.earlier or entry.happened_at > self.started_at
        return is_since and bool(entry.sums) and entry.course[0] == self.key

    @property
    def sealed_for(self) -> UUID:
        return self.author_id

    @property
    def sealed_as(self) -> str:
        return (
            f"{self.id}|{self.author_id}|{self.group_id}|{self.kind}|{self.started_at.isoformat()}"
        )


class SupervisorAnswer(Base):
    """What a patient answered when asked whether a clinical supervisor (a membership) may also open
    what was shared before that began. Without one it stays closed."""

    __tablename__ = "supervisor_answer"
    membership_id: Mapped[UUID] = mapped_column(
        ForeignKey("membership.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[UUID] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    opens_earlier: Mapped[bool]
    answered_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


NUMBERS = 0  # the version of a Reading for which only a line over time was shown


class Reading(Base):
    """A reader opened the page with this version of an entry, first and last time."""

    __tablename__ = "reading"
    reader_id: Mapped[UUID] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True
    )
    entry_id: Mapped[UUID] = mapped_column(
        ForeignKey("entry.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    version: Mapped[int] = mapped_column(primary_key=True)
    first_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)


# Whether `:reader` opened an entry as it is now; an earlier version doesn't count.
READ_BY_THEM = and_(
    Reading.reader_id == bindparam("reader"),
    Reading.entry_id == Entry.id,
    Reading.version == Entry.version,
)


class Feedback(SealedRow, Base):
    """A facilitator's short answer to an entry, sealed with the patient's key.

    With a `goal`, its id on the plan, it is the team's view of that goal. `agreed` is the goal's
    wording that both agreed on: of a goal that was changed since, the page must not claim it.
    """

    __tablename__ = "feedback"
    __table_args__ = (Index("ix_feedback_patient_id_seen_at", "patient_id", "seen_at"),)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), index=True)
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    author_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    written_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    entry: Mapped[Entry] = relationship()

    words = Sealed[str]()
    goal = Sealed[str]()
    agreed = Sealed[str]()
    suggests = Sealed[bool]()  # the words are a goal that the patient may take
    asks = Sealed[bool]()  # whether to raise it in group: the patient's yes marks the entry

    @property
    def sealed_for(self) -> UUID:
        return self.patient_id

    @property
    def sealed_as(self) -> str:
        return f"{self.id}|{self.entry_id}|{self.patient_id}|{self.author_id}"
