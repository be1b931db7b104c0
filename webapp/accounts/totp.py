"""Numbers that change every half minute (RFC 6238), as every authenticator app makes them. Pure."""

import base64
import hmac
import secrets
from datetime import datetime

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

STEP, DIGITS = 30, 6


def new_secret() -> bytes:
    """Twenty bytes, as RFC 4226 wants them."""
    return secrets.token_bytes(20)


def step_of(secret: bytes, typed: str, now: datetime) -> int | None:
    """The half minute whose number this is: the one now, or one beside it, since clocks differ."""
    digits = "".join(typed.split()).encode()
    at, found = int(now.timestamp()) // STEP, None
    for step in (at - 1, at, at + 1):
        if hmac.compare_digest(_totp(secret).generate(step * STEP), digits):
            found = step
    return found


def number_at(secret: bytes, now: datetime) -> str:
    """What the app shows."""
    return _totp(secret).generate(int(now.timestamp())).decode()


def address(secret: bytes, username: str, clinic: str) -> str:
    """What the QR code says to the app."""
    # A QR code has room for so much, and the app shows a line of it.
    return _totp(secret).get_provisioning_uri(username, f"Groundwork, {clinic[:40]}")


def shown(secret: bytes) -> str:
    """The secret to be typed where no camera is, in fours."""
    text = base64.b32encode(secret).decode()
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def _totp(secret: bytes) -> TOTP:
    return TOTP(secret, DIGITS, SHA1(), STEP)  # noqa: S303 - what every app knows
