"""A visit, and the rhythm that somebody wishes for."""

from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.db import Base
from webapp.core.sealing import Sealed, SealedRow
from webapp.entries.models import Entry


class Visit(Entry, kind="visit"):
    """Somebody went to a mutual-help meeting."""

    lines = "meetings/line.html"
    page = "meetings.show"

    fellowship = Sealed[str]()  # of words.FELLOWSHIPS
    meeting = Sealed[str]()  # its name
    place = Sealed[str]()
    format = Sealed[str]()  # of words.FORMATS
    attended = Sealed[str]()  # of words.ATTENDED
    step = Sealed[str]()  # or tool, or topic
    takeaway = Sealed[str]()
    contact = Sealed[str]()  # a sponsor or peer
    commitment = Sealed[str]()
    initials = Sealed[str]()  # drawn at the meeting: the path of an SVG
    zone = Sealed[str]()  # where the clock on the wall stood


class MeetingRhythm(SealedRow, Base):
    """How often somebody wants to go, in their own words to themselves; nobody else sees it."""

    __tablename__ = "meeting_rhythm"
    person_id: Mapped[UUID] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True
    )

    a_week = Sealed[int]()
    ninety_from = Sealed[str]()  # the first day of 90 meetings in 90 days

    @property
    def sealed_for(self) -> UUID:
        return self.person_id

    @property
    def sealed_as(self) -> str:
        return str(self.person_id)
