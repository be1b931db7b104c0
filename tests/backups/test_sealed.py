"""A backup of any size takes the same memory, and is on the disk before it has its name."""

import os
import sqlite3
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url

from webapp.backups import sealed, sqlite
from webapp.backups.sealed import PIECE

LARGE = 32 * PIECE


@contextmanager
def at_most(held: int) -> Iterator[None]:
    """What is done in it never holds more at once."""
    tracemalloc.start()
    try:
        yield
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < held


def test_what_is_written_while_it_is_copied_is_neither_copied_nor_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "groundwork.db"
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE entry (words)")
        connection.executemany("INSERT INTO entry VALUES (?)", [(bytes(PIECE),)] * 16)
    monkeypatch.setattr(sqlite, "STEPS", 1)
    waited, wrote = [], []

    def write(done: int) -> None:
        with closing(sqlite3.connect(file, timeout=0)) as another, another:
            try:
                another.execute("INSERT INTO entry VALUES (1)")
                wrote.append(done)
            except sqlite3.OperationalError:
                waited.append(done)

    engine, rows = sqlite.take(make_url(f"sqlite:///{file}"), tmp_path / "copy", write)
    with engine.connect() as copy:
        assert copy.exec_driver_sql("SELECT count(*) FROM entry").scalar() == 16
    engine.dispose()
    assert rows == {"entry": 16}
    assert (bool(waited), set(waited), len(wrote) > 1) == (True, {0}, True)


def test_a_large_database_passes_in_pieces(tmp_path: Path) -> None:
    large, file, back = tmp_path / "large", tmp_path / "large.age", tmp_path / "back"
    with large.open("wb") as out:
        out.truncate(LARGE)
    public, private = sealed.new_key()
    with at_most(8 * PIECE):
        sealed.seal(file, [("database", large)], sealed.recipient_of(public), lambda _done: None)
    with at_most(8 * PIECE), sealed.opened(file, sealed.identity_of(private)) as archive:
        for member in archive:
            source = archive.extractfile(member)
            assert source is not None
            sealed.copied(source, back, lambda _done: None)
    assert back.stat().st_size == LARGE


def steps_of(monkeypatch: pytest.MonkeyPatch, work: Callable[[], object]) -> list[tuple[str, str]]:
    """What work has the disk keep, and which names it gives, in their order."""
    steps: list[tuple[str, str]] = []
    force, name = os.fsync, os.replace

    def forced(handle: int) -> None:
        force(handle)
        steps.append(("on the disk", Path(os.readlink(f"/proc/self/fd/{handle}")).name))

    def named(former: Any, now: Any) -> None:
        name(former, now)
        steps.append(("named", Path(now).name))

    with monkeypatch.context() as watched:
        watched.setattr(os, "fsync", forced)
        watched.setattr(os, "replace", named)
        work()
    return steps


def test_a_file_is_on_the_disk_before_its_name_is_and_its_name_before_it_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    public, _private = sealed.new_key()
    file = tmp_path / "small.age"
    to = sealed.recipient_of(public)
    steps = steps_of(
        monkeypatch, lambda: sealed.seal(file, [("keys", b"x")], to, lambda _done: None)
    )
    making = steps[0][1]
    assert making.startswith(".small.age.")
    assert steps == [
        ("on the disk", making), ("named", "small.age"), ("on the disk", tmp_path.name)
    ]  # fmt: skip


def test_a_restored_database_keeps_its_name_through_a_power_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch, url = tmp_path / ".restore.1", make_url(f"sqlite:///{tmp_path / 'groundwork.db'}")
    with closing(sqlite3.connect(scratch)) as connection:
        connection.execute("CREATE TABLE person (id)")
    steps = steps_of(monkeypatch, lambda: sqlite.finish(scratch, url))
    assert steps == [
        ("on the disk", scratch.name), ("named", "groundwork.db"), ("on the disk", tmp_path.name)
    ]  # fmt: skip
