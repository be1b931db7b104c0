"""Doing now what was done on a phone without a network."""

import hmac
import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from webapp.accounts.models import Person
from webapp.accounts.queries import author_mark
from webapp.core import clock
from webapp.core.crypto.keys import keyed_hash
from webapp.core.data.db import db
from webapp.core.errors import Ceiling, Conflict, Invalid, NotFound, Unopened, report
from webapp.core.trouble import meaning
from webapp.entries.models import Entry
from webapp.program.models import GroupRole, GroupSession
from webapp.program.next_and_last import next_of_mine
from webapp.program.queries import began_to_supervise, group_session_of
from webapp.sharing.actions import share_while_saving
from webapp.sync import queries
from webapp.sync.keys import OutboxKeys
from webapp.sync.kinds import GUESSABLE, Kind, kind_of
from webapp.sync.models import Outcome, SyncAnswer
from webapp.sync.sealed import Envelope, Operation, Unreadable, open_envelope

TRIES = 3  # of two phones at the same moment, one finds the other's row


class WouldTell(Exception):
    """Whether it says what is there already is nothing for whoever holds a locked phone."""


@dataclass(frozen=True)
class Given:
    """The answer to one operation, and when it was given first."""

    outcome: Outcome
    at: datetime


def answer(
    person: Person,
    envelope: Envelope,
    keys: OutboxKeys,
    ahead: timedelta = timedelta(),
    *,
    has_lock: bool = False,
    is_locked: bool = False,
) -> Given:
    """Do one operation, or give the first answer to it again.

    `ahead` is how much the phone's clock is ahead of ours, `has_lock` whether it has a lock, and
    `is_locked` whether that is shut. Whatever goes wrong with it is its own
    answer, and the others of a phone are done. Only a database that is busy, full, gone or
    damaged is everybody's trouble, and raises.
    """
    mark = envelope.mark.encode("utf-8", "replace")
    if not hmac.compare_digest(mark, author_mark(person).encode()):
        return Given(Outcome.NOT_YOURS, clock.now())
    try:
        return _answer(person, open_envelope(envelope, keys), ahead, has_lock, is_locked)
    except (Unreadable, Invalid, NotFound):
        return Given(Outcome.REJECTED, clock.now())
    except Conflict:
        return Given(Outcome.CONFLICT, clock.now())
    except (Ceiling, Unopened, WouldTell):
        return Given(Outcome.LATER, clock.now())
    except Exception as error:
        if isinstance(error, DBAPIError) and meaning(error) is not None:
            raise
        report(error)
        return Given(Outcome.LATER, clock.now())


def fingerprint(operation: Operation) -> bytes:
    """Tells the same words from others. Keyed: nobody can try out words on what is stored."""
    said = json.dumps(
        [operation.kind, str(operation.about), operation.at.isoformat(), operation.fields]
    )
    return keyed_hash("operations", said.encode())


def settle_share(person: Person, entry_id: UUID) -> None:
    """The question about a late share was answered."""
    db.session.execute(
        update(SyncAnswer)
        .where(SyncAnswer.person_id == person.id, SyncAnswer.asks_about == entry_id)
        .values(asks_about=None)
    )


def _answer(
    person: Person, operation: Operation, ahead: timedelta, has_lock: bool, is_locked: bool
) -> Given:
    kind = kind_of(operation.kind)
    if kind is None:
        return Given(Outcome.REJECTED, clock.now())
    for _ in range(TRIES):
        first = queries.first_answer(person, operation.id, fingerprint(operation))
        if first is not None:
            again = Outcome.ALREADY if first.outcome == Outcome.SAVED else Outcome(first.outcome)
            return Given(again, first.answered_at)
        try:
            with db.session.begin_nested():
                meant = _in_our_time(operation, ahead)
                meant = _asked_about(meant) if has_lock else meant
                return _first(person, kind, meant, fingerprint(operation), is_locked)
        except (IntegrityError, StaleDataError):
            continue
    return Given(Outcome.LATER, clock.now())  # others keep writing the same thing


def _first(
    person: Person, kind: Kind, operation: Operation, mark_of_words: bytes, is_locked: bool
) -> Given:
    replayed = kind.replay(person, operation)
    compared = replayed.outcome in (Outcome.ALREADY, Outcome.CONFLICT)
    if is_locked and compared and operation.kind in GUESSABLE:
        raise WouldTell
    given = SyncAnswer(
        person_id=person.id,
        operation_id=operation.id,
        fingerprint=mark_of_words,
        outcome=replayed.outcome,
        answered_at=clock.now(),
    )
    wanted = replayed.outcome == Outcome.SAVED and operation.has("share")
    if wanted and operation.about is None and replayed.entry is not None:
        db.session.flush()
        if not _share(person, replayed.entry, operation):
            given.asks_about = replayed.entry.id
    db.session.add(given)
    db.session.flush()
    return Given(given.outcome, given.answered_at)


def _share(person: Person, entry: Entry, operation: Operation) -> bool:
    """Share it for the session it was meant for, if nothing about that has changed."""

    def session_for(person: Person, group_id: UUID) -> GroupSession | None:
        meant = _meant_for(person, operation, group_id)
        if meant is None or meant.group_id != group_id or meant.cancelled_at is not None:
            return None
        # Whoever supervises the group since then opens nothing from before without her yes.
        if began_to_supervise(group_id, operation.at):
            return None
        return meant if meant.starts_at > clock.now() else None

    bring_up = operation.has("bring_up")
    try:
        return share_while_saving(person, entry, session_for, bring_up=bring_up) is not None
    except Ceiling:  # what was written is saved all the same
        return False


def _meant_for(person: Person, operation: Operation, group_id: UUID) -> GroupSession | None:
    """The session that the page named; on a blank form, the next one after it was written.

    None where the page said that its author would choose among groups, whatever is left of them.
    """
    if not operation.first("for"):
        return next_of_mine(person, group_id, operation.at)
    try:
        return group_session_of(person, GroupRole.PATIENT, UUID(operation.first("for")))
    except ValueError:
        return None


def _asked_about(operation: Operation) -> Operation:
    """A blank form opens to whoever holds a locked phone: of what was written there, its owner says
    once more that it is to be shared. A page of her own names the session."""
    asks = [] if operation.first("for") else [("for", "ask")]
    return replace(operation, fields=[*operation.fields, *asks])


def _in_our_time(operation: Operation, ahead: timedelta) -> Operation:
    """When it was written by our clock; never in the future, whatever the phone's says."""
    try:
        at = operation.at - ahead
        at = min(at, clock.now())
    except OverflowError:
        at = clock.now()
    return replace(operation, at=max(at, clock.EARLIEST))
