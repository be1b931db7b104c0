"""The day's doses, the list, the printed page."""

from datetime import date, time, timedelta
from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.accounts.access import current_person, current_sign_in, patient
from webapp.accounts.actions import note_use
from webapp.core import clock
from webapp.core.dates import short_day, wall, weekday
from webapp.core.errors import Conflict, Invalid, NotFound
from webapp.core.forms import OurForm
from webapp.core.routes import reads, writes
from webapp.core.wording import gettext as _
from webapp.entries import actions as entries
from webapp.entries.models import Entry, entry_id
from webapp.entries.queries import own
from webapp.medication import actions, queries
from webapp.medication.doses import AHEAD, DAY, EVERY_DAY, Times, dose_id, former_plans
from webapp.medication.forms import CONTENT, TIMES_A_DAY, DoseForm, MedicationForm
from webapp.medication.models import Dose, Medication
from webapp.medication.queries import BACK
from webapp.medication.words import ANSWERS, answer_name
from webapp.sharing import queries as sharing
from webapp.writing.kind import Kind
from webapp.writing.pages import register, who_sees

bp = Blueprint("medication", __name__)
bp.add_app_template_filter(answer_name, "dose_answer")


def on_its_day(dose: Dose) -> str:
    """Where a dose stands among the others of its day."""
    return url_for("medication.index", day=dose.day)


def said(dose: Dose) -> str:
    """Saved: Taken."""
    return _("Saved: %(answer)s.", answer=answer_name(dose.answer))


DOSE = Kind(
    Dose, DoseForm, at="/medication/doses", edit="", offline=True, more=who_sees,
    change=actions.change_dose, after=actions.answered, among=on_its_day, said=said,
)  # fmt: skip
register(bp, DOSE)

SOON = timedelta(days=7)  # before a refill


@bp.get("/medication")
@reads(patient)
def index() -> ResponseReturnValue:
    """The doses of a day, one tap each, and the list."""
    now = clock.now()
    today = clock.local(now, _zone()).date()
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
        needed=queries.needed_on(current_person, listed, day, _zone()),
        listed=listed,
        medications=[one.medication for one in listed if one.medication.removed_at is None],
        ahead=now + AHEAD,
        soon=today + SOON,
        answers=ANSWERS,
        dose_id=dose_id,
        fresh=uuid4,
        zone=_zone(),
        now=now,
    )


@bp.post("/medication/doses")
@writes(patient)
def create_dose() -> ResponseReturnValue:
    """Taken, skipped or later: one tap. The same dose tapped again is the same entry."""
    form = DoseForm(zone=_zone())
    if not form.validate():
        raise Invalid(str(next(iter(form.errors.values()))[0]))
    # Also of one that was taken off the list since: what was taken before can still be said.
    medication = _own(Medication, UUID(form.medication.data), removed=True)
    form.name.data = medication.name
    if form.time.data:
        on = date.fromisoformat(form.day.data), time.fromisoformat(form.time.data)
        made_on_phone = dose_id(medication.id, *on)
    else:
        made_on_phone = form.made_on_phone
    note_use(current_sign_in())
    dose = actions.say(current_person, made_on_phone, form.happened_at, form.typed)
    again = actions.settle_reminder(current_person, medication, dose)
    flash(_("Later. You will be reminded again in 10 minutes.") if again else said(dose), "saved")
    back_to = request.form.get("shown") or form.day.data
    return redirect(url_for("medication.index", day=back_to))


@bp.get("/medication/new")
@reads(patient)
def new() -> ResponseReturnValue:
    """The form: the name is enough."""
    return _form_page(MedicationForm(zone=_zone()))


@bp.post("/medication/new")
@writes(patient)
def create() -> ResponseReturnValue:
    """Put it on the list."""
    form = MedicationForm(zone=_zone())
    if not form.validate():
        return _form_page(form, 422)
    made_on_phone, now = _uuid(form.id.data), clock.now()
    note_use(current_sign_in())
    with actions.reminders_follow(current_person):
        try:
            entry = entries.write(Medication, current_person, made_on_phone, now, form.typed)
        except Conflict:
            # Back, other words, Save: an edit of what is there; how it was stays as a version.
            entry = _own(Medication, entry_id(current_person.id, made_on_phone), removed=True)
            actions.change(entry, entry.version, form.typed)
        actions.put_back(entry)
    flash(_("Saved. Only you can see it."), "saved")
    return redirect(url_for("medication.show", id=entry.id))


@bp.get("/medication/<uuid:id>")
@reads(patient)
def show(id: UUID) -> ResponseReturnValue:
    """One medication, whole; with whom it is shared, who opened it, what was answered."""
    return render_template("medication/show.html", **_whole(_own(Medication, id)))


@bp.get("/medication/<uuid:id>/edit")
@reads(patient)
def edit(id: UUID) -> ResponseReturnValue:
    """The same form, filled in."""
    entry = _own(Medication, id)
    return _form_page(_filled(entry), entry=entry)


@bp.post("/medication/<uuid:id>/edit")
@writes(patient)
def update(id: UUID) -> ResponseReturnValue:
    """Save the change; when it was changed elsewhere meanwhile, show both and decide nothing."""
    entry = _own(Medication, id)
    form = MedicationForm(zone=entry.zone or _zone())
    if not form.validate():
        return _form_page(form, 422, entry=entry)
    if form.version.data != str(entry.version):
        form.version.data, form.version.raw_data = str(entry.version), None
        return _form_page(form, 409, entry=entry, theirs=entry)
    with actions.reminders_follow(current_person):
        actions.change(entry, entry.version, form.typed)
    flash(_("Saved."), "saved")
    return redirect(url_for("medication.show", id=id))


@bp.post("/medication/<uuid:id>/removal")
@writes(patient)
def remove(id: UUID) -> ResponseReturnValue:
    """Take it off the list, with a way back. Its reminders go with it."""
    with actions.reminders_follow(current_person):
        entries.remove(_own(Medication, id))
    _offer_back(url_for("medication.restore", id=id))
    return redirect(url_for("medication.index"))


@bp.post("/medication/<uuid:id>/restoration")
@writes(patient)
def restore(id: UUID) -> ResponseReturnValue:
    """Put it back."""
    with actions.reminders_follow(current_person):
        actions.put_back(_own(Medication, id, removed=True))
    flash(_("It is back."), "saved")
    return redirect(url_for("medication.show", id=id))


@bp.get("/medication/printed")
@reads(patient)
def printed() -> ResponseReturnValue:
    """The list for paper: for a prescriber, a pharmacist, an emergency room."""
    today = clock.local(clock.now(), _zone()).date()
    listed = queries.listed_of(current_person)
    lately = queries.lately(current_person, listed, today, _zone())
    return render_template(
        "medication/printed.html",
        # Of what was taken off the list, only what was taken stands there.
        listed=[
            (one.medication, one.history, lately[one.medication.id])
            for one in listed
            if one.medication.removed_at is None or lately[one.medication.id].is_said
        ],
        former_plans=former_plans,
        back=BACK,
        today=today,
        zone=_zone(),
    )


@bp.app_template_filter("taken_at")
def taken_at(plan: Times) -> str:
    """8:00 am, 8:00 pm; Monday, Thursday"""
    if not plan.times:
        return _("When needed")
    text = ", ".join(wall(one) for one in plan.times)
    if plan.weekdays != EVERY_DAY:
        text += "; " + ", ".join(weekday(one) for one in plan.weekdays)
    return text


@bp.app_template_filter("dose_of")
def dose_of(dose: Dose) -> str:
    """8:00 am, 23 Nov; empty for one that is taken when needed"""
    if not (dose.day and dose.time):
        return ""
    return f"{wall(time.fromisoformat(dose.time))}, {short_day(date.fromisoformat(dose.day))}"


@bp.app_template_filter("full_day")
def full_day(day: date) -> str:
    """23 Nov 2026"""
    return f"{short_day(day)} {day.year}"


def _form_page(
    form: MedicationForm,
    status: int = 200,
    entry: Medication | None = None,
    theirs: Medication | None = None,
) -> ResponseReturnValue:
    page = render_template("medication/form.html", form=form, entry=entry, theirs=theirs)
    return page, status


def _whole(entry: Medication | Dose) -> dict[str, Any]:
    return {
        "entry": entry,
        "shares": sharing.shares_of_entry(current_person, entry.id),
        "opened": sharing.openings(current_person, [entry.id]).get(entry.id, []),
        "answers": sharing.feedback_on(current_person, entry.id),
        "form": OurForm(),
        "zone": entry.zone or _zone(),
        "now": clock.now(),
    }


def _filled(entry: Medication) -> MedicationForm:
    plan = entry.plan
    values: dict[str, Any] = {name: entry.content.get(name) for name in CONTENT}
    rest = {
        "version": str(entry.version),
        "times": [*plan.times, None][:TIMES_A_DAY],
        "weekdays": list(plan.weekdays),
        "remind": bool(entry.remind),
        "refill": entry.refill_day,
    }
    return MedicationForm(zone=entry.zone or _zone(), data=values | rest)


def _offer_back(url: str) -> None:
    flash({"text": _("Removed."), "url": url, "label": _("Put it back")}, "undo")  # type: ignore[arg-type]


def _own(kind: type[Any], id: UUID, *, removed: bool = False) -> Any:
    entry: Entry | None = own(current_person, kind, id, removed=removed)
    if entry is None:
        raise NotFound
    return entry


def _day(today: date) -> date:
    """The day in the address, as far back as can be filled in."""
    try:
        asked = date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return today
    return min(max(asked, today - timedelta(days=BACK)), today)


def _uuid(text: str | None) -> UUID:
    try:
        return UUID(text or "")
    except ValueError:
        raise Invalid from None


def _zone() -> str:
    zone: str = current_app.config["ZONE"]
    return zone
