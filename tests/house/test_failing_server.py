"""PostgreSQL that is killed, or whose disk is full, in the middle of anything: what was answered
*saved* is there, nothing is half, and whoever tries again is done."""

import os
import random
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
import time_machine
from click.testing import CliRunner, Result
from flask import Flask
from flask_migrate import downgrade
from sqlalchemy import create_engine, event, func, select

from tests.conftest import set_up, settings_in, started
from tests.databases import Server, create_database, throwaway_server
from tests.house.test_killed import whole_pairs
from tests.killed import at_each_step, begun, end_of, steps_of, with_a_disk_of
from tests.pages import Phone
from tests.sync.conftest import Outbox
from webapp.accounts.actions import make_person, start_sign_in
from webapp.accounts.models import Role
from webapp.accounts.queries import author_mark
from webapp.app import check_start
from webapp.backups.commands import new_recovery_sheet, restore_command
from webapp.config import ROOT, Settings
from webapp.core.data.db import db
from webapp.core.data.migrating import rows_by_table
from webapp.core.starting import NotStarting, revision_here, revision_of
from webapp.journal.models import Trigger
from webapp.sync.page import outbox_key

pytestmark = pytest.mark.faults
# The machine goes on, so what was written without waiting for a disk is there.
SAFE = "-c fsync=off -c full_page_writes=off"
LONG = "What happened that evening, at some length. " * 60
WORDS = {"urge": "6", "situation": LONG}
CRASHES = (signal.SIGKILL, signal.SIGQUIT)  # the second is its own immediate stop
MOMENTS = ["before_cursor_execute", "commit", "after_commit"]
HEAD = revision_here(ROOT / "migrations")


@dataclass
class Clinic:
    """One on a server of its own."""

    server: Server
    settings: Settings
    app: Flask
    sheet: str
    phone: Phone
    outbox: Outbox

    def count(self) -> int:
        """How many entries there are."""
        with self.app.app_context():
            found = db.session.scalar(select(func.count()).select_from(Trigger))
            db.session.remove()
            return int(found or 0)

    def rows(self, settings: Settings) -> tuple[str | None, dict[str, int]]:
        """The revision of a database, and how many rows its tables have."""
        app = self.app if settings is self.settings else started(settings)
        with app.app_context():
            with db.engine.connect() as connection:
                found = revision_of(connection), rows_by_table(connection)
            self.let_go(app)
        return found

    def let_go(self, app: Flask | None = None) -> None:
        """A process that is forked from this one shares no connection with it."""
        with (app or self.app).app_context():
            db.session.remove()
            db.engine.dispose()


@dataclass
class Installed:
    """What `init` made, once: each test gets a copy."""

    server: Server
    settings: Settings
    sheet: str

    def copy(self, folder: Path, tablespace: str = "pg_default") -> Clinic:
        url = create_database(
            self.server.url, "clinic", template="installed", tablespace=tablespace
        )
        settings = replace(self.settings, data=folder / "var", database_url=url)
        shutil.copytree(self.settings.data, settings.data)
        app = started(settings)
        app.config["PROPAGATE_EXCEPTIONS"] = False
        with app.app_context():
            ana = make_person("ana", "Ana", "no password", Role.PATIENT)
            sign_in = start_sign_in(ana, device="Test", own_phone=True, lasts=timedelta(days=30))
            token, mark, key = sign_in.token, author_mark(ana), outbox_key()
            db.session.commit()
        phone = Phone(app, token)
        return Clinic(self.server, settings, app, self.sheet, phone, Outbox(phone, key, mark))


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    with throwaway_server(SAFE) as server:
        url = create_database(server.url, "installed")
        settings = replace(settings_in(tmp_path_factory.mktemp("installed")), database_url=url)
        app = started(settings)
        set_up(app)
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
        yield Installed(server, settings, new_recovery_sheet(settings, "Riverside Clinic"))


@pytest.fixture
def ours(installed: Installed, clock: time_machine.Traveller, tmp_path: Path) -> Iterator[Clinic]:
    made = installed.copy(tmp_path)
    yield made
    made.let_go()


@pytest.mark.parametrize("how", CRASHES)
def test_an_entry_during_which_the_server_dies_stays_on_the_phone_and_is_there_once(
    ours: Clinic, how: int
) -> None:
    for saved, when in enumerate(MOMENTS):
        ours.outbox.items.clear()
        entry = ours.outbox.write(**WORDS)
        with dying(ours, when, how):
            answer = ours.outbox.raw(entry)
            page = ours.phone.post("/journal/new", WORDS)
        assert answer.status_code == 503 or when == "after_commit", answer.get_data(as_text=True)
        assert (page.status, page.response.headers["Retry-After"]) == (503, "60")
        assert "Try again later" in page.text
        assert LONG.strip() in page.text  # to copy
        ours.server.start()
        assert ours.count() == saved + (when == "after_commit")
        assert ours.outbox.send(entry) == ["already" if when == "after_commit" else "saved"]
        assert ours.count() == saved + 1


@contextmanager
def dying(ours: Clinic, when: str, how: int) -> Iterator[None]:
    """The server ends at that moment of the next entry."""
    left = MOMENTS[: MOMENTS.index(when) + 1]

    def come(moment: str, *given: object) -> None:
        is_written = moment != "before_cursor_execute" or "INSERT INTO answer " in str(given[2])
        if left and left[0] == moment and is_written:
            left.pop(0)
            if not left:
                ours.server.crash(how)

    with ours.app.app_context():
        heard = [(db.engine, "before_cursor_execute"), (db.engine, "commit")]
    heard.append((db.session, "after_commit"))
    with ExitStack() as stack:
        for target, moment in heard:
            listen = partial(come, moment)
            event.listen(target, moment, listen)
            stack.callback(event.remove, target, moment, listen)
        yield
    assert not left, left


def typed(app: Flask, *words: str) -> int:
    """What a command ends with. It says why in words, or a process that does this ends with 2."""
    return _ended(app.test_cli_runner().invoke(args=list(words)))


def restored(ours: Clinic, there: Settings, folder: Path) -> int:
    data = min(folder.glob("*.data.age"))
    files = [str(data), str(data).replace(".data.", ".keys.")]
    environ = {
        "GROUNDWORK_DATA": str(there.data),
        "GROUNDWORK_DATABASE_URL": there.database_url,
        "GROUNDWORK_PLAIN_HTTP": "1",
    }
    return _ended(CliRunner(env=environ).invoke(restore_command, files, input=ours.sheet))


def _ended(result: Result) -> int:
    if result.exception and not isinstance(result.exception, SystemExit | NotStarting):
        raise AssertionError(result.output) from result.exception
    return result.exit_code


def dies_while(ours: Clinic, work: Callable[[], int], step: int, how: int) -> int:
    """Do it in a process, and have the server die at that step of it. Then it is started again."""
    left = [*range(step), "the one"]

    def come(*_: object, **__: object) -> None:
        if left and left.pop(0) == "the one":
            ours.server.crash(how)

    def dying_work() -> None:
        at_each_step(come)
        os._exit(work())

    ended = end_of(begun(dying_work))
    if ours.server.pid_file.exists():  # it had fewer steps than when they were counted
        ours.server.crash(how)
    ours.server.start()
    return ended


def test_a_backup_a_restore_and_an_update_during_which_the_server_dies_are_typed_again(
    ours: Clinic, tmp_path: Path, many: Callable[[int, int], int]
) -> None:
    chance, folder = random.Random(11), tmp_path / "backups"
    ours.outbox.send(ours.outbox.write(**WORDS))
    there = another(ours, tmp_path, "there")
    back_up = lambda: typed(ours.app, "backup", "--to", str(folder))  # noqa: E731
    bring_back = lambda: restored(ours, there, folder)  # noqa: E731
    update = lambda: typed(ours.app, "upgrade", "--without-backup")  # noqa: E731

    def some(work: Callable[[], int]) -> list[tuple[int, int]]:
        total = steps_of(work)
        steps = sorted(chance.sample(range(total), many(1, min(total, 12))))
        return [(step, chance.choice(CRASHES)) for step in steps]

    ours.let_go()
    for step, how in some(back_up):
        before = whole_pairs(folder, ours.sheet)
        ended = dies_while(ours, back_up, step, how)
        assert ended in (0, 1), step
        assert whole_pairs(folder, ours.sheet) >= before + (not ended)
    assert back_up() == 0
    ours.let_go()

    for step, how in some(bring_back):
        there = another(ours, tmp_path, "there")
        ended = dies_while(ours, bring_back, step, how)
        assert ended in (0, 1), step
        bring_back()  # whatever it says: if it was killed after its end, all of it is there
        check_start(started(there))
        assert ours.rows(there)[1]["entry"] == 1

    former = at_former_revision(ours)
    for step, how in some(update):
        at_former_revision(ours)
        ended = dies_while(ours, update, step, how)
        assert ended in (0, 1), step
        revision, rows = ours.rows(ours.settings)
        assert (revision, rows) == former or (revision == HEAD and rows["entry"] == 1), step
    assert update() == 0
    assert ours.rows(ours.settings)[1]["entry"] == 1


def another(ours: Clinic, folder: Path, name: str, tablespace: str = "pg_default") -> Settings:
    """An empty machine, with an empty database on the same server."""
    shutil.rmtree(folder / name, ignore_errors=True)
    url = create_database(ours.server.url, name, tablespace=tablespace)
    return replace(ours.settings, data=folder / name, database_url=url)


def at_former_revision(ours: Clinic) -> tuple[str | None, dict[str, int]]:
    """As an earlier program left it."""
    with ours.app.app_context():
        downgrade(revision="0015")
    ours.let_go()
    return ours.rows(ours.settings)


@contextmanager
def small_disk(folder: Path, owner: dict[str, int]) -> Iterator[Path]:
    """A disk of 96 MB."""
    folder.mkdir()
    size = f"size=96m,mode=700,uid={owner.get('user', os.geteuid())}"
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", size, "tmpfs", folder], check=False
    ).returncode:
        pytest.skip("this machine lets nobody mount a small disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


@contextmanager
def tablespace_on(server: Server, disk: Path) -> Iterator[None]:
    """Where databases may be; with them it goes."""
    engine = create_engine(server.url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE TABLESPACE small LOCATION '{disk}'")
        yield
        for name in ("clinic", "there"):
            connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.exec_driver_sql("DROP TABLESPACE small")
    engine.dispose()


def fill(disk: Path) -> Path:
    """Nothing more fits onto it."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(65_536))
    return ballast


@pytest.mark.skipif(os.geteuid() != 0, reason="only root mounts a small disk")
def test_on_a_full_disk_the_phone_keeps_it_commands_say_so_and_nothing_is_half(
    installed: Installed, clock: time_machine.Traveller, tmp_path: Path
) -> None:
    server = installed.server
    with small_disk(server.folder / "small", server.as_whom) as disk, tablespace_on(server, disk):
        ours, folder = installed.copy(tmp_path, "small"), tmp_path / "backups"
        assert ours.outbox.send(ours.outbox.write(**WORDS)) == ["saved"]
        assert typed(ours.app, "backup", "--to", str(folder)) == 0
        there = another(ours, tmp_path, "there", "small")
        ballast = fill(disk)

        while (answer := ours.outbox.raw(ours.outbox.write(**WORDS))).status_code == 200:
            assert len(ours.outbox.items) < 1_000
        page = ours.phone.post("/journal/new", WORDS)
        for refused in (answer, page.response):
            assert (refused.status_code, refused.headers["Retry-After"]) == (507, "60")
        for address in ("/today", "/week", "/journal", "/plan", "/help-now"):
            assert ours.phone.get(address).status == 200, address
        assert "until the clinic frees up space" in page.text
        assert LONG.strip() in page.text
        kept = len(ours.outbox.items) - 1
        assert ours.count() == kept
        before = whole_pairs(folder, ours.sheet)
        ended = typed(ours.app, "backup", "--to", str(folder))
        assert whole_pairs(folder, ours.sheet) == before + 1 - (ended and not folder.exists())
        assert restored(ours, there, folder) == 1
        ballast.unlink()
        assert restored(ours, there, folder) == 0
        check_start(started(there))

        for start in range(0, len(ours.outbox.items), 100):
            answers = ours.outbox.send(*ours.outbox.items[start : start + 100])
            assert set(answers) <= {"saved", "already"}
        assert ours.count() == kept + 1

        former = at_former_revision(ours)
        ballast = fill(disk)
        assert typed(ours.app, "upgrade", "--without-backup") == 1
        assert ours.rows(ours.settings) == former
        ballast.unlink()
        assert typed(ours.app, "upgrade", "--without-backup") == 0
        assert ours.count() == kept + 1
        ours.let_go()


def test_where_the_data_folders_disk_is_full_a_backup_says_so_and_leaves_nothing(
    ours: Clinic, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    ours.let_go()
    for size in (1_000, 60_000):

        def work(size: int = size) -> None:
            with_a_disk_of(size)
            os._exit(typed(ours.app, "backup", "--to", str(folder)))

        assert end_of(begun(work)) == 1
        assert whole_pairs(folder, ours.sheet) == 0
    assert typed(ours.app, "backup", "--to", str(folder)) == 0
    assert whole_pairs(folder, ours.sheet) == 1
