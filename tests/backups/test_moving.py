"""A clinic that outgrew its SQLite file is in PostgreSQL afterwards, whole, or not at all."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, make_url, select

from tests.backups.made import no_bar
from tests.backups.test_interrupted import dying_at
from tests.conftest import people_of, started
from tests.databases import worker_database
from tests.killed import in_a_process
from tests.support.apps import settings_in
from webapp import demo
from webapp.app import check_start
from webapp.audit.kinds import ActKind
from webapp.audit.models import Act
from webapp.audit.verify import verify
from webapp.backups import moving
from webapp.backups.errors import NoBackup
from webapp.backups.moving import Told, move
from webapp.cli import migrate
from webapp.config import Settings
from webapp.core.data.db import db, has_tables
from webapp.journal.models import Trigger

pytestmark = [pytest.mark.database, pytest.mark.long]


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of the demo's clinic."""
    settings = settings_in(tmp_path_factory.mktemp("seeded"))
    with started(settings).app_context():
        migrate()
        demo.seed()
        db.session.commit()
        closed()
    return settings.data


@pytest.fixture
def small(settings: Settings, request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """That clinic in its SQLite file, with its services stopped."""
    if not settings.database_url.startswith("postgresql"):
        pytest.skip("there is nowhere to move to")
    shutil.copytree(request.getfixturevalue("seeded"), tmp_path / "var")
    return settings_in(tmp_path)


@pytest.fixture
def large(small: Settings) -> Iterator[Settings]:
    """The same clinic's settings, with an empty PostgreSQL database."""
    with worker_database(f"large_{uuid4().hex[:8]}") as url:
        yield replace(small, database_url=url)


def closed() -> None:
    """As a service leaves the database when it stops."""
    db.session.remove()
    db.engine.dispose()


def file_of(settings: Settings) -> Path:
    return Path(make_url(settings.database_url).database or "")


def moved(small: Settings, large: Settings, bar: Callable = no_bar) -> dict[str, Told]:
    with started(small).app_context():
        return move(small, large, bar)


def people_in(settings: Settings) -> list[str]:
    app = started(settings)
    people = people_of(app)
    with app.app_context():
        closed()
    return people


def words_in(settings: Settings) -> set[str]:
    with started(settings).app_context():
        words = {entry.situation for entry in db.session.scalars(select(Trigger))}
        closed()
        return words


def test_everything_is_there_and_opens_and_the_file_is_as_it_was(
    small: Settings, large: Settings
) -> None:
    before, people, words = file_of(small).read_bytes(), people_in(small), words_in(small)
    told = moved(small, large)
    assert file_of(small).read_bytes() == before
    check_start(started(large))
    assert people_in(large) == people
    assert words_in(large) == words
    assert len(words) > 5
    assert told["entry"].rows > 100
    with started(large).app_context():
        assert db.session.scalars(select(Act.kind).order_by(Act.number)).all()[-1] == ActKind.MOVED
        with db.engine.connect() as connection:
            assert verify(connection, []).problems == []
        closed()


def test_a_move_that_is_killed_leaves_nothing_and_is_typed_again(
    small: Settings, large: Settings
) -> None:
    for step in (0, 10, 40):
        assert in_a_process(lambda at=step: moved(small, large, dying_at(at))) < 0
        assert not has_tables(large.database_url)
    moved(small, large)
    assert has_tables(large.database_url)


def test_who_could_still_write_must_stop_first(small: Settings, large: Settings) -> None:
    with closing(sqlite3.connect(file_of(small))) as service:
        service.execute("SELECT count(*) FROM person").fetchone()  # and has it open ever since
        with pytest.raises(NoBackup, match="Stop all of its services"):
            moved(small, large)
    assert not has_tables(large.database_url)
    moved(small, large)


def test_nobody_opens_the_file_while_it_is_moved(small: Settings, large: Settings) -> None:
    refused = []

    @contextmanager
    def bar(_size: int) -> Iterator[Callable[[int], object]]:
        yield lambda _done: refused.append(somebody_else())

    def somebody_else() -> int:
        with closing(sqlite3.connect(file_of(small), timeout=0)) as service:
            try:
                service.execute("SELECT count(*) FROM person").fetchone()
            except sqlite3.OperationalError as error:
                return error.sqlite_errorcode
        return sqlite3.SQLITE_OK

    moved(small, large, bar)
    assert set(refused) == {sqlite3.SQLITE_BUSY}


def test_a_database_with_tables_is_refused_and_stays(small: Settings, large: Settings) -> None:
    moved(small, large)
    people = people_in(large)
    with pytest.raises(NoBackup, match="isn’t empty"):
        moved(small, large)
    assert people_in(large) == people
    with pytest.raises(NoBackup, match="from SQLite to PostgreSQL"):
        moved(large, large)


def test_a_row_that_became_another_on_its_way_stops_it(
    small: Settings, large: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = moving._read

    def changed_on_its_way(table, connection, tick) -> Told:
        if table.name == "person":
            connection.exec_driver_sql("UPDATE person SET username = upper(username)")
        return read(table, connection, tick)

    monkeypatch.setattr(moving, "_read", changed_on_its_way)
    with pytest.raises(NoBackup, match="The rows of person aren’t the same"):
        moved(small, large)
    assert not has_tables(large.database_url)


def test_a_row_that_postgresql_refuses_stops_it_and_is_named(
    small: Settings, large: Settings
) -> None:
    with closing(sqlite3.connect(file_of(small))) as file, file:
        file.execute("UPDATE \"group\" SET place = 'Room' || char(0) || '2'")
    with pytest.raises(NoBackup, match="PostgreSQL refuses a row of group"):
        moved(small, large)
    assert not has_tables(large.database_url)


def test_the_apps_own_role_can_use_what_was_moved(small: Settings, large: Settings) -> None:
    role, engine = f"app_{uuid4().hex[:8]}", create_engine(large.database_url)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE ROLE {role} LOGIN")
    engine.dispose()
    app_url = make_url(large.database_url).set(username=role)
    two = replace(
        large, migrate_url=large.database_url,
        database_url=app_url.render_as_string(hide_password=False),
    )  # fmt: skip
    moved(small, two)
    check_start(started(two))
    assert "ana" in people_in(two)
