"""Answering a questionnaire, one question a page; what came of it; taking it along."""

import json
from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.accounts.access import current_person, current_sign_in, patient
from webapp.accounts.actions import note_use
from webapp.audit.actions import record
from webapp.audit.kinds import ActKind
from webapp.check_ins.actions import answered
from webapp.check_ins.views.daily import bp
from webapp.core import clock
from webapp.core.data.db import begin_writing
from webapp.core.errors import NotFound, or_not_found
from webapp.core.web.forms import OurForm
from webapp.core.web.routes import opens, reads, writes
from webapp.core.wording import gettext as _
from webapp.questionnaires import actions, queries
from webapp.questionnaires.fhir_response import questionnaire_response
from webapp.questionnaires.forms import QuestionForm, question_form
from webapp.questionnaires.instruments import Instrument
from webapp.questionnaires.models import Answers, CheckInDraft
from webapp.questionnaires.questionnaire import Asked, own_words
from webapp.questionnaires.results import tell
from webapp.sharing.courses import courses_of, saved
from webapp.writing.kind import Kind
from webapp.writing.pages import register, zone, zone_of
from webapp.writing.queries import one_of


def results(entry: Answers) -> dict[str, Any]:
    """What changed, in a sentence; the chart; what has no number; how it ends."""
    found, given = queries.instrument(UUID(entry.instrument)), entry.answers or {}
    past = queries.history(current_person, entry.key or "", entry.happened_at)
    return {
        "told": tell(found, past, zone_of(entry)) if found else [],
        "without": found.numberless(given, entry.sums) if found else {},
        "closing": found.closing(given) if found else (),
        "notice": found.notice if found else "",
    }


ANSWERS = Kind(Answers, None, at="/check-ins/answers", listed="/check-ins", more=results)
register(bp, ANSWERS)


@bp.get("/check-ins/instruments/<uuid:id>")
@reads(patient)
def instrument(id: UUID) -> ResponseReturnValue:
    """What it is, who reads it, and whether it was begun already."""
    found, draft = _instrument(id), queries.draft(current_person, id, clock.now())
    if draft is None and queries.current(id) is None:
        raise NotFound  # another version has taken its place
    return render_template(
        "questionnaires/instrument.html",
        instrument=found,
        next=_next(found, draft) if draft else None,
        begun_at=draft.begun_at if draft else None,
        length=len(found.open({})),
        form=OurForm(),
        courses=[one for one in courses_of(current_person) if one.key == found.key],
        zone=zone(),
        now=clock.now(),
    )


@bp.post("/check-ins/instruments/<uuid:id>")
@writes(patient)
def begin(id: UUID) -> ResponseReturnValue:
    """Start, or start over."""
    found = or_not_found(queries.current(id))
    note_use(current_sign_in())
    actions.begin(current_person, found)
    return redirect(url_for("check_ins.question", id=id, number=found.open({})[0].number))


@bp.get("/check-ins/instruments/<uuid:id>/<int:number>")
@reads(patient)
def question(id: UUID, number: int) -> ResponseReturnValue:
    """One question, with the answer that it has already."""
    found, draft = _instrument(id), queries.draft(current_person, id, clock.now())
    if draft is None:
        return redirect(url_for("check_ins.instrument", id=id))
    asked = _asked(found, draft, number)
    shown = QuestionForm.shown(asked.item, (draft.answers or {}).get(asked.item.link_id))
    other = own_words((draft.answers or {}).get(asked.item.link_id))
    form = question_form(asked.item)(
        item=asked.item, data={"answer": shown, "other": other, "id": draft.made}
    )
    return _question_page(found, draft, asked, form)


@bp.post("/check-ins/instruments/<uuid:id>/<int:number>")
@writes(patient)
def answer(id: UUID, number: int) -> ResponseReturnValue:
    """Keep the answer and go on. One that the program's rule is about shows help first."""
    found = _instrument(id)
    draft = queries.draft(current_person, id, clock.now(), to_write=True)
    if draft is None:
        return _already(found, number)
    asked = _asked(found, draft, number)
    form = question_form(asked.item)(item=asked.item)
    if not form.validate():
        return _question_page(found, draft, asked, form), 422
    answers = actions.keep(draft, asked.item.link_id, form.given)
    after = _after(found, answers, asked)
    if found.is_at_once(answers, asked.item.link_id):
        return redirect(url_for("check_ins.pause", id=id, number=number))
    if after is not None:
        return redirect(url_for("check_ins.question", id=id, number=after.number))
    return _finish(found, draft)


@bp.get("/check-ins/instruments/<uuid:id>/<int:number>/help")
@reads(patient)
def pause(id: UUID, number: int) -> ResponseReturnValue:
    """Help and the safety plan, at once; going on can wait."""
    found, draft = _instrument(id), queries.draft(current_person, id, clock.now())
    if draft is None:
        return redirect(url_for("check_ins.instrument", id=id))
    asked = _asked(found, draft, number)
    return render_template(
        "questionnaires/pause.html",
        instrument=found,
        asked=asked,
        after=_after(found, draft.answers or {}, asked),
        form=OurForm(),
    )


@bp.post("/check-ins/instruments/<uuid:id>/end")
@writes(patient)
def end(id: UUID) -> ResponseReturnValue:
    """Finish, where help stood between the last question and this."""
    found = _instrument(id)
    draft = queries.draft(current_person, id, clock.now(), to_write=True)
    return _already(found) if draft is None else _finish(found, draft)


@bp.post("/check-ins/instruments/<uuid:id>/removal")
@writes(patient)
def throw_away(id: UUID) -> ResponseReturnValue:
    """Throw the answers so far away."""
    draft = queries.draft(current_person, id, clock.now(), to_write=True)
    if draft is not None:
        actions.throw_away(draft)
    flash(_("Your answers were deleted."), "saved")
    return redirect(url_for("check_ins.index"))


@bp.get("/check-ins/answers/<uuid:id>/file")
@opens(patient)
def take_along(id: UUID) -> Response:
    """The same as a FHIR QuestionnaireResponse, for whoever its author hands it to.

    It leaves an act, like other files. It doesn't ask for the password: whoever holds the phone
    reads the same on the page before, and nothing beyond it.
    """
    entry = one_of(current_person, Answers, id)
    found = or_not_found(queries.instrument(UUID(entry.instrument)))
    body = json.dumps(questionnaire_response(found, entry), ensure_ascii=False, indent=2)
    response = Response(body, content_type="application/fhir+json; charset=utf-8")
    response.headers["Content-Disposition"] = "attachment; filename=answers.json"
    begin_writing()
    record(ActKind.ANSWERS_TAKEN, person=current_person.id, about=entry.id)
    return response


def _question_page(found: Instrument, draft: CheckInDraft, asked: Asked, form: QuestionForm) -> str:
    opened = found.open(draft.answers or {})
    at = [shown.number for shown in opened].index(asked.number)
    return render_template(
        "questionnaires/question.html",
        instrument=found,
        asked=asked,
        form=form,
        place=at + 1,
        length=len(opened),
        before=opened[at - 1] if at else None,
        tells=any(rule.item == asked.item.link_id for rule in found.scoring.at_once),
    )


def _finish(found: Instrument, draft: CheckInDraft) -> ResponseReturnValue:
    answers: dict[str, Any] = draft.answers or {}
    missing = found.unanswered(answers)
    if missing is not None:
        flash(_("This question still needs an answer."), "problem")
        return redirect(url_for("check_ins.question", id=found.id, number=missing.number))
    if not any(shown.item.link_id in answers for shown in found.open(answers)):
        flash(_("You didn’t answer any questions, so nothing was saved."), "problem")
        return redirect(url_for("check_ins.instrument", id=found.id))
    entry = actions.finish(current_person, draft, found, zone())
    answered(current_person, entry)
    flash(saved(current_person, entry), "saved")
    return redirect(url_for("check_ins.show_answers", id=entry.id))


def _already(found: Instrument, number: int | None = None) -> ResponseReturnValue:
    """Tapped twice, or too late: to what it became, or to the beginning, with a sentence."""
    try:
        made = actions.finished_from(current_person, UUID(request.form.get("id", "")))
    except ValueError:
        made = None
    kept = (made.answers if made else None) or {}
    tapped = _tapped(found, number, kept)
    if made is None:
        said = _(
            "Your last answer wasn’t saved. These questions were finished or deleted somewhere "
            "else, or you started them more than two days ago."
        )
    elif number is None or (tapped and tapped.items() <= kept.items()):
        said = _("These answers were already saved.")
    else:
        said = _("These answers were already saved, without your last answer.")
    flash(said, "problem")
    if any(found.is_at_once(tapped, link_id) for link_id in tapped):
        return redirect(url_for("pwa.help_now"))
    if made is None:
        return redirect(url_for("check_ins.instrument", id=found.id))
    return redirect(url_for("check_ins.show_answers", id=made.id))


def _tapped(found: Instrument, number: int | None, kept: dict[str, Any]) -> dict[str, Any]:
    """What was answered too late to be kept, by question, if it answers one."""
    asked = next((shown for shown in found.open(kept) if shown.number == number), None)
    form = question_form(asked.item)(item=asked.item) if asked else None
    return {asked.item.link_id: form.given} if asked and form and form.validate() else {}


def _instrument(id: UUID) -> Instrument:
    return or_not_found(queries.instrument(id))


def _asked(found: Instrument, draft: CheckInDraft, number: int) -> Asked:
    """The question of this number, if it is asked."""
    opened = found.open(draft.answers or {})
    return or_not_found(next((shown for shown in opened if shown.number == number), None))


def _after(found: Instrument, answers: dict[str, Any], asked: Asked) -> Asked | None:
    return next((shown for shown in found.open(answers) if shown.number > asked.number), None)


def _next(found: Instrument, draft: CheckInDraft) -> Asked:
    """Where to go on: the first question without an answer, else the last one."""
    answers, opened = draft.answers or {}, found.open(draft.answers or {})
    return next((shown for shown in opened if answers.get(shown.item.link_id) is None), opened[-1])
