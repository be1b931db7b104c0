"""PHQ-9 and GAD-7 come with Groundwork, word for word, and are asked once Max turns them on."""

from collections.abc import Callable
from decimal import Decimal
from uuid import UUID

import pytest
from fhir.resources.R4B.questionnaire import Questionnaire
from flask import Flask

from tests.conftest import SomeGroup, Someone
from tests.pages import Phone
from tests.questionnaires.conftest import PHQ_9, Brought, answer_all, begin, rows
from tests.questionnaires.test_severity import assert_no_bare_label
from webapp.audit.kinds import ActKind
from webapp.questionnaires import box
from webapp.questionnaires.importing import import_instrument
from webapp.questionnaires.parsing import parse
from webapp.questionnaires.scoring import reach

PhoneOf = Callable[[Someone], Phone]
NOTICE = (
    "Developed by Drs. Robert L. Spitzer, Janet B.W. Williams, Kurt Kroenke and colleagues, with "
    "an educational grant from Pfizer Inc. No permission required to reproduce, translate, display "
    "or distribute."
)
CUTS = {"phq-9": [0, 5, 10, 15, 20], "gad-7": [0, 5, 10, 15]}
TOPS = {"phq-9": 27, "gad-7": 21}


def turned_on(app: Flask, phone: Phone, name: str) -> UUID:
    """Max taps Use, once."""
    page = phone.fill(phone.get("/clinic/questionnaires"), f"/box/{name}/use")
    assert "Patients can answer it now." in page.text
    return next(row.id for row in rows(app) if row.key == box.opened(name).key)


@pytest.mark.parametrize("name", box.NAMES)
def test_each_has_its_cut_points_and_leaves_the_last_question_unscored(name: str) -> None:
    found = box.opened(name)
    (scale,) = found.scoring.scales
    assert [band.first for band in scale.bands] == CUTS[name]
    assert reach(scale, found.questionnaire) == (Decimal(0), Decimal(TOPS[name]))
    assert "/69722-7" not in scale.items
    assert len(found.questionnaire.questions) == len(scale.items) + 1


@pytest.mark.parametrize("name", box.NAMES)
def test_each_is_a_valid_fhir_questionnaire_that_carries_its_notice(name: str) -> None:
    files = box.in_the_box(name)
    read = Questionnaire.model_validate_json(files.asked)
    assert NOTICE in read.copyright
    assert "LOINC" in read.copyright, "its codes have a notice of their own"


def test_the_words_are_those_of_the_clinic_s_own_file() -> None:
    if not PHQ_9.exists():
        pytest.skip("there is no questionnaire of a clinic's beside this repository")
    theirs, ours = parse(PHQ_9.read_text(), "").questionnaire, box.opened("phq-9").questionnaire
    for item in theirs.questions:
        same = ours.question(item.link_id)
        assert same is not None
        assert [one.key for one in same.options] == [one.key for one in item.options]
        assert [one.label for one in same.options] == [one.label for one in item.options]
        if item.link_id != "/69722-7":  # LOINC leaves its first half out
            assert letters(same.text) == letters(item.text)


def letters(text: str) -> str:
    return "".join(letter for letter in text.lower() if letter.isalpha())


@pytest.mark.database
def test_max_turns_phq_9_on_with_one_tap_and_it_is_in_the_audit_log(
    app: Flask, max_: Someone, ana: Someone, phone_of: PhoneOf, acts: Callable[[], list[ActKind]]
) -> None:
    desk = phone_of(max_)
    assert "Mood (PHQ-9)" not in phone_of(ana).get("/check-ins").text
    id = turned_on(app, desk, "phq-9")
    assert acts()[-1] == ActKind.QUESTIONNAIRE_USED
    assert "Mood (PHQ-9)" in phone_of(ana).get("/check-ins").text
    page = desk.get("/clinic/questionnaires")
    assert f"/clinic/questionnaires/{id}" in page.links
    assert "Use Mood (PHQ-9)" not in page.text, "it isn't offered twice"
    assert "Use Worry (GAD-7)" in page.text


def test_turning_it_on_twice_makes_one(app: Flask, max_: Someone, phone_of: PhoneOf) -> None:
    desk = phone_of(max_)
    turned_on(app, desk, "phq-9")
    desk.post("/clinic/questionnaires/box/phq-9/use")
    assert len(rows(app)) == 1


@pytest.mark.parametrize(("answer", "total"), [("0", 0), ("1", 9), ("2", 18), ("3", 27)])
def test_ana_reads_a_sentence_and_the_notice_and_never_a_label(
    app: Flask, max_: Someone, ana: Someone, phone_of: PhoneOf, answer: str, total: int
) -> None:
    id = turned_on(app, phone_of(max_), "phq-9")
    phone = phone_of(ana)
    asked = begin(phone, id)
    assert NOTICE in asked.text, "it stands on the page that asks"
    assert "Over the last 2 weeks, how often have you been bothered by any" in asked.text
    page = answer_all(phone, id, answer)
    assert f"Your score now: {total}." in page.text
    assert NOTICE in page.text
    assert_no_bare_label(page)


def test_item_nine_shows_help_at_once_and_notifies_no_one(
    app: Flask, max_: Someone, ana: Someone, cleo: Someone, evening: SomeGroup, phone_of: PhoneOf
) -> None:
    id = turned_on(app, phone_of(max_), "phq-9")
    phone = phone_of(ana)
    page = begin(phone, id)
    for _ in range(8):
        page = phone.fill(page, having="answer", answer="0")
    page = phone.fill(page, having="answer", answer="1")
    assert page.address.endswith("/help")
    assert {"/plan/safety", "/help-now"} <= set(page.links)
    assert "nothing shared" in phone_of(cleo).get(f"/clinic/sessions/{evening.tonight}").text


def test_a_skipped_question_leaves_gad_7_without_a_number(
    app: Flask, max_: Someone, ana: Someone, phone_of: PhoneOf
) -> None:
    id = turned_on(app, phone_of(max_), "gad-7")
    page = answer_all(phone_of(ana), id, None, "1")
    assert "“Total” has no score this time because a question was skipped." in page.text


def test_the_clinic_s_own_phq_9_and_this_one_are_versions_of_one(
    app: Flask, max_: Someone, phone_of: PhoneOf, phq_9: UUID
) -> None:
    desk = phone_of(max_)
    assert "Use Mood (PHQ-9)" not in desk.get("/clinic/questionnaires").text
    desk.post("/clinic/questionnaires/box/phq-9/use")
    assert [row.number for row in rows(app)] == [1, 2]
    assert [row.is_used for row in rows(app)] == [False, True]


def test_what_is_not_in_the_box_is_not_found(max_: Someone, phone_of: PhoneOf) -> None:
    desk = phone_of(max_)
    assert desk.get("/clinic/questionnaires/box/audit").status == 404
    assert desk.post("/clinic/questionnaires/box/..%2fweekly/use").status == 404


def test_the_operator_can_import_its_files_too(app: Flask, bring: Brought) -> None:
    id = bring(box.BOX / "gad-7.questionnaire.json", (box.BOX / "gad-7.scoring.toml").read_text())
    with app.app_context():
        row, is_new = import_instrument(
            box.BOX / "gad-7.questionnaire.json", box.BOX / "gad-7.scoring.toml"
        )
        assert (row.id, is_new) == (id, False)
