"""For family and friends: a page to show or print, and one for them to read."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from webapp.accounts.access import anyone, current_person, patient
from webapp.core.web.routes import reads
from webapp.plan import queries
from webapp.plan.outline import PLAN, SAFETY
from webapp.plan.views.parts import bp
from webapp.settings.current import clinic_settings


@bp.get("/plan/family")
@reads(patient)
def family() -> ResponseReturnValue:
    """The parts of the plan that somebody wants to show, on one page. Nothing leaves the phone."""
    begun = queries.parts_of(current_person)
    offered = [part for part in (*PLAN, SAFETY) if part.name in begun]
    chosen = [part for part in offered if part.name in request.args.getlist("show")]
    return render_template("plan/family.html", offered=offered, chosen=chosen, begun=begun,
                           lines=clinic_settings().help_lines)  # fmt: skip


@bp.get("/for-family")
@reads(anyone)
def supporters() -> ResponseReturnValue:
    """What helps somebody in recovery, and what doesn't: for the people around them."""
    lines = clinic_settings().help_lines
    return render_template("plan/supporters.html", lines=lines, current_person=None)
