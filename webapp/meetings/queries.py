"""Reading one's own visits, rhythm and favourites."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from webapp.accounts.models import Person
from webapp.core import clock, codes, limits
from webapp.core.crypto.keys import DataKey, keyed_hash
from webapp.core.data.db import db
from webapp.entries.queries import own_list
from webapp.meetings.finding import listed_among, starts_next
from webapp.meetings.models import Favourite, Meeting, MeetingRhythm, Sheet, Visit
from webapp.meetings.rhythm import NINETY, Rhythm, rhythm
from webapp.meetings.sheet import Went
from webapp.meetings.words import attended_name

A_DAY, A_WEEK = timedelta(days=1), timedelta(days=8)  # a visit's own clock may be a day off
FIRST = UUID(int=0)  # of those at one moment


def rhythm_row(person: Person) -> MeetingRhythm | None:
    """What somebody wished for, if they did."""
    return db.session.get(MeetingRhythm, person.id)


def visits_of(person: Person) -> list[Visit]:
    """All of somebody's visits, the newest first."""
    return own_list(person, Visit)


def rhythm_of(person: Person, row: MeetingRhythm | None, zone: str, now: datetime) -> Rhythm:
    """This week, the gap and the ninety, by the wall clocks of the visits.

    Only those that may count are read: years of visits cost as much as a season.
    """
    today = clock.local(now, zone).date()
    start = date.fromisoformat(row.ninety_from) if row and row.ninety_from else None
    visits = _lately(person, clock.start_of_day(today - A_WEEK, zone))
    if start is not None:
        visits += own_list(
            person,
            Visit,
            since=clock.start_of_day(start - A_DAY, zone),
            behind=(clock.start_of_day(start + timedelta(NINETY) + A_DAY, zone), FIRST),
        )
    days = {visit.id: _local_day(visit, zone) for visit in visits}
    return rhythm(days.values(), today, row.a_week if row else None, start)


def _lately(person: Person, since: datetime) -> list[Visit]:
    """The visits since then, and the last one before."""
    before = own_list(person, Visit, behind=(since, FIRST), most=1)
    return own_list(person, Visit, since=since) + before


def _local_day(visit: Visit, zone: str) -> date:
    return clock.local(visit.happened_at, visit.zone or zone).date()


@dataclass(frozen=True)
class Liked:
    """A favourite: the meeting while it is listed, and when it is next."""

    favourite: Favourite
    meeting: Meeting | None
    starts_at: datetime | None


def favourites_of(person: Person, now: datetime) -> list[Liked]:
    """Somebody's favourites, the next one first; those no longer listed come last."""
    rows = favourite_rows(person)
    listed = listed_among([UUID(kept.meeting_id) for kept in rows if kept.meeting_id])
    found = []
    for row in rows:
        meeting = listed.get(UUID(row.meeting_id)) if row.meeting_id else None
        found.append(Liked(row, meeting, starts_next(meeting, now) if meeting else None))
    return sorted(
        found,
        key=lambda liked: (liked.starts_at is None, liked.starts_at, liked.favourite.name or ""),
    )


def favourite_rows(person: Person) -> list[Favourite]:
    """Somebody's favourites as they are kept."""
    return list(db.session.scalars(select(Favourite).where(Favourite.person_id == person.id)))


def favourite(person: Person, meeting_id: UUID) -> Favourite | None:
    """One favourite, if this meeting is one."""
    return db.session.get(Favourite, favourite_id(person, meeting_id))


def favourite_id(person: Person, meeting_id: UUID) -> UUID:
    """Known to who knows our keys: the table alone doesn't say who goes where."""
    return UUID(bytes=keyed_hash("favourites", person.id.bytes + meeting_id.bytes)[:16])


def went(person: Person, zone: str) -> list[Went]:
    """Somebody's visits, as far as a sheet asks."""
    return [
        Went(
            clock.local(visit.happened_at, visit.zone or zone),
            visit.meeting or "",
            visit.place or attended_name(visit.attended),
            visit.initials or "",
        )
        for visit in visits_of(person)
    ]


def sheets_of(person: Person, most: int = 10) -> list[Sheet]:
    """The sheets that somebody printed, the newest first."""
    query = select(Sheet).where(Sheet.person_id == person.id)
    return list(db.session.scalars(query.order_by(Sheet.made_at.desc()).limit(most)))


def open_sheets(person: Person) -> list[Sheet]:
    """Those by whose code anybody can still ask."""
    found = sheets_of(person, limits.ITEMS)
    return [sheet for sheet in found if not sheet.is_unopened and can_be_checked(sheet)]


def can_be_checked(sheet: Sheet) -> bool:
    """Whether its code still finds it: neither its owner nor a restore ended that."""
    return sheet.code_hash == code_hash(codes.typed(sheet.code or "") or "")


def own_sheet(person: Person, id: UUID) -> Sheet | None:
    """One of somebody's own sheets."""
    return db.session.scalar(select(Sheet).where(Sheet.id == id, Sheet.person_id == person.id))


def sheet_by_code(typed: str) -> Sheet | None:
    """The sheet that carries this code, whoever asks: who has the code has the paper."""
    code = codes.typed(typed)
    if code is None:
        return None
    query = select(Sheet).join(DataKey, DataKey.person_id == Sheet.person_id)
    return db.session.scalar(query.where(Sheet.code_hash == code_hash(code)))


def code_hash(code: str) -> bytes:
    """What the database knows of a sheet's code (60 bits, so a plain keyed hash finds it)."""
    return keyed_hash("sheets", code.encode())
