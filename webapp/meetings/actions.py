"""What a person changes about meetings, beside writing a visit (entries.actions does that)."""

import secrets
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select

from webapp.accounts.models import Person
from webapp.audit.actions import record
from webapp.audit.kinds import ActKind
from webapp.core import clock, codes, limits
from webapp.core.data.db import db
from webapp.core.errors import Ceiling
from webapp.core.folding import folded
from webapp.core.wording import gettext as _
from webapp.entries.actions import edit
from webapp.meetings import sheet as paper
from webapp.meetings.models import Favourite, Meeting, MeetingRhythm, Sheet, Visit
from webapp.meetings.queries import (
    code_hash,
    favourite_id,
    favourite_rows,
    rhythm_row,
    went,
)


def change(visit: Visit, version: int, happened_at: datetime, typed: Mapping[str, Any]) -> None:
    """Change a visit. Initials were given for that meeting on that day, and go with it."""
    same = visit.happened_at == happened_at and _same_name(visit, typed)
    edit(visit, version, happened_at, {**typed, "initials": visit.initials if same else None})


def _same_name(visit: Visit, typed: Mapping[str, Any]) -> bool:
    return folded(visit.meeting or "") == folded(typed.get("meeting") or "")


def wish(person: Person, a_week: int | None, ninety_from: date | None) -> None:
    """Keep how often somebody wants to go; None takes a wish away."""
    row = rhythm_row(person) or MeetingRhythm(person_id=person.id)
    row.begin_anew()
    row.a_week = a_week or None
    row.ninety_from = ninety_from.isoformat() if ninety_from else None
    db.session.add(row)


def like(person: Person, meeting: Meeting) -> Favourite:
    """Keep a meeting among somebody's favourites; the same tap twice is one.

    Raises Ceiling when there are very many.
    """
    id = favourite_id(person, meeting.id)
    favourite = db.session.get(Favourite, id)
    if favourite is None:
        if len(favourite_rows(person)) >= limits.ITEMS:
            raise Ceiling(_("This list is full. Remove something first."))
        favourite = Favourite(id=id, person_id=person.id)
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
    for row in favourite_rows(person):
        if row.id != home.id and row.is_home:
            row.is_home = None
    home.is_home = True


def print_sheet(
    person: Person, name: str | None, first: date, last: date, blank: int, zone: str
) -> Sheet:
    """Keep a sheet as it is printed, with a code of its own. Raises Ceiling after many in a day."""
    today = Sheet.person_id == person.id, Sheet.made_at > clock.now() - limits.A_DAY
    if (db.session.scalar(select(func.count()).where(*today)) or 0) >= limits.SHEETS_A_DAY:
        raise Ceiling(_("You’ve reached today’s limit for sheets. Try again tomorrow."))
    code = codes.make_code()
    sheet = Sheet(id=uuid4(), person_id=person.id, code_hash=code_hash(code))
    record(ActKind.SHEET_MADE, person=person.id, about=sheet.id)
    sheet.code, sheet.name, sheet.blank = codes.shown(code), name, blank
    sheet.first_day, sheet.last_day = first.isoformat(), last.isoformat()
    sheet.rows = paper.rows(went(person, zone), first, last)
    db.session.add(sheet)
    return sheet


def stop_sheet(sheet: Sheet) -> None:
    """Whoever asks by its code hears that there is no such sheet; a code has no other hash."""
    if not sheet.is_stopped:
        sheet.is_stopped, sheet.code_hash = True, secrets.token_bytes(32)
        record(ActKind.SHEET_STOPPED, person=sheet.person_id, about=sheet.id)


def initial(visit: Visit, drawing: str | None) -> None:
    """Keep the initials that somebody at the meeting drew, or take them away."""
    content = visit.content | {"initials": drawing}
    edit(visit, visit.version, visit.happened_at, content)
