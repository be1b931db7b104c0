"""Saved means saved: whatever somebody was told is done is there when the power is back.

A process that works is recorded (`recorded.py`), and its disk loses power at any step (`disk.py`).
"""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from random import Random
from uuid import UUID

import pytest
from flask_migrate import upgrade as migrated_to

from tests.conftest import PASSWORD, set_up, started
from tests.house.test_upgrading import REVISIONS, at
from tests.saved.disk import WAYS, Disk
from tests.saved.recorded import recorded
from tests.saved.work import SAVES
from tests.support.apps import settings_in
from webapp.accounts.actions import make_person
from webapp.accounts.models import Role
from webapp.accounts.passwords import hash_password
from webapp.backups import sealed
from webapp.backups.commands import new_recovery_sheet
from webapp.core.crypto.keys import DataKey, load_secrets
from webapp.core.data.db import db

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(shutil.which("strace") is None, reason="strace isn't installed"),
]
FORMER = REVISIONS[-12]


@dataclass(frozen=True)
class Found:
    """What is there when the power is back."""

    number: int  # of the cut
    data: Path
    said: int  # how many things were said to be done
    sheet: str

    def database(self) -> "closing[sqlite3.Connection]":
        return closing(sqlite3.connect(self.data / "groundwork.db"))

    def one(self, query: str) -> int:
        with self.database() as connection:
            (value,) = connection.execute(query).fetchone()
        return value


def written(found: Found) -> None:
    entries = found.one("SELECT count(*) FROM entry")
    assert found.said <= entries <= found.said + 1


def updated(found: Found) -> None:
    at_ = found.one("SELECT version_num FROM alembic_version")
    assert at_ in ((REVISIONS[-1],) if found.said else (FORMER, REVISIONS[-1]))
    assert found.one("SELECT count(*) FROM person") == 2
    if found.number % 10:
        return
    with started(settings_in(found.data.parent)).app_context():
        migrated_to()
        db.session.remove()
        db.engine.dispose()
    assert found.one("SELECT version_num FROM alembic_version") == REVISIONS[-1]


def opened_still(found: Found) -> None:
    written(found)
    outer = load_secrets(found.data / "keys").outer
    with found.database() as connection:
        for id, outer_id, wrapped in connection.execute(
            "SELECT person_id, outer_id, wrapped FROM data_key"
        ):
            row = {"person_id": UUID(id), "outer_id": outer_id, "wrapped": wrapped}
            outer.unwrap(DataKey.drawn(row))


def backed_up(found: Found) -> None:
    files = [*(found.data / "backups").glob("groundwork-*")]
    assert len(files) >= 2 * found.said
    for file in files:
        with sealed.opened(file, sealed.identity_of(found.sheet)) as archive:
            assert [member.name for member in archive]


WORKS = {
    "checkpoint": written,
    "saving": written,
    "migration": updated,
    "rotation": opened_still,
    "backup": backed_up,
}


def prepared(name: str, folder: Path) -> str:
    """A clinic before that work; what opens its backups."""
    app = started(settings_in(folder))
    sheet = ""
    with app.app_context():
        if name == "migration":
            at(FORMER)
        else:
            set_up(app)
            sheet = new_recovery_sheet(app.extensions["settings"], "Riverside Clinic")
            make_person("ana", "Ana", hash_password(PASSWORD), Role.PATIENT)
            db.session.commit()
        db.session.remove()
        db.engine.dispose()
    return sheet


def cuts(name: str, how_many: int, folder: Path) -> Iterator[Found]:
    """The same work, once, and what is there if the power goes at so many moments of it."""
    work, random = folder / "work", Random(name)
    sheet = prepared(name, work)
    disk = Disk(work)
    steps = recorded(work, "tests.saved.work", name, str(work))
    # Of a short work some moments more than once: what is left differs each time.
    moments = sorted(random.choices(range(len(steps)), k=how_many))
    for number, step in enumerate(steps):
        while moments and number == moments[0]:
            moments.pop(0)
            there = folder / f"cut-{len(moments)}"
            disk.cut(there, WAYS[len(moments) % 3], random)
            yield Found(len(moments), there / "var", len(disk.said), sheet)
            shutil.rmtree(there)
        disk.do(step)
    yield Found(0, work / "var", len(disk.said), sheet)


def is_sound(found: Found) -> bool:
    with found.database() as connection:
        return connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)] and (
            connection.execute("PRAGMA foreign_key_check").fetchall() == []
        )


def test_what_was_said_to_be_done_is_there_after_a_power_cut(
    tmp_path: Path, many: Callable[[int, int], int]
) -> None:
    for name in list(WORKS)[: many(1, len(WORKS))]:
        for found in cuts(name, many(40, 200), tmp_path / name):
            assert is_sound(found)
            WORKS[name](found)


def test_without_waiting_for_the_disk_it_would_be_lost(
    tmp_path: Path, many: Callable[[int, int], int]
) -> None:
    """That this test can tell: with `synchronous=NORMAL` words are lost."""
    lost = 0
    for found in cuts("carelessly", many(15, 200), tmp_path):
        assert is_sound(found)
        lost += found.one("SELECT count(*) FROM entry") < found.said
    assert lost


def test_a_disk_that_fails_is_never_called_saved(tmp_path: Path) -> None:
    work = tmp_path / "work"
    prepared("failing", work)
    # Every third time that the database waits for its disk.
    steps = recorded(
        work, "tests.saved.work", "failing", str(work), fails="fdatasync:error=EIO:when=9+3"
    )
    said = sum(step.does == "say" for step in steps)
    assert 0 < said < SAVES
    found = Found(0, work / "var", said, "")
    assert is_sound(found)
    assert said <= found.one("SELECT count(*) FROM entry") <= SAVES
