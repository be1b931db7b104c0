"""The last three weeks of taps: two lines, a sentence, a table. Pure: plain values in and out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from statistics import mean
from typing import Any

from webapp.questionnaires.chart import Chart, chart

SINCE = timedelta(days=21)
FEW = 4  # fewer check-ins say nothing about how it went
ONE = 1.0  # of ten: less is about the same


class Trend(StrEnum):
    """How the pull went from the earlier half to the later one."""

    WEAKER = "weaker"
    STRONGER = "stronger"
    SAME = "same"


@dataclass(frozen=True)
class Tapped:
    """One check-in, as far as the lines ask."""

    at: datetime
    mood: int | None
    craving: int | None


@dataclass(frozen=True)
class Days:
    """What there is to draw and to say."""

    taps: tuple[Tapped, ...]  # the oldest first
    craving: Chart | None
    mood: Chart | None
    trend: Trend | None
    early: float
    late: float


def days(found: Iterable[tuple[datetime, dict[str, Any]]]) -> Days | None:
    """From when and what, the newest first; None while there are too few."""
    taps = tuple(Tapped(at, content.get("mood"), content.get("craving")) for at, content in found)[
        ::-1
    ]
    if len(taps) < FEW:
        return None
    pulls = [(tap.at, tap.craving) for tap in taps if tap.craving is not None]
    moods = [(tap.at, tap.mood) for tap in taps if tap.mood is not None]
    trend, early, late = _trend([value for _, value in pulls])
    return Days(taps, _line(pulls, 0, 10), _line(moods, 1, 5), trend, early, late)


def _line(points: Sequence[tuple[datetime, int]], low: int, high: int) -> Chart | None:
    if len(points) < 2:
        return None
    return chart([(at, Decimal(value)) for at, value in points], (Decimal(low), Decimal(high)))


def _trend(values: list[int]) -> tuple[Trend | None, float, float]:
    if len(values) < FEW:
        return None, 0.0, 0.0
    half = len(values) // 2
    early, late = mean(values[:half]), mean(values[-half:])
    if abs(late - early) < ONE:
        return Trend.SAME, early, late
    return (Trend.WEAKER if late < early else Trend.STRONGER), early, late
