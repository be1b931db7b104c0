"""Make a backup: two sealed files, the data and the keys.

Erasing a person deletes their data key, and with it every word, in each copy. That holds for
backups only if none of them keeps a wrapped data key beside the key that wraps it. So the data is
sealed without the data keys, for as long as the clinic likes; the keys, all of them, are a file of
their own, made anew each time and kept for 30 days, no longer: see decision 0066.
"""

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, make_url, select
from sqlalchemy import delete as delete_from

from webapp.accounts.models import Person, Role
from webapp.audit.chain import head
from webapp.audit.verify import add_mark
from webapp.backups import postgresql, sealed, sqlite
from webapp.backups.errors import NoBackup
from webapp.backups.record import DATA, DEFAULT_FOLDER, KEYS, STAMP, dated, note_backup
from webapp.backups.sealed import Tick
from webapp.config import Settings
from webapp.core import clock
from webapp.core.crypto.key_files import alone_in, make_folder
from webapp.core.crypto.keys import KEPT_IN_BACKUPS, DataKey, RecordsKey
from webapp.core.data.migrating import rows_by_table
from webapp.core.starting import revision_of

FORMAT = 1
RECIPIENT = "backup.pub"  # the public half, in the data folder
ANCHOR = "audit-anchor.txt"  # beside the backups: the last act in each of them
KEPT = KEPT_IN_BACKUPS
# Keys are gone before thirty days are over, so one night and its delay earlier.
KEYS_KEPT = KEPT - timedelta(days=1, hours=1)
Bar = Callable[[int], Any]  # for so many bytes: a context whose value is told how many are done


@dataclass(frozen=True)
class Made:
    """What was written."""

    data: Path
    keys: Path
    rows: int
    removed: int  # older files that had reached their end


def make(settings: Settings, folder: Path, bar: Bar) -> Made:
    """Back the clinic up into `folder`, while it runs. Raises NoBackup, and then nothing is there.

    The keys are written last: where they are, the data that belongs to them is whole.
    """
    to = _recipient(settings)
    make_folder(folder)
    with alone_in(settings.data), _scratch(settings.data, folder) as scratch:
        now = _moment(folder)
        data, keys = (folder / name.format(at=now.strftime(STAMP)) for name in (DATA, KEYS))
        url = make_url(settings.database_url)
        is_sqlite = url.get_backend_name() == "sqlite"
        size = (sqlite if is_sqlite else postgresql).size_of(url)
        with bar(3 * size) as tick:
            taken = _taken(url, scratch, tick)
            manifest = {
                "format": FORMAT, "engine": url.get_backend_name(), "taken_at": now.isoformat(),
                "revision": taken.revision, "rows": taken.rows,
            }  # fmt: skip
            held = {"format": FORMAT, "taken_at": now.isoformat(), "data_keys": taken.data_keys}
            held["records_keys"], held["closed"] = taken.records_keys, taken.closed
            held["files"] = _key_files(settings.data / "keys")
            sealed.seal(data, [("manifest.json", _json(manifest)), ("database", scratch)], to, tick)
            sealed.seal(keys, [("keys.json", _json(held))], to, tick)
            if taken.head:
                add_mark(folder / ANCHOR, *taken.head)
        if folder != settings.data / DEFAULT_FOLDER:  # what is there speaks for itself
            note_backup(settings.data)
    return Made(data, keys, sum(taken.rows.values()), _remove_former(folder, now))


def _moment(folder: Path) -> datetime:
    """Now; a second later when somebody else's backup has that name. Two never become one pair."""
    now = clock.now()
    while (folder / DATA.format(at=now.strftime(STAMP))).exists():
        now += timedelta(seconds=1)
    return now


@dataclass(frozen=True)
class _Taken:
    """What stands in the copy."""

    revision: str
    rows: dict[str, int]  # by table
    data_keys: list[list[str]]  # person, id of the outer key, wrapped
    records_keys: list[list[str]]  # of whoever erased their account: these stay erased
    head: tuple[int, bytes] | None  # of the acts; a former version wrote none
    closed: list[list[str]]  # staff whose account is closed, and since when: these stay closed


def _taken(url: Any, scratch: Path, tick: Tick) -> _Taken:
    if url.get_backend_name() == "sqlite":
        engine, rows = sqlite.take(url, scratch, tick)
        with engine.begin() as connection:
            taken = _looked_through(connection)
            refuse_other_rows(taken.rows, rows)
            for kind in (DataKey, RecordsKey):
                if kind.__tablename__ in rows:  # a former version's database lacks the later one
                    connection.execute(delete_from(kind))
        engine.dispose()
        return taken
    engine = create_engine(url, isolation_level="REPEATABLE READ")
    try:
        with engine.connect() as connection:
            postgresql.dump(connection, scratch, tick)
            taken = _looked_through(connection)
    finally:
        engine.dispose()
    refuse_other_rows(postgresql.rows_in(scratch), taken.rows)
    return taken


def refuse_other_rows(found: dict[str, int], wanted: dict[str, int]) -> None:
    """Refuse a copy that lacks rows of a table, or has more. The keys may be elsewhere already."""
    for table in sorted({*wanted, *found} - {"data_key", "records_key"}):
        if found.get(table) != wanted.get(table):
            raise NoBackup(
                f"The copy should have {wanted.get(table, 0)} rows of {table} and has "
                f"{found.get(table, 0)}. Nothing was changed."
            )


def _looked_through(connection: Connection) -> _Taken:
    rows = rows_by_table(connection)
    acts = head(connection) if "act" in rows else None
    data_keys = _keys_of(connection, DataKey)
    # A former version's database has none, and is backed up before it is updated.
    records_keys = _keys_of(connection, RecordsKey) if "records_key" in rows else []
    closed = connection.execute(
        select(Person.id, Person.disabled_at).where(
            Person.role != Role.PATIENT, Person.disabled_at.is_not(None)
        )
    )
    return _Taken(
        revision_of(connection) or "", rows, data_keys, records_keys, acts,
        [[str(id), at.isoformat()] for id, at in closed if at],
    )  # fmt: skip


def _keys_of(connection: Connection, kind: type[DataKey | RecordsKey]) -> list[list[str]]:
    keys = connection.execute(select(kind.person_id, kind.outer_id, kind.wrapped))
    return [[str(id), outer, base64.b64encode(key).decode()] for id, outer, key in keys]


def _recipient(settings: Settings) -> Any:
    file = settings.data / RECIPIENT
    if not file.exists():
        raise NoBackup("There is no backup key yet. Make one with: groundwork backup-key")
    return sealed.recipient_of(file.read_text())


def _key_files(folder: Path) -> dict[str, str]:
    # After the rows: a key that was added meanwhile may be in it, one that a row names always is.
    files = sorted(file for file in folder.iterdir() if not file.name.startswith("."))
    return {file.name: base64.b64encode(file.read_bytes()).decode() for file in files}


def _json(content: dict[str, Any]) -> bytes:
    return json.dumps(content).encode()


@contextmanager
def _scratch(data: Path, backups: Path) -> Iterator[Path]:
    """Room for the copy, beside the database: whoever can read there, could read that one too."""

    def clear() -> None:
        for left in (*data.glob(".backup.*"), *backups.glob(".groundwork-*")):
            left.unlink()

    clear()  # of one that was killed
    try:
        yield data / ".backup.scratch"
    finally:
        clear()


def _remove_former(folder: Path, now: datetime) -> int:
    """Take away what has reached its end. Only after a new one is there."""
    over = [
        file
        for kind, kept in ((DATA, KEPT), (KEYS, KEYS_KEPT))
        for file, at in dated(folder, kind)
        if now - at > kept
    ]
    for file in over:
        file.unlink()
    return len(over)
