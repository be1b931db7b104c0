"""A restore drill: bring the newest backup back beside the clinic, look at it, take it away."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory

from sqlalchemy import URL, Connection, create_engine, make_url
from sqlalchemy.exc import DBAPIError

from webapp.backups.backup import Bar
from webapp.backups.errors import NoBackup
from webapp.backups.opening import opened
from webapp.backups.record import DATA, KEYS, STAMP, newest_backup, note_drill
from webapp.backups.restore import Restored, restore
from webapp.config import Settings
from webapp.core.crypto.key_files import alone_in

PLACE = ".drill."


@dataclass(frozen=True)
class Tried:
    """What came back in a drill."""

    restored: Restored
    opened: int  # sealed rows, of every table that has some


def drill(settings: Settings, folder: Path, identity_text: str, bar: Bar) -> Tried:
    """See that the newest backup can be brought back. Raises NoBackup; leaves nothing behind."""
    newest = newest_backup(folder)
    if newest is None:
        raise NoBackup(f"There is no whole backup in {folder}. Make one with: groundwork backup")
    data, keys = (folder / kind.format(at=newest.strftime(STAMP)) for kind in (DATA, KEYS))
    with (
        alone_in(settings.data),
        _place(settings.data) as place,
        _database(settings, place) as url,
    ):
        there = replace(settings, data=place, database_url=url, migrate_url="")
        restored = restore(there, data, keys, identity_text, bar)
        engine = create_engine(url)
        try:
            tried = Tried(restored, opened(engine, place / "keys"))
        finally:
            engine.dispose()
    note_drill(settings.data)
    return tried


@contextmanager
def _place(data: Path) -> Iterator[Path]:
    """Beside the database: whoever can read there, could read that one too."""
    for left in data.glob(f"{PLACE}*"):  # of one that was killed
        rmtree(left)
    with TemporaryDirectory(prefix=PLACE, dir=data) as name:
        yield Path(name)


@contextmanager
def _database(settings: Settings, place: Path) -> Iterator[str]:
    url = make_url(settings.migrate_url or settings.database_url)
    if url.get_backend_name() == "sqlite":
        yield f"sqlite:///{place / 'groundwork.db'}"
        return
    # The same each time: the next drill finds what a killed one left. Nobody types such a name.
    name = f"drill_{sha256(str(url.database).encode()).hexdigest()[:16]}"
    server = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with server.connect() as connection:
            _make(connection, name, url)
            try:
                yield url.set(database=name).render_as_string(hide_password=False)
            finally:
                connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    except DBAPIError as trouble:
        raise NoBackup(f"The database failed ({type(trouble.orig).__name__}).") from None
    finally:
        server.dispose()


def _make(connection: Connection, name: str, url: URL) -> None:
    try:
        connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE template0")
    except DBAPIError as trouble:
        raise NoBackup(
            f"No database for the drill could be made ({type(trouble.orig).__name__}). Allow it: "
            f"ALTER ROLE {url.username} CREATEDB"
        ) from None
