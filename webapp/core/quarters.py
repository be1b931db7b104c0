"""Quarters of a year. Pure: plain values in and out."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, order=True)
class Quarter:
    """Three months; written `2026-Q3`, so that they sort as text too."""

    year: int
    number: int  # from 1 to 4

    def __str__(self) -> str:
        return f"{self.year}-Q{self.number}"

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.number * 3 - 2, 1)

    @property
    def next(self) -> "Quarter":
        """The one after it."""
        return Quarter(self.year + self.number // 4, self.number % 4 + 1)

    def before(self, count: int = 1) -> "Quarter":
        """So many earlier."""
        at = self.year * 4 + self.number - 1 - count
        return Quarter(at // 4, at % 4 + 1)


def quarter_of(day: date) -> Quarter:
    """The one that a day is in."""
    return Quarter(day.year, (day.month + 2) // 3)
