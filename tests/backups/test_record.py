"""What is known about backups without opening one."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine

from webapp.backups.record import last_drill, newest_backup, note_drill


def test_the_newest_backup_is_the_newest_with_its_data_and_its_keys(tmp_path: Path) -> None:
    for name in (
        "groundwork-20261122T020000Z.data.age",
        "groundwork-20261122T020000Z.keys.age",
        "groundwork-20261123T020000Z.data.age",  # was killed before its keys
        "groundwork-20261124T020000Z.keys.age",
        "groundwork-of-before.data.age",
        "groundwork-of-before.keys.age",
    ):
        (tmp_path / name).touch()
    assert newest_backup(tmp_path) == datetime(2026, 11, 22, 2, tzinfo=UTC)


def test_where_there_is_no_backup_there_is_none(tmp_path: Path) -> None:
    assert newest_backup(tmp_path) is None
    assert newest_backup(tmp_path / "nowhere") is None


def test_a_drill_is_remembered_until_the_next(
    tmp_path: Path, clock: time_machine.Traveller
) -> None:
    assert last_drill(tmp_path) is None
    for day in (23, 24):
        clock.move_to(datetime(2026, 11, day, 21, tzinfo=UTC))
        note_drill(tmp_path)
        assert last_drill(tmp_path) == datetime(2026, 11, day, 21, tzinfo=UTC)
    (file,) = tmp_path.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("said", [b"", b"soon", b"\xff\xfe"])
def test_what_is_no_date_is_no_drill(tmp_path: Path, said: bytes) -> None:
    note_drill(tmp_path)
    (file,) = tmp_path.iterdir()
    file.write_bytes(said)
    assert last_drill(tmp_path) is None


def test_a_date_typed_by_hand_counts_as_one(tmp_path: Path) -> None:
    note_drill(tmp_path)
    (file,) = tmp_path.iterdir()
    file.write_text("2026-11-20\n")
    found = last_drill(tmp_path)
    assert found is not None
    assert found.tzinfo is UTC
