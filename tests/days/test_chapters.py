"""Days add up, whatever comes between."""

from calendar import isleap
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.days.chapters import DAY, count, marked, reached, rings

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("since", "returns", "current", "in_all", "this_year", "longest"),
    [
        (TODAY, [], 1, 1, 1, 1),
        (date(2026, 11, 1), [], 23, 23, 23, 23),
        (date(2026, 11, 1), [date(2026, 11, 10)], 13, 22, 22, 13),
        (date(2026, 11, 1), [TODAY], 0, 22, 22, 22),
        (date(2026, 11, 1), [date(2026, 11, 1)], 22, 22, 22, 22),
        (date(2025, 12, 31), [], 328, 328, 327, 328),
        (date(2026, 11, 24), [], 0, 0, 0, 0),
        (date(2026, 11, 20), [date(2026, 11, 20), date(2026, 11, 21)], 2, 2, 2, 2),
    ],
)
def test_what_the_chapters_add_up_to(since, returns, current, in_all, this_year, longest):
    found = count(since, returns, TODAY)
    assert (found.current, found.in_all, found.this_year, found.longest) == (
        current, in_all, this_year, longest)  # fmt: skip


def test_rings_grow_with_all_days_and_none_is_ever_taken_out():
    grown = [rings(days) for days in range(500)]
    assert grown == sorted(grown)
    assert [grown.index(ring) for ring in (1, 2, 3, 4)] == [0, 7, 30, 365]
    # A return ends a chapter; its rings stay.
    assert rings(count(date(2026, 10, 1), [TODAY], TODAY).in_all) == 3


days = st.integers(-400, 30).map(lambda ahead: TODAY + timedelta(days=ahead))


@given(days, st.lists(days))
def test_each_day_is_lived_once_and_a_return_takes_only_its_own(since, returns):
    found = count(since, returns, TODAY)
    all_days = max((TODAY - since).days + 1, 0)
    assert found.in_all == all_days - len({day for day in returns if since <= day <= TODAY})
    assert found.current <= found.longest <= found.in_all
    assert found.this_year <= found.in_all
    for former, later in zip(found.chapters, found.chapters[1:], strict=False):
        assert later.first > former.last + DAY


@given(days, st.lists(days), days)
def test_one_more_return_never_takes_more_than_a_day(since, returns, another):
    before, after = count(since, returns, TODAY), count(since, [*returns, another], TODAY)
    assert before.in_all - 1 <= after.in_all <= before.in_all


@given(st.lists(days))
def test_marks_of_a_week_are_among_those_of_a_month(some):
    week, month, in_all = marked(some, TODAY)
    assert week <= month <= in_all <= len(set(some))
    assert week <= 7


@pytest.mark.parametrize(
    ("first", "today", "mark"),
    [
        ("2026-11-24", "2026-11-24", None),
        ("2026-11-24", "2026-11-25", (1, "day")),
        ("2026-11-18", "2026-11-24", (1, "day")),
        ("2026-11-18", "2026-11-25", (1, "week")),
        ("2026-11-18", "2026-12-02", (2, "week")),
        ("2026-01-01", "2026-01-31", (2, "week")),
        ("2026-01-01", "2026-02-01", (1, "month")),
        ("2026-01-31", "2026-02-28", (2, "week")),
        ("2026-01-31", "2026-03-01", (1, "month")),
        ("2026-01-15", "2026-03-15", (2, "month")),
        ("2026-01-15", "2026-04-14", (2, "month")),
        ("2026-01-15", "2026-04-15", (3, "month")),
        ("2026-01-15", "2026-07-14", (3, "month")),
        ("2026-01-15", "2026-07-15", (6, "month")),
        ("2025-11-24", "2026-11-23", (6, "month")),
        ("2025-11-24", "2026-11-24", (1, "year")),
        ("2027-03-01", "2028-02-28", (6, "month")),
        ("2027-03-01", "2028-02-29", (6, "month")),
        ("2027-03-01", "2028-03-01", (1, "year")),
        ("2028-02-29", "2029-02-28", (6, "month")),
        ("2028-02-29", "2029-03-01", (1, "year")),
        ("2020-11-24", "2026-11-23", (5, "year")),
        ("2020-11-24", "2026-11-24", (6, "year")),
        ("2026-11-24", "2026-11-20", None),
    ],
)
def test_a_round_number_is_reached_on_its_day_and_not_before(first, today, mark):
    assert reached(date.fromisoformat(first), date.fromisoformat(today)) == mark


@given(st.dates(date(2000, 1, 1), date(2030, 1, 1)), st.integers(0, 9000))
def test_a_year_is_reached_on_the_same_date_or_the_day_after_one_that_is_missing(first, days):
    today = first + timedelta(days=days)
    number, unit = reached(first, today) or (0, "")
    before = reached(first, today - DAY) or (0, "")
    if unit == "year" and before != (number, unit):
        missing = (first.month, first.day) == (2, 29) and not isleap(today.year)
        assert (today.month, today.day) == ((3, 1) if missing else (first.month, first.day))
        assert number == today.year - first.year
