"""Rules, due messages, phones, attempts, and the processes that make them."""

import hashlib
from datetime import date, datetime, time
from uuid import UUID, uuid4, uuid5

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core import clock
from webapp.core.crypto.sealing import Sealed, SealedRow
from webapp.core.data.db import Base
from webapp.core.data.hanging import Hangs
from webapp.core.data.types import UtcDateTime
from webapp.program.models import GroupSession
from webapp.reminders.schedule import EVERY_DAY, AtTimes, Kind, Outcome, Quiet, Result

OPEN = text("finished_at IS NULL")
OWN_WORDS = 100  # characters: with its frame it fits into one message, in any script


class Reminder(SealedRow, Base):
    """A rule. Its times are in clear, its name and own words are sealed."""

    __tablename__ = "reminder"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    kind: Mapped[Kind] = mapped_column(String(16))
    leads: Mapped[list[int]] = mapped_column(JSON, default=list)  # minutes before
    times: Mapped[list[str]] = mapped_column(JSON, default=list)  # "08:00"
    weekdays: Mapped[list[int]] = mapped_column(JSON, default=lambda: list(EVERY_DAY))
    zone: Mapped[str] = mapped_column(String(64), default="UTC")
    from_day: Mapped[date | None]
    until_day: Mapped[date | None]
    on_since: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    off_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    name = Sealed[str]()  # what it is for, as its owner reads it in the app
    words = Sealed[str]()  # own words for the own lock screen

    @property
    def sealed_for(self) -> UUID:
        return self.person_id

    @property
    def sealed_as(self) -> str:
        return f"{self.id}|{self.person_id}"

    @property
    def is_on(self) -> bool:
        """Whether it rings."""
        return self.off_at is None

    @property
    def at_times(self) -> AtTimes:
        """The plain values of a rule for times of day."""
        return AtTimes(
            tuple(time.fromisoformat(at) for at in self.times),
            self.zone,
            self.from_day or date.min,
            weekdays=tuple(self.weekdays),
            until_day=self.until_day,
        )


class ReminderChoices(Base):
    """When a person wants no reminder at all."""

    __tablename__ = "reminder_choices"
    person_id: Mapped[UUID] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True
    )
    zone: Mapped[str] = mapped_column(String(64))
    quiet_from: Mapped[time | None]
    quiet_until: Mapped[time | None]
    paused_until: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def quiet(self) -> Quiet:
        """The plain values."""
        return Quiet(self.zone, self.quiet_from, self.quiet_until, self.paused_until)


class PushSubscription(SealedRow, Base):
    """A phone that wants reminders. It goes when its sign-in goes; one endpoint is one phone."""

    __tablename__ = "push_subscription"
    hangs = Hangs(("person_id",))
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    sign_in_id: Mapped[UUID] = mapped_column(
        ForeignKey("sign_in.id", ondelete="CASCADE"), unique=True
    )
    endpoint_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    lost_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failures: Mapped[int] = mapped_column(default=0)  # in a row

    endpoint = Sealed[str]()
    p256dh = Sealed[str]()
    auth = Sealed[str]()

    @property
    def sealed_for(self) -> UUID:
        return self.person_id

    @property
    def sealed_as(self) -> str:
        return f"{self.id}|{self.person_id}"

    @property
    def _may_be_empty(self) -> bool:
        return self.lost_at is not None or super()._may_be_empty

    @property
    def mark(self) -> str:
        """What the phone compares its own subscription with; empty when it must connect again."""
        known = self.endpoint if self.lost_at is None else None
        return hashlib.sha256(known.encode()).hexdigest() if known else ""


class Notification(Base):
    """One due message. Its id follows from rule and occurrence, so it is made once."""

    __tablename__ = "notification"
    __table_args__ = (
        # What is finished is no part of it, so a million old rows cost a tick nothing.
        Index("ix_notification_next_at", "next_at", sqlite_where=OPEN, postgresql_where=OPEN),
        Index("ix_notification_person_id_due_at", "person_id", "due_at"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    reminder_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("reminder.id", ondelete="CASCADE"), index=True
    )
    group_session_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("group_session.id", ondelete="CASCADE"), index=True
    )
    only_for_id: Mapped[UUID | None] = mapped_column(  # a test, for one phone
        ForeignKey("push_subscription.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[Kind] = mapped_column(String(16))
    lead: Mapped[int] = mapped_column(default=0)
    occurs_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    next_at: Mapped[datetime] = mapped_column(UtcDateTime)
    round: Mapped[int] = mapped_column(default=0)  # counts "later"
    claimed_by: Mapped[UUID | None]
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[Outcome | None] = mapped_column(String(16))


class Delivery(Base):
    """One attempt to hand one message to one phone's push service."""

    __tablename__ = "delivery"
    __table_args__ = (Index("ix_delivery_notification_id_round", "notification_id", "round"),)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    notification_id: Mapped[UUID] = mapped_column(ForeignKey("notification.id", ondelete="CASCADE"))
    subscription_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("push_subscription.id", ondelete="SET NULL"), index=True
    )
    round: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    result: Mapped[Result] = mapped_column(String(16))
    status: Mapped[int | None]
    again_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Accepted(Base):
    """How many messages push services accepted in a quarter: the log goes after thirty days."""

    __tablename__ = "accepted"
    quarter: Mapped[str] = mapped_column(String(8), primary_key=True)
    messages: Mapped[int]


class Sender(Base):
    """A process that sends. It is alive while its heartbeat goes on, whatever any clock says."""

    __tablename__ = "courier"  # as senders were called when it was made
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_tick_at: Mapped[datetime] = mapped_column(UtcDateTime)
    heartbeat: Mapped[int] = mapped_column("beat", default=0)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def reminder_id(person_id: UUID, kind: Kind, about: UUID | None) -> UUID:
    """One rule a person, kind and thing it is about."""
    return uuid5(person_id, f"reminder|{kind}|{about or ''}")


def news_of(group_session: GroupSession) -> datetime:
    """What a message about a change says, as its occurrence: when it was called off, else when it
    is. A later change makes another one."""
    return group_session.cancelled_at or group_session.starts_at


def notification_id(
    reminder_id: UUID, group_session_id: UUID | None, occurs_at: datetime, lead: int
) -> UUID:
    """One message a rule, occurrence and lead time."""
    return uuid5(reminder_id, f"{group_session_id or ''}|{occurs_at.isoformat()}|{lead}")
