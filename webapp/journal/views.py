"""Writing about a moment, and finding it again."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.accounts.access import current_person, patient
from webapp.core.web.routes import reads, writes
from webapp.core.wording import gettext as _
from webapp.entries.paging import place, place_of
from webapp.entries.words import TRIGGER_KINDS
from webapp.journal import queries
from webapp.journal.actions import keep_words, set_words
from webapp.journal.forms import OWN, OwnWordsForm, TriggerForm
from webapp.journal.models import Trigger
from webapp.writing import pages
from webapp.writing.kind import Kind
from webapp.writing.pages import register, zone
from webapp.writing.queries import by_day, page_of

bp = Blueprint("journal", __name__)
TRIGGER = Kind(
    Trigger, TriggerForm, at="/journal", new="/journal/new", offline=True, shares=True,
    after=keep_words,
)  # fmt: skip
register(bp, TRIGGER)


@bp.get("/journal")
@reads(patient)
def index() -> ResponseReturnValue:
    """One's own entries by day."""
    entries, older = page_of(current_person, Trigger, place(request.args.get("before", "")))
    return _list_page(entries, entries[-1] if older else None)


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


@bp.route("/journal/words", methods=["GET", "POST"])
@writes(patient)
def own_words() -> ResponseReturnValue:
    """The words that somebody added to the chips: to change, and to take away. What was written
    with them stays as it is."""
    there = current_person.own_words or {}
    form = OwnWordsForm(data={name: there.get(name, []) for name in OWN})
    if form.validate_on_submit():
        kept = {name: form[name].plus(form[f"own_{name}"].data) for name in OWN}
        set_words(current_person, kept)
        flash(_("Saved. Only you can see it."), "saved")
        return redirect(url_for("journal.new"))
    for name in OWN:
        form[name].with_own(there.get(name))
    return render_template(
        "journal/own_words.html", form=form, names=OWN
    ), 422 if form.errors else 200


@bp.route("/journal/tapped", methods=["GET", "POST"])
@reads(patient)
def tapped() -> ResponseReturnValue:
    """The form with the strength that was tapped on Today."""
    return pages.tapped(TRIGGER, "urge", range(11))


pages.behind_the_door(bp, "journal.tapped", TRIGGER)


def _list_page(
    entries: list[Trigger], last: Trigger | None, *, word: str = "", kind: str = ""
) -> ResponseReturnValue:
    return render_template(
        "journal/index.html",
        days=by_day(entries, zone()),
        before=place_of(last) if last else None,
        last=last,
        word=word,
        kind=kind,
        kinds=TRIGGER_KINDS
        | {word: word for word in (current_person.own_words or {}).get("kinds", ())},
        zone=zone(),
    )
