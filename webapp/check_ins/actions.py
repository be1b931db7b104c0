"""When the program asks for what, and who is reminded of it."""

from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select

from webapp.accounts.models import Person
from webapp.check_ins import queries
from webapp.check_ins.models import CheckIn, DueDays
from webapp.core import clock
from webapp.core.data.db import db
from webapp.program.recurrence import mask_of
from webapp.questionnaires.models import Answers
from webapp.reminders.actions import remind, stop_reminding
from webapp.reminders.claims import IS_DUE
from webapp.reminders.models import Reminder, reminder_id
from webapp.reminders.schedule import AtTimes, Kind

ABOUT = UUID("c9b8a0b4-1c5e-4c76-9d3f-0b6c2e5f7a10")  # one reminder for all that is due


def set_due(what: str, weekdays: list[int], every_weeks: int, today: date, by: Person) -> None:
    """From today on the program asks on these days; whoever has a reminder gets it then."""
    row = db.session.get(DueDays, what) or DueDays(what=what)
    row.weekdays, row.every_weeks, row.from_day = mask_of(weekdays), every_weeks, today
    row.changed_at, row.changed_by_id = clock.now(), by.id
    db.session.add(row)
    db.session.flush()
    for person, reminder in _reminded():
        _follow(person, reminder)


def remind_of_due(person: Person, at: time, zone: str, name: str) -> None:
    """Remind somebody at this time on days when something is due and not yet answered."""
    now = clock.now()
    days = {day for rhythm in queries.rhythms_of(person, now).values() for day in rhythm.weekdays}
    first = queries.next_due(person, now, zone) or clock.local(now, zone).date()
    rule = AtTimes((at,), zone, first, about=ABOUT, name=name, weekdays=tuple(sorted(days)))
    if days:
        remind(person, rule)
    else:
        no_reminder(person)


def no_reminder(person: Person) -> None:
    """No more of these."""
    stop_reminding(person, Kind.DAILY, ABOUT)


def reminder_of(person: Person) -> Reminder | None:
    """The reminder that somebody set, while it rings."""
    found = db.session.get(Reminder, reminder_id(person.id, Kind.DAILY, ABOUT))
    return found if found is not None and found.is_on else None


def follow(person: Person) -> None:
    """Their reminder keeps to what they're asked for, whose last group ended or who is back.

    It touches nothing sealed: a lost key keeps nobody in a group.
    """
    db.session.flush()
    reminder, now = reminder_of(person), clock.now()
    if reminder is None:
        return
    asked = queries.rhythms_of(person, now).values()
    reminder.weekdays = sorted({day for rhythm in asked for day in rhythm.weekdays})
    tomorrow = clock.local(now, reminder.zone).date() + timedelta(days=1)
    reminder.from_day = min(reminder.from_day or tomorrow, tomorrow)


def _is_due(person_id: UUID, at: datetime, zone: str) -> bool:
    """Whether anything falls on that day: weeks between, and what follows leaving, is no rule's."""
    asked = queries.rhythms_of(db.session.get_one(Person, person_id), at).values()
    return any(rhythm.falls_on(clock.local(at, zone).date()) for rhythm in asked)


IS_DUE[ABOUT] = _is_due


def answered(person: Person, _what: CheckIn | Answers) -> None:
    """Something was answered: what is no longer due today isn't reminded of."""
    reminder = reminder_of(person)
    if reminder is not None:
        db.session.flush()
        _follow(person, reminder)


def _follow(person: Person, reminder: Reminder) -> None:
    at = time.fromisoformat(reminder.times[0])
    remind_of_due(person, at, reminder.zone, reminder.name or "")


def _reminded() -> list[tuple[Person, Reminder]]:
    rows = db.session.execute(
        select(Person, Reminder)
        .join(Reminder, Reminder.person_id == Person.id)
        .where(Reminder.kind == Kind.DAILY, Reminder.off_at.is_(None))
    )
    return [
        (person, reminder) for person, reminder in rows
        if reminder.id == reminder_id(person.id, Kind.DAILY, ABOUT)
    ]  # fmt: skip
