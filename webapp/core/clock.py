"""One clock. Instants are aware UTC; wall times live in a zone and meet instants only here."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

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
    """Whether `name` is an IANA zone that this machine knows."""
    return name in available_timezones()


def plausible(moment: datetime, at: datetime) -> bool:
    """Whether something can have happened then: after 1900, and not over a day ahead of `at`."""
    return EARLIEST <= moment <= at + timedelta(days=1)
