"""Reading one's own check-ins, what can be answered, and when the program asks."""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import groupby
from uuid import UUID

from sqlalchemy import func, select

from webapp.accounts.models import Person
from webapp.check_ins.days import SINCE, Days, days
from webapp.check_ins.due import Rhythm, is_due, next_day
from webapp.check_ins.instruments import Instrument
from webapp.check_ins.models import Answers, CheckIn, CheckInDraft, DueDays, InstrumentFile
from webapp.check_ins.parsing import parse
from webapp.check_ins.scoring import numbers
from webapp.check_ins.weekly import KEY as WEEKLY
from webapp.check_ins.weekly import WEEKLY_ID, weekly
from webapp.core import clock
from webapp.core.db import db
from webapp.core.errors import each
from webapp.core.keys import app_secrets
from webapp.entries.paging import Place
from webapp.entries.queries import own_contents, own_list
from webapp.program.recurrence import weekdays_in

PAGE = 14
DRAFT_LASTS = timedelta(days=2)
DAILY = "daily"
# Until an administrator chooses: each day, and the week on Sundays; a questionnaire on no day.
USUALLY = {DAILY: Rhythm(tuple(range(7)), open_for=1), WEEKLY: Rhythm((6,))}


def page_of(person: Person, behind: Place | None = None) -> tuple[list[CheckIn], bool]:
    """One page of daily check-ins, and whether there is an older one."""
    found = own_list(person, CheckIn, behind=behind, most=PAGE + 1)
    return found[:PAGE], len(found) > PAGE


def by_day(entries: Iterable[CheckIn], zone: str) -> list[tuple[datetime, list[CheckIn]]]:
    """Check-ins under the local day on which they were, in the order given."""

    def day(entry: CheckIn) -> datetime:
        at = clock.local(entry.happened_at, entry.zone or zone)
        return at.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)

    return [(when, list(some)) for when, some in groupby(entries, key=day)]


def days_of(person: Person, now: datetime) -> Days | None:
    """How somebody's last three weeks went, in taps."""
    return days(own_contents(person, CheckIn, now - SINCE))


def finished(person: Person, most: int = 20) -> list[Answers]:
    """The latest finished questionnaires, the newest first."""
    return own_list(person, Answers, most=most)


def instruments() -> list[Instrument]:
    """All that can be answered now: our own week first."""
    rows = db.session.scalars(
        select(InstrumentFile)
        .where(InstrumentFile.replaced_at.is_(None))
        .order_by(InstrumentFile.title)
    )
    return [weekly(), *each(rows, lambda one: [_opened(one)])]


def instrument(id: UUID) -> Instrument | None:
    """One version of an instrument, also one that was replaced since."""
    if id == WEEKLY_ID:
        return weekly()
    row = db.session.get(InstrumentFile, id)
    return next(each([row], lambda one: [_opened(one)]), None) if row else None


def current(id: UUID) -> Instrument | None:
    """The same, unless it was replaced."""
    row = None if id == WEEKLY_ID else db.session.get(InstrumentFile, id)
    return None if row is not None and row.replaced_at is not None else instrument(id)


def draft_id(person: Person, instrument_id: UUID) -> UUID:
    """Known to who knows our keys: the table alone doesn't say who answers what."""
    key = app_secrets().derived("check-in drafts")
    return UUID(bytes=hmac.digest(key, person.id.bytes + instrument_id.bytes, "sha256")[:16])


def draft(
    person: Person, instrument_id: UUID, now: datetime, *, to_write: bool = False
) -> CheckInDraft | None:
    """Answers so far, while they are still about the same days."""
    query = select(CheckInDraft).where(
        CheckInDraft.id == draft_id(person, instrument_id),
        CheckInDraft.person_id == person.id,
        CheckInDraft.begun_at > now - DRAFT_LASTS,
    )
    return db.session.scalar(query.with_for_update() if to_write else query)


def drafts(person: Person, now: datetime) -> set[UUID]:
    """Which instruments somebody has begun."""
    rows = db.session.scalars(
        select(CheckInDraft).where(
            CheckInDraft.person_id == person.id, CheckInDraft.begun_at > now - DRAFT_LASTS
        )
    )
    return {UUID(one.instrument) for one in rows if one.instrument}


@dataclass(frozen=True)
class Past:
    """One time that an instrument was answered."""

    at: datetime
    scores: dict[str, Decimal]


def history(person: Person, key: str, until: datetime, most: int = 26) -> list[Past]:
    """What one instrument came to each time, the oldest first."""
    found = [
        Past(at, numbers(content.get("scores")))
        for at, content in own_contents(person, Answers, clock.EARLIEST)
        if content.get("key") == key and at <= until
    ]
    return found[:most][::-1]


def rhythms() -> dict[str, Rhythm]:
    """When the program asks for what."""
    chosen = dict(USUALLY)
    for row in db.session.scalars(select(DueDays)):
        usual = USUALLY.get(row.what, Rhythm(()))
        chosen[row.what] = replace(
            usual,
            weekdays=tuple(weekdays_in(row.weekdays)),
            every_weeks=row.every_weeks,
            from_day=row.from_day,
        )
    return chosen


def due(person: Person, now: datetime, zone: str) -> set[str]:
    """What the program asks somebody for today and isn't answered yet."""
    today, last = clock.local(now, zone).date(), _last_days(person, now, zone)
    return {what for what, one in rhythms().items() if is_due(one, last.get(what), today)}


def next_due(person: Person, now: datetime, zone: str) -> date | None:
    """The next day on which anything is due."""
    today, last = clock.local(now, zone).date(), _last_days(person, now, zone)
    days = [next_day(one, last.get(what), today) for what, one in rhythms().items()]
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


def _opened(row: InstrumentFile) -> Instrument:
    # A version never changes, so it is read once a process.
    return _read(row.id, row.questionnaire, row.scoring, row.key, row.title)


@lru_cache(maxsize=64)
def _read(id: UUID, asked: str, counts: str, key: str, title: str) -> Instrument:
    found = parse(asked, counts, title)
    # As it was brought in: its file's name may be all that it is known by.
    return replace(found, id=id, questionnaire=replace(found.questionnaire, key=key, title=title))
