"""A weekly meeting in somebody's calendar."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar
from recurring_ical_events import of as occurrences_of

from tests.conftest import NOW
from webapp.meetings.ical import weekly_event


@pytest.mark.parametrize(
    "zone",
    ["America/New_York", "America/Phoenix", "Europe/London", "Australia/Lord_Howe", "Asia/Kolkata"],
)
def test_it_stands_at_the_same_hour_the_whole_year(zone):
    there = ZoneInfo(zone)
    start = datetime(2026, 11, 24, 18, 30, tzinfo=there)
    text = weekly_event("a", "Meeting", "5 Main St, Floor 2;\nring", [start], 60, zone, NOW)
    found = occurrences_of(Calendar.from_ical(text)).between((2026, 11, 24), (2027, 11, 24))
    expected = {
        datetime.combine((start + timedelta(weeks=week)).date(), start.time(), there)
        for week in range(53)
    }
    got = {one["DTSTART"].dt.astimezone(UTC) for one in found}
    wanted = {one.astimezone(UTC) for one in expected}
    assert {one for one in wanted if one < datetime(2027, 11, 23, tzinfo=UTC)} <= got
    assert found[0]["LOCATION"] == "5 Main St, Floor 2;\nring"


def test_a_long_place_in_another_script_is_folded_between_characters():
    start = datetime(2026, 11, 24, 18, 30, tzinfo=UTC)
    text = weekly_event("a", "Meeting", "朝の集い" * 40, [start], 60, "UTC", NOW)
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert next(iter(Calendar.from_ical(text).walk("VEVENT")))["LOCATION"] == "朝の集い" * 40


def test_it_says_when_it_was_made_not_when_the_meeting_is():
    start = datetime(2026, 11, 24, 18, 30, tzinfo=UTC)
    text = weekly_event("a", "Meeting", "", [start], 60, "UTC", NOW)
    [event] = Calendar.from_ical(text).walk("VEVENT")
    assert event["DTSTAMP"].dt == NOW
