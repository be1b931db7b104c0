"""Cookies and tokens are signed with less ado, and as Flask and Flask-WTF sign them."""

import pytest
from flask import Flask, g, session
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import generate_csrf, validate_csrf
from itsdangerous import BadSignature
from wtforms import ValidationError

from webapp.core.cookies import csrf_token

SAID = {"_user_id": "somebody", "seen": 5}


def test_a_cookie_of_ours_is_one_of_flasks_and_the_other_way_round(app: Flask) -> None:
    ours = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    flasks = SecureCookieSessionInterface().get_signing_serializer(app)
    assert flasks is not None
    assert flasks.loads(ours.dumps(SAID)) == SAID
    assert ours.loads(flasks.dumps(SAID)) == SAID


def test_an_altered_cookie_is_nobodys(app: Flask) -> None:
    ours = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    cookie = ours.dumps(SAID)
    for altered in (cookie[:-2] + "xx", "x" + cookie[1:], cookie.replace(".", "", 1)):
        with pytest.raises(BadSignature):
            ours.loads(altered)


def test_a_token_of_ours_is_one_of_flask_wtfs(app: Flask) -> None:
    with app.test_request_context():
        first = csrf_token()
        validate_csrf(first)
        del g.csrf_token
        assert csrf_token() == generate_csrf()
        validate_csrf(csrf_token())
        session["csrf_token"] = "another sign-in's"
        with pytest.raises(ValidationError):
            validate_csrf(first)
