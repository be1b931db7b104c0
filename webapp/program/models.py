"""Groups, their sessions, who is in them, and what to expect of them."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Self, cast
from uuid import UUID, uuid4

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from webapp.accounts.models import WITH_KEY, Person
from webapp.core import clock
from webapp.core.crypto.keys import keyring
from webapp.core.crypto.sealing import Sealed, SealedRow
from webapp.core.data.db import Base
from webapp.core.data.hanging import Hangs
from webapp.core.data.types import UtcDateTime


class Track(StrEnum):
    """What kind of group it is."""

    PROCESS = "process"
    EDUCATION = "education"
    SKILLS = "skills"
    FAMILY = "family"
    INDIVIDUAL = "individual"
    MEDICATION = "medication"


class GroupRole(StrEnum):
    """What somebody is in a group."""

    PATIENT = "patient"
    FACILITATOR = "facilitator"


class Group(Base):
    """People who meet, such as *Evening IOP*. `zone` is an IANA name; all its times are local.

    Without a typed name it is an individual one: one patient, ever, and own clinicians. Each calls
    it by the other, so no name of theirs is stored with it.
    """

    __tablename__ = "group"
    individual_name: ClassVar[Callable[[UUID], str]]  # the floor above says how it is called
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    typed_name: Mapped[str | None] = mapped_column("name", String(80), unique=True)
    track: Mapped[Track] = mapped_column(String(16), default=Track.PROCESS)
    zone: Mapped[str] = mapped_column(String(64))
    place: Mapped[str] = mapped_column(String(200), default="")
    link: Mapped[str] = mapped_column(String(500), default="")
    bring: Mapped[str] = mapped_column(String(500), default="")
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    # It doesn't meet, and nobody comes in, until it is reopened.
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    patterns: Mapped[list["SchedulePattern"]] = relationship(
        back_populates="group", order_by="SchedulePattern.weekday, SchedulePattern.starts"
    )

    @classmethod
    def drawn(cls, columns: dict[str, Any]) -> Self:
        """The same of a group: what is typed stands in the column `name`."""
        return super().drawn(columns | {"typed_name": columns.get("name")})

    @property
    def is_individual(self) -> bool:
        """Whether it is one patient's alone."""
        return self.typed_name is None

    @hybrid_property
    def name(self) -> str:
        """What whoever asks calls it. Never in a title: an individual one's is a person's name."""
        return self.typed_name or Group.individual_name(self.id)

    @name.inplace.setter
    def _type_name(self, name: str) -> None:
        self.typed_name = name

    @name.inplace.expression
    @classmethod
    def _name_column(cls) -> ColumnElement[str]:
        return cast("ColumnElement[str]", cls.typed_name)


class SchedulePattern(Base):
    """One weekly time of a group: a weekday (0 is Monday), a wall time and a length."""

    __tablename__ = "schedule_pattern"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", "weekday"),
        CheckConstraint("minutes BETWEEN 15 AND 720", "minutes"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    group_id: Mapped[UUID] = mapped_column(ForeignKey("group.id", ondelete="CASCADE"), index=True)
    weekday: Mapped[int]
    starts: Mapped[time]
    minutes: Mapped[int]
    from_day: Mapped[date]
    until_day: Mapped[date | None]
    group: Mapped[Group] = relationship(back_populates="patterns")


class Holiday(Base):
    """A day without groups, or without one. `name` is shown to patients as the reason."""

    __tablename__ = "holiday"
    __table_args__ = (
        Index(
            "uq_holiday_day_of_all",
            "day",
            unique=True,
            sqlite_where=text("group_id IS NULL"),
            postgresql_where=text("group_id IS NULL"),
        ),
        Index("uq_holiday_day_of_group", "group_id", "day", unique=True),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    day: Mapped[date]
    name: Mapped[str] = mapped_column(String(80))
    group_id: Mapped[UUID | None] = mapped_column(ForeignKey("group.id", ondelete="CASCADE"))
    group: Mapped[Group | None] = relationship()


# Why a session is at another time than people knew: no one gave this reason by hand.
WEEKLY_CHANGED = "The group’s weekly time changed."
WEEKLY_ENDED = "The group doesn’t meet at this weekly time anymore."


class GroupSession(Base):
    """One occurrence of a group. Past ones never change.

    A row made by a pattern is the pattern's one occurrence in the week that begins on `week`,
    wherever it is moved; so what is shared for it follows, and planning doesn't make it anew.
    """

    __tablename__ = "group_session"
    __table_args__ = (
        Index(
            "uq_group_session_start",
            "group_id",
            "starts_at",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
        UniqueConstraint("pattern_id", "week"),
        Index("ix_group_session_group_id_ends_at", "group_id", "ends_at"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    group_id: Mapped[UUID] = mapped_column(ForeignKey("group.id", ondelete="CASCADE"))
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    place: Mapped[str] = mapped_column(String(200), default="")
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    pattern_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("schedule_pattern.id", ondelete="SET NULL")
    )
    week: Mapped[date | None]
    moved_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(String(200), default="")
    holiday_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("holiday.id", ondelete="SET NULL"), index=True
    )
    # The pattern no longer has it: shown nowhere, but calendars must hear that it is off.
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    topic: Mapped[str] = mapped_column(String(200), default="")
    read_before: Mapped[str] = mapped_column(Text, default="")
    link: Mapped[str] = mapped_column(String(500), default="")
    # Counted up on each change that a calendar must hear of (RFC 5545, 3.8.7.4).
    sequence: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    group: Mapped[Group] = relationship(lazy="joined", innerjoin=True)

    @property
    def closes_at(self) -> datetime:
        """Two hours after it ends: until then at least, what is shared for it is open."""
        return self.ends_at + SHARES_OUTLAST

    @property
    def is_cancelled(self) -> bool:
        """Whether it doesn't take place."""
        return self.cancelled_at is not None

    @property
    def is_moved(self) -> bool:
        """Whether it is at another time than it was planned for."""
        return self.moved_from is not None and self.moved_from != self.starts_at

    @property
    def is_pinned(self) -> bool:
        """Whether somebody moved it by hand, so that no plan does."""
        return self.moved_from is not None and self.reason != WEEKLY_CHANGED

    @property
    def is_ended(self) -> bool:
        """Whether it is off because its weekly time ended, and so near that people are told."""
        return self.is_cancelled and self.reason == WEEKLY_ENDED

    @property
    def is_changed(self) -> bool:
        """Whether people who go by the plan must be told."""
        return self.is_cancelled or self.is_moved

    @property
    def where(self) -> str:
        """Its own place, else the group's."""
        return self.place or self.group.place

    @property
    def video(self) -> str:
        """Its own link for joining by video, else the group's."""
        return self.link or self.group.link

    def has_begun(self, now: datetime) -> bool:
        """Whether it is past, or going on: then it never changes any more."""
        return self.starts_at <= now


SHARES_OUTLAST = timedelta(hours=2)


class Membership(Base):
    """Somebody is in a group, as patient or facilitator, from one instant until another."""

    __tablename__ = "membership"
    hangs = Hangs(("person_id",), ended="until_at")
    __table_args__ = (
        Index("ix_membership_person_id_group_id", "person_id", "group_id"),
        Index("ix_membership_group_id_until_at", "group_id", "until_at"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    group_id: Mapped[UUID] = mapped_column(ForeignKey("group.id", ondelete="CASCADE"))
    part: Mapped[GroupRole] = mapped_column(String(16))
    from_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    until_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # When a facilitator last marked everything that is shared with the group as seen.
    all_seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Stepped down or up: the membership that this one follows.
    after_id: Mapped[UUID | None] = mapped_column(ForeignKey("membership.id", ondelete="SET NULL"))
    # Added by a facilitator: until the patient says yes on Today, nothing of theirs opens there.
    needs_yes: Mapped[bool] = mapped_column(default=False, server_default=false())
    added_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # a move, dismissed on Today
    # A colleague stands in, with an end: for this session only, or for all of them until then.
    only_session_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("group_session.id", ondelete="CASCADE"), index=True
    )
    # A clinical supervisor, from a session on: reads what is shared since then.
    supervises: Mapped[bool] = mapped_column(default=False, server_default=false())
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    group: Mapped[Group] = relationship()

    @property
    def looks_after(self) -> bool:
        """Whether its facilitator runs the group: nobody who stands in, or supervises."""
        return self.until_at is None and not self.supervises


UNDO_FOR = timedelta(days=1)


WITH_PERSON = joinedload(Membership.person, innerjoin=True).options(WITH_KEY)


class OfMembership(SealedRow):
    """Something about a membership, sealed with the key of whoever it is about. Whoever's key is
    lost comes and goes all the same; no words can be kept then."""

    id: Mapped[UUID]
    membership_id: Mapped[UUID]
    person_id: Mapped[UUID]

    @property
    def sealed_for(self) -> UUID:
        return self.person_id

    @property
    def sealed_as(self) -> str:
        return f"{self.id}|{self.membership_id}|{self.person_id}"

    def seal_now(self, session: Session) -> None:
        if keyring(session).has_lost(self.person_id):
            self.__dict__.pop("_reseal", None)
            return
        super().seal_now(session)


class LevelOfCare(OfMembership, Base):
    """How somebody came into a group, or how often they come since a day, and why."""

    __tablename__ = "level_of_care"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    membership_id: Mapped[UUID] = mapped_column(
        ForeignKey("membership.id", ondelete="CASCADE"), index=True
    )
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    made_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    membership: Mapped[Membership] = relationship()

    came_from = Sealed[str]()
    from_day = Sealed[str]()
    days = Sealed[int]()  # a week
    hours = Sealed[int]()  # the same
    reason = Sealed[str]()

    @property
    def since(self) -> date | datetime:
        """The day from which it holds; else when it was noted."""
        return date.fromisoformat(self.from_day) if self.from_day else self.made_at


class Removal(OfMembership, Base):
    """Somebody was taken out of a group. Undone, the same membership goes on: own days and consent
    hang on it. The reason is sealed with the key of whoever was taken out."""

    __tablename__ = "removal"
    __table_args__ = (Index("ix_removal_person_id_seen_at", "person_id", "seen_at"),)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    membership_id: Mapped[UUID] = mapped_column(
        ForeignKey("membership.id", ondelete="CASCADE"), index=True
    )
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    made_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # dismissed on Today
    membership: Mapped[Membership] = relationship()

    reason = Sealed[str]()

    def can_undo(self, now: datetime) -> bool:
        """Whether it can still be undone."""
        return self.undone_at is None and self.made_at > now - UNDO_FOR


class OwnDays(Base):
    """On which of the group's weekdays a patient comes, from a day on. Without one: on all.

    `weekdays` has bit 0 for Monday. Earlier rows stay: what was expected then stays true.
    """

    __tablename__ = "own_days"
    __table_args__ = (CheckConstraint("weekdays BETWEEN 1 AND 127", "weekdays"),)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    membership_id: Mapped[UUID] = mapped_column(
        ForeignKey("membership.id", ondelete="CASCADE"), index=True
    )
    from_day: Mapped[date]
    weekdays: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    made_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))


class Expectation(Base):
    """One part of *What to expect here* in the program's own words, in place of ours."""

    __tablename__ = "expectation"
    part: Mapped[str] = mapped_column(String(24), primary_key=True)
    words: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    changed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
