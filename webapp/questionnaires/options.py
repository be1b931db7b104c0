"""The answers of a choice item: in the item itself, or in a value set inside the file. Pure."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from webapp.core.wording import gettext as _
from webapp.questionnaires.errors import refused
from webapp.questionnaires.questionnaire import Option

CORE = "http://hl7.org/fhir/StructureDefinition/"
# How much an answer counts for: R4's name on options and in value sets, and later ones.
ORDINALS = tuple(
    f"{CORE}{name}"
    for name in (
        "ordinalValue", "valueset-ordinalValue", "codesystem-ordinalValue",
        "questionnaire-ordinalValue", "itemWeight",
    )
)  # fmt: skip
MOST_OPTIONS = 50


def options_of(item: dict[str, Any], contained: list[dict[str, Any]]) -> tuple[Option, ...]:
    """Every answer that somebody can choose. Raises NotImported."""
    inline, value_set = item.get("answerOption"), item.get("answerValueSet")
    if inline and value_set:
        raise refused(item, _("has its answers twice: in the item and in a value set"))
    if value_set is not None:
        found = list(_of_value_set(item, value_set, contained))
    else:
        found = [_option(item, option) for option in _list(item, inline)]
    if not found:
        raise refused(item, _("has no answers to choose from"))
    if len(found) > MOST_OPTIONS:
        raise refused(item, _("has more than %(most_options)s answers", most_options=MOST_OPTIONS))
    if len({option.key for option in found}) != len(found):
        raise refused(item, _("has the same answer twice"))
    if len({option.label for option in found}) != len(found):
        raise refused(item, _("has two answers with the same words"))
    return tuple(found)


def _list(item: dict[str, Any], options: Any) -> list[dict[str, Any]]:
    if options is None:
        return []
    if not isinstance(options, list) or not all(isinstance(option, dict) for option in options):
        raise refused(item, _("has answers that aren’t a list"))
    return options


def _option(item: dict[str, Any], option: dict[str, Any]) -> Option:
    if option.get("initialSelected") is True:
        raise refused(item, _("has an answer chosen ahead; each must come from the patient"))
    if option.get("modifierExtension"):
        raise refused(item, _("has an answer with a modifier that we don’t support"))
    names = [name for name in option if name.startswith("value")]
    if len(names) != 1 or names[0] not in ("valueCoding", "valueString", "valueInteger"):
        raise refused(item, _("has a kind of answer that we can’t show"))
    value = option[names[0]]
    if names[0] == "valueCoding":
        return _coding(item, value, _ordinal(item, option, value))
    fits = isinstance(value, str) and value.strip() if names[0] == "valueString" else (
        isinstance(value, int) and not isinstance(value, bool)
    )  # fmt: skip
    if not fits:
        raise refused(item, _("has an answer without words"))
    return Option(str(value), str(value), _ordinal(item, option), ((names[0], value),))


def _coding(item: dict[str, Any], coding: Any, ordinal: Decimal | None) -> Option:
    if not isinstance(coding, dict) or not isinstance(coding.get("code"), str):
        raise refused(item, _("has an answer without a code"))
    label = coding.get("display") or coding["code"]
    if not isinstance(label, str) or not label.strip():
        raise refused(item, _("has an answer without words"))
    named = ("system", "version", "code", "display")
    kept = {name: coding[name] for name in named if isinstance(coding.get(name), str)}
    key = f"{kept['system']}|{coding['code']}" if "system" in kept else coding["code"]
    return Option(key, label.strip(), ordinal, (("valueCoding", kept),))


def _of_value_set(
    item: dict[str, Any], reference: Any, contained: list[dict[str, Any]]
) -> Iterator[Option]:
    if not isinstance(reference, str) or not reference.startswith("#"):
        raise refused(
            item,
            _(
                "takes its answers from “%(reference)s”, which isn’t in the file",
                reference=reference,
            ),
        )
    found = [
        resource for resource in contained
        if resource.get("resourceType") == "ValueSet" and resource.get("id") == reference[1:]
    ]  # fmt: skip
    if len(found) != 1:
        raise refused(
            item,
            _(
                "takes its answers from “%(reference)s”, which isn’t in the file",
                reference=reference,
            ),
        )
    try:
        yield from (_coding(item, *concept) for concept in _concepts(item, found[0]))
    except (AttributeError, KeyError, TypeError):
        raise refused(
            item,
            _("takes its answers from “%(reference)s”, which can’t be read", reference=reference),
        ) from None


def _concepts(
    item: dict[str, Any], value_set: dict[str, Any]
) -> Iterator[tuple[dict[str, Any], Decimal | None]]:
    """Each coding that the set lists; one that has to be looked up elsewhere is refused."""
    if "expansion" in value_set:
        for concept in value_set["expansion"].get("contains") or []:
            if concept.get("abstract") or concept.get("contains"):
                raise refused(item, _("takes its answers from a tree of codes"))
            yield concept, _ordinal(item, concept)
        return
    compose = value_set.get("compose") or {}
    if compose.get("exclude"):
        raise refused(item, _("takes its answers from a value set that leaves some out"))
    for include in compose.get("include") or []:
        if include.get("filter") or include.get("valueSet") or not include.get("concept"):
            raise refused(item, _("takes its answers from a value set that isn’t listed in full"))
        for concept in include["concept"]:
            system = {"system": include["system"]} if include.get("system") else {}
            yield concept | system, _ordinal(item, concept)


def _ordinal(item: dict[str, Any], *options: Any) -> Decimal | None:
    for option in options:
        if not isinstance(option, dict):
            continue
        for extension in option.get("extension") or []:
            if not isinstance(extension, dict) or extension.get("url") not in ORDINALS:
                continue
            value = extension.get("valueDecimal", extension.get("valueInteger"))
            if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
                raise refused(item, _("has an answer whose number isn’t a number"))
            return Decimal(str(value))
    return None
