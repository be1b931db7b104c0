"""A finished questionnaire as a FHIR R4 QuestionnaireResponse, its scores as Observations. Pure."""

from collections.abc import Iterable
from datetime import UTC
from decimal import Decimal
from typing import Any
from uuid import uuid5

from webapp.questionnaires.instruments import Instrument
from webapp.questionnaires.models import Answers
from webapp.questionnaires.questionnaire import Item, Type, own_words

ORDINAL = "http://hl7.org/fhir/StructureDefinition/ordinalValue"
URI = "urn:ietf:rfc:3986"
NAMES = {
    Type.BOOLEAN: "valueBoolean",
    Type.STRING: "valueString",
    Type.TEXT: "valueString",
    Type.DATE: "valueDate",
}


def questionnaire_response(instrument: Instrument, entry: Answers) -> dict[str, Any]:
    """Groups and answers as they were asked; what wasn't asked or answered is left out."""
    asked = instrument.questionnaire
    canonical = f"{asked.url}|{asked.version}" if asked.url and asked.version else asked.url
    found: dict[str, Any] = {
        "resourceType": "QuestionnaireResponse",
        "identifier": {"system": URI, "value": f"urn:uuid:{entry.id}"},
        "questionnaire": canonical,
        "status": "completed",
        "subject": _subject(entry),
        "authored": _authored(entry),
        "language": asked.language,
        "item": list(_items(asked.items, entry.answers or {})),
    }
    found["source"] = found["subject"]
    return {name: value for name, value in found.items() if value}


def observations(entry: Answers) -> Iterable[tuple[str, dict[str, Any]]]:
    """What each scale came to, under the address that it always has."""
    for scale, (value, _top) in entry.sums.items():
        url = f"urn:uuid:{uuid5(entry.id, scale)}"
        yield (
            url,
            {
                "resourceType": "Observation",
                "identifier": [{"system": URI, "value": url}],
                "status": "final",
                "code": {"text": f"{entry.name}: {scale}"},
                "subject": _subject(entry),
                "effectiveDateTime": _authored(entry),
                "valueQuantity": {"value": _number(Decimal(value))},
                "derivedFrom": [{"reference": f"urn:uuid:{entry.id}"}],
            },
        )


def _subject(entry: Answers) -> dict[str, Any]:
    named = {"system": URI, "value": f"urn:uuid:{entry.author_id}"}
    return {"type": "Patient", "identifier": named}


def _authored(entry: Answers) -> str:
    return entry.happened_at.astimezone(UTC).isoformat(timespec="seconds")


def _items(items: Iterable[Item], answers: dict[str, Any]) -> Iterable[dict[str, Any]]:
    for item in items:
        head = {"linkId": item.link_id} | ({"text": item.text} if item.text else {})
        if item.type == Type.GROUP:
            inside = list(_items(item.items, answers))
            if inside:
                yield head | {"item": inside}
            continue
        inside = list(_items(item.items, answers))
        within = {"item": inside} if inside else {}
        if answers.get(item.link_id) is not None:
            yield head | {"answer": [_value(item, answers[item.link_id]) | within]}
        elif inside:
            yield head | within


def _value(item: Item, given: Any) -> dict[str, Any]:
    if not item.type.is_choice:
        if item.type.is_number:
            name = "valueInteger" if item.type == Type.INTEGER else "valueDecimal"
            return {name: _number(Decimal(given))}
        return {NAMES[item.type]: given}
    option = item.option(given)
    if option is None:
        return {"valueString": own_words(given)}
    value = dict(option.fhir)
    if option.ordinal is not None and "valueCoding" in value:
        # What it counts for goes along, so that nobody needs the questionnaire to add up.
        ordinal = {"url": ORDINAL, "valueDecimal": _number(option.ordinal)}
        value["valueCoding"] = {"extension": [ordinal], **value["valueCoding"]}
    return value


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)
