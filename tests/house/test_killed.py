"""A backup, a restore, and a drill that are killed at any step, on both engines."""

import random
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from tests.backups.made import no_bar
from tests.house.world import World
from tests.killed import at_each_step, in_a_process, killed_at, steps_of
from webapp import create_app
from webapp.accounts.models import Person
from webapp.app import check_start, note_keys
from webapp.backups import sealed
from webapp.backups.backup import make
from webapp.backups.drill import drill
from webapp.backups.errors import NoBackup
from webapp.backups.restore import restore
from webapp.config import Settings
from webapp.core.data.db import db, has_tables

pytestmark = [pytest.mark.faults, pytest.mark.database]
Many = Callable[[int, int], int]


@pytest.fixture
def let_go(world: World) -> World:
    """The clinic, with nothing that a forked process would share."""
    with world.app.app_context():
        note_keys(world.app)
        db.session.remove()
        db.engine.dispose()
    return world


def killed_while(work: Callable[[], object], step: int) -> None:
    def dying() -> None:
        at_each_step(killed_at(step))
        work()

    assert in_a_process(dying) == -signal.SIGKILL


def some(total: int, many: Many) -> list[int]:
    return sorted(random.Random(7).sample(range(total), many(4, min(total, 60))))


def whole_pairs(folder: Path, sheet: str) -> int:
    """How many backups are there. Each file opens to its end, and no keys stand without data."""
    for file in folder.glob("groundwork-*"):
        with sealed.opened(file, sealed.identity_of(sheet)) as archive:
            assert [member.name for member in archive]
    keys = [*folder.glob("*.keys.age")]
    assert all(file.with_name(file.name.replace(".keys.", ".data.")).exists() for file in keys)
    return len(keys)


def test_a_backup_that_is_killed_at_any_step_leaves_nothing_half(
    let_go: World, settings: Settings, sheet: str, tmp_path: Path, many: Many
) -> None:
    folder = tmp_path / "backups"
    work = lambda: make(settings, folder, no_bar)  # noqa: E731
    total = steps_of(work)
    for step in some(total, many):
        killed_while(work, step)
        assert whole_pairs(folder, sheet) >= 1
    before = whole_pairs(folder, sheet)
    make(settings, folder, no_bar)
    assert whole_pairs(folder, sheet) == before + 1
    assert [file for file in folder.iterdir() if file.name.startswith(".")] == []
    assert [*settings.data.glob(".backup.*")] == []


def test_a_restore_that_is_killed_at_any_step_can_be_typed_again(
    let_go: World, settings: Settings, another: Settings, sheet: str, tmp_path: Path, many: Many
) -> None:
    made = make(settings, tmp_path / "backups", no_bar)
    work = lambda: restore(another, made.data, made.keys, sheet, no_bar)  # noqa: E731
    total = steps_of(work)
    emptied(another)
    for step in some(total, many):
        killed_while(work, step)
        with suppress(NoBackup):  # it was killed after its end: then all of it has to be there
            work()
        brought_back = create_app(another)
        check_start(brought_back)
        with brought_back.app_context():
            assert db.session.get_one(Person, let_go.people["ana"].id).name == "Ana"
            db.session.remove()
            db.engine.dispose()
        emptied(another)


def emptied(another: Settings) -> None:
    """An empty machine again."""
    if another.database_url.startswith("sqlite"):
        for file in another.data.glob("groundwork.db*"):
            file.unlink()
    else:
        engine = create_engine(another.database_url)
        with engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
        engine.dispose()
    assert not has_tables(another.database_url)


def test_a_restore_still_refuses_a_database_of_somebody_else(
    let_go: World, settings: Settings, another: Settings, sheet: str, tmp_path: Path
) -> None:
    made = make(settings, tmp_path / "backups", no_bar)
    another.data.mkdir()
    engine = create_engine(another.database_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE invoices (id INTEGER)"))
    with pytest.raises(NoBackup, match="database here already"):
        restore(another, made.data, made.keys, sheet, no_bar)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM invoices")).scalar() == 0
    engine.dispose()


def test_a_drill_that_is_killed_at_any_step_leaves_nothing_for_the_next(
    let_go: World, settings: Settings, sheet: str, tmp_path: Path, many: Many
) -> None:
    folder = tmp_path / "backups"
    make(settings, folder, no_bar)
    work = lambda: drill(settings, folder, sheet, no_bar)  # noqa: E731
    total = steps_of(work)
    assert left_by_drills(settings) == []
    for step in some(total, many):
        killed_while(work, step)
    drill(settings, folder, sheet, no_bar)
    assert left_by_drills(settings) == []
    _public, stranger = sealed.new_key()
    with pytest.raises(NoBackup, match="another key"):
        drill(settings, folder, stranger, no_bar)
    assert left_by_drills(settings) == []


@pytest.mark.database
def test_a_role_that_may_make_no_database_is_told_what_to_type(
    let_go: World, settings: Settings, sheet: str, tmp_path: Path
) -> None:
    if settings.database_url.startswith("sqlite"):
        return  # it takes a file
    make(settings, tmp_path / "backups", no_bar)
    engine = create_engine(settings.database_url)
    with engine.begin() as connection:
        connection.execute(text("DROP ROLE IF EXISTS plain"))
        connection.execute(text("CREATE ROLE plain LOGIN"))
    plain = make_url(settings.database_url).set(username="plain").render_as_string()
    with pytest.raises(NoBackup, match="ALTER ROLE plain CREATEDB"):
        drill(replace(settings, database_url=plain), tmp_path / "backups", sheet, no_bar)
    assert left_by_drills(settings) == []
    with engine.begin() as connection:
        connection.execute(text("DROP ROLE plain"))
    engine.dispose()


def left_by_drills(settings: Settings) -> list[str]:
    """Folders and databases in which somebody's words would stay."""
    left = [file.name for file in settings.data.glob(".drill.*")]
    if settings.database_url.startswith("postgresql"):
        engine = create_engine(settings.database_url)
        with engine.connect() as connection:
            named = text("SELECT datname FROM pg_database WHERE datname LIKE 'drill%'")
            left += connection.execute(named).scalars()
        engine.dispose()
    return left
