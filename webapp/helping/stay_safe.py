"""Which lines about staying safe fit what somebody said it was about. Pure.

Both, unless all that was named is on one of these lists: a word that we don't know may be
anything. A clinician must review this before opening, as the lines themselves.
"""

from collections.abc import Iterable

from webapp.core.folding import folded

SUPPLY, STOPPING = "supply", "stopping"  # what isn't from a pharmacy; stopping at once
DRINKS = frozenset({
    "alcohol", "beer", "beers", "booze", "bourbon", "drink", "drinking", "drinks", "gin", "liquor",
    "tequila", "vodka", "whiskey", "wine",
})  # fmt: skip
DRUGS = frozenset({
    "cocaine", "crack", "fentanyl", "heroin", "meth", "methamphetamine", "opiates", "opioids",
})  # fmt: skip


def lines_about(what: Iterable[str] | None) -> frozenset[str]:
    """One of them where that is sure."""
    named = {folded(word) for word in what or ()}
    if named and named <= DRINKS:
        return frozenset({STOPPING})
    if named and named <= DRUGS:
        return frozenset({SUPPLY})
    return frozenset({SUPPLY, STOPPING})
