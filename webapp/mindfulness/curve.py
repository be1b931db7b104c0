"""How an urge rose and fell, tapped while it lasted, and how long it takes to halve. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, floor

Sample = tuple[float, int]  # minutes since the start, strength 0 to 10
MOST, LONGEST = 200, 180
ENOUGH = 5  # fewer runs don't say what is usual
LEAST = 2  # what is weaker than this at the start has nothing left to halve

_ONE = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,2})?):([0-9]{1,2})")


def parse(text: str) -> list[Sample] | None:
    """The samples in "0:7 0.4:8 2:5", by time, the last tap at one time counting; None if they
    can't be read."""
    found: dict[float, int] = {}
    words = text.split()
    if len(words) > MOST:
        return None
    for word in words:
        match = _ONE.fullmatch(word)
        if match is None or float(match[1]) > LONGEST or int(match[2]) > 10:
            return None
        minute = float(match[1])
        found[int(minute) if minute.is_integer() else minute] = int(match[2])
    return sorted(found.items())


def written(samples: Iterable[Sequence[float]]) -> str:
    """0:7 0.4:8 2:5"""
    return " ".join(f"{minute:g}:{strength}" for minute, strength in samples)


@dataclass(frozen=True)
class Watched:
    """One run: for how many begun minutes it was watched, and whether it had halved by then."""

    minutes: int
    halved: bool


def watched(samples: Sequence[Sequence[float]]) -> Watched | None:
    """When the urge was first half as strong as at the start; None when there is nothing to tell.

    To half of the start, not of the top: that is what somebody knows at the beginning.
    """
    if len(samples) < 2 or samples[0][1] < LEAST:
        return None
    start, half = samples[0][0], samples[0][1] / 2
    for minute, strength in samples[1:]:
        if strength <= half:
            return Watched(ceil(minute - start), halved=True)
    return Watched(ceil(samples[-1][0] - start), halved=False)


@dataclass(frozen=True)
class Halving:
    """How often it halved, and the usual minutes; None when in half of the runs it didn't."""

    runs: int
    halved: int
    minutes: int | None


def halving(runs: Iterable[Watched | None]) -> Halving | None:
    """How long it usually takes; None before five runs.

    The median, with a run that ended too early counting as "longer than that" for as long as it
    was watched (Kaplan and Meier): leaving such runs out would promise too much, and taking them
    for "never" too little.
    """
    known = [run for run in runs if run is not None]
    if len(known) < ENOUGH:
        return None
    halved = sum(wave.halved for wave in known)
    return Halving(len(known), halved, _median(known))


def _median(runs: list[Watched]) -> int | None:
    not_yet = 1.0
    for minute in sorted({run.minutes for run in runs if run.halved}):
        watching = sum(run.minutes >= minute for run in runs)
        fell = sum(run.halved and run.minutes == minute for run in runs)
        not_yet *= 1 - fell / watching
        if not_yet <= 0.5 + 1e-9:
            return minute
    return None


@dataclass(frozen=True)
class Drawing:
    """A curve on a drawing of 320 by 116: its points, and marks along the time."""

    points: list[tuple[float, float]]
    marks: list[tuple[float, int]]  # place, minute
    minutes: int  # from the first tap to the last, at least one

    @property
    def line(self) -> str:
        """The points of a polyline."""
        return " ".join(f"{x:g},{y:g}" for x, y in self.points)


LEFT, RIGHT, TOP, BOTTOM = 26, 312, 12, 100


def drawing(samples: Sequence[Sequence[float]]) -> Drawing:
    """Where each sample stands."""
    last = max(samples[-1][0], 1)
    step = max(1, ceil(last / 6))

    def x(minute: float) -> float:
        return round(LEFT + (RIGHT - LEFT) * minute / last, 1)

    return Drawing(
        [(x(at), round(BOTTOM - (BOTTOM - TOP) * value / 10, 1)) for at, value in samples],
        [(x(minute), minute) for minute in range(0, floor(last) + 1, step)],
        max(1, round(samples[-1][0] - samples[0][0])),
    )
