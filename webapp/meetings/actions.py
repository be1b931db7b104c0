"""What a person changes about meetings, beside writing a visit (entries.actions does that)."""

from datetime import date
from uuid import UUID

from webapp.accounts.models import Person
from webapp.core.db import db
from webapp.meetings.models import Favourite, Meeting, MeetingRhythm
from webapp.meetings.queries import favourite_id, favourite_rows, rhythm_row


def wish(person: Person, a_week: int | None, ninety_from: date | None) -> None:
    """Keep how often somebody wants to go; None takes a wish away."""
    row = rhythm_row(person) or MeetingRhythm(person_id=person.id)
    row.a_week = a_week or None
    row.ninety_from = ninety_from.isoformat() if ninety_from else None
    db.session.add(row)


def like(person: Person, meeting: Meeting) -> Favourite:
    """Keep a meeting among somebody's favourites; the same tap twice is one."""
    id = favourite_id(person, meeting.id)
    favourite = db.session.get(Favourite, id) or Favourite(id=id, person_id=person.id)
    favourite.meeting_id, favourite.name = str(meeting.id), meeting.name
    db.session.add(favourite)
    return favourite


def unlike(person: Person, meeting_id: UUID) -> None:
    """Take it away from the favourites; a second time changes nothing."""
    favourite = db.session.get(Favourite, favourite_id(person, meeting_id))
    if favourite is not None:
        db.session.delete(favourite)


def make_home(person: Person, meeting: Meeting) -> None:
    """Say that this one is the home group. There is one at a time."""
    home = like(person, meeting)
    for one in favourite_rows(person):
        if one.id != home.id and one.is_home:
            one.is_home = None
    home.is_home = True
