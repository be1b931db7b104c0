"""What the program's own staff may do: read and signed by the patient, and canceled by a tap."""

from datetime import date, timedelta
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from webapp.accounts.access import current_person, patient
from webapp.accounts.confirming import asks_again
from webapp.accounts.queries import ended_by_restoring
from webapp.core import clock
from webapp.core.documents import fingerprint
from webapp.core.errors import NotFound
from webapp.core.web.routes import reads, writes
from webapp.core.wording import gettext as _
from webapp.permissions import actions, queries
from webapp.permissions.forms import SignForm
from webapp.permissions.models import Permission
from webapp.permissions.permission_text import PERMISSIONS, Kind, document
from webapp.settings.current import clinic_settings

bp = Blueprint("permissions", __name__)
LASTS = timedelta(days=365)


@bp.route("/sharing/permissions/new/<name>", methods=["GET", "POST"])
@writes(asks_again(patient, signing="signed_name"))
def new(name: str) -> ResponseReturnValue:
    """The whole text, to read and to sign."""
    kind = PERMISSIONS.get(name)
    if kind is None:
        raise NotFound
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
    page = render_template(
        "permissions/sign.html",
        kind=kind,
        form=form,
        document=text,
        shown=fingerprint(text),
        is_changed=is_changed,
        zone=zone,
        now=clock.now(),
    )
    return page, 422 if form.errors or is_changed else 200


@bp.get("/sharing/permissions/<uuid:id>")
@reads(patient)
def show(id: UUID) -> ResponseReturnValue:
    """One's own copy, to read and to print."""
    permission = _own(id)
    return render_template(
        "permissions/show.html",
        consent=permission,
        kind=PERMISSIONS[permission.what],
        restored=ended_by_restoring(permission.revoked_at),
        zone=clinic_settings().zone,
        now=clock.now(),
    )


@bp.post("/sharing/permissions/<uuid:id>/revocation")
@writes(patient)
def cancel(id: UUID) -> ResponseReturnValue:
    """Cancel it: one tap, in force at once."""
    permission = _own(id)
    actions.cancel(permission)
    flash(_("Canceled.") + f" {PERMISSIONS[permission.what].undone}", "saved")
    return redirect(url_for("sharing.index"))


def _document(kind: Kind, last_day: date) -> list[list[str]]:
    patient_name = current_person.name or current_person.username
    clinic = clinic_settings().clinic_name
    return document(kind, patient=patient_name, clinic=clinic, ends=last_day)


def _own(id: UUID) -> Permission:
    permission = queries.own_permission(current_person, id)
    if permission is None:
        raise NotFound
    return permission
