"""Four taps after group, and what facilitators see of all of them."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.accounts.access import current_person, current_sign_in, facilitator, patient
from webapp.accounts.actions import note_use
from webapp.core import clock
from webapp.core.data.db import db
from webapp.core.errors import or_not_found
from webapp.core.web.routes import reads, writes
from webapp.core.wording import gettext as _
from webapp.permissions.permission_text import COUNTED_FROM
from webapp.program.models import GroupRole, GroupSession
from webapp.program.queries import group_of
from webapp.ratings import actions, queries
from webapp.ratings.forms import RatingForm

bp = Blueprint("ratings", __name__)


@bp.route("/rating", methods=["GET", "POST"])
@writes(patient)
def rate() -> ResponseReturnValue:
    """How the last group was, for whoever was there. A form is for the session that it showed."""
    id, form = queries.to_rate(current_person, clock.now()), RatingForm()
    group_session = db.session.get_one(GroupSession, id) if id else None
    is_other = form.is_submitted() and form.session.data != str(group_session and group_session.id)
    if group_session is None or is_other:
        flash(_("There’s no group to rate right now."), "saved")
        return redirect(url_for("today.index"))
    if form.is_submitted() and "skip" in request.form:
        actions.rate(current_person, group_session, None)
        flash(_("Skipped. That’s OK."), "saved")
        return redirect(url_for("today.index"))
    if form.validate_on_submit():
        note_use(current_sign_in())
        taps = {name: form[name].data for name in queries.QUESTIONS}
        actions.rate(current_person, group_session, taps)
        flash(_("Thank you. Your answers were added without your name."), "saved")
        return redirect(url_for("today.index"))
    form.session.data = str(group_session.id)
    page = render_template(
        "ratings/rate.html", form=form, group_session=group_session, now=clock.now(),
        answers_from=actions.ANSWERS_FROM, people_from=COUNTED_FROM,
    )  # fmt: skip
    return page, 422 if form.errors else 200


@bp.get("/clinic/groups/<uuid:id>/ratings")
@reads(facilitator)
def shown(id: UUID) -> ResponseReturnValue:
    """What a group's ratings say together, over time."""
    group = or_not_found(group_of(current_person, GroupRole.FACILITATOR, id))
    return render_template(
        "ratings/shown.html", group=group, shown=queries.shown_of(group), form=RatingForm(),
        answers_from=actions.ANSWERS_FROM, people_from=COUNTED_FROM,
    )  # fmt: skip
