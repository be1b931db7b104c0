"""The kinds of entry that a check-in leaves."""

from webapp.check_ins.words import Safety
from webapp.core.sealing import Sealed
from webapp.entries.models import Entry

HARD_CRAVING, LOWEST_MOOD = 8, 1  # from here on, the way to the safety plan stands beside it


class CheckIn(Entry, kind="check-in"):
    """How somebody is today, in taps."""

    lines = "check_ins/line.html"
    page = "check_ins.show"

    mood = Sealed[int]()  # of words.MOODS
    craving = Sealed[int]()  # 0 none .. 10 overwhelming
    sleep = Sealed[int]()  # of words.SLEPT
    medication = Sealed[str]()  # of words.TAKEN
    connection = Sealed[str]()  # of words.CONNECTED
    used = Sealed[str]()  # entries.words.Acted
    safety = Sealed[str]()  # words.Safety
    note = Sealed[str]()
    zone = Sealed[str]()  # where the clock on the wall stood

    @property
    def is_unsafe(self) -> bool:
        """Whether somebody said that they aren't safe, or aren't sure."""
        return self.safety in (Safety.NO, Safety.UNSURE)

    @property
    def is_hard(self) -> bool:
        """Whether it is a hard day, by what was tapped and nothing else."""
        return self.is_unsafe or (self.craving or 0) >= HARD_CRAVING or self.mood == LOWEST_MOOD
