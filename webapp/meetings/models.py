"""A visit, the rhythm that somebody wishes for, and the meetings that feeds list."""

from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from sqlalchemy import Float, ForeignKey, Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.core import clock, limits
from webapp.core.crypto.sealing import Sealed, SealedRow
from webapp.core.data.db import Base
from webapp.core.data.types import UtcDateTime
from webapp.entries.models import Entry
from webapp.meetings.reading import Mode


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


class Feed(Base):
    """A public list of meetings that the clinic chose, from a file or an address.

    What the last import did stays with it, and why the last try didn't work (`trouble`).
    """

    __tablename__ = "meeting_feed"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    source: Mapped[str] = mapped_column(String(2000), unique=True)
    fellowship: Mapped[str] = mapped_column(String(16))
    zone: Mapped[str] = mapped_column(String(64))
    generation: Mapped[int] = mapped_column(default=0)  # counts imports: what is older is gone
    imported_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    tried_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    trouble: Mapped[str] = mapped_column(String(500), server_default=text("''"))
    new: Mapped[int] = mapped_column(server_default=text("0"))
    changed: Mapped[int] = mapped_column(server_default=text("0"))
    removed: Mapped[int] = mapped_column(server_default=text("0"))
    refused: Mapped[int] = mapped_column(server_default=text("0"))  # rows not read

    @property
    def is_asked(self) -> bool:
        """Whether it came from an address, which is asked again every night."""
        return "://" in self.source

    @property
    def name(self) -> str:
        """example.org, or the file's name without its folder."""
        return list_name(self.source)


class ListDraft(Base):
    """A list that was read and waits for somebody's yes: nothing of it is shown to patients.

    A new one, or one that would take the place of `feed`. `is_held` when a night brought it, and it
    would have removed more than half.
    """

    __tablename__ = "meeting_list_draft"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    feed_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("meeting_feed.id", ondelete="CASCADE"), index=True
    )
    source: Mapped[str] = mapped_column(String(2000))
    fellowship: Mapped[str] = mapped_column(String(16))
    zone: Mapped[str] = mapped_column(String(64))
    body: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)  # zlib
    found: Mapped[str] = mapped_column(Text)  # lists.Preview, as JSON: reading takes seconds
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    is_held: Mapped[bool] = mapped_column(default=False)
    feed: Mapped[Feed | None] = relationship()

    @property
    def name(self) -> str:
        """As its list is called."""
        return list_name(self.source)


def list_name(source: str) -> str:
    """example.org for an address, and a file's own name."""
    host = urlsplit(source).hostname if "://" in source else None
    return host or source.rstrip("/").rpartition("/")[2] or source


class Meeting(Base):
    """A meeting as its feed lists it. Public, so nothing is sealed; who goes there is not here."""

    __tablename__ = "meeting"
    __table_args__ = (Index("ix_meeting_feed_id_generation", "feed_id", "generation"),)
    id: Mapped[UUID] = mapped_column(primary_key=True)  # of feed and slug: an update keeps it
    feed_id: Mapped[UUID] = mapped_column(ForeignKey("meeting_feed.id", ondelete="CASCADE"))
    generation: Mapped[int]
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary(16))
    slug: Mapped[str] = mapped_column(String(255))
    name: Mapped[str] = mapped_column(String(255))
    fellowship: Mapped[str] = mapped_column(String(16))
    minutes: Mapped[int]
    zone: Mapped[str] = mapped_column(String(64))
    mode: Mapped[Mode] = mapped_column(String(16))
    group: Mapped[str] = mapped_column(String(255))
    group_notes: Mapped[str] = mapped_column(Text, server_default=text("''"))
    location: Mapped[str] = mapped_column(String(255))
    location_notes: Mapped[str] = mapped_column(Text, server_default=text("''"))
    address: Mapped[str] = mapped_column(String(255))
    city: Mapped[str] = mapped_column(String(255))
    state: Mapped[str] = mapped_column(String(64), server_default=text("''"))
    places: Mapped[str] = mapped_column(Text)
    latitude: Mapped[float | None] = mapped_column(Float)
    longitude: Mapped[float | None] = mapped_column(Float)
    conference_url: Mapped[str] = mapped_column(Text)
    conference_url_notes: Mapped[str] = mapped_column(Text, server_default=text("''"))
    conference_phone: Mapped[str] = mapped_column(String(64))
    conference_phone_notes: Mapped[str] = mapped_column(Text, server_default=text("''"))
    notes: Mapped[str] = mapped_column(Text)
    tags: Mapped[str] = mapped_column(Text)
    types: Mapped[str] = mapped_column(String(255))
    url: Mapped[str] = mapped_column(Text)
    entity: Mapped[str] = mapped_column(String(255))
    feed: Mapped[Feed] = relationship()
    times: Mapped[list["MeetingTime"]] = relationship(
        order_by="MeetingTime.week_minute", viewonly=True
    )

    @property
    def all_tags(self) -> list[str]:
        """open, wheelchair, es"""
        return [tag for tag in self.tags.split("|") if tag]

    @property
    def is_at_address(self) -> bool:
        """Whether people meet where its address says; else that is at most its area."""
        return self.mode in (Mode.IN_PERSON, Mode.HYBRID)

    @property
    def where(self) -> str:
        """The address where people meet, and no other."""
        return self.address if self.is_at_address else ""

    @property
    def lacks_link(self) -> bool:
        """Whether it is online, and the list doesn't say where."""
        return self.mode == Mode.ONLINE and not self.conference_url

    @property
    def town(self) -> str:
        """Springfield, IL"""
        return town_name(self.city, self.state)


def town_name(city: str, state: str) -> str:
    """Springfield, IL"""
    return ", ".join(name for name in (city, state) if name)


class MeetingTime(Base):
    """One weekly time of a meeting: minutes after Monday's midnight, by the meeting's own clock."""

    __tablename__ = "meeting_time"
    meeting_id: Mapped[UUID] = mapped_column(
        ForeignKey("meeting.id", ondelete="CASCADE"), primary_key=True
    )
    week_minute: Mapped[int] = mapped_column(primary_key=True)


class Favourite(SealedRow, Base):
    """A meeting that somebody likes. Which one is sealed: only its owner's key tells.

    The id is a keyed hash of person and meeting, so the same tap twice is one row, and the table
    without our keys doesn't say who goes where.
    """

    __tablename__ = "meeting_favourite"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    chosen_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    meeting_id = Sealed[str]()
    name = Sealed[str]()  # stays when the feed drops the meeting
    is_home = Sealed[bool]()

    @property
    def sealed_for(self) -> UUID:
        return self.person_id

    @property
    def sealed_as(self) -> str:
        return f"{self.id}|{self.person_id}"


class Sheet(SealedRow, Base):
    """An attendance sheet as it was printed; later changes to a visit don't change it.

    Whoever has the paper can ask by its code whether it was printed here. In the clear is only a
    keyed hash of that code; of one that was stopped, nothing. A restore stops them all.
    """

    __tablename__ = "meeting_sheet"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    code = Sealed[str]()
    name = Sealed[str]()  # as it stands on the paper; or a line to write it by hand
    first_day = Sealed[str]()
    last_day = Sealed[str]()
    rows = Sealed[list[dict[str, str]]]()  # sheet.Row
    blank = Sealed[int]()  # lines to fill in by hand
    is_stopped = Sealed[bool]()  # by its owner

    longest = limits.PRINTED

    @property
    def sealed_for(self) -> UUID:
        return self.person_id

    @property
    def sealed_as(self) -> str:
        return f"{self.id}|{self.person_id}"
