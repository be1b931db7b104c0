"""Support in one tap, and on the page of what was just written."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from flask import Blueprint, get_flashed_messages, render_template
from flask.typing import ResponseReturnValue

from webapp.accounts.access import current_person, patient
from webapp.check_ins.models import CheckIn
from webapp.core import clock
from webapp.core.web.routes import reads
from webapp.days.models import Milestone
from webapp.entries.models import Entry
from webapp.helping import dark_words, queries
from webapp.helping.felt import felt
from webapp.journal.forms import OWN
from webapp.journal.models import Trigger
from webapp.settings.current import clinic_settings
from webapp.sharing.models import Share
from webapp.writing.kind import Kind, beside
from webapp.writing.pages import is_recent, zone

bp = Blueprint("helping", __name__)


@bp.get("/support")
@reads(patient)
def after_use() -> ResponseReturnValue:
    """For whoever used or drank, before anything is asked. Nothing is saved by coming here."""
    now = clock.now()
    support = queries.support_after_use(current_person, clock.local(now, zone()).date())
    return render_template(
        "helping/show.html", support=support, moment="used", zone=zone(), now=now, entry=None
    )


# What of an entry is looked at, by its kind. A story and a plan are never.
JUST_NOW = timedelta(minutes=1)
DARK = {Trigger: ("situation", "thought", "body", "did", *OWN), CheckIn: ("note",)}


@bp.app_template_global("dark_pattern")
def dark_pattern() -> str:
    """By which the phone finds them, as we do."""
    return dark_words.PATTERN


@bp.app_template_global("dark_fields")
def dark_fields(kind: Kind) -> str:
    """Which fields of a form the phone looks at; none while the program's setting is off."""
    typed = (f"own_{name}" if name in OWN else name for name in DARK.get(kind.model, ()))
    return " ".join(typed) if clinic_settings().dark_words else ""


@beside(Entry)
def answer(entry: Entry) -> dict[str, Any]:
    """What answers an entry: words that no script asked about, and what was tapped."""
    return {"is_dark": asks_dark(entry), **_answer(entry)}


@bp.app_template_global("asks_dark")
def asks_dark(entry: Entry) -> bool:
    """Whether the page asks about words that no script looked at."""
    said = (getattr(entry, name) for name in DARK.get(type(entry), ()))
    return _asks_about(". ".join(one) if isinstance(one, list) else one for one in said)


@bp.app_template_global("asks_dark_about")
def asks_dark_about(shares: list[Share]) -> bool:
    """The same of what to bring up, which is typed while sharing."""
    since = clock.now() - JUST_NOW
    return _asks_about(share.about for share in shares if share.shared_at > since)


def _asks_about(texts: Iterable[str | None]) -> bool:
    """Only on the page that says that it was saved: asked once, without keeping that it was."""
    if not get_flashed_messages(category_filter=["saved"]) or not clinic_settings().dark_words:
        return False
    return dark_words.is_dark(*texts)


def _answer(entry: Entry) -> dict[str, Any]:
    """After use, in a hard moment, or once that has eased."""
    now = clock.now()
    today = clock.local(now, zone()).date()
    if isinstance(entry, Milestone):
        has_used = any(note["day"] == today.isoformat() for note in entry.returns or [])
    else:
        has_used = entry.has_used and is_recent(entry, now)
    if has_used:
        what = entry.what if isinstance(entry, Trigger) else None
        return {"moment": "used", "support": queries.support_after_use(current_person, today, what)}
    strong = felt(entry)
    says_so = (strong.is_hard or strong.has_eased) and not entry.is_unsafe  # that comes first
    if not says_so or not is_recent(entry, now):
        return {"moment": ""}
    support = queries.support_in_a_hard_moment(current_person)
    return {"moment": "hard" if strong.is_hard else "eased", "felt": strong, "support": support}
