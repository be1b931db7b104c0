"""When the program asks, for the administrator; and a patient's own reminder of it."""

from datetime import time

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.accounts.access import administrator, current_person, patient
from webapp.audit.actions import record
from webapp.audit.kinds import ActKind
from webapp.check_ins import actions, queries
from webapp.check_ins.due import DueRhythm
from webapp.check_ins.forms import DueForm, ReminderForm
from webapp.check_ins.views.daily import bp
from webapp.core import clock
from webapp.core.errors import NotFound
from webapp.core.web.routes import writes
from webapp.core.wording import gettext as _
from webapp.questionnaires import queries as questionnaires
from webapp.settings.to_do import onward
from webapp.writing.pages import zone


@bp.route("/check-ins/reminder", methods=["GET", "POST"])
@writes(patient)
def reminder() -> ResponseReturnValue:
    """At what time to be reminded, on days when something is due."""
    set_ = actions.reminder_of(current_person)
    form = ReminderForm(data={"at": time.fromisoformat(set_.times[0]) if set_ else time(20)})
    if form.validate_on_submit():
        assert form.at.data is not None
        actions.remind_of_due(current_person, form.at.data, zone(), _("Check-in"))
        flash(_("Saved. You’ll get a reminder on days when a check-in is due."), "saved")
        return redirect(url_for("check_ins.index"))
    page = render_template("check_ins/reminder.html", form=form, reminder=set_)
    return page, 422 if form.errors else 200


@bp.post("/check-ins/reminder/end")
@writes(patient)
def no_reminder() -> ResponseReturnValue:
    """No more of these."""
    actions.no_reminder(current_person)
    flash(_("Reminder turned off."), "saved")
    return redirect(url_for("check_ins.index"))


@bp.route("/clinic/check-ins", methods=["GET", "POST"])
@writes(administrator)
def due_days() -> ResponseReturnValue:
    """On which days the program asks for what: all of it is saved, or nothing."""
    names, chosen = _names(), queries.rhythms()
    is_sent = request.method == "POST"
    # In the order of the page, which may be older than the newest questionnaire.
    asked = request.form.getlist("what") if is_sent else names
    forms = {what: _form(at, chosen.get(what)) for at, what in enumerate(asked)}
    if not forms or not forms.keys() <= names.keys():
        raise NotFound
    # Each is checked, so that all problems are shown at once.
    if is_sent and all([form.validate() for form in forms.values()]):  # noqa: C419
        for what, form in forms.items():
            _set(what, form, chosen.get(what))
        record(ActKind.CHECK_INS_CHANGED)
        flash(_("Saved. Starting today, patients are asked on these days."), "saved")
        return onward("check_ins.due_days")
    page = render_template("check_ins/due_days.html", names=names, forms=forms)
    return page, 422 if any(form.errors for form in forms.values()) else 200


def _form(at: int, rhythm: DueRhythm | None) -> DueForm:
    """The part for one of several on the page, each with names of its own."""
    rhythm = rhythm or DueRhythm(())
    data = {"weekdays": list(rhythm.weekdays), "every_weeks": rhythm.every_weeks}
    sent = request.form if f"of{at}-every_weeks" in request.form else None
    return DueForm(sent, prefix=f"of{at}", data=data, meta={"csrf": False})


def _set(what: str, form: DueForm, rhythm: DueRhythm | None) -> None:
    """What stays as it was set goes on in its weeks."""
    weekdays, weeks = form.weekdays.data, form.every_weeks.data or 1
    if rhythm and rhythm.is_set and (rhythm.weekdays, rhythm.every_weeks) == (
        tuple(sorted(weekdays)), weeks
    ):  # fmt: skip
        return
    today = clock.local(clock.now(), zone()).date()
    actions.set_due(what, weekdays, weeks, today, current_person)


def _names() -> dict[str, str]:
    found = {instrument.key: instrument.name for instrument in questionnaires.instruments()}
    return {queries.DAILY: _("Daily check-in")} | found
