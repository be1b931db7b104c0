"""A phone's outbox, sealed with other code than the browser's."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask import Flask
from sqlalchemy import select

from tests.conftest import NOW, Someone
from tests.pages import Phone
from webapp.accounts.models import Person
from webapp.accounts.queries import author_mark
from webapp.core.data.db import db
from webapp.journal.models import Trigger
from webapp.sync.page import outbox_key

OUTBOX = {"X-Groundwork": "outbox"}
WORDS = "Walked past the old place"


def entries(app: Flask, someone: Someone) -> list[tuple[str | None, int | None]]:
    with app.app_context():
        query = select(Trigger).where(Trigger.author_id == someone.id)
        return [(entry.situation, entry.urge) for entry in db.session.scalars(query)]


def sealed(
    key: str,
    mark: str,
    fields: dict[str, Any],
    *,
    id: UUID | None = None,
    kind: str = "trigger",
    about: UUID | None = None,
    at: datetime = NOW,
) -> dict[str, str]:
    """An operation as a phone seals it to the server's key."""
    key_id, point = key.split(".")
    server = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), base64.b64decode(point))
    own = ec.generate_private_key(ec.SECP256R1())
    salt = own.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    agreed = own.exchange(ec.ECDH(), server)
    once = AESGCM(HKDF(SHA256(), 32, salt, b"groundwork outbox").derive(agreed))
    outside = {"id": str(id or uuid4()), "kind": kind, "mark": mark, "at": at.isoformat()}
    pairs = [
        [name, item]
        for name, value in fields.items()
        for item in (value if isinstance(value, list) else [value])
    ]
    inside = json.dumps({"about": str(about or ""), "fields": pairs}).encode()
    box = once.encrypt(bytes(12), inside, "|".join(outside.values()).encode())
    return outside | {"key": key_id, "box": base64.b64encode(salt + box).decode()}


@dataclass
class Outbox:
    """Somebody's phone that was without a network."""

    phone: Phone
    key: str
    mark: str
    clock: datetime = NOW
    items: list[dict[str, str]] = field(default_factory=list)

    def write(self, **fields: Any) -> dict[str, str]:
        """Keep something on the phone: `write(urge="6", situation="…")`."""
        options = {
            name: fields.pop(name) for name in ("id", "kind", "about", "at") if name in fields
        }
        item = sealed(self.key, self.mark, fields, **{"at": self.clock} | options)
        self.items.append(item)
        return item

    def send(self, *items: dict[str, str], **options: Any) -> list[str]:
        """Bring them to the server; what each of them was answered."""
        response = self.raw(*items, **options)
        assert response.status_code == 200, response.get_data(as_text=True)
        return [said["answer"] for said in response.get_json()["answers"]]

    def raw(self, *items: dict[str, str], headers: dict[str, str] = OUTBOX, **more: Any) -> Any:
        """The same, with the whole answer."""
        body = {"now": self.clock.isoformat(), "operations": list(items or self.items)} | more
        return self.phone.client.post("/sync", json=body, headers=headers)

    def as_of(self, mark: str) -> "Outbox":
        """The same phone in somebody else's hands."""
        return replace(self, mark=mark, items=[])


@pytest.fixture
def outbox_of(app: Flask, phone_of: Callable[[Someone], Phone]) -> Callable[[Someone], Outbox]:
    """Somebody's phone, which may have been without a network."""

    def make(someone: Someone) -> Outbox:
        with app.app_context():
            mark = author_mark(db.session.get_one(Person, someone.id))
            key = outbox_key()
        return Outbox(phone_of(someone), key, mark)

    return make
