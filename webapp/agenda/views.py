"""A session's agenda on the facilitator's screen."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.accounts.access import current_person, facilitator
from webapp.agenda import actions
from webapp.agenda.forms import LineForm
from webapp.agenda.queries import Agenda, agenda_of
from webapp.core import clock
from webapp.core.data.db import begin_writing
from webapp.core.errors import Conflict, Invalid, or_not_found
from webapp.core.web.routes import opens, writes
from webapp.core.wording import gettext as _
from webapp.program.models import GroupRole
from webapp.program.next_and_last import ended_before
from webapp.program.queries import group_session_of, people_in
from webapp.sharing.actions import record_readings
from webapp.sharing.models import Mark
from webapp.sharing.words import MARKS

bp = Blueprint("agenda", __name__, url_prefix="/clinic/sessions/<uuid:id>/agenda")

_MOVES, _TAPS = {"up": -1, "down": 1}, {"less": -1, "more": 1}


@bp.get("")
@opens(facilitator)
def show(id: UUID) -> ResponseReturnValue:
    """What comes up, in order; opening it is recorded for the patients to see."""
    return _page(_agenda(id), LineForm())


@bp.post("")
@writes(facilitator)
def add(id: UUID) -> ResponseReturnValue:
    """A line of the facilitator's own, which no patient sees."""
    agenda, form = _agenda(id, held=True), LineForm()
    if not form.validate():
        return _page(agenda, form), 422
    topic_id = actions.add_line(agenda, form["words"].data, current_person)
    return redirect(url_for("agenda.show", id=id, _anchor=f"t-{topic_id}"))


@bp.post("/<uuid:topic_id>")
@writes(facilitator)
def change(id: UUID, topic_id: UUID) -> ResponseReturnValue:
    """One tap on one topic: its place, its minutes, what became of it, or an own line gone.

    Leads back to the button that was tapped, so that keys go on from there.
    """
    agenda = _agenda(id, held=True)
    topic, do = agenda.topic(topic_id), request.form.get("do", "")
    if topic is None:
        flash(_("This isn’t on the agenda anymore."))
        return redirect(url_for("agenda.show", id=id))
    if do in _MOVES:
        actions.move(agenda, topic, _MOVES[do])
    elif do in _TAPS:
        actions.lengthen(agenda, topic, _TAPS[do])
    elif do == "delete":
        actions.delete_line(agenda, topic)
    elif do in (*Mark, "clear") and topic.is_ticket:
        if not agenda.group_session.has_begun(clock.now()):
            raise Conflict
        what = None if do == "clear" else Mark(do)
        actions.mark(topic_id, what, agenda.group_session, current_person)
    else:
        raise Invalid
    return redirect(url_for("agenda.show", id=id, _anchor=f"{do}-{topic_id}"))


def _agenda(id: UUID, *, held: bool = False) -> Agenda:
    found = group_session_of(current_person, GroupRole.FACILITATOR, id)
    group_session = or_not_found(found)
    if held:
        actions.hold(id)
    now = clock.now()
    return agenda_of(current_person, group_session, now, ended_before(group_session))


def _page(agenda: Agenda, form: LineForm) -> str:
    now, group_session = clock.now(), agenda.group_session
    people = people_in(group_session.group_id, GroupRole.PATIENT, now)
    page = render_template(
        "agenda/show.html",
        agenda=agenda,
        form=form,
        names={person.id: person for person in people},
        group_session=group_session,
        group=group_session.group,
        zone=group_session.group.zone,
        has_begun=group_session.has_begun(now),
        marks=MARKS,
        now=now,
    )
    if due := agenda.due(now):
        begin_writing()
        record_readings(current_person, due, now, page=group_session.id)
    return page
