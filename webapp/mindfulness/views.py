"""The exercises for anybody; the log of practice for whoever keeps one."""

from typing import Any
from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from webapp.accounts.access import anyone, current_person, current_sign_in, patient
from webapp.accounts.actions import note_use
from webapp.core import clock
from webapp.core.errors import Conflict, NotFound
from webapp.core.forms import OurForm
from webapp.core.packed import packed
from webapp.core.routes import reads, writes
from webapp.core.wording import gettext as _
from webapp.entries import actions
from webapp.entries.forms import shown
from webapp.entries.models import entry_id
from webapp.entries.queries import own
from webapp.mindfulness import queries
from webapp.mindfulness.curve import drawing, written
from webapp.mindfulness.exercises import EXERCISES
from webapp.mindfulness.forms import OTHER, PracticeForm
from webapp.mindfulness.models import Practice
from webapp.mindfulness.script import MINUTES, STANDARD
from webapp.sharing import queries as sharing

bp = Blueprint("mindfulness", __name__)


def exercise_addresses() -> list[str]:
    """The public pages that a phone keeps, so that they open without a network."""
    each = [url_for("mindfulness.exercise", slug=slug) for slug in EXERCISES]
    return [url_for("mindfulness.index"), *each]


@bp.app_template_filter("exercise")
def exercise_name(slug: str | None) -> str:
    """Feet on the floor"""
    return str(EXERCISES[slug].name) if slug in EXERCISES else _("Something else that calms")


@bp.get("/mindfulness")
@reads(anyone)
def index() -> ResponseReturnValue:
    """All exercises. Public, the same for everybody but for the frame around."""
    return _public("mindfulness/index.html", exercises=EXERCISES.values())


@bp.get("/mindfulness/<slug>")
@reads(anyone)
def exercise(slug: str) -> ResponseReturnValue:
    """One exercise, whole: as a text to read, and with a script as a timer that goes through it."""
    if slug not in EXERCISES:
        raise NotFound
    return _public(
        "mindfulness/exercise.html", exercise=EXERCISES[slug], lengths=MINUTES, standard=STANDARD
    )


@bp.get("/mindfulness/log")
@reads(patient)
def new() -> ResponseReturnValue:
    """The form. Which exercise it was stands in the address; how strong it was never does."""
    form = PracticeForm(zone=_zone())
    done = request.args.get("exercise", "")
    if done in EXERCISES:
        form.exercise.data = done
    return form_page(form)


@bp.post("/mindfulness/log")
@writes(patient)
def create() -> ResponseReturnValue:
    """Keep it. Sharing comes after saving."""
    form = PracticeForm(zone=_zone())
    if not form.validate():
        return form_page(form, 422)
    made_on_phone = form.made_on_phone
    note_use(current_sign_in())
    try:
        entry = actions.write(Practice, current_person, made_on_phone, form.happened_at, form.typed)
    except Conflict:
        # Back, other words, Save: an edit of what is there; how it was stays as a version.
        entry = _own(entry_id(current_person.id, made_on_phone), removed=True)
        actions.edit(entry, entry.version, form.happened_at, form.typed)
    actions.restore(entry)  # who removed it, went back and saved again wants it
    flash(_("Saved. Only you can see it."), "saved")
    return redirect(url_for("mindfulness.show", id=entry.id))


@bp.get("/mindfulness/practices")
@reads(patient)
def practices() -> ResponseReturnValue:
    """One's own log, and what it tells: what works, and how long an urge takes to halve."""
    page = _page_number()
    found, older = queries.page_of(current_person, page)
    return render_template(
        "mindfulness/practices.html",
        days=queries.by_day(found, _zone()),
        older=page + 1 if older else None,
        told=queries.told_by(current_person),
        zone=_zone(),
    )


@bp.get("/mindfulness/practices/<uuid:id>")
@reads(patient)
def show(id: UUID) -> ResponseReturnValue:
    """One practice, with its curve; with whom it is shared, who opened it, what was answered."""
    entry = _own(id)
    return render_template(
        "mindfulness/show.html",
        entry=entry,
        shares=sharing.shares_of_entry(current_person, id),
        opened=sharing.openings(current_person, [id]).get(id, []),
        answers=sharing.feedback_on(current_person, id),
        form=OurForm(),
        zone=entry.zone or _zone(),
        now=clock.now(),
    )


@bp.get("/mindfulness/practices/<uuid:id>/edit")
@reads(patient)
def edit(id: UUID) -> ResponseReturnValue:
    """The same form, filled in."""
    return form_page(_filled(_own(id)), entry=_own(id))


@bp.post("/mindfulness/practices/<uuid:id>/edit")
@writes(patient)
def update(id: UUID) -> ResponseReturnValue:
    """Save the change; when it was changed elsewhere meanwhile, show both and decide nothing."""
    entry = _own(id)
    form = PracticeForm(zone=entry.zone or _zone())
    if not form.validate():
        return form_page(form, 422, entry=entry)
    if not form.saw(entry):
        return form_page(form, 409, entry=entry, theirs=entry)
    actions.edit(entry, entry.version, form.happened_to(entry), form.typed)
    flash(_("Saved."), "saved")
    return redirect(url_for("mindfulness.show", id=id))


@bp.post("/mindfulness/practices/<uuid:id>/removal")
@writes(patient)
def remove(id: UUID) -> ResponseReturnValue:
    """Take it away, with a way back."""
    actions.remove(_own(id))
    url = url_for("mindfulness.restore", id=id)
    flash({"text": _("Removed."), "url": url, "label": _("Put it back")}, "undo")  # type: ignore[arg-type]
    return redirect(url_for("mindfulness.practices"))


@bp.post("/mindfulness/practices/<uuid:id>/restoration")
@writes(patient)
def restore(id: UUID) -> ResponseReturnValue:
    """Put it back."""
    actions.restore(_own(id, removed=True))
    flash(_("It is back."), "saved")
    return redirect(url_for("mindfulness.show", id=id))


@bp.app_template_global("urge_curve")
def urge_curve(samples: list[list[int]]) -> Any:
    """Where the samples of a run stand on its drawing."""
    return drawing(samples)


def form_page(
    form: PracticeForm,
    status: int = 200,
    entry: Practice | None = None,
    theirs: Practice | None = None,
    operation: UUID | None = None,
    blank: bool = False,
) -> ResponseReturnValue:
    """The form: for a new practice, for a change, or `blank` for whoever holds a phone offline.

    With `operation` it was filled in by what came back from a phone, and saving settles that.
    """
    to = url_for("mindfulness.update", id=entry.id) if entry else url_for("mindfulness.create")
    page = render_template(
        "mindfulness/form.html",
        form=form,
        entry=entry,
        theirs=theirs,
        blank=blank,
        operation=operation,
        action=to,
    )
    return page, status


def _public(template: str, **values: Any) -> ResponseReturnValue:
    """A patient keeps the bar at the bottom; for everybody else it is a page like help now."""
    if current_user.is_authenticated and current_person.is_patient:
        return render_template(template, layout="layouts/patient.html", **values)
    plain = {"layout": "layouts/plain.html", "current_person": None}
    page = render_template(template, **plain, **values)
    return page if current_user.is_authenticated else packed(page)


def _filled(entry: Practice) -> PracticeForm:
    zone = entry.zone or _zone()
    said = {"exercise": entry.exercise or OTHER, "samples": written(entry.samples or [])}
    return PracticeForm(zone=zone, data=shown(entry, zone) | said)


def _own(id: UUID, *, removed: bool = False) -> Practice:
    entry = own(current_person, Practice, id, removed=removed)
    if entry is None:
        raise NotFound
    return entry


def _page_number() -> int:
    text = request.args.get("page", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0


def _zone() -> str:
    zone: str = current_app.config["ZONE"]
    return zone
