"""What the clinic may give to somebody outside: signed and canceled by the patient; given out by
staff, with the notice that goes along; and the accounting of it."""

from datetime import date, datetime, timedelta
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.accounts.access import anyone, current_person, facilitator, patient
from webapp.accounts.confirming import asks_again
from webapp.audit.kinds import ActKind
from webapp.consents import actions, queries
from webapp.consents.consent_text import (
    NOTICE,
    NOTICE_HEADER,
    NOTICE_SINCE,
    PURPOSES,
    RECIPIENTS,
    WHAT,
    Terms,
    document,
)
from webapp.consents.forms import USUAL, GiveForm, OutsideForm, SignForm
from webapp.consents.models import OutsideConsent
from webapp.core import clock
from webapp.core.errors import NotFound, or_not_found
from webapp.core.web.routes import reads, writes
from webapp.core.wording import gettext as _
from webapp.program.queries import patient_or_former
from webapp.settings.current import clinic_settings
from webapp.signing.actions import cancel
from webapp.signing.added import added_by
from webapp.signing.models import fingerprint
from webapp.signing.pages import own_copy, to_sign
from webapp.signing.queries import own

bp = Blueprint("consents", __name__)
bp.add_app_template_global(lambda: NOTICE, "notice_to_go_along")
CARRIED = ("kind", "recipient", "place", "what", "purpose", "ends")


@bp.route("/sharing/outside/new", methods=["GET", "POST"])
@writes(asks_again(patient, signing="signed_name"))
def new() -> ResponseReturnValue:
    """Choose who may get what; then the whole document, to read and to sign."""
    today = clock.local(clock.now(), clinic_settings().zone).date()
    signing = "shown" in request.form and "change" not in request.form
    form = SignForm(today=today) if signing else OutsideForm(today=today)
    if not form.is_submitted():
        _fill_again(form)
        form.ends.data = today + USUAL
    if "change" in request.form or not form.validate_on_submit():
        if signing and not any(form[name].errors for name in CARRIED):
            return _to_sign(form, _document(_terms(form)))
        page = render_template(
            "consents/new.html",
            form=form,
            lines=clinic_settings().help_lines,
            zone=clinic_settings().zone,
        )
        return page, 422 if form.errors else 200
    text = _document(_terms(form))
    if not isinstance(form, SignForm) or form.shown.data != fingerprint(text):
        form = SignForm(formdata=None, today=today)
        return _to_sign(form, text, is_changed=signing)
    consent = actions.sign(
        current_person, _terms(form), form["signed_name"].data, text, _over(form.ends.data)
    )
    flash(_("Signed. You can read, print, or cancel it here anytime."), "saved")
    return redirect(url_for("consents.show", id=consent.id))


@bp.get("/sharing/outside/<uuid:id>")
@reads(patient)
def show(id: UUID) -> ResponseReturnValue:
    """One's own copy, to read and to print."""
    return own_copy("consents/show.html", own(current_person, OutsideConsent, id))


@bp.post("/sharing/outside/<uuid:id>/revocation")
@writes(patient)
def revoke(id: UUID) -> ResponseReturnValue:
    """Cancel it: one tap, in force at once."""
    cancel(own(current_person, OutsideConsent, id), ActKind.CONSENT_REVOKED)
    flash(
        _(
            "Your consent is canceled. The clinic can’t give anything out under it anymore. What "
            "was already given out stays with who got it."
        ),
        "saved",
    )
    return redirect(url_for("sharing.index"))


@bp.get("/privacy-rights")
@reads(anyone)
def notice() -> ResponseReturnValue:
    """The notice to patients (42 CFR 2.22), for everybody to read."""
    settings = clinic_settings()
    program, describes, *points, discuss = NOTICE_HEADER
    where = " AND ".join(filter(None, (settings.help_clinic, settings.privacy_email)))
    return render_template(
        "consents/notice.html",
        header=(f"{program} {settings.clinic_name}", describes, points, discuss.format(
            who=settings.privacy_contact or "THE STAFF", where=where or settings.clinic_name,
        )),
        lines=settings.help_lines,
        since=NOTICE_SINCE,
    )  # fmt: skip


@bp.get("/sharing/accounting")
@reads(patient)
def accounting() -> ResponseReturnValue:
    """What staff gave out: when, to whom, what, why, and by whom."""
    given, older = queries.accounting_of(current_person, clock.named(request.args.get("before")))
    return render_template(
        "consents/accounting.html",
        given=given,
        last=given[-1][0] if older else None,
        zone=clinic_settings().zone,
        now=clock.now(),
    )


@bp.get("/clinic/groups/<uuid:group_id>/people/<uuid:id>/consents")
@reads(facilitator)
def of_patient(group_id: UUID, id: UUID) -> ResponseReturnValue:
    """The consents in force of one patient, and what was given out under them."""
    membership = patient_or_former(current_person, group_id, id)
    before = clock.named(request.args.get("before"))
    given, older = queries.accounting_of(membership.person, before)
    last = given[-1][0] if older else None
    consents = queries.in_force(membership.person)
    if membership.until_at is not None and membership.until_at <= clock.now():
        # Of who left they see what is in force, and what was given out under that.
        there = {consent.id for consent in consents}
        given = [(one, by) for one, by in given if one.consent_id in there]
    return render_template(
        "consents/of_patient.html",
        group=membership.group,
        patient=membership.person,
        consents=consents,
        given=given,
        last=last,
        zone=membership.group.zone,
        now=clock.now(),
    )


@bp.route(
    "/clinic/groups/<uuid:group_id>/people/<uuid:person_id>/consents/<uuid:id>",
    methods=["GET", "POST"],
)
@writes(asks_again(facilitator))
def give(group_id: UUID, person_id: UUID, id: UUID) -> ResponseReturnValue:
    """Write down what is given out; what it doesn't allow isn't on offer."""
    membership = patient_or_former(current_person, group_id, person_id)
    consent = or_not_found(queries.to_give_under(membership.person, id))
    zone = membership.group.zone
    today, allowed = clock.local(clock.now(), zone).date(), consent.what or []
    form = GiveForm(allowed=allowed, first=clock.local(consent.signed_at, zone).date(), today=today)
    if form.validate_on_submit():
        what = [allowed[int(number)] for number in form.what.data]
        given = actions.give(consent, what, form.detail.data, form.on.data, current_person)
        return redirect(
            url_for("consents.cover", group_id=group_id, person_id=person_id, id=given.id)
        )
    if not form.is_submitted():
        form.on.data = today
    page = render_template(
        "consents/give.html",
        group=membership.group,
        patient=membership.person,
        consent=consent,
        form=form,
        zone=zone,
        now=clock.now(),
    )
    return page, 422 if form.errors else 200


@bp.get("/clinic/groups/<uuid:group_id>/people/<uuid:person_id>/disclosures/<uuid:id>")
@reads(facilitator)
def cover(group_id: UUID, person_id: UUID, id: UUID) -> ResponseReturnValue:
    """The page that goes along (42 CFR 2.32): the notice, and what the consent allows."""
    membership = patient_or_former(current_person, group_id, person_id)
    found = or_not_found(queries.disclosure_in_force(membership.person, id))
    return render_template(
        "consents/cover.html",
        group=membership.group,
        patient=membership.person,
        disclosure=found[0],
        consent=found[1],
        zone=membership.group.zone,
        now=clock.now(),
    )


def _to_sign(
    form: OutsideForm, text: list[list[str]], *, is_changed: bool = False
) -> ResponseReturnValue:
    carried = [pair for pair in request.form.items(multi=True) if pair[0] in CARRIED]
    return to_sign("consents/sign.html", form, text, is_changed=is_changed, carried=carried)


def _fill_again(form: OutsideForm) -> None:
    """What a consent said that ended; its reader chooses the day, reads and signs anew."""
    try:
        former = own(current_person, OutsideConsent, UUID(request.args.get("again", "")))
    except (NotFound, ValueError):
        return
    if former.is_unopened:
        return
    said = str(former.document)
    form.recipient.data, form.place.data = former.recipient, former.place
    form.kind.data = next((key for key, words in RECIPIENTS.items() if f"({words})" in said), None)
    form.what.data = [key for key, words in WHAT.items() if str(words) in (former.what or [])]
    form.purpose.data = next(
        (key for key, words in PURPOSES.items() if words == former.purpose), None
    )


def _terms(form: OutsideForm) -> Terms:
    return Terms(
        recipient=form.recipient.data or "",
        kind=str(RECIPIENTS[form.kind.data]),
        place=form.place.data or "",
        what=[str(words) for key, words in WHAT.items() if key in form.what.data],
        purpose=str(PURPOSES[form.purpose.data]),
        ends=form.ends.data,
    )


def _document(terms: Terms) -> list[list[str]]:
    patient_name = current_person.called
    clinic = clinic_settings()
    return document(terms, patient=patient_name, clinic=clinic.in_consents) + added_by(clinic)


def _over(ends: date) -> datetime:
    return clock.start_of_day(ends + timedelta(days=1), clinic_settings().zone)
