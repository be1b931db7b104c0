"""Writing about a visit, and finding it again; how often to go."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.accounts.access import current_person, patient
from webapp.core import clock
from webapp.core.limits import LINE
from webapp.core.web.routes import reads, writes
from webapp.core.wording import gettext as _
from webapp.entries.paging import place, place_of
from webapp.meetings import actions, finding, queries, words
from webapp.meetings.forms import RhythmForm, VisitForm
from webapp.meetings.models import Visit
from webapp.meetings.search import last_of
from webapp.writing.kind import Kind
from webapp.writing.pages import register, zone
from webapp.writing.queries import by_day, page_of

bp = Blueprint("meetings", __name__)


def begun() -> dict[str, Any]:
    """Whoever says "I went" on a meeting's page has written down where, and when it was last."""
    try:
        meeting = finding.listed(UUID(request.args.get("meeting", "")))
    except ValueError:
        meeting = None
    if meeting is None:
        return {}
    start = last_of([time.week_minute for time in meeting.times], meeting.zone, clock.now())
    place = meeting.location or (meeting.address if meeting.is_at_address else "")
    return {
        "meeting": meeting.name[:LINE],
        "fellowship": meeting.fellowship,
        "attended": meeting.mode if meeting.mode in ("in_person", "online", "phone") else None,
        "place": place[:LINE],
        "happened": clock.local(start, zone()).replace(tzinfo=None) if start else None,
    }


VISIT = Kind(
    Visit, VisitForm, at="/meetings", new="/meetings/new", offline=True,
    begun=begun, change=actions.change,
)  # fmt: skip
register(bp, VISIT)
bp.add_app_template_filter(words.fellowship_name, "fellowship")
bp.add_app_template_filter(words.format_name, "meeting_format")
bp.add_app_template_filter(words.attended_name, "attended")
bp.add_app_template_filter(words.mode_name, "meeting_mode")
bp.add_app_template_filter(words.tag_name, "meeting_tag")
bp.add_app_template_filter(words.wall_hour, "wall_hour")


@bp.get("/meetings")
@reads(patient)
def index() -> ResponseReturnValue:
    """One's own visits by day, how this week goes, and the ways to the finder and the sheet."""
    now, row = clock.now(), queries.rhythm_row(current_person)
    page, older = page_of(current_person, Visit, place(request.args.get("before", "")))
    return render_template(
        "meetings/index.html",
        days=by_day(page, zone()),
        before=place_of(page[-1]) if older else None,
        rhythm=queries.rhythm_of(current_person, row, zone(), now),
        favourites=queries.favourites_of(current_person, now),
        zone=zone(),
        now=now,
    )


@bp.route("/meetings/rhythm", methods=["GET", "POST"])
@writes(patient)
def rhythm() -> ResponseReturnValue:
    """How often somebody wants to go; it can be left out, changed and taken away."""
    form = RhythmForm(data=_wished())
    if form.validate_on_submit():
        actions.wish(current_person, form.a_week.data, form.ninety_from.data)
        flash(_("Saved. Only you can see it."), "saved")
        return redirect(url_for("meetings.index"))
    return render_template("meetings/rhythm.html", form=form), 422 if form.errors else 200


def _wished() -> dict[str, Any]:
    row = queries.rhythm_row(current_person)
    start = row.ninety_from if row else None
    return {
        "a_week": row.a_week if row else None,
        "ninety_from": date.fromisoformat(start) if start else None,
    }
