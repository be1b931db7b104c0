"""Reading one's own check-ins, and when the program asks for what."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from webapp.accounts.models import Person
from webapp.check_ins.days import SINCE, Days, days
from webapp.check_ins.due import DueRhythm, is_due, next_day
from webapp.check_ins.models import CheckIn, DueDays
from webapp.core import clock
from webapp.core.data.db import db
from webapp.entries.queries import own_contents
from webapp.program.queries import left_at
from webapp.program.recurrence import weekdays_in
from webapp.questionnaires.models import Answers
from webapp.questionnaires.weekly import KEY as WEEKLY

PAGE = 14
DAILY = "daily"
WEEKLY_FOR = timedelta(weeks=13)  # after the last group; once in four weeks from then on
# Until an administrator chooses: each day, and the week on Sundays; a questionnaire on no day.
USUALLY = {DAILY: DueRhythm(tuple(range(7)), open_for=1), WEEKLY: DueRhythm((6,))}


def days_of(person: Person, now: datetime) -> Days | None:
    """How somebody's last three weeks went, in taps."""
    return days(own_contents(person, CheckIn, now - SINCE))


def rhythms() -> dict[str, DueRhythm]:
    """When the program asks for what."""
    chosen = dict(USUALLY)
    for row in db.session.scalars(select(DueDays)):
        chosen[row.what] = rhythm(row.what, row.weekdays, row.every_weeks, row.from_day)
    return chosen


def rhythm(what: str, weekdays: int, every_weeks: int, from_day: date) -> DueRhythm:
    """When the program asks for one thing, from its row."""
    days = tuple(weekdays_in(weekdays))
    usual = USUALLY.get(what, DueRhythm(()))
    return replace(usual, weekdays=days, every_weeks=every_weeks, from_day=from_day)


def rhythms_of(person: Person, now: datetime) -> dict[str, DueRhythm]:
    """The same for somebody; after the last group only the week is asked for, then the month."""
    chosen, left = rhythms(), left_at(person, now)
    if left is None:
        return chosen
    weekdays = chosen[WEEKLY].weekdays or USUALLY[WEEKLY].weekdays
    weeks = 1 if now - left < WEEKLY_FOR else 4
    return {WEEKLY: DueRhythm(weekdays[:1], every_weeks=weeks)}


def due(person: Person, now: datetime, zone: str) -> set[str]:
    """What the program asks somebody for today and isn't answered yet."""
    today, last = clock.local(now, zone).date(), _last_days(person, now, zone)
    asked = rhythms_of(person, now)
    return {what for what, rhythm in asked.items() if is_due(rhythm, last.get(what), today)}


def next_due(person: Person, now: datetime, zone: str) -> date | None:
    """The next day on which anything is due."""
    today, last = clock.local(now, zone).date(), _last_days(person, now, zone)
    asked = rhythms_of(person, now)
    days = [next_day(rhythm, last.get(what), today) for what, rhythm in asked.items()]
    return min((day for day in days if day is not None), default=None)


def _last_days(person: Person, now: datetime, zone: str) -> dict[str, date]:
    """The local day on which each was last answered."""
    last: dict[str, date] = {}
    daily = db.session.scalar(
        select(func.max(CheckIn.happened_at)).where(
            CheckIn.author_id == person.id, CheckIn.removed_at.is_(None)
        )
    )
    if daily is not None:
        last[DAILY] = clock.local(daily, zone).date()
    for at, content in own_contents(person, Answers, now - timedelta(weeks=13)):
        last.setdefault(content.get("key") or "", clock.local(at, zone).date())
    return last
