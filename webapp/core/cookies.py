"""The cookie and the forms' token, signed as Flask and Flask-WTF sign them, with less ado.

Both derive their key anew from the app's secret for each signature, which is a tenth of what a
page of ours costs. Here it is derived once.
"""

from flask import Flask, current_app, g, session
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import generate_csrf
from itsdangerous import URLSafeTimedSerializer


def init_app(app: Flask) -> None:
    """Sign the cookies and tokens of this app. Comes after Flask-WTF's own."""
    app.session_interface = _Cookies()
    tokens = URLSafeTimedSerializer(app.config["SECRET_KEY"], salt="wtf-csrf-token")
    app.extensions["tokens"] = _with_one_signer(tokens)
    app.context_processor(lambda: {"csrf_token": csrf_token})


def csrf_token() -> str:
    """The token that the forms on this page carry."""
    if "csrf_token" in session and "csrf_token" not in g:
        g.csrf_token = current_app.extensions["tokens"].dumps(session["csrf_token"])
    token: str = generate_csrf()  # makes the first one of a session, and finds ours afterwards
    return token


class _Cookies(SecureCookieSessionInterface):
    _serializer: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        if self._serializer is None:
            made = super().get_signing_serializer(app)
            self._serializer = _with_one_signer(made) if made else None
        return self._serializer


def _with_one_signer(serializer: URLSafeTimedSerializer) -> URLSafeTimedSerializer:
    signer = serializer.make_signer()
    signer.secret_keys = [signer.derive_key(key) for key in signer.secret_keys]
    signer.key_derivation = "none"
    serializer.make_signer = lambda salt=None: signer  # type: ignore[method-assign]  # noqa: ARG005
    return serializer
