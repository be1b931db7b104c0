"""Which triggers that come up again have a planned response. Pure: plain values in and out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from webapp.insight.patterns import Mean

RECURS = 2  # once is a moment, twice is a thing to plan for


class Logged(NamedTuple):
    """What set off one moment, and how strong it was."""

    kinds: tuple[str, ...]
    urge: int | None


@dataclass(frozen=True)
class Covered:
    """A kind of trigger that came up again, with what is planned for it."""

    kind: str
    count: int
    mean: float | None  # of those with a number
    responses: tuple[str, ...] = field(default=())

    @property
    def is_open(self) -> bool:
        """Whether there is no response yet."""
        return not self.responses


def coverage(logged: Iterable[Logged], planned: Iterable[Mapping[str, str]]) -> list[Covered]:
    """Each recurring kind: those without a response first, then by how often they came up."""
    responses = by_kind(planned)
    counts: dict[str, Mean] = {}
    for entry in logged:
        for kind in dict.fromkeys(entry.kinds):
            counts.setdefault(kind, Mean()).add(entry.urge)
    found = [
        Covered(kind, urges.count, urges.mean, tuple(responses.get(kind, ())))
        for kind, urges in counts.items()
        if urges.count >= RECURS
    ]
    return sorted(
        found,
        key=lambda covered: (
            not covered.is_open,
            -covered.count,
            -(covered.mean or 0),
            covered.kind,
        ),
    )


def by_kind(planned: Iterable[Mapping[str, str]]) -> dict[str, list[str]]:
    """The planned responses for each kind of trigger."""
    found: dict[str, list[str]] = {}
    for trigger in planned:
        if trigger.get("kind") and trigger.get("response"):
            found.setdefault(trigger["kind"], []).append(trigger["response"])
    return found
