"""The keys that phones seal to: ECDH P-256, in a file beside the other keys.

The last one is what pages hand out. A former one opens for 90 days after it was followed, since a
phone may lie in a drawer with something unsent; then it is destroyed.
"""

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
)

from webapp.core import clock
from webapp.core.crypto.key_files import BadKeyFile, Followed, alone_in, put
from webapp.core.crypto.keys import Checks, check_of

FILE = "outbox.keys"
OPENS_FOR = timedelta(days=90)


@dataclass(frozen=True)
class OutboxKey:
    """One key of the server's, with the time since when phones seal to it."""

    made_at: datetime
    private: ec.EllipticCurvePrivateKey

    @cached_property
    def public(self) -> bytes:
        """The point that phones get, 65 bytes."""
        return self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @cached_property
    def id(self) -> str:
        """What an operation calls it by."""
        return hashlib.sha256(self.public).hexdigest()[:16]

    @cached_property
    def named_point(self) -> str:
        """What every page tells the phone, as `id.point`."""
        return f"{self.id}.{base64.b64encode(self.public).decode()}"

    @property
    def der(self) -> bytes:
        """The private half."""
        return self.private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())

    @property
    def line(self) -> str:
        """How it stands in the file."""
        return f"{self.made_at.isoformat()} {base64.b64encode(self.der).decode()}\n"


@dataclass(frozen=True)
class OutboxKeys:
    """All that still open, the oldest first."""

    keys: tuple[OutboxKey, ...]

    @property
    def current(self) -> OutboxKey:
        """What phones seal to from now on."""
        return self.keys[-1]

    def checks(self) -> Checks:
        """What `KeyCheck` may say of this file."""
        return {FILE: [check_of(FILE, key.der) for key in self.keys]}

    def named(self, id: str) -> OutboxKey | None:
        """The key that something was sealed to, while it opens."""
        return next((key for key in self.at(clock.now()).keys if key.id == id), None)

    def at(self, now: datetime) -> "OutboxKeys":
        """Those that still open at `now`: the current one, and each whose successor is young."""
        former = zip(self.keys, self.keys[1:], strict=False)
        kept = [key for key, after in former if now - after.made_at <= OPENS_FOR]
        return OutboxKeys((*kept, self.current))


def follow(folder: Path) -> Followed[OutboxKeys]:
    """The file as it is, whoever renews it meanwhile. Raises BadKeyFile."""
    return Followed(folder / FILE, _read)


def make(folder: Path) -> None:
    """Make the file if it isn't there."""
    put(folder / FILE, _make().line.encode())


def rotate(folder: Path) -> None:
    """A new key from now on; those that don't open any more are destroyed."""
    with alone_in(folder):
        kept = follow(folder).now().at(clock.now()).keys
        lines = "".join(key.line for key in (*kept, _make()))
        put(folder / FILE, lines.encode(), replace=True)


def _make() -> OutboxKey:
    return OutboxKey(clock.now(), ec.generate_private_key(ec.SECP256R1()))


def _read(file: Path, content: bytes) -> OutboxKeys:
    try:
        keys = tuple(_key(line) for line in content.decode().splitlines() if line)
    except (ValueError, TypeError):
        keys = ()
    if not keys:
        raise BadKeyFile(file, "is empty, cut off, or changed: not every line in it is a key")
    return OutboxKeys(keys)


def _key(line: str) -> OutboxKey:
    at, der = line.split()
    made_at, private = datetime.fromisoformat(at), load_der_private_key(base64.b64decode(der), None)
    if made_at.tzinfo is None or not isinstance(private, ec.EllipticCurvePrivateKey):
        raise ValueError("a time zone and an EC key are wanted")
    return OutboxKey(made_at, private)
