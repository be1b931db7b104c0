"""Days add up, whatever comes between."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.plan.chapters import DAY, count, marked, reached

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


days = st.integers(-400, 30).map(lambda one: TODAY + timedelta(days=one))


@given(days, st.lists(days))
def test_each_day_is_lived_once_and_a_return_takes_only_its_own(since, returns):
    found = count(since, returns, TODAY)
    all_days = max((TODAY - since).days + 1, 0)
    assert found.in_all == all_days - len({one for one in returns if since <= one <= TODAY})
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


def test_round_numbers_are_reached_in_order():
    assert [reached(one) for one in (0, 1, 6, 7, 29, 30, 364, 365, 900)] == [
        0, 1, 1, 7, 14, 30, 180, 365, 365]  # fmt: skip
