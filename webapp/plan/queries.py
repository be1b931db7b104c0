"""Reading one's own plan."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select

from webapp.accounts.models import Person
from webapp.core.data.db import db
from webapp.core.phones import dial
from webapp.entries.models import Entry, entry_id
from webapp.entries.queries import former_versions, own, own_even_unopened
from webapp.plan.models import KINDS, PlanSection, SafetyPlan, Story, made_for
from webapp.plan.outline import GOALS, SAFETY, SUPPORTS, TRIGGERS, Part, Question


def part_id(person: Person, part: Part) -> UUID:
    """The id of the entry that keeps a part of somebody's plan."""
    return entry_id(person.id, made_for(part.name))


def part_of(person: Person, part: Part) -> PlanSection | SafetyPlan | Story | None:
    """One part of somebody's own plan, if it was begun."""
    return own(person, KINDS[part.group], part_id(person, part))


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


def own_part(
    person: Person, id: UUID, *, removed: bool = False
) -> PlanSection | SafetyPlan | Story | None:
    """A part of somebody's own plan, by the entry's id; also one that can't be opened."""
    entry = own_even_unopened(person, Entry, id, removed=removed)
    return entry if isinstance(entry, PlanSection | SafetyPlan | Story) else None


def items_of(person: Person, part: Part, question: Question) -> list[dict[str, Any]]:
    """A list in somebody's own plan, to read or to change."""
    entry = own_even_unopened(person, KINDS[part.group], part_id(person, part))
    return deepcopy(entry.content.get(question.name) or []) if entry else []


# Whom somebody named, those first who know that they are asked for help.
_CALLED = ((SAFETY, "ask"), (SUPPORTS, "supports"), (SAFETY, "company"), (SAFETY, "professionals"))


def people_to_call(parts: Mapping[str, Entry]) -> list[dict[str, str]]:
    """Everybody in a plan who has a number that a tap dials: name, number, note; each once."""
    found: dict[str, dict[str, str]] = {}
    for part, question in _CALLED:
        entry = parts.get(part.name)
        for contact in (entry.content.get(question) if entry else None) or []:
            if number := dial(contact.get("phone")):
                person = {
                    "name": contact["name"],
                    "number": number,
                    "note": contact.get("note", ""),
                }
                found.setdefault(number, person)
    return list(found.values())


def goals_in(entry: Entry) -> dict[str, dict[str, Any]]:
    """The goals that an entry keeps, by their ids; of any other entry none."""
    listed = entry.content.get(GOALS.name) if isinstance(entry, PlanSection) else None
    return {goal["id"]: goal for goal in listed or []}


def was_listed(person: Person, part: Part, question: Question, id: str) -> bool:
    """Whether something stood on a list in any version of it.

    A former version stays as it is: of the many things that one phone brings, the first opens
    them all, and the others only what came since.
    """
    entry = part_of(person, part)
    if entry is None:
        return False
    seen: dict[Any, tuple[int, set[str]]] = db.session.info.setdefault("listed", {})
    above, ids = seen.get((entry.id, question.name), (0, set()))
    former = former_versions(entry, above=above)
    for version in former:
        ids.update(item["id"] for item in version.content.get(question.name) or [])
    seen[entry.id, question.name] = (former[0].number if former else above, ids)
    return id in ids or any(listed["id"] == id for listed in entry.content.get(question.name) or [])


def planned_of(person: Person) -> list[dict[str, Any]]:
    """What somebody plans to do, trigger by trigger."""
    return items_of(person, TRIGGERS, TRIGGERS.questions[0])


def changed_since(entry: Entry | None, version: int, name: str, id: str | None = None) -> bool:
    """Whether this answer, or one thing on a list, was changed elsewhere since `version` was on
    the screen."""
    if entry is None or entry.version == version:
        return False
    now = _said(entry.content, name, id)
    for former in former_versions(entry, before=version + 1, above=version - 1):
        return bool(_said(former.content, name, id) != now)
    return bool(now)


def _said(content: dict[str, Any], name: str, id: str | None) -> Any:
    said = content.get(name)
    return said if id is None else next((item for item in said or [] if item["id"] == id), None)
