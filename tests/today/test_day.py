"""What is next changes as the day goes on, and there are never more than four things below it."""

from datetime import timedelta

import pytest

from webapp.today.day import BELOW, Day, Thing, order

ALL = frozenset(Thing)
DONE = {Thing.DOSE, Thing.AFTER, Thing.CHECK_IN, Thing.HOMEWORK}


@pytest.mark.parametrize(
    ("hour", "away", "group_in", "first"),
    [
        (7, set(), 11, Thing.DOSE),
        (7, {Thing.DOSE, Thing.AFTER}, 11, Thing.CHECK_IN),
        (14, {Thing.DOSE, Thing.AFTER, Thing.CHECK_IN}, 4, Thing.HOMEWORK),
        (17, {Thing.DOSE}, 0.8, Thing.GROUP),
        (19, {Thing.DOSE}, -1, Thing.GROUP),  # going on
        (21, {Thing.DOSE}, 45, Thing.AFTER),
        (14, DONE, 45, Thing.GROUP),
        (14, {*DONE, Thing.GROUP}, None, None),
        (2, {Thing.DOSE}, 16, Thing.SLEEP),
        (23, DONE, 0.5, Thing.GROUP),
        (23, set(), 20, Thing.DOSE),
    ],
)
def test_what_is_next_at_this_hour(hour, away, group_in, first):
    group_in = None if group_in is None else timedelta(hours=group_in)
    found = order(Day(hour, ALL - away, group_in))
    assert found.first is first
    shown = [*found.below, *found.more]
    assert len(found.below) <= BELOW
    assert first not in shown
    assert len(set(shown)) == len(shown)
    # Only what is for another hour is nowhere.
    assert ALL - away - {first, Thing.DOSE, Thing.AFTER, Thing.SLEEP, Thing.SUPPORT} <= {
        *shown, *({Thing.CHECK_IN, Thing.SUGGESTION} if hour in (2, 23) else ())
    }  # fmt: skip


def test_the_urge_is_always_there_and_so_is_what_helps_in_a_hard_moment():
    for hour in range(24):
        for hard in (True, False):
            below = order(Day(hour, ALL, timedelta(hours=1), is_hard=hard)).below
            assert Thing.URGE in below
            assert (Thing.SUGGESTION in below) == hard
