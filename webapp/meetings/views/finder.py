"""Finding a meeting, keeping it, and taking it along into a calendar or the log."""

from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.accounts.access import current_person, patient
from webapp.calendar import ics
from webapp.core import clock
from webapp.core.errors import NotFound, or_not_found
from webapp.core.web.forms import OurForm
from webapp.core.web.routes import reads, writes
from webapp.core.wording import gettext as _
from webapp.meetings import actions, finding, queries
from webapp.meetings.directions import directions
from webapp.meetings.forms import FindForm
from webapp.meetings.models import Meeting
from webapp.meetings.views.log import bp
from webapp.writing.pages import zone


@bp.route("/meetings/find", methods=["GET", "POST"])
@reads(patient)
def find() -> ResponseReturnValue:
    """What is left of today, or whatever was asked for. The post changes nothing: it keeps the
    place that somebody typed out of addresses and logs."""
    form = FindForm(languages=finding.tags_listed())
    refused = form.is_submitted() and not form.validate()
    now = clock.now()
    page = render_template(
        "meetings/find.html",
        form=form,
        result=None if refused else finding.search(form.wish, now, zone()),
        is_empty=finding.is_empty(),
        towns=finding.towns(),
        zone=zone(),
        now=now,
    )
    return page, 422 if refused else 200


@bp.get("/meetings/find/<uuid:id>")
@reads(patient)
def meeting(id: UUID) -> ResponseReturnValue:
    """One meeting: when, where, what it is like."""
    found, now = _listed(id), clock.now()
    return render_template(
        "meetings/meeting.html",
        meeting=found,
        starts_at=finding.starts_next(found, now),
        has_begun=finding.has_begun(found, now),
        directions=directions(found.where, request.user_agent.string),
        is_elsewhere=finding.zone_differs(found, zone(), now),
        favourite=queries.favourite(current_person, id),
        form=OurForm(),
        zone=zone(),
        now=now,
    )


@bp.get("/meetings/find/<uuid:id>.ics")
@reads(patient)
def calendar(id: UUID) -> ResponseReturnValue:
    """The same for a calendar, in neutral words."""
    events = finding.weekly_events(_listed(id), _("Appointment"), clock.now())
    if not events:
        raise NotFound
    response = Response(ics.file(events), mimetype="text/calendar")
    response.headers["Content-Disposition"] = "attachment; filename=meeting.ics"
    return response


@bp.post("/meetings/find/<uuid:id>/favourite")
@writes(patient)
def like(id: UUID) -> ResponseReturnValue:
    """Keep it among the favourites."""
    actions.like(current_person, _listed(id))
    flash(_("Saved. Only you can see it."), "saved")
    return redirect(url_for("meetings.meeting", id=id))


@bp.post("/meetings/find/<uuid:id>/favourite/removal")
@writes(patient)
def unlike(id: UUID) -> ResponseReturnValue:
    """Take it away from the favourites, also when it isn't listed any more."""
    actions.unlike(current_person, id)
    flash(_("Removed from your favorites."), "saved")
    return redirect(url_for("meetings.index"))


@bp.post("/meetings/find/<uuid:id>/home")
@writes(patient)
def make_home(id: UUID) -> ResponseReturnValue:
    """Call it the home group."""
    actions.make_home(current_person, _listed(id))
    flash(_("Saved as your home group. Only you can see it."), "saved")
    return redirect(url_for("meetings.meeting", id=id))


def _listed(id: UUID) -> Meeting:
    return or_not_found(finding.listed(id))
