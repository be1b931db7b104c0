"""Max imports a questionnaire in the browser, looks at it, puts it in use, and retires it."""

import json
from collections.abc import Callable
from datetime import date, time
from io import BytesIO
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from tests.conftest import PASSWORD, Someone
from tests.pages import Page, Phone
from tests.questionnaires.conftest import FILES, answer_all, begin, rows
from tests.questionnaires.test_fhir_import import FIRST, SECOND, if_, made
from webapp.accounts.models import Person
from webapp.audit.kinds import ActKind
from webapp.check_ins import queries
from webapp.check_ins.actions import remind_of_due, reminder_of, set_due
from webapp.core.data.db import db
from webapp.questionnaires.models import Answers

PhoneOf = Callable[[Someone], Phone]
Acts = Callable[[], list[ActKind]]
EVENINGS = (FILES / "evenings.questionnaire.json").read_bytes()
SCORING = (FILES / "evenings.scoring.toml").read_bytes()


def upload(desk: Phone, asked: bytes, counts: bytes = b"", name: str = "evenings.json") -> Page:
    """Choose the files on the page and send them, as a browser would."""
    sent = {"file": [(BytesIO(asked), name)]}
    if counts:
        sent["scoring"] = [(BytesIO(counts), "evenings.scoring.toml")]
    return desk.post("/clinic/questionnaires", sent)


def in_use(app: Flask, desk: Phone) -> UUID:
    """Imported, looked at, and put in use."""
    page = upload(desk, EVENINGS, SCORING)
    use(desk, page)
    return rows(app)[-1].id


def use(desk: Phone, page: Page) -> Page:
    """Max taps Use, and says once more who he is."""
    asked = desk.fill(page, "/use")
    if "own_password" in asked.html:
        return desk.fill(asked, having="own_password", own_password=PASSWORD)
    return asked


def test_max_sees_all_of_it_before_anyone_is_asked(
    app: Flask, max_: Someone, ana: Someone, phone_of: PhoneOf, acts: Acts
) -> None:
    page = upload(phone_of(max_), EVENINGS, SCORING)
    assert page.status == 200
    assert acts()[-1] == ActKind.QUESTIONNAIRE_IMPORTED
    for words in (
        "This is a preview.", "How often did you feel calm?",
        "Never · Some evenings · Most evenings",
        "Only if “Did you wake up at night?” is “Yes”.", "Think of the last seven evenings.",
        "Item sum (“Sum of all of them”) is computed from other answers, so it isn’t asked.",
    ):  # fmt: skip
        assert words in page.text
    (row,) = rows(app)
    phone = phone_of(ana)
    assert "My evenings" not in phone.get("/check-ins").text
    assert phone.get(f"/check-ins/instruments/{row.id}").status == 404
    assert phone.post(f"/check-ins/instruments/{row.id}").status == 404


def test_the_preview_has_the_scale_with_its_sentences(max_: Someone, phone_of: PhoneOf) -> None:
    bands = b"""
    [[scales]]
    name = "Rest"
    bands = [{ from = 0, to = 1, says = "You told us how you rested." }]
    [[at_once]]
    item = "one"
    above = 0
    """
    page = upload(phone_of(max_), json.dumps(made(FIRST)).encode(), bands)
    assert "0–1 You told us how you rested." in page.text
    assert "help and the safety plan come next" in page.text


@pytest.mark.database
def test_max_puts_it_in_use_and_ana_answers_it(
    app: Flask, max_: Someone, ana: Someone, phone_of: PhoneOf, acts: Acts
) -> None:
    desk = phone_of(max_)
    page = upload(desk, EVENINGS, SCORING)
    page = use(desk, page)
    assert "Patients can answer it now." in page.text
    assert acts()[-1] == ActKind.QUESTIONNAIRE_USED
    (row,) = rows(app)
    answer_all(phone_of(ana), row.id, "0", "2", "no", "0", None)
    assert "no days yet" in desk.get("/clinic/questionnaires").text


def test_a_newer_version_waits_until_it_is_used_and_then_takes_the_other_s_place(
    app: Flask, max_: Someone, ana: Someone, phone_of: PhoneOf
) -> None:
    desk, phone = phone_of(max_), phone_of(ana)
    first = in_use(app, desk)
    newer = EVENINGS.replace(b'"version": "1"', b'"version": "2"')
    page = upload(desk, newer, SCORING)
    assert phone.get(f"/check-ins/instruments/{first}").status == 200
    use(desk, page)
    assert [(row.number, row.is_used) for row in rows(app)] == [(1, False), (2, True)]
    assert phone.get(f"/check-ins/instruments/{first}").status == 404


def test_one_that_was_only_looked_at_gives_way_to_the_next_and_can_be_deleted(
    app: Flask, max_: Someone, phone_of: PhoneOf
) -> None:
    desk = phone_of(max_)
    upload(desk, EVENINGS)
    page = upload(desk, EVENINGS, SCORING)
    assert [row.number for row in rows(app)] == [1]
    desk.fill(page, "/removal")
    assert rows(app) == []


def test_one_in_use_is_not_deleted(app: Flask, max_: Someone, phone_of: PhoneOf) -> None:
    desk = phone_of(max_)
    id = in_use(app, desk)
    assert desk.post(f"/clinic/questionnaires/{id}/removal").status == 200
    assert [row.id for row in rows(app)] == [id]


@pytest.mark.database
def test_retired_it_is_asked_on_no_day_and_past_answers_stay_readable(
    app: Flask, max_: Someone, ana: Someone, phone_of: PhoneOf, acts: Acts
) -> None:
    desk, phone = phone_of(max_), phone_of(ana)
    id = in_use(app, desk)
    answered = answer_all(phone, id, "2", "0", "yes", "3", "1", "My sister", "6,5", "Quiet ones")
    key = rows(app)[0].key
    with app.app_context():
        max_row, ana_row = (db.session.get_one(Person, one.id) for one in (max_, ana))
        for what in (queries.DAILY, "weekly"):
            set_due(what, [], 1, date(2026, 11, 23), max_row)
        set_due(key, [0, 3], 1, date(2026, 11, 23), max_row)
        remind_of_due(ana_row, time(20), "America/New_York", "Check-in")
        db.session.commit()
    assert "asked on Monday" in desk.get("/clinic/questionnaires").text
    page = desk.fill(desk.get(f"/clinic/questionnaires/{id}"), "/end")
    assert "Retired. Patients aren’t asked it anymore." in page.text
    assert acts()[-1] == ActKind.QUESTIONNAIRE_RETIRED
    assert phone.get(f"/check-ins/instruments/{id}").status == 404
    past = phone.get(answered.address)
    assert "My sister" in past.text
    assert "What the shaded parts" in past.text or "Your score now" in past.text
    assert phone.get(f"{answered.address}/file").status == 200
    with app.app_context():
        assert not queries.rhythms()[key].weekdays
        assert reminder_of(db.session.get_one(Person, ana.id)) is None, (
            "nothing is left to ring for"
        )


def test_whoever_is_in_the_middle_of_it_can_finish(
    app: Flask, max_: Someone, ana: Someone, phone_of: PhoneOf
) -> None:
    desk, phone = phone_of(max_), phone_of(ana)
    id = in_use(app, desk)
    page = begin(phone, id)
    desk.post(f"/clinic/questionnaires/{id}/end")
    for answer in ("0", "2", "no", "0", None, None, None):
        if "/answers/" in page.address:
            break
        page = phone.fill(page, having="answer", answer=answer)
    assert "/answers/" in page.address


def test_retired_by_mistake_it_is_used_again(
    app: Flask, max_: Someone, ana: Someone, phone_of: PhoneOf
) -> None:
    desk = phone_of(max_)
    id = in_use(app, desk)
    desk.post(f"/clinic/questionnaires/{id}/end")
    page = desk.get(f"/clinic/questionnaires/{id}")
    assert "Use it again" in page.html
    use(desk, page)
    assert phone_of(ana).get(f"/check-ins/instruments/{id}").status == 200


def test_the_same_file_again_is_not_another(app: Flask, max_: Someone, phone_of: PhoneOf) -> None:
    desk = phone_of(max_)
    id = in_use(app, desk)
    page = upload(desk, EVENINGS, SCORING)
    assert page.address == f"/clinic/questionnaires/{id}"
    assert "In use." in page.text


BAD: dict[str, tuple[bytes, bytes, str]] = {
    "nothing": (b"", b"", "This file isn’t JSON"),
    "a table": (b"linkId,text\n1,Did you rest?\n", b"", "This file isn’t JSON"),
    "a web page": (b"<!doctype html><p>Sign in</p>", b"", "This file is XML or a web page."),
    "FHIR as XML": (b'\xef\xbb\xbf<Questionnaire xmlns="x"/>', b"", "This file is XML or"),
    "another resource": (b'{"resourceType": "Patient"}', b"", "This file isn’t a FHIR"),
    "a list": (b"[1, 2]", b"", "This file isn’t a FHIR Questionnaire."),
    "Windows-1252": (json.dumps(made(FIRST | {"text": "Tu dors\u00e9?"}), ensure_ascii=False)
                     .encode("cp1252"), b"", "evenings.json isn’t UTF-8 text."),
    "UTF-16": (json.dumps(made(FIRST)).encode("utf-16"), b"", "evenings.json isn’t UTF-8 text."),
    "a picture": (b"\x89PNG\r\n\x1a\n\x00\x00\xff", b"", "evenings.json isn’t UTF-8 text."),
    "zeros": (b"\x00" * 50, b"", "evenings.json has a character that text can’t have."),
    "half an emoji": (json.dumps(made(FIRST | {"text": "Rested? \ud83d"})).encode(), b"",
                      "evenings.json has a character that text can’t have."),
    "its other half": (json.dumps(made(FIRST | {"text": "Rested? \ude34"})).encode(), b"",
                       "evenings.json has a character that text can’t have."),
    "deep": (b"[" * 100_000, b"", "This file isn’t JSON"),
    "an item that can't be asked": (
        json.dumps(made(FIRST, SECOND | {"type": "attachment"})).encode(), b"",
        "Item two (“How many hours?”) has a type that can’t be answered here, “attachment”.",
    ),
    "our own name": (json.dumps(made(FIRST, name="weekly")).encode(), b"",
                     "The questionnaire has the name of a built-in one, “weekly”."),
    "scoring that isn't TOML": (EVENINGS, b"{}", "The scoring file isn’t TOML"),
    "scoring as Windows-1252": (EVENINGS, "name = \"\u00e9\"".encode("cp1252"),
                                "evenings.scoring.toml isn’t UTF-8 text."),
    "scoring of another": (EVENINGS, b'unscored = ["/1-2"]', "Item /1-2 is in “unscored”, but"),
    "a band to no number": (
        json.dumps(made(FIRST)).encode(),
        b'[[scales]]\nname = "R"\nbands = [{ from = 0, to = nan, says = "On no day at all" }]',
        "“to” in the scoring file isn’t a number.",
    ),
    "a change without end": (json.dumps(made(FIRST)).encode(),
                             b'[[scales]]\nname = "R"\nchange = inf',
                             "“change” in the scoring file isn’t a number."),
    "a number that fills the memory": (
        json.dumps(made(FIRST)).encode().replace(b"{", b'{"x": 1e999999999, ', 1), b"",
        "The file has a number that’s too long: 1e999999999.",
    ),
    "a number that no memory holds": (
        json.dumps(made(FIRST)).encode().replace(b"{", b'{"x": 1e-99999999999999999999, ', 1), b"",
        "The file has a number that’s too long: 1e-99999999999999999999.",
    ),
    "scoring with a number that fills the memory": (
        json.dumps(made(FIRST)).encode(), b'[[scales]]\nname = "R"\nchange = 1e999999999',
        "The file has a number that’s too long: 1e999999999.",
    ),
    "scoring with thousands of digits": (
        json.dumps(made(FIRST)).encode(), b'[[scales]]\nname = "R"\nchange = ' + b"9" * 5_000,
        "The scoring file isn’t TOML",
    ),
    "scoring with thousands of digits, base 16": (
        json.dumps(made(FIRST)).encode(), b'[[scales]]\nname = "R"\nchange = 0x' + b"f" * 5_000,
        "The scoring file isn’t TOML",
    ),
    "a label for a band": (
        json.dumps(made(FIRST)).encode(),
        b'[[scales]]\nname = "R"\nbands = [{ from = 0, to = 1, says = "Severe" }]',
        "needs a sentence for the patient, not a label.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("which", BAD)
def test_a_bad_file_is_a_clear_sentence_and_nothing_is_half_done(
    app: Flask, max_: Someone, phone_of: PhoneOf, which: str
) -> None:
    asked, counts, says = BAD[which]
    page = upload(phone_of(max_), asked, counts)
    assert page.status == 422
    assert says in page.text
    assert page.text.count(says) == 2, "once at the top, once at its field"
    assert rows(app) == []


def test_a_whole_emoji_is_a_character_like_any_other(max_: Someone, phone_of: PhoneOf) -> None:
    file = json.dumps(made(FIRST | {"text": "Rested? \U0001f634"})).encode()
    assert "\\ud83d\\ude34" in file.decode()
    assert "Rested? \U0001f634" in upload(phone_of(max_), file, b"").text


def test_a_byte_order_mark_in_front_does_no_harm(
    app: Flask, max_: Someone, phone_of: PhoneOf
) -> None:
    page = upload(phone_of(max_), b"\xef\xbb\xbf" + EVENINGS, b"\xef\xbb\xbf" + SCORING)
    assert page.status == 200
    assert len(rows(app)) == 1


def test_two_megabytes_are_too_large_and_the_page_says_how_much_may_be(
    app: Flask, max_: Someone, phone_of: PhoneOf
) -> None:
    answer = phone_of(max_).client.post(
        "/clinic/questionnaires",
        data=b"--x\r\n" + EVENINGS + b" " * 2_000_000,
        content_type="multipart/form-data; boundary=x",
    )
    assert answer.status_code == 413
    assert "That file is too large" in answer.text
    assert "up to 1 MB" in answer.text
    assert rows(app) == []


def test_without_a_file_the_page_asks_for_one(app: Flask, max_: Someone, phone_of: PhoneOf) -> None:
    desk = phone_of(max_)
    for fields in ({}, {"file": "typed, not chosen"}):
        page = desk.post("/clinic/questionnaires", fields)
        assert (page.status, "Choose a file." in page.text) == (422, True)


def test_max_sees_no_answer_on_any_of_these_pages(
    app: Flask, max_: Someone, ana: Someone, phone_of: PhoneOf
) -> None:
    desk = phone_of(max_)
    id = in_use(app, desk)
    answer_all(phone_of(ana), id, "2", "0", "yes", "3", "1", "My sister", "6,5", "Quiet ones")
    with app.app_context():
        assert db.session.scalars(select(Answers)).one()
    for address in ("/clinic/questionnaires", f"/clinic/questionnaires/{id}"):
        text = desk.get(address).text
        assert "My sister" not in text
        assert "Ana" not in text


def test_conditions_read_as_sentences(max_: Someone, phone_of: PhoneOf) -> None:
    coding = {"code": "y", "display": "Yes"}
    conditions = [
        {"question": "one", "operator": "!=", "answerCoding": coding},
        {"question": "two", "operator": ">=", "answerInteger": 6},
        {"question": "two", "operator": "exists", "answerBoolean": False},
    ]
    third = {"linkId": "three", "type": "text", "text": "And then?", "enableBehavior": "any",
             "enableWhen": conditions}  # fmt: skip
    second = SECOND | if_(answerCoding=coding)
    page = upload(phone_of(max_), json.dumps(made(FIRST, second, third)).encode())
    assert "Only if “Did you rest?” is “Yes”." in page.text
    assert (
        "Only if “Did you rest?” isn’t “Yes” or “How many hours?” is 6 or more or “How many "
        "hours?” has no answer."
    ) in page.text
