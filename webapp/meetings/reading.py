"""A row of a feed becomes a meeting, or a reason why not. Pure.

The format is Meeting Guide JSON (code4recovery/spec@404117a), what BMLT's tsml endpoint makes of
it, and BMLT's own. Real feeds differ from all: what can be understood is read, and nothing makes
this stop.
"""

import html
import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from webapp.core.clock import WINTERS
from webapp.core.folding import place_name, short_runs
from webapp.core.typed_time import DAY, HOUR, minutes_of
from webapp.core.wording import gettext as _
from webapp.meetings import bmlt
from webapp.meetings.states import STATES, state_code
from webapp.meetings.vocabulary import LOCATION_CLOSED, ONLINE, meaning

LINE, NOTES, PHONE = 255, 2_000, 64


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
    group_notes: str
    location: str
    location_notes: str
    address: str
    city: str
    state: str  # IL
    places: str  # |springfield|springfield il|springfield illinois|62701|
    latitude: float | None
    longitude: float | None
    conference_url: str
    conference_url_notes: str  # a passcode, say: in no log, address or calendar of ours
    conference_phone: str
    conference_phone_notes: str
    notes: str
    tags: str  # |open|wheelchair|
    types: str  # the codes as they came, known or not
    url: str
    entity: str


class CannotRead(Exception):
    """Why a row can't be a meeting, in a sentence."""


_READ = {
    "slug", "name", "day", "time", "end_time", "timezone", "types", "group", "group_notes",
    "location", "location_notes", "address", "formatted_address", "city", "state", "postal_code",
    "country", "region", "sub_region", "regions", "approximate", "latitude", "longitude",
    "coordinates", "conference_url", "conference_url_notes", "conference_phone",
    "conference_phone_notes", "notes", "url", "entity",
}  # fmt: skip


@dataclass
class Fields:
    """A row's fields, and what has to be said of them. Words of the feed that may hold a passcode
    are never quoted: what is said ends up in the logs of whoever imports every night."""

    values: Mapping[str, Any]
    remarks: list[str] = field(default_factory=list)

    def text(self, name: str, most: int = LINE) -> str:
        """A field as plain text; it is said where not all of it is kept."""
        value = self.values.get(name)
        plain = text(value, most + 1)
        if len(plain) > most:
            self.remarks.append(f"{name} was cut off after {most} characters.")
        elif not plain and value not in _NOTHING:
            self.remarks.append(f"{name} isn’t text, so it’s ignored.")
        return plain[:most].strip()

    @property
    def unread(self) -> list[str]:
        """The names of fields that say something and aren’t read."""
        return [
            _short(name) for name, value in self.values.items()
            if name not in _READ and value not in _NOTHING
        ]  # fmt: skip


_NOTHING: tuple[Any, ...] = (None, "", [], {}, False)


def read(row: Any, fellowship: str, zone: str) -> Listed:
    """A meeting from one row. Raises CannotRead.

    `fellowship` and `zone` are the feed's: no field names the first, and the second is optional.
    """
    return understood(opened(row), fellowship, zone)


def opened(row: Any) -> Fields:
    """A row whose fields can be asked for. Raises CannotRead."""
    if not isinstance(row, Mapping):
        raise CannotRead(_("It isn’t an object with fields."))
    if not bmlt.is_own(row):
        return Fields(row)
    if not bmlt.is_published(row):
        raise CannotRead(_("Its server holds it back."))
    return Fields(bmlt.as_meeting_guide(row))


def understood(row: Fields, fellowship: str, zone: str) -> Listed:
    """What a row says, and in its remarks what couldn't be taken as it stands."""
    slug, name = row.text("slug"), row.text("name")
    if not slug:
        raise CannotRead(_("It has no slug."))
    if not name:
        raise CannotRead(_("It has no name."))
    days, starts = _start(row)
    codes = _codes(row.values.get("types"))
    marks = meaning(fellowship, codes)
    where = _where(row)
    latitude, longitude = _position(row)
    link, beside_link = _link(row, "conference_url")
    phone, beside_phone = _phone(row)
    page, beside_page = _link(row, "url")
    if page and beside_page:
        row.remarks.append("url has other text with its link. Only the link is kept.")
    return Listed(
        slug=slug,
        name=name,
        fellowship=fellowship,
        days=days,
        starts=starts,
        minutes=_length(row, starts),
        zone=_zone(row.values.get("timezone"), zone),
        mode=_mode(where.is_specific, marks, link, phone),
        group=row.text("group"),
        group_notes=row.text("group_notes", NOTES),
        location=row.text("location"),
        location_notes=row.text("location_notes", NOTES),
        address=where.address,
        city=where.city,
        state=where.state,
        places=packed(where.places),
        latitude=latitude,
        longitude=longitude,
        conference_url=link,
        conference_url_notes=_joined(beside_link, row.text("conference_url_notes", NOTES)),
        conference_phone=phone,
        conference_phone_notes=_joined(beside_phone, row.text("conference_phone_notes", NOTES)),
        notes=row.text("notes", NOTES),
        tags=packed(sorted(marks - {ONLINE, LOCATION_CLOSED})),
        types=packed(codes)[:LINE],
        url=page,
        entity=row.text("entity"),
    )


def _joined(*words: str) -> str:
    return "\n".join(dict.fromkeys(word for word in words if word))[:NOTES]


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
        plain = "".join(
            character for character in plain if character == "\n" or _is_kept(character)
        ).strip("\n")
    return unicodedata.normalize("NFC", short_runs(plain)).strip()[:most].strip()


def packed(values: Any) -> str:
    """|a|b|, so that one LIKE finds a whole value."""
    found = dict.fromkeys(str(value).replace("|", " ") for value in values if value)
    return f"|{'|'.join(found)}|" if found else ""


_DAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def _days(value: Any) -> tuple[int, ...]:
    if value is None or value == "" or value == []:
        return ()
    parts = value if isinstance(value, list) else re.split(r"[,/;&|]|\band\b", str(value))
    return tuple(sorted({_day(part) for part in parts}))


def _day(value: Any) -> int:
    """Ours counts from Monday, a feed's from Sunday."""
    said = str(value).strip().casefold()
    if isinstance(value, bool) or not said:
        raise CannotRead(_("“%(said)s” isn’t a day of the week.", said=_short(value)))
    if re.fullmatch(r"[0-6](\.0+)?", said):
        return (int(said[0]) - 1) % 7
    for number, name in enumerate(_DAY_NAMES):
        if len(said) >= 2 and (name.startswith(said.rstrip(".")) or said == name + "s"):
            return number
    raise CannotRead(_("“%(said)s” isn’t a day of the week.", said=_short(value)))


def _start(row: Fields) -> tuple[tuple[int, ...], int | None]:
    """Days and minutes after midnight; 24:00 is when the next day begins."""
    days, starts = _days(row.values.get("day")), _time(row.values.get("time"), DAY)
    if days and starts is None:
        raise CannotRead(_("It has a day but no time."))
    if starts is not None and not days:
        raise CannotRead(_("It has a time but no day."))
    if starts == DAY:
        return tuple(sorted((day + 1) % 7 for day in days)), 0
    return days, starts


def _time(value: Any, latest: int) -> int | None:
    """Minutes after midnight: 19:00, 19:00:00, 7 pm, 7:30 p.m., noon, 24:00."""
    if value is None or value == "":
        return None
    minutes = minutes_of(str(value))
    if minutes is None or minutes > latest:
        raise CannotRead(_("“%(said)s” isn’t a time of day.", said=_short(value)))
    return minutes


def _length(row: Fields, starts: int | None) -> int:
    """Until its end time, over midnight if need be, then also written as 25:00; an hour where none
    can be read."""
    try:
        ends = _time(row.values.get("end_time"), 2 * DAY - 1)
    except CannotRead as problem:
        row.remarks.append(f"end_time: {problem} Using one hour.")
        return HOUR
    return HOUR if starts is None or ends is None else (ends - starts) % DAY or HOUR


def _zone(value: Any, otherwise: str) -> str:
    said = text(value, LINE)
    if not said:
        return otherwise
    if said in WINTERS:
        if datetime(2026, 1, 1, tzinfo=ZoneInfo(otherwise)).tzname() == said:
            return otherwise
        raise CannotRead(
            _(
                "“%(said)s” has no daylight saving time. Use a name like America/New_York.",
                said=said,
            )
        )
    if said not in _zones():
        raise CannotRead(_("Unknown time zone: “%(said)s”.", said=_short(said)))
    return said


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _codes(value: Any) -> list[str]:
    parts = value if isinstance(value, list) else str(value or "").split(",")
    return [code for part in parts if (code := text(part, 32))]


@dataclass(frozen=True)
class _Where:
    address: str
    city: str
    state: str
    places: list[str]
    is_specific: bool


_NO_STREET = {"online", "zoom", "virtual", "online meeting", "phone", "tba", "tbd", "n a"}
_COUNTRIES = {"usa", "us", "united states", "united states of america", "canada"}
_POSTAL = re.compile(r"\b\d{5}(?:-\d{4})?$|\b[A-Z]\d[A-Z] ?\d[A-Z]\d$")


def _where(row: Fields) -> _Where:
    street, whole = row.text("address"), row.text("formatted_address")
    city = row.text("city")
    state = said_state = row.text("state", 64)
    postal = row.text("postal_code", 32)
    if place_name(street) in _NO_STREET:
        street = ""
    if not city or not state:
        town, its_state, its_postal = _town(whole or street)
        if not city or place_name(city) == place_name(town):
            city, state, postal = city or town, state or its_state, postal or its_postal
    named = [row.values.get("region"), row.values.get("sub_region")]
    regions = [text(region, LINE) for region in (*named, *_some(row.values.get("regions")))]
    state = (state_code(state) or state)[:64]
    lines = (street, city, said_state, postal, row.text("country", 64))
    address = whole or ", ".join(line for line in lines if line)
    if not whole and city and f", {city}" in street:
        address = street  # the street line has the town in it already
    long_state = STATES.get(state, "")
    towns = [f"{city} {name}" for name in (state, long_state) if city and name]
    places = [city, *towns, postal, *regions]
    if place_name(street) in map(place_name, (city, *towns)):
        street = ""
    is_specific = bool(street or len(_parts(whole)) > 2 or re.match(r"\d+\w?\s", whole))
    vague = str(row.values.get("approximate", "")).strip().casefold()
    is_specific = is_specific and vague not in ("yes", "true", "1")
    keys = [place_name(place) for place in places]
    return _Where(address[:LINE], city, state, keys, is_specific)


def _parts(address: str) -> list[str]:
    """The parts of an address without its country."""
    parts = [part for piece in address.split(",") if (part := piece.strip())]
    return parts[:-1] if len(parts) > 1 and place_name(parts[-1]) in _COUNTRIES else parts


def _town(address: str) -> tuple[str, str, str]:
    """Town, state and postal code of an address: from its end where we know the state."""
    parts = _parts(address)
    # “5 Elm St, New York” has no town before its state; “Ontario, CA” and “Salem, Oregon, USA” do.
    is_sure = len(parts) < address.count(",") + 1
    for at in range(len(parts) - 1, 0, -1):
        said, found = _POSTAL.sub("", parts[at]).strip(), _POSTAL.search(parts[at])
        is_town = at > 1 or (not parts[0][0].isdigit() and (is_sure or len(said) == 2))
        if is_town and state_code(said):
            return parts[at - 1], state_code(said), found[0].split("-")[0] if found else ""
    if len(parts) > 2:
        return parts[1], re.sub(r"[\s\d-]+$", "", parts[2]), ""
    return "", "", ""


def _some(value: Any) -> list[Any]:
    return value[:10] if isinstance(value, list) else [value]


def _position(row: Fields) -> tuple[float | None, float | None]:
    """Numbers, numbers as text, or BMLT's "lat,lng". Nobody meets at 0, 0."""
    latitude, longitude = row.values.get("latitude"), row.values.get("longitude")
    pair = row.values.get("coordinates")
    if (latitude is None or longitude is None) and isinstance(pair, str) and pair.count(",") == 1:
        latitude, longitude = pair.split(",")
    north, east = _number(latitude), _number(longitude)
    if north is None or east is None or abs(north) > 90 or abs(east) > 180:
        if (latitude, longitude) != (None, None) and (latitude, longitude) != ("", ""):
            row.remarks.append("latitude and longitude aren’t on Earth, so they’re ignored.")
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


_ADDRESS = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_BARE_ADDRESS = re.compile(  # zoom.us/j/123, www.example.org: what lacks its https://
    r"^(?:www\.[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}|[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?=/))(?:[/?#]\S*)?",
    re.IGNORECASE | re.ASCII,
)
_NOT_SHOWN = re.compile(r"\s*(?:javascript|data|vbscript|file|blob):", re.IGNORECASE)


def _link(row: Fields, name: str) -> tuple[str, str]:
    """The link in a field, and what stands there beside it, or instead: a passcode, an e-mail."""
    if len(text(row.values.get(name), NOTES + 1)) > NOTES:  # half a link leads elsewhere
        row.remarks.append(f"{name} is longer than {NOTES} characters, so it’s ignored.")
        return "", ""
    said = row.text(name, NOTES)
    for pattern, scheme in ((_ADDRESS, ""), (_BARE_ADDRESS, "https://")):
        found = pattern.search(said)
        if found and _is_link(link := scheme + found[0].rstrip(".,;)")):
            beside = f"{said[: found.start()].strip()} {said[found.end() :].strip()}"
            return link, beside.strip()
    if said:
        row.remarks.append(f"{name} isn’t a link.")
    return "", "" if _NOT_SHOWN.match(said) else re.sub(r"^(mailto|tel):", "", said)


def _is_link(link: str) -> bool:
    try:
        parts = urlsplit(link)
        return bool(parts.hostname) and parts.port != 0 and parts.username is None
    except ValueError:
        return False


def _phone(row: Fields) -> tuple[str, str]:
    """A number with what is dialed after it, or else the words that stand there instead. A number
    that is cut short would reach a stranger."""
    said = row.text("conference_phone", NOTES)
    if len(said) <= PHONE and sum(character.isdigit() for character in said) >= 3:
        return said, ""
    if said:
        row.remarks.append("conference_phone isn’t a phone number.")
    return "", said


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
