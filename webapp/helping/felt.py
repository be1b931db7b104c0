"""What an entry says of how strong an urge was, and what follows from it. Pure."""

from typing import NamedTuple

from webapp.check_ins.models import CheckIn
from webapp.entries.models import Entry
from webapp.journal.models import HARD, Trigger
from webapp.mindfulness.models import Practice

TELLS = 2  # by so much it has to fall before a sentence says so


class Felt(NamedTuple):
    """How strong it was at first, and at last."""

    first: int | None
    last: int | None

    @property
    def is_hard(self) -> bool:
        """Whether it is still strong."""
        return self.last is not None and self.last >= HARD

    @property
    def has_eased(self) -> bool:
        """Whether it fell, and isn't strong any more."""
        if self.first is None or self.last is None or self.is_hard:
            return False
        return self.first - self.last >= TELLS


def felt(entry: Entry) -> Felt:
    """By what was tapped and nothing else."""
    if isinstance(entry, Trigger):
        first, last = entry.urge, entry.after
    elif isinstance(entry, CheckIn):
        first, last = entry.craving, None
    elif isinstance(entry, Practice):
        run = entry.samples or []
        first = round(run[0][1]) if run else entry.before
        last = round(run[-1][1]) if run and entry.after is None else entry.after
    else:
        first = last = None
    return Felt(first, first if last is None else last)
