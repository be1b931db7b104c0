"""Ana looks for a meeting. It is Monday, 4 pm in New York."""

from datetime import UTC, datetime

import pytest

from tests.meetings.conftest import found, named, open_, row

ELM = {"formatted_address": "40 Elm St, Springfield, IL 62701, USA", "location": "Annex"}
LINK = {"conference_url": "https://example.org/j/555"}


def test_without_a_list_she_is_told_so(phone_of, ana):
    page = phone_of(ana).get("/meetings/find")
    assert "Your clinic hasn’t added a list" in page.text


@pytest.mark.database
def test_she_finds_by_day_and_time(phone_of, ana, list_meetings):
    list_meetings(
        row("Tonight", time="19:00"),
        row("Over already", time="12:00"),
        row("Just begun", time="15:55"),
        row("In an hour", time="17:00"),
        row("Tuesday noon", day=2, time="12:00"),
        row("Tuesday night", day=2, time="22:30"),
    )
    phone, all_ = phone_of(ana), ("Tonight", "Over already", "Just begun", "In an hour")
    assert named(phone.get("/meetings/find"), *all_) == ["Just begun", "In an hour", "Tonight"]
    assert named(found(phone, day="soon"), *all_) == ["Just begun", "In an hour"]
    assert named(found(phone, day="0"), *all_) == [
        "Over already", "Just begun", "In an hour", "Tonight",
    ]  # fmt: skip
    tuesday = found(phone, day="1")
    assert named(tuesday, "Tuesday noon", "Tuesday night", *all_) == [
        "Tuesday noon", "Tuesday night",
    ]  # fmt: skip
    assert named(found(phone, day="1", part="night"), "Tuesday noon", "Tuesday night") == [
        "Tuesday night"
    ]
    assert named(found(phone, day="any", part="evening"), "Tonight", "Tuesday noon") == ["Tonight"]


@pytest.mark.database
def test_on_any_day_a_daily_meeting_stands_once_with_its_next_start(phone_of, ana, list_meetings):
    list_meetings(row("Daily", day=[0, 1, 2, 3, 4, 5, 6]), row("Monday before", time="15:00"))
    page = found(phone_of(ana), day="any")
    assert "2 meetings" in page.text
    assert named(page, "Daily", "Monday before") == ["Daily", "Monday before"]
    assert "today at 6:00 PM" in page.text
    assert "Monday, November 30, 3:00 PM" in page.text


@pytest.mark.database
def test_a_late_meeting_in_another_zone_is_on_the_right_day(phone_of, ana, list_meetings):
    list_meetings(
        row("Pacific late", day=1, time="23:30", timezone="America/Los_Angeles", **LINK),
        row("London early", day=2, time="00:30", timezone="Europe/London", **LINK),
    )
    phone = phone_of(ana)
    monday, tuesday = found(phone, day="0"), found(phone, day="1")
    assert "Tue 2:30 AM" not in monday.text
    assert named(monday, "Pacific late", "London early") == ["London early"]
    assert "today at 7:30 PM" in monday.text
    assert named(tuesday, "Pacific late", "London early") == ["Pacific late"]
    assert "tomorrow at 2:30 AM" in tuesday.text
    page = phone.get(next(link for link in tuesday.links if "/meetings/find/" in link))
    assert "Monday, 11:30 PM" in page.text
    assert "Times are in Pacific Time." in page.text


@pytest.mark.parametrize(
    ("now", "day", "shown"),
    [
        # 2:30 doesn't exist on 14 March 2027: it is 3:30; 1:30 happens twice on 7 November.
        (datetime(2027, 3, 14, 6, tzinfo=UTC), "6", "today at 3:30 AM"),
        (datetime(2027, 11, 7, 4, 30, tzinfo=UTC), "6", "today at 2:30 AM"),
        (datetime(2027, 11, 7, 3, tzinfo=UTC), "soon", None),
    ],
)
def test_a_night_when_the_clock_changes(phone_of, ana, list_meetings, clock, now, day, shown):
    list_meetings(row("Night owls", day=0, time="02:30"))
    clock.move_to(now)
    page = found(phone_of(ana), day=day)
    assert page.status == 200
    assert (shown in page.text) if shown else ("Night owls" not in page.text)


@pytest.mark.database
def test_she_finds_by_place_and_distance(phone_of, ana, list_meetings):
    list_meetings(
        row("Center", city="Springfield", state="IL", latitude=39.80, longitude=-89.65),
        row("Suburb", city="Chatham", state="IL", latitude="39.68", longitude="-89.70",
            regions=["Sangamon"]),
        row("Same name", city="Springfield", state="MA", latitude=42.1, longitude=-72.59),
        row("Middle", city="Springfield", state="IL", latitude=39.79, longitude=-89.64),
        row("Unplaced", city="Springfield", state="IL"),
        row("Far", city="Peoria", state="IL", latitude=40.7, longitude=-89.59),
    )  # fmt: skip
    phone, all_ = phone_of(ana), ("Center", "Suburb", "Same name", "Middle", "Unplaced", "Far")
    near = found(phone, near="springfield", miles="10", order="distance")
    assert named(near, *all_)[:2] in (["Center", "Middle"], ["Middle", "Center"])
    assert set(named(near, *all_)) == {"Center", "Suburb", "Middle", "Unplaced"}
    assert "miles" in near.text
    assert set(named(found(phone, near="Springfield", miles="5"), *all_)) == {
        "Center", "Middle", "Unplaced",
    }  # fmt: skip
    assert named(found(phone, near="Springfield, MA."), *all_) == ["Same name"]
    assert named(found(phone, near=" SANGAMON ", miles="5"), *all_) == ["Suburb"]
    assert "We couldn’t find that place" in found(phone, near="100% _ Nowhere").text
    assert "springfield" not in near.address.casefold()


@pytest.mark.database
def test_she_finds_by_what_it_is_like(phone_of, ana, list_meetings):
    list_meetings(
        row("Steps", types=["C", "X", "ST", "POA"]),
        row("Screen", types=["O", "S"], address="", **LINK),
        row("Both", types=["O", "DD"], **LINK),
        name="aa",
    )
    list_meetings(row("Tools", types=["O"]), name="smart", fellowship="smart")
    list_meetings(row("Shut", types=["TC"]), name="shut")
    phone, all_ = phone_of(ana), ("Steps", "Screen", "Both", "Tools", "Shut")

    def only(**fields):
        return set(named(found(phone, **fields), *all_))

    assert only() == {"Steps", "Screen", "Both", "Tools"}  # no way into a closed place
    assert only(fellowship="smart") == {"Tools"}
    assert only(mode="online") == {"Screen", "Both"}
    assert only(mode="in_person") == {"Steps", "Both", "Tools"}
    assert only(access="open") == {"Screen", "Both", "Tools"}
    assert only(access="closed", needs=["wheelchair", "proof"]) == {"Steps"}
    assert only(language="es") == {"Screen"}
    assert only(needs=["dual_diagnosis"]) == {"Both"}
    assert "Spanish" in phone.get("/meetings/find").text
    assert "Thai" not in phone.get("/meetings/find").text


def test_a_meeting_by_appointment_is_there_on_any_day(phone_of, ana, list_meetings):
    list_meetings({"slug": "a", "name": "Ask first", **ELM})
    phone = phone_of(ana)
    assert "Ask first" not in phone.get("/meetings/find").text
    assert "No set time" in found(phone, day="any").text


@pytest.mark.database
def test_more_than_a_page_is_said(phone_of, ana, list_meetings):
    list_meetings(*[row(f"Number {number}.", time="19:00") for number in range(130)])
    page = found(phone_of(ana))
    assert "100 meetings" in page.text
    assert "There are more meetings." in page.text


@pytest.mark.parametrize(
    "fields",
    [
        {"day": "someday"},
        {"part": "dawn"},
        {"miles": "1e9"},
        {"fellowship": "best"},
        {"language": "xx"},
        {"needs": ["pool"]},
        {"near": "x" * 81},
    ],
)
def test_what_cannot_be_looked_for_is_refused(phone_of, ana, list_meetings, fields):
    list_meetings(row("Tonight", time="19:00"))
    assert found(phone_of(ana), **fields).status == 422


@pytest.mark.database
def test_two_towns_of_one_name_are_told_apart(phone_of, ana, list_meetings):
    list_meetings(
        row("West", city="Portland", state="Oregon", latitude=45.5, longitude=-122.7),
        row("West too", city="Portland", state="OR", latitude=45.6, longitude=-122.6),
        row("East", city="Portland", state="ME", latitude=43.7, longitude=-70.3),
        row("Unplaced", city="Portland", state="ME"),
    )
    phone, all_ = phone_of(ana), ("West", "East", "Unplaced")
    both = found(phone, near="Portland", day="any")
    assert "There are towns with this name in ME, OR." in both.text
    assert "add the state: Portland, ME." in both.text
    assert both.text.count("In person · Portland, OR") == 2  # where most of them are
    assert both.text.count("In person · Portland, ME") == 1  # whose position isn't known
    for typed in ("Portland, ME", "portland maine"):
        page = found(phone, near=typed, day="any")
        assert set(named(page, *all_)) == {"East", "Unplaced"}
        assert "towns with this name" not in page.text
    options = [a["value"] for tag, a in both.tags if tag == "option" and "Portland" in a["value"]]
    assert options == ["Portland, ME", "Portland, OR"]


def test_the_finder_is_for_patients(phone, phone_of, ana, cleo, max_, list_meetings):
    list_meetings(row("Tonight", time="19:00"))
    address = open_(phone_of(ana), "Tonight").address
    for someone in (cleo, max_):
        for path in ("/meetings", "/meetings/find", address, address + ".ics"):
            assert phone_of(someone).get(path).status == 404
        for path in ("/favourite", "/home", "/favourite/removal"):
            assert phone_of(someone).post(address + path).status == 404
    assert "Tonight" not in phone.get("/meetings/find").html


@pytest.mark.parametrize(
    ("typed", "listed"),
    [
        ("san jose", "San José"),
        ("MONTREAL", "Montréal"),
        ("Montre\u0301al", "Montréal"),
        ("O’Fallon", "O'Fallon"),
        ("OFallon", "O'Fallon"),
        ("Saint Louis", "St. Louis"),
        ("St Louis", "Saint Louis"),
        ("Ft. Wayne", "Fort Wayne"),
    ],
)
@pytest.mark.database
def test_a_town_is_found_in_each_spelling(phone_of, ana, list_meetings, typed, listed):
    list_meetings(row("There", city=listed), row("Not there", city="Elsewhere"))
    page = found(phone_of(ana), day="any", near=typed)
    assert named(page, "There", "Not there") == ["There"]
