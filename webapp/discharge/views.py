"""A discharge: the patient's page, and that of who runs the group."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from webapp.accounts.access import current_person, facilitator, patient
from webapp.accounts.confirming import asks_again
from webapp.core import clock
from webapp.core.errors import Conflict, NotFound
from webapp.core.web.routes import reads, writes
from webapp.core.wording import gettext as _
from webapp.discharge import actions, forms, queries
from webapp.discharge.models import Chair
from webapp.program.models import Membership
from webapp.settings.current import clinic_settings

bp = Blueprint("discharge", __name__)


@bp.get("/discharge")
@reads(patient)
def own() -> ResponseReturnValue:
    """Where each of four chairs stands, and what became of it."""
    return render_template(
        "discharge/own.html",
        boards=queries.own_boards(current_person),
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
    membership = queries.own_membership(current_person, id)
    if membership is None:
        raise NotFound
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
    discharge = queries.own_discharge(current_person, id)
    if discharge is None:
        raise NotFound
    actions.see(discharge)
    return redirect(url_for("today.index"))


@bp.get("/clinic/groups/<uuid:group_id>/people/<uuid:id>/discharge")
@reads(facilitator)
def show(group_id: UUID, id: UUID) -> ResponseReturnValue:
    """Who agrees, who doesn't yet, why, and who recorded it."""
    return _page(queries.in_care(current_person, group_id, id, clock.now()))


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
    membership: Membership, filled: dict[Chair, Any] | None = None, status: int = 422
) -> ResponseReturnValue:
    asked = {
        chair: (filled or {}).get(chair) or _form(chair, membership, formdata=None)
        for chair in forms.STAFF_FORMS
    }
    lost = next(iter(filled), None) if filled and status == 409 else None
    page = _staff_page(
        "discharge/show.html", membership, forms=asked, lost=lost, failed=bool(filled)
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


def _today(zone: str) -> date:
    return clock.local(clock.now(), zone).date()
