"""A session after its end, and notes about it for the chart."""

from uuid import UUID

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from webapp.accounts.access import current_person, facilitator
from webapp.attendance.forms import FULL_PRESENCES
from webapp.chart import actions
from webapp.chart.notes import Note, attendance, for_group, for_person
from webapp.chart.queries import PastSession, past_session
from webapp.core import clock
from webapp.core.data.db import begin_writing
from webapp.core.errors import Conflict, Invalid, or_not_found
from webapp.core.web.routes import opens, writes
from webapp.core.wording import gettext as _
from webapp.entries.models import Entry
from webapp.entries.page import entry_line
from webapp.huddle.queries import SessionOfHuddle, session_of_huddle
from webapp.huddle.views import until
from webapp.program.models import GroupRole
from webapp.program.queries import group_session_of
from webapp.sharing.actions import record_readings
from webapp.sharing.words import MARKS

bp = Blueprint("chart", __name__, url_prefix="/clinic/sessions/<uuid:id>/chart")


@bp.get("")
@opens(facilitator)
def show(id: UUID) -> ResponseReturnValue:
    """What is known of a session and still open; opening it is recorded for the patients."""
    known, session = _session(id)
    group_session, now = session.group_session, clock.now()
    page = render_template(
        "chart/show.html",
        session=session,
        group_session=group_session,
        group=group_session.group,
        zone=group_session.group.zone,
        is_over=_is_over(session),
        attendance=attendance,
        presences=FULL_PRESENCES,
        marks=MARKS,
        now=now,
    )
    if session.due:
        begin_writing()
        record_readings(current_person, session.due, now, page=id)
    return until(known.ends_at, page)


@bp.post("")
@writes(facilitator)
def copy(id: UUID) -> ResponseReturnValue:
    """Notes with what was ticked, if it is still shared and may still be quoted."""
    known, session = _session(id)
    if not _is_over(session):
        raise Conflict
    ticked = request.form.getlist("tick")
    if not session.ticks().issuperset(ticked):
        flash(_("Something you checked isn’t shared anymore, or can’t be quoted. Choose again."))
        return redirect(url_for("chart.show", id=id))
    notes = _notes(session, request.form.get("who", ""), ticked)
    as_file = request.form.get("as") == "file"
    if as_file and len(notes) > 1:  # a file goes into one chart
        raise Invalid
    actions.copied(session, notes)
    record_readings(current_person, _quoted(session, notes), clock.now(), page=id)
    if as_file:
        return _file(session, notes[0])
    page = render_template(
        "chart/notes.html",
        notes=notes,
        group_session=session.group_session,
        group=session.group_session.group,
        zone=session.group_session.group.zone,
    )
    return until(known.ends_at, page)


def _session(id: UUID) -> tuple[SessionOfHuddle, PastSession]:
    now = clock.now()
    known = or_not_found(session_of_huddle(current_person, id, now))
    found = or_not_found(group_session_of(current_person, GroupRole.FACILITATOR, id))
    return known, past_session(current_person, found, known, now)


def _is_over(session: PastSession) -> bool:
    group_session = session.group_session
    return group_session.ends_at <= clock.now() and not group_session.is_cancelled


def _notes(session: PastSession, who: str, ticked: list[str]) -> list[Note]:
    zone, environment = session.group_session.group.zone, current_app.jinja_env
    quotes = {
        tick: str(entry_line(environment, entry, zone).striptags())
        for part in session.parts
        for tick, entry in part.quotes.items()
        if tick in ticked
    }
    every = [for_person(session, part, ticked, quotes) for part in session.parts]
    if not session.is_individual:  # there, the patient's note says it all
        every.insert(0, for_group(session, ticked))
    notes = [note for note in every if who in (note.who, "all")]
    if not notes:
        raise Invalid
    return notes


def _quoted(session: PastSession, notes: list[Note]) -> list[Entry]:
    """What the notes quote as it is now, which may be newer than what was shown to tick."""
    ticked = {tick.partition(":")[0] for note in notes for tick in note.ticks}
    return [entry for entry in session.due if str(entry.id) in ticked]


def _file(session: PastSession, note: Note) -> Response:
    group_session = session.group_session
    day = clock.local(group_session.starts_at, group_session.group.zone).date().isoformat()
    response = Response(note.text, content_type="text/plain; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="notes-{day}.txt"'
    return response
