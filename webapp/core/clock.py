"""One clock. Instants are aware UTC; wall times live in a zone and meet instants only here."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

LEEWAY = timedelta(minutes=10)
# Names that tzdata keeps for old files: whoever types one means a zone that has a summer.
WINTERS = ("EST", "MST", "HST")
# Each of the United States' clocks once, by the IANA name of its best known place.
ZONES = (
    "America/New_York", "America/Chicago", "America/Denver", "America/Phoenix",
    "America/Los_Angeles", "America/Anchorage", "America/Adak", "Pacific/Honolulu",
    "America/Puerto_Rico", "Pacific/Guam", "Pacific/Pago_Pago",
)  # fmt: skip
EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)


def now() -> datetime:
    """This instant, in UTC."""
    return datetime.now(UTC)


def local(instant: datetime, zone: str) -> datetime:
    """The same instant on a wall clock in `zone`."""
    return instant.astimezone(ZoneInfo(zone))


def instant(day: date, at: time, zone: str) -> datetime:
    """The UTC instant of a wall time, by one rule for clock changes.

    A time that happens twice means its first occurrence (fold 0). A time that never happens
    moves ahead by the gap: 2:30 on the night when 2:00 becomes 3:00 is 3:30 (PEP 495's fold 0
    reads the offset from before the change).
    """
    return datetime.combine(day, at.replace(fold=0), tzinfo=ZoneInfo(zone)).astimezone(UTC)


def start_of_day(day: date, zone: str) -> datetime:
    """The first instant of a local day, also on a night without a midnight."""
    return instant(day, time(0), zone)


def is_zone(name: str) -> bool:
    """Whether `name` is an IANA zone that this machine knows, and a place rather than a winter."""
    return name in _zones() and name not in WINTERS


def has_come(moment: datetime, at: datetime) -> bool:
    """Whether it was then, or is: the clock that it was read from may be a little ahead of ours."""
    return moment <= at + LEEWAY


def plausible(moment: datetime, at: datetime) -> bool:
    """Whether something can have happened then: after 1900, and not over a day ahead of `at`."""
    return EARLIEST <= moment <= at + timedelta(days=1)


def named(text: str | None) -> datetime | None:
    """The instant that an address or a form names, such as the last one of a page; or none."""
    try:
        at = datetime.fromisoformat(text or "")
        return at.astimezone(UTC) if at.tzinfo else None
    except (ValueError, OverflowError):
        return None


@cache
def _zones() -> set[str]:
    # Looks through a folder of six hundred files.
    return available_timezones()
