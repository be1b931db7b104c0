"""Writing about a visit, finding it again, changing it, taking it away; how often to go."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from webapp.accounts.access import current_person, current_sign_in, patient
from webapp.accounts.actions import note_use
from webapp.core import clock
from webapp.core.errors import Conflict, NotFound
from webapp.core.forms import OurForm
from webapp.core.limits import LINE
from webapp.core.routes import reads, writes
from webapp.core.wording import gettext as _
from webapp.entries import actions as entries
from webapp.entries.forms import shown
from webapp.entries.models import entry_id
from webapp.entries.queries import own
from webapp.meetings import actions, finding, queries, words
from webapp.meetings.forms import RhythmForm, VisitForm
from webapp.meetings.models import Meeting, Visit
from webapp.meetings.search import last_of
from webapp.sharing import queries as sharing

bp = Blueprint("meetings", __name__)
bp.add_app_template_filter(words.fellowship_name, "fellowship")
bp.add_app_template_filter(words.format_name, "meeting_format")
bp.add_app_template_filter(words.attended_name, "attended")
bp.add_app_template_filter(words.mode_name, "meeting_mode")
bp.add_app_template_filter(words.tag_name, "meeting_tag")
bp.add_app_template_filter(words.wall_hour, "wall_hour")


@bp.get("/meetings")
@reads(patient)
def index() -> ResponseReturnValue:
    """One's own visits by day, how this week goes, and the ways to the finder and the sheet."""
    now, visits = clock.now(), queries.visits_of(current_person)
    row = queries.rhythm_row(current_person)
    page = _page_number(len(visits))
    return render_template(
        "meetings/index.html",
        days=queries.by_day(visits[page * queries.PAGE : (page + 1) * queries.PAGE], zone()),
        older=page + 1 if len(visits) > (page + 1) * queries.PAGE else None,
        rhythm=queries.rhythm_of(visits, row, zone(), now),
        favourites=queries.favourites_of(current_person, now),
        zone=zone(),
        now=now,
    )


@bp.get("/meetings/new")
@reads(patient)
def new() -> ResponseReturnValue:
    """The form: nothing in it has to be filled in. "I went" brings what a meeting's page says."""
    try:
        went_to = finding.listed(UUID(request.args.get("meeting", "")))
    except ValueError:
        went_to = None
    return form_page(_went(went_to) if went_to else VisitForm(zone=zone()))


@bp.post("/meetings/new")
@writes(patient)
def create() -> ResponseReturnValue:
    """Keep it. Sharing comes after saving."""
    form = VisitForm(zone=zone())
    if not form.validate():
        return form_page(form, 422)
    made_on_phone = form.made_on_phone
    note_use(current_sign_in())
    try:
        visit = entries.write(Visit, current_person, made_on_phone, form.happened_at, form.typed)
    except Conflict:
        # Back, other words, Save: an edit of what is there; how it was stays as a version.
        visit = own_visit(entry_id(current_person.id, made_on_phone), removed=True)
        actions.change(visit, visit.version, form.happened_to(visit), form.typed)
    entries.restore(visit)  # who removed it, went back and saved again wants it
    flash(_("Saved. Only you can see it."), "saved")
    return redirect(url_for("meetings.show", id=visit.id))


@bp.get("/meetings/<uuid:id>")
@reads(patient)
def show(id: UUID) -> ResponseReturnValue:
    """One visit, whole; with whom it is shared, who opened it, what was answered."""
    visit = own_visit(id)
    return render_template(
        "meetings/show.html",
        entry=visit,
        shares=sharing.shares_of_entry(current_person, id),
        opened=sharing.openings(current_person, [id]).get(id, []),
        answers=sharing.feedback_on(current_person, id),
        form=OurForm(),
        zone=visit.zone or zone(),
        now=clock.now(),
    )


@bp.get("/meetings/<uuid:id>/edit")
@reads(patient)
def edit(id: UUID) -> ResponseReturnValue:
    """The same form, filled in."""
    return form_page(_filled(own_visit(id)), entry=own_visit(id))


@bp.post("/meetings/<uuid:id>/edit")
@writes(patient)
def update(id: UUID) -> ResponseReturnValue:
    """Save the change; when it was changed elsewhere meanwhile, show both and decide nothing."""
    visit = own_visit(id)
    form = VisitForm(zone=visit.zone or zone())
    if not form.validate():
        return form_page(form, 422, entry=visit)
    if not form.saw(visit):
        return form_page(form, 409, entry=visit, theirs=visit)
    actions.change(visit, visit.version, form.happened_to(visit), form.typed)
    flash(_("Saved."), "saved")
    return redirect(url_for("meetings.show", id=visit.id))


@bp.post("/meetings/<uuid:id>/removal")
@writes(patient)
def remove(id: UUID) -> ResponseReturnValue:
    """Take it away, with a way back."""
    entries.remove(own_visit(id))
    url = url_for("meetings.restore", id=id)
    flash({"text": _("Removed."), "url": url, "label": _("Put it back")}, "undo")  # type: ignore[arg-type]
    return redirect(url_for("meetings.index"))


@bp.post("/meetings/<uuid:id>/restoration")
@writes(patient)
def restore(id: UUID) -> ResponseReturnValue:
    """Put it back."""
    entries.restore(own_visit(id, removed=True))
    flash(_("It is back."), "saved")
    return redirect(url_for("meetings.show", id=id))


@bp.route("/meetings/rhythm", methods=["GET", "POST"])
@writes(patient)
def rhythm() -> ResponseReturnValue:
    """How often somebody wants to go; it can be left out, changed and taken away."""
    form = RhythmForm(data=_wished())
    if form.validate_on_submit():
        actions.wish(current_person, form.a_week.data, form.ninety_from.data)
        flash(_("Saved. Only you can see it."), "saved")
        return redirect(url_for("meetings.index"))
    return render_template("meetings/rhythm.html", form=form), 422 if form.errors else 200


def form_page(
    form: VisitForm,
    status: int = 200,
    entry: Visit | None = None,
    theirs: Visit | None = None,
    operation: UUID | None = None,
    blank: bool = False,
) -> ResponseReturnValue:
    """The form: for a new visit, for a change, or `blank` for whoever holds a phone offline.

    With `operation` it was filled in by what came back from a phone, and saving settles that.
    """
    page = render_template(
        "meetings/form.html",
        form=form,
        entry=entry,
        theirs=theirs,
        blank=blank,
        operation=operation,
        action=url_for("meetings.update", id=entry.id) if entry else url_for("meetings.create"),
    )
    return page, status


def own_visit(id: UUID, *, removed: bool = False) -> Visit:
    """One's own visit, or NotFound."""
    visit = own(current_person, Visit, id, removed=removed)
    if visit is None:
        raise NotFound
    return visit


def zone() -> str:
    """The clinic's zone: where its patients' clocks hang."""
    name: str = current_app.config["ZONE"]
    return name


def _went(meeting: Meeting) -> VisitForm:
    start = last_of([one.week_minute for one in meeting.times], meeting.zone, clock.now())
    there = clock.local(start, zone()).replace(tzinfo=None) if start else None
    return VisitForm(
        MultiDict(),
        zone=zone(),
        data={
            "meeting": meeting.name[:LINE],
            "fellowship": meeting.fellowship,
            "attended": meeting.mode if meeting.mode in ("in_person", "online", "phone") else None,
            "place": (meeting.location or (meeting.address if meeting.is_at_address else ""))[
                :LINE
            ],
            "happened": there,
        },
    )


def _filled(visit: Visit) -> VisitForm:
    there = visit.zone or zone()
    return VisitForm(MultiDict(), zone=there, data=shown(visit, there))


def _wished() -> dict[str, Any]:
    row = queries.rhythm_row(current_person)
    start = row.ninety_from if row else None
    return {
        "a_week": row.a_week if row else None,
        "ninety_from": date.fromisoformat(start) if start else None,
    }


def _page_number(visits: int) -> int:
    text = request.args.get("page", "")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
    return min(number, visits // queries.PAGE)
