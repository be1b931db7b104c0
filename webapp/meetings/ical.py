"""A weekly meeting for a calendar. Pure (RFC 5545).

The text is neutral: "Appointment" and the address, since a calendar lies open on desks and is often
shared. The time zone travels along, so the time stays right over clock changes.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
YEARS_AHEAD = 5


def weekly_event(
    uid: str,
    title: str,
    place: str,
    starts: Sequence[datetime],
    minutes: int,
    zone: str,
    now: datetime,
) -> str:
    """A calendar with one weekly event, made `now`; `starts` has the next start on each of its days
    and is not empty."""
    there = sorted(one.astimezone(ZoneInfo(zone)) for one in starts)
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Calendar//EN"]
    lines += _time_zone(zone, there[0])
    for hour in sorted({(one.hour, one.minute) for one in there}):
        same = [one for one in there if (one.hour, one.minute) == hour]
        days = ",".join(dict.fromkeys(DAYS[one.weekday()] for one in same))
        lines += [
            "BEGIN:VEVENT",
            f"UID:{uid}-{hour[0]:02d}{hour[1]:02d}",
            f"DTSTAMP:{now.astimezone(UTC):%Y%m%dT%H%M%SZ}",
            f"DTSTART;TZID={zone}:{same[0]:%Y%m%dT%H%M%S}",
            f"DURATION:PT{minutes}M",
            f"RRULE:FREQ=WEEKLY;BYDAY={days}",
            f"SUMMARY:{_escaped(title)}",
            *([f"LOCATION:{_escaped(place)}"] if place else []),
            "TRANSP:OPAQUE",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(f"{folded}\r\n" for line in lines for folded in _folded(line))


def _time_zone(zone: str, start: datetime) -> list[str]:
    """The zone's clock changes from just before the start, a part each."""
    lines = ["BEGIN:VTIMEZONE", f"TZID:{zone}"]
    before = start - timedelta(days=1)
    offset = before.utcoffset() or timedelta()
    lines += _part(before, offset, offset)
    for change, was, becomes in _changes(zone, before):
        lines += _part(change, was, becomes)
    return [*lines, "END:VTIMEZONE"]


def _part(at: datetime, was: timedelta, becomes: timedelta) -> list[str]:
    kind = "DAYLIGHT" if at.dst() else "STANDARD"
    local = (at.astimezone(UTC) + was).replace(tzinfo=None)
    return [
        f"BEGIN:{kind}",
        f"DTSTART:{local:%Y%m%dT%H%M%S}",
        f"TZOFFSETFROM:{_offset(was)}",
        f"TZOFFSETTO:{_offset(becomes)}",
        f"TZNAME:{at.tzname()}",
        f"END:{kind}",
    ]


def _changes(zone: str, start: datetime) -> Iterator[tuple[datetime, timedelta, timedelta]]:
    """Each clock change, with the offsets before and after it."""
    there = ZoneInfo(zone)
    here = start.astimezone(UTC)
    for _day in range(366 * YEARS_AHEAD):
        following = here + timedelta(days=1)
        was, becomes = _offset_at(here, there), _offset_at(following, there)
        if was != becomes:
            first, last = here, following
            while last - first > timedelta(minutes=1):
                middle = first + (last - first) / 2
                first, last = (
                    (middle, last) if _offset_at(middle, there) == was else (first, middle)
                )
            whole = last.replace(second=0, microsecond=0)
            yield whole.astimezone(there), was, becomes
        here = following


def _offset_at(instant: datetime, zone: ZoneInfo) -> timedelta:
    return instant.astimezone(zone).utcoffset() or timedelta()


def _offset(offset: timedelta) -> str:
    minutes = int(offset.total_seconds() // 60)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}{abs(minutes) % 60:02d}"


def _escaped(words: str) -> str:
    for mark in "\\;,":
        words = words.replace(mark, f"\\{mark}")
    return words.replace("\n", "\\n")


def _folded(line: str) -> Iterator[str]:
    """At most 75 bytes a line, never cut inside a character."""
    part, room = "", 75
    for character in line:
        size = len(character.encode())
        if room < size:
            yield part
            part, room = " ", 74
        part, room = part + character, room - size
    yield part
