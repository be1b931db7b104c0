"""A device on which somebody signed in before, so that a stranger's tries don't hold them up there.

Its cookie survives signing out. It holds chance, and for each of the last few people a mark that
is made of it with a key of ours: it names nobody, and is worth nothing without the password.
"""

import base64
import hmac
import secrets
from binascii import Error
from uuid import UUID

from webapp.core.crypto.keys import keyed_hash

CHANCE, MARK = 16, 16  # bytes
MOST = 5  # people


def device_of(cookie: str, person_id: UUID) -> str | None:
    """The device's own chance, if this person has signed in on it."""
    chance, marks = _read(cookie)
    mark = _mark(chance, person_id)
    return chance.hex() if any(hmac.compare_digest(mark, known) for known in marks) else None


def with_person(cookie: str, person_id: UUID) -> str:
    """The cookie from now on."""
    chance, marks = _read(cookie)
    mark = _mark(chance, person_id)
    marks = [mark, *(earlier for earlier in marks if earlier != mark)][:MOST]
    return base64.urlsafe_b64encode(chance + b"".join(marks)).decode().rstrip("=")


def _read(cookie: str) -> tuple[bytes, list[bytes]]:
    try:
        whole = base64.urlsafe_b64decode(cookie.encode() + b"=" * (-len(cookie) % 4))
    except (Error, ValueError):
        whole = b""
    if not CHANCE + MARK <= len(whole) <= CHANCE + MOST * MARK:
        return secrets.token_bytes(CHANCE), []
    marks = whole[CHANCE:]
    return whole[:CHANCE], [marks[at : at + MARK] for at in range(0, len(marks), MARK)]


def _mark(chance: bytes, person_id: UUID) -> bytes:
    return keyed_hash("known devices", chance + person_id.bytes)[:MARK]
