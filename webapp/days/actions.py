"""Noting a return, tapping a day."""

from datetime import date, datetime
from typing import Any

from webapp.days.models import Milestone
from webapp.entries import actions as entries


def note_return(milestone: Milestone, day: date, before: str | None, then: str | None) -> None:
    """A return to use: a new chapter begins, and nothing is erased."""
    note = {"day": day.isoformat(), "before": before or "", "then": then or ""}
    others = [other for other in milestone.returns or [] if other["day"] != note["day"]]
    _change(milestone, returns=sorted([*others, note], key=lambda noted: noted["day"]))


def take_back_return(milestone: Milestone, day: str) -> None:
    """That day was noted by mistake: its two chapters are one again."""
    _change(milestone, returns=[note for note in milestone.returns or [] if note["day"] != day])


def change_count(milestone: Milestone, _version: int, _at: datetime, typed: dict[str, Any]) -> None:
    """Another name, first day or word for it; what was noted and tapped stays."""
    _change(milestone, **typed)


def mark(milestone: Milestone, day: date, *, done: bool) -> None:
    """Say of a day that it was done, or take that back."""
    days = set(milestone.marks or [])
    days = days | {day.isoformat()} if done else days - {day.isoformat()}
    _change(milestone, marks=sorted(days))


def _change(milestone: Milestone, **values: Any) -> None:
    content = {**milestone.content, **values}
    entries.edit(milestone, milestone.version, milestone.happened_at, content)
