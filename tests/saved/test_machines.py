"""Several machines share one database. Their processes are killed, restarted and lose it, one of
their clocks is off: nobody who writes and nobody who waits for a message notices."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.conftest import typed
from tests.databases import NoPostgreSQL, find_programs
from tests.saved.machines import WRITERS, Machines, Writer, machines
from webapp.accounts.models import SignIn
from webapp.core.data.db import db
from webapp.entries.models import Entry

pytestmark = pytest.mark.faults

KILLS = ("worker", "sender", "web", "worker")
RESTARTS = ("fast", "rolling", "immediate")


def test_on_several_machines_nothing_is_lost_shown_twice_or_signed_out(
    tmp_path: Path, many: Callable[[int, int], int]
) -> None:
    try:
        find_programs()
    except NoPostgreSQL as missing:
        pytest.skip(str(missing))
    with machines(tmp_path, many(2, 12)) as here:
        with here.written_to() as writers:
            for number in range(many(3, 40)):
                _happens(here, writers, KILLS[number % len(KILLS)])
                if number % many(1, 6) == 0:
                    _happens(here, writers, RESTARTS[number // many(1, 6) % len(RESTARTS)])
        here.until_all_is_told()
        _is_all_there(here, writers)
        _is_each_shown_once(here)
        print(f"{here.kills} kills, {len(here.due)} messages, "
              f"{sum(len(one.saved) for one in writers)} entries, "
              f"{sum(one.waited for one in writers)} answers to try again")  # fmt: skip


def _happens(here: Machines, writers: list[Writer], what: str) -> None:
    """So that none of it finds nobody writing."""
    here.tell()
    _until_more_is_saved(here, writers)
    getattr(here, what)()
    _until_more_is_saved(here, writers)


def _until_more_is_saved(here: Machines, writers: list[Writer]) -> None:
    """By each of them."""
    before = [len(writer.saved) for writer in writers]

    def is_more() -> bool:
        assert [writer.wrong for writer in writers] == [[]] * WRITERS
        return all(len(one.saved) > was for one, was in zip(writers, before, strict=True))

    here.tend(is_more)


def _is_all_there(here: Machines, writers: list[Writer]) -> None:
    assert [writer.wrong for writer in writers] == [[]] * WRITERS
    with here.app.app_context():
        there = list(db.session.scalars(select(Entry.id)))
        ended = db.session.scalar(select(func.count()).where(SignIn.ended_at.is_not(None)))
        db.session.remove()
    saved = {id for writer in writers for id in writer.saved}
    assert saved <= set(there)
    assert len(there) == len(set(there))
    assert set(there) <= {id for writer in writers for id in writer.sent}
    assert ended == 0
    assert "whole" in typed(here.app, "verify-audit")


def _is_each_shown_once(here: Machines) -> None:
    """A sender that was killed may have sent what it couldn't write down; with the same tag, which
    a phone shows once. Without a kill in between nothing comes twice."""
    assert here.shown.keys() == here.due.keys()
    for id, came in here.shown.items():
        moments = sorted(at for at, _, _ in came)
        assert len({(topic, tag) for _, topic, tag in came}) == 1
        assert moments[0] >= here.due[id].timestamp()
        for first, second in pairwise(moments):
            assert any(first < kill < second for kill in here.sender_kills)
