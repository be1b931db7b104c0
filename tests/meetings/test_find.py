"""Ana looks for a meeting. It is Monday, 4 pm in New York."""

from datetime import UTC, datetime

import pytest
from icalendar import Calendar
from recurring_ical_events import of as occurrences_of
from sqlalchemy import select

from webapp.core.data.db import db
from webapp.meetings.models import Favourite

ELM = {"formatted_address": "40 Elm St, Springfield, IL 62701, USA", "location": "Annex"}
LINK = {"conference_url": "https://example.org/j/555"}


def row(name, day=1, time="18:00", **fields):
    return {"slug": name.lower().replace(" ", "-"), "name": name, "day": day, "time": time,
            "address": "5 Main St", **fields}  # fmt: skip


def found(phone, **fields):
    return phone.fill(phone.get("/meetings/find"), "/meetings/find", **fields)


def named(page, *names):
    """Those of these names that are on the page, in its order."""
    there = [name for name in names if name in page.text]
    return sorted(there, key=page.text.index)


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


def open_(phone, name):
    page = found(phone, day="any")
    links = [link for link in page.links if "/meetings/find/" in link]
    return next(meeting for link in links if name in (meeting := phone.get(link)).text)


def test_she_sees_everything_about_a_meeting_and_nothing_dangerous(phone_of, ana, list_meetings):
    list_meetings(
        row("Lunch <script>", **ELM, **LINK, conference_phone="+13125550100,,555#",
            types=["O", "ZZ"], notes="Side door.<br>Ring twice", entity="District 99",
            end_time="19:15")
    )  # fmt: skip
    page = open_(phone_of(ana), "Lunch")
    for words in ("40 Elm St", "Annex", "Open to all", "Side door.", "District 99", "1 hr 15 min"):
        assert words in page.text
    assert "https://example.org/j/555" in page.links
    assert "tel:+13125550100" in page.links
    assert "+13125550100,,555#" in page.text
    assert "<script>" not in page.html.split("<main")[1]
    assert "Lunch" not in page.html.split("</title>")[0]


def test_she_reads_how_to_join_and_where_the_door_is(phone_of, ana, list_meetings):
    list_meetings(
        row("Rear door", location="Example Church", location_notes="By the rear door on Elm.",
            group_notes="No meeting on first Mondays.", url="example.org/rear"),
        row("Screen", address="", conference_url="https://zoom.us/j/123456789 Passcode: 4321",
            conference_phone="+13125550142,,123456789#", conference_phone_notes="Enter 998877#"),
    )  # fmt: skip
    phone = phone_of(ana)
    door, screen = open_(phone, "Rear door"), open_(phone, "Screen")
    assert "By the rear door on Elm." in door.text
    assert "No meeting on first Mondays." in door.text
    assert "https://example.org/rear" in door.links
    assert "Join online" not in door.text
    for words in ("Join online", "Passcode: 4321", "+13125550142,,123456789#", "Enter 998877#"):
        assert words in screen.text
    assert "https://zoom.us/j/123456789" in screen.links
    assert "tel:+13125550142" in screen.links
    assert not any("4321" in address or "998877" in address for address in screen.links)
    assert "4321" not in phone.get("/meetings/find").html
    calendar = phone.get(next(link for link in screen.links if link.endswith(".ics")))
    assert not any(secret in calendar.html for secret in ("4321", "998877", "zoom"))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "No link is listed. Ask the group how to join."),
        ({"conference_url": "mailto:group@example.org"}, "group@example.org"),
        ({"conference_url_notes": "Email group@example.org"}, "Email group@example.org"),
        ({"conference_url": "javascript:alert(1)"}, "No link is listed."),
    ],
)
def test_no_link_is_offered_where_there_is_none(phone_of, ana, list_meetings, fields, said):
    list_meetings(row("Screen", address="", types=["ONL"], **fields))
    phone = phone_of(ana)
    assert "Online (no link listed)" in found(phone, day="any").text
    page = open_(phone, "Screen")
    assert said in page.text
    assert "No link is listed." in page.text
    assert "Join online" not in page.text
    assert not any("mailto" in link or "script:" in link for link in page.links)


def test_an_area_is_no_address(phone_of, ana, list_meetings):
    list_meetings(
        row("Center", city="Springfield", state="IL", latitude=39.80, longitude=-89.65),
        row("Somewhere", address="", formatted_address="Springfield, IL, USA", approximate="yes",
            latitude=39.80, longitude=-89.65, types=["ONL"]),
    )  # fmt: skip
    phone = phone_of(ana)
    near = found(phone, near="Springfield, Illinois", day="any", order="distance")
    assert named(near, "Center", "Somewhere") == ["Center", "Somewhere"]
    assert near.text.count(" 0 miles") == near.html.count("data-latitude") == 1
    page = open_(phone, "Somewhere")
    assert "Area Springfield, IL, USA" in page.text
    assert "Your calendar will say only “Appointment.”" in page.text
    assert "Springfield" not in phone.get(next(x for x in page.links if x.endswith(".ics"))).html
    form = phone.get(next(link for link in page.links if "meeting=" in link)).form(
        having="takeaway"
    )
    assert form.fields["place"] == ""


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


@pytest.mark.database
def test_she_keeps_a_favourite_and_a_home_group(phone_of, app, ana, ben, list_meetings):
    list_meetings(row("Sunrise", time="19:00"), row("Sunset", time="20:00"))
    phone = phone_of(ana)
    sunrise, sunset = open_(phone, "Sunrise"), open_(phone, "Sunset")
    phone.fill(sunrise, "/favourite")
    phone.fill(sunrise, "/favourite")
    page = phone.fill(sunset, "/home")
    assert "Home group" in page.text

    mine = phone.get("/meetings")
    assert named(mine, "Sunrise", "Sunset") == ["Sunrise", "Sunset"]
    assert "today at 7:00 PM" in mine.text
    assert mine.text.count("Home group") == 1
    phone.fill(phone.get(sunrise.address), "/home")
    assert phone.get("/meetings").text.count("Home group") == 1
    assert "Sunrise" not in phone_of(ben).get("/meetings").text
    with app.app_context():
        rows = list(db.session.scalars(select(Favourite)))
        assert len(rows) == 2
        assert not any(b"Sunrise" in favourite.sealed for favourite in rows)
        db.session.rollback()

    list_meetings(row("Sunset", time="20:00"))
    gone = phone.get("/meetings")
    assert "No longer listed" in gone.text
    phone.fill(gone, "/favourite/removal")
    assert "Sunrise" not in phone.get("/meetings").text
    phone.fill(phone.get(sunset.address), "/favourite/removal")
    assert "Sunset" not in phone.get("/meetings").text
    assert phone.get(sunrise.address).status == 404


def test_her_favourites_stand_in_her_week_at_the_hour_of_her_own_clock(
    phone_of, ana, ben, list_meetings
):
    list_meetings(
        row("Noon today", time="12:00"), row("Sunset", day=3, time="20:00", **ELM),
        row("Sundays", day=0, time="09:00"), row("Not kept", day=2),
    )  # fmt: skip
    chicago = row("Prairie", day=4, time="23:30", **LINK)
    list_meetings(chicago, zone="America/Chicago", name="chicago")
    phone = phone_of(ana)
    for name in ("Noon today", "Sundays", "Prairie"):
        phone.fill(open_(phone, name), "/favourite")
    phone.fill(open_(phone, "Sunset"), "/home")

    week = phone.get("/week").text
    assert named(phone.get("/week"), "Noon today", "Sunset", "Prairie", "Sundays") == [
        "Noon today", "Sunset", "Prairie", "Sundays",
    ]  # fmt: skip
    assert "Sunset Home group In person, Annex 8:00 PM" in week
    # Half past eleven on Thursday in Chicago is Friday in New York.
    assert week.index("Friday, November 27") < week.index("Prairie")
    assert "12:30 AM" in week
    assert "Not kept" not in week
    assert "Sunset" in phone.get("/week?week=2026-12-07").text
    assert "Sunset" not in phone.get("/week?week=2026-11-16").text
    assert "Sunset" not in phone_of(ben).get("/week").text

    list_meetings(row("Sundays", day=0, time="09:00"))
    assert named(phone.get("/week"), "Sunset", "Sundays") == ["Sundays"]


def test_before_it_begins_the_calendar_comes_first_and_afterwards_that_she_went(
    phone_of, ana, list_meetings
):
    list_meetings(row("Tonight", time="19:00"), row("Just begun", time="15:55"))
    phone = phone_of(ana)

    def first(name):
        page = open_(phone, name)
        at = [page.text.index(words) for words in ("Add to calendar", "I went to this meeting")]
        assert page.text.count("Add to calendar") == 1
        return "calendar" if at[0] < at[1] else "went"

    assert first("Tonight") == "calendar"
    assert first("Just begun") == "went"


def test_directions_are_the_first_button_only_where_there_is_a_way_to_go(
    phone_of, ana, list_meetings
):
    at = {"day": 1, "time": "19:00", "address": "5 Main St #2", "city": "Tupelo"}
    list_meetings(row("There", **at), row("On the phone", **at, **LINK, types=["TC", "ONL"]))
    phone = phone_of(ana)
    page = open_(phone, "There")
    assert page.text.index("Directions") < page.text.index("Add to calendar")
    assert "https://maps.apple.com/?q=5%20Main%20St%20%232" in " ".join(page.links)
    android = phone.get(page.address, headers={"User-Agent": "Mozilla/5.0 (Linux; Android 10; K)"})
    assert "geo:0,0?q=5%20Main%20St%20%232" in " ".join(android.links)
    assert "Directions" not in open_(phone, "On the phone").text


def test_i_went_brings_what_the_meeting_says(phone_of, ana, list_meetings):
    list_meetings(row("Yesterday", day=0, time="18:00", city="Tupelo"), fellowship="ca")
    phone = phone_of(ana)
    page = phone.get(next(link for link in open_(phone, "Yesterday").links if "meeting=" in link))
    saved = phone.fill(page, "/meetings/new", takeaway="Stay")
    for words in ("Yesterday", "CA", "Sunday, November 22", "6:00 PM", "In person", "5 Main St"):
        assert words in saved.text
    for odd in ("x", "00000000-0000-0000-0000-000000000000"):
        assert phone.get(f"/meetings/new?meeting={odd}").status == 200


def test_a_calendar_gets_neutral_words_and_the_right_time_over_the_clock_change(
    phone_of, ana, list_meetings
):
    list_meetings(
        row("Secret name", day=[1, 4], time="18:30", end_time="19:45", address="5 Main St; Floor 2",
            notes="Private", timezone="America/Denver", **LINK)
    )  # fmt: skip
    phone = phone_of(ana)
    page = open_(phone, "Secret name")
    got = phone.get(next(link for link in page.links if link.endswith(".ics")))
    assert got.response.content_type == "text/calendar; charset=utf-8"
    for word in ("Secret", "Private", "AA", "example.org"):
        assert word not in got.html.replace("BYDAY", "")
    calendar = Calendar.from_ical(got.html)
    events = occurrences_of(calendar).between((2026, 11, 23), (2027, 4, 1))
    starts = sorted(event["DTSTART"].dt.astimezone(UTC) for event in events)
    assert starts[0] == datetime(2026, 11, 24, 1, 30, tzinfo=UTC)
    assert starts[1] == datetime(2026, 11, 27, 1, 30, tzinfo=UTC)
    assert starts[-1] == datetime(2027, 3, 30, 0, 30, tzinfo=UTC)  # summer time
    assert events[0]["SUMMARY"] == "Appointment"
    assert events[0]["LOCATION"] == "5 Main St; Floor 2"
    assert all(len(line.encode()) <= 75 for line in got.html.split("\r\n"))


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
