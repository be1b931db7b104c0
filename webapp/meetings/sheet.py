"""What stands on an attendance sheet, and what drawn initials may be. Pure.

Courts and clinics hand such slips out themselves; there is no set procedure, each group decides,
and a first name or initials are enough (aacentralohio.org, aacle.org). They say that somebody was
there, nothing more.
"""

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime

MOST_ROWS, MOST_BLANK = 200, 20
WIDTH, HEIGHT = 300, 100  # of the glass that initials are drawn on
MOST_PATH = 6_000
_PATH = re.compile(r"(?:M\d{1,3} \d{1,3}(?:L\d{1,3} \d{1,3})*)+")


@dataclass(frozen=True)
class SheetRow:
    """One visit on paper: nothing of what was said or thought there."""

    day: str
    starts: str  # by the clock where it was
    meeting: str
    place: str
    initials: str


@dataclass(frozen=True)
class Went:
    """A visit, as far as a sheet asks."""

    at: datetime  # on the wall clock where it was
    meeting: str
    place: str
    initials: str


def rows(visits: Iterable[Went], first: date, last: date) -> list[dict[str, str]]:
    """The visits of a period, the oldest first."""
    chosen = sorted(
        (visit for visit in visits if first <= visit.at.date() <= last), key=lambda v: v.at
    )
    return [
        asdict(
            SheetRow(
                went.at.date().isoformat(),
                went.at.strftime("%H:%M"),
                went.meeting,
                went.place,
                went.initials,
            )
        )
        for went in chosen[:MOST_ROWS]
    ]


def is_drawing(path: str) -> bool:
    """Whether this is a drawing on our glass: lines between whole points, and nothing else."""
    return len(path) <= MOST_PATH and _PATH.fullmatch(path) is not None
