"""The huddle before a group session, one patient's part of it, and an answer to an entry."""

from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from jinja2 import Environment
from markupsafe import Markup

from webapp.accounts.access import current_person, facilitator, facilitator_watching
from webapp.accounts.queries import last_restoration
from webapp.accounts.views import own_path
from webapp.agenda.queries import agenda_of
from webapp.attendance.actions import note_opened
from webapp.attendance.forms import SAYS
from webapp.core import clock
from webapp.core.data.db import begin_writing
from webapp.core.errors import NotFound, or_not_found
from webapp.core.limits import PAGE
from webapp.core.web.routes import opens, reads, writes
from webapp.core.wording import gettext as _
from webapp.core.wording import ngettext
from webapp.entries.models import Entry
from webapp.entries.words import TRIGGER_KINDS
from webapp.homework.queries import due_for
from webapp.huddle import actions, queries
from webapp.huddle.forms import ASKS, REACTIONS, FeedbackForm
from webapp.permissions.permission_text import QUOTE
from webapp.permissions.queries import allows
from webapp.plan.queries import goals_in
from webapp.program import queries as program
from webapp.program.models import GroupRole
from webapp.program.next_and_last import next_huddle
from webapp.reminders.queries import counts
from webapp.settings.current import clinic_settings
from webapp.sharing.actions import answer, change_answer, delete_answer, record_readings
from webapp.sharing.courses import lines
from webapp.sharing.models import Feedback
from webapp.sharing.queries import by_goal, own_reply, visible_entry

bp = Blueprint("huddle", __name__, url_prefix="/clinic")


@bp.context_processor
def _one_tap() -> dict[str, Any]:
    return {"taps": _taps(current_app.jinja_env)}


@cache
def _taps(environment: Environment) -> Markup:
    module: Any = environment.get_template("huddle/taps.html").module
    drawn: Markup = module.taps(REACTIONS, ASKS)
    return drawn


@bp.get("/sessions/<uuid:id>")
@opens(facilitator)
def show(id: UUID) -> ResponseReturnValue:
    """One page before group; opening it is recorded for the patients to see."""
    now = clock.now()
    known = queries.session_of_huddle(current_person, id, now)
    if known is None:
        raise NotFound
    group_session = known.group_session
    which = queries.in_huddle(current_person, known, now)
    shown = queries.huddle(known, which)
    seen = lines(current_person, group_session.group_id, now) if known.has_courses else {}
    page = render_template(
        "huddle/show.html",
        huddle=shown,
        lines=seen,
        restoration=None if shown.shared else last_restoration(),
        agenda=agenda_of(current_person, group_session, now, known.ended_at, shown.tickets),
        names={row.person.id: row.person for row in shown.rows},
        group_session=group_session,
        group=group_session.group,
        zone=group_session.group.zone,
        kinds=TRIGGER_KINDS,
        homework=due_for(group_session, now, known.reads_since),
        reminded=counts(group_session, now),
        says=SAYS,
        now=now,
    )
    said = [row.person.id for row in shown.rows if row.said and not row.said.opened_at]
    due = [shared.entry for row in shown.rows for shared in row.shown if shared.is_due(now)]
    numbers = [
        entry for row in shown.rows if row.person.id in seen for entry in seen[row.person.id].due
    ]
    if said or due or numbers:
        begin_writing()
        if said:
            note_opened(group_session, said, current_person)
        record_readings(current_person, due, now, page=group_session.id, numbers=numbers)
    return until(known.ends_at, page)


@bp.get("/sessions/<uuid:id>/news")
@reads(facilitator_watching)
def news(id: UUID) -> ResponseReturnValue:
    """For a huddle that is open: how much was shared since. It opens nothing."""
    now = clock.now()
    known = queries.session_of_huddle(current_person, id, now)
    if known is None:
        raise NotFound
    count = queries.unshown(current_person, known, now)
    if not count:
        return "", 204
    return ngettext("%(num)s new since you opened", "%(num)s new since you opened", count)


@bp.post("/sessions/<uuid:id>/seen")
@writes(facilitator)
def all_seen(id: UUID) -> ResponseReturnValue:
    """Nothing that was on this reader's page is new any more."""
    if program.group_session_of(current_person, GroupRole.FACILITATOR, id) is None:
        raise NotFound
    actions.mark_all_seen(current_person, id)
    return redirect(url_for("huddle.show", id=id))


@bp.get("/groups/<uuid:group_id>/people/<uuid:id>")
@opens(facilitator)
def person(group_id: UUID, id: UUID) -> ResponseReturnValue:
    """What one patient shares with this group now, page by page, with what was answered."""
    membership = program.patient_of(current_person, group_id, id, stands_in=True)
    group = membership.group
    theirs = or_not_found(program.part_in(current_person, group_id))
    now, page_number = clock.now(), request.args.get("page", 0, int)
    which = queries.of_person(current_person, group.id, id, now)
    everything = queries.shown_of(which)
    asked = request.args.get("entry", "")
    at = next(
        (place for place, shared in enumerate(everything) if str(shared.entry.id) == asked), None
    )
    page_number = page_number if at is None else at // PAGE
    start = PAGE * min(max(page_number, 0), len(everything) // PAGE)
    shown = everything[start : start + PAGE]
    page = render_template(
        "huddle/person.html",
        group=group,
        patient=membership.person,
        shown=shown,
        may_quote=allows(membership.person, QUOTE),
        older=start // PAGE + 1 if len(everything) > start + PAGE else None,
        answers=queries.answers_to([shared.entry.id for shared in shown], group.id),
        goals_in=goals_in,
        by_goal=by_goal,
        huddle_id=next_huddle(current_person, group.id, now),
        following=program.next_patient(membership, now),
        stands_in=not theirs.looks_after,
        zone=group.zone,
        now=now,
    )
    if due := [shared.entry for shared in shown if shared.is_due(now)]:
        begin_writing()
        record_readings(current_person, due, now, page=group.id)
    return until(theirs.until_at, page)


@bp.post("/feedback")
@writes(facilitator)
def feedback() -> ResponseReturnValue:
    """A short answer to a shared entry; the patient finds it on Today."""
    form = FeedbackForm()
    entry = visible_entry(current_person, _uuid(form.entry.data))
    if entry is None:
        raise NotFound
    form.ask(entry)
    if not form.validate():
        return _feedback_again(form, entry)
    answer(entry, form.tapped or form["words"].data, current_person, **form.about)
    flash(_("Sent. It’s on the patient’s Today page."), "saved")
    return redirect(_back())


@bp.post("/feedback/<uuid:id>")
@writes(facilitator)
def change_reply(id: UUID) -> ResponseReturnValue:
    """Other words for an own reply, until the patient taps *Got it*. What it is about stays."""
    reply, entry = _own_reply(id)
    form = FeedbackForm()
    form.goal.data = reply.goal or ""
    form.ask(entry)
    if not form.validate():
        return _feedback_again(form, entry)
    change_answer(reply, form["words"].data, **form.about)
    flash(_("Saved."), "saved")
    return redirect(_back())


@bp.post("/feedback/<uuid:id>/delete")
@writes(facilitator)
def delete_reply(id: UUID) -> ResponseReturnValue:
    """No reply, until the patient taps *Got it*."""
    reply, _entry = _own_reply(id)
    delete_answer(reply)
    flash(_("Reply deleted."), "saved")
    return redirect(_back())


def until(ends_at: datetime | None, page: str) -> ResponseReturnValue:
    """A tab that is still open when somebody stands in no more asks again, and finds nothing."""
    if ends_at is None:
        return page
    left = int((ends_at - clock.now()).total_seconds()) + 1
    return page, 200, {"Refresh": str(left)}


def _own_reply(id: UUID) -> tuple[Feedback, Entry]:
    found = own_reply(current_person, id)
    if found is None:
        raise NotFound
    return found


def _feedback_again(form: FeedbackForm, entry: Entry) -> ResponseReturnValue:
    """The entry stands above what came back, as it is now: that is opening it, too."""
    now, zone = clock.now(), clinic_settings().zone
    page = render_template("huddle/feedback.html", form=form, entry=entry, now=now, zone=zone)
    record_readings(current_person, [entry], now, page=entry.id)
    return page, 422


def _uuid(text: str | None) -> UUID:
    try:
        return UUID(text or "")
    except ValueError:
        raise NotFound from None


def _back() -> str:
    return own_path(request.form.get("back")) or url_for("clinic.index")
