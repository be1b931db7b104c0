"""When doses are due, and which times of day ring. Pure: plain values in and out."""

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as Among
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from uuid import UUID, uuid5

from webapp.core.clock import instant, local, start_of_day

EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)
AHEAD = timedelta(hours=4)  # a dose that is due later than this isn't taken by one tap
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Times:
    """When a medication is taken: times on the wall, on some days of the week, from a day on."""

    name: str
    times: tuple[time, ...]
    zone: str
    from_day: date
    weekdays: tuple[int, ...] = EVERY_DAY
    dose: str = ""  # how much, as on the label

    @property
    def rhythm(self) -> tuple[object, ...]:
        """All that says when it is due."""
        return self.times, self.weekdays, self.zone


@dataclass(frozen=True)
class InForce:
    """A plan from an instant on, until the next one's; or since when it was off the list."""

    since: datetime
    plan: Times
    is_listed: bool = True

    @property
    def says(self) -> tuple[object, ...]:
        """All that a former day is told by."""
        return *self.plan.rhythm, self.plan.dose, self.is_listed

    def times_on(self, day: date) -> set[time]:
        """Its times on a day of the week."""
        takes = self.is_listed and day.weekday() in self.plan.weekdays
        return set(self.plan.times) if takes else set()


History = Sequence[InForce]  # of one medication, the first plan first


@dataclass(frozen=True)
class Due:
    """One dose: its day and time on the wall, and the instant that this is."""

    day: date
    time: time
    at: datetime
    dose: str = ""


def due_on(plan: Times, day: date) -> list[Due]:
    """The doses of one day by one plan, each time on the wall once.

    By `clock.instant`'s rule: a time that happens twice is its first, one that never happens
    moves ahead by the gap. Two times may then be the same instant; they stay two doses.
    """
    if day < plan.from_day or day.weekday() not in plan.weekdays:
        return []
    return [Due(day, at, instant(day, at, plan.zone)) for at in sorted(set(plan.times))]


def in_force_on(history: History, day: date) -> list[InForce]:
    """The plans of a day: the one that it began with, then each that came on it."""
    zone = history[0].plan.zone
    start, end = start_of_day(day, zone), start_of_day(day + DAY, zone)
    begun = [change for change in history if change.since < end]
    former = sum(change.since <= start for change in begun)
    return begun[max(former - 1, 0) :]


def may_be_due_on(history: History, day: date) -> set[time]:
    """Every time of a day at which any plan of that day had a dose."""
    return set().union(*(change.times_on(day) for change in in_force_on(history, day)))


def due_then(history: History, day: date, said: Among[time]) -> list[Due]:
    """The doses of one day, by what was planned on it. `said` are the times that were answered.

    A change counts from then on. What was answered stays.
    """
    plans = in_force_on(history, day)
    if not plans:
        return []
    listed, zone = plans[0].times_on(day), plans[0].plan.zone
    for former, change in pairwise(plans):
        if (former.plan.rhythm, former.is_listed) != (change.plan.rhythm, change.is_listed):
            listed = _changed(listed, change, day, said)
    due = []
    for when in sorted(listed | (may_be_due_on(history, day) & said)):
        at = instant(day, when, zone)
        then = [plan.plan for plan in plans if plan.since <= at] or [plans[0].plan]
        due.append(Due(day, when, at, then[-1].dose))
    return due


def _changed(listed: set[time], to: InForce, day: date, said: Among[time]) -> set[time]:
    """What is due on the day of a change. The first hour that went is the first that came, moved:
    of such a pair only one is asked for, so that nobody takes a dose twice."""
    wanted = to.times_on(day)
    went, came = sorted(listed - wanted), sorted(wanted - listed)

    def has_passed(at: time) -> bool:
        return instant(day, at, to.plan.zone) < to.since

    moved = {new for old, new in zip(went, came, strict=False) if old not in said}
    more = {new for new in came[len(went) :] if not has_passed(new)}
    missed = {old for old in went[len(came) :] if to.is_listed and has_passed(old)}
    return (listed & (wanted | said)) | moved | more | missed


def is_only_when_needed(history: History, day: date) -> bool:
    """Whether something was on the list on a day, at its end without times."""
    plans = in_force_on(history, day)
    return bool(plans) and plans[-1].is_listed and not plans[-1].plan.times


def former_plans(history: History) -> Iterator[tuple[date, Times]]:
    """The plans before the present one that a day began with, and the day on which each ended."""
    for change, following in pairwise(change for change in history if change.is_listed):
        begun, ended = (local(at.since, change.plan.zone).date() for at in (change, following))
        if change.says != following.says and begun < ended:
            yield ended, change.plan


def comes_first(former: datetime, following: datetime | None, now: datetime) -> bool:
    """Whether an open dose of the day before is meant, rather than the next one of the same."""
    return former <= now and now - former < (following or former + DAY) - now


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
