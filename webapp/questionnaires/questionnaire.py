"""A questionnaire as plain values, and which of its questions are asked. Pure.

Read from FHIR by `fhir_import.py`; our own weekly one is made of the same parts in `weekly.py`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from operator import eq, ge, gt, le, lt, ne
from typing import Any

# Answers by link id: an option's key, a number as text, words, yes and no, a day as in ISO 8601,
# or {"other": words} where something else may be said than what there is to choose.
Answers = Mapping[str, Any]


class Type(StrEnum):
    """What kind of item it is."""

    GROUP = "group"
    DISPLAY = "display"  # a text between questions
    CHOICE = "choice"
    OPEN_CHOICE = "open-choice"  # or something else, in one's own words
    BOOLEAN = "boolean"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    STRING = "string"  # one line
    TEXT = "text"

    @property
    def is_asked(self) -> bool:
        """Whether there is something to answer."""
        return self not in (Type.GROUP, Type.DISPLAY)

    @property
    def is_choice(self) -> bool:
        """Whether there are answers to choose from."""
        return self in (Type.CHOICE, Type.OPEN_CHOICE)

    @property
    def is_number(self) -> bool:
        """Whether the answer is typed as a number."""
        return self in (Type.INTEGER, Type.DECIMAL)


@dataclass(frozen=True)
class Option:
    """One answer to choose. `fhir` is its value as the file has it: {"valueCoding": {…}}."""

    key: str
    label: str
    ordinal: Decimal | None = None
    fhir: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True)
class Condition:
    """An item is asked only if an earlier question was answered so."""

    question: str
    operator: str
    answer: str | Decimal | bool


@dataclass(frozen=True)
class Item:
    """A question, a text, or a group of them. `items` of a question go with it: they are asked
    after it, whenever it is."""

    link_id: str
    type: Type
    text: str = ""
    prefix: str = ""
    required: bool = False
    options: tuple[Option, ...] = ()
    when: tuple[Condition, ...] = ()
    when_all: bool = True
    items: tuple["Item", ...] = ()
    least: Decimal | None = None
    most: Decimal | None = None
    longest: int | None = None
    help: tuple[str, ...] = ()  # what stands with the question
    unit: str = ""  # what its number is counted in

    @property
    def heading(self) -> str:
        """The text of a group or a text between questions, with what numbers it."""
        return f"{self.prefix} {self.text}".strip()

    def option(self, key: Any) -> Option | None:
        """The option with this key."""
        return next((option for option in self.options if option.key == key), None)


@dataclass(frozen=True)
class Questionnaire:
    """All of it. `key` stays the same from one version to the next."""

    key: str
    title: str
    items: tuple[Item, ...]
    url: str = ""
    version: str = ""
    language: str = ""
    notice: str = ""  # whose it is, as its file says

    def all(self) -> Iterator[Item]:
        """Every item, groups before what is in them."""
        yield from _walk(self.items)

    @property
    def questions(self) -> list[Item]:
        """Every item that can be answered, in order."""
        return [item for item in self.all() if item.type.is_asked]

    def question(self, link_id: str) -> Item | None:
        """The question with this link id."""
        return next((question for question in self.questions if question.link_id == link_id), None)


@dataclass(frozen=True)
class Asked:
    """A question as it stands on its page: with the texts that belong above it."""

    number: int  # among all questions, so its address stays when others open or close
    item: Item
    above: tuple[str, ...] = ()


def open_questions(questionnaire: Questionnaire, answers: Answers) -> list[Asked]:
    """The questions that are asked, given the answers so far.

    The answer to a question that isn't asked any more doesn't count for a condition.
    """
    return _Pass(questionnaire, answers).open


def counted(questionnaire: Questionnaire, answers: Answers) -> dict[str, Any]:
    """The answers to questions that are asked: what is kept, scored and exported."""
    return _Pass(questionnaire, answers).answers


def unsure(questionnaire: Questionnaire, answers: Answers) -> set[str]:
    """The questions that aren't asked only because one that decides it was left out."""
    return _Pass(questionnaire, answers).unsure


def closing(questionnaire: Questionnaire, answers: Answers) -> tuple[str, ...]:
    """The texts below which no question stands: what is said at the end."""
    return _Pass(questionnaire, answers).closing


class _Pass:
    """Once through the items. Conditions point backward only, so one pass decides them all."""

    def __init__(self, questionnaire: Questionnaire, answers: Answers) -> None:
        self.given, self.answers = answers, dict[str, Any]()
        self.by_id = {question.link_id: question for question in questionnaire.questions}
        self.open: list[Asked] = []
        self.unsure: set[str] = set()
        self.number = 0
        self.closing = self._through(questionnaire.items, (), is_open=True)

    def _through(
        self, items: tuple[Item, ...], above: tuple[str, ...], *, is_open: bool
    ) -> tuple[str, ...]:
        """Returns the texts that still wait for a question to stand above."""
        waiting: tuple[str, ...] = ()
        for item in items:
            asked = is_open and self._is_open(item)
            if is_open and not asked and self._is_open(item, self._may_hold):
                self.unsure |= {inner.link_id for inner in _walk((item,))}
            heading = (item.heading,) if item.heading else ()
            if item.type == Type.DISPLAY:
                waiting += heading if asked else ()
                continue
            before = len(self.open)
            if item.type == Type.GROUP:
                left = self._through(item.items, (*above, *waiting, *heading), is_open=asked)
            else:
                self._ask(item, (*above, *waiting), asked=asked)
                left = self._through(item.items, (*above, *heading), is_open=asked)
            if len(self.open) > before:
                waiting = left
            elif left:
                waiting += (*heading, *left)
        return waiting

    def _ask(self, item: Item, texts: tuple[str, ...], *, asked: bool) -> None:
        if asked:
            self.open.append(Asked(self.number, item, texts))
            if self.given.get(item.link_id) is not None:
                self.answers[item.link_id] = self.given[item.link_id]
        self.number += 1

    def _is_open(self, item: Item, test: Callable[[Condition], bool] | None = None) -> bool:
        if not item.when:
            return True
        hold = map(test or self._holds, item.when)
        return all(hold) if item.when_all else any(hold)

    def _may_hold(self, condition: Condition) -> bool:
        """Whether it holds, or would with some answer to a question that was left out."""
        asked = {open_question.item.link_id for open_question in self.open}
        is_left_out = condition.question in asked and condition.question not in self.answers
        return self._holds(condition) or (
            condition.operator != "exists" and (is_left_out or condition.question in self.unsure)
        )

    def _holds(self, condition: Condition) -> bool:
        given = self.answers.get(condition.question)
        if condition.operator == "exists":
            return (given is not None) == condition.answer
        if given is None:
            return False
        question = self.by_id[condition.question]
        if condition.operator in ("=", "!="):
            number = question.type.is_number
            return bool(OPERATORS[condition.operator](Decimal(given) if number else given,
                                                      condition.answer))  # fmt: skip
        value, other = value_of(question, given), _ordered(question, condition)
        if value is None or other is None:
            return False
        return bool(OPERATORS[condition.operator](value, other))


OPERATORS = {"=": eq, "!=": ne, ">": gt, "<": lt, ">=": ge, "<=": le}


def value_of(item: Item, answer: Any) -> Decimal | None:
    """An answer as a number: what it counts for (a yes is 1), or what was typed. None for an
    answer to choose that has no number, such as one that says "prefer not to answer", and for
    something else in one's own words."""
    if item.type.is_choice:
        option = item.option(answer)
        return option.ordinal if option else None
    if item.type == Type.BOOLEAN:
        return Decimal(1 if answer is True else 0)
    return Decimal(answer)


def own_words(answer: Any) -> str:
    """What was said instead of an answer to choose."""
    return str(answer.get("other") or "") if isinstance(answer, dict) else ""


def _ordered(question: Item, condition: Condition) -> Decimal | None:
    """What an answer is compared with: for a choice, what that choice counts for."""
    if question.type.is_choice:
        return value_of(question, condition.answer)
    assert isinstance(condition.answer, Decimal)
    return condition.answer


def _walk(items: tuple[Item, ...]) -> Iterator[Item]:
    for item in items:
        yield item
        yield from _walk(item.items)
