"""Who may see a shared entry, as clauses: the one place where that is said."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, literal, or_, select
from sqlalchemy.orm import aliased

from webapp.entries.models import Entry
from webapp.program.models import SHARES_OUTLAST, GroupSession, Membership, Part
from webapp.sharing.models import Consent, Share


def is_open(now: datetime) -> ColumnElement[bool]:
    """Shares in force: not ended, their evening not over or cancelled, the author still a member
    since before sharing, the consent in force, the entry still there."""
    entry, author = aliased(Entry), aliased(Membership)
    return and_(
        Share.ended_at.is_(None),
        _there_is(entry, entry.id == Share.entry_id, entry.removed_at.is_(None)),
        or_(
            Share.group_session_id.is_(None),
            _there_is(
                GroupSession,
                GroupSession.id == Share.group_session_id,
                GroupSession.cancelled_at.is_(None),
                GroupSession.ends_at > now - SHARES_OUTLAST,
            ),
        ),
        # Who left and came back shares anew: an older share doesn't wake up again.
        _there_is(
            author,
            author.group_id == Share.group_id,
            author.person_id == Share.author_id,
            author.part == Part.PATIENT,
            author.from_at <= Share.shared_at,
            or_(author.until_at.is_(None), author.until_at > now),
        ),
        _there_is(
            Consent,
            Consent.person_id == Share.author_id,
            Consent.group_id == Share.group_id,
            consent_in_force(now),
        ),
    )


def visible_to(reader_id: UUID, now: datetime) -> ColumnElement[bool]:
    """Shares that this reader may open now: in force, and of a group that they facilitate now."""
    reader = aliased(Membership)
    return and_(
        _there_is(
            reader,
            reader.group_id == Share.group_id,
            reader.person_id == reader_id,
            reader.part == Part.FACILITATOR,
            reader.from_at <= now,
            or_(reader.until_at.is_(None), reader.until_at > now),
        ),
        is_open(now),
    )


def consent_in_force(now: datetime) -> ColumnElement[bool]:
    """Consents that are signed, not taken back and not over."""
    return and_(Consent.revoked_at.is_(None), Consent.expires_at > now)


def _there_is(what: Any, *where: ColumnElement[bool]) -> ColumnElement[bool]:
    return select(literal(1)).select_from(what).where(*where).correlate(Share).exists()
