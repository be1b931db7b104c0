"""The short form of `python -m tests.reminders.simulation`."""

from tests.reminders.simulation import Plan, simulate


def test_four_couriers_leaps_stalls_and_restarts_and_each_phone_rings_once():
    found = simulate(Plan(hours=1.7, leaps=3, stalls=2, restarts=4, changes=1))
    assert found.accepted == found.expected > 20
    assert _wrong(found) == 0
    assert found.repeats == 0


def test_killed_again_and_again_nothing_is_lost_and_repeats_are_the_same_message():
    found = simulate(Plan(hours=1.7, kills=12, leaps=2, stalls=1, restarts=2, changes=1, seed=2))
    assert found.kills == 12
    assert found.accepted == found.expected > 20
    assert _wrong(found) == 0


def _wrong(found):
    return found.missing + found.unlike_repeats + found.early + found.after_start + found.wrong
