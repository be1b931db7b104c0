"""How an urge rose and fell, and how long it usually takes to halve."""

from statistics import median_low

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.mindfulness.curve import (
    Halving,
    Watched,
    drawing,
    halving,
    parse,
    watched,
    written,
)

MINUTE = st.integers(0, 18_000).map(lambda hundredths: hundredths / 100)
SAMPLES = st.dictionaries(
    st.integers(0, 180) | MINUTE, st.integers(0, 10), min_size=1, max_size=60
).map(lambda found: sorted(found.items()))
RUN = st.builds(Watched, st.integers(1, 60), halved=st.booleans())


@pytest.mark.parametrize(
    ("text", "samples"),
    [
        ("", []),
        ("0:7 1:8 2:5", [(0, 7), (1, 8), (2, 5)]),
        ("2:5 0:7", [(0, 7), (2, 5)]),
        ("0:7 0:3", [(0, 3)]),  # the last tap at one time counts
        ("0:9 0.25:7 0.9:4", [(0, 9), (0.25, 7), (0.9, 4)]),  # within the first minute, too
        ("180.5:3", None), ("1.234:3", None), (".5:3", None),
        ("0:11", None), ("181:3", None), ("0:-1", None), ("0", None), ("a:b", None),
        ("٣:5", None), ("0:5,1:4", None), ("0:5 " * 201, None), ("9" * 500, None),
    ],
)  # fmt: skip
def test_what_was_tapped_is_read_or_refused(text, samples):
    assert parse(text) == samples


@given(SAMPLES)
def test_what_is_written_is_read_again(samples):
    assert parse(written(samples)) == samples


@pytest.mark.parametrize(
    ("samples", "found"),
    [
        ([], None),
        ([(0, 8)], None),
        ([(0, 1), (1, 0)], None),  # too weak to halve
        ([(0, 8), (1, 6), (2, 4)], Watched(2, halved=True)),
        ([(0, 7), (1, 4), (2, 3)], Watched(2, halved=True)),
        ([(0, 8), (1, 10), (2, 5)], Watched(2, halved=False)),  # half of the top isn't half of it
        ([(0, 8), (3, 4), (4, 9)], Watched(3, halved=True)),  # it came back: it had halved
        ([(2, 8), (5, 4)], Watched(3, halved=True)),  # the first tap is the start
        ([(0, 8), (0.4, 4)], Watched(1, halved=True)),  # a minute that has begun counts
    ],
)
def test_when_it_was_first_half_as_strong(samples, found):
    assert watched(samples) == found


def fell(*minutes):
    return [Watched(minute, halved=True) for minute in minutes]


def stayed(*minutes):
    return [Watched(minute, halved=False) for minute in minutes]


@pytest.mark.parametrize(
    ("runs", "told"),
    [
        (fell(5, 6, 7, 8), None),  # four are too few
        ([*fell(5, 6, 7, 8), None], None),
        (fell(3, 5, 9, 12, 30), Halving(5, 5, 9)),
        # Stopped after a minute each: they say nothing about what comes later.
        (fell(3, 5, 9, 12, 30) + stayed(1, 1, 1, 1, 1, 1), Halving(11, 5, 9)),
        # Watched for long, and it didn't: then it usually takes longer.
        (fell(3, 5) + stayed(20, 20, 20), Halving(5, 2, None)),
        (fell(3, 5, 9) + stayed(20, 20), Halving(5, 3, 9)),
        (stayed(10, 10, 10, 10, 10), Halving(5, 0, None)),
    ],
)
def test_how_long_it_usually_takes_is_told_honestly(runs, told):
    assert halving(runs) == told


@given(st.lists(st.integers(1, 60), min_size=5))
def test_when_each_one_halved_it_is_the_plain_median(minutes):
    assert halving(fell(*minutes)) == Halving(len(minutes), len(minutes), median_low(minutes))


@given(st.lists(RUN, min_size=5), st.integers(1, 60))
def test_a_run_that_did_not_halve_never_makes_it_shorter(runs, minutes):
    before, after = halving(runs), halving([*runs, *stayed(minutes)])
    if before.minutes is None:
        assert after.minutes is None
    else:
        assert after.minutes is None or after.minutes >= before.minutes


@given(SAMPLES)
def test_a_curve_stays_on_its_drawing(samples):
    drawn = drawing(samples)
    assert len(drawn.points) == len(samples)
    assert all(26 <= x <= 312 and 12 <= y <= 100 for x, y in drawn.points)
    assert [x for x, _ in drawn.points] == sorted(x for x, _ in drawn.points)
    assert 1 <= len(drawn.marks) <= 8
    assert drawn.minutes >= 1
    assert "e" not in drawn.line  # no exponents: an SVG attribute
