"""The words for fellowships, formats and ways to attend; fellowships by alphabet, as equals."""

from datetime import time

from webapp.core.dates import wall
from webapp.core.wording import lazy_gettext as _l
from webapp.meetings.vocabulary import LANGUAGES, TAGS

FELLOWSHIPS = {
    "aa": _l("AA"),
    "al-anon": _l("Al-Anon"),
    "ca": _l("CA"),
    "cma": _l("CMA"),
    "ga": _l("GA"),
    "ha": _l("HA"),
    "lifering": _l("LifeRing"),
    "ma": _l("MA"),
    "na": _l("NA"),
    "oa": _l("OA"),
    "rd": _l("Recovery Dharma"),
    "rr": _l("Refuge Recovery"),
    "slaa": _l("SLAA"),
    "smart": _l("SMART"),
    "wfs": _l("Women for Sobriety"),
    "other": _l("Something else"),
}

FORMATS = {
    "discussion": _l("Discussion"),
    "speaker": _l("Speaker"),
    "step": _l("Step or tool study"),
    "literature": _l("Reading"),
    "meditation": _l("Meditation"),
    "beginner": _l("For newcomers"),
    "other": _l("Something else"),
}

ATTENDED = {
    "in_person": _l("In person"),
    "online": _l("Online"),
    "hybrid": _l("In person and online"),
    "phone": _l("By phone"),
}

WAYS = {
    "in_person": _l("In person"),
    "online": _l("Online or by phone"),
}

MODES = {
    "in_person": _l("In person"),
    "online": _l("Online"),
    "hybrid": _l("In person and online"),
    "phone": _l("By phone"),
    "closed": _l("Location closed for now"),
    "unsaid": _l("Ask where it meets"),
}

PARTS = {
    "morning": _l("Morning"),
    "afternoon": _l("Afternoon"),
    "evening": _l("Evening"),
    "night": _l("Night"),
}


def fellowship_name(key: str | None) -> str:
    """AA, for aa."""
    return str(FELLOWSHIPS.get(key, "")) if key and key != "other" else ""


def fellowship_label(key: str) -> str:
    """The same as it is chosen: Something else, for other."""
    return str(FELLOWSHIPS.get(key, key))


def format_name(key: str | None) -> str:
    """Speaker, for speaker."""
    return str(FORMATS.get(key, "")) if key else ""


def attended_name(key: str | None) -> str:
    """In person, for in_person."""
    return str(ATTENDED.get(key, "")) if key else ""


def mode_name(key: str) -> str:
    """In person and online, for hybrid."""
    return str(MODES.get(key, ""))


def tag_name(key: str) -> str:
    """Wheelchair access, for wheelchair; Spanish, for es."""
    return str((TAGS | LANGUAGES).get(key, ""))


def wall_hour(minute: int) -> str:
    """6:00 PM, for a minute of the day or of the week."""
    return wall(time(minute // 60 % 24, minute % 60))
