"""Groups, their dates, and who is in them."""

from datetime import date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.accounts.models import Person
from webapp.core import clock
from webapp.core.db import Base
from webapp.core.types import UtcDateTime


class Track(StrEnum):
    """What kind of group it is."""

    PROCESS = "process"
    EDUCATION = "education"
    SKILLS = "skills"
    FAMILY = "family"
    INDIVIDUAL = "individual"
    MEDICATION = "medication"


class Part(StrEnum):
    """What somebody is in a group."""

    PATIENT = "patient"
    FACILITATOR = "facilitator"


class Group(Base):
    """People who meet, such as *Evening IOP*. `zone` is an IANA name; all its times are local."""

    __tablename__ = "group"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    track: Mapped[Track] = mapped_column(String(16), default=Track.PROCESS)
    zone: Mapped[str] = mapped_column(String(64))
    place: Mapped[str] = mapped_column(String(200), default="")
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    patterns: Mapped[list["SchedulePattern"]] = relationship(
        back_populates="group", order_by="SchedulePattern.weekday"
    )


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


class GroupSession(Base):
    """One occurrence of a group. Past ones never change."""

    __tablename__ = "group_session"
    __table_args__ = (
        UniqueConstraint("group_id", "starts_at"),
        Index("ix_group_session_group_id_ends_at", "group_id", "ends_at"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    group_id: Mapped[UUID] = mapped_column(ForeignKey("group.id", ondelete="CASCADE"))
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    place: Mapped[str] = mapped_column(String(200), default="")
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    group: Mapped[Group] = relationship(lazy="joined", innerjoin=True)

    @property
    def closes_at(self) -> datetime:
        """When shares for this evening end: two hours after it does."""
        return self.ends_at + SHARES_OUTLAST


SHARES_OUTLAST = timedelta(hours=2)


class Membership(Base):
    """Somebody is in a group, as patient or facilitator, from one instant until another."""

    __tablename__ = "membership"
    __table_args__ = (
        Index("ix_membership_person_id_until_at", "person_id", "until_at"),
        Index("ix_membership_group_id_until_at", "group_id", "until_at"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    group_id: Mapped[UUID] = mapped_column(ForeignKey("group.id", ondelete="CASCADE"))
    part: Mapped[Part] = mapped_column(String(16))
    from_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    until_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    person: Mapped[Person] = relationship()
    group: Mapped[Group] = relationship()
