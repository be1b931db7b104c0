"""The daily check-in: a page of taps, what was tapped, changing it and taking it away."""

from datetime import timedelta
from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.accounts.access import current_person, current_sign_in, patient
from webapp.accounts.actions import note_use
from webapp.check_ins import actions, queries, words
from webapp.check_ins.forms import CheckInForm
from webapp.check_ins.models import CheckIn
from webapp.core import clock
from webapp.core.errors import Ceiling, Conflict, NotFound
from webapp.core.forms import OurForm
from webapp.core.routes import reads, writes
from webapp.core.wording import gettext as _
from webapp.entries import actions as entries
from webapp.entries.forms import shown
from webapp.entries.models import entry_id
from webapp.entries.paging import place, place_of
from webapp.entries.queries import own
from webapp.program.models import Part
from webapp.program.queries import groups_of, next_of_mine, people_in
from webapp.questionnaires import queries as questionnaires
from webapp.sharing import queries as sharing
from webapp.sharing.actions import share

bp = Blueprint("check_ins", __name__)
bp.add_app_template_filter(words.said, "check_in_answer")

RECENT = timedelta(hours=12)  # how long "right now" may still be now


@bp.get("/check-ins")
@reads(patient)
def index() -> ResponseReturnValue:
    """What can be answered now, and one's own check-ins by day."""
    now, behind = clock.now(), place(request.args.get("before", ""))
    found, older = queries.page_of(current_person, behind)
    return render_template(
        "check_ins/index.html",
        days=queries.by_day(found, zone()),
        before=place_of(found[-1]) if older else None,
        due=queries.due(current_person, now, zone()),
        daily=queries.DAILY,
        instruments=questionnaires.instruments(),
        begun=questionnaires.drafts(current_person, now),
        finished=questionnaires.finished(current_person),
        lately=queries.days_of(current_person, now) if not request.args else None,
        reminder=actions.reminder_of(current_person),
        zone=zone(),
        now=now,
    )


@bp.get("/check-ins/new")
@reads(patient)
def new() -> ResponseReturnValue:
    """A page of taps."""
    return check_in_page(CheckInForm(zone=zone()))


@bp.post("/check-ins/new")
@writes(patient)
def create() -> ResponseReturnValue:
    """Keep it. Whoever isn't safe sees help next, before anything else is asked."""
    form = CheckInForm(zone=zone())
    if not form.validate():
        return check_in_page(form, 422)
    made_on_phone = form.made_on_phone
    note_use(current_sign_in())
    try:
        entry = entries.write(CheckIn, current_person, made_on_phone, form.happened_at, form.typed)
    except Conflict:
        # Back, other taps, Save: an edit of what is there; how it was stays as a version.
        entry = own_check_in(entry_id(current_person.id, made_on_phone), removed=True)
        entries.edit(entry, entry.version, form.happened_at, form.typed)
    entries.restore(entry)  # who removed it, went back and saved again wants it
    actions.answered(current_person)
    return _after_saving(entry)


@bp.get("/check-ins/<uuid:id>")
@reads(patient)
def show(id: UUID) -> ResponseReturnValue:
    """One check-in, whole; with whom it is shared, who opened it, what was answered."""
    entry = own_check_in(id)
    return render_template(
        "check_ins/show.html",
        entry=entry,
        shares=sharing.shares_of_entry(current_person, id),
        opened=sharing.openings(current_person, [id]).get(id, []),
        answers=sharing.feedback_on(current_person, id),
        form=OurForm(),
        is_recent=clock.now() - entry.happened_at < RECENT,
        zone=entry.zone or zone(),
        now=clock.now(),
    )


@bp.get("/check-ins/<uuid:id>/edit")
@reads(patient)
def edit(id: UUID) -> ResponseReturnValue:
    """The same page, as it was tapped."""
    entry = own_check_in(id)
    return check_in_page(_filled(entry), entry=entry)


@bp.post("/check-ins/<uuid:id>/edit")
@writes(patient)
def update(id: UUID) -> ResponseReturnValue:
    """Save the change; when it was changed elsewhere meanwhile, show both and decide nothing."""
    entry = own_check_in(id)
    form = CheckInForm(zone=entry.zone or zone())
    if not form.validate():
        return check_in_page(form, 422, entry=entry)
    if not form.saw(entry):
        return check_in_page(form, 409, entry=entry, theirs=entry)
    entries.edit(entry, entry.version, form.happened_to(entry), form.typed)
    flash(_("Saved."), "saved")
    return redirect(url_for("check_ins.show", id=entry.id))


@bp.post("/check-ins/<uuid:id>/removal")
@writes(patient)
def remove(id: UUID) -> ResponseReturnValue:
    """Take it away, with a way back."""
    entries.remove(own_check_in(id))
    url = url_for("check_ins.restore", id=id)
    flash({"text": _("Removed."), "url": url, "label": _("Put it back")}, "undo")  # type: ignore[arg-type]
    return redirect(url_for("check_ins.index"))


@bp.post("/check-ins/<uuid:id>/restoration")
@writes(patient)
def restore(id: UUID) -> ResponseReturnValue:
    """Put it back."""
    entries.restore(own_check_in(id, removed=True))
    flash(_("It is back."), "saved")
    return redirect(url_for("check_ins.show", id=id))


def check_in_page(
    form: CheckInForm,
    status: int = 200,
    entry: CheckIn | None = None,
    theirs: CheckIn | None = None,
    operation: UUID | None = None,
    blank: bool = False,
) -> ResponseReturnValue:
    """The taps: for a new check-in, for a change, or `blank` for whoever holds a phone offline.

    With `operation` it was filled in by what came back from a phone, and saving settles that.
    """
    groups = groups_of(current_person, Part.PATIENT) if entry is None and not blank else []
    group = groups[0] if groups else None
    page = render_template(
        "check_ins/form.html",
        form=form,
        entry=entry,
        theirs=theirs,
        blank=blank,
        operation=operation,
        action=url_for("check_ins.update", id=entry.id) if entry else url_for("check_ins.create"),
        group=group,
        upcoming=next_of_mine(current_person, group.id) if group else None,
        readers=people_in(group.id, Part.FACILITATOR) if group else [],
        zone=zone(),
        now=clock.now(),
    )
    return page, status


def own_check_in(id: UUID, *, removed: bool = False) -> CheckIn:
    """One's own check-in, or NotFound."""
    entry = own(current_person, CheckIn, id, removed=removed)
    if entry is None:
        raise NotFound
    return entry


def zone() -> str:
    """The clinic's zone: where its patients' clocks hang."""
    name: str = current_app.config["ZONE"]
    return name


def _after_saving(entry: CheckIn) -> ResponseReturnValue:
    shown = redirect(url_for("check_ins.show", id=entry.id))
    if "share" not in request.form:
        flash(_("Saved. Only you can see it."), "saved")
        return shown
    groups = groups_of(current_person, Part.PATIENT)
    consent = sharing.consent_for(current_person, groups[0].id) if len(groups) == 1 else None
    upcoming = next_of_mine(current_person, groups[0].id) if consent else None
    bring_up = "bring_up" in request.form
    if consent is not None and upcoming is not None:
        try:
            share(entry, groups[0], consent=consent, for_=upcoming, bring_up=bring_up)
            flash(_("Saved, and shared with %(group)s.", group=groups[0].name), "saved")
        except Ceiling as ceiling:  # what was tapped stays saved
            flash(f"{_('Saved. Only you can see it so far.')} {ceiling.message}", "saved")
        return shown
    if entry.is_unsafe:  # help first; the way to sharing stands on the same page
        flash(_("Saved. Only you can see it so far."), "saved")
        return shown
    flash(_("Saved. One more step to share it."), "saved")
    return redirect(url_for("sharing.share", id=entry.id, bring_up=1 if bring_up else None))


def _filled(entry: CheckIn) -> CheckInForm:
    there = entry.zone or zone()
    return CheckInForm(zone=there, data=shown(entry, there))
