"""The short form of `python -m tests.reminders.simulation`, which `make faults` runs too.

A plan that goes wrong is named with its seed; the same one does again, `--seed N`, what it did.
"""

from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest

from tests.databases import worker_database
from tests.reminders import simulation
from tests.reminders.simulation import Findings, Plan, simulate

pytestmark = [pytest.mark.faults, pytest.mark.database]
Many = Callable[[int, int], int]


@pytest.fixture
def url(database_url: str) -> Iterator[Callable[[], str]]:
    """A database for a life of its own, on the engine of this run."""
    if database_url.startswith("sqlite"):
        yield lambda: ""
        return
    with worker_database(f"simulated_{uuid4().hex[:8]}") as first:
        yield lambda: first


def test_four_senders_leaps_stalls_and_restarts_and_each_phone_rings_once(
    many: Many, url: Callable[[], str]
) -> None:
    plan = Plan(
        hours=many(15, 80) / 10, people=many(6, 18), leaps=many(1, 3), stalls=1,
        restarts=many(1, 60), changes=1, seed=6, quiet=many(5, 1),
    )  # fmt: skip
    found = simulate(plan, url())
    assert found.accepted == found.expected > plan.people, plan
    assert found.mistakes == 0, plan


def test_killed_again_and_again_nothing_is_lost_and_repeats_are_the_same(
    many: Many, url: Callable[[], str]
) -> None:
    plan = Plan(
        hours=many(15, 80) / 10, people=many(6, 18), kills=many(4, 66), leaps=1, stalls=1,
        restarts=1, changes=1, seed=2, quiet=many(5, 1),
    )  # fmt: skip
    found = simulate(plan, url())
    assert found.kills == plan.kills, plan
    assert found.accepted == found.expected > plan.people, plan
    assert found.mistakes == 0, plan


def test_a_seed_replays(many: Many) -> None:
    plan = Plan(hours=1.4, people=2, kills=2, leaps=0, stalls=0, restarts=0, changes=0, seed=3,
                quiet=many(5, 1))  # fmt: skip
    found = simulate(plan)
    assert found.trace
    assert simulate(plan) == found


def test_a_seed_that_fails_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lived: list[Plan] = []

    def wrong(plan: Plan, _url: str) -> Findings:
        lived.append(plan)
        return Findings(kills=plan.kills, missing=1)

    monkeypatch.setattr(simulation, "simulate", wrong)
    words = ["--seed", "7", "--hours", "2", "--kills", "3"]
    assert simulation.main(words) == 1
    assert f"goes wrong again with {' '.join(words)}" in capsys.readouterr().out
    assert [(plan.seed, plan.kills) for plan in lived] == [(7, 0), (7, 3)]
