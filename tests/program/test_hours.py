"""Own days, hours, and what is left of what is covered."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.program.hours import CoveredSessions, comes_on, in_hours, minutes_there

SIX = datetime(2026, 11, 23, 23, tzinfo=UTC)
NINE = SIX + timedelta(hours=3)
MONDAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("arrived", "left", "minutes"),
    [
        (None, None, 180),
        (SIX + timedelta(minutes=25), None, 155),
        (None, NINE - timedelta(minutes=40), 140),
        (SIX - timedelta(minutes=30), NINE + timedelta(minutes=30), 180),
        (NINE + timedelta(minutes=5), None, 0),
    ],
)
def test_only_the_time_of_the_group_counts(arrived, left, minutes):
    assert minutes_there(SIX, NINE, arrived, left) == minutes


def test_without_own_days_somebody_comes_every_time():
    assert comes_on(MONDAY, [])


def test_own_days_count_from_their_first_day_and_leave_the_past():
    own = [(MONDAY, 0b10)]  # Tuesdays
    assert comes_on(MONDAY - timedelta(days=7), own)
    assert not comes_on(MONDAY, own)
    assert comes_on(MONDAY + timedelta(days=1), own)


def _covered(
    sessions: int, used: int, review: date | None = None, every: int = 2
) -> CoveredSessions:
    upcoming = tuple(SIX + timedelta(days=every * number) for number in range(1, 29))
    return CoveredSessions(sessions, used, review, upcoming)


def test_eight_of_twelve_leaves_four():
    covered = _covered(12, 8)
    assert (covered.left, covered.last) == (4, SIX + timedelta(days=8))
    assert covered.is_short(SIX, MONDAY)


def test_the_warning_comes_two_weeks_ahead_and_not_before():
    assert not _covered(12, 4).is_short(SIX, MONDAY)
    assert _covered(12, 5).is_short(SIX, MONDAY)
    assert _covered(12, 4, review=MONDAY + timedelta(days=14)).is_short(SIX, MONDAY)
    assert not _covered(12, 4, review=MONDAY + timedelta(days=15)).is_short(SIX, MONDAY)


def test_once_a_week_two_left_is_soon_enough_to_say():
    assert _covered(12, 10, every=7).is_short(SIX, MONDAY)
    assert not _covered(12, 9, every=7).is_short(SIX, MONDAY)


@given(st.integers(1, 999), st.integers(0, 2000), st.integers(0, 30))
def test_never_below_none_and_never_a_crash(sessions, used, planned):
    covered = CoveredSessions(
        sessions, used, None, tuple(SIX + timedelta(days=number) for number in range(planned))
    )
    assert covered.left >= 0
    assert covered.last is None or covered.last in covered.upcoming
    assert covered.is_short(SIX, MONDAY) in (True, False)


@pytest.mark.parametrize(("minutes", "said"), [(540, "9"), (450, "7.5"), (135, "2.25"), (0, "0")])
def test_hours_as_a_person_says_them(minutes, said):
    assert in_hours(minutes) == said
