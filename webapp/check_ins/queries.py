"""Reading one's own check-ins."""

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby

from webapp.accounts.models import Person
from webapp.check_ins.models import CheckIn
from webapp.core import clock
from webapp.entries.queries import own_list

PAGE = 30


def page_of(person: Person, before: datetime | None = None) -> tuple[list[CheckIn], bool]:
    """One page of daily check-ins, and whether there is an older one."""
    found = own_list(person, CheckIn, before=before, most=PAGE + 1)
    return found[:PAGE], len(found) > PAGE


def by_day(entries: Iterable[CheckIn], zone: str) -> list[tuple[datetime, list[CheckIn]]]:
    """Check-ins under the local day on which they were, in the order given."""

    def day(entry: CheckIn) -> datetime:
        at = clock.local(entry.happened_at, entry.zone or zone)
        return at.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)

    return [(when, list(some)) for when, some in groupby(entries, key=day)]
