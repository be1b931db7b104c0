"""The plan as plain text, answer by answer: for comparing versions."""

from collections.abc import Iterable, Mapping
from datetime import date, time
from typing import Any

from webapp.core.dates import day, wall, weekday
from webapp.core.wording import gettext as _
from webapp.entries.page import trigger_kinds
from webapp.plan.library import in_words
from webapp.plan.outline import Part, Question


def of_part(part: Part, content: Mapping[str, Any]) -> dict[Question, str]:
    """Each answer as text, by its question; what isn't answered is left out."""
    texts = {asked: of_answer(asked, content.get(asked.name)) for asked in part.questions}
    return {question: text for question, text in texts.items() if text}


def of_answer(question: Question, value: Any) -> str:
    """One answer as text, a line for each thing."""
    if not value:
        return ""
    if question.kind == "words":
        return str(value)
    if question.kind in ("skills", "favourites"):
        return "\n".join(in_words(item) for item in value)
    if question.kind in ("prescriber", "made"):
        return _joined(value.get("who"), value.get("phone"), in_full(value.get("day")))
    lines = {"contacts": _contact, "goals": _goal, "planned": _planned, "week": _activity}
    if question.kind == "week":
        value = in_week_order(value)
    return "\n".join(lines[question.kind](item) for item in value)


def in_full(iso: str | None) -> str:
    """Monday, November 23, of the day in a sealed content."""
    return day(date.fromisoformat(iso)) if iso else ""


def in_week_order(activities: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """From Monday on, and through each day."""
    return sorted(activities, key=lambda activity: (activity["day"], activity.get("at") or ""))


def at_hour(iso: str | None) -> str:
    """6:30 PM, of the time in a sealed content."""
    return wall(time.fromisoformat(iso)) if iso else ""


def as_date(iso: str | None) -> date | None:
    """The date in a sealed content, which is JSON."""
    return date.fromisoformat(iso) if iso else None


def _contact(contact: dict[str, Any]) -> str:
    return _joined(contact.get("name"), contact.get("phone"), contact.get("note"))


def _goal(goal: dict[str, Any]) -> str:
    steps = [
        _joined(
            ("✓ " if step.get("done") else "– ") + (step.get("words") or ""),
            in_full(step.get("by")),
        )
        for step in goal.get("steps") or []
    ]
    told = [_joined(goal.get("words"), made_with(goal), in_full(goal.get("review"))), *steps]
    return "\n".join([*told, goal["going"]] if goal.get("going") else told)


def made_with(goal: Mapping[str, Any]) -> str:
    """With whom a goal was made, and when it was agreed on, as its author says."""
    if not goal.get("with"):
        return ""
    if goal.get("agreed"):
        return _("Agreed on %(day)s with %(who)s", day=in_full(goal["agreed"]), who=goal["with"])
    return _("Made with %(who)s", who=goal["with"])


def _planned(trigger: dict[str, Any]) -> str:
    what = _joined(
        trigger_kinds([trigger["kind"]] if trigger.get("kind") else []), trigger.get("what")
    )
    return f"{what}: {trigger.get('response') or ''}"


def _activity(activity: dict[str, Any]) -> str:
    return _joined(weekday(int(activity["day"])), at_hour(activity.get("at")), activity.get("what"))


def _joined(*parts: str | None) -> str:
    return ", ".join(part for part in parts if part)
