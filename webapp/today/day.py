"""What comes next in somebody's day, and what stands below it. Pure: plain values in and out.

One thing stands out, and it is done where it stands. It changes as the day goes on: what is due
now comes before what comes later. Below it are a few more, in the order of a day; the rest is one
tap away.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

SOON = timedelta(minutes=90)  # before a group it comes before all but a dose
NIGHT, MORNING = 23, 5
BELOW = 4


class Thing(StrEnum):
    """What Today can show; each has a template of its name."""

    DOSE = "dose"
    GROUP = "group"
    AFTER = "after"  # what became of one's topic, once group is over
    SLEEP = "sleep"
    CHECK_IN = "check_in"
    HOMEWORK = "homework"
    URGE = "urge"
    SUPPORT = "support"
    REPLIES = "replies"
    OPENED = "opened"
    SUGGESTION = "suggestion"
    HELPS = "helps"


@dataclass(frozen=True)
class Day:
    """A day at one of its hours: what there is, and when group is."""

    hour: int
    there: frozenset[Thing]
    group_in: timedelta | None = None  # less than nothing while it goes on
    is_hard: bool = False

    @property
    def is_night(self) -> bool:
        """Whether nobody should be asked for anything."""
        return self.hour >= NIGHT or self.hour < MORNING


@dataclass(frozen=True)
class Order:
    """The one thing that is next, at most four below it, and the rest."""

    first: Thing | None
    below: list[Thing]
    more: list[Thing]

    @property
    def open(self) -> set[Thing | None]:
        """What is on the page without a tap."""
        return {self.first, *self.below}


def order(day: Day) -> Order:
    """What stands where."""
    there = [thing for thing in _in_order(day) if thing in day.there or thing in _ALWAYS]
    first = next((thing for thing in _next(day) if thing in there), None)
    rest = [thing for thing in there if thing is not first and thing not in _ONLY_NEXT]
    return Order(first, rest[:BELOW], rest[BELOW:])


_ALWAYS = {Thing.URGE, Thing.SLEEP, Thing.SUPPORT}
_ONLY_NEXT = {Thing.DOSE, Thing.AFTER, Thing.SLEEP}


def _next(day: Day) -> list[Thing]:
    is_soon = day.group_in is not None and day.group_in <= SOON
    group = [Thing.GROUP] if is_soon else []
    if day.is_night:
        return [Thing.DOSE, *group, Thing.SLEEP]
    return [Thing.DOSE, *group, Thing.AFTER, Thing.CHECK_IN, Thing.HOMEWORK, Thing.GROUP]


def _in_order(day: Day) -> list[Thing]:
    """All in the order in which they stand; at night nothing is asked."""
    hard = [Thing.SUGGESTION] if day.is_hard else []
    calm = [] if day.is_hard or day.is_night else [Thing.SUGGESTION]
    asked = [] if day.is_night else [Thing.CHECK_IN]
    night = [Thing.SLEEP, Thing.SUPPORT] if day.is_night else []
    return [
        *(Thing.DOSE, Thing.AFTER, *asked, Thing.URGE, *hard, *night),
        *(Thing.REPLIES, Thing.GROUP, Thing.HOMEWORK, *calm, Thing.OPENED, Thing.HELPS),
    ]
