"""Which rows of a patient the clinic must keep; every other one goes. By statements alone: a
restore does the same to a database that no app has opened yet."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    and_,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)

from webapp.accounts.models import Person
from webapp.attendance.models import Attendance, Authorisation, HeadsUp
from webapp.consents.models import Disclosure, OutsideConsent
from webapp.core.crypto.keys import DataKey, RecordsKey
from webapp.core.crypto.sealing import SealedRow, seal, unseal
from webapp.core.data.db import Base
from webapp.core.errors import Unopened
from webapp.discharge.models import Discharge, Position
from webapp.entries.models import Entry, EntryVersion, sealed_as
from webapp.erasing.models import LegalHold
from webapp.permissions.models import Permission
from webapp.program.models import LevelOfCare, Membership, Removal
from webapp.sharing.models import NUMBERS, Consent, Feedback, Reading, Share

_PERSON = Person.__table__.c
_ENTRY, _VERSION, _READING = Entry.__table__.c, EntryVersion.__table__.c, Reading.__table__.c
_SHARE, _FEEDBACK, _HEADS_UP = Share.__table__.c, Feedback.__table__.c, HeadsUp.__table__.c
NO_PASSWORD = "!"  # noqa: S105 - no hash: nothing is its password

# Of which a line over time showed what it came to, of that one nobody read a word.
_READ = _READING.version > NUMBERS
OPENED = or_(
    exists().where(_READING.entry_id == _ENTRY.id, _READ),
    exists().where(_FEEDBACK.entry_id == _ENTRY.id),
)


class Kept(NamedTuple):
    """Rows of one table that stay: whose they are, and which of them; all, if it isn't said."""

    model: type[Base]
    owner: str
    which: ColumnElement[bool] | None = None
    is_record: bool = True  # alone it would be none: who was in a group when, for instance

    @property
    def table(self) -> Table:
        table = self.model.__table__
        assert isinstance(table, Table)
        return table

    def of(self, id: UUID) -> ColumnElement[bool]:
        """Those of one patient that stay."""
        whose: ColumnElement[bool] = self.table.c[self.owner] == id
        return whose if self.which is None else and_(whose, self.which)


# An entry before what hangs on it. A share that nobody opened says words that nobody has read.
KEPT = (
    Kept(Entry, "author_id", OPENED),
    Kept(Share, "author_id", exists().where(
        _READING.entry_id == _SHARE.entry_id, _READ, _READING.last_at >= _SHARE.shared_at)),
    Kept(Feedback, "patient_id"),
    Kept(Consent, "person_id"),
    Kept(OutsideConsent, "person_id"),
    Kept(Permission, "person_id"),
    Kept(Disclosure, "person_id"),
    Kept(Attendance, "patient_id"),
    Kept(Authorisation, "patient_id"),
    Kept(HeadsUp, "patient_id", _HEADS_UP.opened_at.is_not(None)),
    Kept(Removal, "person_id"),
    Kept(Discharge, "person_id"),
    Kept(Position, "person_id"),
    Kept(LevelOfCare, "person_id"),
    Kept(Membership, "person_id", is_record=False),
    Kept(LegalHold, "person_id", is_record=False),
)  # fmt: skip
# What hangs on those stays with them: readings, scheduled days, versions that somebody opened.
_KEYS = {DataKey.__tablename__, RecordsKey.__tablename__}
_KEPT = {kept.table.name for kept in KEPT} | {Reading.__tablename__}


def going() -> Iterator[tuple[Table, str]]:
    """Every table that hangs on a person and isn't kept, by the column that says whose it is."""
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_keys:
            if (
                key.column.table.name == "person"
                and key.ondelete == "CASCADE"
                and table.name not in _KEPT | _KEYS
            ):
                yield table, key.parent.name


def has_records(connection: Connection, id: UUID) -> bool:
    """Whether anything of somebody has to be kept."""
    return any(
        connection.scalar(select(exists().where(kept.of(id)))) for kept in KEPT if kept.is_record
    )


def let_go(connection: Connection, id: UUID, now: datetime) -> None:
    """Destroy what nobody else ever opened, and close what stays."""
    _go_back_to_what_was_opened(connection, id)
    own = select(_ENTRY.id).where(_ENTRY.author_id == id)
    was_opened = exists().where(
        _READING.entry_id == _VERSION.entry_id, _READING.version == _VERSION.version
    )
    connection.execute(
        delete(EntryVersion.__table__).where(_VERSION.entry_id.in_(own), ~was_opened)  # type: ignore[arg-type]
    )
    for kept in KEPT:
        if kept.which is not None:
            connection.execute(
                delete(kept.table).where(kept.table.c[kept.owner] == id, ~kept.which)
            )
    for table, owner in going():
        connection.execute(delete(table).where(table.c[owner] == id))
    for model, column in ((Membership, "until_at"), (Share, "ended_at"), (Consent, "revoked_at"),
                          (OutsideConsent, "revoked_at"), (Permission, "revoked_at")):  # fmt: skip
        (kept,) = (kept for kept in KEPT if kept.model is model)
        is_open = kept.table.c[column].is_(None)
        connection.execute(update(kept.table).where(kept.of(id), is_open).values({column: now}))
    connection.execute(
        update(Person)
        .where(_PERSON.id == id)
        .values(
            username=f"erased-{id.hex}", password_hash=NO_PASSWORD,
            disabled_at=now, erased_at=now, erase_at=None,
        )
    )  # fmt: skip


def _go_back_to_what_was_opened(connection: Connection, id: UUID) -> None:
    """An entry that was changed after it was opened stays as it was then: its author alone has
    seen what it became."""
    opened = (
        select(_READING.entry_id, func.max(_READING.version).label("version"))
        .join(Entry.__table__, _ENTRY.id == _READING.entry_id)
        .where(_ENTRY.author_id == id)
        .group_by(_READING.entry_id, _ENTRY.version)
        .having(func.max(_READING.version) < _ENTRY.version)
        .subquery()
    )
    versions = select(EntryVersion.__table__).join(
        opened,
        and_(opened.c.entry_id == _VERSION.entry_id, opened.c.version == _VERSION.version),
    )
    for row in connection.execute(versions).all():
        connection.execute(
            update(Entry.__table__)  # type: ignore[arg-type]
            .where(_ENTRY.id == row.entry_id)
            .values(
                version=row.version, happened_at=row.happened_at, updated_at=row.written_at,
                sealed=row.sealed,
            )
        )  # fmt: skip
        connection.execute(
            delete(EntryVersion.__table__).where(  # type: ignore[arg-type]
                _VERSION.entry_id == row.entry_id, _VERSION.version == row.version
            )
        )


def seal_anew(connection: Connection, id: UUID, old: AESGCM, new: AESGCM) -> None:
    """Seal what is kept with another key. What couldn't be opened before never will be."""
    person = connection.execute(select(Person.__table__).where(_PERSON.id == id)).one()
    bound = Person.bound(str(id))
    content: dict[str, Any] = {"username": person.username}
    try:
        content["name"] = unseal(person.sealed, old, bound).get("name")
    except Unopened:
        content["name"] = None
    _put(connection, Person.__table__, _PERSON.id == id, seal(content, new, bound))
    for kept in KEPT:
        if issubclass(kept.model, SealedRow) and kept.table.name != LegalHold.__tablename__:
            for row in connection.execute(select(kept.table).where(kept.of(id))).all():
                drawn = kept.model.drawn(dict(row._mapping))
                _seal_anew(connection, kept.table, kept.table.c.id == row.id, row.sealed,
                           kept.model.bound(drawn.sealed_as), old, new)  # fmt: skip
    versions = select(EntryVersion.__table__, _ENTRY.kind).join(
        Entry.__table__, _ENTRY.id == _VERSION.entry_id
    )
    for row in connection.execute(versions.where(_ENTRY.author_id == id)).all():
        which = and_(_VERSION.entry_id == row.entry_id, _VERSION.version == row.version)
        bound = Entry.bound(sealed_as(row.entry_id, id, row.kind, row.version))
        _seal_anew(connection, EntryVersion.__table__, which, row.sealed, bound, old, new)


def _seal_anew(
    connection: Connection, table: Any, which: Any, sealed: bytes, bound: bytes,
    old: AESGCM, new: AESGCM,
) -> None:  # fmt: skip
    try:
        content = unseal(sealed, old, bound)
    except Unopened:
        return
    _put(connection, table, which, seal(content, new, bound))


def _put(connection: Connection, table: Any, which: Any, sealed: bytes) -> None:
    connection.execute(update(table).where(which).values(sealed=sealed))
