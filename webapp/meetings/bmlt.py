"""BMLT's own JSON (`/client_interface/json/?switcher=GetSearchResults`) as Meeting Guide's. Pure.

Its days count from 1 (Sunday), it tells how long a meeting is instead of when it ends, and each
server may name its formats as it likes: those are read that the server's own list begins with.
"""

from collections.abc import Mapping
from typing import Any

from webapp.core.typed_time import DAY, HOUR, minutes_of

VIRTUAL = "2"  # of venue_type; 1 is in person, 3 both
# Here under Meeting Guide's names; what isn't here keeps its own, and is told as not read.
_NAMES = {
    "meeting_name": "name",
    "start_time": "time",
    "time_zone": "timezone",
    "location_text": "location",
    "location_info": "location_notes",
    "location_street": "address",
    "location_municipality": "city",
    "location_province": "state",
    "location_postal_code_1": "postal_code",
    "location_nation": "country",
    "location_neighborhood": "region",
    "location_sub_province": "sub_region",
    "virtual_meeting_link": "conference_url",
    "virtual_meeting_additional_info": "conference_url_notes",
    "phone_meeting_number": "conference_phone",
    "phone_meeting_additional_info": "conference_phone_notes",
    "comments": "notes",
}
_USED = ("id_bigint", "weekday_tinyint", "duration_time", "formats", "venue_type", "published")
# NA's types (vocabulary) for the keys that a new server comes with, where they differ.
_FORMATS = {
    "B": "BEG",
    "BK": "LIT",
    "D": "DISC",
    "JT": "JFT",
    "ME": "MED",
    "SD": "SPK",
    "SG": "SWG",
    "SL": "ASL",
    "SO": "SPK",
    "SP": "SPK",
    "ST": "STEP",
    "WC": "WCHR",
}


def is_own(row: Mapping[str, Any]) -> bool:
    """Whether a row has BMLT's own names."""
    return "slug" not in row and ("weekday_tinyint" in row or "id_bigint" in row)


def is_published(row: Mapping[str, Any]) -> bool:
    """Whether its server shows it to everyone; one that doesn't say so does."""
    return str(row.get("published", "1")) not in ("0", "False")


def as_meeting_guide(row: Mapping[str, Any]) -> dict[str, Any]:
    """The same meeting, under Meeting Guide's names."""
    meeting = {_NAMES.get(name, name): value for name, value in row.items() if name not in _USED}
    is_virtual = str(row.get("venue_type") or "") == VIRTUAL
    types = [_type(key) for key in str(row.get("formats") or "").split(",")]
    return meeting | {
        "slug": f"bmlt-{row['id_bigint']}" if row.get("id_bigint") else "",
        "day": _day(row.get("weekday_tinyint")),
        "end_time": _end(row.get("start_time"), row.get("duration_time")),
        "types": [*types, "ONL"] if is_virtual else types,
        "approximate": "yes" if is_virtual else "",
    }


def _type(key: str) -> str:
    return _FORMATS.get(key.strip().upper(), key.strip())


def _day(number: Any) -> Any:
    """0 is Sunday there; what is no number of theirs is refused."""
    if number in (None, ""):
        return None
    said = str(number).strip()
    return int(said) - 1 if said in tuple("1234567") else f"{said} of 1 to 7"


def _end(start: Any, duration: Any) -> str:
    begins, lasts = minutes_of(str(start or "")), minutes_of(str(duration or ""))
    if begins is None or not lasts:
        return ""
    hours, minutes = divmod((begins + lasts) % DAY, HOUR)
    return f"{hours:02}:{minutes:02}"
