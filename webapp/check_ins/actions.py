"""What is done with questionnaires: begun, answered one by one, finished; days chosen."""

from datetime import date, time
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, select

from webapp.accounts.models import Person
from webapp.check_ins import queries
from webapp.check_ins.instruments import Instrument
from webapp.check_ins.models import Answers, CheckInDraft, DueDays
from webapp.core import clock
from webapp.core.db import db
from webapp.core.errors import Conflict
from webapp.entries.actions import write
from webapp.entries.models import entry_id
from webapp.entries.queries import own
from webapp.program.recurrence import mask_of
from webapp.reminders.actions import remind, stop_reminding
from webapp.reminders.models import Reminder, reminder_id
from webapp.reminders.schedule import AtTimes, Kind

ABOUT = UUID("c9b8a0b4-1c5e-4c76-9d3f-0b6c2e5f7a10")  # one reminder for all that is due


def begin(person: Person, instrument: Instrument) -> CheckInDraft:
    """An empty draft, in place of a former one; drafts that are too old go too."""
    now, id = clock.now(), queries.draft_id(person, instrument.id)
    db.session.execute(
        delete(CheckInDraft).where(
            CheckInDraft.person_id == person.id,
            (CheckInDraft.id == id) | (CheckInDraft.begun_at <= now - queries.DRAFT_LASTS),
        )
    )
    draft = CheckInDraft(id=id, person_id=person.id, begun_at=now, sealed=b"")
    draft.instrument, draft.made, draft.answers = str(instrument.id), str(uuid4()), {}
    db.session.add(draft)
    return draft


def keep(draft: CheckInDraft, link_id: str, answer: Any) -> dict[str, Any]:
    """Keep one answer; None takes it away. Returns the answers so far."""
    answers = {name: one for name, one in (draft.answers or {}).items() if name != link_id}
    if answer is not None:
        answers[link_id] = answer
    draft.answers = answers
    return answers


def throw_away(draft: CheckInDraft) -> None:
    """As if it had never been begun."""
    db.session.delete(draft)


def finish(person: Person, draft: CheckInDraft, instrument: Instrument, zone: str) -> Answers:
    """The draft becomes an entry, once. Raises Conflict while something needed is unanswered."""
    answers = draft.answers or {}
    content = instrument.content(answers)
    if instrument.unanswered(answers) is not None or not content["said"]:
        raise Conflict
    there = finished_from(person, UUID(draft.made))
    begun = {"begun_at": draft.begun_at.isoformat(), "zone": zone}
    entry = there or write(Answers, person, UUID(draft.made), clock.now(), content | begun)
    db.session.delete(draft)
    return entry


def finished_from(person: Person, made: UUID) -> Answers | None:
    """What a draft has become, for whoever taps twice."""
    return own(person, Answers, entry_id(person.id, made))


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
    days = {day for one in queries.rhythms().values() for day in one.weekdays}
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


def answered(person: Person) -> None:
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
        (person, one) for person, one in rows
        if one.id == reminder_id(person.id, Kind.DAILY, ABOUT)
    ]  # fmt: skip
