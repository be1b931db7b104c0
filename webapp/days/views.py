"""Counting something, if one wants to; and a gentle look back after a return to use."""

from datetime import date
from typing import Any
from uuid import UUID, uuid5

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.accounts.access import current_person, current_sign_in, patient
from webapp.accounts.actions import note_use
from webapp.accounts.models import HereFor
from webapp.core import clock
from webapp.core.web.routes import reads, writes
from webapp.core.wording import gettext as _
from webapp.core.wording import lazy_gettext as _l
from webapp.core.wording import ngettext
from webapp.days import actions, chapters, queries
from webapp.days.forms import CountForm, ReturnForm, mark
from webapp.days.models import Milestone
from webapp.entries.models import entry_id
from webapp.entries.queries import own
from webapp.plan.actions import put_item
from webapp.plan.outline import TRIGGERS
from webapp.plan.text import as_date
from webapp.writing.actions import save
from webapp.writing.kind import Kind
from webapp.writing.pages import form_page, register, zone
from webapp.writing.queries import one_of

bp = Blueprint("days", __name__)

ROUND = {
    (1, "day"): _l("One day and counting."),
    (1, "week"): _l("One week and counting."),
    (2, "week"): _l("Two weeks and counting."),
    (1, "month"): _l("One month and counting."),
    (2, "month"): _l("Two months and counting."),
    (3, "month"): _l("Three months and counting."),
    (6, "month"): _l("Six months and counting."),
    (1, "year"): _l("One year and counting."),
}


def filled(count: Milestone, _zone: str) -> dict[str, Any]:
    """As it stands on the form."""
    return count.shown | {"since": as_date(count.since), "version": mark(count.shown)}


def more(_count: Milestone) -> dict[str, str]:
    """The two days that can be tapped."""
    today = _today()
    return {"today": today.isoformat(), "yesterday": (today - chapters.DAY).isoformat()}


COUNT = Kind(
    Milestone, CountForm, at="/plan/days", removed=_l("You’re no longer counting this."),
    filled=filled, more=more, change=actions.change_count,
)  # fmt: skip
register(bp, COUNT)


@bp.app_template_global("counted")
def counted(milestone: Milestone) -> dict[str, Any]:
    """What a milestone adds up to today."""
    today = _today()
    if milestone.way == chapters.WITH:
        week, month, in_all = chapters.marked(map(date.fromisoformat, milestone.marks or []), today)
        rings = chapters.rings(in_all)
        return {"week": week, "month": month, "in_all": in_all, "rings": rings}
    returns = [date.fromisoformat(note["day"]) for note in milestone.returns or []]
    found = chapters.count(as_date(milestone.since) or today, returns, today)
    rings = chapters.rings(found.in_all)
    return {"count": found, "words": _said(found, today), "rings": rings}


@bp.get("/plan/days")
@reads(patient)
def index() -> ResponseReturnValue:
    """Everything that somebody counts; nothing is counted unless they asked for it."""
    return _list(_form())


@bp.post("/plan/days")
@writes(patient)
def create() -> ResponseReturnValue:
    """Begin to count something."""
    form = _form()
    if not form.validate():
        return _list(form, 422)
    made_on_phone = form.made_on_phone
    there = own(current_person, Milestone, entry_id(current_person.id, made_on_phone))
    # Begun again from an old page, over what was changed since: both are shown.
    if there is not None and there.version > 1 and not form.saw(there):
        return form_page(COUNT, form, 409, entry=there, theirs=there)
    note_use(current_sign_in())
    made = save(COUNT, current_person, made_on_phone, form)
    return redirect(url_for("days.show", id=made.id))


@bp.route("/plan/days/<uuid:id>/return", methods=["GET", "POST"])
@writes(patient)
def note_return(id: UUID) -> ResponseReturnValue:
    """What came before and what to do next time; it may go into the plan at once."""
    milestone = one_of(current_person, Milestone, id)
    form = ReturnForm(today=_today(), since=as_date(milestone.since) or _today())
    is_sent = form.validate_on_submit()
    day = (form.day.data or _today()).isoformat()
    theirs = form.look_at(milestone, day) if is_sent else None
    if not is_sent or theirs:
        page = render_template("days/return.html", form=form, milestone=milestone, theirs=theirs)
        return page, 422 if form.errors else 409 if theirs else 200
    actions.note_return(milestone, date.fromisoformat(day), form.before.data, form.then.data)
    if form.into_plan.data and form.then.data:
        # The same words sent twice are one thing on the list.
        made_of = f"{day} {form.before.data} {form.then.data}"
        item = {"id": str(uuid5(id, made_of)), "kind": form.kind.data, "what": form.before.data,
                "response": form.then.data}  # fmt: skip
        item = {name: value for name, value in item.items() if value}
        item["what"] = (item.get("what") or "")[:200]
        put_item(current_person, TRIGGERS, TRIGGERS.questions[0], item)
    flash(_("Saved. All your days before this still count, and a new chapter starts."), "saved")
    return redirect(url_for("days.show", id=id))


@bp.post("/plan/days/<uuid:id>/returns/removal")
@writes(patient)
def take_back_return(id: UUID) -> ResponseReturnValue:
    """A day that was noted by mistake. A post: the day stands in no address."""
    actions.take_back_return(one_of(current_person, Milestone, id), request.form.get("day", ""))
    flash(_("Removed. That day counts again."), "saved")
    return redirect(url_for("days.show", id=id))


@bp.post("/plan/days/<uuid:id>/mark")
@writes(patient)
def mark_day(id: UUID) -> ResponseReturnValue:
    """Say of today, or of yesterday, that it was done, or take that back."""
    milestone, day = one_of(current_person, Milestone, id), _today()
    if request.form.get("day") == "yesterday":
        day -= chapters.DAY
    actions.mark(milestone, day, done=day.isoformat() not in (milestone.marks or []))
    return redirect(url_for("days.show", id=id))


def _list(form: CountForm, status: int = 200) -> ResponseReturnValue:
    found = queries.milestones_of(current_person)
    return render_template("days/index.html", milestones=found, form=form), status


def _form() -> CountForm:
    form = CountForm(zone=zone())
    if current_person.here_for == HereFor.MENTAL_HEALTH:
        form.only_markers()
    return form


def _said(found: chapters.Count, today: date) -> str:
    words = ngettext("%(num)s day this year", "%(num)s days this year", found.this_year)
    if len(found.chapters) > 1:
        longest = ngettext("%(num)s day", "%(num)s days", found.longest)
        words += "; " + _("longest stretch %(days)s", days=longest)
    mark = chapters.reached(found.chapters[-1].first, today) if found.current else None
    if mark is None:
        return f"{words}."
    years = _("%(years)s years and counting.", years=mark[0])
    return f"{words}. {ROUND.get(mark, years)}"


def _today() -> date:
    return clock.local(clock.now(), zone()).date()
