"""Writing about a moment, and finding it again."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.accounts.access import PhoneLocked, current_person, patient
from webapp.accounts.phone_lock import ask as ask_for_pin
from webapp.core.errors import NotSignedIn
from webapp.core.web.error_pages import not_signed_in
from webapp.core.web.routes import reads
from webapp.entries.paging import place, place_of
from webapp.entries.words import TRIGGER_KINDS
from webapp.journal import queries
from webapp.journal.forms import TriggerForm
from webapp.journal.models import Trigger
from webapp.writing.kind import Kind
from webapp.writing.pages import form_page, register, zone
from webapp.writing.queries import by_day, page_of

bp = Blueprint("journal", __name__)
TRIGGER = Kind(Trigger, TriggerForm, at="/journal", new="/journal/new", offline=True, shares=True)
register(bp, TRIGGER)


@bp.get("/journal")
@reads(patient)
def index() -> ResponseReturnValue:
    """One's own entries by day."""
    entries, older = page_of(current_person, Trigger, place(request.args.get("before", "")))
    return _list_page(entries, older)


@bp.route("/journal/search", methods=["GET", "POST"])
@reads(patient)
def search() -> ResponseReturnValue:
    """Those with a word and a kind. A post: the word stands in no address and no history.

    Reloaded, and on the way back, it is asked for without them: the list is there again.
    """
    word = request.form.get("word", "").replace("\0", "")[:100].strip()
    kind = request.form.get("kind", "")
    if not word and not kind:
        return redirect(url_for("journal.index"))
    behind = place(request.form.get("behind", ""))
    return _list_page(
        *queries.entries_matching(current_person, word, kind, behind), word=word, kind=kind
    )


@bp.route("/journal/tapped", methods=["GET", "POST"])
@reads(patient)
def tapped() -> ResponseReturnValue:
    """The form with the strength that was tapped on Today.

    A post that changes nothing: the number stands in no address and no history.
    """
    if request.method == "GET":
        return redirect(url_for("journal.new"))
    form = TriggerForm(formdata=None, zone=zone())
    strength = request.form.get("urge", "")
    if strength in map(str, range(11)):
        form.urge.data = int(strength)
    return form_page(TRIGGER, form)


@bp.errorhandler(NotSignedIn)
def at_the_door(error: NotSignedIn) -> ResponseReturnValue:
    """Whoever taps a number after being away for long finds the form behind the door."""
    if request.endpoint == "journal.tapped":
        return redirect(url_for(error.way_in, next=url_for("journal.new")))
    return ask_for_pin(error) if isinstance(error, PhoneLocked) else not_signed_in(error)


def _list_page(
    entries: list[Trigger], older: bool, *, word: str = "", kind: str = ""
) -> ResponseReturnValue:
    return render_template(
        "journal/index.html",
        days=by_day(entries, zone()),
        before=place_of(entries[-1]) if older else None,
        word=word,
        kind=kind,
        kinds=TRIGGER_KINDS,
        zone=zone(),
    )
