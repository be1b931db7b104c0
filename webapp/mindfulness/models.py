"""The kind of entry that practicing leaves behind."""

from webapp.core.crypto.sealing import Sealed
from webapp.entries.models import Entry

HARD = 8  # from here on, the way to the safety plan stands beside it


class Practice(Entry, kind="practice"):
    """Somebody did an exercise, or another thing that calms."""

    lines = "mindfulness/line.html"
    page = "mindfulness.show"

    exercise = Sealed[str]()  # of exercises.EXERCISES; absent for something else
    minutes = Sealed[int]()
    before = Sealed[int]()  # urge or distress, 0 to 10
    after = Sealed[int]()
    samples = Sealed[list[list[float]]]()  # minutes and strength, while it was going on
    notes = Sealed[str]()
    zone = Sealed[str]()  # where the clock on the wall stood

    @property
    def is_hard(self) -> bool:
        """Whether it was a hard moment, by what was tapped and nothing else."""
        return max(self.before or 0, self.after or 0) >= HARD
