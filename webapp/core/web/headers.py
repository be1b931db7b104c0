"""Headers on every answer of ours, errors and static files included."""

from collections.abc import Iterable
from typing import Any

from flask import Flask, Response, request

CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types worker",
    ]
)
_TIGHT = (
    "accelerometer geolocation screen-wake-lock "
    "publickey-credentials-get publickey-credentials-create"
)
_CLOSED = "camera microphone payment usb serial midi display-capture gyroscope magnetometer"

SECURITY = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    # How the worker tells an answer of ours from a hotel's login page.
    "Groundwork": "1",
    "X-Content-Type-Options": "nosniff",
    # no-referrer would make browsers send "Origin: null", and every https form would fail.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": ", ".join(
        [f"{name}=(self)" for name in _TIGHT.split()] + [f"{name}=()" for name in _CLOSED.split()]
    ),
}
# A file does nothing by itself, not even a drawing that is opened alone.
FOR_FILES = SECURITY | {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
STRICT_TRANSPORT = "max-age=31536000; includeSubDomains"


def init_app(app: Flask) -> None:
    """Put the headers on whatever is answered. Called last, so that static files have them too."""
    strict = {} if app.config["PLAIN_HTTP"] else {"Strict-Transport-Security": STRICT_TRANSPORT}
    app.after_request(keep_nowhere)
    app.wsgi_app = _OnEveryAnswer(  # type: ignore[method-assign]
        app.wsgi_app, pages=SECURITY | strict, files=FOR_FILES | strict
    )


def keep_nowhere(response: Response) -> Response:
    """Everything is personal, so nothing is stored, unless a view said otherwise itself."""
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
        if "Vary" not in response.headers:
            response.headers["Vary"] = "Cookie"
    if request.method == "GET" and response.content_type == "text/html":
        response.content_type = "text/html; charset=utf-8"
    return response


class _OnEveryAnswer:
    """Adds headers to an answer that doesn't have them yet, whoever made it."""

    def __init__(self, app: Any, *, pages: dict[str, str], files: dict[str, str]) -> None:
        self.app, self.pages, self.files = app, list(pages.items()), list(files.items())

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        wanted = self.files if environ["PATH_INFO"].startswith("/s/") else self.pages

        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            there = {name for name, _ in headers}
            ours = [header for header in wanted if header[0] not in there]
            return start_response(status, [*headers, *ours], *error)

        answer: Iterable[bytes] = self.app(environ, start)
        return answer
