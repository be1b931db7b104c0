"""Reading one's own plan."""

from copy import deepcopy
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select

from webapp.accounts.models import Person
from webapp.core.db import db
from webapp.entries.models import Entry, entry_id
from webapp.entries.queries import own, own_list, versions
from webapp.plan.models import KINDS, Milestone, PlanSection, SafetyPlan, Story, made_for
from webapp.plan.outline import TRIGGERS, Part, Question


def part_of(person: Person, part: Part) -> PlanSection | SafetyPlan | Story | None:
    """One part of somebody's own plan, if it was begun."""
    return own(person, KINDS[part.group], entry_id(person.id, made_for(part.name)))


PART_KINDS = [kind.__mapper__.polymorphic_identity for kind in KINDS.values()]
_PARTS = select(Entry).where(
    Entry.author_id == bindparam("author"),
    Entry.kind.in_(PART_KINDS),
    Entry.removed_at.is_(None),
)


def parts_of(person: Person) -> dict[str, Entry]:
    """Every part that somebody has begun, by its name, in one statement."""
    found = db.session.scalars(_PARTS, {"author": person.id})
    return {entry.content.get("part", ""): entry for entry in found}


def own_part(person: Person, id: UUID) -> Entry | None:
    """A part of somebody's own plan, by the entry's id."""
    entry = own(person, Entry, id)
    return entry if isinstance(entry, PlanSection | SafetyPlan | Story) else None


def items_of(person: Person, part: Part, question: Question) -> list[dict[str, Any]]:
    """A list in somebody's own plan, to read or to change."""
    entry = part_of(person, part)
    return deepcopy(entry.content.get(question.name) or []) if entry else []


def was_listed(person: Person, part: Part, question: Question, id: str) -> bool:
    """Whether something stood on a list in any version of it."""
    entry = part_of(person, part)
    lists = [one.content.get(question.name) or [] for one in versions(entry)] if entry else []
    return any(item["id"] == id for items in lists for item in items)


def planned_of(person: Person) -> list[dict[str, Any]]:
    """What somebody plans to do, trigger by trigger."""
    return items_of(person, TRIGGERS, TRIGGERS.questions[0])


def changed_since(entry: Entry | None, version: int, name: str, id: str | None = None) -> bool:
    """Whether this answer, or one thing on a list, was changed elsewhere since `version` was on
    the screen."""
    if entry is None or entry.version == version:
        return False
    now = _said(entry.content, name, id)
    for one in versions(entry):
        if one.number == version:
            return bool(_said(one.content, name, id) != now)
    return bool(now)


def _said(content: dict[str, Any], name: str, id: str | None) -> Any:
    said = content.get(name)
    return said if id is None else next((one for one in said or [] if one["id"] == id), None)


def milestones_of(person: Person) -> list[Milestone]:
    """What somebody counts, in the order in which they began."""
    return sorted(own_list(person, Milestone), key=lambda one: one.created_at)
