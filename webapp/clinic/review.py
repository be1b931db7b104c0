"""Who can read what, on one page for the access review. It asks nothing of entries, and names no
patient."""

from itertools import groupby

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from webapp.accounts.access import administrator, current_person
from webapp.accounts.models import Person
from webapp.accounts.queries import last_sign_ins, staff, with_second_factor
from webapp.audit.actions import record
from webapp.audit.kinds import ActKind
from webapp.clinic import queries
from webapp.clinic.staff import ROLES
from webapp.core import clock
from webapp.core.web.forms import OurForm
from webapp.core.web.routes import reads, writes
from webapp.core.wording import gettext as _
from webapp.program.queries import all_groups
from webapp.settings.current import clinic_settings

bp = Blueprint("access_review", __name__, url_prefix="/clinic/access")


@bp.get("")
@reads(administrator)
def show() -> ResponseReturnValue:
    """By group, who can read what is shared, since when and until when; then the accounts."""
    readers, people = queries.readers(), staff(Person.disabled_at.is_(None))
    individual = [one for one in readers if one.group.is_individual]
    by_id = {one.person.id: one.person for one in individual}
    ids = sorted(one.person_id for one in individual)
    return render_template(
        "clinic/access.html",
        groups=[group for group in all_groups() if not group.is_individual],
        readers={
            id: list(some) for id, some in groupby(
                sorted(readers, key=lambda one: str(one.group_id)), lambda one: one.group_id
            )
        },
        patients=queries.patients_by_group(),
        individual=[(by_id[id], len(list(some))) for id, some in groupby(ids)],
        people=people,
        roles=ROLES,
        signed_in=last_sign_ins(people),
        with_second_factor=with_second_factor(people),
        former=staff(Person.disabled_at.is_not(None)),
        reviewed=queries.last_review(),
        form=OurForm(),
        zone=clinic_settings().zone,
        now=clock.now(),
    )  # fmt: skip


@bp.post("/reviewed")
@writes(administrator)
def reviewed() -> ResponseReturnValue:
    """An administrator looked at all of it: the audit log says who and when."""
    record(ActKind.ACCESS_REVIEWED, by=current_person.id)
    flash(_("Recorded. The date is on this page and in the audit log."), "saved")
    return redirect(url_for("access_review.show"))
