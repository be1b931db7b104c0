"""Writing about a moment, finding it again, changing it, taking it away and putting it back."""

from datetime import timedelta
from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.accounts.access import current_person, current_sign_in, patient
from webapp.accounts.actions import note_use
from webapp.core import clock
from webapp.core.error_pages import not_signed_in
from webapp.core.errors import Ceiling, Conflict, NotFound, NotSignedIn
from webapp.core.forms import OurForm
from webapp.core.routes import reads, writes
from webapp.core.wording import gettext as _
from webapp.entries import actions
from webapp.entries.forms import shown
from webapp.entries.models import entry_id
from webapp.entries.paging import place, place_of
from webapp.entries.queries import own
from webapp.entries.words import TRIGGER_KINDS
from webapp.journal import queries
from webapp.journal.forms import TriggerForm
from webapp.journal.models import HARD, Trigger
from webapp.journal.pattern_page import pattern_page
from webapp.program.models import Part
from webapp.program.queries import groups_of, next_of_mine, people_in
from webapp.sharing import queries as sharing
from webapp.sharing.actions import share

bp = Blueprint("journal", __name__)

RECENT = timedelta(hours=12)  # how long a hard moment may still be one


@bp.get("/journal")
@reads(patient)
def index() -> ResponseReturnValue:
    """One's own entries by day."""
    entries, older = queries.page_of(current_person, place(request.args.get("before", "")))
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
    return _list_page(*queries.matching(current_person, word, kind, behind), word=word, kind=kind)


@bp.get("/journal/new")
@reads(patient)
def new() -> ResponseReturnValue:
    """The form: three taps are enough."""
    return form_page(TriggerForm(zone=_zone()))


@bp.route("/journal/tapped", methods=["GET", "POST"])
@reads(patient)
def tapped() -> ResponseReturnValue:
    """The form with the strength that was tapped on Today.

    A post that changes nothing: the number stands in no address and no history.
    """
    if request.method == "GET":
        return redirect(url_for("journal.new"))
    form = TriggerForm(formdata=None, zone=_zone())
    strength = request.form.get("urge", "")
    if strength in map(str, range(11)):
        form.urge.data = int(strength)
    return form_page(form)


@bp.errorhandler(NotSignedIn)
def at_the_door(error: NotSignedIn) -> ResponseReturnValue:
    """Whoever taps a number after being away for long finds the form behind the door."""
    if request.endpoint == "journal.tapped":
        return redirect(url_for(error.way_in, next=url_for("journal.new")))
    return not_signed_in(error)


@bp.post("/journal/new")
@writes(patient)
def create() -> ResponseReturnValue:
    """Keep it. Sharing comes after saving: the words are safe before anything else is asked."""
    form = TriggerForm(zone=_zone())
    if not form.validate():
        return form_page(form, 422)
    made_on_phone = form.made_on_phone
    note_use(current_sign_in())
    try:
        entry = actions.write(Trigger, current_person, made_on_phone, form.happened_at, form.typed)
    except Conflict:
        # Back, other words, Save: an edit of what is there; how it was stays as a version.
        entry = _own(entry_id(current_person.id, made_on_phone), removed=True)
        actions.edit(entry, entry.version, form.happened_at, form.typed)
    actions.restore(entry)  # who removed it, went back and saved again wants it
    return _after_saving(entry)


@bp.get("/journal/patterns")
@reads(patient)
def patterns() -> ResponseReturnValue:
    """What repeats in one's own entries; the period stands in the address."""
    return pattern_page(request.args.get("period", ""))


@bp.get("/journal/<uuid:id>")
@reads(patient)
def show(id: UUID) -> ResponseReturnValue:
    """One entry, whole; with whom it is shared, who opened it, what was answered."""
    entry = _own(id)
    return render_template(
        "journal/show.html",
        entry=entry,
        shares=sharing.shares_of_entry(current_person, id),
        opened=sharing.openings(current_person, [id]).get(id, []),
        answers=sharing.feedback_on(current_person, id),
        form=OurForm(),
        hard=HARD,
        is_recent=clock.now() - entry.happened_at < RECENT,
        zone=entry.zone or _zone(),
        now=clock.now(),
    )


@bp.get("/journal/<uuid:id>/edit")
@reads(patient)
def edit(id: UUID) -> ResponseReturnValue:
    """The same form, filled in."""
    return form_page(_filled(_own(id)), entry=_own(id))


@bp.post("/journal/<uuid:id>/edit")
@writes(patient)
def update(id: UUID) -> ResponseReturnValue:
    """Save the change; when it was changed elsewhere meanwhile, show both and decide nothing."""
    entry = _own(id)
    form = TriggerForm(zone=entry.zone or _zone())
    if not form.validate():
        return form_page(form, 422, entry=entry)
    if not form.saw(entry):
        return form_page(form, 409, entry=entry, theirs=entry)
    actions.edit(entry, entry.version, form.happened_to(entry), form.typed)
    flash(_("Saved."), "saved")
    return redirect(url_for("journal.show", id=entry.id))


@bp.post("/journal/<uuid:id>/removal")
@writes(patient)
def remove(id: UUID) -> ResponseReturnValue:
    """Take it away, with a way back."""
    actions.remove(_own(id))
    url = url_for("journal.restore", id=id)
    flash({"text": _("Removed."), "url": url, "label": _("Put it back")}, "undo")  # type: ignore[arg-type]
    return redirect(url_for("journal.index"))


@bp.post("/journal/<uuid:id>/restoration")
@writes(patient)
def restore(id: UUID) -> ResponseReturnValue:
    """Put it back."""
    actions.restore(_own(id, removed=True))
    flash(_("It is back."), "saved")
    return redirect(url_for("journal.show", id=id))


def form_page(
    form: TriggerForm,
    status: int = 200,
    entry: Trigger | None = None,
    theirs: Trigger | None = None,
    operation: UUID | None = None,
    blank: bool = False,
) -> ResponseReturnValue:
    """The form: for a new entry, for a change, or `blank` for whoever holds a phone offline.

    With `operation` it was filled in by what came back from a phone, and saving settles that.
    """
    groups = groups_of(current_person, Part.PATIENT) if entry is None and not blank else []
    group = groups[0] if groups else None
    page = render_template(
        "journal/form.html",
        form=form,
        entry=entry,
        theirs=theirs,
        blank=blank,
        operation=operation,
        action=url_for("journal.update", id=entry.id) if entry else url_for("journal.create"),
        group=group,
        upcoming=next_of_mine(current_person, group.id) if group else None,
        readers=people_in(group.id, Part.FACILITATOR) if group else [],
        zone=_zone(),
        now=clock.now(),
    )
    return page, status


def _list_page(
    entries: list[Trigger], older: bool, *, word: str = "", kind: str = ""
) -> ResponseReturnValue:
    return render_template(
        "journal/index.html",
        days=queries.by_day(entries, _zone()),
        before=place_of(entries[-1]) if older else None,
        word=word,
        kind=kind,
        kinds=TRIGGER_KINDS,
        zone=_zone(),
    )


def _after_saving(entry: Trigger) -> ResponseReturnValue:
    if "share" not in request.form:
        flash(_("Saved. Only you can see it."), "saved")
        return redirect(url_for("journal.show", id=entry.id))
    groups = groups_of(current_person, Part.PATIENT)
    consent = sharing.consent_for(current_person, groups[0].id) if len(groups) == 1 else None
    upcoming = next_of_mine(current_person, groups[0].id) if consent else None
    if consent is None or upcoming is None:
        flash(_("Saved. One more step to share it."), "saved")
        bring_up = 1 if "bring_up" in request.form else None
        return redirect(url_for("sharing.share", id=entry.id, bring_up=bring_up))
    try:
        share(entry, groups[0], consent=consent, for_=upcoming, bring_up="bring_up" in request.form)
        flash(_("Saved, and shared with %(group)s.", group=groups[0].name), "saved")
    except Ceiling as ceiling:  # what was written stays saved
        flash(f"{_('Saved. Only you can see it so far.')} {ceiling.message}", "saved")
    return redirect(url_for("journal.show", id=entry.id))


def _filled(entry: Trigger) -> TriggerForm:
    zone = entry.zone or _zone()
    return TriggerForm(zone=zone, data=shown(entry, zone))


def _own(id: UUID, *, removed: bool = False) -> Trigger:
    entry = own(current_person, Trigger, id, removed=removed)
    if entry is None:
        raise NotFound
    return entry


def _zone() -> str:
    zone: str = current_app.config["ZONE"]
    return zone
