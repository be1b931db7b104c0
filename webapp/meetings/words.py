"""The words for fellowships, formats and ways to attend; fellowships by alphabet, as equals."""

from flask_babel import lazy_gettext as _l

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
    "other": _l("Another one"),
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
    "hybrid": _l("Both at once"),
    "phone": _l("By phone"),
}


def fellowship_name(key: str | None) -> str:
    """AA, for aa."""
    return str(FELLOWSHIPS.get(key, "")) if key and key != "other" else ""


def format_name(key: str | None) -> str:
    """Speaker, for speaker."""
    return str(FORMATS.get(key, "")) if key else ""


def attended_name(key: str | None) -> str:
    """In person, for in_person."""
    return str(ATTENDED.get(key, "")) if key else ""
