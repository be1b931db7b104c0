"""What a questionnaire may be made of, and what is refused with the item's name."""

import json
from collections.abc import Callable
from contextlib import suppress
from copy import deepcopy
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask

from tests.questionnaires.conftest import FILES, rows, typed
from webapp.questionnaires import fhir_import
from webapp.questionnaires.errors import NotImported
from webapp.questionnaires.instruments import Instrument
from webapp.questionnaires.leaving_out import left_out
from webapp.questionnaires.parsing import parse
from webapp.questionnaires.questionnaire import Type, counted, open_questions
from webapp.questionnaires.scoring import Scoring

CORE = "http://hl7.org/fhir/StructureDefinition/"
SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"
YES_NO = [
    {"valueCoding": {"code": "n", "display": "No"},
     "extension": [{"url": f"{CORE}ordinalValue", "valueDecimal": 0}]},
    {"valueCoding": {"code": "y", "display": "Yes"},
     "extension": [{"url": f"{CORE}ordinalValue", "valueDecimal": 1}]},
]  # fmt: skip
FIRST = {"linkId": "one", "type": "choice", "text": "Did you rest?", "answerOption": YES_NO}
SECOND = {"linkId": "two", "type": "integer", "text": "How many hours?"}


def made(*items: dict[str, Any], **other: Any) -> dict[str, Any]:
    """A questionnaire of these items."""
    whole = {"resourceType": "Questionnaire", "status": "active", "title": "Made", "name": "made"}
    return whole | {"item": deepcopy(list(items))} | other


def having(extension: str, **value: Any) -> dict[str, Any]:
    return {"extension": [{"url": extension, **value}]}


def if_(**condition: Any) -> dict[str, Any]:
    return {"enableWhen": [{"question": "one", "operator": "=", **condition}]}


def nested(depth: int) -> dict[str, Any]:
    """A question in a question in a question; the innermost is item 1."""
    inside = {"item": [nested(depth - 1)]} if depth > 1 else {}
    return {"linkId": str(depth), "type": "text", "text": "And then?", **inside}


# What is added to the second item, or another second item, and what the refusal says of it.
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "a file to attach": ({"type": "attachment"}, "has a type that can’t be answered here"),
    "an open choice of nothing": ({"type": "open-choice"}, "has no answers to choose from"),
    "a date and time": ({"type": "dateTime"}, "has a type that can’t be answered here"),
    "a condition on what's hidden": (
        {"type": "group", "item": [
            {"linkId": "in", "type": "text", "text": "Why?"}
            | having(f"{CORE}questionnaire-hidden", valueBoolean=True),
            {"linkId": "then", "type": "text", "text": "And?", "enableWhen": [
                {"question": "in", "operator": "exists", "answerBoolean": True}]}]},
        "depends on “in”, which isn’t a question before it",
    ),
    "a quantity": ({"type": "quantity"}, "has a type that can’t be answered here"),
    "no type": ({"type": None}, "has a type that can’t be answered here"),
    "no text": ({"text": " "}, "has no text to ask"),
    "a twin": ({"linkId": "one"}, "has the same link id as another item"),
    "several answers": ({"repeats": True}, "takes more than one answer"),
    "several answers, otherwise": (
        having(f"{CORE}questionnaire-maxOccurs", valueInteger=3), "takes more than one answer",
    ),
    "filled in": ({"initial": [{"valueInteger": 7}]}, "is filled in ahead"),
    "to be read only": ({"readOnly": True}, "is filled in ahead"),
    "a modifier": (
        {"modifierExtension": [{"url": "urn:x", "valueBoolean": True}]}, "has a modifier",
    ),
    "asked based on a formula": (
        having(f"{SDC}enableWhenExpression", valueExpression={"expression": "1"}),
        "is asked based on a formula",
    ),
    "a pattern": (having(f"{CORE}regex", valueString="[0-9]"), "checks its answer with a pattern"),
    "a text with questions inside": (
        {"type": "display", "item": [FIRST | {"linkId": "in"}]}, "has items inside",
    ),
    "an empty group": ({"type": "group"}, "is a group with nothing in it"),
    "answers to a number": ({"answerOption": YES_NO}, "has answers to choose from, but"),
    "limits that cross": (
        {"extension": [{"url": f"{CORE}minValue", "valueInteger": 5},
                       {"url": f"{CORE}maxValue", "valueInteger": 4}]},
        "has a minimum above its maximum",
    ),
    "limits in words": (having(f"{CORE}minValue", valueString="five"), "isn’t a number"),
    "a length in words": ({"maxLength": "ten"}, "has a maximum length that isn’t a number"),
    "no answers": ({"type": "choice"}, "has no answers to choose from"),
    "a value set elsewhere": (
        {"type": "choice", "answerValueSet": "http://example.org/vs"}, "which isn’t in the file",
    ),
    "a value set that isn't there": (
        {"type": "choice", "answerValueSet": "#gone"}, "which isn’t in the file",
    ),
    "a value set by filter": (
        {"type": "choice", "answerValueSet": "#filtered"}, "that isn’t listed in full",
    ),
    "an answer twice": ({"type": "choice", "answerOption": YES_NO * 2}, "the same answer twice"),
    "answers alike": (
        {"type": "choice", "answerOption": [
            {"valueCoding": {"code": "a", "display": "Yes"}},
            {"valueCoding": {"code": "b", "display": "Yes"}}]},
        "two answers with the same words",
    ),
    "an answer without a code": (
        {"type": "choice", "answerOption": [{"valueCoding": {"display": "Yes"}}]},
        "has an answer without a code",
    ),
    "an answer that is a date": (
        {"type": "choice", "answerOption": [{"valueDate": "2026-01-01"}]},
        "has a kind of answer that we can’t show",
    ),
    "an answer chosen ahead": (
        {"type": "choice", "answerOption": [{**YES_NO[0], "initialSelected": True}]},
        "has an answer chosen ahead",
    ),
    "more than an answer without a number": (
        {"type": "choice", "answerOption": [YES_NO[0], {"valueCoding": {"code": "x"}}],
         "item": [{"linkId": "in", "type": "text", "text": "Why?", "enableWhen": [
             {"question": "two", "operator": ">", "answerCoding": {"code": "n"}}]}]},
        "by number, but its answers have none",
    ),
    "a number in words": (
        {"type": "choice", "answerOption": [
            {"valueCoding": {"code": "a"},
             "extension": [{"url": f"{CORE}ordinalValue", "valueString": "one"}]}]},
        "has an answer whose number isn’t a number",
    ),
    "a condition on nothing": (
        {"enableWhen": [{"question": "none", "operator": "exists", "answerBoolean": True}]},
        "depends on “none”, which isn’t a question before it",
    ),
    "a condition on itself": (
        {"enableWhen": [{"question": "two", "operator": "exists", "answerBoolean": True}]},
        "depends on “two”",
    ),
    "an unknown operator": (if_(operator="~", answerCoding={"code": "y"}), "we don’t support"),
    "a condition on a date": (if_(answerDate="2026-01-01"), "that we can’t compare"),
    "a condition of another type": (if_(answerInteger=1), "with an answer of another type"),
    "a condition on no answer of it": (
        if_(answerCoding={"code": "maybe"}), "depends on an answer that “one” doesn’t have",
    ),
    "exists, perhaps": (if_(operator="exists", answerCoding={"code": "y"}), "without yes or no"),
    "two conditions, and neither all nor any": (
        {"enableWhen": if_(answerCoding={"code": "y"})["enableWhen"] * 2}, "if all or any",
    ),
}  # fmt: skip
FILTERED = {
    "resourceType": "ValueSet", "id": "filtered",
    "compose": {"include": [{"system": "http://loinc.org", "filter": [{"property": "x"}]}]},
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_what_can_not_be_asked_as_it_is_meant_is_refused_with_the_items_name(
    app: Flask, tmp_path: Path, what: str
) -> None:
    other, why = REFUSED[what]
    item = SECOND | other
    file = tmp_path / "broken.json"
    file.write_text(json.dumps(made(FIRST, item, contained=[FILTERED])))

    result = typed(app, str(file))

    assert result.exit_code == 1
    inner = "by number" in why or "“in”" in why
    at = item["item"][-1] if inner else item
    assert result.output.startswith(f"Error: Item {at['linkId']}"), result.output
    assert why in result.output
    assert result.output.count("\n") == 1, "one sentence"
    assert rows(app) == []


@pytest.mark.parametrize(
    ("file", "says"),
    [
        ("", "isn’t JSON"),
        ("{", "isn’t JSON"),
        ("[" * 100_000, "isn’t JSON"),
        ("[]", "isn’t a FHIR Questionnaire"),
        ('{"resourceType": "Patient"}', "isn’t a FHIR Questionnaire"),
        (json.dumps(made()), "has no items"),
        (json.dumps(made({"linkId": "a", "type": "display", "text": "Hello"})), "no questions"),
        (json.dumps(made(FIRST, status="retired")), "is retired"),
        (json.dumps(made(FIRST, implicitRules="urn:x")), "has a modifier"),
        (json.dumps(made(FIRST, subjectType=["Device"])), "isn’t about a patient"),
        (json.dumps(made(FIRST, name="weekly")), "name of a built-in one"),
        (json.dumps(made(FIRST, copyright="x" * 4001)), "copyright is longer than 4,000"),
        (json.dumps(made(FIRST | {"text": "x" * 4001})), "has text longer than 4,000"),
        (
            json.dumps(
                made(*({"linkId": str(n), "type": "text", "text": "?"} for n in range(501)))
            ),
            "more than 500 items",
        ),
        (json.dumps(made(nested(9))), "Item 1 (“And then?”) is nested too deep"),
        (json.dumps(made(FIRST, title="x" * 256)), "longer than 255"),
        (json.dumps(made(FIRST)).replace('"valueDecimal": 1', '"valueDecimal": NaN'), "has NaN"),
        (json.dumps(made(FIRST)).replace("rest", "\\u0000"), "a character that text can’t have"),
        (json.dumps(made({"type": "choice", "text": "Nameless"})), "An item (“Nameless”) has no"),
        (json.dumps(made(FIRST) | {"item": ["x"]}), "aren’t a list of items"),
    ],
    ids=lambda value: value[:40],
)
def test_a_file_that_is_no_questionnaire_is_refused_with_a_sentence(
    app: Flask, tmp_path: Path, file: str, says: str
) -> None:
    (tmp_path / "broken.json").write_text(file)
    result = typed(app, str(tmp_path / "broken.json"))
    assert result.exit_code == 1
    assert says in result.output
    assert rows(app) == []


@pytest.mark.parametrize(
    ("scoring", "says"),
    [
        ("nonsense", "isn’t TOML"),
        ("colour = 1", "“colour”, which we don’t support"),
        ('unscored = ["x"]', "Item x is in “unscored”"),
        ('reversed = ["tired"]', "Item tired is reversed, but no scale counts it"),
        ("[[scales]]\nitems = ['tired']", "has no name"),
        ("[[scales]]\nname = 'A'\nitems = ['words']", "Item words has no numbers"),
        ("[[scales]]\nname = 'A'\nitems = ['hours']\nreversed = ['hours']", "no lowest"),
        ("[[scales]]\nname = 'A'\nbetter = 'worse'", "neither “lower” nor “higher”"),
        ("[[scales]]\nname = 'A'\nchange = 0", "must be above 0"),
        ("[[scales]]\nname = 'A'\n[[scales]]\nname = 'A'", "two scales with the same name"),
        ("[[at_once]]\nitem = 'gone'\nabove = 0", "which the questionnaire doesn’t ask"),
        ("[[at_once]]\nitem = 'words'\nabove = 0", "has no number to compare"),
        ("[[scales]]\nname = 'A'\nbands = [{from = 0, to = 6, says = 'Severe'}]", "not a label"),
        ("[[scales]]\nname = 'A'\nbands = [{from = 0, to = 6, says = 'A severe case of evenings'}]",
         "not a label"),
        ("[[scales]]\nname = 'A'\nbands = [{from = 0, to = 1, says = 'These are quite a few words'}"
         "]", "leave out scores from 0 to 6"),
        ("[[scales]]\nname = 'A'\nbands = [{from = 0, to = 3, says = 'These are quite a few words'}"
         ", {from = 3, to = 6, says = 'These are quite a few more'}]", "doesn’t continue"),
    ],
    ids=lambda value: value[:50],
)  # fmt: skip
def test_a_scoring_file_that_does_not_fit_is_refused_with_a_sentence(
    app: Flask, tmp_path: Path, scoring: str, says: str
) -> None:
    (tmp_path / "wrong.toml").write_text(scoring)
    file = FILES / "evenings.questionnaire.json"
    result = typed(app, str(file), "--scoring", str(tmp_path / "wrong.toml"))
    assert result.exit_code == 1
    assert says in result.output
    assert rows(app) == []


def test_a_questionnaire_comes_in_with_the_file_beside_it_and_once(app: Flask) -> None:
    file = str(FILES / "evenings.questionnaire.json")
    assert "“My evenings”, version 1: imported." in typed(app, file).output
    assert "“My evenings”, version 1: unchanged." in typed(app, file).output
    (row,) = rows(app)
    instrument = parse(row.questionnaire, row.scoring)
    assert [scale.name for scale in instrument.scoring.scales] == ["Rest", "Company"]


def test_a_changed_one_is_a_new_version_and_the_old_one_stays(app: Flask, tmp_path: Path) -> None:
    text = (FILES / "evenings.questionnaire.json").read_text()
    copy = tmp_path / "evenings.json"
    copy.write_text(text)
    assert "not scored" in typed(app, str(copy)).output
    copy.write_text(text.replace("Rest", "Sleep and rest"))
    assert "version 2: imported" in typed(app, str(copy)).output
    first, second = rows(app)
    assert first.replaced_at is not None
    assert second.replaced_at is None


# Type, answer given before, condition, and whether the next question is then asked.
@pytest.mark.parametrize(
    ("kind", "given", "operator", "answer", "asked"),
    [
        ("boolean", True, "=", {"answerBoolean": True}, True),
        ("boolean", False, "=", {"answerBoolean": True}, False),
        ("boolean", None, "=", {"answerBoolean": True}, False),
        ("boolean", None, "!=", {"answerBoolean": True}, False),
        ("boolean", None, "exists", {"answerBoolean": False}, True),
        ("boolean", False, "exists", {"answerBoolean": True}, True),
        ("integer", "3", ">", {"answerInteger": 2}, True),
        ("integer", "2", ">", {"answerInteger": 2}, False),
        ("integer", "2", ">=", {"answerInteger": 2}, True),
        ("integer", "10", "<", {"answerInteger": 9}, False),
        ("decimal", "2.50", "=", {"answerDecimal": 2.5}, True),
        ("decimal", "2.4", "<=", {"answerDecimal": 2.5}, True),
        ("string", "yes", "=", {"answerString": "yes"}, True),
        ("string", "yes", "!=", {"answerString": "no"}, True),
        ("choice", "y", "=", {"answerCoding": {"code": "y"}}, True),
        ("choice", "y", "!=", {"answerCoding": {"code": "y"}}, False),
        ("choice", "y", ">", {"answerCoding": {"code": "n"}}, True),
        ("choice", "n", ">=", {"answerCoding": {"code": "y"}}, False),
    ],
)
def test_a_question_is_asked_when_its_condition_holds(
    kind: str, given: Any, operator: str, answer: dict[str, Any], asked: bool
) -> None:
    options = {"answerOption": YES_NO} if kind == "choice" else {}
    first = {"linkId": "one", "type": kind, "text": "First", **options}
    then = SECOND | {"enableWhen": [{"question": "one", "operator": operator, **answer}]}
    found = fhir_import.read(json.loads(json.dumps(made(first, then)), parse_float=Decimal))
    given_ = {} if given is None else {"one": given}
    assert ("two" in {question.item.link_id for question in open_questions(found, given_)}) == asked


def test_all_or_any_of_several_conditions_and_a_group_closes_what_is_in_it() -> None:
    conditions = [
        {"question": "one", "operator": "=", "answerCoding": {"code": "y"}},
        {"question": "two", "operator": ">", "answerInteger": 4},
    ]
    inside = {"linkId": "in", "type": "text", "text": "Inside"}
    after = {"linkId": "after", "type": "text", "text": "After",
             "enableWhen": [{"question": "in", "operator": "exists",
                             "answerBoolean": True}]}  # fmt: skip
    for behaviour, answers, asked in (
        ("any", {"one": "y"}, True), ("any", {}, False), ("all", {"one": "y"}, False),
        ("all", {"one": "y", "two": "5"}, True),
    ):  # fmt: skip
        group = {"linkId": "group", "type": "group", "item": [inside], "enableWhen": conditions,
                 "enableBehavior": behaviour}  # fmt: skip
        found = fhir_import.read(made(FIRST, SECOND, group, after))
        given = answers | {"in": "Words", "after": "More"}
        assert ("in" in counted(found, given)) == asked
        assert ("after" in counted(found, given)) == asked, "what isn't asked doesn't count"


def test_groups_and_texts_stand_above_the_question_that_follows() -> None:
    group = {"linkId": "g", "type": "group", "text": "Part", "item": [
        {"linkId": "d", "type": "display", "text": "Think back."}, FIRST, SECOND]}  # fmt: skip
    found = fhir_import.read(made(group))
    assert [question.above for question in open_questions(found, {})] == [
        ("Part", "Think back."),
        ("Part",),
    ]


@pytest.mark.parametrize(
    "value_set",
    [
        {"expansion": {"contains": [{"system": "s", "code": "a", "display": "A"}]}},
        {"compose": {"include": [{"system": "s", "concept": [{"code": "a", "display": "A"}]}]}},
    ],
)
def test_answers_come_from_a_value_set_in_the_file(value_set: dict[str, Any]) -> None:
    held = {"resourceType": "ValueSet", "id": "v", **value_set}
    item = {"linkId": "a", "type": "choice", "text": "Which?", "answerValueSet": "#v"}
    (question,) = fhir_import.read(made(item, contained=[held])).questions
    assert [(option.key, option.label) for option in question.options] == [("s|a", "A")]


def test_what_others_compute_is_no_question() -> None:
    computed = SECOND | having(f"{SDC}calculatedExpression", valueExpression={"expression": "1"})
    assert [question.link_id for question in fhir_import.read(made(FIRST, computed)).questions] == [
        "one"
    ]


def test_nothing_in_a_file_makes_it_crash(hammer: Callable[[], list[Any]]) -> None:
    whole = made(
        {"linkId": "g", "type": "group", "text": "Part", "item": [FIRST, SECOND]},
        {"linkId": "x", "type": "text", "text": "More", **if_(answerCoding={"code": "y"}),
         "item": [{"linkId": "h", "type": "display", "text": "Help", **having(
             f"{CORE}questionnaire-itemControl", valueCodeableConcept={"coding": [{"code": "x"}]})},
             SECOND | {"linkId": "in"} | having(f"{CORE}questionnaire-unit", valueCoding={
                 "code": "h"})]},
        {"linkId": "v", "type": "choice", "text": "Which?", "answerValueSet": "#v"},
        contained=[{"resourceType": "ValueSet", "id": "v", "compose": {"include": [
            {"system": "s", "concept": [{"code": "a", "display": "A"}]}]}}],
        code=[{"code": "made"}], extension=[{"url": "urn:x", "valueBoolean": True}],
    )  # fmt: skip
    for place in _places(whole):
        for wrong in hammer():
            broken = deepcopy(whole)
            _put(broken, place, wrong)
            with suppress(NotImported):
                found = fhir_import.read(broken)
                assert all(item.type in Type for item in found.all())
                left_out(broken, Instrument(uuid4(), found, Scoring()), [])


@pytest.fixture
def hammer() -> Callable[[], list[Any]]:
    """What may stand where something else should."""
    return lambda: [None, True, 0, -1, 1.5, "", "x", [], [None], ["x"], [[]], {}, {"x": {}}, [{}]]


def _places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(
        value, list) else []  # fmt: skip
    found = []
    for name, inner in pairs:
        found += [(*at, name), *_places(inner, (*at, name))]
    return found


def _put(value: Any, place: tuple[Any, ...], wrong: Any) -> None:
    for name in place[:-1]:
        value = value[name]
    value[place[-1]] = wrong
