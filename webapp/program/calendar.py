"""Writes iCalendar (RFC 5545). Pure: plain values in, text out.

Our own, since a feed needs so little of the standard: one event a date, no recurrence rules.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

LINE_OCTETS = 75  # RFC 5545, 3.1
STAMP = "%Y%m%dT%H%M%SZ"
WALL = "%Y%m%dT%H%M%S"


@dataclass(frozen=True)
class Event:
    """One date as a calendar should show it. `uid` and `sequence` let it follow changes."""

    uid: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    summary: str
    changed_at: datetime
    sequence: int = 0
    is_cancelled: bool = False
    description: str = ""


def calendar(name: str, events: Iterable[Event]) -> str:
    """A whole calendar. Cancelled events stay in it, marked, so that phones hear of it."""
    events = sorted(filter(_has_zone, events), key=lambda one: (one.starts_at, one.uid))
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Calendar//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"NAME:{escaped(name)}",
        f"X-WR-CALNAME:{escaped(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
    ]
    for zone in sorted({one.zone for one in events}):
        dates = [one.starts_at for one in events if one.zone == zone]
        dates += [one.ends_at for one in events if one.zone == zone]
        lines += _timezone(zone, min(dates), max(dates))
    for one in events:
        lines += _event(one)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in folded(line))


def _has_zone(event: Event) -> bool:
    """One odd date may not keep the others out of the calendar."""
    try:
        return bool(ZoneInfo(event.zone))
    except (KeyError, ValueError, OSError):
        return False


def escaped(text: str) -> str:
    """A text value (3.3.11); a control character can't stand in one at all."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(one for one in text if one in "\n\t" or (ord(one) >= 32 and ord(one) != 127))
    for plain, safe in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        text = text.replace(plain, safe)
    return text


def folded(line: str) -> Iterator[str]:
    """The line in parts of at most 75 octets, never in the middle of a character."""
    part, octets = "", 0
    for character in line:
        size = len(character.encode("utf-8", "replace"))
        if octets + size > LINE_OCTETS:
            yield part
            part, octets = " ", 1
        part += character
        octets += size
    yield part


def _event(event: Event) -> list[str]:
    lines = [
        "BEGIN:VEVENT",
        f"UID:{escaped(event.uid)}",
        f"DTSTAMP:{event.changed_at.astimezone(UTC).strftime(STAMP)}",
        f"LAST-MODIFIED:{event.changed_at.astimezone(UTC).strftime(STAMP)}",
        f"SEQUENCE:{event.sequence}",
        *_times(event),
        f"SUMMARY:{escaped(event.summary)}",
        f"STATUS:{'CANCELLED' if event.is_cancelled else 'CONFIRMED'}",
        f"TRANSP:{'TRANSPARENT' if event.is_cancelled else 'OPAQUE'}",
        "CLASS:PRIVATE",
    ]
    if event.description:
        lines.append(f"DESCRIPTION:{escaped(event.description)}")
    return [*lines, "END:VEVENT"]


def _times(event: Event) -> list[str]:
    """Wall times with their zone; in UTC when one of them is the second of two that look alike.

    A wall time can't say which of the two it means (readers take the first), and a start in one
    form with an end in the other is misread by some.
    """
    local = [at.astimezone(ZoneInfo(event.zone)) for at in (event.starts_at, event.ends_at)]
    if any(at.fold for at in local):
        values = [f":{at.astimezone(UTC).strftime(STAMP)}" for at in local]
    else:
        values = [f";TZID={event.zone}:{at.strftime(WALL)}" for at in local]
    return [f"DTSTART{values[0]}", f"DTEND{values[1]}"]


def _timezone(zone: str, first: datetime, last: datetime) -> list[str]:
    """The zone's offsets around these dates (3.6.5), each from the day on which it began."""
    start = first - timedelta(days=400)
    lines = ["BEGIN:VTIMEZONE", f"TZID:{zone}"]
    for at, before, after in [(start, start, start), *_changes(zone, start, last)]:
        info = ZoneInfo(zone)
        was, becomes = before.astimezone(info), after.astimezone(info)
        kind = "DAYLIGHT" if becomes.dst() else "STANDARD"
        offset = was.utcoffset() or timedelta(0)
        lines += [
            f"BEGIN:{kind}",
            # The wall clock as it stood just before the change.
            f"DTSTART:{(at.replace(tzinfo=None) + offset).strftime(WALL)}",
            f"TZOFFSETFROM:{_offset(was)}",
            f"TZOFFSETTO:{_offset(becomes)}",
            f"TZNAME:{becomes.tzname()}",
            f"END:{kind}",
        ]
    return [*lines, "END:VTIMEZONE"]


def _changes(
    zone: str, start: datetime, end: datetime
) -> Iterator[tuple[datetime, datetime, datetime]]:
    """Each change of the offset: the instant, one before it and one after it."""
    info, step = ZoneInfo(zone), timedelta(days=1)
    day = start.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    while day <= end + step:
        if day.astimezone(info).utcoffset() != (day + step).astimezone(info).utcoffset():
            low, high = day, day + step
            while high - low > timedelta(minutes=1):
                middle = (low + (high - low) / 2).replace(second=0, microsecond=0)
                same = middle.astimezone(info).utcoffset() == low.astimezone(info).utcoffset()
                low, high = (middle, high) if same else (low, middle)
            yield high, low, high
        day += step


def _offset(at: datetime) -> str:
    """+1030"""
    seconds = int((at.utcoffset() or timedelta(0)).total_seconds())
    sign, seconds = ("-" if seconds < 0 else "+"), abs(seconds)
    return f"{sign}{seconds // 3600:02d}{seconds % 3600 // 60:02d}"
