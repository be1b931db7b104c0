"""What the plan keeps: its parts, the safety plan, the story."""

from typing import Any
from uuid import UUID, uuid5

from webapp.core.crypto.sealing import Sealed
from webapp.entries.models import Entry

# One entry a part and person: the "phone's" id is made of the part's name.
_PARTS = UUID("0b8f1f0e-62a5-4f0a-9a4e-7a3c5f1d2e90")


def made_for(name: str) -> UUID:
    """The id with which a part's one entry is written."""
    return uuid5(_PARTS, name)


class PlanSection(Entry, kind="plan_section"):
    """One part of the recovery plan. What is inside, `outline.py` says, question by question."""

    lines = "plan/line.html"
    page = "plan.entry"

    part = Sealed[str]()  # of outline.PARTS


class SafetyPlan(Entry, kind="safety_plan"):
    """What to do, step by step, when things get dark; for oneself, at any hour."""

    lines = "plan/line.html"
    page = "plan.entry"

    part = Sealed[str]()
    signs = Sealed[str]()
    alone = Sealed[str]()
    company = Sealed[list[dict[str, Any]]]()
    places = Sealed[str]()
    ask = Sealed[list[dict[str, Any]]]()
    professionals = Sealed[list[dict[str, Any]]]()
    safer = Sealed[str]()
    worth = Sealed[str]()
    made = Sealed[dict[str, str]]()  # with whom, and the day


class Story(Entry, kind="story"):
    """How somebody came to this group: in full, in five minutes, or in one line."""

    lines = "plan/line.html"
    page = "plan.entry"

    part = Sealed[str]()


KINDS: dict[str, type[PlanSection | SafetyPlan | Story]] = {
    "plan": PlanSection,
    "safety": SafetyPlan,
    "story": Story,
}
