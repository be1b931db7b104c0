"""The keys that phones seal to: ECDH P-256, in a file beside the other keys.

The last one is what pages hand out. A former one opens for 90 days after it was followed, since a
phone may lie in a drawer with something unsent; then it is destroyed.
"""

import base64
import hashlib
import os
import tempfile
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
    def line(self) -> str:
        """How it stands in the file."""
        der = self.private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        return f"{self.made_at.isoformat()} {base64.b64encode(der).decode()}\n"


@dataclass(frozen=True)
class OutboxKeys:
    """All that still open, the oldest first."""

    keys: tuple[OutboxKey, ...]

    @property
    def current(self) -> OutboxKey:
        """What phones seal to from now on."""
        return self.keys[-1]

    def named(self, id: str) -> OutboxKey | None:
        """The key that something was sealed to, while it opens."""
        return next((key for key in self.at(clock.now()).keys if key.id == id), None)

    def at(self, now: datetime) -> "OutboxKeys":
        """Those that still open at `now`: the current one, and each whose successor is young."""
        former = zip(self.keys, self.keys[1:], strict=False)
        kept = [key for key, after in former if now - after.made_at <= OPENS_FOR]
        return OutboxKeys((*kept, self.current))


def load(folder: Path) -> OutboxKeys:
    """Read the file; make it if it isn't there. Two workers that start at once agree on one."""
    try:
        text = (folder / FILE).read_text()
    except FileNotFoundError:
        _write(folder, [_make()], replace=False)
        text = (folder / FILE).read_text()
    return OutboxKeys(tuple(_read(line) for line in text.splitlines() if line))


def rotate(folder: Path) -> None:
    """A new key from now on; those that don't open any more are destroyed."""
    kept = load(folder).at(clock.now()).keys
    _write(folder, [*kept, _make()], replace=True)


def _make() -> OutboxKey:
    return OutboxKey(clock.now(), ec.generate_private_key(ec.SECP256R1()))


def _read(line: str) -> OutboxKey:
    made_at, der = line.split()
    private = load_der_private_key(base64.b64decode(der), None)
    assert isinstance(private, ec.EllipticCurvePrivateKey)
    return OutboxKey(datetime.fromisoformat(made_at), private)


def _write(folder: Path, keys: list[OutboxKey], *, replace: bool) -> None:
    # mkstemp makes it readable by its owner alone.
    handle, name = tempfile.mkstemp(dir=folder)
    with os.fdopen(handle, "w") as file:
        file.writelines(key.line for key in keys)
        file.flush()
        os.fsync(file.fileno())
    try:
        if replace:
            os.replace(name, folder / FILE)
        else:
            os.link(name, folder / FILE)
    except FileExistsError:  # another worker was faster
        pass
    finally:
        Path(name).unlink(missing_ok=True)
