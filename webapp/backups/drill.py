"""A restore drill: bring the newest backup back beside the clinic, look at it, take it away."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import create_engine, make_url
from sqlalchemy.exc import DBAPIError

from webapp.backups.backup import Bar
from webapp.backups.errors import NoBackup
from webapp.backups.record import DATA, KEYS, STAMP, newest_backup, note_drill
from webapp.backups.restore import Restored, restore
from webapp.config import Settings


def drill(settings: Settings, folder: Path, identity_text: str, bar: Bar) -> Restored:
    """See that the newest backup can be brought back. Raises NoBackup; leaves nothing behind."""
    newest = newest_backup(folder)
    if newest is None:
        raise NoBackup(f"There is no whole backup in {folder}. Make one with: groundwork backup")
    data, keys = (folder / kind.format(at=newest.strftime(STAMP)) for kind in (DATA, KEYS))
    # Beside the database: whoever can read there, could read that one too.
    with TemporaryDirectory(prefix=".drill.", dir=settings.data) as name:
        place = Path(name)
        with _database(settings, place) as url:
            there = replace(settings, data=place, database_url=url, migrate_url="")
            restored = restore(there, data, keys, identity_text, bar)
    note_drill(settings.data)
    return restored


@contextmanager
def _database(settings: Settings, place: Path) -> Iterator[str]:
    url = make_url(settings.migrate_url or settings.database_url)
    if url.get_backend_name() == "sqlite":
        yield f"sqlite:///{place / 'groundwork.db'}"
        return
    name = f"drill_{secrets.token_hex(8)}"
    server = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with server.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE template0")
            try:
                yield url.set(database=name).render_as_string(hide_password=False)
            finally:
                connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    except DBAPIError as trouble:
        raise NoBackup(
            f"No database for the drill could be made ({type(trouble.orig).__name__}). Allow it: "
            f"ALTER ROLE {url.username} CREATEDB"
        ) from None
    finally:
        server.dispose()
