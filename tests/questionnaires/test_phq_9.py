"""A clinic brings in the questionnaire that it may use; the file itself is never ours to carry."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse
from flask import Flask
from sqlalchemy import select

from tests.conftest import SomeGroup, Someone
from tests.pages import Phone
from tests.questionnaires.conftest import answer_all, begin
from tests.questionnaires.test_severity import assert_no_bare_label
from webapp.core.data.db import db
from webapp.questionnaires.models import Answers

PhoneOf = Callable[[Someone], Phone]


def last(app: Flask) -> dict[str, object]:
    with app.app_context():
        found = db.session.scalars(select(Answers).order_by(Answers.happened_at.desc())).first()
        assert found is not None
        return dict(found.content)


@pytest.mark.parametrize(("answer", "total"), [("0", "0"), ("1", "9"), ("2", "18"), ("3", "27")])
def test_nine_items_are_added_up_and_the_tenth_is_not(
    app: Flask, ana: Someone, phone_of: PhoneOf, phq_9: UUID, answer: str, total: str
) -> None:
    phone = phone_of(ana)
    page = answer_all(phone, phq_9, answer)
    content = last(app)
    assert content["scores"] == {"All together": total}
    assert len(content["answers"]) == 10  # type: ignore[arg-type]
    assert "/69722-7" in content["answers"]  # type: ignore[operator]
    assert "/44261-6" not in content["answers"], "what others compute isn't asked"  # type: ignore[operator]
    assert f"Your score now: {total}." in page.text
    assert_no_bare_label(page)
    QuestionnaireResponse.model_validate_json(phone.get(f"{page.address}/file").html)


def test_item_nine_above_nothing_brings_the_safety_plan_at_once_and_tells_nobody(
    app: Flask, ana: Someone, cleo: Someone, evening: SomeGroup, phone_of: PhoneOf, phq_9: UUID
) -> None:
    phone = phone_of(ana)
    page = begin(phone, phq_9)
    for _ in range(8):
        page = phone.fill(page, having="answer", answer="0")
    assert "No one is notified of your answer." in page.text
    page = phone.fill(page, having="answer", answer="1")
    assert page.address.endswith("/help")
    assert {"/plan/safety", "/help-now"} <= set(page.links)
    assert "nothing shared" in phone_of(cleo).get(f"/clinic/sessions/{evening.tonight}").text


def test_item_nine_at_nothing_brings_no_such_page(
    ana: Someone, phone_of: PhoneOf, phq_9: UUID
) -> None:
    phone = phone_of(ana)
    page = begin(phone, phq_9)
    for _ in range(9):
        page = phone.fill(page, having="answer", answer="0")
    assert not page.address.endswith("/help")


def test_item_nine_may_be_left_out_and_then_there_is_no_total(
    app: Flask, ana: Someone, phone_of: PhoneOf, phq_9: UUID
) -> None:
    page = answer_all(phone_of(ana), phq_9, *["1"] * 8, None, "0")
    assert last(app)["scores"] == {}, "nothing is guessed for a gap"
    assert page.status == 200


def test_five_points_are_a_change_and_fewer_are_about_the_same(
    clock: time_machine.Traveller, ana: Someone, phone_of: PhoneOf, phq_9: UUID
) -> None:
    phone = phone_of(ana)
    answer_all(phone, phq_9, "1")
    clock.shift(timedelta(days=14))
    page = answer_all(phone, phq_9, *["0"] * 4, "1")
    assert "Your score is 5 now. It was 9 on Nov 23. That’s about the same." in page.text
    clock.shift(timedelta(days=14))
    page = answer_all(phone, phq_9, "0")
    assert "Your score is 0 now. It was 5 on Dec 7. Things got easier." in page.text
