"""The chain itself: what is hashed, and how a transaction's acts are put behind the last one."""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, event, insert, select, text
from sqlalchemy.orm import Session, SessionTransaction

from webapp.audit.kinds import ActKind
from webapp.audit.models import Act

FIRST = bytes(32)  # stands before the first row
NOTED = "acts"  # in a session's info
LOCK = text("SELECT pg_advisory_xact_lock(7094145)")
_HEAD = select(Act.number, Act.hash).order_by(Act.number.desc()).limit(1)


@dataclass(frozen=True)
class Noted:
    """An act that isn't written yet."""

    at: datetime
    kind: ActKind
    actor_id: UUID | None = None
    person_id: UUID | None = None
    about_id: UUID | None = None
    count: int | None = None
    ids_hash: bytes | None = None


def canonical(row: Any) -> bytes:
    """What a row's hash is taken of. Never changed: docs/security.md says how to compute it
    without this program."""
    return json.dumps(
        [
            row.number,
            row.at.astimezone(UTC).isoformat(timespec="microseconds"),
            row.kind,
            *(str(id) if id else None for id in (row.actor_id, row.person_id, row.about_id)),
            row.count,
            row.ids_hash.hex() if row.ids_hash else None,
            row.before.hex(),
        ],
        separators=(",", ":"),
    ).encode()


def hash_of(row: Any) -> bytes:
    """The hash of a row, from everything in it and so from all the rows before it."""
    return hashlib.sha256(canonical(row)).digest()


def head(connection: Connection) -> tuple[int, bytes]:
    """The last row's number and hash."""
    last = connection.execute(_HEAD).one_or_none()
    return (last.number, last.hash) if last else (0, FIRST)


def append(connection: Connection, acts: list[Noted]) -> None:
    """Put acts behind the last one, as the last statements of a transaction.

    One at a time: on PostgreSQL by a lock that ends with the transaction, so that whoever waits
    for it reads what the other one wrote. SQLite has one writer anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(LOCK)
    number, before = head(connection)
    rows = []
    for act in acts:
        number += 1
        row = Act.drawn(vars(act) | {"number": number, "kind": act.kind.value, "before": before})
        before = hash_of(row)
        rows.append(row.__dict__ | {"hash": before})
    connection.execute(insert(Act.__table__), rows)  # type: ignore[arg-type]


def note(session: Session, act: Noted) -> None:
    """Write it when this session commits; never, if what it belongs to is rolled back."""
    if not session.in_transaction():
        session.begin()  # or a rollback would find nothing to roll back, and leave the act
    session.info.setdefault(NOTED, []).append((act, session.get_nested_transaction()))


@event.listens_for(Session, "before_commit")
def _write(session: Session) -> None:
    if session.info.get(NOTED) and not session.in_nested_transaction():
        # What else there is to write comes first: the lock is held for these statements alone.
        session.flush()
        append(session.connection(), [act for act, _savepoint in session.info.pop(NOTED)])


@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, ended: SessionTransaction) -> None:
    if noted := session.info.pop(NOTED, None):
        session.info[NOTED] = [
            (act, savepoint)
            for act, savepoint in noted
            if ended.nested and not _is_inside(savepoint, ended)
        ]


def _is_inside(savepoint: SessionTransaction | None, ended: SessionTransaction) -> bool:
    while savepoint is not None and savepoint is not ended:
        savepoint = savepoint.parent
    return savepoint is ended
