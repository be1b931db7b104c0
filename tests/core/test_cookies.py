"""What was altered, or belongs to another sign-in, is refused."""

import pytest
from flask import Flask, session
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


def test_a_token_of_one_sign_in_is_none_of_another(app: Flask) -> None:
    with app.test_request_context():
        first = generate_csrf()
        validate_csrf(first)
        session["csrf_token"] = "another sign-in's"
        with pytest.raises(ValidationError):
            validate_csrf(first)
