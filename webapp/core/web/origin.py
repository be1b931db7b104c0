"""Whether a form or a message comes from our own page, by what the browser says of it."""

import hmac
import logging
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app, g, request, session
from flask_wtf.csrf import CSRFError, CSRFProtect, generate_csrf
from itsdangerous import BadData
from werkzeug.exceptions import RequestEntityTooLarge

from webapp.core.limits import FORM_FIELDS
from webapp.core.web.signed import Signed

log = logging.getLogger("groundwork")


class AtItsAddress:
    """Answers as at the clinic's own address, whatever Host and scheme a request comes with.

    Everything asks the request where it is: links, redirects, cookies, the check below. What a
    client claims gets into none of them, and a proxy need not pass it on.
    """

    def __init__(self, app: Any, address: str) -> None:
        self.app, (self._scheme, self._host, *_) = app, urlsplit(address)

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        environ["wsgi.url_scheme"], environ["HTTP_HOST"] = self._scheme, self._host
        answer: Iterable[bytes] = self.app(environ, start_response)
        return answer


class OwnPages(CSRFProtect):
    """A form counts with its token, unless the browser says that it comes from elsewhere.

    Not taken: wanting a Referer over https, as the library does. Some browsers and networks drop
    it, and whoever has one of these could save nothing. No other site can have the token: its
    cookie is `__Host-`, and no page of ours tells it to anybody else.
    """

    def init_app(self, app: Flask) -> None:
        """Register the check, without the library's own about the Referer."""
        app.config["WTF_CSRF_SSL_STRICT"] = False
        super().init_app(app)
        self.signer = Signed(app.config["SECRET_KEY"], "wtf-csrf-token")
        app.jinja_env.globals["csrf_token"] = form_token
        app.context_processor(lambda: {"csrf_token": form_token})

    def protect(self, apply_exemptions: bool = False) -> None:
        """Called before each request that may change something."""
        if request.method in ("GET", "HEAD", "OPTIONS", "TRACE"):
            return
        if sum(map(len, request.form.listvalues())) > FORM_FIELDS:
            # A page that asks first has each of them in it once more, far longer than it came.
            raise RequestEntityTooLarge
        if not (apply_exemptions and (request.endpoint is None or self._is_exempt())):
            if not self._is_ours(self._get_csrf_token()):
                raise CSRFError
            g.csrf_valid = True
        if comes_from_elsewhere():
            raise CSRFError

    def _is_ours(self, token: str | None) -> bool:
        """As the library looks at it, which makes its signer anew for each form."""
        try:
            said = self.signer.loads(token or "")
        except BadData:
            return False
        return hmac.compare_digest(session.get("csrf_token", ""), said)


def form_token() -> str:
    """The library's token; with a signer that is there, which the library makes for each form."""
    if "csrf_token" not in g and "csrf_token" in session:
        signer = current_app.extensions["csrf"].signer
        g.csrf_token = signer.dumps(session["csrf_token"])
    return str(g.get("csrf_token") or generate_csrf())


def comes_from_elsewhere() -> bool:
    """What no script of another site can change about a request says so."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return True
    told = request.headers.get("Origin") or request.referrer
    if told is None:
        return False
    try:
        origin = urlsplit(told)
    except ValueError:  # no browser's: half an IPv6 address
        return True
    is_secure_too = origin.scheme == "https" or not request.is_secure
    is_ours = origin.netloc == request.host and is_secure_too
    if not is_ours:
        log.warning("form refused: its page has another address than GROUNDWORK_ADDRESS")
    return not is_ours
