"""What a questionnaire's file says is used, shown, or named where it is left out."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from fhir.resources.R4B.questionnaire import Questionnaire
from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse
from flask import Flask
from sqlalchemy import select

from tests.conftest import Someone
from tests.pages import Phone
from tests.questionnaires.conftest import Brought, answer_all, begin, rows, typed
from tests.questionnaires.test_fhir_import import CORE, FIRST, SDC, SECOND, YES_NO, having, made
from webapp.core.data.db import db
from webapp.questionnaires.models import Answers, InstrumentFile
from webapp.questionnaires.queries import instrument

PhoneOf = Callable[[Someone], Phone]
SCALE = "[[scales]]\nname = 'All'\n"
DRINK = {"linkId": "drink", "type": "boolean", "text": "Any drink last week?"}
DAYS = {"linkId": "days", "type": "integer", "text": "On how many days?"}
END = {"linkId": "end", "type": "display", "text": "Thank you. Be kind to yourself."}


def control(code: str) -> dict[str, Any]:
    coding = {"system": "http://hl7.org/fhir/questionnaire-item-control", "code": code}
    return having(f"{CORE}questionnaire-itemControl", valueCodeableConcept={"coding": [coding]})


def last(app: Flask) -> dict[str, Any]:
    with app.app_context():
        found = db.session.scalars(select(Answers).order_by(Answers.happened_at.desc())).first()
        assert found is not None
        return dict(found.content)


def said(app: Flask, folder: Path, file: dict[str, Any], scoring: str = "") -> list[str]:
    """What the operator reads below the first line, after a file that others read as well."""
    Questionnaire.model_validate(json.loads(json.dumps(file)))
    (folder / "asked.json").write_text(json.dumps(file))
    (folder / "asked.scoring.toml").write_text(scoring)
    result = typed(app, str(folder / "asked.json"))
    assert result.exit_code == 0, result.output
    return list(result.output.splitlines()[1:])


@pytest.mark.parametrize(
    ("known_by", "title", "key"),
    [
        ({"name": "Rest"}, "Rest", "Rest"),
        ({"code": [{"system": "http://loinc.org", "code": "1-2", "display": "Rest panel"}]},
         "Rest panel", "http://loinc.org|1-2"),
        ({"code": [{"code": "1-2"}], "id": "rest"}, "1-2", "rest"),
        ({"url": "http://example.org/Questionnaire/rest|2"}, "rest",
         "http://example.org/Questionnaire/rest|2"),
        ({"identifier": [{"value": "7"}]}, "asked", "|7"),
        ({"title": "Rest"}, "Rest", "asked"),
        ({}, "asked", "asked"),
    ],
)  # fmt: skip
def test_a_file_without_title_or_id_is_called_what_else_it_says_or_as_its_file(
    app: Flask, tmp_path: Path, known_by: dict[str, Any], title: str, key: str
) -> None:
    file = {k: v for k, v in made(FIRST).items() if k not in ("title", "name")} | known_by
    lines = said(app, tmp_path, file)
    (row,) = rows(app)
    assert (row.title, row.key) == (title, key)
    assert any(f"so it’s called “{title}”" in line for line in lines) == ("title" not in known_by)
    assert any("its file name does: “asked”" in line for line in lines) == (key == "asked")
    with app.app_context():
        opened = instrument(row.id)
    assert opened is not None
    assert (opened.questionnaire.title, opened.key) == (title, key), "also when it is read later"


def test_help_inside_a_question_stands_with_it_and_so_does_the_format(
    ana: Someone, phone_of: PhoneOf, bring: Brought
) -> None:
    help = {"linkId": "h", "type": "display", "text": "Think of two weeks.", **control("help")}
    item = FIRST | {"item": [help]} | having(f"{CORE}entryFormat", valueString="One of two")
    phone = phone_of(ana)
    page = begin(phone, bring(made(item, SECOND)))
    assert "Think of two weeks." in page.text
    assert "One of two" in page.text
    following = phone.fill(page, having="answer", answer="0")
    assert "Think of two weeks." not in following.text


def test_a_question_inside_a_question_is_asked_after_it_and_goes_with_it(
    app: Flask, ana: Someone, phone_of: PhoneOf, bring: Brought
) -> None:
    inside = DAYS | {"enableWhen": [{"question": "drink", "operator": "=", "answerBoolean": True}]}
    why = {"linkId": "why", "type": "string", "text": "What was it like?"}
    id = bring(made(DRINK | {"item": [inside, why]}, SECOND))
    phone = phone_of(ana)
    page = phone.fill(begin(phone, id), having="answer", answer="yes")
    assert "Any drink last week?" in page.text, "what it belongs to stands above"
    for answer in ("3", "Long", "7"):
        page = phone.fill(page, having="answer", answer=answer)
    assert last(app)["answers"] == {"drink": True, "days": "3", "why": "Long", "two": "7"}
    html = phone.get(f"{page.address}/file").html
    QuestionnaireResponse.model_validate_json(html)
    first, _second = json.loads(html)["item"]
    assert [question["linkId"] for question in first["answer"][0]["item"]] == ["days", "why"]


def test_one_inside_is_asked_also_where_the_one_around_it_was_left_out(
    app: Flask, ana: Someone, phone_of: PhoneOf, bring: Brought
) -> None:
    phone = phone_of(ana)
    page = answer_all(phone, bring(made(DRINK | {"item": [DAYS]})), None, "2")
    assert last(app)["answers"] == {"days": "2"}
    html = phone.get(f"{page.address}/file").html
    QuestionnaireResponse.model_validate_json(html)
    assert json.loads(html)["item"][0]["item"][0]["linkId"] == "days"


def test_one_inside_is_not_asked_where_the_one_around_it_is_not(
    app: Flask, ana: Someone, phone_of: PhoneOf, bring: Brought
) -> None:
    only = {"enableWhen": [{"question": "one", "operator": "=", "answerCoding": {"code": "y"}}]}
    id = bring(made(FIRST, DRINK | only | {"item": [DAYS]}, SECOND))
    answer_all(phone_of(ana), id, "0", "7")
    assert set(last(app)["answers"]) == {"one", "two"}


def test_a_yes_counts_where_a_scale_names_it_and_else_that_is_said(
    app: Flask, ana: Someone, phone_of: PhoneOf, bring: Brought, tmp_path: Path
) -> None:
    file = made(FIRST, DRINK)
    says = "Item drink (“Any drink last week?”): no scale counts it unless it’s in its items."
    assert says in said(app, tmp_path, file, SCALE)
    assert said(app, tmp_path, file, f"unscored = ['drink']\n{SCALE}") == []
    assert said(app, tmp_path, file, f"{SCALE}items = ['one', 'drink']") == []
    id = bring(file, f"{SCALE}items = ['one', 'drink']\n[[scales]]\nname = 'Turned'\n"
                     "items = ['drink']\nreversed = ['drink']")  # fmt: skip
    answer_all(phone_of(ana), id, "1", "yes")
    assert last(app)["scores"] == {"All": "2", "Turned": "0"}
    assert last(app)["tops"] == {"All": "2", "Turned": "1"}


@pytest.mark.parametrize(
    ("answers", "scores"),
    [
        (("yes", "3"), {"Days": "3"}),
        (("no",), {"Days": "0"}),
        ((None,), {}),
    ],
)
def test_what_was_not_asked_because_of_a_gap_is_missing_in_no_number(
    app: Flask, ana: Someone, phone_of: PhoneOf, bring: Brought,
    answers: tuple[str | None, ...], scores: dict[str, str],
) -> None:  # fmt: skip
    when = {"question": "drink", "operator": "=", "answerBoolean": True}
    group = {"linkId": "g", "type": "group", "text": "Drinks", "item": [DAYS], "enableWhen": [when]}
    id = bring(made(DRINK, group, SECOND), "[[scales]]\nname = 'Days'\nitems = ['days']")
    answer_all(phone_of(ana), id, *answers, "7")
    assert last(app)["scores"] == scores


PREFER_NOT = {"valueCoding": {"code": "x", "display": "Prefer not to say"}}


def test_an_answer_without_a_number_leaves_none_and_the_page_says_why(
    app: Flask, ana: Someone, phone_of: PhoneOf, bring: Brought, tmp_path: Path
) -> None:
    file = made(FIRST | {"answerOption": [*YES_NO, PREFER_NOT]}, SECOND)
    scoring = f"unscored = ['two']\n{SCALE}[[at_once]]\nitem = 'one'\nabove = 0"
    assert said(app, tmp_path, file, scoring) == [
        "Item one (“Did you rest?”): its answer “Prefer not to say” has no number. With "
        "that answer, “All” has no score.",
        "Item one (“Did you rest?”): its answer “Prefer not to say” has no number, so it "
        "doesn’t show the safety plan.",
    ]
    id, phone = bring(file, scoring), phone_of(ana)
    page = answer_all(phone, id, "2", "7")
    assert last(app)["scores"] == {}
    assert "because your answer “Prefer not to say” doesn’t have a score." in page.text
    QuestionnaireResponse.model_validate_json(phone.get(f"{page.address}/file").html)
    page = answer_all(phone, id, None, "7")
    assert "“All” has no score this time because a question was skipped." in page.text
    page = answer_all(phone, id, "1", "7")
    assert "Your score now is 1 out of 1." in page.text


def test_what_has_no_numbers_at_all_is_named_as_counted_by_no_scale(
    app: Flask, tmp_path: Path
) -> None:
    other = FIRST | {"linkId": "other", "answerOption": [PREFER_NOT]}
    assert said(app, tmp_path, made(FIRST, other), SCALE) == [
        "Item other (“Did you rest?”): its answers have no numbers, so no scale counts it."
    ]


UNIT = having(f"{CORE}questionnaire-unit", valueCoding={"code": "h", "display": "hours"})


@pytest.mark.parametrize(
    "unit",
    [
        UNIT,
        {"item": [{"linkId": "u", "type": "display", "text": "hours", **control("unit")}]},
    ],
)
def test_a_unit_stands_with_its_question_and_with_the_answer(
    app: Flask, ana: Someone, phone_of: PhoneOf, bring: Brought, unit: dict[str, Any]
) -> None:
    id, phone = bring(made(SECOND | unit)), phone_of(ana)
    assert "Unit: hours" in begin(phone, id).text
    page = answer_all(phone, id, "7")
    assert "7 hours" in page.text
    assert last(app)["answers"] == {"two": "7"}


@pytest.mark.parametrize(
    "items",
    [
        (FIRST, SECOND, END),
        (FIRST, {"linkId": "g", "type": "group", "text": "Part", "item": [SECOND, END]}),
        (FIRST, SECOND, {"linkId": "g", "type": "group", "text": "At last", "item": [END]}),
        (FIRST, SECOND | {"item": [END | {"enableWhen": [
            {"question": "two", "operator": ">", "answerInteger": 3}]}]}),
    ],
)  # fmt: skip
def test_a_text_at_the_end_stands_above_what_came_of_it(
    ana: Someone, phone_of: PhoneOf, bring: Brought, items: tuple[dict[str, Any], ...]
) -> None:
    id, phone = bring(made(*items)), phone_of(ana)
    page = begin(phone, id)
    for answer in ("1", "7"):
        assert "Be kind to yourself." not in page.text
        page = phone.fill(page, having="answer", answer=answer)
    assert "Thank you. Be kind to yourself." in page.text


def test_a_text_at_the_end_of_a_group_stands_above_the_next_question(
    ana: Someone, phone_of: PhoneOf, bring: Brought
) -> None:
    group = {"linkId": "g", "type": "group", "text": "Part", "prefix": "A.", "item": [FIRST, END]}
    phone = phone_of(ana)
    page = begin(phone, bring(made(group, SECOND)))
    assert "A. Part" in page.text
    page = phone.fill(page, having="answer", answer="1")
    assert "Thank you. Be kind to yourself." in page.text


def test_a_copyright_stands_where_the_clinic_says_nothing_else(
    ana: Someone, phone_of: PhoneOf, bring: Brought
) -> None:
    phone, file = phone_of(ana), made(FIRST, copyright="© The owner.")
    assert "© The owner." in phone.get(f"/check-ins/instruments/{bring(file)}").text
    id = bring(file, "notice = '© As agreed.'")
    own = phone.get(f"/check-ins/instruments/{id}").text
    assert "© As agreed." in own
    assert "© The owner." not in own


# What is added to the whole or to the second item, and the line that names it.
LEFT_OUT: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"description": "About rest."}, {}, "The questionnaire: its description isn’t shown."),
    ({}, having(f"{SDC}calculatedExpression", valueExpression={
        "language": "text/fhirpath", "expression": "1"}),
     "Item two (“How many hours?”) is computed from other answers, so it isn’t asked."),
    ({}, having(f"{CORE}questionnaire-supportLink", valueUri="http://example.org"),
     "Item two (“How many hours?”): its questionnaire-supportLink isn’t used."),
    ({}, UNIT | {"type": "string"}, "Item two (“How many hours?”): its questionnaire-unit"),
    ({}, {"maxLength": 3}, "Item two (“How many hours?”): its maxLength isn’t used."),
    ({}, {"_text": having(f"{CORE}rendering-xhtml", valueString="<b>How</b>")},
     "Item two (“How many hours?”): its _text isn’t used."),
    ({}, having(f"{CORE}questionnaire-minOccurs", valueInteger=1),
     "Item two (“How many hours?”): its questionnaire-minOccurs isn’t used."),
    ({}, {"type": "choice", "answerOption": [
        YES_NO[0] | having(f"{CORE}questionnaire-optionPrefix", valueString="a")]},
     "Item two (“How many hours?”): the questionnaire-optionPrefix of its answers isn’t used."),
    ({"contained": [{"resourceType": "ValueSet", "id": "v", "status": "active", "compose": {
        "include": [{"system": "urn:x", "concept": [
            {"code": "a", "designation": [{"language": "es", "value": "á"}]}]}]}}]},
     {"type": "choice", "answerValueSet": "#v"},
     "Item two (“How many hours?”): the designation of its answers isn’t used."),
]  # fmt: skip


@pytest.mark.parametrize(("whole", "item", "line"), LEFT_OUT, ids=lambda value: str(value)[:40])
def test_what_is_left_out_is_named_by_item_and_field(
    app: Flask, tmp_path: Path, whole: dict[str, Any], item: dict[str, Any], line: str
) -> None:
    (sentence,) = said(app, tmp_path, made(FIRST, SECOND | item, **whole))
    assert sentence.startswith(line)


def test_a_yes_that_is_written_as_a_word_is_named_too(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "words.json").write_text(json.dumps(made(FIRST | {"repeats": "true"})))
    says = "Item one (“Did you rest?”): its repeats is neither true nor false, so it isn’t used."
    assert says in typed(app, str(tmp_path / "words.json")).output


def test_what_is_all_used_brings_no_line(app: Flask, tmp_path: Path) -> None:
    drawn = control("drop-down")["extension"]
    least = having(f"{CORE}questionnaire-minOccurs", valueInteger=1)["extension"]
    item = FIRST | {"required": True, "extension": drawn + least, "prefix": "1."}
    assert said(app, tmp_path, made(item, SECOND | UNIT, END)) == []


def test_what_was_brought_in_before_there_were_bounds_stays_readable(app: Flask) -> None:
    many = [{"linkId": str(n), "type": "text", "text": "x" * 5000} for n in range(501)]
    with app.app_context():
        row = InstrumentFile(
            id=uuid4(), key="made", number=1, title="Made", questionnaire=json.dumps(made(*many)),
            scoring="", fingerprint=b"",
        )  # fmt: skip
        db.session.add(row)
        db.session.commit()
        found = instrument(row.id)
    assert found is not None
    assert len(found.open({})) == 501
