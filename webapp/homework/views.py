"""Giving homework on a session's page; doing it, telling of it or putting it away on Today."""

from datetime import datetime
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.accounts.access import current_person, facilitator, patient
from webapp.core import clock
from webapp.core.errors import Conflict, Invalid, NotFound, or_not_found
from webapp.core.web.routes import writes
from webapp.core.wording import gettext as _
from webapp.entries.models import entry_id
from webapp.homework import actions, queries
from webapp.homework.forms import EVERYONE, HomeworkForm
from webapp.homework.models import Homework, Tap
from webapp.homework.tasks import offered
from webapp.mindfulness.exercises import EXERCISES
from webapp.program import queries as program
from webapp.program.models import GroupRole, GroupSession, Membership
from webapp.questionnaires.queries import instruments
from webapp.sharing.givings import Giving, gives

bp = Blueprint("homework", __name__)
gives(Giving("homework", "homework/told.html", lambda one: queries.told_by(one, clock.now())))
SOON = 3  # sessions before which something can be given


@bp.route("/clinic/sessions/<uuid:id>/homework", methods=["GET", "POST"])
@writes(facilitator)
def give(id: UUID) -> ResponseReturnValue:
    """What was given at this session, and a form to give more before one of the next."""
    group_session, now = _group_session(id), clock.now()
    people = [
        one for one in program.current_patients(group_session.group, now) if not one.needs_yes
    ]
    coming = _coming(group_session, now)
    form = _form(group_session, people, coming) if people and coming else None
    if form is not None and form.validate_on_submit():
        chosen = form.who.data
        whom = [one for one in people if chosen in (EVERYONE, str(one.person_id))]
        before = [one.id for one in coming].index(UUID(form.due.data))
        actions.give(
            group_session,
            form.tasks[form.what.data],
            form["words"].data,
            queries.due_of(whom, coming[before:]),
            given_id=entry_id(current_person.id, form.made),
            to_all=chosen == EVERYONE,
            by=current_person,
        )
        flash(_("Given. Your patients will find it on Today."), "saved")
        return redirect(url_for("homework.give", id=id))
    page = render_template(
        "homework/give.html",
        form=form,
        people=[one.person for one in people],
        group_session=group_session,
        group=group_session.group,
        zone=group_session.group.zone,
        given=queries.given_for(group_session, now),
        due=queries.due_for(
            group_session, now, program.reads_since(current_person, group_session.group_id)
        ),
        now=now,
    )
    return page, 422 if form is not None and form.errors else 200


@bp.post("/clinic/sessions/<uuid:id>/homework/<uuid:given_id>/end")
@writes(facilitator)
def take_back(id: UUID, given_id: UUID) -> ResponseReturnValue:
    """Off everybody's Today."""
    found = queries.given_at(_group_session(id), given_id)
    if not found:
        raise NotFound
    actions.take_back(found, current_person)
    flash(_("Removed. It’s no longer on Today."), "saved")
    return redirect(url_for("homework.give", id=id))


@bp.post("/homework/<uuid:id>")
@writes(patient)
def tap(id: UUID) -> ResponseReturnValue:
    """Done, told or not, or not for me."""
    try:
        said = Tap(request.form.get("tap", ""))
    except ValueError:
        raise Invalid from None
    try:
        actions.tapped(current_person, id, said, clock.now())
    except Conflict:
        flash(_("That group is over, so no one will see it."), "problem")
    else:
        if said is Tap.TELL:
            flash(_("Sent. You can stop sharing it under What I’m sharing."), "saved")
    return redirect(url_for("today.index"))


def too_late(operation_id: UUID) -> ResponseReturnValue:
    """What a phone wanted to tell when its group was over."""
    return render_template("homework/too_late.html", operation=operation_id)


@bp.app_template_global("homework_address")
def address(homework: Homework) -> str | None:
    """Where it is done: nowhere, if that is in somebody's own words or isn't there any more."""
    kind, which = homework.kind, homework.which or ""
    if kind == "exercise":
        return url_for("mindfulness.exercise", slug=which) if which in EXERCISES else None
    if kind == "plan":
        return url_for("plan.show", name=which)
    if kind == "questionnaire":
        found = queries.current_id(which)
        return url_for("check_ins.instrument", id=found) if found else None
    if kind == "reading":
        ours = {"expect": "program.expect", "family": "plan.supporters"}.get(which)
        return url_for(ours) if ours else url_for("week.group_session", id=which)
    return None


def _group_session(id: UUID) -> GroupSession:
    return or_not_found(program.group_session_of(current_person, GroupRole.FACILITATOR, id))


def _coming(group_session: GroupSession, now: datetime) -> list[GroupSession]:
    after = program.group_sessions_from(group_session.group, now)
    return [one for one in after if not one.is_cancelled and not one.has_begun(now)]


def _form(
    group_session: GroupSession, people: list[Membership], coming: list[GroupSession]
) -> HomeworkForm:
    soon = coming[:SOON]
    # Usually it is given in group, for the next one.
    later = (one for one in soon if one.starts_at > group_session.starts_at)
    due = str(next(later, soon[0]).id)
    return HomeworkForm(list(offered(instruments(), soon)), people, soon, due=due)
