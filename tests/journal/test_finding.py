"""Finding it again: by day, as the clock on the wall stood, and by word and kind."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from tests.conftest import NOW
from tests.pages import Page, Phone
from webapp.journal.queries import PAGE

pytestmark = pytest.mark.database


def find(phone: Phone, word: str = "", kind: str = "") -> Page:
    return phone.fill(phone.get("/journal"), "/journal", having="word", word=word, kind=kind)


def days(page: Page) -> list[str]:
    return [got["aria-label"] for _tag, got in page.tags if got.get("class") == "day"]


def test_entries_stand_under_their_day_the_newest_first(phone_of, ana, wrote, clock):
    for hours, words in [(1, "This afternoon"), (6, "This morning"), (30, "The day before")]:
        wrote(ana, at=NOW - timedelta(hours=hours), situation=words)
    page = phone_of(ana).get("/journal")
    assert days(page) == ["Monday, November 23", "Sunday, November 22"]
    places = [
        page.text.index(title) for title in ("This afternoon", "This morning", "The day before")
    ]
    assert places == sorted(places)


def test_midnight_is_midnight_on_the_wall(phone_of, ana, wrote, clock):
    midnight = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)  # in New York
    wrote(ana, at=midnight - timedelta(seconds=1), situation="Last second")
    wrote(ana, at=midnight, situation="First second")
    page = phone_of(ana).get("/journal")
    assert days(page) == ["Monday, November 23", "Sunday, November 22"]
    assert "First second 12:00 AM" in page.text
    assert "Last second 11:59 PM" in page.text


def test_the_night_with_an_hour_twice_is_one_day(phone_of, ana, wrote, clock):
    for hour in (4, 5, 6, 28, 29):  # UTC; midnight on the wall is 4:00 before and 5:00 after
        at = datetime(2026, 11, 1, tzinfo=UTC) + timedelta(hours=hour, minutes=30)
        wrote(ana, at=at, situation=f"At {hour}")
    page = phone_of(ana).get("/journal")
    assert days(page) == ["Monday, November 2", "Sunday, November 1"]
    assert page.text.count("1:30 AM") == 2


def test_a_journey_keeps_the_time_of_the_place(phone_of, ana, wrote, clock):
    wrote(ana, at=datetime(2026, 11, 21, 7, 30, tzinfo=UTC), zone="America/Los_Angeles")
    page = phone_of(ana).get("/journal")
    assert days(page) == ["Friday, November 20"]
    assert "11:30 PM" in page.text


def test_a_word_finds_what_has_it_in_any_case_and_any_field(phone_of, ana, ben, wrote):
    wrote(ana, situation="The LAKE house")
    wrote(ana, did="Walked around the lake")
    wrote(ana, situation="Payday")
    wrote(ben, situation="Ben’s lake")
    found = find(phone_of(ana), "lake")
    assert "The LAKE house" in found.text
    assert "Walked around the lake" in found.text
    assert "Payday" not in found.text
    assert "Ben’s" not in found.text


def test_a_kind_narrows_it_down(phone_of, ana, wrote):
    wrote(ana, situation="Wages came", kinds=["money"])
    wrote(ana, situation="Corner shop, wages in hand", kinds=["place", "money"])
    phone = phone_of(ana)
    assert "Wages came" not in find(phone, kind="place").text
    assert "Corner shop" in find(phone, "wages", "place").text
    assert "Nothing found" in find(phone, "nothing like it", "place").text


def test_the_word_stands_in_no_address(phone_of, ana, wrote):
    wrote(ana, situation="The lake house")
    page = find(phone_of(ana), "lake")
    assert "lake" not in page.address
    assert page.form(having="word").fields["word"] == "lake"


@pytest.mark.parametrize("word", ["%", "_", "'", '"><b>', "\0", "(", "x" * 10_000])
def test_odd_words_are_only_words(phone_of, ana, wrote, word):
    wrote(ana, situation="Nothing odd here")
    assert find(phone_of(ana), word).status == 200


def test_older_pages_leave_nothing_out(phone_of, ana, wrote, clock):
    for number in range(PAGE + 3):
        wrote(ana, at=NOW - timedelta(hours=number), situation=f"Entry number {number:03}")
    phone = phone_of(ana)
    first = phone.get("/journal")
    older = phone.get(next(link for link in first.links if "before=" in link))
    assert f"number {PAGE - 1:03}" in first.text
    assert f"number {PAGE:03}" not in first.text
    assert f"number {PAGE:03}" in older.text
    assert f"number {PAGE + 2:03}" in older.text


def test_what_was_found_comes_in_pages_and_the_word_stays_in_no_address(
    phone_of, ana, wrote, clock
):
    for number in range(2 * PAGE + 3):
        wrote(ana, at=NOW - timedelta(hours=number), situation=f"Lake number {number:03}")
        wrote(ana, at=NOW - timedelta(hours=number, minutes=1), situation="Payday")
    phone = phone_of(ana)
    page, found = find(phone, "LAKE"), []
    for _ in range(2):
        found += re.findall(r"number (\d+)", page.text)
        assert "Payday" not in page.text
        page = phone.fill(page, "/search", having="behind")
        assert "lake" not in page.address.lower()
        assert page.form(having="word").fields["word"] == "LAKE"
    found += re.findall(r"number (\d+)", page.text)
    assert found == [f"{number:03}" for number in range(2 * PAGE + 3)]
    assert not [form for form in page.forms if "behind" in form.names], "the last one"


@pytest.mark.parametrize("word", ["", "Same minute"])
def test_a_page_that_ends_within_one_minute_leaves_nothing_out(phone_of, ana, wrote, word):
    for number in range(PAGE + 5):
        wrote(ana, at=NOW, situation=f"Same minute {number:03}")
    phone = phone_of(ana)
    first = find(phone, word)
    older = (
        phone.fill(first, "/search", having="behind")
        if word
        else phone.get(next(link for link in first.links if "before=" in link))
    )
    found = re.findall(r"minute (\d+)", first.text + older.text)
    assert sorted(found) == [f"{number:03}" for number in range(PAGE + 5)]


@pytest.mark.parametrize(
    "before",
    [
        "2026-11-23T10:00+00:00~x",
        "x~" + "0" * 32,
        "~",
        "",
        "yesterday",
        "2026-11-23",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "\0",
    ],
)
def test_an_odd_date_in_the_address_breaks_nothing(phone_of, ana, wrote, before):
    wrote(ana)
    phone = phone_of(ana)
    for address in ("/journal", "/check-ins"):
        assert phone.get(address, query_string={"before": before}).status == 200
    assert phone.post("/journal/search", {"word": "x", "behind": before}).status == 200


def test_an_empty_journal_says_how_to_begin(phone_of, ana):
    page = phone_of(ana).get("/journal")
    assert "Three taps are enough" in page.text
    assert "/journal/new" in page.links


@pytest.mark.parametrize(
    ("word", "first", "second"),
    [
        *((word, True, True) for word in ("cafe", "CAFÉ", "jose", "cafe\u0301")),
        *((word, False, True) for word in ("Muñoz", "bodegon")),
        ("resume", True, False),
    ],
)
def test_a_word_is_found_without_its_accents_and_in_each_encoding(
    phone_of, ana, wrote, word, first, second
):
    wrote(ana, situation="Argument at the café with José about naïve résumé")
    wrote(ana, situation="Walk past the bodego\u0301n, sen\u0303or Mun\u0303oz, café, José")
    wrote(ana, situation="A quiet day")
    page = find(phone_of(ana), word)
    assert "A quiet day" not in page.text
    assert ("Argument" in page.text, "bodego" in page.text) == (first, second)


@pytest.mark.parametrize("word", ["don't", "don’t", "it's", "go - it"])
def test_the_apostrophe_of_a_phone_finds_that_of_a_desk_and_back(phone_of, ana, wrote, word):
    wrote(ana, situation="I don’t want to go — it’s too loud")
    wrote(ana, did="I don't want to go - it's too loud")
    page = find(phone_of(ana), word)
    assert "don’t want" in page.text
    assert "don't want" in page.text
