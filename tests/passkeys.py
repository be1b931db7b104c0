"""A device that makes passkeys and signs with them, in software."""

import base64
import hashlib
import html
import json
import re
import struct
from dataclasses import dataclass, field
from secrets import token_bytes
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from tests.pages import Page, Phone

ORIGIN = "http://localhost"


def asked_on(page: Page, field: str = "passkey", making: bool = False) -> dict[str, Any]:
    """What a page says to a browser that has passkeys."""
    for found in re.findall(rf'data-passkey="([^"]+)" data-field="{field}"', page.html):
        asked: dict[str, Any] = json.loads(html.unescape(found))
        if ("user" in asked) == making:
            return asked
    raise AssertionError(f"no passkey is asked for on {page.address}: {page.text}")


@dataclass
class Device:
    """One passkey. What it says can be bent, as somebody would who wants in."""

    credential_id: bytes = field(default_factory=lambda: token_bytes(32))
    key: Any = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    user: bytes = b""
    count: int = 0
    counts: bool = True
    origin: str = ORIGIN
    rp_id: str | None = None
    knows_who: bool = True  # asked for the finger, face or code

    def make(self, asked: dict[str, Any]) -> str:
        """The answer to `navigator.credentials.create`."""
        self.user = _bytes(asked["user"]["id"])
        point = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32), -3: point.y.to_bytes(32)}
        tested = bytes(16) + struct.pack(">H", len(self.credential_id)) + self.credential_id
        data = self._data(asked["rp"]["id"], 0x40) + tested + cbor2.dumps(cose)
        attested = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        said = {"attestationObject": _text(attested)}
        return self._answer(said, self._client("webauthn.create", asked))

    def sign(self, asked: dict[str, Any]) -> str:
        """The answer to `navigator.credentials.get`."""
        self.count += self.counts
        data, client = self._data(asked["rpId"], 0), self._client("webauthn.get", asked)
        digest = hashlib.sha256(client).digest()
        said = {
            "authenticatorData": _text(data),
            "signature": _text(self.key.sign(data + digest, ec.ECDSA(SHA256()))),
            "userHandle": _text(self.user),
        }
        return self._answer(said, client)

    def _client(self, kind: str, asked: dict[str, Any]) -> bytes:
        told = {"type": kind, "challenge": asked["challenge"], "origin": self.origin}
        return json.dumps(told).encode()

    def _data(self, rp_id: str, flags: int) -> bytes:
        flags |= 0x01 | (0x04 if self.knows_who else 0)
        where = hashlib.sha256((self.rp_id or rp_id).encode()).digest()
        return where + struct.pack(">BI", flags, self.count)

    def _answer(self, said: dict[str, str], client: bytes) -> str:
        id = _text(self.credential_id)
        response = said | {"clientDataJSON": _text(client)}
        return json.dumps({"id": id, "rawId": id, "type": "public-key", "response": response})


def _text(given: bytes) -> str:
    return base64.urlsafe_b64encode(given).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def add(
    phone: Phone, device: Device | None = None, name: str = "My phone", at: str = "/you"
) -> Device:
    """Go through the card on the page."""
    device = device or Device()
    page = phone.get(at)
    answer = device.make(asked_on(page, making=True))
    done = phone.fill(
        page, "/you/passkeys", having="passkey_name", passkey=answer, passkey_name=name
    )
    assert "Your passkey is added." in done.text
    return device


def come_in(phone: Phone, device: Device, page: Page | None = None) -> Page:
    page = page or phone.get("/sign-in")
    return phone.fill(page, "/sign-in/passkey", passkey=device.sign(asked_on(page)))
