"""How a demo moment is written down, and when it happened. Pure."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import Enum

from webapp.core import clock

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
SETTLED = timedelta(hours=2)  # nothing is newer: there must be time to write, change and share it


class Shared(Enum):
    """For which group session somebody shared a moment, if at all."""

    NO = "no"
    THEN = "then"  # for the first one after it
    NEXT = "next"  # for the one that comes now
    STANDING = "standing"  # until taken back


NO, THEN, NEXT, STANDING = Shared.NO, Shared.THEN, Shared.NEXT, Shared.STANDING


@dataclass(frozen=True)
class Moment:
    """A trigger as somebody wrote it.

    `at` is "Fri 17:20" with `back` in weeks before the latest such Friday, or "17:20" with `back`
    in days before the latest such hour. `kinds` and `feelings` are keys with spaces between.
    """

    at: str
    back: int
    urge: int
    kinds: str = ""
    situation: str = ""
    thought: str = ""
    feelings: str = ""
    body: str = ""
    did: str = ""
    acted: str = ""
    after: int | None = None
    at_first: str = ""  # the situation as it stood before the author changed it
    shared: Shared = NO
    early: bool = False  # shared soon after, so the facilitator has opened it before
    about: str = ""  # to bring up
    taken_back: bool = False
    answer: str = ""  # the facilitator's

    def content(self, zone: str, situation: str = "") -> dict[str, object]:
        """What goes into the entry."""
        return {
            "urge": self.urge,
            "kinds": self.kinds.split(),
            "situation": situation or self.situation,
            "thought": self.thought,
            "feelings": self.feelings.split(),
            "body": self.body,
            "did": self.did,
            "acted": self.acted,
            "after": self.after,
            "zone": zone,
        }

    def happened_at(self, now: datetime, zone: str) -> datetime:
        """When it happened: always on the right weekday, and never in the future."""
        *weekday, hour = self.at.split()
        step = timedelta(days=7 if weekday else 1)
        day = clock.local(now - SETTLED, zone).date()
        if weekday:
            day -= timedelta(days=(day.weekday() - WEEKDAYS.index(weekday[0])) % 7)
        if clock.instant(day, time.fromisoformat(hour), zone) > now - SETTLED:
            day -= step
        return clock.instant(day - self.back * step, time.fromisoformat(hour), zone)
