"""A questionnaire from beginning to end, for whoever decides whether patients are asked it. Pure.

Patients see one question at a time, and not each of them: here stands all of it, with when a
question is asked.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from webapp.core.wording import gettext as _
from webapp.questionnaires.instruments import Instrument, answer_in_words
from webapp.questionnaires.questionnaire import Condition, Item, Type
from webapp.questionnaires.scoring import plain


@dataclass(frozen=True)
class Shown:
    """An item as it stands in the preview; `only_if` says when it is asked."""

    item: Item
    answers: tuple[str, ...]
    only_if: str
    is_at_once: bool


def preview(instrument: Instrument) -> Iterator[Shown]:
    """Every item in order, groups before what is in them."""
    asking = {rule.item for rule in instrument.scoring.at_once}
    for item in instrument.questionnaire.all():
        conditions = [_in_words(instrument, condition) for condition in item.when]
        joined = (_(" and ") if item.when_all else _(" or ")).join(conditions)
        yield Shown(item, _answers(item), joined, item.link_id in asking)


def _answers(item: Item) -> tuple[str, ...]:
    if item.type == Type.BOOLEAN:
        return _("Yes"), _("No")
    other = (_("Something else"),) if item.type == Type.OPEN_CHOICE else ()
    return (*(option.label for option in item.options), *other)


def _in_words(instrument: Instrument, condition: Condition) -> str:
    question = instrument.questionnaire.question(condition.question)
    assert question is not None
    if condition.operator == "exists":
        said = _("“%(question)s” has an answer") if condition.answer else (
            _("“%(question)s” has no answer")
        )  # fmt: skip
        return said % {"question": question.text}
    words = {
        "=": _("“%(question)s” is %(answer)s"),
        "!=": _("“%(question)s” isn’t %(answer)s"),
        ">": _("“%(question)s” is more than %(answer)s"),
        "<": _("“%(question)s” is less than %(answer)s"),
        ">=": _("“%(question)s” is %(answer)s or more"),
        "<=": _("“%(question)s” is %(answer)s or less"),
    }
    return words[condition.operator] % {
        "question": question.text,
        "answer": _answer(question, condition),
    }


def _answer(question: Item, condition: Condition) -> str:
    if question.type.is_number:
        return f"{plain(condition.answer)} {question.unit}".strip()  # type: ignore[arg-type]
    return _("“%(answer)s”", answer=answer_in_words(question, condition.answer))
