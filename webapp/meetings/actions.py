"""What a person changes about meetings, beside writing a visit (entries.actions does that)."""

from datetime import date

from webapp.accounts.models import Person
from webapp.core.db import db
from webapp.meetings.models import MeetingRhythm
from webapp.meetings.queries import rhythm_row


def wish(person: Person, a_week: int | None, ninety_from: date | None) -> None:
    """Keep how often somebody wants to go; None takes a wish away."""
    row = rhythm_row(person) or MeetingRhythm(person_id=person.id)
    row.a_week = a_week or None
    row.ninety_from = ninety_from.isoformat() if ninety_from else None
    db.session.add(row)
