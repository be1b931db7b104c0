"""An installation as a check finds it. Nothing of it needs to be there, or to work."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from threading import Lock
from urllib.parse import SplitResult, urlsplit

from sqlalchemy import URL, Connection, Engine, create_engine, make_url
from sqlalchemy.exc import DBAPIError

from webapp.config import BadSetting, Settings
from webapp.core.crypto.key_files import BadKeyFile
from webapp.core.crypto.keys import Checks, Secrets, load_secrets
from webapp.core.starting import sqlite_file
from webapp.core.trouble import reason
from webapp.core.wording import gettext as _
from webapp.sync import keys as outbox_keys

ENV_FILE = Path("/etc/groundwork.env")
LOOPBACK = ("localhost", "127.0.0.1", "[::1]", "::1")


class Unavailable(Exception):
    """What a check needs isn't there; another one says why."""


@dataclass
class Case:
    """Where to look. `known` are the settings of an app that runs; else they are read."""

    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    known: Settings | None = None
    env_file: Path = ENV_FILE
    authorities: str | None = None  # who signed the address's certificate, besides the usual ones
    _lock: Lock = field(default_factory=Lock)

    @property
    def settings(self) -> Settings:
        """Raises Unavailable."""
        try:
            return self.known or self._read
        except BadSetting as bad:
            raise Unavailable(_("the settings can’t be used")) from bad

    @property
    def data(self) -> Path:
        """The data folder. Raises Unavailable where there is none."""
        if not self.settings.data.is_dir():
            raise Unavailable(_("there is no data folder"))
        return self.settings.data

    @property
    def address(self) -> SplitResult:
        """Where people open it; empty in a trial without one."""
        return urlsplit(self.settings.address)

    @property
    def is_public(self) -> bool:
        """Whether others than this machine can open it."""
        named = self.address.hostname
        return self.settings.trusted_proxies > 0 or (named is not None and named not in LOOPBACK)

    @property
    def keys(self) -> Path:
        """Their folder."""
        return self.settings.data / "keys"

    @property
    def file(self) -> Path | None:
        """The database's, if it is SQLite's."""
        return sqlite_file(self.settings.database_url)

    @property
    def is_empty(self) -> bool:
        """Neither keys nor a database: nothing was set up, and the database's check says so."""
        return not self.keys.exists() and self.file is not None and not self.file.exists()

    def secrets(self) -> tuple[Secrets, Checks]:
        """The key files, and what the database may know of them. Raises BadKeyFile."""
        held = load_secrets(self.keys)
        return held, held.checks() | outbox_keys.follow(self.keys).now().checks()

    def sound_secrets(self) -> tuple[Secrets, Checks]:
        """For a check that is about something else. Raises Unavailable."""
        try:
            return self.secrets()
        except (BadKeyFile, OSError):
            raise Unavailable(_("the key files can’t be used")) from None

    @contextmanager
    def connected(self) -> Iterator[Connection]:
        """The database, only to be read, without an app around it. Raises Unavailable."""
        try:
            with self.engine().connect() as connection:
                yield connection
        except DBAPIError as trouble:
            why = _("the database doesn’t answer (%(reason)s)", reason=reason(trouble))
            raise Unavailable(why) from trouble

    def engine(self) -> Engine:
        """One for all checks."""
        with self._lock:
            return self._engine

    def close(self) -> None:
        """Let go of the database."""
        if "_engine" in self.__dict__:
            self._engine.dispose()

    @cached_property
    def _read(self) -> Settings:
        return Settings.from_environment(self.environ)

    @cached_property
    def _engine(self) -> Engine:
        url = make_url(self.settings.database_url)
        if url.get_backend_name() != "sqlite":
            options = "-c default_transaction_read_only=on -c statement_timeout=5000"
            return create_engine(
                url, hide_parameters=True, connect_args={"connect_timeout": 5, "options": options}
            )
        return create_engine(_only_read(url), hide_parameters=True, connect_args={"timeout": 2})


def _only_read(url: URL) -> URL:
    # It must not be made by looking, nor may a stray `-wal` be brought into it.
    if not Path(url.database or "").exists():
        raise Unavailable(_("there is no database"))
    return url.set(database=f"file:{url.database}", query={"mode": "ro", "uri": "true"})
