"""The kind of entry that the journal keeps."""

from typing import Any

from webapp.core.crypto.sealing import Sealed
from webapp.entries.models import Entry
from webapp.entries.words import Acted

HARD = 8  # from this urge on, the way to help stands beside the entry


class Trigger(Entry, kind="trigger"):
    """A moment that pulled toward using, or made symptoms worse."""

    lines = "journal/line.html"
    page = "journal.show"

    urge = Sealed[int]()  # 0 none .. 10 overwhelming; or words alone
    kinds = Sealed[list[str]]()  # of entries.words.TRIGGER_KINDS, or own words
    what = Sealed[list[str]]()  # a substance or a behavior, in own words
    situation = Sealed[str]()
    thought = Sealed[str]()
    feelings = Sealed[list[str]]()  # of entries.words.FEELINGS, or own words
    body = Sealed[str]()
    did = Sealed[str]()
    acted = Sealed[str]()  # entries.words.Acted
    after = Sealed[int]()  # the urge afterwards
    zone = Sealed[str]()  # where the clock on the wall stood

    @property
    def in_short(self) -> tuple[Any, ...]:
        """What its line says, in one step instead of five: sixty of them stand on a huddle."""
        get = self.content.get
        return get("urge"), get("after"), get("situation"), get("did"), get("acted")

    @property
    def is_strong(self) -> bool:
        """Whether the pull was strong when it was written."""
        return (self.urge or 0) >= HARD

    @property
    def is_hard(self) -> bool:
        """Whether it was a hard moment, by what was tapped and nothing else."""
        return max(self.urge or 0, self.after or 0) >= HARD

    @property
    def has_used(self) -> bool:
        return self.acted == Acted.YES
