"""When doses are due, and which times of day ring. Pure: plain values in and out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID, uuid5

from webapp.core.clock import instant

EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)


@dataclass(frozen=True)
class Times:
    """When a medication is taken: times on the wall, on some days of the week, from a day on."""

    name: str
    times: tuple[time, ...]
    zone: str
    from_day: date
    weekdays: tuple[int, ...] = EVERY_DAY


@dataclass(frozen=True)
class Due:
    """One dose: its day and time on the wall, and the instant that this is."""

    day: date
    time: time
    at: datetime


def due_on(plan: Times, day: date) -> list[Due]:
    """The doses of one day, each time on the wall once.

    By `clock.instant`'s rule: a time that happens twice is its first, one that never happens
    moves ahead by the gap. Two times may then be the same instant; they stay two doses.
    """
    if day < plan.from_day or day.weekday() not in plan.weekdays:
        return []
    return [Due(day, one, instant(day, one, plan.zone)) for one in sorted(set(plan.times))]


def dose_id(medication: UUID, day: date, at: time) -> UUID:
    """The "phone's" id of a dose: the same dose is the same entry, whoever taps it where."""
    return uuid5(medication, f"{day.isoformat()} {at.isoformat('minutes')}")


@dataclass(frozen=True)
class Ring:
    """A time of day that rings once, whatever is due then."""

    weekdays: tuple[int, ...]
    names: tuple[str, ...]


def rings(plans: Iterable[Times]) -> dict[tuple[str, time], Ring]:
    """One reminder a zone and time of day, on each day on which something is due then."""
    days: dict[tuple[str, time], set[int]] = {}
    names: dict[tuple[str, time], set[str]] = {}
    for plan in plans:
        for at in plan.times:
            days.setdefault((plan.zone, at), set()).update(plan.weekdays)
            names.setdefault((plan.zone, at), set()).add(plan.name)
    return {
        key: Ring(tuple(sorted(found)), tuple(sorted(names[key]))) for key, found in days.items()
    }
