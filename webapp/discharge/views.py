"""A discharge: the patient's page, and that of who runs the group."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from webapp.accounts.access import current_person, facilitator, patient
from webapp.accounts.confirming import asks_again
from webapp.aftercare.queries import last_of
from webapp.core import clock
from webapp.core.data.db import begin_writing
from webapp.core.errors import Conflict, Invalid, NotFound, or_not_found
from webapp.core.web.choices import choices
from webapp.core.web.routes import opens, reads, writes
from webapp.core.wording import gettext as _
from webapp.discharge import actions, forms, queries
from webapp.discharge.models import Chair, Readiness
from webapp.entries.queries import own_list
from webapp.program.models import GroupRole, Membership
from webapp.program.queries import group_of, groups_of, people_in
from webapp.settings.current import clinic_settings
from webapp.sharing.actions import record_readings
from webapp.sharing.models import Share
from webapp.sharing.queries import consent_for, openings, shares_of
from webapp.writing.kind import Kind
from webapp.writing.pages import register

bp = Blueprint("discharge", __name__)
LINE = Kind(
    Readiness, forms.ReadinessForm, at="/discharge/readiness", new="/discharge/readiness/new",
    edit="", among=lambda _line: url_for("discharge.readiness"),
)  # fmt: skip
register(bp, LINE)


@bp.get("/discharge")
@reads(patient)
def own() -> ResponseReturnValue:
    """Where each of four chairs stands, and what became of it."""
    return render_template(
        "discharge/own.html",
        boards=queries.own_boards(current_person),
        has_left=bool(last_of(current_person, clock.now())),
        outcomes=forms.OWN_OUTCOMES,
        chairs=forms.CHAIRS,
        stands=forms.STANDS,
        zone=clinic_settings().zone,
        now=clock.now(),
    )


@bp.route("/discharge/<uuid:id>/position", methods=["GET", "POST"])
@writes(patient)
def say(id: UUID) -> ResponseReturnValue:
    """The patient's own chair, which nobody else takes. `id` is the membership's."""
    membership = or_not_found(queries.own_membership(current_person, id))
    form = forms.OwnChairForm(today=_today(clinic_settings().zone))
    if form.validate_on_submit():
        actions.take_chair(membership, Chair.PATIENT, form.said, by=current_person)
        flash(_("Saved. Your group’s facilitators can see it."), "saved")
        return redirect(url_for("discharge.own"))
    page = render_template("discharge/say.html", form=form, group=membership.group)
    return page, 422 if form.errors else 200


@bp.post("/discharge/<uuid:id>/seen")
@writes(patient)
def see(id: UUID) -> ResponseReturnValue:
    """What was new about it was read on Today."""
    actions.see(or_not_found(queries.own_discharge(current_person, id)))
    return redirect(url_for("today.index"))


@bp.get("/discharge/readiness")
@reads(patient)
def readiness() -> ResponseReturnValue:
    """One's own list for the time after, with what could go on it, and which lines are shown."""
    now, zone = clock.now(), clinic_settings().zone
    lines = own_list(current_person, Readiness)
    groups = groups_of(current_person, GroupRole.PATIENT)
    shown = _shown(lines)
    return render_template(
        "discharge/readiness.html",
        lines=[(about, [line for line in lines if line.about == about]) for about in forms.ABOUT],
        closed=[line for line in lines if line.is_unopened],
        proposed=queries.proposed(current_person, lines, zone, now),
        abouts=forms.ABOUT,
        groups=[
            (
                group,
                people_in(group.id, GroupRole.FACILITATOR),
                consent_for(current_person, group.id),
                {share.entry_id for share in shown if share.group_id == group.id},
            )
            for group in groups
        ],
        opened=openings(current_person, [line.id for line in lines]),
        form=forms.LinesForm(formdata=None),
        zone=zone,
        now=now,
    )


@bp.post("/discharge/readiness/proposed")
@writes(patient)
def take_proposed() -> ResponseReturnValue:
    """Put what was ticked of it on one's own list."""
    zone = clinic_settings().zone
    lines = own_list(current_person, Readiness)
    found = queries.proposed(current_person, lines, zone, clock.now())
    form = forms.LinesForm()
    form.lines.choices = choices((f"{about}|{words}", "") for about, words in found)
    if not form.validate():
        raise Invalid
    taken = [line for line in found if "|".join(line) in (form["lines"].data or [])]
    actions.add_lines(current_person, taken, zone)
    flash(_("Saved. Only you can see it."), "saved")
    return redirect(url_for("discharge.readiness"))


@bp.post("/discharge/readiness/shown/<uuid:id>")
@writes(patient)
def show_lines(id: UUID) -> ResponseReturnValue:
    """Which lines a group's facilitators can open, from now on. `id` is the group's."""
    group = group_of(current_person, GroupRole.PATIENT, id)
    consent = consent_for(current_person, id) if group is not None else None
    if group is None or consent is None:
        raise NotFound
    lines = [line for line in own_list(current_person, Readiness) if not line.is_unopened]
    form = forms.LinesForm()
    form.lines.choices = choices((str(line.id), "") for line in lines)
    if not form.validate():
        raise Invalid
    shown = [share for share in _shown(lines) if share.group_id == group.id]
    actions.show_lines(
        lines, shown, {UUID(one) for one in form["lines"].data or []}, group, consent
    )
    flash(_("Saved. They can open the lines you checked, and no others."), "saved")
    return redirect(url_for("discharge.readiness"))


@bp.get("/discharge/coverage")
@reads(patient)
def coverage() -> ResponseReturnValue:
    """When a payer stops: how long there is, what to do first, by when to answer, what to send."""
    now, zone = clock.now(), clinic_settings().zone
    return render_template(
        "discharge/coverage.html",
        coverages=queries.coverages(current_person, now),
        today=_today(zone),
        days_until=lambda iso: (date.fromisoformat(iso) - _today(zone)).days,
        zone=zone,
        now=now,
    )


@bp.route("/discharge/summary", methods=["GET", "POST"])
@reads(patient)
def summary() -> ResponseReturnValue:
    """One's own progress, put together line by line and printed; nothing of it is kept."""
    zone = clinic_settings().zone
    lines = queries.progress(current_person, zone)
    form = forms.SummaryForm()
    form.lines.choices = choices((line, line) for line in lines)
    values = {"form": form, "lines": lines, "zone": zone, "now": clock.now()}
    if form.validate_on_submit() and (form["lines"].data or form.own.data):
        return render_template("discharge/printed.html", **values)
    return render_template("discharge/summary.html", **values), 422 if form.errors else 200


@bp.get("/clinic/groups/<uuid:group_id>/people/<uuid:id>/discharge")
@opens(facilitator)
def show(group_id: UUID, id: UUID) -> ResponseReturnValue:
    """Who agrees, who doesn't yet, why, and who recorded it; and the lines that are shown."""
    now = clock.now()
    membership = queries.in_care(current_person, group_id, id, now)
    lines = queries.lines_shared(current_person, membership, now)
    page = _page(membership, lines=lines)
    if lines:
        begin_writing()
        record_readings(current_person, lines, now, page=membership.group_id)
    return page


@bp.post("/clinic/groups/<uuid:group_id>/people/<uuid:id>/discharge/<chair>")
@writes(facilitator)
def keep(group_id: UUID, id: UUID, chair: str) -> ResponseReturnValue:
    """A facilitator's own chair, or one of those that aren't in the room. Never the patient's."""
    membership = queries.in_care(current_person, group_id, id, clock.now())
    if chair not in forms.STAFF_FORMS:
        raise NotFound
    form = _form(Chair(chair), membership)
    if not form.validate():
        return _page(membership, {Chair(chair): form})
    try:
        actions.take_chair(membership, Chair(chair), form.said, by=current_person)
    except Conflict:
        return _page(membership, {Chair(chair): form}, 409)
    flash(_("Saved. Your patient sees it, with your name."), "saved")
    return redirect(url_for("discharge.show", group_id=group_id, id=id))


@bp.route("/clinic/groups/<uuid:group_id>/people/<uuid:id>/discharge/end", methods=["GET", "POST"])
@writes(asks_again(facilitator))
def end(group_id: UUID, id: UUID) -> ResponseReturnValue:
    """End the membership, and say what is missing; of two at once the second loses no word."""
    membership = queries.in_care(current_person, group_id, id, clock.now())
    zone = membership.group.zone
    today, first = _today(zone), clock.local(membership.from_at, zone).date()
    form, status = forms.EndForm(first=first, today=today), 200
    if not form.is_submitted():
        form.last_day.data = today
    elif not form.validate():
        status = 422
    else:
        try:
            actions.end(
                membership, form.outcome.data, form["last_day"].data, form.goodbye.data, form.steps,
                by=current_person,
            )  # fmt: skip
        except Conflict:
            status = 409
        else:
            # Without the name: a message waits in the cookie.
            flash(_("Discharged. You can undo this for 24 hours."), "saved")
            return redirect(url_for("discharge.show", group_id=group_id, id=id))
    return _staff_page("discharge/end.html", membership, form=form, lost=status == 409), status


def _page(
    membership: Membership,
    filled: dict[Chair, Any] | None = None,
    status: int = 422,
    lines: Sequence[Readiness] = (),
) -> ResponseReturnValue:
    asked = {
        chair: (filled or {}).get(chair) or _form(chair, membership, formdata=None)
        for chair in forms.STAFF_FORMS
    }
    lost = next(iter(filled), None) if filled and status == 409 else None
    page = _staff_page(
        "discharge/show.html",
        membership,
        forms=asked,
        lost=lost,
        failed=bool(filled),
        lines=lines,
        abouts=forms.ABOUT,
    )
    return page, status if filled else 200


def _staff_page(template: str, membership: Membership, **values: Any) -> str:
    return render_template(
        template,
        board=queries.board_of(membership),
        group=membership.group,
        person=membership.person,
        outcomes=forms.OUTCOMES,
        chairs=forms.CHAIRS,
        stands=forms.STANDS,
        zone=membership.group.zone,
        now=clock.now(),
        **values,
    )


def _form(chair: Chair, membership: Membership, **options: Any) -> forms.StaffChairForm:
    today = _today(membership.group.zone)
    return forms.STAFF_FORMS[chair](prefix=f"{chair}-", today=today, day=today, **options)


def _shown(lines: list[Readiness]) -> list[Share]:
    return shares_of(current_person, Share.entry_id.in_([line.id for line in lines]))


def _today(zone: str) -> date:
    return clock.local(clock.now(), zone).date()
