"""What an exercise is made of, and what of it fits into how many minutes. Pure."""

from dataclasses import dataclass, field
from typing import Any

MINUTES = (1, 3, 10)
BREATH, HANDS = "breath", "hands"
NOW, BODY, THOUGHTS = "now", "body", "thoughts"


@dataclass(frozen=True)
class Step:
    """One thing to do. `since` is the shortest length that has it; `hands` says it without
    breath."""

    text: Any
    since: int = 1
    hands: Any = None


@dataclass(frozen=True)
class BreathRhythm:
    """Seconds of each phase of a slow rhythm, and its words: for the breath, and for the hands."""

    seconds: tuple[int, ...]
    breath: tuple[Any, ...]
    hands: tuple[Any, ...]


@dataclass(frozen=True)
class Exercise:
    """Something to do for a minute or ten."""

    slug: str
    name: Any
    about: Any
    where: str  # in Calm: NOW, BODY or THOUGHTS
    minutes: int  # how long it is when nothing else is chosen
    brief: Any  # when or with what, in a few words
    steps: tuple[Step, ...]
    rhythm: BreathRhythm | None = None
    surfs: bool = False  # asks each minute how strong it is
    ways: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        told_twice = any(step.hands is not None for step in self.steps)
        object.__setattr__(self, "ways", (BREATH, HANDS) if told_twice else ())

    def script(self, minutes: int, way: str = BREATH) -> list[Any]:
        """What to do, in order, when there are so many minutes."""
        return [
            step.hands if way == HANDS and step.hands is not None else step.text
            for step in self.steps
            if step.since <= minutes
        ]
