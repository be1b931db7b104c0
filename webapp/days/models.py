"""What somebody counts."""

from typing import Any

from webapp.core.crypto.sealing import Sealed
from webapp.core.limits import ITEMS
from webapp.entries.models import Entry


class Milestone(Entry, kind="milestone"):
    """Something that somebody counts, because they want to: days since, or days with."""

    lines = "days/line.html"
    page = "days.show"
    most = ITEMS

    name = Sealed[str]()
    way = Sealed[str]()  # chapters.SINCE or chapters.WITH
    since = Sealed[str]()  # the first day, as 2026-11-23
    said = Sealed[str]()  # what somebody calls a return, on its button
    returns = Sealed[list[dict[str, str]]]()  # day, and the words of a debrief
    marks = Sealed[list[str]]()  # days on which it was done

    @property
    def shown(self) -> dict[str, Any]:
        """What its form shows: all but what is noted and tapped day by day."""
        return {name: self.content.get(name) for name in ("name", "way", "since", "said")}
