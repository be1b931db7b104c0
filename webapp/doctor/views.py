"""The administrator's page, and what the proxy and the check itself may ask."""

from typing import Any

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from webapp.accounts.access import administrator, anyone
from webapp.core import clock
from webapp.core.crypto.keys import app_secrets
from webapp.core.data.db import outside_transaction
from webapp.core.errors import NotFound
from webapp.core.version import version
from webapp.core.web.routes import reads, writes
from webapp.doctor import checks  # noqa: F401 (they register themselves)
from webapp.doctor.asking import MARK, SEEN, is_ours
from webapp.doctor.case import LOOPBACK, Case
from webapp.doctor.examining import Finding, State, examine
from webapp.doctor.readiness import NotReady, ready
from webapp.doctor.record import last_check, note_check
from webapp.settings.current import clinic_settings

bp = Blueprint("doctor", __name__)

# Whoever came through a proxy carries one of these.
FORWARDED = (
    "HTTP_FORWARDED",
    "HTTP_VIA",
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_REAL_IP",
)


def init_app(app: Flask) -> None:
    """The page where an administrator begins is below this room, and asks by this name."""
    app.extensions["not well"] = lambda: [
        found for found in _findings() if found.state in (State.PROBLEM, State.UNCHECKED)
    ]


@bp.get("/clinic/health")
@reads(administrator)
def health() -> ResponseReturnValue:
    """What is wrong, what to do about it, and how old the slow half of that is."""
    findings = _findings()
    checked = last_check(current_app.extensions["settings"].data)
    return render_template(
        "doctor/health.html",
        to_mend=_of(State.PROBLEM, findings),
        unchecked=_of(State.UNCHECKED, findings),
        known=_of(State.KNOWN, findings),
        well=_of(State.WELL, findings),
        checked_at=checked and checked.at,
        version=version(),
        now=clock.now(),
        zone=clinic_settings().zone,
    )


@bp.post("/clinic/health")
@writes(administrator)
def check_again() -> ResponseReturnValue:
    """Ask the slow ones too. They use the network, so nothing is held meanwhile."""
    with outside_transaction():
        note_check(current_app.extensions["settings"].data, examine(_case(), slow=True))
    return redirect(url_for("doctor.health"))


@bp.get(SEEN)
@reads(anyone)
def seen() -> ResponseReturnValue:
    """How the app sees whoever asks; only the check itself is told."""
    if not is_ours(app_secrets(), request.headers.get(MARK, "")):
        raise NotFound
    forwarded = _before_proxies("HTTP_X_FORWARDED_FOR")
    return jsonify(
        client=request.remote_addr,
        forwarded=len(forwarded.split(",")) if forwarded else 0,
        trusted=current_app.extensions["settings"].trusted_proxies,
    )


@bp.get("/readyz")
@reads(anyone)
def readiness() -> ResponseReturnValue:
    """For who keeps this process running, on this machine. There is no such page for others."""
    came = any(_before_proxies(name) for name in FORWARDED)
    if came or _before_proxies("REMOTE_ADDR") not in ("", *LOOPBACK):
        raise NotFound
    try:
        said, status = f"ready {version()} {ready()}", 200
    except NotReady as trouble:
        said, status = f"not ready: {trouble}", 503
    return Response(f"{said}\n", status, content_type="text/plain; charset=utf-8")


def _before_proxies(name: str) -> str:
    """What came over the wire, before the proxies that are trusted were believed."""
    former: dict[str, Any] = request.environ.get("werkzeug.proxy_fix.orig", {})
    return former.get(name) or request.environ.get(name) or ""


def _findings() -> list[Finding]:
    checked = last_check(current_app.extensions["settings"].data)
    return [*examine(_case(), slow=False), *(checked.findings if checked else [])]


def _of(state: State, findings: list[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.state is state]


def _case() -> Case:
    return Case(known=current_app.extensions["settings"])
