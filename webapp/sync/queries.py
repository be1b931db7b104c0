"""Reading about operations; each query starts from the person."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import bindparam, select

from webapp.accounts.models import Person
from webapp.core import clock
from webapp.core.data.db import db
from webapp.core.data.types import UtcDateTime
from webapp.entries.models import Entry
from webapp.sharing.access import IS_OPEN, at
from webapp.sharing.models import Share
from webapp.sync.models import SyncAnswer

ASKED_FOR = timedelta(days=7)


def first_answer(person: Person, operation_id: UUID, fingerprint: bytes) -> SyncAnswer | None:
    """What somebody's operation was answered the first time."""
    return db.session.get(SyncAnswer, (person.id, operation_id, fingerprint))


LATE_SHARES = (
    select(Entry)
    .join(SyncAnswer, SyncAnswer.asks_about == Entry.id)
    .where(
        SyncAnswer.person_id == bindparam("person"),
        SyncAnswer.asks_about.is_not(None),  # few, and they have an index of their own
        SyncAnswer.answered_at > bindparam("asked_since", type_=UtcDateTime),
        Entry.removed_at.is_(None),
        Entry.id.not_in(
            select(Share.entry_id).where(Share.author_id == bindparam("person"), IS_OPEN)
        ),
    )
    .order_by(Entry.happened_at)
)


def late_shares(person: Person) -> list[Entry]:
    """Entries whose share, ticked without a network, came too late; for a week."""
    now = clock.now()
    which = {"person": person.id, "asked_since": now - ASKED_FOR}
    return list(db.session.scalars(LATE_SHARES, which | at(now)))
