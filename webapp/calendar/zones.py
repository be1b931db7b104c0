"""A time zone as a calendar carries it along (RFC 5545, 3.6.5): some phones know none by name.

Our own search for the clock changes: the library's says that spring begins an hour too late, since
it gives the onset on the clock after the change and not, as it must be, on the one before.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from icalendar import Timezone

STEP = timedelta(days=7)  # no zone changes twice within
A_MINUTE = timedelta(minutes=1)


def time_zone(name: str, since: datetime, until: datetime) -> "Timezone":
    """The zone's offset at `since`, and every change of it until `until`, a part each."""
    from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

    zone, made, since = ZoneInfo(name), Timezone(), since.astimezone(UTC)
    made.add("tzid", name)
    for at, before in [(since, since), *_changes(zone, since, until)]:
        was, becomes = before.astimezone(zone), at.astimezone(zone)
        part = TimezoneDaylight() if becomes.dst() else TimezoneStandard()
        offset = was.utcoffset() or timedelta(0)
        part.add("dtstart", at.replace(tzinfo=None) + offset)
        part.add("tzoffsetfrom", offset)
        part.add("tzoffsetto", becomes.utcoffset())
        part.add("tzname", becomes.tzname())
        made.add_component(part)
    return made


def _changes(
    zone: ZoneInfo, since: datetime, until: datetime
) -> Iterator[tuple[datetime, datetime]]:
    """Each instant from which another offset counts, with one before it."""
    low = since.replace(hour=0, minute=0, second=0, microsecond=0)
    while low <= until:
        high, following = low + STEP, low + STEP
        was = low.astimezone(zone).utcoffset()
        if was != following.astimezone(zone).utcoffset():
            while high - low > A_MINUTE:
                middle = (low + (high - low) / 2).replace(second=0, microsecond=0)
                same = middle.astimezone(zone).utcoffset() == was
                low, high = (middle, high) if same else (low, middle)
            if high <= until:
                yield high, low
        low = following
