"""Reading one's own practice."""

from dataclasses import dataclass

from webapp.accounts.models import Person
from webapp.core import clock
from webapp.core.limits import PRACTICED
from webapp.entries.queries import own_contents
from webapp.mindfulness.curve import Halving, halving, watched
from webapp.mindfulness.models import Practice
from webapp.mindfulness.works import Run, Works, what_works


@dataclass(frozen=True)
class PracticeTotals:
    """What somebody's own practice tells."""

    count: int
    works: list[Works]
    halving: Halving | None


def told_by(person: Person) -> PracticeTotals:
    """Look once through somebody's latest practices."""
    count, runs, waves = 0, [], []
    for _at, content in own_contents(person, Practice, clock.EARLIEST, most=PRACTICED):
        count += 1
        before, after = content.get("before"), content.get("after")
        if content.get("exercise") and before is not None and after is not None:
            runs.append(Run(content["exercise"], before, after))
        if content.get("samples"):
            waves.append(watched(content["samples"]))
    return PracticeTotals(count, what_works(runs), halving(waves))
