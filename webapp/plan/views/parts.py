"""The plan and its parts: one question a page, saved at each, what changed, who can see it."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from webapp.accounts.access import current_person, current_sign_in, patient
from webapp.accounts.actions import note_use
from webapp.accounts.queries import author_mark
from webapp.core import clock
from webapp.core.errors import Invalid, NotFound, or_not_found
from webapp.core.web.routes import reads, writes
from webapp.core.wording import gettext as _
from webapp.entries import actions as entries
from webapp.entries.changes import steps
from webapp.entries.models import Entry
from webapp.entries.queries import LATEST, versions
from webapp.plan import actions, queries, text
from webapp.plan.forms import FORMS, AnswerForm, ItemForm
from webapp.plan.library import in_words
from webapp.plan.models import PlanSection, SafetyPlan, Story, made_for
from webapp.plan.outline import GOALS, PARTS, PLAN, SAFETY, STORIES, Part, Question
from webapp.program.models import GroupRole
from webapp.program.next_and_last import last_ended
from webapp.program.queries import groups_of, people_in
from webapp.settings.current import clinic_settings
from webapp.sharing import queries as sharing
from webapp.sharing.words import MARKS
from webapp.writing.kind import REMOVED
from webapp.writing.pages import offer_undo, removable

bp = Blueprint("plan", __name__)
bp.add_app_template_filter(in_words, "skill")
bp.add_app_template_filter(text.in_full, "in_full")
bp.add_app_template_filter(text.made_with, "made_with")
bp.add_app_template_filter(text.at_hour, "at_hour")
bp.add_app_template_filter(text.in_week_order, "in_week_order")


@bp.app_template_global("plan_part")
def plan_part(entry: Entry) -> Part | None:
    """What the part of the plan that an entry keeps is about."""
    return PARTS.get(entry.content.get("part", ""))


@bp.get("/plan")
@reads(patient)
def index() -> ResponseReturnValue:
    """Everything that helps later, part by part, with what is in it so far."""
    begun = queries.parts_of(current_person)
    return render_template(
        "plan/index.html",
        begun=begun,
        parts=PLAN,
        safety=SAFETY,
        stories=STORIES,
        begin=next(
            ((part, part.questions[0]) for part in PLAN if part.name not in begun),
            None,
        ),
    )


@bp.get("/plan/entries/<uuid:id>")
@reads(patient)
def entry(id: UUID) -> ResponseReturnValue:
    """From an entry's id to the part of the plan that it is."""
    with removable(url_for("plan.remove", id=id)):
        found = _own_part(id)
        found.must_be_open()
    part = or_not_found(plan_part(found))
    return redirect(url_for("plan.show", name=part.name))


@bp.post("/plan/entries/<uuid:id>/removal")
@writes(patient)
def remove(id: UUID) -> ResponseReturnValue:
    """Take a part away that can't be opened, with a way back."""
    entries.remove(_own_part(id))
    offer_undo(str(REMOVED), url_for("plan.restore", id=id))
    return redirect(url_for("plan.index"))


@bp.post("/plan/entries/<uuid:id>/restoration")
@writes(patient)
def restore(id: UUID) -> ResponseReturnValue:
    """Put it back."""
    entries.restore(_own_part(id, removed=True))
    flash(_("Restored."), "saved")
    return redirect(url_for("plan.index"))


@bp.get("/plan/<name>")
@reads(patient)
def show(name: str) -> ResponseReturnValue:
    """One part, whole, as it is now."""
    part = _part(name)
    entry = part_entry(part)
    return render_template(
        "plan/safety.html" if part is SAFETY else "plan/show.html",
        part=part,
        entry=entry,
        content=entry.content if entry else {},
        following=_following(part),
        lines=clinic_settings().help_lines,
        kept_mark=author_mark(current_person),
        asks_to_keep="done" in request.args,
        has_people=part is not SAFETY
        or bool(queries.people_to_call({SAFETY.name: entry} if entry else {})),
        **_who_sees(entry),
    )


@bp.get("/plan/<name>/changes")
@reads(patient)
def changes(name: str) -> ResponseReturnValue:
    """How a part of the plan was before, version by version, the latest change first; a page of
    them, since each may be long."""
    part = _part(name)
    entry = or_not_found(part_entry(part))
    shown = versions(entry, before=number(request.args.get("before")) or LATEST)
    if not shown:
        raise NotFound
    changed = list(steps([text.of_part(part, version.content) for version in shown]))
    return render_template(
        "plan/changes.html",
        part=part,
        first=shown[0],
        changes=list(zip(shown[1:], changed, strict=True))[::-1],
        last=last_ended(current_person, clock.now()),
        zone=_zone(),
        now=clock.now(),
    )


@bp.route("/plan/<name>/<asked>", methods=["GET", "POST"])
@writes(patient)
def question(name: str, asked: str) -> ResponseReturnValue:
    """One question. Saving goes on to the next one; for a list, it adds to the list."""
    part, question = _question(name, asked)
    entry = part_entry(part)
    suggested = _suggested(part)
    if suggested and any(item["id"] == suggested["id"] for item in _listed(entry, question)):
        return redirect(url_for("plan.item", name=name, asked=asked, id=suggested["id"]))
    form = FORMS[question.kind](data=suggested) if suggested else _form(question, entry)
    if not form.validate_on_submit():
        return _question_page(part, question, form, entry, 422 if form.errors else 200)
    note_use(current_sign_in())
    if isinstance(form, ItemForm):
        item = {"id": str(_uuid(form.id.data)), **form.value}
        actions.put_item(current_person, part, question, item)
        flash(_("Saved. Only you can see it.") if entry is None else _("Saved."), "saved")
        return redirect(url_for("plan.question", name=name, asked=asked))
    if queries.changed_since(entry, number(form.version.data), question.name):
        return _question_page(part, question, form, entry, 409)
    if actions.answer(current_person, part, question, form.value):
        flash(_("Saved. Only you can see it.") if entry is None else _("Saved."), "saved")
    following = part.after(question)
    if following is None or "stop" in request.form:
        return redirect(_home(part))
    return redirect(url_for("plan.question", name=name, asked=following.name))


@bp.route("/plan/<name>/<asked>/<uuid:id>", methods=["GET", "POST"])
@writes(patient)
def item(name: str, asked: str, id: UUID) -> ResponseReturnValue:
    """One thing on a list, to change."""
    part, question = _question(name, asked)
    there = _item(part, question, id)
    entry = part_entry(part)
    form = _filled(question, {**there, "id": str(id)})
    is_sent, theirs = form.validate_on_submit(), None
    if is_sent and queries.changed_since(entry, number(form.version.data), question.name, str(id)):
        theirs = text.of_answer(question, [there])
    if not is_sent or theirs is not None:
        if entry is not None and (request.method == "GET" or theirs is not None):
            form.version.data, form.version.raw_data = str(entry.version), None
        page = render_template(
            "plan/item.html", part=part, question=question, form=form, id=id, team=_team(),
            theirs=theirs,
        )  # fmt: skip
        return page, 422 if form.errors else 409 if theirs is not None else 200
    actions.put_item(current_person, part, question, {"id": str(id), **form.value})
    flash(_("Saved."), "saved")
    return redirect(url_for("plan.question", name=name, asked=asked))


@bp.post("/plan/<name>/<asked>/<uuid:id>/removal")
@writes(patient)
def remove_item(name: str, asked: str, id: UUID) -> ResponseReturnValue:
    """Take one thing off a list."""
    part, question = _question(name, asked)
    _item(part, question, id)
    actions.remove_item(current_person, part, question, str(id))
    flash(_("Removed. You can still find it under What changed."), "saved")
    return redirect(url_for("plan.question", name=name, asked=asked))


def form_of(
    part: Part, question: Question, fields: list[tuple[str, str]], *, csrf: bool
) -> AnswerForm:
    """A question's form with what was typed into it on a phone without a network."""
    entry = part_entry(part)
    form = FORMS[question.kind](MultiDict(fields), meta={"csrf": csrf})
    form.ask(question, entry.content if entry else {})
    return form


def came_back(
    part: Part, question: Question, fields: list[tuple[str, str]], operation: UUID
) -> ResponseReturnValue:
    """What couldn't be saved as it was, filled in, beside what is here now."""
    entry = part_entry(part)
    form = form_of(part, question, fields, csrf=True)
    form.validate()
    if isinstance(form, ItemForm):
        form.id.data = str(operation)
    stale = queries.changed_since(entry, number(form.version.data), question.name)
    page, _status = _question_page(
        part, question, form, entry, 409 if stale else 200, operation=operation
    )
    return page


def part_entry(part: Part) -> PlanSection | SafetyPlan | Story | None:
    """One part of one's own plan, for its pages."""
    with removable(url_for("plan.remove", id=queries.part_id(current_person, part))):
        return queries.part_of(current_person, part)


def _own_part(id: UUID, *, removed: bool = False) -> Entry:
    return or_not_found(queries.own_part(current_person, id, removed=removed))


def _listed(entry: Entry | None, question: Question) -> list[dict[str, Any]]:
    return entry.content.get(question.name) or [] if entry else []


def _suggested(part: Part) -> dict[str, Any] | None:
    """A goal that a facilitator suggested, for its form: taken twice, it is one."""
    if request.method != "GET" or part is not GOALS or "suggested" not in request.args:
        return None
    feedback = sharing.own_feedback(current_person, _uuid(request.args["suggested"]))
    if feedback is None or not feedback.suggests:
        raise NotFound
    answers = sharing.feedback_on(current_person, feedback.entry_id)
    name = next(name for found, name in answers if found.id == feedback.id)
    return {"id": str(feedback.id), "goal": feedback.words, "together": True, "who": name}


def _question_page(
    part: Part,
    question: Question,
    form: AnswerForm,
    entry: Entry | None,
    status: int,
    operation: UUID | None = None,
) -> tuple[str, int]:
    content = entry.content if entry else {}
    if status == 409 and entry is not None:
        form.version.data, form.version.raw_data = str(entry.version), None
    page = render_template(
        "plan/question.html",
        part=part,
        question=question,
        form=form,
        content=content,
        theirs=text.of_answer(question, content.get(question.name)) if status == 409 else None,
        following=part.after(question),
        home=_home(part),
        team=_team(),
        lines=clinic_settings().help_lines,
        operation=operation,
        about=made_for(f"{part.name}/{question.name}"),
    )
    return page, status


def _form(question: Question, entry: Entry | None) -> AnswerForm:
    content = entry.content if entry else {}
    if question.is_list:
        form = FORMS[question.kind]()
    else:
        form = _filled(question, content.get(question.name))
        if request.method == "GET" and entry is not None:
            form.version.data = str(entry.version)
    form.ask(question, content)
    return form


def _filled(question: Question, value: Any) -> AnswerForm:
    kind = FORMS[question.kind]
    if request.method == "POST":
        return kind()
    return kind(data=kind.shown(value))


def _part(name: str) -> Part:
    return or_not_found(PARTS.get(name))


def _question(name: str, asked: str) -> tuple[Part, Question]:
    part = _part(name)
    return part, or_not_found(part.question(asked))


def _item(part: Part, question: Question, id: UUID) -> dict[str, Any]:
    # What isn't a list may be answered in words, and has nothing that an id could name.
    for listed in queries.items_of(current_person, part, question) if question.is_list else ():
        if listed["id"] == str(id):
            return listed
    raise NotFound


def _following(part: Part) -> Part | None:
    """The part of the plan that comes after this one."""
    at = PLAN.index(part) if part in PLAN else len(PLAN)
    return PLAN[at + 1] if at + 1 < len(PLAN) else None


def _home(part: Part) -> str:
    # Who finishes the safety plan is asked, first thing, whether this phone keeps its names.
    done = 1 if part is SAFETY else None
    return (
        url_for("plan.story")
        if part in STORIES
        else url_for("plan.show", name=part.name, done=done)
    )


def _who_sees(entry: Entry | None) -> dict[str, Any]:
    opened = sharing.openings(current_person, [entry.id]).get(entry.id, []) if entry else []
    answers = sharing.feedback_on(current_person, entry.id) if entry else []
    views = sharing.by_goal(answers, queries.goals_in(entry) if entry else ())
    return {
        "shares": sharing.shares_of_entry(current_person, entry.id) if entry else [],
        "opened": opened,
        "answers": views.get("", []),
        "marked": sharing.marked(current_person, entry.id) if entry else None,
        "marks": MARKS,
        "views": views,
        "zone": _zone(),
        "now": clock.now(),
    }


def _team() -> list[str]:
    """Who runs the groups that somebody is in."""
    groups = groups_of(current_person, GroupRole.PATIENT)
    people = [person for group in groups for person in people_in(group.id, GroupRole.FACILITATOR)]
    return list(dict.fromkeys(person.called for person in people))


def number(text: str | None) -> int:
    """The version that a page was made of; 0 when it says none."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0


def _uuid(text: str | None) -> UUID:
    try:
        return UUID(text or "")
    except ValueError:
        raise Invalid from None


def _zone() -> str:
    zone: str = clinic_settings().zone
    return zone
