"""The cookie of a sign-in, and the second one beside it.

A script can see and delete the second one: a sign-in counts only with both, so a phone can leave
by itself, at once, without a network. It comes when somebody signs in or types the password again,
and once to a sign-in from before there was one; never with another answer, so that one that was
slow doesn't bring it back.
"""

import hmac

from flask import Flask, Request, Response, current_app, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin

from webapp.core.crypto.keys import keyed_hash
from webapp.core.web.signed import Plain, Signed

HERE = "groundwork-here"


def init_app(app: Flask) -> None:
    """Have every answer of this app bring or take the second cookie as it must."""
    app.session_interface = _Cookies(app.config["SECRET_KEY"])
    app.context_processor(lambda: {"is_here": is_here, "here_mark": here_mark})


def here_mark() -> str:
    """What the second cookie says beside the first one of this request, or nothing."""
    kept: _Session = session._get_current_object()  # type: ignore[attr-defined]
    token = kept.get("_user_id")
    if not token:
        return ""
    if kept.marked[0] != token:  # a page asks three times
        kept.marked = token, _mark(token)
    return kept.marked[1]


def is_here() -> bool:
    """Whether this phone has the second cookie, or gets it with this answer."""
    kept = session._get_current_object()  # type: ignore[attr-defined]
    if _brings(kept):
        return True
    given = request.cookies.get(current_app.config["HERE_COOKIE_NAME"], "")
    return hmac.compare_digest(given.encode(), here_mark().encode()) and given != ""


def says_where_from() -> bool:
    """Whether the browser says from which site this was sent."""
    return "Origin" in request.headers or "Sec-Fetch-Site" in request.headers


def _mark(token: str) -> str:
    return keyed_hash("here", token.encode("utf-8", "replace"))[:12].hex()


class _Session(SecureCookieSession):
    """Knows whose it was when it came, and as of which lock (see `SignIn.locks`)."""

    came_as: tuple[str | None, int | None] = (None, None)
    marked = ("", "")  # a token, and what the second cookie says beside it

    @property
    def goes_as(self) -> tuple[str | None, int | None]:
        # Past our own `get`, which would say that this page is not the same for everybody.
        return dict.get(self, "_user_id"), dict.get(self, "locks")


def _brings(kept: _Session) -> bool:
    return kept.goes_as != kept.came_as and None not in kept.goes_as


class _Cookies(SecureCookieSessionInterface):
    session_class = _Session

    def __init__(self, secret: bytes) -> None:
        signer = {"key_derivation": self.key_derivation, "digest_method": self.digest_method}
        self._signed = Signed(secret, self.salt, Plain(), signer_kwargs=signer)

    def get_signing_serializer(self, app: Flask) -> Signed:
        return self._signed

    def open_session(self, app: Flask, request: Request) -> _Session | None:
        kept = super().open_session(app, request)
        assert kept is None or isinstance(kept, _Session)
        if kept is not None:
            kept.came_as = kept.goes_as
        return kept

    def save_session(self, app: Flask, kept: SessionMixin, response: Response) -> None:
        super().save_session(app, kept, response)
        assert isinstance(kept, _Session)
        name, secure = app.config["HERE_COOKIE_NAME"], self.get_cookie_secure(app)
        token, locks = kept.goes_as
        if kept.goes_as == kept.came_as:
            return
        if token is None or locks is None:
            response.delete_cookie(name, secure=secure, samesite="Lax")
        else:
            expires = self.get_expiration_time(app, kept)
            value = _mark(token)
            response.set_cookie(name, value, expires=expires, secure=secure, samesite="Lax")
