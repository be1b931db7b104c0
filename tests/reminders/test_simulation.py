"""The short form of `python -m tests.reminders.simulation`."""

from tests.reminders.simulation import Plan, simulate


def test_four_senders_leaps_stalls_and_restarts_and_each_phone_rings_once():
    plan = Plan(hours=1.7, leaps=3, stalls=2, restarts=12, changes=1, seed=6)
    found = simulate(plan)
    assert found.accepted == found.expected > 20, plan
    assert _wrong(found) == 0, plan
    assert found.repeats == 0, plan


def test_killed_again_and_again_nothing_is_lost_and_repeats_are_the_same_message():
    plan = Plan(hours=1.7, kills=12, leaps=2, stalls=1, restarts=2, changes=1, seed=2)
    found = simulate(plan)
    assert found.kills == 12, plan
    assert found.accepted == found.expected > 20, plan
    assert _wrong(found) == 0, plan


def test_a_seed_replays():
    plan = Plan(hours=1.4, people=4, kills=3, leaps=0, stalls=1, restarts=2, changes=0, seed=3)
    first, again = simulate(plan), simulate(plan)
    assert first == again
    assert first.trace


def _wrong(found):
    return found.missing + found.unlike_repeats + found.early + found.after_start + found.wrong
