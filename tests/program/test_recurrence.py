"""Weekly times over three years, in six places with six kinds of clock changes."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.program.recurrence import Weekly, mask_of, slots, week_of, weekdays_in

ZONES = [
    "America/New_York",
    "America/Phoenix",
    "Europe/London",
    "Australia/Sydney",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
]
START = datetime(2026, 1, 1, tzinfo=UTC)
END = START + timedelta(days=3 * 365 + 1)

weeklies = st.builds(
    Weekly,
    weekday=st.integers(0, 6),
    starts=st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    minutes=st.integers(15, 720),
    from_day=st.dates(date(2025, 12, 1), date(2026, 3, 1)),
    until_day=st.none() | st.dates(date(2026, 3, 2), date(2029, 1, 1)),
)


@pytest.mark.parametrize("zone", ZONES)
@given(weekly=weeklies)
def test_each_week_has_its_one_session_at_the_right_wall_time(zone, weekly):
    found = list(slots(weekly, zone, START, END))
    days = [slot.day for slot in found]
    assert days == sorted(set(days))
    assert len({slot.week for slot in found}) == len(found)
    assert all(late - early == timedelta(days=7) for early, late in pairwise(days))
    for slot in found:
        local = slot.starts_at.astimezone(ZoneInfo(zone))
        assert slot.day.weekday() == weekly.weekday
        assert weekly.from_day <= slot.day <= (weekly.until_day or date.max)
        assert slot.ends_at - slot.starts_at == timedelta(minutes=weekly.minutes)
        asked = datetime.combine(slot.day, weekly.starts)
        shown = local.replace(tzinfo=None, fold=0)
        # The one rule: the wall time asked for, its first occurrence; in a gap, ahead by the gap.
        assert shown == asked or (_is_missing(asked, zone) and timedelta(0) < shown - asked <= HOUR)
        assert local.fold == 0 or _is_missing(asked, zone)


HOUR = timedelta(hours=1)


def _is_missing(wall: datetime, zone: str) -> bool:
    back = wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC).astimezone(ZoneInfo(zone))
    return back.replace(tzinfo=None) != wall


@pytest.mark.parametrize("zone", ZONES)
@given(weekly=weeklies, cut=st.integers(0, 3 * 365 * 24 * 60))
def test_planned_in_two_goes_nothing_is_missing_and_nothing_double(zone, weekly, cut):
    at = START + timedelta(minutes=cut)
    first, second = slots(weekly, zone, START, at), slots(weekly, zone, at, END)
    assert [*first, *second] == list(slots(weekly, zone, START, END))


@pytest.mark.parametrize(
    ("day", "starts", "zone", "utc"),
    [
        (date(2026, 3, 8), time(2, 30), "America/New_York", "2026-03-08T07:30"),  # 3:30 AM EDT
        (date(2026, 11, 1), time(1, 30), "America/New_York", "2026-11-01T05:30"),  # the first one
        (date(2026, 11, 1), time(18, 0), "America/New_York", "2026-11-01T23:00"),
        (date(2026, 10, 4), time(2, 15), "Australia/Lord_Howe", "2026-10-03T15:45"),  # half an hour
        (date(2026, 4, 5), time(1, 45), "Australia/Lord_Howe", "2026-04-04T14:45"),
        (date(2026, 7, 1), time(18, 0), "America/Phoenix", "2026-07-02T01:00"),
        (date(2026, 7, 1), time(18, 0), "Asia/Kathmandu", "2026-07-01T12:15"),
    ],
)
def test_nights_on_which_clocks_change(day, starts, zone, utc):
    weekly = Weekly(day.weekday(), starts, 60, day, day)
    (slot,) = slots(weekly, zone, START, END)
    assert slot.starts_at == datetime.fromisoformat(utc).replace(tzinfo=UTC)


@given(st.sets(st.integers(0, 6)))
def test_own_days_survive_their_bit_mask(days):
    assert weekdays_in(mask_of(list(days))) == sorted(days)


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)))
def test_a_week_begins_on_its_monday(day):
    assert week_of(day).weekday() == 0
    assert timedelta(0) <= day - week_of(day) < timedelta(days=7)
