"""What was measured, in a table and in sentences."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """One figure beside its bar; `what` is the beginning of a sentence."""

    name: str
    what: str
    figure: float
    bar: float
    more: str = ""
    unit: str = "×"
    at_least: bool = False  # more is better

    @property
    def is_met(self) -> bool:
        """Whether the figure is within its bar."""
        return self.figure >= self.bar if self.at_least else self.figure <= self.bar

    @property
    def sentence(self) -> str:
        """What was measured, as one would say it."""
        how = "within" if self.is_met else "below" if self.at_least else "above"
        more = f" ({self.more})" if self.more else ""
        return f"{self.what}: {_figure(self)}, {how} its bar of {self.bar:g} {self.unit}.{more}"


def tell(results: Iterable[Result]) -> None:
    """Print both."""
    results = list(results)
    print(f"{'':14}{'measured':>10}{'bar':>10}")
    for result in results:
        bar, met = f"{result.bar:g} {result.unit}", "met" if result.is_met else "NOT MET"
        print(f"{result.name:14}{_figure(result):>10}{bar:>10}   {met}")
    print()
    for result in results:
        print(result.sentence)


def _figure(result: Result) -> str:
    return (
        f"{result.figure:.2f} {result.unit}"
        if result.unit == "×"
        else f"{result.figure:.1f} {result.unit}"
    )
