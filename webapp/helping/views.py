"""Support in one tap, and on the page of what was just written."""

from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from webapp.accounts.access import current_person, patient
from webapp.core import clock
from webapp.core.web.routes import reads
from webapp.days.models import Milestone
from webapp.entries.models import Entry
from webapp.helping import queries
from webapp.helping.felt import felt
from webapp.writing.kind import beside
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


@beside(Entry)
def answer(entry: Entry) -> dict[str, Any]:
    """What answers an entry: after use, in a hard moment, or once that has eased."""
    now = clock.now()
    today = clock.local(now, zone()).date()
    if isinstance(entry, Milestone):
        has_used = any(note["day"] == today.isoformat() for note in entry.returns or [])
    else:
        has_used = entry.has_used and is_recent(entry, now)
    if has_used:
        return {"moment": "used", "support": queries.support_after_use(current_person, today)}
    strong = felt(entry)
    says_so = (strong.is_hard or strong.has_eased) and not entry.is_unsafe  # that comes first
    if not says_so or not is_recent(entry, now):
        return {"moment": ""}
    support = queries.support_in_a_hard_moment(current_person)
    return {"moment": "hard" if strong.is_hard else "eased", "felt": strong, "support": support}
