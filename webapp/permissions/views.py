"""What the program's own staff may do: read and signed by the patient, and canceled by a tap."""

from datetime import date, timedelta
from uuid import UUID

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from webapp.accounts.access import current_person, patient
from webapp.accounts.confirming import asks_again
from webapp.core import clock
from webapp.core.errors import or_not_found
from webapp.core.web.routes import reads, writes
from webapp.core.wording import gettext as _
from webapp.permissions import actions
from webapp.permissions.forms import SignForm
from webapp.permissions.models import Permission
from webapp.permissions.permission_text import PERMISSIONS, Kind, document
from webapp.settings.current import clinic_settings
from webapp.signing.models import fingerprint
from webapp.signing.pages import own_copy, to_sign
from webapp.signing.queries import own

bp = Blueprint("permissions", __name__)
LASTS = timedelta(days=365)


@bp.route("/sharing/permissions/new/<name>", methods=["GET", "POST"])
@writes(asks_again(patient, signing="signed_name"))
def new(name: str) -> ResponseReturnValue:
    """The whole text, to read and to sign."""
    kind = or_not_found(PERMISSIONS.get(name))
    zone = clinic_settings().zone
    last_day = clock.local(clock.now(), zone).date() + LASTS
    form, text = SignForm(), _document(kind, last_day)
    is_valid = form.validate_on_submit()
    is_changed = is_valid and form.shown.data != fingerprint(text)
    if is_valid and not is_changed:
        ends = clock.start_of_day(last_day + timedelta(days=1), zone)
        actions.permit(current_person, kind, form.signed_name.data or "", text, ends)
        flash(_("Signed. You can read or cancel it here anytime."), "saved")
        return redirect(url_for("sharing.index"))
    return to_sign("permissions/sign.html", form, text, is_changed=is_changed, kind=kind)


@bp.get("/sharing/permissions/<uuid:id>")
@reads(patient)
def show(id: UUID) -> ResponseReturnValue:
    """One's own copy, to read and to print."""
    permission = own(current_person, Permission, id)
    return own_copy("permissions/show.html", permission, kind=PERMISSIONS[permission.what])


@bp.post("/sharing/permissions/<uuid:id>/revocation")
@writes(patient)
def cancel(id: UUID) -> ResponseReturnValue:
    """Cancel it: one tap, in force at once."""
    permission = own(current_person, Permission, id)
    actions.cancel(permission)
    flash(_("Canceled.") + f" {PERMISSIONS[permission.what].undone}", "saved")
    return redirect(url_for("sharing.index"))


def _document(kind: Kind, last_day: date) -> list[list[str]]:
    patient_name = current_person.called
    clinic = clinic_settings().clinic_name
    return document(kind, patient=patient_name, clinic=clinic, ends=last_day)
