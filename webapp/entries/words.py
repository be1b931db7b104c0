"""The words for triggers, feelings and the body, used by every feature that asks for them."""

from enum import StrEnum

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
