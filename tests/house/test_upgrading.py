"""A clinic is brought up to date from every revision there was, and nothing of it is lost."""

import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory
from flask import Flask, current_app
from flask_migrate import Migrate, downgrade
from flask_migrate import upgrade as migrated_to

from tests.conftest import NOW, root, set_up, started, typed
from tests.house.test_migrations import differences
from tests.house.world import SHARED, World, contents
from tests.killed import begun, end_of, in_a_process, killed_at, wait_until_it_waits, with_a_disk_of
from webapp.backups.backup import RECIPIENT
from webapp.core.crypto.key_files import alone_in
from webapp.core.data import migrating
from webapp.core.data.db import db, use_wal
from webapp.core.starting import make_sqlite_file
from webapp.journal.models import Trigger

pytestmark = [pytest.mark.database, pytest.mark.long]

SCRIPTS = ScriptDirectory(str(root() / "migrations"))
REVISIONS = [step.revision for step in SCRIPTS.walk_revisions()][::-1]
EXPLAINED = migrating.explained_by(SCRIPTS.walk_revisions())
ROWS = 2  # in each table
# What a column must be so that the database takes it, where any number wouldn't do.
MINUTES = {"minutes": 60}
ROWS_OF = {"clinic_settings": 1}
# A migration that writes into the settings says so by their version.
COUNTED = {"clinic_settings": {"version"}}
Kept = dict[str, list[dict[str, Any]]]


def at(revision: str) -> None:
    """The tables as they were at a revision, with rows in each of them."""
    make_sqlite_file(current_app.extensions["settings"].database_url)
    use_wal(db.engine)
    migrated_to(revision=revision, x_arg="new")
    with db.engine.begin() as connection:
        filled: Kept = {}
        for table in migrating.tables_of(connection):
            there = connection.execute(sa.select(table)).mappings().all()
            rows = [dict(row) for row in there] or _rows(table, filled)
            filled[table.name] = rows
            if not there:
                connection.execute(table.insert(), rows)


def _rows(table: sa.Table, filled: Kept) -> list[dict[str, Any]]:
    return [a_row(table, number, filled) for number in range(ROWS_OF.get(table.name, ROWS))]


def a_row(table: sa.Table, number: int, filled: Kept) -> dict[str, Any]:
    """A row that fits what the database says of it, with something in every column."""
    row = {}
    for column in table.columns:
        for key in column.foreign_keys:
            parent = key.column
            if parent.table is not table:
                row[column.name] = filled[parent.table.name][number][parent.name]
                break
        else:
            itself = bool(column.foreign_keys)
            row[column.name] = None if itself else a_value(table, column, number)
    return row


def a_value(table: sa.Table, column: sa.Column[Any], number: int) -> object:
    kind, name = column.type, column.name
    length = getattr(kind, "length", None)
    if isinstance(kind, sa.Uuid):
        return uuid4()
    if isinstance(kind, sa.CHAR) and length == 32:
        return uuid4().hex
    if isinstance(kind, sa.Boolean):
        return True
    if isinstance(kind, sa.Integer | sa.Float | sa.Numeric):
        return MINUTES.get(name, 1) + number
    if isinstance(kind, sa.LargeBinary):
        return f"{number} {table.name} {name}".encode().ljust(32)[:32]
    if isinstance(kind, sa.DateTime):
        return NOW + timedelta(hours=number)
    if isinstance(kind, sa.Date):
        return NOW.date() + timedelta(days=number)
    if isinstance(kind, sa.Time):
        return time(8 + number)
    if isinstance(kind, sa.JSON):
        return [number]
    return f"{number}{table.name}{name}"[:length]


def everything() -> Kept:
    """All rows, whichever tables there are."""
    with db.engine.connect() as connection:
        found = {
            table.name: [dict(row) for row in connection.execute(sa.select(table)).mappings()]
            for table in migrating.tables_of(connection)
        }
        connection.rollback()
    return found


def revision() -> str | None:
    with db.engine.connect() as connection:
        return migrating.revision_of(connection)


def assert_nothing_is_lost(before: Kept, after: Kept, but: set[str]) -> None:
    """Each row is there with all that it said."""
    for table, rows in before.items():
        if table in but:
            continue
        columns = set(rows[0]) - COUNTED.get(table, set())
        assert columns <= set(after[table][0]), f"columns of {table} are gone"
        kept = [
            ordered([{name: row[name] for name in columns} for row in found])
            for found in (rows, after[table])
        ]
        assert kept[0] == kept[1], table


def ordered(rows: list[dict[str, Any]]) -> list[str]:
    return sorted(str(sorted((name, plain(value)) for name, value in row.items())) for row in rows)


def plain(value: object) -> str:
    """The same for both ways in which a column's kind may have been found."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value).replace("-", "")


@pytest.mark.faults
def test_from_every_revision_with_rows_in_every_table_nothing_is_lost(
    own_app: Flask, many: Callable[[int, int], int]
) -> None:
    former = REVISIONS[:-1]
    chosen = {*former[:1], *random.Random(5).sample(former, many(1, len(former)))}
    with own_app.app_context():
        for number in sorted(chosen):
            at(number)
            before = everything()
            assert all(before.values())
            migrated_to()
            since = set(REVISIONS[REVISIONS.index(number) + 1 :])
            let_go = {
                table for step in SCRIPTS.walk_revisions() if step.revision in since
                for table in migrating.explained_by([step])
            }  # fmt: skip
            assert_nothing_is_lost(before, everything(), let_go)
            assert differences(own_app) == []
            downgrade(revision="base")


def test_what_was_sealed_opens_after_the_way_down_and_up_again(world: World) -> None:
    with world.app.app_context():
        downgrade(revision="0001")
        migrated_to()
        entry = db.session.get_one(Trigger, world.ids["shared"])
        assert entry.situation == SHARED["situation"]
        db.session.rollback()


@pytest.mark.faults
def test_a_kill_at_any_statement_leaves_it_as_it_was_and_it_can_be_typed_again(
    own_app: Flask, many: Callable[[int, int], int]
) -> None:
    with own_app.app_context():
        at("0001")
        before = everything()
        total = len(statements_of_an_upgrade(own_app))
        for step in sorted(random.Random(7).sample(range(total), many(2, 20))):
            assert in_a_process(lambda step=step: upgraded(own_app, step)) == -signal.SIGKILL
            assert revision() == "0001"
            assert everything() == before
            db.engine.dispose()
        migrated_to()
        assert_nothing_is_lost(before, everything(), set(EXPLAINED))
    assert differences(own_app) == []


def upgraded(app: Flask, killed_before: int) -> None:
    """Bring it up to date, and die before that statement."""
    sa.event.listen(db.engine, "before_cursor_execute", killed_at(killed_before))
    migrated_to()


def statements_of_an_upgrade(app: Flask) -> list[str]:
    """What is executed: told by an upgrade that is stopped right before it counts."""
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        said.append(statement)

    def stop(_connection: object) -> None:
        raise RuntimeError("stopped before the commit")

    sa.event.listen(db.engine, "before_cursor_execute", note)
    sa.event.listen(db.engine, "commit", stop)
    with pytest.raises(SystemExit):
        migrated_to()
    sa.event.remove(db.engine, "before_cursor_execute", note)
    sa.event.remove(db.engine, "commit", stop)
    db.engine.dispose()
    return said


@pytest.mark.faults
def test_a_disk_that_gets_full_leaves_it_as_it_was(own_app: Flask) -> None:
    with own_app.app_context():
        if db.engine.dialect.name != "sqlite":
            return  # the server's own disk
        at("0001")
        before = everything()
        db.engine.dispose()
        size = (own_app.extensions["settings"].data / "groundwork.db").stat().st_size

        def work() -> None:
            with_a_disk_of(size + 4096)
            migrated_to()

        assert in_a_process(work) == 2  # the database's own error, by its name
        assert (revision(), everything()) == ("0001", before)
        migrated_to()
        assert_nothing_is_lost(before, everything(), set(EXPLAINED))


@pytest.mark.faults
def test_wherever_the_power_goes_while_it_is_written_it_is_the_former_or_the_new_one(
    own_app: Flask, tmp_path: Path, many: Callable[[int, int], int]
) -> None:
    with own_app.app_context():
        if db.engine.dialect.name != "sqlite":
            return  # the server's own log
        at("0015")
        before = everything()
        db.engine.dispose()
        file = own_app.extensions["settings"].data / "groundwork.db"
        former = file.read_bytes()
        with closing(sqlite3.connect(file)) as reader:
            reader.execute("BEGIN")
            reader.execute(
                "SELECT 1 FROM sqlite_master"
            ).fetchone()  # keeps all that is new in -wal
            migrated_to()
            written = Path(f"{file}-wal").read_bytes()
            assert file.read_bytes() == former
    cuts = random.Random(3).sample(range(len(written)), many(1, 60))
    for cut in [*cuts, len(written)]:
        many_lost = len(written) - cut
        for number, lost in enumerate({b"", bytes(many_lost), os.urandom(many_lost)}):
            data = tmp_path / f"{cut}-{number}"
            shutil.copytree(file.parent / "keys", data / "keys")
            (data / "groundwork.db").write_bytes(former)
            left = written[:cut] + lost
            (data / "groundwork.db-wal").write_bytes(left)
            url = f"sqlite:///{data / 'groundwork.db'}"
            again = started(replace(own_app.extensions["settings"], data=data, database_url=url))
            with again.app_context():
                whole = left == written  # what was lost may have been zeros
                assert revision() == (REVISIONS[-1] if whole else "0015")
                assert whole or everything() == before
                migrated_to()
                assert_nothing_is_lost(before, everything(), set(EXPLAINED))
                db.session.remove()
                db.engine.dispose()


@pytest.mark.faults
def test_who_comes_while_another_is_at_it_waits_however_long_and_finds_it_done(
    own_app: Flask,
) -> None:
    here, go_on = os.pipe(), os.pipe()

    def slowly() -> None:
        def wait(*_: object) -> None:
            os.write(here[1], b".")
            os.read(go_on[0], 1)

        sa.event.listen(db.engine, "before_cursor_execute", wait, once=True)
        migrated_to()

    with own_app.app_context():
        at("0001")
        before = everything()
        db.engine.dispose()
        first = begun(slowly)
        os.read(here[0], 1)
        second = begun(migrated_to)
        try:
            wait_until_it_waits(second)
        finally:
            os.write(go_on[1], b".")
        assert [end_of(first), end_of(second)] == [0, 0]
        assert_nothing_is_lost(before, everything(), set(EXPLAINED))
    for end in (*here, *go_on):
        os.close(end)
    assert differences(own_app) == []


@pytest.mark.faults
def test_of_several_at_once_one_does_it_and_the_others_find_it_done(own_app: Flask) -> None:
    set_up(own_app)
    with own_app.app_context():
        downgrade(revision="0015")
        db.session.remove()
        db.engine.dispose()
    settings = own_app.extensions["settings"]
    environment = os.environ | {
        "GROUNDWORK_DATA": str(settings.data),
        "GROUNDWORK_DATABASE_URL": settings.database_url,
        "GROUNDWORK_PLAIN_HTTP": "1",
    }
    with alone_in(settings.data):
        running = [
            subprocess.Popen(
                [sys.executable, "-m", "webapp", "upgrade", "--without-backup"],
                cwd=root(), env=environment, text=True,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            )
            for _ in range(2)
        ]  # fmt: skip
        # Each of them has seen that there is something to do.
        for process in running:
            wait_until_it_waits(process.pid)
    said = [process.communicate(timeout=120)[0] for process in running]
    assert [process.returncode for process in running] == [0, 0], said
    assert all("The database needs" in one for one in said), said
    assert sum("0017  " in one for one in said) == 1, said
    assert differences(own_app) == []


def test_an_upgrade_backs_up_first_and_says_what_it_did(own_app: Flask) -> None:
    set_up(own_app)
    assert "up to date. Nothing was changed." in typed(own_app, "upgrade")
    assert not (own_app.extensions["settings"].data / "backups").exists()
    with own_app.app_context():
        downgrade(revision="0011")
        with db.engine.begin() as connection:
            (tries,) = (t for t in migrating.tables_of(connection) if t.name == "tries")
            connection.execute(tries.insert().values(a_row(tries, 0, {})))
    said = typed(own_app, "upgrade")
    assert re.search(r"needs \d+ changes, up to revision " + REVISIONS[-1], said)
    assert "Backed up and read back" in said
    assert "  0013  who was taken out of a group" in said
    assert "Fewer rows of tries: what was counted of wrong tries is forgotten once." in said
    assert re.search(r"Updated and checked: all \d+ rows are there\.", said)
    kept = sorted((own_app.extensions["settings"].data / "backups").iterdir())
    assert [file.name.split(".", 1)[1] for file in kept] == ["data.age", "keys.age"]
    assert differences(own_app) == []


def test_without_a_backup_key_nothing_is_changed_unless_it_is_said(own_app: Flask) -> None:
    set_up(own_app)
    (own_app.extensions["settings"].data / RECIPIENT).unlink()
    with own_app.app_context():
        downgrade(revision="0015")
    result = own_app.test_cli_runner().invoke(args=["upgrade"])
    assert result.exit_code == 1
    assert "There is no backup key yet." in result.output
    assert "groundwork upgrade --without-backup" in result.output
    with own_app.app_context():
        assert revision() == "0015"
    assert "Updated and checked" in typed(own_app, "upgrade", "--without-backup")
    assert differences(own_app) == []


def test_an_older_program_refuses_a_newer_database_and_changes_nothing(own_app: Flask) -> None:
    set_up(own_app)
    with own_app.app_context():
        newer()
        before = contents(())
    for words in ("upgrade", "upgrade --without-backup", "init", "serve"):
        result = own_app.test_cli_runner().invoke(args=words.split())
        assert result.exit_code == 1, words
        assert "Install the newer program again. Nothing was changed." in result.output
        with own_app.app_context():
            assert (revision(), contents(())) == ("9999", before), words


def test_flask_itself_doesnt_take_a_newer_database_back(
    own_app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    set_up(own_app)
    with own_app.app_context():
        newer()
    assert own_app.test_cli_runner().invoke(args=["db", "upgrade"]).exit_code == 1
    assert "Install the newer program again" in caplog.text


def newer() -> None:
    db.session.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    db.session.commit()


def test_whatever_starts_on_an_older_database_names_upgrade_and_changes_nothing(
    own_app: Flask,
) -> None:
    set_up(own_app)
    with own_app.app_context():
        downgrade(revision="0015")
    for words in ("init", "serve", "plan-ahead"):
        result = own_app.test_cli_runner().invoke(args=[words])
        assert result.exit_code == 1, result.output
        assert "run groundwork upgrade. It makes a backup first." in result.output
        with own_app.app_context():
            assert revision() == "0015", words


LOSES = '''"""{doc}"""

from alembic import op

revision, down_revision = "9999", "{head}"
branch_labels = depends_on = None
{says}


def upgrade():
    op.execute("DELETE FROM tries")
'''


def test_a_migration_that_loses_rows_counts_only_when_it_says_why(
    own_app: Flask, tmp_path: Path
) -> None:
    (tmp_path / "versions").mkdir()
    for file in (root() / "migrations").rglob("*"):
        if file.suffix in (".py", ".ini"):
            (tmp_path / file.relative_to(root() / "migrations")).write_bytes(file.read_bytes())

    def next_release(says: str) -> None:
        loses = LOSES.format(doc="tries go", head=REVISIONS[-1], says=says)
        (tmp_path / "versions" / "9999_loses.py").write_text(loses)

    with own_app.app_context():
        at(REVISIONS[-1])
        before = everything()
        Migrate(own_app, db, directory=str(tmp_path), render_as_batch=True)
        next_release("")
        with pytest.raises(SystemExit):
            migrated_to()
        assert (revision(), everything()) == (REVISIONS[-1], before)
        next_release('FEWER_ROWS = {"tries": "nobody needs them"}')
        migrated_to()
        assert (revision(), everything()["tries"]) == ("9999", [])


def test_whom_push_services_may_write_to_comes_along_from_the_environment(own_app: Flask) -> None:
    own_app.extensions["settings"] = replace(
        own_app.extensions["settings"], push_contact="it@clinic.example.org"
    )
    with own_app.app_context():
        at("0061")
        (before,) = everything()["clinic_settings"]
        migrated_to(revision="0062")
        (after,) = everything()["clinic_settings"]
    assert after["push_contact"] == "it@clinic.example.org"
    assert after["version"] == before["version"] + 1
    assert (after["consent_edition"], after["consent_added"]) == (1, "")
