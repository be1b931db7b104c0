"""Writing about a moment: three taps are enough, everything else is optional and kept exactly."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from tests.conftest import PASSWORD
from tests.pages import Page, Phone
from webapp.core.data.db import db
from webapp.entries.models import Entry
from webapp.journal.models import Trigger

EVERYTHING = {
    "urge": "8",
    "kinds": ["place", "money"],
    "situation": "Walked past the old place",
    "thought": "One is fine",
    "feelings": ["lonely", "tired"],
    "body": "Tight chest",
    "did": "Called my sister",
    "acted": "no",
    "after": "3",
}


def write(phone: Phone, **typed: object) -> Page:
    return phone.fill(phone.get("/journal/new"), "/journal/new", **({"urge": "5"} | typed))


def count(app, what=Entry) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(what))


def only(app) -> dict:
    with app.app_context():
        entry = db.session.scalars(select(Trigger)).one()
        return entry.content | {"at": entry.happened_at, "version": entry.version}


def test_three_taps_are_enough(app, phone_of, ana, evening, clock):
    saved = write(phone_of(ana), kinds=["place"])
    assert "Saved. Only you can see it." in saved.text
    assert "A place" in saved.text
    assert "Only you." in saved.text
    kept = only(app)
    assert (kept["urge"], kept["kinds"]) == (5, ["place"])
    assert kept["at"] == datetime(2026, 11, 23, 21, 0, tzinfo=UTC)


def test_the_strength_alone_is_enough_and_nothing_else_is_made_up(app, phone_of, ana):
    write(phone_of(ana), urge="0")
    assert set(only(app)) == {"urge", "zone", "at", "version"}


def test_a_strength_tapped_on_today_is_filled_in(phone_of, ana):
    phone = phone_of(ana)
    today = phone.get("/today")
    write_page = phone.fill(today, "/journal/tapped", urge="7")
    assert write_page.form("/journal/new").fields["urge"] == "7"
    for odd in ("11", "-1", "x", "７", "1e1", ""):
        page = phone.fill(today, "/journal/tapped", urge=odd)
        assert page.status == 200
        assert "urge" not in page.form("/journal/new").fields


def test_when_the_password_is_asked_for_again_the_form_is_behind_it(phone_of, ana):
    phone = phone_of(ana)
    today = phone.get("/today")
    phone.fill(today, "/hide")
    page = phone.fill(today, "/journal/tapped", urge="7")
    assert page.address == "/unlock?next=/journal/new"
    assert phone.fill(page, having="password", password=PASSWORD).address == "/journal/new"


def test_no_number_of_hers_stands_in_an_address(phone_of, ana):
    phone = phone_of(ana)
    assert not [link for link in phone.get("/today").links if "?" in link]
    assert "urge" not in phone.get("/journal/new?urge=7").form("/journal/new").fields
    assert phone.get("/journal/tapped").address == "/journal/new"


def test_everything_that_was_said_stands_on_the_page(phone_of, ana):
    saved = write(phone_of(ana), **EVERYTHING)
    for words in ("Walked past", "One is fine", "Tight chest", "Called my sister"):
        assert words in saved.text
    for label in ("A place, Money", "Lonely, Tired", "Used or acted on it No"):
        assert label in saved.text


def test_rather_not_say_is_an_answer(app, phone_of, ana):
    saved = write(phone_of(ana), acted="unsaid")
    assert "I’d rather not say" in saved.text
    assert only(app)["acted"] == "unsaid"


def test_a_strong_pull_has_help_beside_it(phone_of, ana):
    phone = phone_of(ana)
    assert "8 is a lot" in write(phone, urge="8").text
    assert "is a lot" not in write(phone, urge="7").text


@pytest.mark.parametrize("said", [{"thought": "One is fine"}, {"kinds": ["place"]},
                                  {"feelings": ["tired"]}, {"acted": "yes"}], ids=str)  # fmt: skip
def test_words_without_a_number_are_welcome_and_no_number_is_made_up(
    app, phone_of, ana, cleo, evening, shared, said
):
    phone = phone_of(ana)
    saved = write(phone, urge=None, **said)
    assert "Saved. Only you can see it." in saved.text
    assert "urge" not in only(app)
    for page in (saved, phone.get("/journal"), phone.get("/journal/patterns")):
        assert page.status == 200
        assert "None" not in page.text
        assert "Strength 0" not in page.text
    shared(ana, UUID(saved.address[-36:]), evening)
    huddle = phone_of(cleo).get(f"/clinic/sessions/{evening.tonight}")
    assert "None" not in huddle.text
    line = {"One is fine", "A place", "Tired", "Used or acted on it"}
    assert any(words in huddle.text and words in phone.get("/journal").text for words in line)


def test_nothing_at_all_is_not_saved_and_the_page_says_what_would_do(app, phone_of, ana):
    page = write(phone_of(ana), urge=None, situation="  ", happened="2026-11-23T09:00")
    assert page.status == 422
    assert "Tap a number, or write a few words." in page.text
    assert {"urge", "urge-error"} <= set(page.ids)
    assert page.form("/journal/new").fields["happened"] == "2026-11-23T09:00"
    assert count(app) == 0


@pytest.mark.parametrize("urge", ["11", "-1", "seven", "5.5", "9" * 5000])
def test_a_strength_that_is_none_is_refused(app, phone_of, ana, urge):
    page = write(phone_of(ana), urge=urge, situation="My words")
    assert page.status == 422
    assert page.form("/journal/new").fields["situation"] == "My words"
    assert count(app) == 0


@pytest.mark.parametrize(
    "text",
    [
        "🌱" * 9_999 + "é!",
        "x" * 20_000,
        "first\nsecond\n\n  third, set in\n\ttab",
        "<script>alert(1)</script> & \"quotes\" 'n' {{ 7 * 7 }} %s",
        "עברית ثم العربية 中文",
        "e\u0301 stays as two",
    ],
)
def test_words_are_kept_to_the_letter(app, phone_of, ana, text):
    phone = phone_of(ana)
    saved = write(phone, situation=text)
    assert saved.status == 200
    assert only(app)["situation"] == text
    edit = phone.get(f"{saved.address}/edit")
    assert edit.form("/edit").fields["situation"] == text
    assert "<script>alert" not in saved.html


def test_what_came_along_unseen_when_she_pasted_is_dropped(app, phone_of, ana):
    """She could neither see nor find it: a refusal would have kept her words out for good."""
    text = "Payday.\0 Then\x07 rain\x7f\x0bA new line from a word processor"
    assert write(phone_of(ana), situation=text, thought="\0").status == 200
    kept = only(app)
    assert kept["situation"] == "Payday. Then rain\nA new line from a word processor"
    assert "thought" not in kept


def test_what_cannot_be_kept_is_refused_and_still_there(app, phone_of, ana):
    text = "x" * 20_001
    page = write(phone_of(ana), situation=text, thought="One is fine")
    assert page.status == 422
    assert "situation-error" in page.ids
    kept = page.form("/journal/new").fields
    assert kept["thought"] == "One is fine"
    assert kept["situation"] == text
    assert count(app) == 0


@pytest.mark.parametrize(
    "when",
    ["1899-12-31T23:00", "0001-01-01T00:00", "2026-11-24T17:00", "9999-12-31T23:59",
     "2999-01-01T00:00", "2026-02-30T10:00", "tomorrow"],
)  # fmt: skip
def test_a_date_that_cannot_be_is_refused(app, phone_of, ana, clock, when):
    page = write(phone_of(ana), happened=when, situation="My words")
    assert page.status == 422
    assert "happened-error" in page.ids
    assert page.form("/journal/new").fields["situation"] == "My words"
    assert count(app) == 0


def test_what_has_not_come_yet_is_refused_with_the_clock_it_was_read_by(app, phone_of, ana, clock):
    page = write(phone_of(ana), happened="2026-11-23T16:11", situation="My words")
    assert page.status == 422
    assert "That time hasn’t come yet. It’s 4:00 PM now, Eastern Time." in page.text
    assert page.form("/journal/new").fields["situation"] == "My words"
    assert page.form("/journal/new").fields["happened"] == "2026-11-23T16:11"
    assert count(app) == 0
    # A phone whose clock is a little ahead.
    assert write(phone_of(ana), happened="2026-11-23T16:10").status == 200
    assert count(app) == 1


def test_yesterday_evening_can_be_written_down_today(app, phone_of, ana, clock):
    write(phone_of(ana), happened="2026-11-22T22:30")
    assert only(app)["at"] == datetime(2026, 11, 23, 3, 30, tzinfo=UTC)


def test_nobody_can_write_into_anothers_entry(app, phone_of, ana, ben):
    made_on_phone = str(uuid4())
    for someone, words in [(ana, "Ana’s words"), (ben, "Ben’s words")]:
        write(phone_of(someone), id=made_on_phone, situation=words)
    assert count(app) == 2
    assert "Ben’s words" not in phone_of(ana).get("/journal").text


@pytest.mark.parametrize("id", ["", "not an id", "1"])
def test_a_form_without_its_own_id_is_refused(app, phone_of, ana, id):
    page = write(phone_of(ana), id=id, situation="These words are long enough")
    assert page.status == 422
    assert "These words are long enough" in page.text
    assert count(app) == 0


def test_staff_do_not_write_here(phone_of, cleo, max_):
    for someone in (cleo, max_):
        desk = phone_of(someone)
        assert desk.get("/journal/new").status == 404
        assert desk.post("/journal/new", {"urge": "5"}).status == 404
