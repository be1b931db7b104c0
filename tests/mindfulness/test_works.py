"""What helped, told with care."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.mindfulness.works import ENOUGH, Run, Works, what_works

STRENGTH = st.integers(0, 10)
RUNS = st.lists(st.builds(Run, st.sampled_from(["feet", "box", "walk"]), STRENGTH, STRENGTH))


@pytest.mark.parametrize(
    ("runs", "told"),
    [
        ([], []),
        ([("feet", 8, 4), ("feet", 6, 4)], []),  # twice is chance
        ([("feet", 8, 4), ("feet", 6, 4), ("feet", 5, 5)], [Works("feet", 3, -2.0, 2)]),
        ([("box", 3, 6), ("box", 3, 6), ("box", 4, 4)], [Works("box", 3, 2.0, 0)]),
        (
            [("box", 5, 4)] * 3 + [("walk", 9, 2)] * 4,
            [Works("walk", 4, -7.0, 4), Works("box", 3, -1.0, 3)],
        ),
        (
            [("box", 5, 4)] * 3 + [("walk", 5, 4)] * 4,  # the same: the more often done comes first
            [Works("walk", 4, -1.0, 4), Works("box", 3, -1.0, 3)],
        ),
    ],
)
def test_what_works_is_the_mean_change_after_three(runs, told):
    assert what_works(Run(*run) for run in runs) == told


@given(RUNS)
def test_nothing_is_told_from_little_and_nothing_twice(runs):
    told = what_works(runs)
    assert all(result.count >= ENOUGH and -10 <= result.change <= 10 for result in told)
    assert all(0 <= result.fell <= result.count for result in told)
    assert len({result.exercise for result in told}) == len(told)
    assert [result.change for result in told] == sorted(result.change for result in told)
    assert sum(result.count for result in told) <= len(runs)


@given(RUNS, st.randoms())
def test_the_order_of_the_runs_does_not_matter(runs, chance):
    shuffled = runs[:]
    chance.shuffle(shuffled)
    assert what_works(shuffled) == what_works(runs)
