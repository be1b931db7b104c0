"""A questionnaire, one question at a time."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

import pytest
import time_machine
from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse
from flask import Flask
from sqlalchemy import func, select

from tests.conftest import SomeGroup, Someone
from tests.pages import Phone
from tests.questionnaires.conftest import Brought, answer_all, begin
from tests.questionnaires.test_fhir_import import CORE
from webapp.core.data.db import db
from webapp.questionnaires.models import Answers, CheckInDraft
from webapp.questionnaires.weekly import WEEKLY_ID

PhoneOf = Callable[[Someone], Phone]
# tired, calm, woke, times, alone, who, hours, words
ALL = ("2", "0", "yes", "3", "1", "My sister", "6,5", "Quiet ones")


def kept(app: Flask) -> list[dict[str, object]]:
    with app.app_context():
        return [dict(answers.content) for answers in db.session.scalars(select(Answers))]


@pytest.mark.database
def test_ana_answers_question_by_question_and_each_answer_is_kept(
    app: Flask, ana: Someone, phone_of: PhoneOf, evenings: UUID
) -> None:
    page = answer_all(phone_of(ana), evenings, *ALL)
    (content,) = kept(app)
    assert content["answers"] == {
        "tired": "https://groundwork.example/often|most",
        "calm": "https://groundwork.example/often|never",
        "woke": True, "times": "3", "alone": "1", "who": "My sister", "hours": "6.5",
        "words": "Quiet ones",
    }  # fmt: skip
    assert content["scores"] == {"Rest": "4", "Company": "1"}, "calm counts from the other end"
    assert "My sister" in page.text
    assert "This is your first time." in page.text


def test_what_is_not_asked_is_neither_needed_nor_kept(
    app: Flask, ana: Someone, phone_of: PhoneOf, evenings: UUID
) -> None:
    page = answer_all(phone_of(ana), evenings, "0", "2", "no", "0", None)
    assert page.status == 200
    (content,) = kept(app)
    assert set(content["answers"]) == {"tired", "calm", "woke", "alone"}  # type: ignore[call-overload]
    assert content["scores"] == {"Rest": "0", "Company": "0"}


def test_an_answer_to_a_question_that_closed_again_is_left_out(
    app: Flask, ana: Someone, phone_of: PhoneOf, evenings: UUID
) -> None:
    phone = phone_of(ana)
    page = begin(phone, evenings)
    for answer in ("0", "0", "yes", "7"):
        page = phone.fill(page, having="answer", answer=answer)
    back = phone.get(f"/check-ins/instruments/{evenings}/2")
    assert back.form(having="answer").fields["answer"] == "yes"
    page = phone.fill(back, having="answer", answer="no")
    assert "How often were you alone" in page.text, "the question about times is passed over"
    for answer in ("0", None, None):
        page = phone.fill(page, having="answer", answer=answer)
    assert "times" not in kept(app)[0]["answers"]  # type: ignore[operator]


def test_she_closes_the_tab_and_goes_on_where_she_was(
    app: Flask, ana: Someone, ben: Someone, phone_of: PhoneOf, evenings: UUID
) -> None:
    phone = phone_of(ana)
    phone.fill(begin(phone, evenings), having="answer", answer="1")
    another = phone_of(ana)
    assert "started" in another.get("/check-ins").text
    page = another.get(f"/check-ins/instruments/{evenings}")
    (go_on,) = [link for link in page.links if link.endswith("/1")]
    assert "How often did you feel calm?" in another.get(go_on).text
    shown = another.get(f"/check-ins/instruments/{evenings}/0")
    assert shown.form(having="answer").fields["answer"] == "1"
    bens = phone_of(ben).get(f"/check-ins/instruments/{evenings}/1")
    assert "Start" in bens.text, "Ben has begun nothing"


def test_after_two_days_it_begins_anew(
    app: Flask, clock: time_machine.Traveller, ana: Someone, phone_of: PhoneOf, evenings: UUID
) -> None:
    phone = phone_of(ana)
    begin(phone, evenings)
    clock.shift(timedelta(days=2, minutes=1))
    assert "Continue" not in phone.get(f"/check-ins/instruments/{evenings}").text
    begin(phone, evenings)
    with app.app_context():
        assert db.session.scalar(select(func.count(CheckInDraft.id))) == 1


def test_she_throws_a_draft_away(
    app: Flask, ana: Someone, phone_of: PhoneOf, evenings: UUID
) -> None:
    phone = phone_of(ana)
    begin(phone, evenings)
    page = phone.fill(phone.get(f"/check-ins/instruments/{evenings}"), "/removal")
    assert "Your answers were deleted." in page.text
    with app.app_context():
        assert db.session.scalar(select(func.count(CheckInDraft.id))) == 0


@pytest.mark.database
def test_tapping_save_twice_makes_one(
    app: Flask, ana: Someone, phone_of: PhoneOf, evenings: UUID
) -> None:
    phone = phone_of(ana)
    page = begin(phone, evenings)
    for answer in ("0", "0", "no", "0", None):
        page = phone.fill(page, having="answer", answer=answer)
    first = phone.fill(page, having="answer", answer="The end")
    second = phone.fill(page, having="answer", answer="The end")
    assert first.address == second.address
    assert "These answers were already saved." in second.text
    assert len(kept(app)) == 1


@pytest.mark.database
def test_an_answer_after_she_finished_elsewhere_is_not_in_it_and_she_is_told(
    app: Flask, ana: Someone, phone_of: PhoneOf, evenings: UUID
) -> None:
    phone, other = phone_of(ana), phone_of(ana)
    page = begin(phone, evenings)
    for answer in ("0", "0", "no", "0", None):
        page = phone.fill(page, having="answer", answer=answer)
    there = other.get(page.address)
    phone.fill(page, having="answer", answer="The end")
    told = other.fill(there, having="answer", answer="More words")
    assert "already saved, without your last answer" in told.text
    assert "More words" not in told.text
    assert kept(app)[0]["answers"]["words"] == "The end"  # type: ignore[index]


@pytest.mark.parametrize("ended", ["thrown away", "too old", "removed"])
def test_an_answer_after_the_end_of_its_draft_is_not_kept_and_she_is_told(
    app: Flask, ana: Someone, phone_of: PhoneOf, evenings: UUID, clock: time_machine.Traveller,
    ended: str,
) -> None:  # fmt: skip
    phone = phone_of(ana)
    page = begin(phone, evenings)
    if ended == "thrown away":
        phone.post(f"/check-ins/instruments/{evenings}/removal")
    elif ended == "too old":
        clock.shift(timedelta(days=2, minutes=1))
    else:
        made = page
        for answer in ("0", "0", "no", "0", None, "The end"):
            made = phone.fill(made, having="answer", answer=answer)
        phone.fill(made, "/removal")
    told = phone.fill(page, having="answer", answer="0")
    assert told.address == f"/check-ins/instruments/{evenings}"
    assert "Your last answer wasn’t saved." in told.text
    assert kept(app) == [] or ended == "removed"


@pytest.mark.parametrize(
    ("before", "answer", "says"),
    [
        ((), None, "Answer this question."),
        ((), "3", "Choose from the list."),
        ((), "x", "Choose from the list."),
        (("0", "0", "yes"), "0", "Enter 1 or more."),
        (("0", "0", "yes"), "21", "Enter 20 or less."),
        (("0", "0", "yes"), "two", "Enter a whole number."),
        (("0", "0", "yes"), "2.5", "Enter a whole number."),
        (("0", "0", "yes"), "٣", "Enter a whole number."),
        (("0", "0", "yes"), "9" * 400, "characters too long"),
        (("0", "0", "no", "1"), "x" * 81, "This is 1 character too long."),
        (("0", "0", "no", "0"), "six", "Enter a number."),
        (("0", "0", "no", "0"), "1e9", "Enter a number."),
    ],
)
def test_what_does_not_fit_a_question_is_refused_with_a_sentence(
    app: Flask, ana: Someone, phone_of: PhoneOf, evenings: UUID,
    before: tuple[str | None, ...], answer: str | None, says: str,
) -> None:  # fmt: skip
    phone = phone_of(ana)
    page = begin(phone, evenings)
    for given in before:
        page = phone.fill(page, having="answer", answer=given)
    refused = phone.fill(page, having="answer", answer=answer)
    assert refused.status == 422
    assert says in refused.text


def test_jumping_to_the_end_leads_back_to_what_is_missing(
    app: Flask, ana: Someone, phone_of: PhoneOf, evenings: UUID
) -> None:
    phone = phone_of(ana)
    begin(phone, evenings)
    last = phone.get(f"/check-ins/instruments/{evenings}/7")
    page = phone.fill(last, having="answer", answer="Only this")
    assert "How often were you too tired" in page.text
    assert kept(app) == []
    assert phone.get(f"/check-ins/instruments/{evenings}/99").status == 404
    assert phone.get(f"/check-ins/instruments/{evenings}/3").status == 404, "it isn't asked"


def test_the_rule_of_the_program_shows_help_at_once_and_tells_nobody(
    app: Flask, ana: Someone, cleo: Someone, evening: SomeGroup, phone_of: PhoneOf, evenings: UUID
) -> None:
    phone = phone_of(ana)
    page = begin(phone, evenings)
    for answer in ("0", "0", "no"):
        page = phone.fill(page, having="answer", answer=answer)
    said = page.html.index(
        "No one is notified of your answer. If you share it, it’s at the top of your "
        "facilitator’s page"
    )
    assert said < page.html.index("How often were you alone"), "said before it is asked"
    page = phone.fill(page, having="answer", answer="2")
    assert page.address.endswith("/help")
    assert {"/plan/safety", "/help-now"} <= set(page.links)
    assert "How often were you alone" in page.text, "its reason is shown"
    assert "nothing shared" in phone_of(cleo).get(f"/clinic/sessions/{evening.tonight}").text
    assert phone.get("/check-ins").status == 200
    done = answer_all(phone, evenings, "0", "0", "no", "2", None)
    assert done.html.index("You don’t have to carry this alone") < done.html.index("<h1>")


def test_a_hard_answer_that_comes_too_late_to_be_kept_brings_help_all_the_same(
    ana: Someone, phone_of: PhoneOf, evenings: UUID
) -> None:
    phone = phone_of(ana)
    page = begin(phone, evenings)
    for answer in ("0", "0", "no"):
        page = phone.fill(page, having="answer", answer=answer)
    phone.post(f"/check-ins/instruments/{evenings}/removal")
    assert phone.fill(page, having="answer", answer="2").address == "/help-now"
    assert "Your last answer wasn’t saved." in phone.get("/check-ins").text


def test_a_sentence_says_what_changed_and_no_label_stands_alone(
    clock: time_machine.Traveller, ana: Someone, phone_of: PhoneOf, evenings: UUID
) -> None:
    phone = phone_of(ana)
    answer_all(phone, evenings, "2", "0", "no", "0", None)
    clock.shift(timedelta(days=7))
    page = answer_all(phone, evenings, "0", "1", "no", "1", None)
    assert "Your score is 1 now. It was 4 on Nov 23. Things got easier." in page.text
    assert "Your score is 1 now. It was 0 on Nov 23. Things got harder." in page.text
    assert "Most of your evenings had rest in them. Your score now: 1." in page.text
    clock.shift(timedelta(days=7))
    page = answer_all(phone, evenings, "0", "2", "no", "1", None)
    assert "Your score is 0 now. It was 1 on Nov 30. That’s about the same." in page.text
    assert page.html.count("<circle") == 6


def test_what_she_shares_of_it_stands_in_the_huddle_item_by_item(
    app: Flask, ana: Someone, cleo: Someone, evening: SomeGroup, phone_of: PhoneOf, evenings: UUID,
    shared: Callable[..., UUID],
) -> None:  # fmt: skip
    page = answer_all(phone_of(ana), evenings, "2", "0", "no", "2", "My sister", None)
    shared(ana, UUID(page.address.rsplit("/", 1)[1]), evening)
    huddle = phone_of(cleo).get(f"/clinic/sessions/{evening.tonight}").text
    assert "My evenings. Rest: 4 of 4. Company: 2 of 2." in huddle
    assert "How often were you alone and did not want to be? More often" in huddle
    hers = phone_of(cleo).get(f"/clinic/groups/{evening.id}/people/{ana.id}").text
    assert "My sister" in hers


def test_nobody_else_opens_it(
    ana: Someone, ben: Someone, cleo: Someone, max_: Someone, phone: Phone, phone_of: PhoneOf,
    evenings: UUID,
) -> None:  # fmt: skip
    page = answer_all(phone_of(ana), evenings, "0", "0", "no", "0", None)
    for address in (page.address, f"{page.address}/file"):
        for somebody in (ben, cleo, max_):
            assert phone_of(somebody).get(address).status == 404
        assert "/sign-in" in phone.get(address).address


def test_the_week_has_its_own_questions_and_three_numbers(
    app: Flask, ana: Someone, phone_of: PhoneOf
) -> None:
    page = answer_all(phone_of(ana), WEEKLY_ID, "1", "2", "0", "4")
    (content,) = kept(app)
    assert content["scores"] == {"Use": "3", "Made it harder": "20", "Helped": "20"}
    assert "Your score now: 3." in page.text
    assert "A higher score is better." in page.text


def test_a_week_kept_under_former_names_of_its_scales_is_read_under_todays(
    app: Flask, ana: Someone, phone_of: PhoneOf
) -> None:
    phone = phone_of(ana)
    page = answer_all(phone, WEEKLY_ID, "1", "2", "0", "4")
    with app.app_context():
        entry = db.session.scalars(select(Answers)).one()
        entry.scores = {"Use": "3", "What pulled": "20", "What held": "20"}
        entry.tops = {"Use": "21", "What pulled": "20", "What held": "20"}
        db.session.commit()
    assert "Made it harder: 20 of 20. Helped: 20 of 20." in phone.get("/check-ins").text
    page = phone.get(page.address)
    assert "Your score now: 20." in page.text
    assert "no score" not in page.text


def test_a_scale_with_a_question_left_out_says_so(
    app: Flask, ana: Someone, phone_of: PhoneOf
) -> None:
    page = answer_all(phone_of(ana), WEEKLY_ID, None, "2", "0", "4")
    assert kept(app)[0]["scores"] == {"Made it harder": "20", "Helped": "20"}
    assert "“Use” has no score this time because a question was skipped." in page.text


def test_it_can_be_taken_away_and_put_back(ana: Someone, phone_of: PhoneOf, evenings: UUID) -> None:
    phone = phone_of(ana)
    page = answer_all(phone, evenings, "0", "0", "no", "0", None)
    gone = phone.fill(page, "/removal")
    assert phone.get(page.address).status == 404
    assert "My evenings" in phone.fill(gone, "/restoration").text


PLACES = {
    "resourceType": "Questionnaire", "title": "Places",
    "item": [
        {"linkId": "since", "type": "date", "text": "Since when?"},
        {"linkId": "where", "type": "open-choice", "text": "Where do you sleep?", "answerOption": [
            {"valueCoding": {"code": "home", "display": "At home"},
             "extension": [{"url": f"{CORE}ordinalValue", "valueDecimal": 2}]},
            {"valueCoding": {"code": "friend", "display": "With a friend"},
             "extension": [{"url": f"{CORE}ordinalValue", "valueDecimal": 1}]},
        ]},
        {"linkId": "form", "type": "string", "text": "Form ID", "required": True,
         "extension": [{"url": f"{CORE}questionnaire-hidden", "valueBoolean": True}]},
    ],
}  # fmt: skip
PLACED = '[[scales]]\nname = "Rest"\nitems = ["where"]\n'


def test_ana_says_something_else_than_there_is_to_choose(
    app: Flask, ana: Someone, phone_of: PhoneOf, bring: Brought
) -> None:
    phone, id = phone_of(ana), bring(PLACES, PLACED)
    page = phone.fill(begin(phone, id), having="answer", answer="2026-11-01")
    assert "Something else" in page.text
    assert "Form ID" not in page.text, "what's hidden isn't asked"
    page = phone.fill(page, having="answer", answer="other", other="In my car")
    (content,) = kept(app)
    assert content["answers"] == {"since": "2026-11-01", "where": {"other": "In my car"}}
    assert "Sunday, November 1, 2026" in page.text
    assert "“Rest” has no score this time because your answer “In my car” doesn’t" in page.text
    response = QuestionnaireResponse.model_validate_json(phone.get(f"{page.address}/file").html)
    assert [(item.answer[0].valueDate, item.answer[0].valueString) for item in response.item] == [
        (date(2026, 11, 1), None), (None, "In my car"),
    ]  # fmt: skip


def test_one_of_the_answers_of_an_open_choice_counts(
    app: Flask, ana: Someone, phone_of: PhoneOf, bring: Brought
) -> None:
    answer_all(phone_of(ana), bring(PLACES, PLACED), None, "1")
    assert kept(app)[0]["scores"] == {"Rest": "1"}


def test_words_alone_are_something_else_and_nothing_typed_is_dropped(
    app: Flask, ana: Someone, phone_of: PhoneOf, bring: Brought
) -> None:
    phone, id = phone_of(ana), bring(PLACES, PLACED)
    page = phone.fill(begin(phone, id), having="answer", answer=None)
    address = page.address
    page = phone.fill(page, having="answer", answer="0", other="In my car")
    assert (page.status, "leave this blank" in page.text) == (422, True)
    assert "In my car" in page.html
    page = phone.fill(phone.get(address), having="answer", answer="other", other="")
    assert (page.status, "Write what it is." in page.text) == (422, True)
    phone.fill(phone.get(address), having="answer", answer=None, other="In my car")
    assert kept(app)[0]["answers"] == {"where": {"other": "In my car"}}


def test_a_date_that_is_none_is_said(ana: Someone, phone_of: PhoneOf, bring: Brought) -> None:
    phone = phone_of(ana)
    page = phone.fill(begin(phone, bring(PLACES)), having="answer", answer="soon")
    assert (page.status, "Enter a date." in page.text) == (422, True)


def test_back_at_the_question_the_own_words_are_there(
    ana: Someone, phone_of: PhoneOf, bring: Brought
) -> None:
    third = {"linkId": "last", "type": "boolean", "text": "Are you safe there?"}
    phone, id = phone_of(ana), bring(PLACES | {"item": [*PLACES["item"], third]})
    page = phone.fill(begin(phone, id), having="answer", answer="2026-11-01")
    address = page.address
    phone.fill(page, having="answer", answer="other", other="In my car")
    page = phone.get(address)
    assert 'value="In my car"' in page.html
    assert 'value="2026-11-01"' in phone.get(address[:-1] + "0").html
