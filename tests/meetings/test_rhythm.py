"""How often somebody goes, beside how often they want to."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.meetings.rhythm import Ninety, rhythm

MONDAY = date(2026, 11, 23)


def ago(*days):
    return [MONDAY - timedelta(days=day) for day in days]


@pytest.mark.parametrize(
    ("visits", "a_week", "gap"),
    [
        ([], 3, None),  # nothing yet is no gap
        (ago(5), 3, None),
        (ago(6), 3, 6),
        (ago(9), 1, None),
        (ago(10), 1, 10),
        (ago(3), 7, None),
        (ago(4), 7, 4),
        (ago(30), None, None),  # no wish, no word
        (ago(-1, 30), 1, 30),  # tomorrow's is not the last one
    ],
)
def test_a_gap_is_worth_a_word_two_days_after_the_usual(visits, a_week, gap):
    assert rhythm(visits, MONDAY, a_week, None).gap == gap


def test_a_week_begins_on_monday():
    assert rhythm(ago(0, 0, 1), MONDAY, 2, None).this_week == 2
    assert rhythm(ago(0, 0, 1), MONDAY, 2, None).is_reached


@pytest.mark.parametrize(
    ("start", "ninety"),
    [
        (-1, None),
        (0, Ninety(1, 1, False)),
        (89, Ninety(90, 3, False)),
        (90, Ninety(90, 2, True)),
        (400, Ninety(90, 0, True)),
    ],
)
def test_ninety_days_count_and_end(start, ninety):
    visits = ago(0, 2, 60)
    assert rhythm(visits, MONDAY, None, MONDAY - timedelta(days=start)).ninety == ninety


@given(st.lists(st.dates(date(2026, 1, 1), date(2027, 1, 1))), st.integers(1, 21))
def test_whoever_was_there_today_has_no_gap(visits, a_week):
    assert rhythm([*visits, MONDAY], MONDAY, a_week, None).gap is None
