"""The accounts of the staff, for an administrator: end a second step, or close an account."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from webapp.accounts import actions, queries
from webapp.accounts.access import administrator, current_person
from webapp.accounts.confirming import asks_again
from webapp.accounts.models import Person, Role
from webapp.clinic.queries import facilitators_by_group
from webapp.core import clock
from webapp.core.data.db import db
from webapp.core.errors import or_not_found
from webapp.core.web.forms import OurForm
from webapp.core.web.routes import reads, writes
from webapp.core.wording import gettext as _
from webapp.core.wording import lazy_gettext as _l
from webapp.program.models import GroupRole, Membership
from webapp.program.queries import all_groups, groups_of, supervisors
from webapp.settings.current import clinic_settings

bp = Blueprint("staff", __name__, url_prefix="/clinic/staff")

ROLES = {Role.FACILITATOR: _l("Facilitator"), Role.ADMINISTRATOR: _l("Administrator")}


@bp.get("")
@reads(administrator)
def index() -> ResponseReturnValue:
    """Who works here, in which groups, and who has a second step; whose accounts are closed."""
    people = queries.staff(Person.disabled_at.is_(None))
    groups, by_group = all_groups(), facilitators_by_group(clock.now())
    return render_template(
        "clinic/staff.html",
        people=people,
        roles=ROLES,
        groups={
            person.id: list(
                # Individual ones of one clinician have one name.
                dict.fromkeys(one.name for one in groups if person in by_group.get(one.id, []))
            )
            for person in people
        },
        with_second_factor=queries.with_second_factor(people),
        former=queries.staff(Person.disabled_at.is_not(None)),
        restoration=queries.restored_unseen(),
        zone=clinic_settings().zone,
        now=clock.now(),
    )


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
    groups, by_group = groups_of(person, GroupRole.FACILITATOR), facilitators_by_group(clock.now())
    return render_template(
        "clinic/closing.html",
        form=form,
        person=person,
        reads=[*groups, *(one.group for one in supervisors(Membership.person_id == person.id))],
        without=[group for group in groups if by_group.get(group.id) == [person]],
    )


def _colleague(id: UUID) -> Person:
    return or_not_found(queries.colleague(current_person, id))
