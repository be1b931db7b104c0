"""A message as it goes over the wire: what `webpush` leaves to its caller."""

import json
from types import SimpleNamespace

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.reminders.pushservice import FakePhone
from webapp.reminders.push import messages
from webapp.reminders.push.endpoints import Endpoint
from webapp.reminders.push.messages import (
    SIZE,
    SMALLER,
    Envelopes,
    Keys,
    Message,
    TooLong,
    padded,
)

HOUR = 3_600
PRIVATE = ec.generate_private_key(ec.SECP256R1())
PEM = PRIVATE.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
)


@pytest.fixture
def time(monkeypatch) -> SimpleNamespace:
    """The wall clock that tokens go by: `time.now`."""
    clock = SimpleNamespace(now=1_800_000_000.0)
    monkeypatch.setattr(messages, "time", SimpleNamespace(time=lambda: clock.now))
    monkeypatch.setattr(
        "webpush.vapid.time", SimpleNamespace(time=lambda: clock.now), raising=False
    )
    return clock


def test_it_opens_with_the_phones_own_key_and_says_when_it_is_over():
    phone = FakePhone("x")
    sealed = _seal(Envelopes(PEM, "ops@example.org"), phone, told={"a": "é"}, topic="t", ttl=3_599)
    assert phone.opened(sealed.body) == {"a": "é"}
    assert sealed.headers["TTL"] == "3599"
    assert sealed.headers["Topic"] == "t"
    assert sealed.headers["Urgency"] == "high"
    assert sealed.headers["Content-Encoding"] == "aes128gcm"


def test_no_message_leaves_anything_behind_for_the_next():
    envelopes, phone = Envelopes(PEM, "ops@example.org"), FakePhone("x")
    _seal(envelopes, phone, ttl=60)
    assert _seal(envelopes, phone, ttl=0).headers["TTL"] == "0"
    assert _seal(envelopes, phone, ttl=-5).headers["TTL"] == "0"


def test_a_token_names_the_service_with_its_port_and_our_contact():
    envelopes = Envelopes(PEM, "ops@example.org")
    for endpoint, audience in (
        (Endpoint("push.example.org", 443, "/x"), "https://push.example.org"),
        (Endpoint("push.example.org", 8443, "/x"), "https://push.example.org:8443"),
        (Endpoint("127.0.0.1", 8443, "/x"), "https://127.0.0.1:8443"),
    ):
        claims = _claims(_seal(envelopes, endpoint=endpoint))
        assert claims["aud"] == audience
        assert claims["sub"] == "mailto:ops@example.org"


def test_a_token_is_signed_once_for_each_service():
    envelopes = Envelopes(PEM, "ops@example.org")
    endpoint, other = Endpoint("a.example", 443, "/x"), Endpoint("b.example", 443, "/x")
    tokens = [
        _token(_seal(envelopes, endpoint=each)) for each in (endpoint, other, endpoint, other)
    ]
    assert tokens[0] == tokens[2]
    assert tokens[1] == tokens[3]
    assert tokens[0] != tokens[1]


@pytest.mark.parametrize(
    ("after", "is_new"),
    [(10 * HOUR, False), (11 * HOUR + 1, True), (-1, True), (-48 * HOUR, True)],
)
def test_a_token_is_renewed_before_it_ends_and_when_the_clock_went_back(time, after, is_new):
    envelopes = Envelopes(PEM, "ops@example.org")
    first = _token(_seal(envelopes))
    time.now += after
    assert (_token(_seal(envelopes)) != first) is is_new


def test_every_message_has_one_of_two_sizes_and_none_is_cut():
    assert len(padded({"a": "x"}, SIZE)) == len(padded({"a": "x" * 900}, SIZE)) == SIZE
    assert json.loads(padded({"a": "x"}, SMALLER)) == {"a": "x"}
    with pytest.raises(TooLong):
        padded({"a": "x" * SIZE}, SIZE)
    bodies = {len(_seal(told={"a": "x" * many}).body) for many in (0, 10, 900)}
    assert len(bodies) == 1
    assert bodies.pop() <= 4_096


def _seal(envelopes=None, phone=None, told=None, endpoint=None, topic="t", ttl=60) -> Message:
    phone = phone or FakePhone("x")
    return (envelopes or Envelopes(PEM, "ops@example.org")).seal(
        told or {}, endpoint or Endpoint("a.example", 443, "/x"), Keys(phone.p256dh, phone.auth),
        topic, ttl,
    )  # fmt: skip


def _token(sealed: Message) -> str:
    return sealed.headers["Authorization"].removeprefix("vapid t=").partition(",")[0]


def _claims(sealed: Message) -> dict[str, object]:
    key = PRIVATE.public_key()
    return jwt.decode(_token(sealed), key, algorithms=["ES256"], options={"verify_aud": False})
