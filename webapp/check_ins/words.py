"""The words of the daily check-in."""

from enum import StrEnum

from webapp.core.wording import lazy_gettext as _l
from webapp.entries.words import ACTED

MOODS = {1: _l("Very low"), 2: _l("Low"), 3: _l("OK"), 4: _l("Good"), 5: _l("Very good")}
SLEPT = {1: _l("Barely"), 2: _l("Poorly"), 3: _l("OK"), 4: _l("Well")}
# What can be seen of it over time, as numbers.
COURSE = _l("Mood and sleep")
OVER_TIME = {"mood": (_l("Mood"), MOODS), "sleep": (_l("Sleep"), SLEPT)}
TAKEN = {
    "yes": _l("Yes"),
    "part": _l("Some of it"),
    "no": _l("No"),
    "none": _l("I don’t take any"),
}
CONNECTED = {"yes": _l("Yes"), "little": _l("A little"), "no": _l("No")}
USED = ACTED


class Safety(StrEnum):
    """Whether somebody is safe right now, as they say."""

    YES = "yes"
    UNSURE = "unsure"
    NO = "no"


UNSAFE = (Safety.NO, Safety.UNSURE)
SAFE = {
    Safety.YES: _l("Yes, I’m safe"),
    Safety.UNSURE: _l("I’m not sure"),
    Safety.NO: _l("No"),
}

# Each kind of answer by the name of its field, for whoever draws one.
ANSWERS = {
    "mood": MOODS,
    "sleep": SLEPT,
    "medication": TAKEN,
    "connection": CONNECTED,
    "used": USED,
    "safety": SAFE,
}


def said(value: object, name: str) -> str:
    """An answer of the daily check-in in words; nothing for none."""
    return str(ANSWERS[name].get(value, "")) if value is not None else ""  # type: ignore[attr-defined]
