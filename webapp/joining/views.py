"""Handing out slips, and joining with one."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any
from uuid import UUID

import segno
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.accounts.access import (
    administrator,
    anyone,
    current_person,
    facilitator,
    in_groups,
    patient,
)
from webapp.accounts.confirming import asks_again
from webapp.accounts.models import Person, Role
from webapp.accounts.passwords import four_words, hash_password
from webapp.accounts.queries import is_taken, patient_called
from webapp.accounts.views import code_tries, enter, home_of
from webapp.audit.actions import count_failure
from webapp.check_ins.actions import follow
from webapp.core import clock, codes, throttle
from webapp.core.data.db import db, outside_transaction
from webapp.core.errors import Ceiling, Conflict, NotFound, or_not_found
from webapp.core.web.choices import choices
from webapp.core.web.forms import OurForm
from webapp.core.web.routes import reads, writes
from webapp.core.wording import gettext as _
from webapp.core.wording import lazy_gettext as _l
from webapp.joining import actions
from webapp.joining.forms import AddForm, CodeForm, JoinForm, OwnAccountForm, SlipsForm
from webapp.joining.queries import open_slip, open_slips
from webapp.program.actions import accept as say_yes
from webapp.program.actions import add
from webapp.program.models import Group, GroupRole, Membership
from webapp.program.queries import group_of, own_added, to_be_added
from webapp.settings.current import clinic_settings
from webapp.sharing.leaving import decline as leave_again

bp = Blueprint("joining", __name__)

_REFUSED = {
    actions.ANOTHER_ROLE: _l("This invitation is for another kind of account than yours."),
    actions.ANOTHERS: _l("These individual sessions are someone else’s. Ask for a new invitation."),
    actions.IN_IT: _l("You’re already in this group. The invitation still works for someone else."),
}


@bp.route("/join", methods=["GET", "POST"])
@writes(anyone)
def by_code() -> ResponseReturnValue:
    """Type the code from the slip."""
    form = CodeForm()
    if form.validate_on_submit():
        code = codes.shown(codes.typed(form.code.data or "") or "")
        return redirect(url_for("joining.join", code=code, staff=request.args.get("staff")))
    return render_template("joining/code.html", form=form), 422 if form.errors else 200


@bp.route("/join/<code>", methods=["GET", "POST"])
@writes(anyone)
def join(code: str) -> ResponseReturnValue:
    """Make an account with an invitation. Looking at this page tells nothing about the code."""
    form = JoinForm()
    if not form.validate_on_submit():
        return _form_page(code, form, 422 if form.errors else 200)
    tries = code_tries(code)
    hashed = hash_password(form.password.data or "") if tries else ""
    if not tries or actions.open_invitation(code) is None:
        return _no_code(form, partial(_form_page, code))
    with outside_transaction():  # asked for no end of names, a good code would tell who is here
        throttle.count_try((actions.USERNAMES, codes.typed(code) or ""))
    throttle.passed(db.session, *tries)
    if is_taken(form.username.data or ""):
        form.refuse_username()
        return _form_page(code, form, 422)
    person = actions.redeem(code, password_hash=hashed, **form.account)
    if person is None:  # somebody was faster, since a moment ago
        return _no_code(form, partial(_form_page, code))
    db.session.flush()
    enter(person, own_phone=True)
    if person.is_staff:
        flash(_("Welcome. Your account is ready."), "saved")
        return redirect(url_for("clinic.index"))
    flash(
        _("You’re in. What you write here is yours. No one sees it unless you share it."), "saved"
    )
    return redirect(url_for("today.welcome"))


@bp.route("/join/<code>/with-account", methods=["GET", "POST"])
@writes(in_groups)
def with_account(code: str) -> ResponseReturnValue:
    """Join with the account one has, which keeps all that is in it."""
    form = OwnAccountForm()
    if not form.validate_on_submit():
        return _account_page(form, 422 if form.errors else 200)
    tries = code_tries(code)
    try:
        came_from = form.came_from.data
        group = actions.redeem_with(current_person, code, came_from) if tries else None
    except Conflict as refused:
        if str(refused) not in _REFUSED:
            raise
        throttle.passed(db.session, *tries)
        form.form_errors.append(_REFUSED[str(refused)])
        return _account_page(form, 422)
    if group is None:
        return _no_code(form, _account_page)
    throttle.passed(db.session, *tries)
    said = _("You’re in the group.")
    if not current_person.is_staff:
        said += " " + _("Nothing is shared there unless you share it.")
    flash(said, "saved")
    return redirect(home_of(current_person))


def _account_page(form: OurForm, status: int) -> ResponseReturnValue:
    return render_template("joining/with_account.html", form=form), status


@bp.get("/clinic/groups/<uuid:id>/invitations")
@reads(facilitator)
def slips(id: UUID) -> ResponseReturnValue:
    """The group's open invitations, whoever of its facilitators made them, and a form for more."""
    return _slips_page(_run_by_me(id), SlipsForm())


@bp.post("/clinic/groups/<uuid:id>/invitations")
@writes(asks_again(facilitator))
def invite_patient(id: UUID) -> ResponseReturnValue:
    """Slips for new patients. Shown once: a reload makes others."""
    group, form = _run_by_me(id), SlipsForm()
    if form.validate():
        labels = form.wanted[:1] if group.is_individual else form.wanted
        try:
            codes = actions.invite_many(group, labels, current_person)
            return _slips(group, Role.PATIENT, zip(codes, labels, strict=True))
        except Ceiling as full:
            form.many.errors = [full.message]
    return _slips_page(group, form), 422


@bp.post("/clinic/groups/<uuid:group_id>/invitations/<uuid:id>/cancellation")
@writes(facilitator)
def cancel_slip(group_id: UUID, id: UUID) -> ResponseReturnValue:
    """One slip is worth nothing any more; its code is answered as a wrong one is."""
    group = _run_by_me(group_id)
    actions.cancel(or_not_found(open_slip(group.id, id, clock.now())), current_person)
    flash(_("Canceled. Its code doesn’t work anymore."), "saved")
    return redirect(url_for("joining.slips", id=group.id))


def _run_by_me(id: UUID) -> Group:
    group = or_not_found(group_of(current_person, GroupRole.FACILITATOR, id))
    if group.archived_at is not None:
        raise NotFound
    return group


def _slips_page(group: Group, form: SlipsForm) -> str:
    now = clock.now()
    return render_template(
        "joining/slips.html",
        group=group,
        form=form,
        slips=open_slips(group.id, now),
        now=now,
    )


@bp.route("/clinic/groups/<uuid:id>/people/add", methods=["GET", "POST"])
@writes(asks_again(facilitator))
def add_person(id: UUID) -> ResponseReturnValue:
    """Add a patient who has an account: of one's own groups, or by the username they give."""
    group = _run_by_me(id)
    people = {str(person.id): person for person in to_be_added(current_person, group, clock.now())}
    form = AddForm()
    form.person.choices = choices(
        (id, f"{person.called} ({person.username})") for id, person in people.items()
    )
    if form.validate_on_submit():
        person = people.get(form.person.data or "") or _by_username(form)
        try:
            if person is not None:
                add(group, person, form.came_from.data, by=current_person)
                follow(person)
                flash(_("Added. They’ll see it on Today, and can say yes or leave."), "saved")
                return redirect(url_for("clinic.group", id=group.id))
        except Conflict:
            form.username.errors = [
                _("These individual sessions are someone else’s.")
                if group.is_individual
                else _("They’re already in this group.")
            ]
    return render_template("joining/add.html", form=form, group=group), 422 if form.errors else 200


def _by_username(form: AddForm) -> Person | None:
    """Whoever has it. Wrong ones are counted, and told apart from nothing else there may be."""
    tries = (actions.USERNAMES, str(current_person.id))
    with outside_transaction():  # the list was read
        throttle.count_try(tries)
    person = patient_called(form.username.data or "")
    if person is None:
        form.username.errors = [
            _("No patient can be added by this username. Check it with them, letter by letter.")
        ]
        return None
    throttle.passed(db.session, tries)
    return person


@bp.post("/today/groups/<uuid:id>/yes")
@writes(patient)
def accept(id: UUID) -> ResponseReturnValue:
    """A patient says yes to a group that a facilitator added them to."""
    say_yes(_added(id))
    flash(_("Saved. Nothing is shared there unless you share it."), "saved")
    return redirect(url_for("today.index"))


@bp.post("/today/groups/<uuid:id>/leaving")
@writes(patient)
def decline(id: UUID) -> ResponseReturnValue:
    """A patient leaves a group again that a facilitator added them to."""
    leave_again(_added(id))
    follow(current_person)
    flash(_("You left the group. Nothing is shared there."), "saved")
    return redirect(url_for("today.index"))


def _added(id: UUID) -> Membership:
    membership = own_added(current_person, id)
    if membership is None:
        raise NotFound
    return membership


@bp.post("/clinic/groups/<uuid:id>/facilitator-invitations")
@writes(asks_again(administrator))
def invite_facilitator(id: UUID) -> ResponseReturnValue:
    """A slip for a new facilitator."""
    group = db.session.get(Group, id)
    if group is None or group.archived_at is not None:
        raise NotFound
    code = actions.invite(Role.FACILITATOR, group, current_person)
    return _slips(group, Role.FACILITATOR, [(code, "")])


def _slips(group: Group, role: Role, made: Iterable[tuple[str, str]]) -> ResponseReturnValue:
    staff = None if role == Role.PATIENT else "1"
    return render_template(
        "joining/slip.html",
        slips=[(code, _qr(code, staff), label) for code, label in made],
        short_link=url_for("joining.by_code", _external=True, staff=staff),
        group=group,
        role=role,
        until=clock.now() + actions.LASTS,
    )


def _qr(code: str, staff: str | None) -> str:
    """A data address, since markup made outside of a template is never trusted here."""
    link = url_for("joining.join", code=code, _external=True, staff=staff)
    return segno.make(link, error="m").svg_data_uri(scale=5, border=4, light="#fff")


def _no_code(form: OurForm, page: Callable[[Any, int], ResponseReturnValue]) -> ResponseReturnValue:
    count_failure(db.session())
    form.form_errors.append(_("That code didn’t work. Check it, or ask for a new one."))
    return page(form, 422)


def _form_page(code: str, form: JoinForm, status: int) -> ResponseReturnValue:
    page = render_template(
        "joining/join.html",
        form=form,
        code=code,
        offer=four_words(),
        for_staff="staff" in request.args,
        clinic=clinic_settings().clinic_name,
    )
    return page, status
