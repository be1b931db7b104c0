"""Wall times and instants: one rule for the nights on which clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Dialect
from sqlalchemy.dialects import postgresql, sqlite

from webapp.core import clock
from webapp.core.data.types import UtcDateTime
from webapp.program.recurrence import Weekly, occurrences

NEW_YORK, LORD_HOWE, APIA = "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"
ZONES = st.sampled_from(
    [NEW_YORK, LORD_HOWE, APIA, "America/Phoenix", "America/Sao_Paulo", "Asia/Kathmandu", "UTC"]
)
DAYS = st.dates(date(1971, 1, 1), date(2099, 12, 31))


@pytest.mark.parametrize(
    ("zone", "wall", "utc"),
    [
        # An ordinary evening, in winter and in summer.
        (NEW_YORK, "2026-11-23 18:00", "2026-11-23 23:00"),
        (NEW_YORK, "2026-07-06 18:00", "2026-07-06 22:00"),
        # 2:30 never happens on 8 March 2026: it means 3:30.
        (NEW_YORK, "2026-03-08 01:59", "2026-03-08 06:59"),
        (NEW_YORK, "2026-03-08 02:30", "2026-03-08 07:30"),
        (NEW_YORK, "2026-03-08 03:30", "2026-03-08 07:30"),
        # 1:30 happens twice on 1 November 2026: it means the first one.
        (NEW_YORK, "2026-11-01 01:30", "2026-11-01 05:30"),
        (NEW_YORK, "2026-11-01 02:00", "2026-11-01 07:00"),
        # Half an hour of daylight saving.
        (LORD_HOWE, "2026-10-04 02:15", "2026-10-03 15:45"),
        (LORD_HOWE, "2026-04-05 01:45", "2026-04-04 14:45"),
        # A quarter of an hour from everybody else.
        ("Asia/Kathmandu", "2026-11-23 18:00", "2026-11-23 12:15"),
        # A whole day that never was: 30 December 2011 in Samoa.
        (APIA, "2011-12-30 09:00", "2011-12-30 19:00"),
    ],
)
def test_a_wall_time_means_one_instant(zone: str, wall: str, utc: str) -> None:
    typed = datetime.fromisoformat(wall)
    assert clock.instant(typed.date(), typed.time(), zone) == datetime.fromisoformat(utc).replace(
        tzinfo=UTC
    )


def test_a_night_without_a_midnight_starts_when_the_day_does() -> None:
    # Brazil changed its clocks at midnight: 4 November 2018 began at one o'clock.
    start = clock.start_of_day(date(2018, 11, 4), "America/Sao_Paulo")
    assert start == datetime(2018, 11, 4, 3, tzinfo=UTC)
    assert clock.local(start, "America/Sao_Paulo").time() == time(1)


@given(DAYS, st.times(), ZONES)
def test_every_wall_time_is_an_instant_and_comes_back_or_was_in_a_gap(
    day: date, at: time, zone: str
) -> None:
    instant = clock.instant(day, at, zone)
    back = clock.local(instant, zone).replace(tzinfo=None)
    typed = datetime.combine(day, at.replace(fold=0))
    assert instant.tzinfo is UTC
    assert clock.instant(day, at.replace(fold=1), zone) == instant
    if back != typed:  # moved ahead by the gap, which is longest where a day was left out
        assert timedelta(0) < back - typed <= timedelta(days=1)
        assert clock.instant(back.date(), back.time(), zone) == instant


@given(DAYS, st.times(), ZONES)
def test_of_two_instants_with_the_same_wall_time_the_first_is_meant(
    day: date, at: time, zone: str
) -> None:
    instant = clock.instant(day, at, zone)
    wall = clock.local(instant, zone)
    for minutes in (30, 60):
        earlier = clock.local(instant - timedelta(minutes=minutes), zone)
        assert earlier.replace(tzinfo=None, fold=0) != wall.replace(tzinfo=None, fold=0)


@settings(max_examples=50)
@given(DAYS, st.times().map(lambda at: at.replace(second=0, microsecond=0)), ZONES)
def test_a_weekly_group_keeps_its_time_on_the_wall_and_its_length(
    day: date, starts: time, zone: str
) -> None:
    weekly = Weekly(day.weekday(), starts, 180, day)
    after = clock.start_of_day(day, zone) - timedelta(days=1)
    found = list(occurrences(weekly, zone, after, after + timedelta(weeks=60)))
    assert len(found) >= 59
    for start, end in found:
        assert end - start == timedelta(hours=3)
        wall = clock.local(start, zone)
        assert start == clock.instant(wall.date(), wall.time(), zone)
        in_gap = ZoneInfo(zone).utcoffset(datetime.combine(wall.date(), starts)) is not None
        assert wall.time() == starts or (in_gap and wall.time() > starts) or zone == APIA


@pytest.mark.parametrize(
    ("moment", "fits"),
    [
        (datetime(1900, 1, 1, tzinfo=UTC), True),
        (datetime(1899, 12, 31, 23, 59, tzinfo=UTC), False),
        (datetime(2026, 11, 24, 21, tzinfo=UTC), True),
        (datetime(2026, 11, 24, 21, 0, 1, tzinfo=UTC), False),
        (datetime(9999, 12, 31, tzinfo=UTC), False),
    ],
)
def test_what_can_have_happened(moment: datetime, fits: bool) -> None:
    assert clock.plausible(moment, datetime(2026, 11, 23, 21, tzinfo=UTC)) is fits


@pytest.mark.parametrize("dialect", [sqlite.dialect(), postgresql.dialect()])
def test_a_time_without_a_zone_never_reaches_the_database(dialect: Dialect) -> None:
    with pytest.raises(ValueError, match="time zone"):
        UtcDateTime().bind_processor(dialect)(datetime(2026, 11, 23))  # noqa: DTZ001


@given(st.datetimes(datetime(1899, 1, 2), datetime(9998, 1, 1), timezones=st.timezones()))  # noqa: DTZ001
def test_an_instant_comes_back_from_sqlite_as_it_went_in(instant: datetime) -> None:
    kind, dialect = UtcDateTime(), sqlite.dialect()
    kept = kind.bind_processor(dialect)(instant)
    again = kind.result_processor(dialect, None)(kept)
    assert again == instant.astimezone(UTC)
    assert again.utcoffset() == timedelta(0)


def test_of_the_night_in_which_an_hour_comes_twice_both_are_kept() -> None:
    once = datetime(2026, 11, 1, 1, 30, tzinfo=ZoneInfo(NEW_YORK))
    kept = UtcDateTime().bind_processor(sqlite.dialect())
    assert kept(once) == "2026-11-01 05:30:00.000000"
    assert kept(once.replace(fold=1)) == "2026-11-01 06:30:00.000000"


@pytest.mark.parametrize(
    ("name", "known"),
    [(NEW_YORK, True), ("New York", False), ("../etc/passwd", False), ("", False)],
)
def test_which_zones_there_are(name: str, known: bool) -> None:
    assert clock.is_zone(name) is known
