"""What works for me: by how much the strength changed with each exercise. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

ENOUGH = 3  # fewer runs are chance


@dataclass(frozen=True)
class Run:
    """One time: how strong before and after, each 0 to 10."""

    exercise: str
    before: int
    after: int


@dataclass(frozen=True)
class Works:
    """An exercise, and the mean change: below zero is weaker afterwards."""

    exercise: str
    count: int
    change: float
    fell: int  # how many times it was weaker afterwards


def what_works(runs: Iterable[Run]) -> list[Works]:
    """Each exercise that was done at least three times, what helped most first.

    One that made it worse is told as well: that is worth knowing too.
    """
    changes: dict[str, list[int]] = {}
    for run in runs:
        changes.setdefault(run.exercise, []).append(run.after - run.before)
    found = [
        Works(name, len(all_), sum(all_) / len(all_), sum(change < 0 for change in all_))
        for name, all_ in changes.items()
        if len(all_) >= ENOUGH
    ]
    return sorted(found, key=lambda works: (works.change, -works.count, works.exercise))
