"""How the mood of the check-ins went, on the time axis of the patterns. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date

from webapp.insight.patterns import Mean, Point

LOWEST, HIGHEST, TOP = 1, 5, 10  # a mood is one of five; the axis goes from 0 to 10


def along(points: Sequence[Point], moods: Iterable[tuple[date, int]]) -> list[float | None]:
    """The mean mood within each point, from 0 very low to 10 very good; None without a check-in.

    Empty when there was none at all: then there is nothing to draw.
    """
    if not points:
        return []
    first, width = points[0].first, (points[0].last - points[0].first).days + 1
    means = [Mean() for _ in points]
    for day, mood in moods:
        at = (day - first).days // width
        if 0 <= at < len(means):
            means[at].add(mood)
    if not any(mean.count for mean in means):
        return []
    return [_on_axis(mean.mean) for mean in means]


def _on_axis(mood: float | None) -> float | None:
    return None if mood is None else (mood - LOWEST) * TOP / (HIGHEST - LOWEST)
