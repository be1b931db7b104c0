"""The small TOML file beside a questionnaire that says how its answers add up. Pure.

    name = "Mood, over two weeks"
    intro = "Over the last two weeks, how often did this trouble you?"
    unscored = ["/69722-7"]
    reversed = []

    [[scales]]
    name = "All together"
    better = "lower"
    change = 5
    bands = [
      { from = 0, to = 9, says = "These things came up on few days or on none." },
      { from = 10, to = 27, says = "These things came up on many days. Your team can help." },
    ]

    [[at_once]]
    item = "/44260-8"
    above = 0

A scale without `items` adds up every choice whose answers have numbers, but the unscored ones.
A yes or no, or a number, counts where `items` names it.
"""

import re
from decimal import Decimal
from itertools import pairwise
from typing import Any

from webapp.core.wording import gettext as _
from webapp.questionnaires.errors import NotImported
from webapp.questionnaires.questionnaire import Questionnaire
from webapp.questionnaires.scoring import (
    AtOnce,
    Band,
    Better,
    Scale,
    Scoring,
    can_count,
    can_reverse,
    reach,
)

KEYS = {"name", "intro", "notice", "unscored", "reversed", "scales", "at_once"}
SCALE_KEYS = {"name", "items", "reversed", "better", "change", "bands"}
SENTENCE = 5  # words: a band with fewer would be a label
# The one word alone never stands beside a number; in a sentence it may explain one.
LABEL = re.compile(r"\b(minimal|mild|moderate(ly)?|severe(ly)?|abnormal|clinical)\b", re.IGNORECASE)


def read(file: Any, questionnaire: Questionnaire) -> Scoring:
    """What a parsed file says about this questionnaire. Raises NotImported."""
    if not isinstance(file, dict):
        raise NotImported(_("The scoring file is empty."))
    _known(file, KEYS, _("The scoring file"))
    unscored = _items(file, "unscored", questionnaire)
    turned = _items(file, "reversed", questionnaire)
    scales = _tables(file, "scales")
    found = tuple(_scale(scale, questionnaire, unscored, turned) for scale in scales)
    names = [counted.name for counted in found]
    if len(set(names)) != len(names):
        raise NotImported(_("The scoring file has two scales with the same name."))
    for link_id in turned:
        if not any(link_id in counted.items for counted in found):
            raise NotImported(
                _("Item %(link_id)s is reversed, but no scale counts it.", link_id=link_id)
            )
    return Scoring(
        name=_text(file, "name"),
        intro=_text(file, "intro"),
        notice=_text(file, "notice"),
        scales=found,
        at_once=tuple(_at_once(table, questionnaire) for table in _tables(file, "at_once")),
    )


def _scale(
    table: dict[str, Any], questionnaire: Questionnaire, unscored: list[str], turned: list[str]
) -> Scale:
    _known(table, SCALE_KEYS, _("A scale"))
    name = _text(table, "name")
    if not name:
        raise NotImported(_("A scale in the scoring file has no name."))
    listed = _items(table, "items", questionnaire) if "items" in table else None
    counted = listed if listed is not None else _all_choices(questionnaire, unscored)
    if not counted:
        raise NotImported(_("The scale “%(name)s” has no items to add up.", name=name))
    for link_id in counted:
        if link_id in unscored:
            raise NotImported(
                _(
                    "Item %(link_id)s is unscored, but “%(name)s” counts it.",
                    link_id=link_id,
                    name=name,
                )
            )
        if not can_count(_question(questionnaire, link_id)):
            raise NotImported(
                _(
                    "Item %(link_id)s has no numbers to add up, but “%(name)s” counts it.",
                    link_id=link_id,
                    name=name,
                )
            )
    reverse = {*_items(table, "reversed", questionnaire), *(x for x in turned if x in counted)}
    for link_id in reverse:
        if link_id not in counted:
            raise NotImported(
                _(
                    "Item %(link_id)s is reversed in “%(name)s”, which doesn’t count it.",
                    link_id=link_id,
                    name=name,
                )
            )
        if not can_reverse(_question(questionnaire, link_id)):
            raise NotImported(
                _("Item %(link_id)s is reversed, but has no lowest and highest.", link_id=link_id)
            )
    scale = Scale(name, tuple(counted), frozenset(reverse), _better(table, name), _change(table))
    bands = tuple(_band(band, name) for band in _tables(table, "bands"))
    _check(scale, bands, questionnaire)
    return Scale(scale.name, scale.items, scale.reversed, scale.better, scale.change, bands)


def _check(scale: Scale, bands: tuple[Band, ...], questionnaire: Questionnaire) -> None:
    """Bands in order, beside each other, over the whole reach of the scale."""
    if not bands:
        return
    low, high = reach(scale, questionnaire)
    for before, after in pairwise(bands):
        if after.first <= before.last or after.first - before.last > 1:
            raise NotImported(
                _(
                    "In “%(name)s”, the band from %(first)s doesn’t continue the one before.",
                    name=scale.name,
                    first=after.first,
                )
            )
    if bands[0].first > low or bands[-1].last < high:
        raise NotImported(
            _(
                "The bands of “%(name)s” leave out scores from %(low)s to %(high)s.",
                name=scale.name,
                low=low,
                high=high,
            )
        )


def _band(table: dict[str, Any], scale: str) -> Band:
    _known(table, {"from", "to", "says"}, _("A band of “%(scale)s”", scale=scale))
    first, last = _number(table, "from"), _number(table, "to")
    says = _text(table, "says")
    if first is None or last is None or first > last:
        raise NotImported(
            _("A band of “%(scale)s” doesn’t say where it starts and ends.", scale=scale)
        )
    if len(says.split()) < SENTENCE or (LABEL.search(says) and len(says.split()) < 2 * SENTENCE):
        raise NotImported(
            _(
                "The band of “%(scale)s” from %(first)s needs a sentence for the patient, not a "
                "label.",
                scale=scale,
                first=first,
            )
        )
    return Band(first, last, says)


def _at_once(table: dict[str, Any], questionnaire: Questionnaire) -> AtOnce:
    _known(table, {"item", "above"}, _("A rule"))
    link_id, above = _text(table, "item"), _number(table, "above")
    question = questionnaire.question(link_id)
    if question is None:
        raise NotImported(
            _(
                "A rule is about item %(link_id)s, which the questionnaire doesn’t ask.",
                link_id=link_id,
            )
        )
    if above is None or not can_count(question):
        raise NotImported(
            _("The rule about item %(link_id)s has no number to compare.", link_id=link_id)
        )
    return AtOnce(link_id, above)


def _question(questionnaire: Questionnaire, link_id: str) -> Any:
    question = questionnaire.question(link_id)
    assert question is not None
    return question


def _all_choices(questionnaire: Questionnaire, unscored: list[str]) -> list[str]:
    return [
        question.link_id for question in questionnaire.questions
        if question.type.is_choice and can_count(question) and question.link_id not in unscored
    ]  # fmt: skip


def _items(table: dict[str, Any], name: str, questionnaire: Questionnaire) -> list[str]:
    value = table.get(name) or []
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise NotImported(_("“%(name)s” in the scoring file isn’t a list of items.", name=name))
    for link_id in value:
        if questionnaire.question(link_id) is None:
            raise NotImported(
                _(
                    "Item %(link_id)s is in “%(name)s”, but the questionnaire doesn’t ask it.",
                    link_id=link_id,
                    name=name,
                )
            )
    if len(set(value)) != len(value):
        raise NotImported(_("“%(name)s” in the scoring file names an item twice.", name=name))
    return value


def _tables(table: dict[str, Any], name: str) -> list[dict[str, Any]]:
    value = table.get(name) or []
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
        raise NotImported(_("“%(name)s” in the scoring file isn’t a list of tables.", name=name))
    return value


def _better(table: dict[str, Any], name: str) -> Better | None:
    try:
        return Better(table["better"]) if "better" in table else None
    except ValueError:
        raise NotImported(
            _("“better” of “%(name)s” is neither “lower” nor “higher”.", name=name)
        ) from None


def _change(table: dict[str, Any]) -> Decimal | None:
    value = _number(table, "change")
    if value is not None and value <= 0:
        raise NotImported(_("“change” in the scoring file must be above 0."))
    return value


def _number(table: dict[str, Any], name: str) -> Decimal | None:
    value = table.get(name)
    if value is None:
        return None
    is_number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    if not is_number or not Decimal(str(value)).is_finite():  # TOML has inf and nan
        raise NotImported(_("“%(name)s” in the scoring file isn’t a number.", name=name))
    return Decimal(str(value))


def _text(table: dict[str, Any], name: str) -> str:
    value = table.get(name, "")
    if not isinstance(value, str):
        raise NotImported(_("“%(name)s” in the scoring file isn’t text.", name=name))
    return " ".join(value.split())


def _known(table: dict[str, Any], keys: set[str], what: str) -> None:
    unknown = sorted(set(table) - keys)
    if unknown:
        raise NotImported(
            _("%(what)s has “%(given)s”, which we don’t support.", what=what, given=unknown[0])
        )
