"""Whether the keys of a backup open its words. What is opened is counted, and never shown."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from webapp.backups.errors import NoBackup
from webapp.core.crypto.keys import Keyring, RecordsKey, load_secrets
from webapp.core.crypto.sealing import SealedRow, unseal
from webapp.core.data.db import Base
from webapp.core.errors import Unopened
from webapp.entries.models import Entry, EntryVersion, sealed_as

SAMPLE = 200  # rows of each table; the first ones by their ids, which were drawn by chance
Sealed = tuple[str, UUID, bytes, bytes]  # the table, whose key, what the seal is bound to, the seal


def opened(engine: Engine, keys: Path) -> int:
    """Open a sample of every sealed column. Returns how many there were.

    Raises NoBackup, with the tables in which something stays closed.
    """
    tried, closed = Counter[str](), Counter[str]()
    with Session(engine) as session:
        # Its own, also for the keys that come along with what is read: there is no app here.
        ring = session.info["keyring"] = Keyring(session, load_secrets(keys).outer)
        for row in session.scalars(select(RecordsKey)):
            ring.hold_records(row)
        for table, person, bound, sealed in _sample(session):
            tried[table] += 1
            try:
                unseal(sealed, ring.key_of(person), bound)
            except (Unopened, KeyError):
                closed[table] += 1
    if closed:
        said = ", ".join(f"{table} {number} of {tried[table]}" for table, number in closed.items())
        raise NoBackup(
            f"The keys don’t open everything. Still closed: {said}. See docs/operator.md, When "
            "something can’t be opened."
        )
    return tried.total()


def sealed_kinds() -> list[type[SealedRow]]:
    """Each kind of row with sealed content that has a table of its own."""
    mappers = [mapper for mapper in Base.registry.mappers if mapper.inherits is None]
    return [mapper.class_ for mapper in mappers if issubclass(mapper.class_, SealedRow)]


def _sample(session: Session) -> Iterator[Sealed]:
    for kind in sealed_kinds():
        if kind is not Entry:
            for row in session.scalars(select(kind).limit(SAMPLE)):
                yield _name(kind), row.sealed_for, kind.bound(row.sealed_as), row.sealed
    # Of an entry each kind has a class of its own, and of former ones none says whose they are.
    entries, former = Entry.__table__.c, EntryVersion.__table__.c
    own = select(entries.id, entries.author_id, entries.kind)
    for table, query in (
        ("entry", own.add_columns(entries.version, entries.sealed)),
        ("entry_version", own.add_columns(former.version, former.sealed).join(
            EntryVersion.__table__, former.entry_id == entries.id)),
    ):  # fmt: skip
        for id, author, kind_, version, sealed in session.execute(query.limit(SAMPLE)):
            yield table, author, Entry.bound(sealed_as(id, author, kind_, version)), sealed


def _name(kind: type[SealedRow]) -> str:
    return str(kind.__tablename__)  # type: ignore[attr-defined]
