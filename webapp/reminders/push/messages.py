"""A push message, sealed for one phone: `webpush`, with what it leaves to its caller.

`webpush` 1.0.6 encrypts right (RFC 8291) and signs the VAPID token (RFC 8292). Here, behind one
class that its version is pinned by: the token is signed once per push service and kept, its
audience has the port, every message has one size, nothing is ever set per call (its overrides
would stay for the next message), and Topic, Urgency and TTL are added.
"""

import json
import math
import time
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import AnyHttpUrl
from webpush import WebPush
from webpush.vapid import VAPID

from webapp.reminders.push.endpoints import Endpoint

SIZE = 1_024  # bytes of every message before encryption: its length says nothing
SMALLER = 256  # after a service refused the size
TOKEN_LASTS, TOKEN_RENEWED = 12 * 3600, 3600  # seconds; at most 24 hours by RFC 8292


class TooLong(ValueError):
    """The text doesn't fit into a message."""


@dataclass(frozen=True)
class Keys:
    """What a browser gave us to seal messages with."""

    p256dh: str
    auth: str


@dataclass(frozen=True)
class Message:
    """A message as it goes over the wire."""

    endpoint: Endpoint
    headers: dict[str, str]
    body: bytes
    until: float = math.inf  # on the monotonic clock: not sent later than this


class Envelopes:
    """Seals messages with the clinic's own push key."""

    def __init__(self, private_pem: bytes, contact: str) -> None:
        public_pem = _public(private_pem).public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self._webpush = WebPush(BytesIO(private_pem), BytesIO(public_pem), contact)
        self._tokens = _KeptTokens(BytesIO(private_pem), BytesIO(public_pem))
        self._webpush.vapid = self._tokens

    def seal(
        self, told: dict[str, Any], endpoint: Endpoint, keys: Keys, topic: str, ttl: int,
        size: int = SIZE, until: float = math.inf,
    ) -> Message:  # fmt: skip
        """Seal `told` for one phone. The same topic replaces a message that still waits."""
        subscription = _Subscription(_Origin(endpoint.origin), keys)
        sealed = self._webpush.get(padded(told, size), subscription)  # type: ignore[arg-type]
        headers = {
            "Authorization": sealed.headers["authorization"],
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(max(0, ttl)),
            "Topic": topic,
            "Urgency": "high",
        }
        return Message(endpoint, headers, sealed.encrypted, until)


def padded(told: dict[str, Any], size: int) -> bytes:
    """JSON, filled up with spaces, which every parser passes over. Raises TooLong."""
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    if len(text) > size:
        raise TooLong(f"{len(text)} bytes, {size} fit")
    return text.ljust(size)


@dataclass(frozen=True)
class _Origin:
    """The one thing that a token needs to know of an endpoint, without parsing it once more."""

    text: str


@dataclass(frozen=True)
class _Subscription:
    """Reads to webpush like its own, which would validate what was checked before."""

    endpoint: _Origin
    keys: Keys


class _KeptTokens(VAPID):
    """One signed token per push service, renewed an hour before it ends."""

    def __init__(self, private_key: BytesIO, public_key: BytesIO) -> None:
        super().__init__(private_key, public_key)
        self._kept: dict[str, tuple[str, float]] = {}

    def get_authorization_header(
        self, endpoint: AnyHttpUrl | _Origin, subscriber: str, expiration: int = TOKEN_LASTS
    ) -> str:
        """The header for this endpoint's service."""
        assert isinstance(endpoint, _Origin)
        now = time.time()
        header, ends = self._kept.get(endpoint.text, ("", 0.0))
        if not now + TOKEN_RENEWED < ends <= now + TOKEN_LASTS:
            header = super().get_authorization_header(
                _Audience(endpoint.text),  # type: ignore[arg-type]
                subscriber,
                TOKEN_LASTS,
            )
            self._kept[endpoint.text] = header, now + TOKEN_LASTS
        return header


class _Audience:
    """Reads to webpush like a URL; its host keeps the port, which webpush would drop."""

    def __init__(self, origin: str) -> None:
        self.scheme, self.host = origin.split("://")


def _public(private_pem: bytes) -> ec.EllipticCurvePublicKey:
    key = serialization.load_pem_private_key(private_pem, None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key.public_key()
