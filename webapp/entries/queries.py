"""Reading one's own entries."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Integer, and_, bindparam, literal_column, or_, select

from webapp.accounts.models import Person
from webapp.core.crypto.keys import keyring
from webapp.core.crypto.sealing import Closed, opened_or_closed
from webapp.core.data.db import db
from webapp.core.data.types import UtcDateTime
from webapp.core.errors import RolledBack, report_unopened
from webapp.core.limits import CHANGES, COUNTED, FORMER
from webapp.entries.models import Entry, EntryVersion, sealed_as
from webapp.entries.paging import Place

Kind = TypeVar("Kind", bound=Entry)
# A later change of an entry leaves its former version behind, which a row put back doesn't know.
IS_ROLLED_BACK = (
    select(literal_column("1"))
    .where(EntryVersion.entry_id == Entry.id, EntryVersion.version >= Entry.version)
    .correlate(Entry)
    .exists()
)
LATEST = 2**31 - 1  # below this is every version
_KINDS = Entry.__mapper__.polymorphic_map


def own(person: Person, kind: type[Kind], id: UUID, *, removed: bool = False) -> Kind | None:
    """One of somebody's own entries; a removed one only when asked for.

    Raises Unopened when it can't be opened, or RolledBack.
    """
    entry = own_even_unopened(person, kind, id, removed=removed)
    if entry is not None:
        entry.must_be_open()
    return entry


def own_even_unopened(
    person: Person, kind: type[Kind], id: UUID, *, removed: bool = False
) -> Kind | None:
    """The same, to be drawn among others."""
    query = select(kind, IS_ROLLED_BACK).where(kind.id == id, kind.author_id == person.id)
    if not removed:
        query = query.where(kind.removed_at.is_(None))
    return next(_known(db.session.execute(query)), None)


def _known(rows: Iterable[Any]) -> Iterator[Any]:
    """Entries; those that stand as they were before a known change are named so."""
    for entry, is_rolled_back in rows:
        if is_rolled_back:
            close(entry)
        yield entry


def close(entry: Entry) -> None:
    """What it says was changed since, so it isn't shown as if it stood."""
    entry.__dict__["_content"] = Closed(RolledBack(f"entry|{entry.id}"))


def own_list(
    person: Person,
    kind: type[Kind],
    *,
    since: datetime | None = None,
    behind: Place | None = None,
    most: int | None = None,
) -> list[Kind]:
    """Somebody's own entries of one kind, the newest first; those behind a place in that list."""
    query = (
        select(kind, IS_ROLLED_BACK)
        .where(kind.author_id == person.id, kind.removed_at.is_(None))
        .order_by(kind.happened_at.desc(), kind.id)
    )
    if since is not None:
        query = query.where(kind.happened_at >= since)
    if behind is not None:
        at, id = behind
        same = and_(kind.happened_at == at, kind.id > id)
        query = query.where(or_(kind.happened_at < at, same))
    if most is not None:
        query = query.limit(most)
    return list(_known(db.session.execute(query)))


@dataclass(frozen=True)
class Version:
    """How an entry was, from `written_at` until the next version."""

    number: int
    written_at: datetime
    content: dict[str, Any]


def versions(entry: Entry, *, before: int, most: int = CHANGES + 1) -> list[Version]:
    """The last versions below `before` of an entry that somebody may read, the oldest first."""
    former = former_versions(entry, before=before, most=most)
    if entry.version < before:
        former = [Version(entry.version, entry.updated_at, entry.content), *former][:most]
    return former[::-1]


def former_versions(
    entry: Entry, *, before: int = LATEST, above: int = 0, most: int | None = None
) -> list[Version]:
    """How an entry was before it was changed, the latest first."""
    rows = db.session.scalars(
        select(EntryVersion)
        .where(
            EntryVersion.entry_id == entry.id,
            EntryVersion.version < before,
            EntryVersion.version > above,
        )
        .order_by(EntryVersion.version.desc())
        .limit(most)
    )
    key = keyring(db.session).key_of(entry.author_id)
    return [
        Version(
            row.version,
            row.written_at,
            opened_or_closed(row.sealed, key, entry.bound(entry.sealed_at(row.version))),
        )
        for row in rows
    ]


def versions_since(
    person: Person, kind: type[Entry], since: datetime, most: int
) -> dict[UUID, list[Version]]:
    """How somebody's own entries of one kind were since then, before they were changed; the oldest
    first, beginning with the one in force then. The newest `most` versions in all are opened."""
    rows = db.session.scalars(
        select(EntryVersion)
        .join(kind, kind.id == EntryVersion.entry_id)
        .where(kind.author_id == person.id, kind.updated_at > since)
        .order_by(EntryVersion.written_at.desc(), EntryVersion.version.desc())
        .limit(most)
    )
    key, found = keyring(db.session).key_of(person.id), dict[UUID, list[Version]]()
    name = str(kind.__mapper__.polymorphic_identity)
    for row in rows:
        newer = found.setdefault(row.entry_id, [])
        if newer and newer[0].written_at <= since:
            continue
        bound = Entry.bound(sealed_as(row.entry_id, person.id, name, row.version))
        content = opened_or_closed(row.sealed, key, bound)
        newer.insert(0, Version(row.version, row.written_at, content))
    return found


_TABLE = Entry.__table__.c
# What opening an entry takes, without making rows of them: see `opened`.
SEALED = (_TABLE.id, _TABLE.kind, _TABLE.version, _TABLE.happened_at, _TABLE.sealed)
_CONTENTS = (
    select(*SEALED, IS_ROLLED_BACK.label("is_rolled_back"))
    .where(
        _TABLE.author_id == bindparam("author"),
        _TABLE.kind == bindparam("kind"),
        _TABLE.happened_at >= bindparam("since", type_=UtcDateTime),
        _TABLE.removed_at.is_(None),
    )
    .order_by(_TABLE.happened_at.desc())
    .limit(bindparam("most", type_=Integer))
)


def own_contents(
    person: Person,
    kind: type[Entry],
    since: datetime,
    *,
    most: int | None = None,
) -> Iterator[tuple[datetime, dict[str, Any]]]:
    """When and what, of somebody's own entries since then, the newest first; of very many the
    newest `most`, or COUNTED.

    One at a time and without making rows of them: a year of entries is opened in a moment and
    never stands in memory at once.
    """
    rows = db.session.execute(
        _CONTENTS,
        {
            "author": person.id,
            "kind": kind.__mapper__.polymorphic_identity,
            "since": since,
            "most": most or COUNTED,
        },
        execution_options={"yield_per": 500},
    )
    for _kind, happened_at, content in opened(_standing(rows), person):
        if not isinstance(content, Closed):
            yield happened_at, content


def _standing(rows: Iterable[Any]) -> Iterator[Any]:
    """Rows of SEALED. Those that stand as they were before a known change are named instead."""
    for row in rows:
        if row.is_rolled_back:
            report_unopened(RolledBack(f"entry|{row.id}"))
        else:
            yield row


def opened(rows: Iterable[Any], author: Person) -> Iterator[tuple[str, datetime, dict[str, Any]]]:
    """Kind, time and content of rows of SEALED, all of one author's."""
    author_id = author.id
    key, whose = keyring(db.session).key_of(author_id), str(author_id)
    for row in rows:
        bound = Entry.bound(sealed_as(row.id, whose, row.kind, row.version))
        yield row.kind, row.happened_at, opened_or_closed(row.sealed, key, bound)


def to_be_drawn(key: AESGCM, row: Any) -> Entry:
    """An entry from its columns, as it is drawn on a page with many; it can't be changed."""
    id, author_id, kind, version = row.id, row.author_id, row.kind, row.version
    entry: Entry = _KINDS.get(kind, Entry.__mapper__).class_.seen(
        row.sealed, key, sealed_as(id, author_id, kind, version),
        id=id, author_id=author_id, kind=kind, version=version, happened_at=row.happened_at,
    )  # fmt: skip
    return entry


def says(entry: Entry, content: Mapping[str, Any]) -> bool:
    """Whether an entry says exactly this now."""
    wanted = {name: value for name, value in content.items() if value not in (None, "", [])}
    return entry.content == wanted


def stood_there(entry: Entry, content: Mapping[str, Any]) -> bool:
    """Whether an entry says exactly this, or did before it was last changed a few times.

    A phone brings again what it heard no answer to, which is soon; each of many that it brings
    opens a few versions, however many there are.
    """
    if says(entry, content):
        return True
    wanted = {name: value for name, value in content.items() if value not in (None, "", [])}
    return any(version.content == wanted for version in former_versions(entry, most=FORMER))
