"""A patient's own appointments, and the secret address of a calendar."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, LargeBinary, false
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core import clock
from webapp.core.crypto.sealing import Sealed
from webapp.core.data.db import Base
from webapp.core.data.hanging import Hangs
from webapp.core.data.types import UtcDateTime
from webapp.entries.models import Entry


class Care(StrEnum):
    """With whom follow-up care is."""

    PSYCHIATRIST = "psychiatrist"
    COUNSELOR = "counselor"
    OTHER = "other"


class Appointment(Entry, kind="appointment"):
    """Something of one's own in the week: a doctor, work, a mutual-help meeting.

    `happened_at` is when it begins.
    """

    lines = "week/line.html"
    page = "week.edit_appointment"

    title = Sealed[str]()
    minutes = Sealed[int]()
    place = Sealed[str]()
    care = Sealed[str]()  # Care; absent for what is no follow-up care
    remind = Sealed[bool]()  # the evening before
    took_place = Sealed[str]()  # "yes" or "no", once it is over
    zone = Sealed[str]()


class CalendarFeed(Base):
    """A secret address from which a phone's calendar fetches a patient's sessions."""

    __tablename__ = "calendar_feed"
    hangs = Hangs(("person_id",), ended="ended_at")
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Whether each event rings an hour before, for those whom no push message reaches.
    rings: Mapped[bool] = mapped_column(default=False, server_default=false())
    rings_changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
