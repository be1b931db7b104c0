"""Times in care, put together from times in groups. Pure: plain values in and out."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

APART = timedelta(days=1)  # out of one group and into the next is two forms, and not always at once


@dataclass(frozen=True)
class Stay:
    """Somebody's time in care, from the first of its groups to the last."""

    person_id: UUID
    begun: datetime
    ended: datetime | None

    def is_at(self, at: datetime) -> bool:
        """Whether it goes on then."""
        return self.begun <= at and (self.ended is None or self.ended > at)

    def is_during(self, after: datetime, until: datetime) -> bool:
        """Whether any of it is between two instants."""
        return self.begun <= until and (self.ended is None or self.ended > after)

    def is_whole(self, after: datetime, until: datetime) -> bool:
        """Whether all between two instants is part of it."""
        return self.begun <= after and (self.ended is None or self.ended >= until)


def stays(periods: Iterable[tuple[UUID, datetime, datetime | None]]) -> list[Stay]:
    """From who was in any group since when, until when: another group, without a day between, is
    the same time in care."""
    found: list[Stay] = []
    for person_id, since, until in sorted(periods, key=lambda period: (period[0], period[1])):
        last = found[-1] if found and found[-1].person_id == person_id else None
        if last is None or (last.ended is not None and since > last.ended + APART):
            found.append(Stay(person_id, since, until))
        elif last.ended is not None:
            found[-1] = replace(last, ended=until and max(last.ended, until))
    return found
