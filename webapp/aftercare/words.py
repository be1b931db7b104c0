"""The words for what can be tapped."""

from typing import Any

from webapp.core.wording import lazy_gettext as _l

OCCUPIED = {
    "full": _l("Yes, full-time"),
    "part": _l("Yes, part-time"),
    "home": _l("I take care of my home or family"),
    "no": _l("No"),
}
GOING = {
    5: _l("Very well"),
    4: _l("Well"),
    3: _l("OK"),
    2: _l("Not well"),
    1: _l("Badly"),
}
ANSWERS: dict[str, dict[Any, Any]] = {"occupied": OCCUPIED, "going": GOING}
LAW = {"no": _l("No"), "yes": _l("Yes")}
SAFETY_PLAN = {"yes": _l("Yes"), "no": _l("No")}
APP = {
    "most": _l("On most days"),
    "some": _l("On some days"),
    "hardly": _l("Hardly ever, or never"),
}


def said(answer: str | int | None, question: str) -> str:
    """An answer as it was tapped."""
    return str(ANSWERS[question].get(answer, ""))
