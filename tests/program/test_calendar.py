"""Our calendar, read by somebody else's parser as a phone would."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events
from hypothesis import given
from hypothesis import strategies as st

from tests.program.test_recurrence import ZONES
from webapp.program.calendar import Event, calendar, escaped, folded
from webapp.program.recurrence import Weekly, slots

CHANGED = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2029, 1, 1, tzinfo=UTC)


def _event(uid: str, starts_at: datetime, zone: str, **more: object) -> Event:
    ends_at = starts_at + timedelta(hours=3)
    return Event(uid, starts_at, ends_at, zone, "Appointment", CHANGED, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("starts", [time(18), time(1, 30), time(2, 15), time(0)])
def test_three_years_are_read_as_they_were_meant(zone, starts):
    meant = [
        slot
        for weekday in (0, 2, 6)
        for slot in slots(Weekly(weekday, starts, 180, date(2026, 1, 1)), zone, START, END)
    ]
    events = [_event(str(slot.day), slot.starts_at, zone) for slot in meant]
    parsed = icalendar.Calendar.from_ical(calendar("Appointments", events))
    found = recurring_ical_events.of(parsed).between(START - timedelta(days=2), END)
    read = {str(one["UID"]): (one["DTSTART"].dt, one["DTEND"].dt) for one in found}
    assert len(found) == len(read) == len(meant)
    for slot in meant:
        begins, ends = read[str(slot.day)]
        assert begins.astimezone(UTC) == slot.starts_at
        assert ends.astimezone(UTC) == slot.ends_at


@pytest.mark.parametrize("zone", ZONES)
def test_the_zone_block_alone_tells_the_right_offset(zone):
    """Some phones don't know a zone by its name: what the block says has to be enough."""
    hours = [START + timedelta(hours=7 * number) for number in range(3 * 365 * 24 // 7)]
    text = calendar("x", [_event("a", hours[0], zone), _event("b", hours[-1], zone)])
    block = next(iter(icalendar.Calendar.from_ical(text).walk("VTIMEZONE")))
    ours = block.to_tz(lookup_tzid=False)
    for at in hours:
        local = at.astimezone(ZoneInfo(zone))
        if local.fold or (local + timedelta(hours=2)).utcoffset() != local.utcoffset():
            continue  # within the hour that happens twice a wall time can't say which it is
        wall = local.replace(tzinfo=None)
        assert ours.utcoffset(wall) == local.utcoffset(), (zone, wall)


def test_a_time_that_happens_twice_says_which_it_means():
    second = datetime(2026, 11, 1, 6, 30, tzinfo=UTC)  # 1:30 am for the second time
    text = calendar("x", [_event("a", second, "America/New_York")])
    (event,) = icalendar.Calendar.from_ical(text).walk("VEVENT")
    assert event["DTSTART"].dt == second


def test_cancelled_dates_stay_and_say_so():
    text = calendar("x", [_event("a", START, "UTC", is_cancelled=True, sequence=3)])
    (event,) = icalendar.Calendar.from_ical(text).walk("VEVENT")
    assert event["STATUS"] == "CANCELLED"
    assert event["SEQUENCE"] == 3


@given(st.text())
def test_any_text_comes_out_as_it_went_in(text):
    event = Event("a", START, START, "UTC", "Appointment", CHANGED, description=text)
    written = calendar(text or "x", [event])
    assert all(len(line.encode("utf-8", "replace")) <= 75 for line in written.split("\r\n"))
    assert "\n" not in written.replace("\r\n", "")


@pytest.mark.parametrize(
    "text", ["a,b;c\\d", "line\nline", "é" * 100, "🙂" * 60, "BEGIN:VEVENT\r\nEND", "\\n\\,"]
)
def test_special_characters_are_text(text):
    event = Event("a", START, START, "UTC", text, CHANGED)
    (read,) = icalendar.Calendar.from_ical(calendar("x", [event])).walk("VEVENT")
    assert str(read["SUMMARY"]) == text.replace("\r\n", "\n")


def test_control_characters_are_left_out():
    assert escaped("a\0b\x1bc\x7f") == "abc"


def test_folding_never_cuts_a_character():
    parts = list(folded("SUMMARY:" + "é" * 90))
    assert "".join(part.removeprefix(" ") for part in parts) == "SUMMARY:" + "é" * 90
