"""What changed between two texts. Pure: plain values in and out.

Lines first, then words within the lines that changed. What stands exactly once in both texts
holds its place ("patience diff"), whatever is equal before or after it stays too, and the rest is
shown whole, old and new. Not taken: difflib, which takes cubic time for words that repeat; 7 KB of
them held a worker for half a minute.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

# A word with the space behind it, so that runs stay whole; or nothing but space.
_WORDS = re.compile(r"\s*\S+\s*|\s+")

Key = TypeVar("Key")
Texts = list[str]


@dataclass(frozen=True)
class Piece:
    """A run of words: `same`, `gone` or `new`."""

    kind: str
    text: str


def compare(before: str, after: str) -> list[Piece]:
    """Both texts in one: what stayed, what went, what came."""
    # The last word gets a space too: another one may come to stand behind it here.
    old, new = (
        f"{text} ".splitlines(keepends=True) if text.strip() else [] for text in (before, after)
    )
    pieces: list[Piece] = []
    for kind, gone, came in _runs(old, new):
        words = [(kind, gone, came)]
        if kind == "changed":
            words = list(_runs(_WORDS.findall("".join(gone)), _WORDS.findall("".join(came))))
        for kind_of_words, went, now in words:
            is_same = kind_of_words == "same"
            _add(pieces, "gone", "" if is_same else "".join(went))
            _add(pieces, "same" if is_same else "new", "".join(now))
    return pieces


def steps(texts: list[dict[Key, str]]) -> Iterator[dict[Key, list[Piece]]]:
    """From each version to the next one, by part, only those parts that changed."""
    for old, new in pairwise(texts):
        yield {
            part: compare(old.get(part, ""), new.get(part, ""))
            for part in {**old, **new}
            if old.get(part, "") != new.get(part, "")
        }


def _add(pieces: list[Piece], kind: str, text: str) -> None:
    if not text:
        return
    if pieces and pieces[-1].kind == kind:
        text = pieces.pop().text + text
    pieces.append(Piece(kind, text))


def _runs(old: Texts, new: Texts) -> Iterator[tuple[str, Texts, Texts]]:
    """What is the same and what changed, by turns, in the order of the text."""
    plain_old, plain_new = [line.strip() for line in old], [line.strip() for line in new]
    start, from_ = 0, 0
    for end, to in [*_anchors(plain_old, plain_new), (len(old), len(new))]:
        ahead = behind = 0
        room = min(end - start, to - from_)
        while ahead < room and plain_old[start + ahead] == plain_new[from_ + ahead]:
            ahead += 1
        while behind < room - ahead and plain_old[end - behind - 1] == plain_new[to - behind - 1]:
            behind += 1
        yield "same", old[start : start + ahead], new[from_ : from_ + ahead]
        yield "changed", old[start + ahead : end - behind], new[from_ + ahead : to - behind]
        # With what holds the place itself.
        yield "same", old[end - behind : end + 1], new[to - behind : to + 1]
        start, from_ = end + 1, to + 1


def _anchors(old: Texts, new: Texts) -> list[tuple[int, int]]:
    """Where something stands that occurs once in each, as many as rise together in both."""
    times_old, times_new = Counter(old), Counter(new)
    place = {line: at for at, line in enumerate(old) if times_old[line] == 1}
    pairs = [
        (place[line], at) for at, line in enumerate(new) if times_new[line] == 1 and line in place
    ]
    # The longest rising run (patience sorting): the smallest end of a run of each length so far.
    ends: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for number, (at, _) in enumerate(pairs):
        length = bisect_left(ends, at)
        before.append(last[length - 1] if length else -1)
        ends[length : length + 1], last[length : length + 1] = [at], [number]
    found, number = [], last[-1] if last else -1
    while number >= 0:
        found.append(pairs[number])
        number = before[number]
    return found[::-1]
