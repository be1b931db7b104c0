"""The day's doses, the list, the printed page."""

from datetime import date, time, timedelta
from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.accounts.access import current_person, current_sign_in, patient
from webapp.accounts.actions import note_use
from webapp.core import clock
from webapp.core.dates import short_day, wall, weekdays
from webapp.core.errors import Invalid
from webapp.core.web.routes import reads, writes
from webapp.core.wording import gettext as _
from webapp.medication import actions, queries
from webapp.medication.doses import AHEAD, DAY, EVERY_DAY, Times, dose_id, former_plans
from webapp.medication.forms import TIMES_A_DAY, DoseForm, MedicationForm
from webapp.medication.models import Dose, Medication
from webapp.medication.queries import BACK
from webapp.medication.words import ANSWERS, answer_name
from webapp.writing.kind import Kind
from webapp.writing.pages import register, who_sees, zone
from webapp.writing.queries import one_of

bp = Blueprint("medication", __name__)
bp.add_app_template_filter(answer_name, "dose_answer")


def on_its_day(dose: Dose) -> str:
    """Where a dose stands among the others of its day."""
    return url_for("medication.index", day=dose.day)


def said(dose: Dose) -> str:
    """Saved: Taken."""
    return _("Saved: %(answer)s.", answer=answer_name(dose.answer))


def filled(entry: Medication, _zone: str) -> dict[str, Any]:
    """As it stands on the form, with room for more times."""
    plan = entry.plan
    return entry.content | {
        "version": str(entry.version),
        "times": [*plan.times, None][:TIMES_A_DAY],
        "weekdays": list(plan.weekdays),
        "remind": bool(entry.remind),
        "refill": entry.refill_day,
    }


MEDICATION = Kind(
    Medication, MedicationForm, at="/medication", new="/medication/new", filled=filled,
    change=actions.change, restore=actions.put_back, around=actions.reminders_follow,
)  # fmt: skip
DOSE = Kind(
    Dose, DoseForm, at="/medication/doses", edit="", offline=True, more=who_sees,
    change=actions.change_dose, after=actions.answered, among=on_its_day, said=said,
)  # fmt: skip
register(bp, MEDICATION)
register(bp, DOSE)

SOON = timedelta(days=7)  # before a refill


@bp.get("/medication")
@reads(patient)
def index() -> ResponseReturnValue:
    """The doses of a day, one tap each, and the list."""
    now = clock.now()
    today = clock.local(now, zone()).date()
    day = _day(today)
    listed = queries.listed_of(current_person)
    doses = queries.doses_on(current_person, listed, day)
    return render_template(
        "medication/index.html",
        day=day,
        today=today,
        before=day - DAY if day > today - BACK * DAY else None,
        after=day + DAY if day < today else None,
        doses=doses,
        last_night=queries.last_night(current_person, listed, doses, today, now)
        if day == today
        else [],
        needed=queries.needed_on(current_person, listed, day, zone()),
        listed=listed,
        medications=[
            on_list.medication for on_list in listed if on_list.medication.removed_at is None
        ],
        ahead=now + AHEAD,
        soon=today + SOON,
        answers=ANSWERS,
        dose_id=dose_id,
        fresh=uuid4,
        zone=zone(),
        now=now,
    )


@bp.post("/medication/doses")
@writes(patient)
def create_dose() -> ResponseReturnValue:
    """Taken, skipped or later: one tap. The same dose tapped again is the same entry."""
    form = DoseForm(zone=zone())
    if not form.validate():
        raise Invalid(str(next(iter(form.errors.values()))[0]))
    # Also of one that was taken off the list since: what was taken before can still be said.
    medication = one_of(current_person, Medication, UUID(form.medication.data), removed=True)
    form.name.data = medication.name
    if form.time.data:
        on = date.fromisoformat(form.day.data), time.fromisoformat(form.time.data)
        made_on_phone = dose_id(medication.id, *on)
    else:
        made_on_phone = form.made_on_phone
    note_use(current_sign_in())
    dose = actions.say(current_person, made_on_phone, form.happened_at, form.typed)
    again = actions.settle_reminder(current_person, medication, dose)
    flash(_("OK, later. We’ll remind you again in 10 minutes.") if again else said(dose), "saved")
    shown = request.form.get("shown") or form.day.data
    if shown == "today":  # the page of that name
        return redirect(url_for("today.index"))
    return redirect(url_for("medication.index", day=shown))


@bp.get("/medication/printed")
@reads(patient)
def printed() -> ResponseReturnValue:
    """The list for paper: for a prescriber, a pharmacist, an emergency room."""
    today = clock.local(clock.now(), zone()).date()
    listed = queries.listed_of(current_person)
    lately = queries.lately(current_person, listed, today, zone())
    return render_template(
        "medication/printed.html",
        # Of what was taken off the list, only what was taken stands there.
        listed=[
            (on_list.medication, on_list.history, lately[on_list.medication.id])
            for on_list in listed
            if on_list.medication.removed_at is None or lately[on_list.medication.id].is_said
        ],
        former_plans=former_plans,
        back=BACK,
        today=today,
        zone=zone(),
    )


@bp.app_template_filter("taken_at")
def taken_at(plan: Times) -> str:
    """8:00 AM, 8:00 PM; Monday and Thursday"""
    if not plan.times:
        return _("As needed")
    text = ", ".join(wall(at) for at in plan.times)
    if plan.weekdays != EVERY_DAY:
        text += "; " + weekdays(plan.weekdays)
    return text


@bp.app_template_filter("dose_of")
def dose_of(dose: Dose) -> str:
    """8:00 AM, Nov 23; empty for one that is taken as needed"""
    if not (dose.day and dose.time):
        return ""
    return f"{wall(time.fromisoformat(dose.time))}, {short_day(date.fromisoformat(dose.day))}"


def _day(today: date) -> date:
    """The day in the address, as far back as can be filled in."""
    try:
        asked = date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return today
    return min(max(asked, today - timedelta(days=BACK)), today)
