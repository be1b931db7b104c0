"""The daily check-in: a page of taps, and what was tapped before."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from webapp.accounts.access import current_person, patient
from webapp.check_ins import actions, queries, words
from webapp.check_ins.forms import CheckInForm
from webapp.check_ins.models import CheckIn
from webapp.core import clock
from webapp.core.web.routes import reads
from webapp.entries.paging import place, place_of
from webapp.questionnaires import queries as questionnaires
from webapp.writing import pages
from webapp.writing.kind import Kind
from webapp.writing.pages import register, zone
from webapp.writing.queries import by_day, page_of

bp = Blueprint("check_ins", __name__)
bp.add_app_template_filter(words.said, "check_in_answer")
CHECK_IN = Kind(
    CheckIn, CheckInForm, at="/check-ins", new="/check-ins/new", offline=True, shares=True,
    after=actions.answered,
)  # fmt: skip
register(bp, CHECK_IN)
pages.behind_the_door(bp, "check_ins.tapped", CHECK_IN)


@bp.route("/check-ins/tapped", methods=["GET", "POST"])
@reads(patient)
def tapped() -> ResponseReturnValue:
    """The form with the mood that was tapped on Today."""
    return pages.tapped(CHECK_IN, "mood", words.MOODS)


@bp.get("/check-ins")
@reads(patient)
def index() -> ResponseReturnValue:
    """What can be answered now, and one's own check-ins by day."""
    now, behind = clock.now(), place(request.args.get("before", ""))
    found, older = page_of(current_person, CheckIn, behind, queries.PAGE)
    return render_template(
        "check_ins/index.html",
        days=by_day(found, zone()),
        before=place_of(found[-1]) if older else None,
        due=queries.due(current_person, now, zone()),
        daily=queries.DAILY,
        instruments=questionnaires.instruments(),
        begun=questionnaires.drafts(current_person, now),
        finished=questionnaires.finished(current_person),
        lately=queries.days_of(current_person, now) if not request.args else None,
        reminder=actions.reminder_of(current_person),
        zone=zone(),
        now=now,
    )
