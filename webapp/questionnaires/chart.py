"""Where a chart of scores has its points and bands. Pure: numbers in, numbers out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

LEFT, RIGHT, TOP, BOTTOM = 30.0, 312.0, 10.0, 110.0
APART = 12.0


@dataclass(frozen=True)
class Zone:
    """A band, as a stripe."""

    y: float
    height: float


@dataclass(frozen=True)
class Chart:
    """Points along time, the stripes behind them, and the numbers at the side."""

    points: tuple[tuple[float, float], ...]
    zones: tuple[Zone, ...]
    marks: tuple[tuple[float, str], ...]


def chart(
    points: Sequence[tuple[datetime, Decimal]],
    ends: tuple[Decimal, Decimal],
    bands: Sequence[tuple[Decimal, Decimal]] = (),
) -> Chart:
    """A chart of at least one point. Time runs evenly, so a long gap looks long."""
    low = min([ends[0], *(value for _, value in points)])
    high = max([ends[1], *(value for _, value in points)])
    first, last = points[0][0], points[-1][0]
    whole = (last - first).total_seconds()

    def x(at: datetime) -> float:
        share = (at - first).total_seconds() / whole if whole else 1.0
        return round(LEFT + 6 + share * (RIGHT - LEFT - 12), 1)

    def y(value: Decimal) -> float:
        share = float(value - low) / (float(high - low) or 1.0)
        return round(BOTTOM - share * (BOTTOM - TOP), 1)

    zones = tuple(_zone(band, number, bands, y) for number, band in enumerate(bands))
    sides = [low, *(band[0] for band in bands[1:]), high]
    return Chart(tuple((x(at), y(value)) for at, value in points), zones, _marks(sides, y))


def _marks(
    values: Sequence[Decimal], y: Callable[[Decimal], float]
) -> tuple[tuple[float, str], ...]:
    """The numbers at the side, but for those that would stand on another."""
    ends = {values[0], values[-1]}
    kept = [value for value in dict.fromkeys(values) if value in ends]
    for value in dict.fromkeys(values):
        if value not in ends and all(abs(y(value) - y(other)) >= APART for other in kept):
            kept.append(value)
    return tuple((y(value), f"{value.normalize():f}") for value in sorted(kept))


def _zone(
    band: tuple[Decimal, Decimal],
    number: int,
    bands: Sequence[tuple[Decimal, Decimal]],
    y: Callable[[Decimal], float],
) -> Zone:
    # Bands meet in the middle between the last number of one and the first of the next.
    first = (bands[number - 1][1] + band[0]) / 2 if number else band[0]
    last = (band[1] + bands[number + 1][0]) / 2 if number + 1 < len(bands) else band[1]
    top, bottom = y(last), y(first)
    return Zone(top, round(bottom - top, 1))
