"""Whatever of a patient's is open to anybody, as parts of one page: each room says its own."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from webapp.accounts.models import Person


@dataclass(frozen=True)
class Giving:
    """One way in which something is open to somebody, while it is.

    `template` draws what `of` finds as a part of /sharing, with that name as its id, what is in
    it, who has it, and a form that ends each.
    """

    name: str
    template: str
    of: Callable[[Person], Any]


GIVINGS: dict[str, Giving] = {}


def gives(giving: Giving) -> None:
    """Have it on /sharing, in the order in which rooms say so."""
    GIVINGS[giving.name] = giving
