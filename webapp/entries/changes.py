"""What changed between two texts, word by word. Pure: plain values in and out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from typing import TypeVar

_WORDS = re.compile(r"\S+\s*")  # a word with the space behind it, so that runs stay whole

Key = TypeVar("Key")


@dataclass(frozen=True)
class Piece:
    """A run of words: `same`, `gone` or `new`."""

    kind: str
    text: str


def compare(before: str, after: str) -> list[Piece]:
    """Both texts in one: what stayed, what went, what came."""
    # The last word gets a space too: another one may come to stand behind it here.
    old, new = _WORDS.findall(f"{before} "), _WORDS.findall(f"{after} ")
    pieces: list[Piece] = []
    matcher = SequenceMatcher(None, [one.strip() for one in old], [one.strip() for one in new])
    for tag, start, end, from_, to in matcher.get_opcodes():
        gone, came = "".join(old[start:end]), "".join(new[from_:to])
        if tag == "equal":
            pieces.append(Piece("same", came))
            continue
        if gone:
            pieces.append(Piece("gone", gone))
        if came:
            pieces.append(Piece("new", came))
    return pieces


def steps(texts: list[dict[Key, str]]) -> Iterator[dict[Key, list[Piece]]]:
    """From each version to the next one, by part, only those parts that changed."""
    for old, new in pairwise(texts):
        yield {
            part: compare(old.get(part, ""), new.get(part, ""))
            for part in {**old, **new}
            if old.get(part, "") != new.get(part, "")
        }
