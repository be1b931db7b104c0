"""Anybody opens an exercise; Ana keeps a log of what they did for her."""

import pytest

from webapp.mindfulness.exercises import EXERCISES


def logs(phone, slug="feet", **fields):
    page = phone.get(f"/mindfulness/log?exercise={slug}")
    return phone.fill(page, "/mindfulness/log", **fields)


@pytest.mark.parametrize("slug", EXERCISES)
def test_anybody_opens_an_exercise_and_each_page_says_that_one_can_stop(phone, slug):
    page = phone.get(f"/mindfulness/{slug}")
    assert page.status == 200
    assert "Stop anytime" in page.text
    # Nobody has to close their eyes, and whoever walks had better not.
    assert ("Keep your eyes open or closed" in page.text) != (slug == "walk")
    assert "Help now" in page.text
    for minutes in ("1 minute", "3 minutes", "10 minutes"):
        assert minutes in page.text
    assert f"/mindfulness/{slug}" in phone.get("/mindfulness").links
    assert {form.method for form in page.forms} == {"dialog"}, "onto this phone, and nowhere else"


def test_calm_leads_to_each_by_place_and_drawing_with_its_length(phone_of, ana):
    phone = phone_of(ana)
    page = phone.get("/mindfulness")
    for place in ("Right now", "Body", "Thoughts"):
        assert place in page.text
    assert "Up to 10 minutes. Watch it rise and fall." in page.text
    assert "1 minute, before you act" in page.text
    drawn = {mark for mark in EXERCISES if f"drawings.svg#{mark}" in page.html}
    assert drawn == EXERCISES.keys() - {"urge-surfing"}, "the ride has a sea of its own"
    for _ in range(3):
        logs(phone, "kindness", before="2", after="5")
    assert "What works for me" not in phone.get("/mindfulness").text, "it made things worse"
    for after in (3, 3, 8):
        logs(phone, before="8", after=str(after))
    said = "After Feet on the floor, your number went down 2 out of 3 times."
    assert said in phone.get("/mindfulness").text


def test_an_exercise_that_is_not_there(phone):
    assert phone.get("/mindfulness/fire-walking").status == 404


def test_the_pages_are_the_same_for_whoever_is_not_a_patient(phone, phone_of, cleo):
    hers, other = phone.get("/mindfulness/feet").html, phone_of(cleo).get("/mindfulness/feet").html
    assert hers == other


def test_ana_keeps_the_bar_at_the_bottom(phone, phone_of, ana):
    assert 'class="tabs"' in phone_of(ana).get("/mindfulness/feet").html
    assert 'class="tabs"' not in phone.get("/mindfulness/feet").html


def test_ana_writes_down_how_it_was(phone_of, ana):
    phone = phone_of(ana)
    page = logs(
        phone, before="8", after="3", minutes="3", notes="My feet were cold 🧦",
        happened="2026-11-22T22:10",
    )  # fmt: skip
    assert page.status == 200
    for words in ("Sunday, November 22", "10:10 PM", "Feet on the floor", "3 minutes", "cold 🧦"):
        assert words in page.text
    assert "Feet on the floor" in phone.get("/mindfulness/practices").text
    assert "Feet" not in page.html.split("</title>")[0]
    assert "before" not in page.address


def test_nothing_has_to_be_said_but_that_she_did_it(phone_of, ana):
    page = logs(phone_of(ana), "other")
    assert "Something else that calmed me" in page.text


def test_an_urge_that_was_watched_is_a_curve_with_words_and_a_table(phone_of, ana):
    page = logs(phone_of(ana), "urge-surfing", before="7", samples="0:7 1:9 2:4 3:3")
    assert "From 7 at the start to 3 after 3 minutes." in page.text
    curve = next(got for tag, got in page.tags if tag == "polyline")
    assert len(curve["points"].split()) == 4
    assert "Strength by minute" in page.text


def test_a_ride_of_one_minute_has_a_line_too(phone_of, ana):
    page = logs(phone_of(ana), "urge-surfing", before="9", samples="0:9 0.25:8 0.9:4")
    assert "From 9 at the start to 4 after 1 minute." in page.text
    curve = next(got for tag, got in page.tags if tag == "polyline")
    assert len(curve["points"].split()) == 3
    assert "0:15" in page.text


def test_what_works_is_told_from_three_times_on(phone_of, ana, ben):
    phone = phone_of(ana)
    for before, after in ((8, 4), (6, 4)):
        logs(phone, before=before, after=after)
    logs(phone, before="9")  # without a number afterwards it tells nothing
    page = phone.get("/mindfulness/practices")
    assert "What works for me" not in page.text
    assert "Do an exercise three times" in page.text
    logs(phone, before="5", after="5")
    page = phone.get("/mindfulness/practices")
    assert "Down 2 points on average. It went down 2 out of 3 times." in page.text
    for _ in range(3):
        logs(phone, "kindness", before="2", after="5")
    page = phone.get("/mindfulness/practices")
    assert "Up 3 points on average" in page.text
    assert "What works for me" not in phone_of(ben).get("/mindfulness/practices").text


def test_how_long_an_urge_takes_is_told_from_five_times_on(phone_of, ana):
    phone = phone_of(ana)
    for minutes in (3, 5, 6, 7):
        logs(phone, "urge-surfing", samples=f"0:8 1:9 {minutes}:4")
    assert "drop by half" not in phone.get("/mindfulness/practices").text
    logs(phone, "urge-surfing", samples="0:8 1:8 2:8")
    page = phone.get("/mindfulness/practices")
    assert "urges usually drop by half in about 5 minutes" in page.text
    assert "It dropped by half 4 out of the 5 times" in page.text


def test_she_changes_it_takes_it_away_and_puts_it_back(phone_of, ana):
    phone = phone_of(ana)
    page = logs(phone, "urge-surfing", before="7", samples="0:7 1:3", notes="Tuesday")
    address = page.address
    phone.fill(phone.get(f"{address}/edit"), "edit", notes="Wednesday")
    page = phone.get(address)
    assert "Wednesday" in page.text
    assert "From 7 at the start to 3 after 1 minute." in page.text
    away = phone.fill(page, "/removal")
    assert "Wednesday" not in away.text
    assert phone.get(address).status == 404
    assert "Wednesday" in phone.fill(away, "/restoration").text


def test_she_shares_one_and_cleo_reads_it(phone_of, ana, cleo, evening):
    phone, desk = phone_of(ana), phone_of(cleo)
    page = logs(
        phone, "urge-surfing", before="8", after="3", samples="0:8 1:9 2:3", notes="Rode it"
    )
    assert "Rode it" not in desk.get(f"/clinic/sessions/{evening.tonight}").html
    share = phone.get(next(link for link in page.links if link.endswith("/share")))
    phone.fill(share, "/share", signed_name="Ana", until="session")
    huddle = desk.get(f"/clinic/sessions/{evening.tonight}")
    for words in ("Ride out an urge", "Rode it"):
        assert words in huddle.text
    assert "8, 9, 3" in desk.get(f"/clinic/groups/{evening.id}/people/{ana.id}").text
    phone.fill(phone.get("/sharing"), "/end")
    assert "Rode it" not in desk.get(f"/clinic/sessions/{evening.tonight}").html


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"notes": "x" * 20_001}, "1 character too long"),
        ({"happened": "1643-01-01T10:00"}, "It can’t be that far away"),
        ({"happened": "2027-01-01T10:00"}, "It can’t be that far away"),
        ({"exercise": "the-best-one"}, "Choose from the list"),
        ({"minutes": "0"}, "from 1 to 180"),
        ({"minutes": "181"}, "from 1 to 180"),
        ({"before": "11"}, "from 0 to 10"),
        ({"samples": "0:99"}, "We can’t read what you tapped"),
    ],
)
def test_what_cannot_be_is_said_and_what_was_typed_stays(phone_of, ana, fields, sentence):
    phone = phone_of(ana)
    page = logs(phone, **{"notes": "Like rain 🌧", "after": "2", **fields})
    assert page.status == 422
    assert sentence in page.text
    assert "notes" in fields or "Like rain 🌧" in page.html
    assert "No exercises yet" in phone.get("/mindfulness/practices").text


def test_a_broken_id_or_page_is_answered(phone_of, ana):
    phone = phone_of(ana)
    assert phone.post("/mindfulness/log", {"id": "1", "exercise": "feet"}).status == 422
    for odd in ("-1", "x", "9" * 30, "7"):
        assert phone.get(f"/mindfulness/practices?before={odd}").status == 200
    assert phone.get("/mindfulness/log?exercise=%00").status == 200
