"""Sums, bands, changes and charts, as plain values."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.questionnaires.chart import BOTTOM, LEFT, RIGHT, TOP, chart
from webapp.questionnaires.questionnaire import Item, Option, Questionnaire, Type
from webapp.questionnaires.scoring import (
    Band,
    Better,
    Change,
    Scale,
    band_of,
    change,
    plain,
    reach,
    score,
)

NOW = datetime(2026, 11, 23, 21, 0, tzinfo=UTC)
FOUR = tuple(Option(str(n), f"Answer {n}", Decimal(n)) for n in range(4))
NINE = Questionnaire(
    "nine", "Nine", tuple(Item(f"i{n}", Type.CHOICE, f"Question {n}", options=FOUR)
                          for n in range(9)),
)  # fmt: skip
ALL = Scale("All", tuple(f"i{n}" for n in range(9)))


@given(st.lists(st.integers(0, 3), min_size=9, max_size=9), st.sets(st.integers(0, 8)))
def test_a_sum_is_what_the_answers_count_for_and_a_reversed_one_counts_from_the_other_end(
    values: list[int], turned: set[int]
) -> None:
    answers = {f"i{n}": str(value) for n, value in enumerate(values)}
    scale = Scale("All", ALL.items, frozenset(f"i{n}" for n in turned))
    expected = sum(3 - value if n in turned else value for n, value in enumerate(values))
    assert score(scale, NINE, answers) == expected
    assert reach(scale, NINE) == (0, 27)


@given(st.integers(0, 8))
def test_with_one_answer_missing_there_is_no_sum(gap: int) -> None:
    answers = {f"i{n}": "2" for n in range(9) if n != gap}
    assert score(ALL, NINE, answers) is None


def test_numbers_that_are_typed_count_for_themselves() -> None:
    item = Item("days", Type.INTEGER, "Days?", least=Decimal(0), most=Decimal(30))
    asked = Questionnaire("d", "D", (item,))
    assert score(Scale("D", ("days",)), asked, {"days": "12"}) == 12
    assert score(Scale("D", ("days",), frozenset({"days"})), asked, {"days": "12"}) == 18


@pytest.mark.parametrize(
    ("better", "least", "before", "now", "said"),
    [
        (Better.LOWER, 5, 14, 9, Change.EASIER),
        (Better.LOWER, 5, 14, 10, Change.SAME),
        (Better.LOWER, 5, 9, 14, Change.HARDER),
        (Better.HIGHER, None, 9, 10, Change.EASIER),
        (Better.HIGHER, None, 10, 9, Change.HARDER),
        (None, None, 10, 9, Change.LOWER),
        (None, None, 9, 10, Change.HIGHER),
        (Better.LOWER, None, 7, 7, Change.SAME),
    ],
)
def test_a_change_is_named_by_which_way_is_easier(
    better: Better | None, least: int | None, before: int, now: int, said: Change
) -> None:
    scale = Scale("S", (), better=better, change=None if least is None else Decimal(least))
    assert change(scale, Decimal(before), Decimal(now)) == said


def test_each_score_is_in_one_band() -> None:
    bands = tuple(Band(Decimal(a), Decimal(b), "") for a, b in ((0, 4), (5, 9), (10, 27)))
    scale = Scale("S", (), bands=bands)
    for value in range(28):
        band = band_of(scale, Decimal(value))
        assert band is not None
        assert band.first <= value <= band.last
    assert band_of(scale, Decimal(28)) is None


@pytest.mark.parametrize(
    ("value", "text"), [("9", "9"), ("27.0", "27"), ("2.50", "2.5"), ("0", "0"), ("100", "100")]
)
def test_numbers_are_written_as_people_write_them(value: str, text: str) -> None:
    assert plain(Decimal(value)) == text


@given(
    st.lists(st.tuples(st.integers(0, 400), st.integers(-5, 40)), min_size=1, max_size=26),
    st.integers(0, 3),
)
def test_every_point_and_stripe_lies_inside_the_chart(
    points: list[tuple[int, int]], bands: int
) -> None:
    past = [(NOW + timedelta(days=day), Decimal(value)) for day, value in sorted(points)]
    stripes = [(Decimal(n * 9), Decimal(n * 9 + 8)) for n in range(bands)]
    drawn = chart(past, (Decimal(0), Decimal(27)), stripes)
    assert all(LEFT <= x <= RIGHT and TOP <= y <= BOTTOM for x, y in drawn.points)
    assert [x for x, _ in drawn.points] == sorted(x for x, _ in drawn.points)
    for zone in drawn.zones:
        assert zone.height >= 0
        assert TOP <= zone.y <= BOTTOM
