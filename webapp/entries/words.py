"""The words for triggers, feelings and the body, used by every feature that asks for them."""

from enum import StrEnum
from typing import Any, NamedTuple

from webapp.accounts.models import HereFor
from webapp.core.wording import lazy_gettext as _l

TRIGGER_KINDS = {
    "person": _l("Someone"),
    "place": _l("A place"),
    "feeling": _l("A feeling"),
    "body": _l("My body"),
    "time": _l("Time of day"),
    "memory": _l("A memory"),
    "conflict": _l("Conflict"),
    "money": _l("Money"),
    "good_news": _l("Good news"),
    "other": _l("Something else"),
}

FEELINGS = {
    "angry": _l("Angry"),
    "anxious": _l("Anxious"),
    "ashamed": _l("Ashamed"),
    "bored": _l("Bored"),
    "empty": _l("Empty"),
    "guilty": _l("Guilty"),
    "hopeful": _l("Hopeful"),
    "hungry": _l("Hungry"),
    "lonely": _l("Lonely"),
    "numb": _l("Numb"),
    "overwhelmed": _l("Overwhelmed"),
    "restless": _l("Restless"),
    "sad": _l("Sad"),
    "tired": _l("Tired"),
}


class Asked(NamedTuple):
    """How the scale is asked, and afterwards, and what its two ends mean."""

    now: Any
    after: Any
    low: Any = _l("none")
    high: Any = _l("overwhelming")
    today: Any = None  # on Today, if otherwise


# By what somebody is here for. Whoever didn't say is asked as before.
ASKED: dict[str | None, Asked] = {
    HereFor.MENTAL_HEALTH: Asked(
        _l("How hard is it right now?"), _l("How hard was it afterward?"), _l("not hard")
    ),
    HereFor.BOTH: Asked(
        _l("How strong is the urge, or how hard is it?"), _l("How was it afterward?")
    ),
}
ASKED_BEFORE = Asked(
    _l("How strong is the urge?"),
    _l("How strong was the urge afterward?"),
    today=_l("How strong is the urge right now?"),
)


def asked_of(here_for: str | None) -> Asked:
    """How the scale is asked of somebody; on a page for everybody, of nobody."""
    return ASKED.get(here_for, ASKED_BEFORE)


class Acted(StrEnum):
    """Whether the urge was acted on. Not answering is an answer, and so is saying so."""

    NO = "no"
    YES = "yes"
    UNSAID = "unsaid"


ACTED = {
    Acted.NO: _l("No"),
    Acted.YES: _l("Yes"),
    Acted.UNSAID: _l("I’d rather not say"),
}
