"""Events, and the calendar that has them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from webapp.calendar.zones import time_zone

if TYPE_CHECKING:
    from icalendar import Alarm, Calendar, vDatetime
    from icalendar import Event as Component
    from icalendar.parser import Contentline
    from icalendar.prop import VPROPERTY, vInline

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
# A zone is told from before its last changes, and of what repeats for some years.
BEFORE, AFTER, REPEATED = timedelta(days=400), timedelta(days=1), timedelta(days=5 * 366)
AN_HOUR = timedelta(hours=1)
# Control characters, and halves of a character.
NEVER = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True)
class Event:
    """What a calendar should show at one time, or from then on each week on `weekdays`.

    `uid` and `sequence` let it follow changes. With words for a `reminder` it rings an hour before.
    """

    uid: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    summary: str
    changed_at: datetime
    sequence: int = 0
    is_cancelled: bool = False
    place: str = ""
    weekdays: tuple[int, ...] = ()
    reminder: str = ""


def feed(name: str, events: Iterable[Event]) -> bytes:
    """A calendar that phones fetch again each hour. Cancelled events stay in it, marked, so that
    they hear of it."""
    made = _calendar()
    made.add("calscale", "GREGORIAN")
    made.add("method", "PUBLISH")
    made.add("name", name)
    made.add("x-wr-calname", name)
    made.add("refresh-interval", AN_HOUR, {"VALUE": "DURATION"})
    made.add("x-published-ttl", "PT1H")
    return _written(made, events)


def file(events: Iterable[Event]) -> bytes:
    """Events to be put into a calendar once."""
    return _written(_calendar(), events)


def _calendar() -> "Calendar":
    from icalendar import Calendar

    made = Calendar()
    made.add("version", "2.0")
    made.add("prodid", "-//Calendar//EN")
    return made


def _written(made: "Calendar", events: Iterable[Event]) -> bytes:
    events = sorted(filter(_has_zone, events), key=lambda event: (event.starts_at, event.uid))
    for zone in sorted({event.zone for event in events} - {"UTC"}):
        there = [event for event in events if event.zone == zone]
        since = min(event.starts_at for event in there) - BEFORE
        until = max(event.ends_at + (REPEATED if event.weekdays else AFTER) for event in there)
        made.add_component(time_zone(zone, since, until))
    for event in events:
        made.add_component(_event(event))
    lines = made.content_lines(sorted=False)
    return b"".join(_folded(line) + b"\r\n" for line in lines if line)


def _folded(line: "Contentline") -> bytes:
    """Only a line that is long, or may be, is gone through character by character."""
    return line.encode() if len(line) < 75 and line.isascii() else line.to_ical()


def _has_zone(event: Event) -> bool:
    """One odd date may not keep the others out of the calendar."""
    try:
        return bool(ZoneInfo(event.zone))
    except (KeyError, ValueError, OSError):
        return False


def _event(event: Event) -> "Component":
    from icalendar import Event as Component
    from icalendar import vDatetime, vText

    starts, ends = _times(event)
    changed = vDatetime(event.changed_at.astimezone(UTC))
    says: dict[str, VPROPERTY] = {
        "UID": vText(event.uid),
        "DTSTAMP": changed,
        "DTSTART": starts,
        **(_weekly(event) if event.weekdays else _once(event, ends, changed)),
        "SUMMARY": _text(event.summary),
        "TRANSP": vText("TRANSPARENT" if event.is_cancelled else "OPAQUE"),
        "CLASS": vText("PRIVATE"),
    }
    if event.place:
        says["LOCATION"] = _text(event.place)
    made = Component(says)
    if event.reminder:
        made.add_component(_alarm(event.reminder))
    return made


def _weekly(event: Event) -> "dict[str, VPROPERTY]":
    from icalendar import vDuration, vRecur

    days = [DAYS[weekday] for weekday in event.weekdays]
    return {
        "DURATION": vDuration(event.ends_at - event.starts_at),
        "RRULE": vRecur({"FREQ": "WEEKLY", "BYDAY": days}),
    }


def _once(event: Event, ends: "vDatetime", changed: "vDatetime") -> "dict[str, VPROPERTY]":
    from icalendar import vInt, vText

    return {
        "DTEND": ends,
        "LAST-MODIFIED": changed,
        "SEQUENCE": vInt(event.sequence),
        "STATUS": vText("CANCELLED" if event.is_cancelled else "CONFIRMED"),
    }


def _alarm(words: str) -> "Alarm":
    from icalendar import Alarm, vDuration, vText

    says = {"ACTION": vText("DISPLAY"), "TRIGGER": vDuration(-AN_HOUR), "DESCRIPTION": _text(words)}
    return Alarm(says)


def _times(event: Event) -> list["vDatetime"]:
    """Wall times with their zone; in UTC when one of them is the second of two that look alike.

    A wall time can't say which of the two it means (readers take the first), and a start in one
    form with an end in the other is misread by some. What repeats goes by the wall all year.
    """
    from icalendar import vDatetime

    local = [at.astimezone(ZoneInfo(event.zone)) for at in (event.starts_at, event.ends_at)]
    if event.zone == "UTC" or (not event.weekdays and any(at.fold for at in local)):
        return [vDatetime(at.astimezone(UTC)) for at in local]
    times = [vDatetime(at.replace(tzinfo=None)) for at in local]
    for time in times:
        time.params["TZID"] = event.zone
    return times


def _text(words: str) -> "vInline":
    """Text as it was written; a control character can't stand in a calendar at all (3.3.11)."""
    from icalendar.prop import vInline, vText

    parts = NEVER.sub("", words).split("\\N")
    # The library takes a backslash before an N for a line break: "C:\\North" has none.
    return vInline("\\\\N".join(vText(part).to_ical().decode() for part in parts))
