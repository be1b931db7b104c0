"""Keys. Each person has a data key; an outer key, kept outside the database, wraps it.

Losing the outer key loses every word; deleting one person's data key makes that person's words
unreadable, in this database and in each copy of the row's content.
"""

import base64
import binascii
import hashlib
import hmac
import os
import secrets
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, NoReturn, Protocol
from uuid import UUID
from weakref import proxy

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import current_app
from sqlalchemy import ForeignKey, LargeBinary, String, event, func, select, update
from sqlalchemy.orm import Mapped, QueryContext, Session, mapped_column, scoped_session

from webapp.core.crypto.key_files import BadKeyFile, Followed, alone_in, make_folder, put
from webapp.core.data.db import Base, inserting
from webapp.core.errors import Unopened, report_unopened

AnySession = Session | scoped_session[Any]
Checks = dict[str, list[bytes]]  # by file, one for each key in it
OUTER, BASE, PUSH = "outer.keys", "secret.key", "push.pem"
KEPT_IN_BACKUPS = timedelta(days=30)  # how long a backup keeps a key that was destroyed here


class DataKey(Base):
    """A person's own key, wrapped; rotating the outer key rewrites only this small row."""

    __tablename__ = "data_key"
    person_id: Mapped[UUID] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE", deferrable=True, initially="DEFERRED"),
        primary_key=True,
    )
    outer_id: Mapped[str] = mapped_column(String(16))
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)


class RecordsKey(Base):
    """What opens the records of somebody who erased their account. It isn't in the keyring: no
    page opens them."""

    __tablename__ = "records_key"
    person_id: Mapped[UUID] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE", deferrable=True, initially="DEFERRED"),
        primary_key=True,
    )
    outer_id: Mapped[str] = mapped_column(String(16))
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)

    bound_as = b"records|"  # moved into the table of data keys, it opens nothing


class KeyCheck(Base):
    """By what this database knows a key file of its own: a keyed hash of each key in it.

    So a file of another installation is named at start, and not found out at a sign-in.
    """

    __tablename__ = "key_check"
    file: Mapped[str] = mapped_column(String(20), primary_key=True)
    value: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)


class WrappedKey(Protocol):
    """A DataKey, or what a statement brought of one."""

    @property
    def person_id(self) -> UUID: ...
    @property
    def outer_id(self) -> str: ...
    @property
    def wrapped(self) -> bytes: ...


@dataclass
class OuterKeys:
    """The key-encryption keys of this installation, by id; the last one wraps what is new.

    `rotate-key` adds one while others run: they look into the file again when a row names a key
    that they don't know, and before they wrap. One `stat` each time, however odd the row is.
    """

    keys: dict[str, bytes]
    followed: Followed[dict[str, bytes]] | None = None
    _ciphers: dict[str, AESGCM] = field(default_factory=dict)

    @property
    def current(self) -> str:
        """The id of the key that wraps new data keys."""
        return next(reversed(self.keys))

    def wrap(self, person_id: UUID, key: bytes, bound_as: bytes = b"") -> tuple[str, bytes]:
        """Seal a data key, bound to its person. Returns (outer id, nonce and ciphertext)."""
        self.look_again()
        nonce = os.urandom(12)
        sealed = self._cipher(self.current).encrypt(nonce, key, bound_as + person_id.bytes)
        return self.current, nonce + sealed

    def unwrap(self, row: WrappedKey, bound_as: bytes = b"") -> bytes:
        """Open a data key. Raises InvalidTag when it is another person's or was altered."""
        if row.outer_id not in self.keys:
            self.look_again()
        return self._cipher(row.outer_id).decrypt(
            row.wrapped[:12], row.wrapped[12:], bound_as + row.person_id.bytes
        )

    def look_again(self) -> None:
        """Take over what another process wrote into the file."""
        if self.followed is not None:
            self.keys = self.followed.now()

    def _cipher(self, id: str) -> AESGCM:
        if id not in self._ciphers:
            self._ciphers[id] = AESGCM(self.keys[id])
        return self._ciphers[id]


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

    def checks(self) -> Checks:
        """What `KeyCheck` may say of these files."""
        push = serialization.load_pem_private_key(self.push, None).private_bytes(
            serialization.Encoding.DER,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        return {
            OUTER: [check_of(OUTER, key) for key in self.outer.keys.values()],
            BASE: [check_of(BASE, self.base)],
            PUSH: [check_of(PUSH, push)],
        }

    @cached_property
    def _derived(self) -> dict[str, bytes]:
        return {}


class LostKey:
    """In place of a data key that can't be opened: nothing opens with it, and nothing is sealed."""

    def __init__(self, person_id: UUID) -> None:
        self.error = Unopened(f"data_key|{person_id}")
        report_unopened(self.error)

    def decrypt(self, *_: bytes) -> NoReturn:
        """As with a key that is another."""
        raise InvalidTag

    def encrypt(self, *_: bytes) -> NoReturn:
        """Nobody could ever read it."""
        raise Unopened(self.error.which)


class Keyring:
    """The data keys that one database session has opened; they go when it goes."""

    def __init__(self, session: Session, outer: OuterKeys) -> None:
        # The session holds its keyring: held in turn, both would wait for the collector.
        self._session: Session = proxy(session)
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
        wanted = [person_id for person_id in person_ids if person_id not in self._open]
        if wanted:
            self._session.scalars(select(DataKey).where(DataKey.person_id.in_(wanted))).all()

    def hold(self, row: WrappedKey) -> None:
        """Open a key whose row is already here. One that doesn't open takes nobody else along."""
        if row.person_id not in self._open:
            try:
                self._open[row.person_id] = AESGCM(self._outer.unwrap(row))
            except (InvalidTag, KeyError, ValueError):
                self._open[row.person_id] = LostKey(row.person_id)  # type: ignore[assignment]

    def has_lost(self, person_id: UUID) -> bool:
        """Whether somebody's key is here and can't be opened."""
        return isinstance(self._open.get(person_id), LostKey)

    def held(self, person_id: UUID) -> AESGCM | None:
        """The person's key, if it was loaded; one that was erased never is."""
        return self._open.get(person_id)

    def hold_records(self, row: RecordsKey) -> None:
        """Open what is kept of somebody who was erased, for whoever may."""
        key = self._outer.unwrap(row, RecordsKey.bound_as)
        self._open[row.person_id] = AESGCM(key)

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


@event.listens_for(DataKey, "load")
def _hold_what_came(row: DataKey, context: QueryContext) -> None:
    """A key that a statement brings along is held from then on."""
    keyring(context.session).hold(row)


def app_secrets() -> Secrets:
    """The secrets of the running app."""
    held: Secrets = current_app.extensions["secrets"]
    return held


def keyed_hash(purpose: str, said: bytes) -> bytes:
    """What nobody without our keys can work out; each purpose has a key of its own. What rows and
    phones hold was made with it, so a purpose is never renamed."""
    return hmac.digest(app_secrets().derived(purpose), said, "sha256")


def load_secrets(folder: Path) -> Secrets:
    """Read the key files. Raises BadKeyFile, naming the one that isn't right."""
    outer = Followed(folder / OUTER, _read_outer)
    base = Followed(folder / BASE, _read_base).now()
    return Secrets(OuterKeys(outer.now(), outer), base, Followed(folder / PUSH, _read_push).now())


def make_secrets(folder: Path) -> None:
    """Make the key files that aren't there, readable by their owner alone."""
    make_folder(folder)
    for name in (OUTER, BASE):
        put(folder / name, _line())
    put(
        folder / PUSH,
        ec.generate_private_key(ec.SECP256R1()).private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
    )


def check_of(file: str, key: bytes) -> bytes:
    """What `KeyCheck` says of a file while this key is in it."""
    return hmac.digest(key, f"key check {file}".encode(), "sha256")


def check_files(
    session: AnySession, folder: Path, outer: OuterKeys, checks: Checks
) -> list[tuple[str, bytes]]:
    """See that the key files are those of this database. Raises BadKeyFile.

    Returns what it doesn't know yet: a key that was added, or all of them when it is from before
    it knew any. Of former outer keys none may be missing, since old copies are wrapped by them.
    """
    named = dict(session.execute(select(DataKey.outer_id, func.count()).group_by("outer_id")).all())
    lacking = {id: many for id, many in named.items() if id not in outer.keys}
    # A single row that names a key nobody has is altered, and one person's trouble.
    if lacking and (len(lacking) == len(named) or max(lacking.values()) > 1):
        raise BadKeyFile(folder / OUTER, "is missing a key that entries are encrypted with")
    known = session.execute(select(KeyCheck.file, KeyCheck.value)).all()
    for file, values in checks.items():
        noted = {value for of, value in known if of == file}
        if noted - set(values) if file == OUTER else noted and noted.isdisjoint(values):
            raise BadKeyFile(folder / file, "isn’t the one this database was created with")
    there = {(of, value) for of, value in known}
    return [
        (file, value) for file in checks for value in checks[file] if (file, value) not in there
    ]


def note_files(session: AnySession, news: list[tuple[str, bytes]]) -> None:
    """Have the database know these from now on."""
    for file, value in news:
        session.execute(inserting(KeyCheck).values(file=file, value=value).on_conflict_do_nothing())


def add_outer_key(folder: Path) -> None:
    """Add an outer key, which wraps from now on; the older ones still open."""
    file = folder / OUTER
    with alone_in(folder):
        there = file.read_bytes()
        _read_outer(file, there)
        put(file, there.rstrip() + b"\n" + _line(), replace=True)


def wrapped_formerly(session: AnySession, outer: OuterKeys) -> list[UUID]:
    """Whose keys a former outer key wraps."""
    found: set[UUID] = set()
    for kind in (DataKey, RecordsKey):
        found.update(session.scalars(select(kind.person_id).where(kind.outer_id != outer.current)))
    return sorted(found)


def rewrap(session: AnySession, outer: OuterKeys, person_ids: Sequence[UUID]) -> int:
    """Wrap these people's keys with the current outer key. Returns how many.

    One that can't be opened stays as it is: it is one person's trouble, and says so elsewhere.
    """
    return _rewrap(session, outer, person_ids, DataKey, b"") + _rewrap(
        session, outer, person_ids, RecordsKey, RecordsKey.bound_as
    )


def _rewrap(
    session: AnySession, outer: OuterKeys, person_ids: Sequence[UUID],
    kind: Any, bound_as: bytes,
) -> int:  # fmt: skip
    rows = session.scalars(select(kind).where(kind.person_id.in_(person_ids))).all()
    changed = 0
    for row in rows:
        with suppress(InvalidTag, KeyError):
            outer_id, wrapped = outer.wrap(row.person_id, outer.unwrap(row, bound_as), bound_as)
            # By hand: one that was erased meanwhile stays away.
            session.execute(
                update(kind)
                .where(kind.person_id == row.person_id, kind.wrapped == row.wrapped)
                .values(outer_id=outer_id, wrapped=wrapped)
            )
            changed += 1
    return changed


def _line() -> bytes:
    return base64.b64encode(secrets.token_bytes(32)) + b"\n"


def _read_outer(file: Path, content: bytes) -> dict[str, bytes]:
    keys = [_key_of(file, line) for line in content.split()]
    if not keys:
        raise BadKeyFile(file, "is empty")
    return {_id(key): key for key in keys}


def _read_base(file: Path, content: bytes) -> bytes:
    return _key_of(file, content.strip())


def _key_of(file: Path, line: bytes) -> bytes:
    try:
        key = base64.b64decode(line, validate=True)
    except binascii.Error:
        key = b""
    if len(key) != 32:
        raise BadKeyFile(file, "is empty, cut off, or changed: a key in it isn’t 32 bytes")
    return key


def _read_push(file: Path, content: bytes) -> bytes:
    try:
        key = serialization.load_pem_private_key(content, None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name != "secp256r1":
        raise BadKeyFile(file, "is empty, cut off, or changed: there is no P-256 key in it")
    return content


def _id(key: bytes) -> str:
    return hashlib.sha256(b"outer key id" + key).hexdigest()[:16]
