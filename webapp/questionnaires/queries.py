"""Which questionnaires can be answered, answers so far, and what was answered."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from uuid import UUID

from sqlalchemy import select

from webapp.accounts.models import Person
from webapp.core import clock
from webapp.core.crypto.keys import keyed_hash
from webapp.core.data.db import db
from webapp.core.errors import each
from webapp.entries.queries import own_contents, own_list
from webapp.questionnaires.instruments import Instrument
from webapp.questionnaires.models import Answers, CheckInDraft, InstrumentFile
from webapp.questionnaires.parsing import parse
from webapp.questionnaires.scoring import numbers
from webapp.questionnaires.weekly import WEEKLY_ID, renamed, weekly

DRAFT_LASTS = timedelta(days=2)


def finished(person: Person, most: int = 20) -> list[Answers]:
    """The latest finished questionnaires, the newest first."""
    return own_list(person, Answers, most=most)


def instruments() -> list[Instrument]:
    """All that can be answered now: our own week first."""
    rows = db.session.scalars(
        select(InstrumentFile).where(InstrumentFile.is_used).order_by(InstrumentFile.title)
    )
    return [weekly(), *each(rows, lambda row: [_opened(row)])]


def file(id: UUID) -> InstrumentFile | None:
    """What the clinic brought in, as it is stored."""
    return db.session.get(InstrumentFile, id)


def versions(key: str) -> list[InstrumentFile]:
    """Every version of one that the clinic has, the newest first."""
    return list(
        db.session.scalars(
            select(InstrumentFile)
            .where(InstrumentFile.key == key)
            .order_by(InstrumentFile.number.desc())
        )
    )


def latest(key: str) -> InstrumentFile | None:
    """The newest version, used or not."""
    return next(iter(versions(key)), None)


def shelf() -> list[InstrumentFile]:
    """What the clinic has: of each one the version in use or retired, and one to look at."""
    return list(
        db.session.scalars(
            select(InstrumentFile)
            .where(InstrumentFile.replaced_at.is_(None))
            .order_by(InstrumentFile.title, InstrumentFile.number)
        )
    )


def instrument(id: UUID) -> Instrument | None:
    """One version of an instrument, even one that nobody is asked yet, or any longer."""
    if id == WEEKLY_ID:
        return weekly()
    row = db.session.get(InstrumentFile, id)
    return next(each([row], lambda stored: [_opened(stored)]), None) if row else None


def current(id: UUID) -> Instrument | None:
    """The same, while patients can be asked it."""
    row = None if id == WEEKLY_ID else db.session.get(InstrumentFile, id)
    return None if row is not None and not row.is_used else instrument(id)


def draft_id(person: Person, instrument_id: UUID) -> UUID:
    """Known to who knows our keys: the table alone doesn't say who answers what."""
    return UUID(bytes=keyed_hash("check-in drafts", person.id.bytes + instrument_id.bytes)[:16])


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
    return {UUID(row.instrument) for row in rows if row.instrument}


@dataclass(frozen=True)
class Past:
    """One time that an instrument was answered."""

    at: datetime
    scores: dict[str, Decimal]


def history(person: Person, key: str, until: datetime, most: int = 26) -> list[Past]:
    """What one instrument came to each time, the oldest first."""
    found = [
        Past(at, numbers(renamed(key, content.get("scores") or {})))
        for at, content in own_contents(person, Answers, clock.EARLIEST)
        if content.get("key") == key and at <= until
    ]
    return found[:most][::-1]


def _opened(row: InstrumentFile) -> Instrument:
    # A version never changes, so it is read once a process.
    return _read(row.id, row.questionnaire, row.scoring, row.key, row.title)


@lru_cache(maxsize=64)
def _read(id: UUID, asked: str, counts: str, key: str, title: str) -> Instrument:
    found = parse(asked, counts, title)
    # As it was brought in: its file's name may be all that it is known by.
    return replace(found, id=id, questionnaire=replace(found.questionnaire, key=key, title=title))
