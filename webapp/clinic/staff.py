"""The accounts of the staff, for an administrator: who is here; invite, hand groups over, end a
second step, or close an account."""

from uuid import UUID

import segno
from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields import SelectChoice

from webapp.accounts import actions, queries
from webapp.accounts.access import administrator, current_person
from webapp.accounts.confirming import asks_again
from webapp.accounts.models import Person, Role
from webapp.clinic import queries as clinic
from webapp.clinic.actions import hand_groups_over
from webapp.clinic.forms import GroupsForm, InviteStaffForm
from webapp.core import clock
from webapp.core.data.db import db
from webapp.core.errors import NotFound, or_not_found
from webapp.core.web.choices import choices
from webapp.core.web.forms import OurForm
from webapp.core.web.routes import reads, writes
from webapp.core.wording import gettext as _
from webapp.core.wording import lazy_gettext as _l
from webapp.joining import actions as joining
from webapp.program.models import Group, GroupRole, Membership
from webapp.program.queries import all_groups, groups_of, supervisors
from webapp.settings.current import clinic_settings

bp = Blueprint("staff", __name__, url_prefix="/clinic/staff")

ROLES = {Role.FACILITATOR: _l("Facilitator"), Role.ADMINISTRATOR: _l("Administrator")}


@bp.get("")
@reads(administrator)
def index() -> ResponseReturnValue:
    """Who works here, in which groups, when they last were here, and who has a second step; whose
    accounts are closed; and an invitation for somebody new."""
    return _page(InviteStaffForm())


def _page(form: InviteStaffForm) -> ResponseReturnValue:
    people, readers = queries.staff(Person.disabled_at.is_(None)), clinic.readers()
    form.part.choices = _parts()
    page = render_template(
        "clinic/staff.html",
        form=form,
        people=people,
        roles=ROLES,
        reads={
            # Individual ones of one clinician have one name.
            person.id: list({
                (one.group.name, one.supervises, one.until_at): one
                for one in readers if one.person_id == person.id
            }.values())
            for person in people
        },
        runs={one.person_id for one in readers if one.looks_after and not one.group.is_individual},
        signed_in=queries.last_sign_ins(people),
        with_second_factor=queries.with_second_factor(people),
        former=queries.staff(Person.disabled_at.is_not(None)),
        restoration=queries.restored_unseen(),
        zone=clinic_settings().zone,
        now=clock.now(),
    )  # fmt: skip
    return page, 422 if form.errors else 200


def _parts() -> list[SelectChoice]:
    named = [
        group for group in all_groups() if not group.is_individual and group.archived_at is None
    ]
    return choices(
        {str(group.id): _("A facilitator of %(group)s", group=group.name) for group in named}
        | {Role.ADMINISTRATOR.value: _("An administrator")}
    )


@bp.post("/invitations")
@writes(asks_again(administrator))
def invite() -> ResponseReturnValue:
    """A slip for a new colleague. Shown once: a reload makes another."""
    form = InviteStaffForm()
    form.part.choices = _parts()
    if not form.validate():
        return _page(form)
    is_administrator = form.part.data == Role.ADMINISTRATOR
    role = Role.ADMINISTRATOR if is_administrator else Role.FACILITATOR
    group = None if is_administrator else db.session.get_one(Group, UUID(form.part.data))
    code = joining.invite(role, group, current_person)
    link = url_for("joining.join", code=code, staff=1, _external=True)
    return render_template(
        "clinic/invitation.html",
        code=code,
        short_link=url_for("joining.by_code", staff=1, _external=True),
        qr=segno.make(link, error="m").svg_data_uri(scale=5, border=4, light="#fff"),
        group=group,
        until=clock.now() + joining.LASTS,
        zone=clinic_settings().zone,
    )


@bp.route("/<uuid:id>/groups", methods=["GET", "POST"])
@writes(asks_again(administrator))
def hand_over(id: UUID) -> ResponseReturnValue:
    """Another one runs a colleague's groups from now on, all or some, in one form."""
    person = _colleague(id)
    # Of individual sessions the patient signed for one clinician.
    groups = {
        str(group.id): group
        for group in groups_of(person, GroupRole.FACILITATOR)
        if not group.is_individual
    }
    form = GroupsForm()
    form.groups.choices = choices((id, group.name) for id, group in groups.items())
    form.person.choices = choices(
        (str(one.id), f"{one.called} ({one.username})")
        for one in clinic.all_facilitators()
        if one.id != person.id
    )
    if not groups:
        raise NotFound
    if not form.is_submitted():
        form.groups.data = list(groups)
    if form.validate_on_submit():
        to = db.session.get_one(Person, UUID(form.person.data))
        hand_groups_over(person, to, [groups[id] for id in form.groups.data], by=current_person)
        flash(_("Done. Patients see the new name on Today."), "saved")
        return redirect(url_for("staff.index"))
    page = render_template("clinic/groups_over.html", form=form, person=person)
    return page, 422 if form.errors else 200


@bp.post("/restoration")
@writes(asks_again(administrator))
def restoration_seen() -> ResponseReturnValue:
    """What was closed after the backup is closed again; from here on accounts are erased."""
    actions.note_restoration_seen()
    return redirect(url_for("staff.index"))


@bp.post("/<uuid:id>/second-step/end")
@writes(asks_again(administrator))
def end_second_step(id: UUID) -> ResponseReturnValue:
    """For a colleague who lost phone and paper, and is here in person. They are told."""
    person = _colleague(id)
    if queries.with_second_factor([person]):
        actions.end_second_factor(person)
        flash(_("Second step ended. They can sign in with their password and set up a new one."),
              "saved")  # fmt: skip
    return redirect(url_for("staff.index"))


@bp.route("/<uuid:id>/closing", methods=["GET", "POST"])
@writes(asks_again(administrator))
def close(id: UUID) -> ResponseReturnValue:
    """Close a colleague's account for good, after a question with the name."""
    person, form = _colleague(id), OurForm()
    if form.validate_on_submit():
        actions.close_account(db.session.get_one(Person, person.id), by=current_person)
        # Without the name: a message waits in the cookie.
        flash(_("The account is closed. They’re signed out everywhere."), "saved")
        return redirect(url_for("staff.index"))
    groups = groups_of(person, GroupRole.FACILITATOR)
    by_group = clinic.facilitators_by_group(clock.now())
    return render_template(
        "clinic/closing.html",
        form=form,
        person=person,
        reads=[*groups, *(one.group for one in supervisors(Membership.person_id == person.id))],
        has_named=any(not group.is_individual for group in groups),
        without=[group for group in groups if by_group.get(group.id) == [person]],
    )


def _colleague(id: UUID) -> Person:
    return or_not_found(queries.colleague(current_person, id))
