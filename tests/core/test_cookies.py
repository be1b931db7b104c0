"""What was altered, or belongs to another sign-in, is refused."""

import pytest
from flask import Flask, session
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import generate_csrf, validate_csrf
from itsdangerous import BadSignature
from wtforms import ValidationError

SAID = {"_user_id": "somebody", "seen": 5}


def test_an_altered_cookie_is_nobodys(app: Flask) -> None:
    ours = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    cookie = ours.dumps(SAID)
    for altered in (cookie[:-2] + "xx", "x" + cookie[1:], cookie.replace(".", "", 1)):
        with pytest.raises(BadSignature):
            ours.loads(altered)


def test_what_a_cookie_says_isnt_packed_and_packed_ones_of_before_still_count(app: Flask) -> None:
    ours = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    said = SAID | {"_flashes": ["Saved. Only you can see it."] * 9}
    assert not ours.dumps(said).startswith(".")
    former = SecureCookieSessionInterface().get_signing_serializer(app)
    assert former is not None
    packed = former.dumps(said)
    assert packed.startswith(".")
    assert ours.loads(packed) == former.loads(ours.dumps(said)) == said


def test_a_token_of_one_sign_in_is_none_of_another(app: Flask) -> None:
    with app.test_request_context():
        first = generate_csrf()
        validate_csrf(first)
        session["csrf_token"] = "another sign-in's"
        with pytest.raises(ValidationError):
            validate_csrf(first)
