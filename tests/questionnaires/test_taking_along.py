"""What somebody answered, as a file that another clinic's computer reads."""

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from fhir.resources.R4B.questionnaire import Questionnaire
from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse

from tests.conftest import Someone
from tests.pages import Page, Phone
from tests.questionnaires.conftest import FILES, answer_all
from webapp.questionnaires.weekly import WEEKLY_ID

PhoneOf = Callable[[Someone], Phone]


def taken(phone: Phone, page: Page) -> tuple[dict[str, Any], Page]:
    file = phone.get(f"{page.address}/file")
    assert file.response.content_type.startswith("application/fhir+json")
    assert "attachment" in file.response.headers["Content-Disposition"]
    assert "no-store" in file.response.headers["Cache-Control"]
    return json.loads(file.response.get_data(as_text=True)), file


def test_our_own_questionnaire_is_one_that_others_read() -> None:
    text = (FILES / "evenings.questionnaire.json").read_text()
    assert Questionnaire.model_validate_json(text).title == "My evenings"


@pytest.mark.parametrize(
    "answers",
    [
        ("2", "0", "yes", "3", "1", "My sister’s \U0001f642", "6,5", "Quiet\nones"),
        ("0", "2", "no", "0", None),
    ],
)
def test_it_validates_as_a_questionnaire_response(
    ana: Someone, phone_of: PhoneOf, evenings: UUID, answers: tuple[str | None, ...]
) -> None:
    phone = phone_of(ana)
    file, page = taken(phone, answer_all(phone, evenings, *answers))
    response = QuestionnaireResponse.model_validate_json(page.html)
    assert response.status == "completed"
    assert file["questionnaire"] == "https://groundwork.example/questionnaires/evenings|1"
    assert file["authored"] == "2026-11-23T21:00:00+00:00"
    assert file["subject"]["identifier"]["value"] == f"urn:uuid:{ana.id}"
    rest, others = file["item"]
    (first, *_more) = rest["item"]
    assert first["answer"][0]["valueCoding"]["system"] == "https://groundwork.example/often"
    assert "hint" not in {item["linkId"] for item in rest["item"]}
    asked = {item["linkId"]: item["answer"][0] for item in (*rest["item"], *others["item"])}
    if answers[2] == "yes":
        assert asked["times"] == {"valueInteger": 3}
        assert asked["hours"] == {"valueDecimal": 6.5}
        assert asked["who"] == {"valueString": "My sister’s \U0001f642"}
        assert asked["woke"] == {"valueBoolean": True}
    else:
        assert "times" not in asked
        assert "hours" not in asked, "what was left out is left out"


def test_the_week_validates_too(ana: Someone, phone_of: PhoneOf) -> None:
    phone = phone_of(ana)
    file, page = taken(phone, answer_all(phone, WEEKLY_ID, "2"))
    QuestionnaireResponse.model_validate_json(page.html)
    coding = file["item"][0]["item"][0]["answer"][0]["valueCoding"]
    assert coding["extension"][0]["valueDecimal"] == 2


def test_it_is_read_by_the_version_that_was_asked(
    ana: Someone, phone_of: PhoneOf, evenings: UUID, bring: Callable[..., UUID]
) -> None:
    phone = phone_of(ana)
    page = answer_all(phone, evenings, "2", "0", "no", "0", None)
    text = (FILES / "evenings.questionnaire.json").read_text()
    bring(json.loads(text.replace('"version": "1"', '"version": "2"')))
    assert phone.get(f"/check-ins/instruments/{evenings}").status == 404, "another took its place"
    file, _page = taken(phone, page)
    assert file["questionnaire"].endswith("evenings|1")
    assert "Your score now: 4." in phone.get(page.address).text


def test_a_file_taken_is_on_the_activity_of_its_patient(
    ana: Someone, phone_of: PhoneOf, evenings: UUID
) -> None:
    phone = phone_of(ana)
    page = answer_all(phone, evenings, "2", "0", "no", "0", None)
    said = "You downloaded your answers to a questionnaire."
    assert said not in phone.get("/sharing/activity").text
    taken(phone, page)
    assert said in phone.get("/sharing/activity").text
