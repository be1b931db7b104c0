"""The short form of `python -m tests.reminders.simulation`, which `make faults` runs too."""

from collections.abc import Callable

import pytest

from tests.reminders.simulation import Plan, simulate

pytestmark = pytest.mark.faults
Many = Callable[[int, int], int]


def test_four_senders_leaps_stalls_and_restarts_and_each_phone_rings_once(many: Many) -> None:
    plan = Plan(
        hours=many(17, 80) / 10, people=many(8, 18), leaps=3, stalls=2, restarts=many(6, 60),
        changes=1, seed=6, quiet=many(4, 1),
    )  # fmt: skip
    found = simulate(plan)
    assert found.accepted == found.expected > plan.people, plan
    assert _wrong(found) == 0, plan
    assert found.repeats == 0, plan


def test_killed_again_and_again_nothing_is_lost_repeats_are_the_same_and_a_seed_replays(
    many: Many,
) -> None:
    plan = Plan(
        hours=many(17, 80) / 10, people=many(8, 18), kills=many(8, 66), leaps=2, stalls=1,
        restarts=2, changes=1, seed=2, quiet=many(4, 1),
    )  # fmt: skip
    found = simulate(plan)
    assert found.kills == plan.kills, plan
    assert found.accepted == found.expected > plan.people, plan
    assert _wrong(found) == 0, plan
    assert found.trace
    assert simulate(plan) == found


def _wrong(found):
    return found.missing + found.unlike_repeats + found.early + found.after_start + found.wrong
