"""Ana writes down that she went."""

from datetime import timedelta

import pytest

from tests.conftest import NOW


def logs(phone, **fields):
    return phone.fill(phone.get("/meetings/new"), "/meetings/new", **fields)


def test_ana_writes_down_a_visit_with_all_there_is_to_say(phone_of, ana):
    phone = phone_of(ana)

    page = logs(
        phone,
        meeting="Lunch Hour Steps",
        fellowship="na",
        attended="hybrid",
        place="Elm Street Annex",
        format="step",
        step="Step 4",
        takeaway="I am not the only one",
        contact="Jo",
        commitment="Bring the coffee",
        happened="2026-11-22T12:15",
    )

    assert page.status == 200
    for words in ("Sunday, November 22", "12:15 PM", "Lunch Hour Steps", "NA", "Elm Street Annex"):
        assert words in page.text
    for words in ("In person and online", "Step or tool study", "Step 4", "Jo", "Bring the coffee"):
        assert words in page.text
    assert "I am not the only one" in phone.get("/meetings").text
    assert "Lunch Hour" not in page.html.split("</title>")[0]


def test_nothing_has_to_be_said_but_that_she_went(phone_of, ana):
    phone = phone_of(ana)
    assert "A meeting" in logs(phone).text
    assert "1 meeting this week" in phone.get("/meetings").text


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"meeting": "x" * 201}, "1 character too long"),
        ({"takeaway": "x" * 20_001}, "1 character too long"),
        ({"happened": "1643-01-01T10:00"}, "It can’t be that far away"),
        ({"happened": "2027-01-01T10:00"}, "It can’t be that far away"),
        ({"happened": "yesterday"}, "Enter a date and a time"),
        ({"fellowship": "the-best-one"}, "Choose from the list"),
    ],
)
def test_what_cannot_be_is_said_and_what_was_typed_stays(phone_of, ana, fields, sentence):
    phone = phone_of(ana)
    page = logs(phone, **{"commitment": "Call Jo 🌱", **fields})
    assert page.status == 422
    assert sentence in page.text
    assert "Call Jo 🌱" in page.html
    assert "0 meetings this week" in phone.get("/meetings").text


def test_she_shares_a_visit_and_cleo_reads_it(phone_of, ana, cleo, evening):
    phone, desk = phone_of(ana), phone_of(cleo)
    page = logs(phone, meeting="Sunrise", takeaway="Go early", contact="Jo")
    assert "Sunrise" not in desk.get(f"/clinic/sessions/{evening.tonight}").html
    share = phone.get(next(link for link in page.links if link.endswith("/share")))
    phone.fill(share, "/share", signed_name="Ana", until="session")

    huddle = desk.get(f"/clinic/sessions/{evening.tonight}")

    assert "Sunrise" in huddle.text
    assert "Go early" in huddle.text
    assert "strength" not in huddle.form("/clinic/feedback").fields
    assert "strength" not in huddle.text
    entry = page.address.split("/")[-1]
    desk.fill(huddle, "/clinic/feedback", entry=entry, words="Good start.")
    assert "Good start." in phone.get(page.address).text
    assert page.address in phone.get("/today").links
    assert page.address in phone.get("/sharing").links
    phone.fill(phone.get("/sharing"), "/end")
    assert "Sunrise" not in desk.get(f"/clinic/sessions/{evening.tonight}").html


def test_she_says_how_often_she_wants_to_go(phone_of, ana, ben, clock):
    phone = phone_of(ana)
    logs(phone, happened="2026-11-23T12:00")
    page = phone.fill(
        phone.get("/meetings/rhythm"), having="a_week", a_week="3", ninety_from="2026-11-20"
    )
    assert "1 of 3 this week" in page.text
    assert "Day 4 of 90: 1 meeting so far." in page.text
    assert "of 3 this week" not in phone_of(ben).get("/meetings").text
    clock.move_to(NOW + timedelta(days=6))
    assert "Your last meeting was 6 days ago" in phone.get("/meetings").text
    page = phone.fill(phone.get("/meetings/rhythm"), having="a_week", a_week="", ninety_from="")
    assert "1 meeting this week" in page.text
    assert "of 90" not in page.text


@pytest.mark.parametrize(
    "fields",
    [{"a_week": "22"}, {"a_week": "-1"}, {"ninety_from": "9999-01-01"}, {"ninety_from": "soon"}],
)
def test_a_rhythm_that_cannot_be_is_refused(phone_of, ana, fields):
    phone = phone_of(ana)
    assert phone.fill(phone.get("/meetings/rhythm"), having="a_week", **fields).status == 422
