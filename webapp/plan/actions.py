"""Answering the plan's questions."""

from typing import Any

from webapp.accounts.models import Person
from webapp.core import clock
from webapp.core.errors import Ceiling
from webapp.core.limits import ITEMS
from webapp.core.wording import gettext as _
from webapp.entries import actions as entries
from webapp.plan import queries
from webapp.plan.models import KINDS, PlanSection, SafetyPlan, Story, made_for
from webapp.plan.outline import Part, Question
from webapp.sharing.actions import end_shares_of


def answer(
    person: Person, part: Part, question: Question, value: Any
) -> PlanSection | SafetyPlan | Story | None:
    """Keep one answer; how it was before stays as a version. Nothing said begins nothing."""
    there = queries.part_of(person, part)
    now = clock.now()
    if there is None and not value:
        return None
    if there is None:
        content = {"part": part.name, question.name: value}
        removed = queries.own_part(person, queries.part_id(person, part), removed=True)
        if removed is None:
            return entries.write(KINDS[part.group], person, made_for(part.name), now, content)
        # Whoever could open what was removed was shown other words than these.
        end_shares_of(removed)
        entries.begin_anew(removed, now, content)
        return removed
    if (there.content.get(question.name) or None) != (value or None):
        content = {**there.content, question.name: value}
        entries.edit(there, there.version, now, content)
    return there


def put_item(person: Person, part: Part, question: Question, item: dict[str, Any]) -> None:
    """Add something to a list, or change it; the same item twice is one.

    Raises Ceiling when the list is full: nothing on it makes room by itself.
    """
    there = queries.items_of(person, part, question)
    ids = [listed["id"] for listed in there]
    if item["id"] in ids:
        there[ids.index(item["id"])] = item
    else:
        if len(there) >= ITEMS:
            raise Ceiling(_("This list is full. Remove something first."))
        there.append(item)
    answer(person, part, question, there)


def remove_item(person: Person, part: Part, question: Question, id: str) -> None:
    """Take something off a list; it stays in the former version."""
    there = queries.items_of(person, part, question)
    answer(person, part, question, [item for item in there if item["id"] != id])
