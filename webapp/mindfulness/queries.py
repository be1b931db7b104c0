"""Reading one's own practice."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from webapp.accounts.models import Person
from webapp.core import clock
from webapp.entries.queries import own_contents, own_list
from webapp.mindfulness.curve import Halving, halving, watched
from webapp.mindfulness.models import Practice
from webapp.mindfulness.works import Run, Works, what_works

PAGE = 40


def page_of(person: Person, page: int) -> tuple[list[Practice], bool]:
    """One page of somebody's practices, the newest first, and whether there is an older one."""
    found = own_list(person, Practice, most=(page + 1) * PAGE + 1)[page * PAGE :]
    return found[:PAGE], len(found) > PAGE


def by_day(practices: Iterable[Practice], zone: str) -> list[tuple[date, list[Practice]]]:
    """Practices under their days where they were, in the order given."""

    def day(one: Practice) -> date:
        return clock.local(one.happened_at, one.zone or zone).date()

    return [(when, list(some)) for when, some in groupby(practices, key=day)]


@dataclass(frozen=True)
class Told:
    """What somebody's own practice tells."""

    count: int
    works: list[Works]
    halving: Halving | None


def told_by(person: Person) -> Told:
    """Look once through all of somebody's practices."""
    count, runs, waves = 0, [], []
    for _at, one in own_contents(person, Practice, clock.EARLIEST):
        count += 1
        before, after = one.get("before"), one.get("after")
        if one.get("exercise") and before is not None and after is not None:
            runs.append(Run(one["exercise"], before, after))
        if one.get("samples"):
            waves.append(watched(one["samples"]))
    return Told(count, what_works(runs), halving(waves))
