"""The audit log, and what happened to one's own account."""

from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from webapp.accounts.access import administrator, current_person, patient
from webapp.activity import queries
from webapp.activity.forms import WhichActs
from webapp.audit.kinds import SAID, ActKind
from webapp.core import clock
from webapp.core.web.routes import reads
from webapp.settings.current import clinic_settings

bp = Blueprint("activity", __name__)


@bp.get("/clinic/audit")
@reads(administrator)
def audit() -> ResponseReturnValue:
    """Who did what: staff by username, patients by number, nothing of what anybody wrote."""
    form, about = WhichActs(request.args), _id(request.args.get("about"))
    acts, older = queries.acts(request.args.get("before", type=int), form.chosen, about)
    ids = {id for act in acts for id in (act.actor_id, act.person_id, about) if id}
    return render_template(
        "activity/audit.html",
        acts=acts,
        older=acts[-1].number if older else None,
        known=queries.known_as(ids),
        said={act.number: SAID[ActKind(act.kind)].staff for act in acts},
        counting=queries.counting_now(),
        form=form,
        about=about,
        zone=clinic_settings().zone,
        now=clock.now(),
    )


@bp.get("/sharing/activity")
@reads(patient)
def index() -> ResponseReturnValue:
    """What happened to one's account, and who opened what one shared."""
    before = clock.named(request.args.get("before"))
    lines, older = queries.activity_of(current_person, before)
    return render_template(
        "activity/index.html",
        lines=lines,
        last=lines[-1] if older else None,
        zone=clinic_settings().zone,
        now=clock.now(),
    )


def _id(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
