"""After the program: the year's own page, the five questions, and asking for a call."""

from datetime import datetime
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.accounts.access import (
    administrator,
    current_person,
    current_sign_in,
    facilitator,
    patient,
)
from webapp.accounts.actions import note_use
from webapp.accounts.confirming import asks_again
from webapp.accounts.models import Person, Role
from webapp.accounts.queries import staff
from webapp.aftercare import actions, calls, queries, words
from webapp.aftercare.forms import CallForm, CallsForm, LifeForm
from webapp.aftercare.models import Life
from webapp.core import clock
from webapp.core.errors import NotFound
from webapp.core.web.choices import choices
from webapp.core.web.routes import reads, writes
from webapp.core.wording import gettext as _
from webapp.entries.queries import own_list
from webapp.permissions.permission_text import COUNT, NAMES_FIVE
from webapp.permissions.queries import version_allowed
from webapp.program.models import GroupRole
from webapp.program.queries import FORMER_FOR, groups_of
from webapp.settings.current import clinic_settings
from webapp.sharing.givings import Giving, gives
from webapp.writing.kind import Kind
from webapp.writing.pages import register, zone

bp = Blueprint("aftercare", __name__)
bp.add_app_template_filter(words.said, "life_answer")
LIFE = Kind(Life, LifeForm, at="/aftercare/answers", listed="/aftercare")
register(bp, LIFE)
gives(Giving("calls", "aftercare/call_given.html", lambda one: calls.own_call(one, clock.now())))
SHOWN = 8  # as many as two years bring


@bp.get("/aftercare")
@reads(patient)
def index() -> ResponseReturnValue:
    """What goes on after the last group."""
    now = clock.now()
    return render_template(
        "aftercare/index.html",
        point=queries.point_of(current_person, now),
        answered=own_list(current_person, Life, most=SHOWN),
        reached=queries.reached_in(queries.last_of(current_person, now), now),
        groups=groups_of(current_person, GroupRole.PATIENT),
        can_ask=_can_ask(now),
        former_for=FORMER_FOR,
        zone=zone(),
        now=now,
    )


@bp.route("/aftercare/questions", methods=["GET", "POST"])
@writes(patient)
def questions() -> ResponseReturnValue:
    """Five questions, each of which can be skipped, or all of them at once; two more of whoever is
    counted."""
    now = clock.now()
    point, day = queries.point_of(current_person, now), clock.local(now, zone()).date()
    if point is None:
        flash(_("There are no questions for you right now."), "saved")
        return redirect(url_for("aftercare.index"))
    allowed = version_allowed(current_person, COUNT, until_saved=request.method == "POST")
    form, is_counted = LifeForm(zone=zone(), allowed=allowed), allowed >= NAMES_FIVE
    if request.method == "POST" and "skip" in request.form:
        actions.ask_no_more(current_person, point, day)
        flash(_("Skipped. That’s OK."), "saved")
        return redirect(url_for("today.index"))
    if form.validate_on_submit():
        note_use(current_sign_in())
        counted = form.answers if is_counted else None
        actions.answer(current_person, point, day, form.made_on_phone, form.typed, counted)
        flash(_("Saved. Only you can see your answers."), "saved")
        return redirect(url_for("aftercare.index"))
    page = render_template("aftercare/questions.html", form=form, is_counted=is_counted)
    return page, 422 if form.errors else 200


@bp.route("/aftercare/call", methods=["GET", "POST"])
@writes(patient)
def ask_for_call() -> ResponseReturnValue:
    """ "I want help again": for whoever left, while the program answers."""
    now, form = clock.now(), CallForm()
    if not _can_ask(now):
        raise NotFound
    if calls.own_call(current_person, now):
        return redirect(url_for("today.index"))
    if form.validate_on_submit():
        actions.ask_for_call(current_person, form.number.data)
        flash(_("Sent. You can cancel it anytime."), "saved")
        return redirect(url_for("today.index"))
    page = render_template(
        "aftercare/ask_for_call.html", form=form, readers=calls.readers_of(current_person, now)
    )
    return page, 422 if form.errors else 200


@bp.post("/aftercare/call/end")
@writes(patient)
def end_call() -> ResponseReturnValue:
    """Take it back, or say that it is done: the number is deleted."""
    if call := calls.own_call(current_person, clock.now()):
        actions.close(call.request)
        flash(_("Closed. The number was deleted."), "saved")
    return redirect(url_for("today.index"))


@bp.post("/clinic/calls/<uuid:id>/taking")
@writes(facilitator)
def take_call(id: UUID) -> ResponseReturnValue:
    """ "I'll call": its person sees who, and colleagues don't see it any more."""
    if not actions.take(_call(id), current_person):
        flash(_("A colleague already said they’ll call."), "saved")
    return redirect(url_for("clinic.index"))


@bp.post("/clinic/calls/<uuid:id>/closing")
@writes(facilitator)
def close_call(id: UUID) -> ResponseReturnValue:
    """Done: only by whoever said that they would call."""
    call = _call(id)
    if call.taken_by != current_person.id:
        raise NotFound
    actions.close(call.request)
    flash(_("Closed. The number was deleted."), "saved")
    return redirect(url_for("clinic.index"))


@bp.route("/clinic/calls", methods=["GET", "POST"])
@writes(asks_again(administrator))
def switch_calls() -> ResponseReturnValue:
    """Whether former patients may ask for a call, who answers, and when someone looks."""
    people = staff(Person.role == Role.FACILITATOR, Person.disabled_at.is_(None))
    listed = choices((str(one.id), f"{one.name} ({one.username})") for one in people)
    form = CallsForm(
        staff=listed,
        looked_at=clinic_settings().call_hours,
        people=[str(id) for id in calls.answerers()],
    )
    if form.validate_on_submit():
        chosen = [UUID(id) for id in form.people.data]
        actions.switch_calls(form.looked_at.data or "", chosen, current_person)
        flash(_("Saved."), "saved")
        return redirect(url_for("aftercare.switch_calls"))
    page = render_template("aftercare/switch_calls.html", form=form, is_on=calls.is_on())
    return page, 422 if form.errors else 200


def _can_ask(now: datetime) -> bool:
    return bool(queries.last_of(current_person, now)) and calls.is_on()


def _call(id: UUID) -> calls.Call:
    call = calls.call_of(current_person, id, clock.now())
    if call is None:
        raise NotFound
    return call
