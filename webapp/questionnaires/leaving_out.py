"""What a questionnaire's file says and nobody is asked or shown, a line for each. Pure.

After `fhir_import.py` has taken it: what would change a question's meaning was refused there.
"""

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from webapp.core.wording import gettext as _
from webapp.questionnaires.errors import named, short
from webapp.questionnaires.fhir_import import (
    COMPUTED,
    CONTROL,
    CORE,
    FORMAT,
    HIDDEN,
    SDC,
    UNIT,
    extensions_of,
)
from webapp.questionnaires.instruments import Instrument
from webapp.questionnaires.options import ORDINALS
from webapp.questionnaires.questionnaire import Item, Type
from webapp.questionnaires.scoring import can_count

# Used, or about the file itself: nothing that somebody who answers would miss.
WHOLE = {
    "resourceType", "id", "meta", "url", "identifier", "version", "name", "title", "status", "code",
    "subjectType", "copyright", "item", "contained", "language", "extension", "text", "date",
    "publisher", "contact", "useContext", "jurisdiction", "approvalDate", "lastReviewDate",
    "experimental",
}  # fmt: skip
FIELDS = {
    "id", "linkId", "type", "text", "prefix", "required", "repeats", "readOnly", "initial",
    "enableWhen", "enableBehavior", "answerOption", "answerValueSet", "item", "extension", "code",
    "definition", "modifierExtension",
}  # fmt: skip
UNCOUNTED = (Type.STRING, Type.TEXT, Type.DATE)  # never expected to count
OPTION = {"id", "extension", "initialSelected", "modifierExtension"}
CODING = {"id", "extension", "system", "version", "code", "display", "userSelected", "abstract"}
EXTENSIONS = {
    HIDDEN,
    f"{CORE}questionnaire-maxOccurs",
    f"{CORE}questionnaire-choiceOrientation",
    f"{CORE}questionnaire-displayCategory",
    f"{SDC}observationExtract",
    f"{SDC}observation-extract-category",
    f"{SDC}observationLinkPeriod",
    f"{SDC}preferredTerminologyServer",
    CONTROL,
    FORMAT,
}


def left_out(file: dict[str, Any], instrument: Instrument, unscored: Iterable[str]) -> list[str]:
    """A line for each, named by the item and its field."""
    lines = [
        _("The questionnaire: its %(name)s isn’t shown.", name=name)
        for name in _unused(file, WHOLE)
    ]
    contained = {
        resource["id"]: resource
        for resource in file.get("contained") or []
        if _is_value_set(resource)
    }
    lines += [*_items(file["item"], contained), *_uncounted(instrument, set(unscored))]
    return list(dict.fromkeys(lines))


def _items(items: list[dict[str, Any]], contained: dict[str, Any]) -> Iterator[str]:
    for item in items:
        extensions = extensions_of(item)
        if any(url in extensions for url in COMPUTED):
            yield _("%(item)s is computed from other answers, so it isn’t asked.", item=named(item))
            continue
        if extensions.get(HIDDEN) is True:
            yield _("%(item)s is hidden, so it isn’t asked.", item=named(item))
            continue
        used, used_extensions = _used(item)
        for name in _unused(item, FIELDS | used, EXTENSIONS | used_extensions):
            yield _("%(item)s: its %(name)s isn’t used.", item=named(item), name=name)
        if item["type"] == Type.DISPLAY and not item.get("text") and not item.get("prefix"):
            yield _("%(item)s is text without words.", item=named(item))
        for name in ("required", "repeats", "readOnly"):
            if not isinstance(item.get(name, False), bool):
                yield _(
                    "%(item)s: its %(name)s is neither true nor false, so it isn’t used.",
                    item=named(item),
                    name=name,
                )
        for answer, fields in _answers(item, contained):
            for name in _unused(answer, fields, ORDINALS):
                yield _(
                    "%(item)s: the %(name)s of its answers isn’t used.", item=named(item), name=name
                )
        yield from _items(item.get("item") or [], contained)


def _answers(
    item: dict[str, Any], contained: dict[str, Any]
) -> Iterator[tuple[dict[str, Any], set[str]]]:
    """Each answer to choose, as the file has it, with the fields that are used."""
    for option in item.get("answerOption") or []:
        value = next(name for name in option if name.startswith("value"))
        yield option, OPTION | {value}
        if isinstance(option[value], dict):
            yield option[value], CODING
    value_set = contained.get(str(item.get("answerValueSet")).removeprefix("#"), {})
    if "expansion" in value_set:
        held = [value_set["expansion"]]
    else:
        held = (value_set.get("compose") or {}).get("include") or []
    for part in held:
        for concept in part.get("contains" if "expansion" in value_set else "concept") or []:
            yield concept, CODING


def _is_value_set(resource: Any) -> bool:
    return (
        isinstance(resource, dict)
        and resource.get("resourceType") == "ValueSet"
        and isinstance(resource.get("id"), str)
    )


def _used(item: dict[str, Any]) -> tuple[set[str], set[str]]:
    """What only some types of item use."""
    if item["type"] in (Type.STRING, Type.TEXT):
        return {"maxLength"}, set()
    if Type(item["type"]).is_number:
        return set(), {UNIT, f"{CORE}minValue", f"{CORE}maxValue"}
    return set(), set()


def _unused(
    holder: dict[str, Any], fields: set[str], extensions: Collection[str] = ()
) -> list[str]:
    names = [short(name) for name in holder if name not in fields]
    given = holder.get("extension")
    for extension in given if isinstance(given, list) else []:
        url = extension.get("url") if isinstance(extension, dict) else None
        least = url == f"{CORE}questionnaire-minOccurs" and _is_least(holder, extension)
        if isinstance(url, str) and url not in extensions and not least:
            names.append(short(url.rpartition("/")[2]))
    return names


def _is_least(item: dict[str, Any], extension: dict[str, Any]) -> bool:
    """Whether a least number of answers says no more than that one is needed, or none."""
    return extension.get("valueInteger") == (1 if item.get("required") is True else 0)


def _uncounted(instrument: Instrument, unscored: set[str]) -> Iterator[str]:
    """What a number that is shown lacks, or when there is none."""
    scoring = instrument.scoring
    counted = {link_id for scale in scoring.scales for link_id in scale.items}
    for item in instrument.questionnaire.questions if scoring.scales else []:
        if item.type not in UNCOUNTED and item.link_id not in counted | unscored:
            yield (
                _("%(item)s: no scale counts it unless it’s in its items.", item=_name(item))
                if can_count(item)
                else _("%(item)s: its answers have no numbers, so no scale counts it.",
                       item=_name(item))
            )  # fmt: skip
    for item in instrument.questionnaire.questions:
        for answer in _numberless(item):
            for scale in scoring.scales:
                if item.link_id in scale.items:
                    yield _(
                        "%(item)s: its answer “%(answer)s” has no number. With that answer, "
                        "“%(scale)s” has no score.",
                        item=_name(item),
                        answer=answer,
                        scale=scale.name,
                    )
            if any(rule.item == item.link_id for rule in scoring.at_once):
                yield _(
                    "%(item)s: its answer “%(answer)s” has no number, so it doesn’t show the "
                    "safety plan.",
                    item=_name(item),
                    answer=answer,
                )


def _numberless(item: Item) -> Iterator[str]:
    """Each answer to choose that has no number."""
    yield from (short(option.label) for option in item.options if option.ordinal is None)
    if item.type == Type.OPEN_CHOICE:
        yield _("Something else")


def _name(item: Item) -> str:
    return named({"linkId": item.link_id, "text": item.text})
