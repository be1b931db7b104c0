"""Whatever stops a backup or a restore: nothing is half there, and typing it again is enough."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.backups.made import no_bar
from tests.conftest import set_up, started
from tests.killed import Disk, in_a_process, killed_at, with_a_disk_of
from webapp import check_start
from webapp.audit.verify import marks_in
from webapp.backups import sealed
from webapp.backups.backup import ANCHOR, make
from webapp.backups.commands import new_recovery_sheet
from webapp.backups.drill import drill
from webapp.backups.restore import restore
from webapp.config import Settings
from webapp.core.crypto.key_files import make_folder

pytestmark = pytest.mark.faults


@pytest.fixture
def sheet(clinic, own_settings: Settings) -> str:
    """A clinic with its first administrator to come, and its recovery sheet."""
    set_up(clinic)
    return new_recovery_sheet(own_settings, "Riverside Clinic")


def dying_at(step: int) -> Callable:
    """A bar whose process is killed at its so-many-eth step, as by a power cut."""

    @contextmanager
    def bar(_size: int) -> Iterator[Callable[[int], object]]:
        yield killed_at(step)

    return bar


def whole(folder: Path, sheet: str) -> list[str]:
    """What lies under the names of backups, each of which must open to its end."""
    found = list(folder.glob("groundwork-*"))
    for file in found:
        with sealed.opened(file, sealed.identity_of(sheet)) as archive:
            assert [member.name for member in archive]
    return [file.name for file in found]


@pytest.mark.parametrize("step", [0, 1, 2, 4, 6])
def test_a_backup_that_is_killed_leaves_nothing_half(
    own_settings: Settings, sheet: str, tmp_path: Path, step: int
) -> None:
    folder = tmp_path / "backups"
    ended = in_a_process(lambda: make(own_settings, folder, dying_at(step)))
    assert ended in (0, -signal.SIGKILL)
    if ended:
        assert not any(name.endswith(".keys.age") for name in whole(folder, sheet))
    made = make(own_settings, folder, no_bar)
    assert {made.data.name, made.keys.name} <= set(whole(folder, sheet))
    assert [file for file in folder.iterdir() if file.name.startswith(".")] == []
    assert list(own_settings.data.glob(".backup.*")) == []


@pytest.mark.parametrize("step", [0, 1, 2])
def test_a_restore_that_is_killed_leaves_no_database_and_can_be_typed_again(
    own_settings: Settings, sheet: str, tmp_path: Path, step: int
) -> None:
    made = make(own_settings, tmp_path / "backups", no_bar)
    data = tmp_path / "another"
    another = replace(own_settings, data=data, database_url=f"sqlite:///{data / 'groundwork.db'}")
    work = lambda: restore(another, made.data, made.keys, sheet, dying_at(step))  # noqa: E731
    if in_a_process(work) == 0:
        assert (data / "groundwork.db").exists()
        return
    assert not (data / "groundwork.db").exists()
    restore(another, made.data, made.keys, sheet, no_bar)
    assert sorted(file.name for file in data.iterdir()) == ["backup.pub", "groundwork.db", "keys"]


def test_whenever_the_power_goes_while_it_backs_up_nothing_half_has_a_name(
    own_settings: Settings, sheet: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, ends = tmp_path / "backups", dict[int, dict[str, bytes]]()
    make_folder(folder)
    make(own_settings, folder, no_bar)
    disk = Disk(folder, lambda left: ends.setdefault(hash(frozenset(left.items())), left))
    with monkeypatch.context() as watched:
        disk.watch(watched)
        make(own_settings, folder, no_bar)
    assert len(ends) > 5
    for number, left in enumerate(ends.values()):
        after = tmp_path / str(number)
        after.mkdir()
        for name, content in left.items():
            (after / name).write_bytes(content)
        stamps = [name.split(".")[0] for name in whole(after, sheet)]
        assert len(stamps) >= 2, "the former backup is there in any case"
        for keys in after.glob("*.keys.age"):
            assert keys.with_name(keys.name.replace(".keys.", ".data.")).exists()
        assert marks_in(after / ANCHOR)


def test_whenever_the_power_goes_while_it_restores_a_database_with_a_name_is_whole(
    own_settings: Settings, sheet: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make(own_settings, tmp_path / "backups", no_bar)
    data = tmp_path / "another"
    another = replace(own_settings, data=data, database_url=f"sqlite:///{data / 'groundwork.db'}")
    make_folder(data / "keys")
    keys, found = Disk(data / "keys", lambda _left: None), set[bytes]()

    def look(left: dict[str, bytes]) -> None:
        if "groundwork.db" in left:
            found.add(left["groundwork.db"])
            assert [*keys.names] == [*keys._names()]
            assert all(len(keys.contents[inode]) > 40 for inode in keys.names.values())

    disk = Disk(data, look)
    with monkeypatch.context() as watched:
        keys.watch(watched)
        disk.watch(watched)
        restore(another, made.data, made.keys, sheet, no_bar)
    assert found == {(data / "groundwork.db").read_bytes()}
    check_start(started(another))


def test_a_drill_that_is_killed_is_cleared_away_by_the_next(
    own_settings: Settings, sheet: str, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    make(own_settings, folder, no_bar)
    work = lambda: drill(own_settings, folder, sheet, dying_at(0))  # noqa: E731
    assert in_a_process(work) == -signal.SIGKILL
    assert list(own_settings.data.glob(".drill.*"))
    drill(own_settings, folder, sheet, no_bar)
    assert list(own_settings.data.glob(".drill.*")) == []


@pytest.mark.parametrize("size", [1_000, 200_000])
def test_a_full_disk_says_so_and_leaves_what_was_there(
    own_settings: Settings, sheet: str, tmp_path: Path, size: int
) -> None:
    folder = tmp_path / "backups"
    before = make(own_settings, folder, no_bar)

    def work() -> None:
        with_a_disk_of(size)
        make(own_settings, folder, no_bar)

    assert in_a_process(work) == 1
    assert whole(folder, sheet)
    assert before.keys.exists()
    assert list(own_settings.data.glob(".backup.*")) == []

    data = tmp_path / "another"
    another = replace(own_settings, data=data, database_url=f"sqlite:///{data / 'groundwork.db'}")

    def bring_back() -> None:
        with_a_disk_of(size)
        restore(another, before.data, before.keys, sheet, no_bar)

    assert in_a_process(bring_back) == 1
    assert not (data / "groundwork.db").exists()
