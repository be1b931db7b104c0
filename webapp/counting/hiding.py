"""Which numbers of people may be shown, so that none below five can be worked out. Pure.

Whoever looks may add, subtract, know this rule, and know how many there are in all: most people
answer every question, so another one's total tells. So a question is shown whole or not at all, and
a group only where what is left of the clinic without the shown ones is five or more itself.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

FEWEST = 5
G = TypeVar("G", bound=Hashable)
Row = Sequence[int]  # people by answer, the answers of one question in their order


@dataclass(frozen=True)
class Shown(Generic[G]):
    """What may be shown of one question; None is what may not."""

    clinic: tuple[int, ...] | None
    total: int | None  # None for fewer than five, none at all included
    groups: dict[G, tuple[int, ...]]


def shown(rows: Mapping[G, Row], answers: int) -> Shown[G]:
    """What may be shown of people by group and answer. `rows` has every group there was, also one
    without anybody: that nobody of it answered is a small number, too."""
    clinic = _sum(list(rows.values()), answers)
    total = sum(clinic)
    return Shown(
        tuple(clinic) if _is_enough(clinic) else None,
        total if total >= FEWEST else None,
        _safe(rows, answers),
    )


def _safe(rows: Mapping[G, Row], answers: int) -> dict[G, tuple[int, ...]]:
    """The largest groups, as many as may be shown while the others are enough together. In order of
    size, whether one may be shown or not: a smaller one in its place would tell that it may not."""
    by_size = sorted(rows, key=lambda group: sum(rows[group]), reverse=True)
    for count in range(len(by_size), 0, -1):
        some = [rows[group] for group in by_size[:count]]
        rest = [rows[group] for group in by_size[count:]]
        if all(map(_is_enough, some)) and (not rest or _is_enough(_sum(rest, answers))):
            return {group: tuple(rows[group]) for group in by_size[:count]}
    return {}


def _sum(rows: Sequence[Row], answers: int) -> list[int]:
    return [sum(row[at] for row in rows) for at in range(answers)]


def _is_enough(row: Row) -> bool:
    return all(people >= FEWEST for people in row)
