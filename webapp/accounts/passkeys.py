"""What a passkey is asked, and whether it answered (WebAuthn). Knows no rows.

A challenge is ours by its seal and says when it was made, so a page may bring one without anything
being written. That each counts once is up to whoever records its use (`actions`).
"""

import base64
import json
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from webapp.core import clock
from webapp.core.crypto.keys import keyed_hash

LASTS = timedelta(minutes=30)
ANSWER = 10_000  # characters; a security key's longest attestation fits
_SEALED, _SEAL = 8 + 16, 32  # when and by chance; then what makes it ours
_ALGORITHMS = (-8, -7, -257)  # Ed25519, ES256, RS256


class Place(NamedTuple):
    """Where passkeys are made and asked for, by the clinic's own address."""

    rp_id: str
    origin: str  # "" for localhost, at whatever port

    def allows(self, origin: str) -> bool:
        """Whether an answer was given on a page of ours."""
        return origin == self.origin if self.origin else _is_localhost(origin)


class Claim(NamedTuple):
    """What an answer says of itself, before anything of it is checked."""

    credential_id: bytes
    challenge: bytes
    origin: str
    user: bytes | None

    @property
    def once(self) -> bytes:
        """By which its use is known."""
        return self.challenge[:_SEALED]


@dataclass(frozen=True)
class New:
    """A passkey that was just made, and by what challenge."""

    once: bytes
    credential_id: bytes
    public_key: bytes
    sign_count: int


def challenge(sign_in: UUID | None = None) -> bytes:
    """One for a page of this sign-in, or for signing in. Whether a passkey is made or asked for
    stands in the answer itself, and the library looks."""
    said = int(clock.now().timestamp()).to_bytes(8, "big") + secrets.token_bytes(16)
    return said + _seal(said, sign_in)


def claimed(answer: str) -> Claim | None:
    """What an answer says of itself; None for what is no answer at all."""
    try:
        told = json.loads(answer)
        client = json.loads(_bytes(told["response"]["clientDataJSON"]))
        user = told["response"].get("userHandle")
        return Claim(
            _bytes(told["id"]), _bytes(client["challenge"]), str(client["origin"]),
            _bytes(user) if user else None,
        )  # fmt: skip
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def is_ours(claim: Claim, place: Place, sign_in: UUID | None) -> bool:
    """Whether a page of this sign-in of ours asked for this, not long ago. The library is loaded
    for nothing else."""
    said, seal = claim.challenge[:_SEALED], claim.challenge[_SEALED:]
    if not secrets.compare_digest(seal, _seal(said, sign_in)):
        return False
    age = int(clock.now().timestamp()) - int.from_bytes(said[:8], "big")
    return 0 <= age < LASTS.total_seconds() and place.allows(claim.origin)


def made(answer: str, place: Place, sign_in: UUID) -> New | None:
    """The passkey that was made on a page of this sign-in, by someone whom the device knew."""
    claim = claimed(answer)
    if claim is None or not is_ours(claim, place, sign_in):
        return None
    from webauthn import verify_registration_response  # 24 MB, for who uses one

    try:
        found = verify_registration_response(
            credential=answer, expected_challenge=claim.challenge, expected_rp_id=place.rp_id,
            expected_origin=claim.origin, require_user_verification=True,
        )  # fmt: skip
    except Exception:  # whatever a made-up answer does to a reader of CBOR and certificates
        return None
    return New(claim.once, found.credential_id, found.credential_public_key, found.sign_count)


def signed(answer: str, claim: Claim, place: Place, public_key: bytes) -> int | None:
    """The count that this passkey signed with, for someone whom the device knew; None if not it."""
    from webauthn import verify_authentication_response

    try:
        found = verify_authentication_response(
            credential=answer, expected_challenge=claim.challenge, expected_rp_id=place.rp_id,
            expected_origin=claim.origin, require_user_verification=True,
            credential_public_key=public_key,
            credential_current_sign_count=0,  # compared with the row, at once for all who come
        )  # fmt: skip
    except Exception:  # as above
        return None
    return found.new_sign_count


def to_make(place: Place, app: str, person: UUID, username: str, own: list[bytes],
            challenge: bytes) -> str:  # fmt: skip
    """What a page says to make one. The device's list shows the username, and no name."""
    return json.dumps({
        "challenge": _text(challenge),
        "rp": {"id": place.rp_id, "name": app},
        "user": {"id": _text(person.bytes), "name": username, "displayName": username},
        "pubKeyCredParams": [{"type": "public-key", "alg": alg} for alg in _ALGORITHMS],
        "excludeCredentials": _listed(own),
        "authenticatorSelection": {
            "residentKey": "required", "requireResidentKey": True, "userVerification": "required",
        },
        "attestation": "none",
    })  # fmt: skip


def to_ask(place: Place, challenge: bytes, own: list[bytes] = []) -> str:  # noqa: B006 - only read
    """What a page says to ask for one: any, or one of somebody's own."""
    return json.dumps({
        "challenge": _text(challenge), "rpId": place.rp_id,
        "allowCredentials": _listed(own), "userVerification": "required",
    })  # fmt: skip


def _seal(said: bytes, sign_in: UUID | None) -> bytes:
    return keyed_hash("passkeys", f"{sign_in}|".encode() + said)


def _listed(ids: list[bytes]) -> list[dict[str, Any]]:
    return [{"type": "public-key", "id": _text(id)} for id in ids]


def _is_localhost(origin: str) -> bool:
    return origin == "http://localhost" or origin.startswith("http://localhost:")


def _text(given: bytes) -> str:
    return base64.urlsafe_b64encode(given).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
