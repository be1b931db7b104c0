"""What answers add up to. Pure: plain values in and out."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from webapp.questionnaires.questionnaire import (
    Answers,
    Item,
    Questionnaire,
    Type,
    open_questions,
    own_words,
    unsure,
    value_of,
)


class Better(StrEnum):
    """Which way is easier on whoever answers."""

    LOWER = "lower"
    HIGHER = "higher"


@dataclass(frozen=True)
class Band:
    """Scores from one to another, with a sentence on what they say; never a bare label."""

    first: Decimal
    last: Decimal
    says: str


@dataclass(frozen=True)
class Scale:
    """Items that are added up. `reversed` ones count from the other end."""

    name: str
    items: tuple[str, ...]
    reversed: frozenset[str] = frozenset()
    better: Better | None = None
    change: Decimal | None = None  # from how many points on a change says something
    bands: tuple[Band, ...] = ()


@dataclass(frozen=True)
class AtOnce:
    """An answer that counts above this shows whoever gave it the safety plan, at once."""

    item: str
    above: Decimal


@dataclass(frozen=True)
class Scoring:
    """All that the file beside a questionnaire says."""

    name: str = ""  # what patients see it called
    intro: str = ""  # what stands above each question
    notice: str = ""  # whose it is and who may use it
    scales: tuple[Scale, ...] = ()
    at_once: tuple[AtOnce, ...] = ()


def can_count(item: Item) -> bool:
    """Whether an item can be part of a score."""
    if item.type.is_choice:
        return any(option.ordinal is not None for option in item.options)
    return item.type.is_number or item.type == Type.BOOLEAN


def can_reverse(item: Item) -> bool:
    """Whether its other end is known."""
    return item.type.is_choice or item.type == Type.BOOLEAN or None not in (item.least, item.most)


def score(scale: Scale, questionnaire: Questionnaire, answers: Answers) -> Decimal | None:
    """The sum of a scale; None while one of its questions that are asked has no answer, or one
    without a number.

    A question that isn't asked, by its condition, counts nothing. Nothing is guessed for a gap, nor
    for what wasn't asked because of one.
    """
    if unsure(questionnaire, answers).intersection(scale.items):
        return None
    total = Decimal(0)
    for asked in open_questions(questionnaire, answers):
        item = asked.item
        if item.link_id not in scale.items:
            continue
        if answers.get(item.link_id) is None:
            return None
        value = value_of(item, answers[item.link_id])
        if value is None:
            return None
        total += _turned(item, value) if item.link_id in scale.reversed else value
    return total


def numberless(scale: Scale, questionnaire: Questionnaire, answers: Answers) -> str:
    """The answer without a number that leaves a scale without one, as it reads; or nothing."""
    for link_id in scale.items:
        item, given = questionnaire.question(link_id), answers.get(link_id)
        option = item.option(given) if item is not None and given is not None else None
        if option is not None and option.ordinal is None:
            return option.label
        if own_words(given):
            return own_words(given)
    return ""


def scores(scoring: Scoring, questionnaire: Questionnaire, answers: Answers) -> dict[str, str]:
    """Every scale that can be told, by name, as text that a sealed document can keep."""
    found = {scale.name: score(scale, questionnaire, answers) for scale in scoring.scales}
    return {name: plain(value) for name, value in found.items() if value is not None}


def reach(scale: Scale, questionnaire: Questionnaire) -> tuple[Decimal, Decimal]:
    """The lowest and the highest that a scale can come to, when all of it is asked."""
    ends = [_ends(item) for item in questionnaire.questions if item.link_id in scale.items]
    return sum((end[0] for end in ends), Decimal(0)), sum((end[1] for end in ends), Decimal(0))


def band_of(scale: Scale, value: Decimal) -> Band | None:
    """The band that a score is in."""
    return next((band for band in scale.bands if band.first <= value <= band.last), None)


def is_at_once(
    scoring: Scoring, questionnaire: Questionnaire, answers: Answers, link_id: str
) -> bool:
    """Whether the answer to this question shows the safety plan at once."""
    item, answer = questionnaire.question(link_id), answers.get(link_id)
    if item is None or answer is None:
        return False
    above = [rule.above for rule in scoring.at_once if rule.item == link_id]
    value = value_of(item, answer) if above else None
    return value is not None and value > min(above)


def all_at_once(scoring: Scoring, questionnaire: Questionnaire, answers: Answers) -> list[str]:
    """Every question whose answer does so."""
    return [
        rule.item for rule in scoring.at_once
        if is_at_once(scoring, questionnaire, answers, rule.item)
    ]  # fmt: skip


class Change(StrEnum):
    """How a score moved since the one before."""

    SAME = "same"
    EASIER = "easier"
    HARDER = "harder"
    LOWER = "lower"
    HIGHER = "higher"


def change(scale: Scale, before: Decimal, now: Decimal) -> Change:
    """What to say about two scores; less than what says something is "about the same"."""
    moved = now - before
    if moved == 0 or (scale.change is not None and abs(moved) < scale.change):
        return Change.SAME
    if scale.better is None:
        return Change.LOWER if moved < 0 else Change.HIGHER
    return Change.EASIER if (moved < 0) == (scale.better == Better.LOWER) else Change.HARDER


def plain(value: Decimal) -> str:
    """9, 2.5: a number without what only a computer needs."""
    text = format(value.normalize(), "f")
    return text if text != "-0" else "0"


def numbers(kept: Mapping[str, str] | None) -> dict[str, Decimal]:
    """Kept scores as numbers."""
    return {name: Decimal(value) for name, value in (kept or {}).items()}


def _turned(item: Item, value: Decimal) -> Decimal:
    low, high = _ends(item)
    return low + high - value


def _ends(item: Item) -> tuple[Decimal, Decimal]:
    if item.type.is_choice:
        values = [option.ordinal for option in item.options if option.ordinal is not None]
        return min(values), max(values)
    if item.type == Type.BOOLEAN:
        return Decimal(0), Decimal(1)
    return item.least or Decimal(0), item.most or item.least or Decimal(0)
