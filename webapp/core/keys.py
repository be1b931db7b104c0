"""Keys. Each person has a data key; an outer key, kept outside the database, wraps it.

Losing the outer key loses every word; deleting one person's data key makes that person's words
unreadable, in this database and in each copy of the row's content.
"""

import base64
import hashlib
import hmac
import os
import secrets
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import current_app
from sqlalchemy import ForeignKey, LargeBinary, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column, scoped_session

from webapp.core.db import Base

AnySession = Session | scoped_session[Any]


class DataKey(Base):
    """A person's own key, wrapped; rotating the outer key rewrites only this small row."""

    __tablename__ = "data_key"
    person_id: Mapped[UUID] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE", deferrable=True, initially="DEFERRED"),
        primary_key=True,
    )
    outer_id: Mapped[str] = mapped_column(String(16))
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)


class WrappedKey(Protocol):
    """A DataKey, or what a statement brought of one."""

    @property
    def person_id(self) -> UUID: ...
    @property
    def outer_id(self) -> str: ...
    @property
    def wrapped(self) -> bytes: ...


@dataclass(frozen=True)
class OuterKeys:
    """The key-encryption keys of this installation, by id; the last one wraps what is new."""

    keys: dict[str, bytes]

    @cached_property
    def ciphers(self) -> dict[str, AESGCM]:
        """Each key, ready to use."""
        return {id: AESGCM(key) for id, key in self.keys.items()}

    @property
    def current(self) -> str:
        """The id of the key that wraps new data keys."""
        return next(reversed(self.keys))

    def wrap(self, person_id: UUID, key: bytes) -> tuple[str, bytes]:
        """Seal a data key, bound to its person. Returns (outer id, nonce and ciphertext)."""
        nonce = os.urandom(12)
        sealed = self.ciphers[self.current].encrypt(nonce, key, person_id.bytes)
        return self.current, nonce + sealed

    def unwrap(self, row: WrappedKey) -> bytes:
        """Open a data key. Raises InvalidTag when it is another person's or was altered."""
        return self.ciphers[row.outer_id].decrypt(
            row.wrapped[:12], row.wrapped[12:], row.person_id.bytes
        )


@dataclass(frozen=True)
class Secrets:
    """What must survive a restart and never enters the database."""

    outer: OuterKeys
    base: bytes
    push: bytes = b""  # the private key that push services know us by, as PEM

    @cached_property
    def browser_key(self) -> str:
        """The public half of the push key, as browsers want it: an uncompressed point."""
        key = serialization.load_pem_private_key(self.push, None)
        point = key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        return base64.urlsafe_b64encode(point).decode().rstrip("=")

    def derived(self, purpose: str) -> bytes:
        """A key for one purpose (signing cookies, hashing codes), 32 bytes."""
        if purpose not in self._derived:
            self._derived[purpose] = hmac.digest(self.base, purpose.encode(), "sha256")
        return self._derived[purpose]

    @cached_property
    def _derived(self) -> dict[str, bytes]:
        return {}


class Keyring:
    """The data keys that one database session has opened; they go when it goes."""

    def __init__(self, session: Session, outer: OuterKeys) -> None:
        self._session = session
        self._outer = outer
        self._open: dict[UUID, AESGCM] = {}

    def key_of(self, person_id: UUID) -> AESGCM:
        """The person's key, ready to use. Raises KeyError when it was erased."""
        if person_id not in self._open:
            with self._session.no_autoflush:
                self.fill([person_id])
        return self._open[person_id]

    def fill(self, person_ids: Iterable[UUID]) -> None:
        """Load the keys of many people in one statement."""
        wanted = [one for one in person_ids if one not in self._open]
        if wanted:
            rows = self._session.scalars(select(DataKey).where(DataKey.person_id.in_(wanted)))
            for row in rows:
                self.hold(row)

    def hold(self, row: WrappedKey) -> None:
        """Open a key whose row is already here."""
        if row.person_id not in self._open:
            self._open[row.person_id] = AESGCM(self._outer.unwrap(row))

    def held(self, person_id: UUID) -> AESGCM | None:
        """The person's key, if it was loaded; one that was erased never is."""
        return self._open.get(person_id)

    def make(self, person_id: UUID) -> None:
        """Give a new person a key."""
        key = AESGCM.generate_key(256)
        outer_id, wrapped = self._outer.wrap(person_id, key)
        self._session.add(DataKey(person_id=person_id, outer_id=outer_id, wrapped=wrapped))
        self._open[person_id] = AESGCM(key)


def keyring(session: AnySession) -> Keyring:
    """The keyring of this session, made on first use."""
    real = session() if isinstance(session, scoped_session) else session
    if "keyring" not in real.info:
        real.info["keyring"] = Keyring(real, app_secrets().outer)
    ring: Keyring = real.info["keyring"]
    return ring


def app_secrets() -> Secrets:
    """The secrets of the running app."""
    held: Secrets = current_app.extensions["secrets"]
    return held


def load_secrets(folder: Path) -> Secrets:
    """Read the key files. Raises FileNotFoundError when `flask init` hasn't made them."""
    lines = (folder / "outer.keys").read_text().split()
    keys = {_id(key): key for key in map(base64.b64decode, lines)}
    base = base64.b64decode((folder / "secret.key").read_text())
    return Secrets(OuterKeys(keys), base, _push_key(folder))


def make_secrets(folder: Path) -> None:
    """Make the key files if they aren't there, readable by their owner alone."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in ("outer.keys", "secret.key"):
        _write_once(folder / name, base64.b64encode(secrets.token_bytes(32)) + b"\n")


def _push_key(folder: Path) -> bytes:
    """Made when it isn't there: nothing is sealed with it, it only names us to push services."""
    file = folder / "push.pem"
    if not file.exists():
        key = ec.generate_private_key(ec.SECP256R1()).private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        _write_once(file, key)
    return file.read_bytes()


def add_outer_key(folder: Path) -> None:
    """Append a new outer key, which wraps from now on; the older ones still open."""
    with (folder / "outer.keys").open("a") as file:
        file.write(base64.b64encode(secrets.token_bytes(32)).decode() + "\n")


def rewrap_all(session: AnySession, outer: OuterKeys) -> int:
    """Wrap every data key with the current outer key. Returns how many rows changed."""
    rows = session.scalars(select(DataKey).where(DataKey.outer_id != outer.current)).all()
    for row in rows:
        row.outer_id, row.wrapped = outer.wrap(row.person_id, outer.unwrap(row))
    return len(rows)


def _write_once(file: Path, content: bytes) -> None:
    """Write a file that only its owner can read, unless it is there.

    Whole or not at all: another process that starts now may be reading it already.
    """
    making = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    handle = os.open(making, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        with suppress(FileExistsError):
            os.link(making, file)
    finally:
        making.unlink()


def _id(key: bytes) -> str:
    return hashlib.sha256(b"outer key id" + key).hexdigest()[:16]
