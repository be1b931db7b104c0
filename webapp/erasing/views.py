"""Erasing one's account; holding records."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from webapp.accounts.access import administrator, current_person, patient
from webapp.accounts.confirming import asks_again, is_confirmed, own_passkey_asked
from webapp.accounts.forms import ConfirmForm
from webapp.accounts.models import Person
from webapp.activity.queries import known_as
from webapp.core import clock
from webapp.core.data.db import db
from webapp.core.errors import Conflict, NotFound
from webapp.core.web.routes import writes
from webapp.core.wording import gettext as _
from webapp.erasing import actions, queries
from webapp.erasing.forms import HoldForm
from webapp.settings.current import clinic_settings

bp = Blueprint("erasing", __name__)


@bp.route("/you/erase", methods=["GET", "POST"])
@writes(asks_again(patient))
def erase() -> ResponseReturnValue:
    """What goes and what the clinic keeps; posted to, it is done in a week."""
    form = ConfirmForm()
    if form.is_submitted():
        actions.ask(current_person.id)
        return redirect(url_for("erasing.erase"))
    person = db.session.get_one(Person, current_person.id)
    settings, now = clinic_settings(), clock.now()
    at = person.erase_at or now + actions.WEEK
    return render_template(
        "erasing/erase.html",
        form=form,
        asks=not is_confirmed(),
        passkey=None if is_confirmed() else own_passkey_asked(),
        person=person,
        at=at,
        going=queries.going_of(person.id),
        kept=queries.kept_of(person.id),
        kept_until=actions.kept_until(person.id, settings.years_kept, at),
        no_backup_from=at + actions.NO_BACKUP_AFTER,
        years=settings.years_kept,
        zone=settings.zone,
    )


@bp.post("/you/erase/cancel")
@writes(patient)
def cancel() -> ResponseReturnValue:
    """Keep the account."""
    actions.cancel(current_person.id)
    flash(_("Your account stays. Nothing was erased."), "saved")
    return redirect(url_for("today.index"))


@bp.route("/clinic/holds", methods=["GET", "POST"])
@writes(asks_again(administrator))
def holds() -> ResponseReturnValue:
    """Whose records may not be destroyed for now, and why."""
    form = HoldForm()
    if form.validate_on_submit() and _was_held(form):
        flash(_("The hold is set. Nothing of theirs is destroyed until you end it."), "saved")
        return redirect(url_for("erasing.holds"))
    held = queries.holds()
    page = render_template(
        "erasing/holds.html",
        form=form,
        holds=held,
        known=known_as({hold.person_id for hold in held}),
        zone=clinic_settings().zone,
    )
    return page, 422 if form.errors else 200


def _was_held(form: HoldForm) -> bool:
    person = queries.patient_known_as(form.who.data)
    if person is None:
        form.who.errors = [_("There’s no patient account with this username or number.")]
        return False
    try:
        actions.hold(person, form.reason.data, current_person.id)
    except Conflict:
        form.who.errors = [_("There’s already a hold on this account.")]
        return False
    return True


@bp.post("/clinic/holds/<uuid:id>/end")
@writes(asks_again(administrator))
def end_hold(id: UUID) -> ResponseReturnValue:
    """From here on erasing and removing go on."""
    if not actions.end_hold(id, current_person.id):
        raise NotFound
    flash(_("The hold is over."), "saved")
    return redirect(url_for("erasing.holds"))
