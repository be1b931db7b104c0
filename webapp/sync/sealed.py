"""Opening what a phone sealed. Pure: keys and bytes in, an operation out.

The phone makes a key pair for one operation, agrees with the server's key (ECDH P-256), derives
an AES-256-GCM key from that (HKDF-SHA256, the phone's point as salt) and forgets its half. So the
phone can't open it again, nor can whoever copies its storage. What stands outside in the clear
(id, kind, mark, time) is bound to it: nothing of it can be exchanged.
"""

import base64
import binascii
import json
import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from webapp.core.limits import FIELDS
from webapp.sync.keys import OutboxKeys

INFO = b"groundwork outbox"
POINT = 65  # bytes of an uncompressed point
NONCE = bytes(12)  # each key seals once


class Unreadable(Exception):
    """It can't be opened: another key, altered, or nothing of ours."""


@dataclass(frozen=True)
class Envelope:
    """What a phone holds and sends: the outside of an operation."""

    id: UUID
    kind: str
    mark: str
    at: str
    key: str
    box: str

    @classmethod
    def from_phone(cls, sent: Any) -> "Envelope":
        """Read the outside. Raises Unreadable."""
        try:
            texts = {name: sent[name] for name in ("kind", "mark", "at", "key", "box")}
            id = UUID(sent["id"])
        except (KeyError, TypeError, ValueError, AttributeError):
            raise Unreadable from None
        if not all(isinstance(text, str) for text in texts.values()):
            raise Unreadable
        return cls(id=id, **texts)

    @property
    def bound(self) -> bytes:
        """What the seal is bound to."""
        return f"{self.id}|{self.kind}|{self.mark}|{self.at}".encode("utf-8", "replace")


@dataclass(frozen=True)
class Operation:
    """One thing that a person did on a phone. `about` is the id of what was changed, if any."""

    id: UUID
    kind: str
    mark: str
    at: datetime
    about: UUID | None = None
    fields: list[tuple[str, str]] = field(default_factory=list)

    def has(self, name: str) -> bool:
        """Whether a field was sent, such as a ticked box."""
        return any(field_name == name for field_name, _ in self.fields)

    def first(self, name: str) -> str:
        """A field's value, or nothing."""
        return next((value for field_name, value in self.fields if field_name == name), "")


def open_envelope(envelope: Envelope, keys: OutboxKeys) -> Operation:
    """Open what was sealed to one of the server's keys. Raises Unreadable."""
    key = keys.named(envelope.key)
    if key is None:
        raise Unreadable
    try:
        box = base64.b64decode(envelope.box, validate=True)
        point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), box[:POINT])
        agreed = key.private.exchange(ec.ECDH(), point)
        once = AESGCM(HKDF(SHA256(), 32, box[:POINT], INFO).derive(agreed))
        inside = json.loads(once.decrypt(NONCE, box[POINT:], envelope.bound))
        at = datetime.fromisoformat(envelope.at)
        about = UUID(inside["about"]) if inside.get("about") else None
        fields = [(str(name), str(value)) for name, value in inside["fields"]]
    except (binascii.Error, InvalidTag, ValueError, KeyError, TypeError, AttributeError,
            RecursionError):  # fmt: skip
        raise Unreadable from None
    if at.tzinfo is None or len(fields) > FIELDS:
        raise Unreadable
    return Operation(envelope.id, envelope.kind, envelope.mark, at, about, fields)


def in_whole_characters(operation: Operation) -> Operation:
    """To be drawn on a page: half a character, which no page can hold, becomes a mark for one."""
    fields = [(_whole(name), _whole(value)) for name, value in operation.fields]
    return replace(operation, fields=fields)


def _whole(text: str) -> str:
    return re.sub("[\ud800-\udfff]", "\ufffd", text)
