"""Manifest, worker, help, and the neutral page."""

import hashlib
from typing import Any

from flask import (
    Blueprint,
    Response,
    current_app,
    jsonify,
    redirect,
    render_template,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import text

from webapp.accounts.access import anyone, current_person
from webapp.accounts.views import home_of
from webapp.core.data.db import db
from webapp.core.errors import NotFound
from webapp.core.web.compressed import compressed
from webapp.core.web.routes import reads
from webapp.core.web.static import SCRIPT, SHEET, minify
from webapp.core.wording import gettext as _
from webapp.core.wording import speaker
from webapp.mindfulness.views import exercise_addresses
from webapp.settings.current import clinic_settings
from webapp.settings.first import values_of
from webapp.sync.page import outbox_key
from webapp.writing import pages as writing
from webapp.writing.kind import KINDS

bp = Blueprint("pwa", __name__)

PATIENCE = 3_000  # milliseconds until a phone shows what it keeps instead
# Kept from the first visit on.
SHELL = ["pwa.help_now", "pwa.offline", "pwa.quiet"]
SHELL_FILES = [
    SHEET,
    "css/plan.css",
    SCRIPT,
    "js/modules/help-now.js",
    "js/modules/kept-plan.js",
    "js/modules/waiting.js",
    "icons/sprite.svg",
    "icons/favicon.svg",
]
# Kept once somebody signed in on a phone of their own, beside the exercises.
MORE_FILES = [
    "icons/drawings.svg",
    "css/calm.css",
    "css/run.css",
    "css/check_ins.css",
    "css/patterns.css",
    "js/outbox.js",
    *[
        f"js/modules/{name}.js"
        for name in (
            "exercise",
            "idle",
            "keep",
            "sign-out",
            "submit-once",
            "unsent",
            "wave",
            "worker",
            "written",
        )
    ],
]
# Posts that change nothing, each to the form of a kind of entry: what they carry has no business
# in an address.
ASKING = {"journal.tapped": "trigger", "check_ins.tapped": "check-in"}
# Where whoever signed out without a network still gets: at once, or after telling the server.
FREE = ["pwa.help_now", "pwa.offline", "pwa.quiet"]
DOORS = ["accounts.sign_in", "accounts.sign_in_by_code", "accounts.reset", "joining.by_code"]


@bp.get("/")
@reads(anyone)
def start() -> ResponseReturnValue:
    """To where somebody starts."""
    if current_user.is_authenticated:
        return redirect(home_of(current_person))
    return redirect(url_for("accounts.sign_in"))


@bp.get("/help-now")
@reads(anyone)
def help_now() -> Response:
    """Who to call right now. Public, the same for everybody, kept on the phone."""
    lines = clinic_settings().help_lines
    return compressed(render_template("pwa/help_now.html", lines=lines, current_person=None))


@bp.get("/offline")
@reads(anyone)
def offline() -> Response:
    """What is on this phone; the worker shows it when a page can't be had."""
    return compressed(render_template("pwa/offline.html", current_person=None, blank=True))


@bp.get("/blank/<kind>")
@reads(anyone)
def blank(kind: str) -> ResponseReturnValue:
    """An empty form for whoever holds the phone: no name, no token, no id."""
    if kind not in begun_blank():
        raise NotFound
    return compressed(writing.blank(KINDS[kind]))


@bp.get("/quiet")
@reads(anyone)
def quiet() -> Response:
    """A page that says nothing about anybody, kept on the phone: it has to be there at once."""
    return compressed(render_template("pwa/quiet.html"))


@bp.get("/manifest.webmanifest")
@reads(anyone)
def manifest() -> Response:
    """The app's name and icons; nothing here names a diagnosis."""
    response = jsonify(_manifest())
    response.content_type = "application/manifest+json"
    response.headers["Cache-Control"] = "no-cache"
    return response


@bp.get("/sw.js")
@reads(anyone)
def worker() -> Response:
    """The service worker, with this release's list of files."""
    digest = current_app.config["STATIC_DIGEST"]
    shell = [url_for(name) for name in SHELL]
    # What a blank form stands in for, when the page itself can't be had.
    pages = {KINDS[kind].new: kind for kind in begun_blank()}
    pages |= {url_for(page): kind for page, kind in ASKING.items()}
    blank = {page: url_for("pwa.blank", kind=kind) for page, kind in sorted(pages.items())}
    blank[url_for("helping.after_use")] = url_for("pwa.help_now")
    kept = dict.fromkeys([*exercise_addresses(), *blank.values()])
    more = [page for page in kept if page not in shell]
    # Only where the forms ask by it.
    asks = ["js/modules/dark-words.js"] if clinic_settings().dark_words else []
    script = render_template(
        "pwa/sw.js",
        release=f"{digest}-{_digest_of([*shell, *more])}",
        digest=digest,
        patience=PATIENCE,
        outbox=static_url("js/outbox.js"),
        shell=shell + [static_url(name) for name in SHELL_FILES],
        more=more + [static_url(name) for name in (*MORE_FILES, *asks)],
        blank=blank,
        asking=[url_for(name) for name in ASKING],
        offline=url_for("pwa.offline"),
        quiet=url_for("pwa.quiet"),
        help=url_for("pwa.help_now"),
        icon=f"/s/{digest}/icons/icon-192.png",
        badge=f"/s/{digest}/icons/badge-96.png",
        today=url_for("today.index"),
        phone=url_for("reminders.phone"),
        later=url_for("reminders.later"),
        free=[url_for(name) for name in FREE],
        doors=[url_for(name) for name in DOORS],
    )
    response = compressed(minify(script, ".js"))
    response.content_type = "text/javascript; charset=utf-8"
    response.headers["Cache-Control"] = "no-cache"
    # A worker has a policy of its own: it fetches from here and nothing else.
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; connect-src 'self'; script-src 'self'"
    )
    return response


@bp.after_app_request
def point_to_what_may_be_fetched_ahead(response: Response) -> Response:
    """A patient's own pages, while a finger is still on the link; never signing out, what is
    printed or saved, or other people's entries (which refuse a prefetch besides)."""
    if response.mimetype == "text/html":
        response.headers["Speculation-Rules"] = f'"{static_url("speculation-rules.json")}"'
    return response


@bp.get("/healthz")
@reads(anyone)
def health() -> Response:
    """`ok` when the database answers; nothing else is said."""
    db.session.execute(text("SELECT 1"))
    return Response("ok", content_type="text/plain; charset=utf-8")


def begun_blank() -> list[str]:
    """The kinds of entry that can be begun without a network by whoever holds the phone."""
    return sorted(name for name, kind in KINDS.items() if kind.offline and kind.new)


def static_url(path: str) -> str:
    """The address of a static file of this release."""
    return f"/s/{current_app.config['STATIC_DIGEST']}/{path}"


def _digest_of(pages: list[str]) -> str:
    """Changes when a kept page does: another help line, other words, another key to seal to."""
    held: dict[object, str] = current_app.extensions.setdefault("kept pages", {})
    known = (*pages, outbox_key(), *values_of(clinic_settings()).values(), speaker())
    if known not in held:
        # Asked as a stranger would, once a process: the pages are the same for everybody.
        client = current_app.test_client()
        texts = [client.get(page).data for page in pages]
        held[known] = hashlib.sha256(b"\0".join(texts)).hexdigest()[:16]
    return held[known]


def _manifest() -> dict[str, Any]:
    def icon(file: str, size: int, purpose: str = "any") -> dict[str, str]:
        return {
            "src": f"/s/{current_app.config['STATIC_DIGEST']}/icons/{file}",
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": purpose,
        }

    def picture(file: str, size: str, form: str, label: str) -> dict[str, str]:
        at = static_url(f"screenshots/{file}.jpg")
        return {"src": at, "sizes": size, "type": "image/jpeg", "form_factor": form, "label": label}

    def shortcut(name: str, url: str) -> dict[str, Any]:
        return {"name": name, "url": url, "icons": [icon("icon-192.png", 192)]}

    return {
        "id": "/",  # stable for ever: it is what makes an update the same app
        "name": clinic_settings().short_name,
        "short_name": clinic_settings().short_name[:12],
        "start_url": "/?source=app",
        "scope": "/",
        "display": "standalone",
        "display_override": ["standalone", "minimal-ui"],
        "background_color": "#faf7f1",
        "theme_color": "#faf7f1",
        "lang": "en",
        "dir": "ltr",
        "launch_handler": {"client_mode": "navigate-existing"},
        "icons": [
            icon("icon-192.png", 192),
            icon("icon-512.png", 512),
            icon("icon-maskable-512.png", 512, "maskable"),
        ],
        # What a phone shows before it installs: nobody's words, and no name of an illness.
        "description": _("Notes, plans, and short exercises for yourself."),
        "screenshots": [
            picture("write", "585x1266", "narrow", _("Write in three taps")),
            picture("calm", "585x1266", "narrow", _("Short exercises")),
            picture("wide", "1280x800", "wide", _("Short exercises")),
        ],
        "shortcuts": [
            shortcut(_("Write"), url_for("journal.new")),
            shortcut(_("Check in"), url_for("check_ins.new")),
            shortcut(_("Calm"), url_for("mindfulness.index")),
            shortcut(_("Help now"), url_for("pwa.help_now")),
        ],
    }
