"""Our calendar, read by somebody else's parser as a phone would."""

from datetime import UTC, date, datetime, time, timedelta
from unicodedata import category
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events
from hypothesis import given
from hypothesis import strategies as st

from tests.program.test_recurrence import ZONES
from webapp.calendar.ics import Event, feed, file
from webapp.program.recurrence import Weekly, slots

CHANGED = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2029, 1, 1, tzinfo=UTC)


def _event(uid: str, starts_at: datetime, zone: str, **more: object) -> Event:
    ends_at = starts_at + timedelta(hours=3)
    return Event(uid, starts_at, ends_at, zone, "Appointment", CHANGED, **more)  # type: ignore[arg-type]


@pytest.mark.fuzz
@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("starts", [time(18), time(1, 30), time(2, 15), time(0)])
def test_years_are_read_as_they_were_meant(zone, starts, many):
    end = START.replace(year=START.year + many(1, 3))  # one has both nights
    meant = [
        slot
        for weekday in (0, 2, 6)
        for slot in slots(Weekly(weekday, starts, 180, date(2026, 1, 1)), zone, START, end)
    ]
    events = [_event(str(slot.day), slot.starts_at, zone) for slot in meant]
    parsed = icalendar.Calendar.from_ical(feed("Appointments", events))
    found = recurring_ical_events.of(parsed).between(START - timedelta(days=2), end)
    read = {str(event["UID"]): (event["DTSTART"].dt, event["DTEND"].dt) for event in found}
    assert len(found) == len(read) == len(meant)
    for slot in meant:
        begins, ends = read[str(slot.day)]
        assert begins.astimezone(UTC) == slot.starts_at
        assert ends.astimezone(UTC) == slot.ends_at


@pytest.mark.parametrize("zone", ZONES)
def test_the_zone_block_alone_tells_the_right_offset(zone):
    """Some phones don't know a zone by its name: what the block says has to be enough."""
    hours = [START + timedelta(hours=7 * number) for number in range(3 * 365 * 24 // 7)]
    text = feed("x", [_event("a", hours[0], zone), _event("b", hours[-1], zone)])
    block = next(iter(icalendar.Calendar.from_ical(text).walk("VTIMEZONE")))
    ours = block.to_tz(lookup_tzid=False)
    for at in hours:
        local = at.astimezone(ZoneInfo(zone))
        if local.fold or (local + timedelta(hours=2)).utcoffset() != local.utcoffset():
            continue  # within the hour that happens twice a wall time can't say which it is
        wall = local.replace(tzinfo=None)
        assert ours.utcoffset(wall) == local.utcoffset(), (zone, wall)


def test_a_time_that_happens_twice_says_which_it_means():
    second = datetime(2026, 11, 1, 6, 30, tzinfo=UTC)  # 1:30 AM for the second time
    text = feed("x", [_event("a", second, "America/New_York")])
    (event,) = icalendar.Calendar.from_ical(text).walk("VEVENT")
    assert event["DTSTART"].dt == second


def test_cancelled_sessions_stay_and_say_so():
    text = feed("x", [_event("a", START, "UTC", is_cancelled=True, sequence=3)])
    (event,) = icalendar.Calendar.from_ical(text).walk("VEVENT")
    assert event["STATUS"] == "CANCELLED"
    assert event["SEQUENCE"] == 3


@given(st.text())
def test_any_place_comes_out_as_it_was_written(text):
    written = file([_event("a", START, "UTC", place=f"At {text}")])
    assert all(len(line) <= 75 for line in written.split(b"\r\n"))
    assert b"\n" not in written.replace(b"\r\n", b"")
    assert b"\r" not in written.replace(b"\r\n", b"")
    (read,) = icalendar.Calendar.from_ical(written).walk("VEVENT")
    lines = f"At {text}".replace("\r\n", "\n").replace("\r", "\n")
    assert str(read["LOCATION"]) == "".join(
        character for character in lines if character in "\n\t" or category(character) != "Cc"
    )


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ("a,b;c\\d", "a\\,b\\;c\\\\d"),
        ("line\nline\r\nline\rline", "line\\nline\\nline\\nline"),
        ("C:\\North\\new", "C:\\\\North\\\\new"),  # a backslash before an N is no line break
        ("BEGIN:VEVENT\r\nEND", "BEGIN:VEVENT\\nEND"),
        ("a\0b\x1bc\x7fd\x85e\ud800f", "abcdef"),  # nor can half a character be sent
        ("\0", ""),
        ('"Room" 2: \t🙂', '"Room" 2: \t🙂'),
    ],
)
def test_a_place_is_text_whatever_is_in_it(place, line):
    written = file([_event("a", START, "UTC", place=place)]).decode()
    assert f"\r\nLOCATION:{line}\r\n" in written


@pytest.mark.parametrize("place", ["é" * 100, "🙂" * 60, "朝の集い" * 40, "\\" * 90, "x" * 70])
def test_a_long_place_is_folded_between_characters(place):
    written = file([_event("a", START, "UTC", place=place)])
    for line in written.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()
    (read,) = icalendar.Calendar.from_ical(written).walk("VEVENT")
    assert str(read["LOCATION"]) == place


@pytest.mark.parametrize(
    "zone",
    ["America/New_York", "America/Phoenix", "Europe/London", "Australia/Lord_Howe", "Asia/Kolkata"],
)
def test_a_weekly_meeting_stays_at_its_hour_the_whole_year(zone):
    there = ZoneInfo(zone)
    start = datetime(2026, 11, 24, 18, 30, tzinfo=there)
    parsed = icalendar.Calendar.from_ical(file([_event("a", start, zone, weekdays=(1,))]))
    told_since = parsed.walk("VTIMEZONE")[0].subcomponents[0]["DTSTART"].dt
    assert told_since == (start - timedelta(days=400)).replace(tzinfo=None)
    found = recurring_ical_events.of(parsed).between((2026, 11, 24), (2027, 11, 24))
    wanted = {
        datetime.combine((start + timedelta(weeks=week)).date(), start.time(), there)
        for week in range(53)
    }
    assert {event["DTSTART"].dt.astimezone(UTC) for event in found} == {
        at.astimezone(UTC) for at in wanted
    }


def test_spring_begins_on_the_clock_as_it_stood_before():
    """What the library itself would write is the hour after (3.6.5: the onset's local time)."""
    day = datetime(2027, 3, 15, 12, tzinfo=UTC)
    block = feed("x", [_event("a", day, "America/New_York")]).decode().split("BEGIN:DAYLIGHT")[-1]
    assert "DTSTART:20270314T020000\r\nTZOFFSETFROM:-0500\r\nTZOFFSETTO:-0400" in block
