"""The page of a meeting that Ana found, and what she does there. It is Monday, 4 pm in New York."""

from datetime import UTC, datetime

import pytest
from icalendar import Calendar
from recurring_ical_events import of as occurrences_of
from sqlalchemy import select

from tests.meetings.conftest import found, named, open_, row
from webapp.core.data.db import db
from webapp.meetings.models import Favourite

ELM = {"formatted_address": "40 Elm St, Springfield, IL 62701, USA", "location": "Annex"}
LINK = {"conference_url": "https://example.org/j/555"}


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
