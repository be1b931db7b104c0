"""A row of a feed becomes a meeting, or a reason why not. Pure.

The format is Meeting Guide JSON (code4recovery/spec@404117a) and what BMLT's tsml endpoint makes
of it. Real feeds differ from both: what can be understood is read, and nothing makes this stop.
"""

import html
import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from webapp.core.clock import WINTERS
from webapp.core.folding import place_name
from webapp.meetings.vocabulary import LOCATION_CLOSED, ONLINE, meaning

LINE, NOTES = 255, 2_000
HOUR, DAY = 60, 24 * 60


class Mode(StrEnum):
    """How a meeting can be attended, as its fields say together."""

    IN_PERSON = "in_person"
    ONLINE = "online"
    HYBRID = "hybrid"
    PHONE = "phone"
    CLOSED = "closed"  # its place is closed for now, and there is no other way
    UNSAID = "unsaid"


@dataclass(frozen=True)
class Listed:
    """A meeting as a feed lists it. No contacts: names of people aren't kept."""

    slug: str
    name: str
    fellowship: str
    days: tuple[int, ...]  # 0 is Monday; none: by appointment
    starts: int | None  # minutes after midnight, by the clock in `zone`
    minutes: int
    zone: str
    mode: str
    group: str
    location: str
    address: str
    city: str
    places: str  # |springfield|springfield il|62701|
    latitude: float | None
    longitude: float | None
    conference_url: str
    conference_phone: str
    notes: str
    tags: str  # |open|wheelchair|
    types: str  # the codes as they came, known or not
    url: str
    entity: str


class CannotRead(Exception):
    """Why a row can't be a meeting, in a sentence."""


def read(row: Any, fellowship: str, zone: str) -> Listed:
    """A meeting from one row. Raises CannotRead.

    `fellowship` and `zone` are the feed's: no field names the first, and the second is optional.
    """
    if not isinstance(row, Mapping):
        raise CannotRead("It isn’t an object with fields.")
    slug, name = text(row.get("slug"), LINE), text(row.get("name"), LINE)
    if not slug:
        raise CannotRead("It has no slug.")
    if not name:
        raise CannotRead("It has no name.")
    days, starts = _days(row.get("day")), _time(row.get("time"))
    if days and starts is None:
        raise CannotRead("It has a day but no time.")
    if starts is not None and not days:
        raise CannotRead("It has a time but no day.")
    codes = _codes(row.get("types"))
    marks = meaning(fellowship, codes)
    where = _where(row)
    latitude, longitude = _position(row)
    link = _link(row.get("conference_url"))
    phone = _phone(row.get("conference_phone"))
    return Listed(
        slug=slug,
        name=name,
        fellowship=fellowship,
        days=days,
        starts=starts,
        minutes=_length(starts, row.get("end_time")),
        zone=_zone(row.get("timezone"), zone),
        mode=_mode(where.is_specific, marks, link, phone),
        group=text(row.get("group"), LINE),
        location=text(row.get("location"), LINE),
        address=where.address,
        city=where.city,
        places=packed(where.places),
        latitude=latitude,
        longitude=longitude,
        conference_url=link,
        conference_phone=phone,
        notes=text(row.get("notes"), NOTES),
        tags=packed(sorted(marks - {ONLINE, LOCATION_CLOSED})),
        types=packed(codes)[:LINE],
        url=_link(row.get("url")),
        entity=text(row.get("entity"), LINE),
    )


def text(value: Any, most: int) -> str:
    """Plain text from whatever stands there: entities and tags resolved, odd characters gone."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    plain = str(value)
    if "&" in plain:
        plain = html.unescape(html.unescape(plain))  # many sites escape twice
    if "<" in plain:
        plain = re.sub(r"<br\s*/?>|</p>", "\n", plain, flags=re.IGNORECASE)
        plain = re.sub(r"</?[a-zA-Z][^<>]*>", "", plain)
    if not plain.isprintable():
        plain = "".join(one for one in plain if one == "\n" or _is_kept(one)).strip("\n")
    return unicodedata.normalize("NFC", plain).strip()[:most].strip()


def packed(values: Any) -> str:
    """|a|b|, so that one LIKE finds a whole value."""
    found = dict.fromkeys(str(one).replace("|", " ") for one in values if one)
    return f"|{'|'.join(found)}|" if found else ""


_DAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def _days(value: Any) -> tuple[int, ...]:
    if value is None or value == "" or value == []:
        return ()
    parts = value if isinstance(value, list) else re.split(r"[,/;&|]|\band\b", str(value))
    return tuple(sorted({_day(one) for one in parts}))


def _day(value: Any) -> int:
    """Ours counts from Monday, a feed's from Sunday."""
    said = str(value).strip().casefold()
    if isinstance(value, bool) or not said:
        raise CannotRead(f"“{_short(value)}” is no day of the week.")
    if re.fullmatch(r"[0-6](\.0+)?", said):
        return (int(said[0]) - 1) % 7
    for number, name in enumerate(_DAY_NAMES):
        if len(said) >= 2 and (name.startswith(said.rstrip(".")) or said == name + "s"):
            return number
    raise CannotRead(f"“{_short(value)}” is no day of the week.")


_CLOCK = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?(?:[:.]\d{2}(?:\.\d+)?)?\s*(a|p)?\.?(?:m\.?)?")


def _time(value: Any) -> int | None:
    """Minutes after midnight: 19:00, 19:00:00, 7 pm, 7:30 p.m., noon."""
    if value is None or value == "":
        return None
    said = str(value).strip().casefold()
    if said in ("noon", "midnight"):
        return 12 * HOUR if said == "noon" else 0
    found = _CLOCK.fullmatch(said)
    if found is None or (found[2] is None and found[3] is None):
        raise CannotRead(f"“{_short(value)}” is no time of day.")
    hour, minute = int(found[1]), int(found[2] or 0)
    if found[3]:
        if not 1 <= hour <= 12:
            raise CannotRead(f"“{_short(value)}” is no time of day.")
        hour = hour % 12 + (12 if found[3] == "p" else 0)
    if hour > 23 or minute > 59:
        raise CannotRead(f"“{_short(value)}” is no time of day.")
    return hour * HOUR + minute


def _length(starts: int | None, end: Any) -> int:
    """Until its end time, over midnight if need be; an hour where none can be read."""
    if starts is None:
        return HOUR
    try:
        ends = _time(end)
    except CannotRead:
        return HOUR
    return (ends - starts) % DAY or HOUR if ends is not None else HOUR


def _zone(value: Any, otherwise: str) -> str:
    said = text(value, LINE)
    if not said:
        return otherwise
    if said in WINTERS:
        if datetime(2026, 1, 1, tzinfo=ZoneInfo(otherwise)).tzname() == said:
            return otherwise
        raise CannotRead(f"“{said}” has no summer time; a zone is called America/New_York, say.")
    if said not in _zones():
        raise CannotRead(f"The time zone “{_short(said)}” is unknown.")
    return said


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _codes(value: Any) -> list[str]:
    parts = value if isinstance(value, list) else str(value or "").split(",")
    return [code for one in parts if (code := text(one, 32))]


@dataclass(frozen=True)
class _Where:
    address: str
    city: str
    places: list[str]
    is_specific: bool


_NO_STREET = {"online", "zoom", "virtual", "online meeting", "phone", "tba", "tbd", "n a"}


def _where(row: Mapping[str, Any]) -> _Where:
    street, whole = text(row.get("address"), LINE), text(row.get("formatted_address"), LINE)
    city, state = text(row.get("city"), LINE), text(row.get("state"), 64)
    postal = text(row.get("postal_code"), 32)
    if place_name(street) in _NO_STREET:
        street = ""
    parts = [one.strip() for one in (whole or street).split(",")]
    if not city and len(parts) > 2:
        city = parts[1]
        state = state or re.sub(r"[\s\d-]+$", "", parts[2])
        postal = postal or "".join(re.findall(r"\b\d{5}\b", parts[2]))
    address = whole or ", ".join(one for one in (street, city, state, postal) if one)
    if not whole and city and f", {city}" in street:
        address = street  # the street line has the town in it already
    regions = row.get("regions")
    named = [row.get("region"), row.get("sub_region"), *(_some(regions))]
    places = [city, f"{city} {state}" if city and state else "", postal, *named]
    is_specific = bool(street or len(parts) > 3 or (whole and re.match(r"\d+\w?\s", whole)))
    is_vague = str(row.get("approximate", "")).strip().casefold() in ("yes", "true", "1")
    keys = [place_name(text(one, LINE)) for one in places]
    return _Where(address[:LINE], city, keys, is_specific and not is_vague)


def _some(value: Any) -> list[Any]:
    return value[:10] if isinstance(value, list) else [value]


def _position(row: Mapping[str, Any]) -> tuple[float | None, float | None]:
    """Numbers, numbers as text, or BMLT's "lat,lng". Nobody meets at 0, 0."""
    latitude, longitude = row.get("latitude"), row.get("longitude")
    pair = row.get("coordinates")
    if (latitude is None or longitude is None) and isinstance(pair, str) and pair.count(",") == 1:
        latitude, longitude = pair.split(",")
    north, east = _number(latitude), _number(longitude)
    if north is None or east is None or abs(north) > 90 or abs(east) > 180:
        return None, None
    return (north, east) if (north, east) != (0, 0) else (None, None)


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _link(value: Any) -> str:
    said = text(value, NOTES)
    try:
        parts = urlsplit(said)
        good = parts.scheme in ("https", "http") and bool(parts.hostname)
    except ValueError:
        return ""
    return said if good and " " not in said and "\n" not in said else ""


def _phone(value: Any) -> str:
    said = text(value, 64)
    return said if sum(one.isdigit() for one in said) >= 3 else ""


def _mode(is_specific: bool, marks: frozenset[str], link: str, phone: str) -> Mode:
    here = is_specific and LOCATION_CLOSED not in marks
    if link or phone:
        if here:
            return Mode.HYBRID
        return Mode.ONLINE if link else Mode.PHONE
    if ONLINE in marks:  # older feeds say so and leave the link out
        return Mode.ONLINE
    if here:
        return Mode.IN_PERSON
    return Mode.CLOSED if LOCATION_CLOSED in marks else Mode.UNSAID


def _is_kept(character: str) -> bool:
    return (
        character.isprintable() or character == "\u00a0" or unicodedata.category(character) == "Zs"
    )


def _short(value: Any) -> str:
    return text(str(value), 40)
