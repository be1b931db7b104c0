"""A time of day as people type it, and as the lists of recovery meetings write it."""

import re

from webapp.core.folding import folded
from webapp.core.limits import LINE

HOUR, DAY = 60, 24 * 60
_WORDS = {"noon": 12 * HOUR, "midnight": 0}
_TIME = re.compile(
    r"(\d{1,2})(?:[:.h]?(\d{2}))?(?:[:.]\d{2}(?:\.\d+)?)?\s*(?:([ap])\.?\s*(?:m\.?)?)?"
)


def minutes_of(text: str) -> int | None:
    """Minutes after midnight for 6pm, 6:00 PM, 6 p.m., 18:00, 1800, noon; None for anything else.

    A bare 6 could be either half of the day. 24:00 and later is the next day, for who allows it.
    """
    said = folded(text).strip() if len(text) <= LINE else ""
    if said in _WORDS:
        return _WORDS[said]
    found = _TIME.fullmatch(said)
    if found is None or not (found[2] or found[3]):
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    if found[3]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if found[3] == "p" else 0)
    return hour * HOUR + minute if minute < HOUR else None
