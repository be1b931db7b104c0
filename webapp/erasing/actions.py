"""Asking to be erased, a week to cancel it, and what is done then. Legal holds."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import delete, insert, select, update

from webapp.accounts.models import Person
from webapp.audit.actions import record
from webapp.audit.kinds import ActKind
from webapp.core import clock
from webapp.core.crypto.keys import KEPT_IN_BACKUPS, DataKey, RecordsKey, app_secrets, keyring
from webapp.core.data.db import db
from webapp.core.errors import Conflict
from webapp.counting.actions import forget
from webapp.erasing import kept, queries
from webapp.erasing.models import LegalHold

WEEK = timedelta(days=7)
# It is done once a night, and so are backups, each of which removes what is over.
NO_BACKUP_AFTER = KEPT_IN_BACKUPS + timedelta(days=2)


def ask(person_id: UUID) -> None:
    """Have everything erased in a week."""
    asked = db.session.execute(
        update(Person)
        .where(Person.id == person_id, Person.erase_at.is_(None), Person.held_at.is_(None))
        .values(erase_at=clock.now() + WEEK)
        .returning(Person.id)
    ).first()
    if asked:
        record(ActKind.ERASE_ASKED, person=person_id)


def cancel(person_id: UUID) -> None:
    """Don't, after all."""
    canceled = db.session.execute(
        update(Person)
        .where(Person.id == person_id, Person.erase_at.is_not(None))
        .values(erase_at=None)
        .returning(Person.id)
    ).first()
    if canceled:
        record(ActKind.ERASE_CANCELED, person=person_id)


def erase(id: UUID) -> bool:
    """Erase somebody whose week is over, in this one transaction: whatever ends it in the middle
    leaves everything as it was. False if another process was first, or it was canceled or held."""
    now = clock.now()
    claimed = db.session.execute(
        update(Person)
        .where(
            Person.id == id, Person.erase_at <= now,
            Person.erased_at.is_(None), Person.held_at.is_(None),
        )
        .values(erased_at=now)
        .returning(Person.id)
    ).first()  # fmt: skip
    if not claimed:
        return False
    forget(id)
    connection = db.session.connection()
    if kept.has_records(connection, id):
        raw = AESGCM.generate_key(256)
        kept.seal_anew(connection, id, keyring(db.session).key_of(id), AESGCM(raw))
        kept.let_go(connection, id, now)
        outer_id, wrapped = app_secrets().outer.wrap(id, raw, RecordsKey.bound_as)
        connection.execute(
            insert(RecordsKey).values(person_id=id, outer_id=outer_id, wrapped=wrapped)
        )
        connection.execute(delete(DataKey).where(DataKey.person_id == id))
    else:
        connection.execute(delete(Person).where(Person.id == id))
    record(ActKind.ERASED, person=id)
    return True


def kept_until(id: UUID, years: int, otherwise: datetime) -> datetime:
    """When the records of somebody are over: some years after their last group."""
    left = queries.left_program_at(id, otherwise)
    try:
        return left.replace(year=left.year + years)
    except ValueError:  # February 29
        return left.replace(year=left.year + years, day=28)


def remove_records(id: UUID, erased_at: datetime, years: int) -> bool:
    """Destroy what was kept of somebody, once the years are over."""
    if kept_until(id, years, erased_at) > clock.now():
        return False
    gone = db.session.execute(
        delete(Person)
        .where(Person.id == id, Person.erased_at.is_not(None), Person.held_at.is_(None))
        .returning(Person.id)
    ).first()
    if gone:
        record(ActKind.RECORDS_REMOVED, person=id)
    return bool(gone)


def hold(person: Person, reason: str, by: UUID) -> None:
    """Let nothing of somebody be destroyed. Raises Conflict if that is so, or it is too late."""
    held = db.session.execute(
        update(Person)
        .where(Person.id == person.id, Person.held_at.is_(None))
        .values(held_at=clock.now())
        .returning(Person.id)
    ).first()
    if not held:
        raise Conflict
    db.session.add(LegalHold(id=uuid4(), person_id=person.id, by_id=by, reason=reason))
    record(ActKind.HOLD_SET, person=person.id)


def end_hold(id: UUID, by: UUID) -> bool:
    """From here on what was asked for is done; whoever asked has a week again."""
    now = clock.now()
    person_id = db.session.scalar(
        update(LegalHold)
        .where(LegalHold.id == id, LegalHold.ended_at.is_(None))
        .values(ended_at=now, ended_by_id=by)
        .returning(LegalHold.person_id)
    )
    if person_id is None:
        return False
    person = db.session.scalars(select(Person).where(Person.id == person_id)).one()
    person.held_at = None
    if person.erase_at is not None:
        person.erase_at = max(person.erase_at, now + WEEK)
    record(ActKind.HOLD_ENDED, person=person_id)
    return True
