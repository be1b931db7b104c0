"""What people wrote survives every migration, and the models are what the migrations make."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import Migrate, downgrade, upgrade
from sqlalchemy import String, func, inspect, select, text

from tests.conftest import Someone, make_tables, root
from tests.house.world import SHARED, World, contents
from tests.sync.conftest import OUTBOX
from webapp import create_app
from webapp.accounts.actions import NAME, end_sign_in
from webapp.accounts.models import Restoration, SignIn
from webapp.app import note_keys
from webapp.audit.actions import count_failure
from webapp.backups.backup import RECIPIENT
from webapp.backups.sealed import identity_of
from webapp.cli import migrate
from webapp.config import Settings
from webapp.core import clock
from webapp.core.crypto.keys import RecordsKey
from webapp.core.data.db import Base, db
from webapp.core.starting import revision_here
from webapp.core.throttle import count_try
from webapp.counting.models import Thinned
from webapp.journal.models import Trigger
from webapp.program.models import GroupRole, Membership
from webapp.reminders.models import Accepted
from webapp.settings.first import make_row

pytestmark = [pytest.mark.database, pytest.mark.long]

# A next release that builds the three tables anew on which nearly every other one hangs.
NEXT = '''"""rebuild what everything hangs on"""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "9999", "{head}"
branch_labels = depends_on = None
TABLES = ("person", "group", "entry")


def anew():  # PostgreSQL changes a table in its place
    return "always" if op.get_bind().dialect.name == "sqlite" else "auto"


def upgrade():
    for table in TABLES:
        with op.batch_alter_table(table, recreate=anew()) as batch:
            batch.add_column(sa.Column("note", sa.String(20), nullable=True))


def downgrade():
    for table in TABLES:
        with op.batch_alter_table(table, recreate=anew()) as batch:
            batch.drop_column("note")
'''


def differences(app: Flask) -> list[object]:
    with app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        return list(compare_metadata(context, Base.metadata))


def test_an_empty_database_brought_up_and_back_and_up_is_what_the_models_say(
    own_app: Flask,
) -> None:
    with own_app.app_context():
        migrate()
        assert differences(own_app) == []
        downgrade(revision="base")
        assert set(inspect(db.engine).get_table_names()) == {"alembic_version"}
        migrate()
    assert differences(own_app) == []


def test_a_difference_would_be_seen(own_app: Flask) -> None:
    make_tables(own_app)
    with own_app.app_context(), db.engine.begin() as connection:
        connection.execute(text("ALTER TABLE entry ADD COLUMN forgotten VARCHAR(20)"))
    assert "forgotten" in str(differences(own_app))


def test_the_newest_schema_is_told_by_its_files_name() -> None:
    folder = root() / "migrations"
    (head,) = ScriptDirectory(str(folder)).get_heads()
    assert revision_here(folder) == head


@pytest.fixture
def next_release(app: Flask, tmp_path: Path) -> Iterator[Path]:
    """Our migrations with one more, as `flask db upgrade` would run them."""
    folder = tmp_path / "migrations"
    shutil.copytree(root() / "migrations", folder)
    (head,) = ScriptDirectory(str(folder)).get_heads()
    (folder / "versions" / "9999_rebuild.py").write_text(NEXT.format(head=head))
    Migrate(app, db, directory=str(folder), render_as_batch=True)
    yield folder
    Migrate(app, db, directory=str(root() / "migrations"), render_as_batch=True)


def test_rows_in_every_table_live_through_a_rebuild(world: World, next_release: Path) -> None:
    world.phone("cleo").get(f"/clinic/sessions/{world.evening.tonight}")
    world.invitation()
    world.reset_code()
    world.app_code()
    plan = f"/clinic/groups/{world.evening.id}/people/{world.people['ana'].id}"
    for who, address, endpoint in (
        ("ana", f"/week/sessions/{world.evening.tonight}", "week.group_session"),
        ("cleo", f"/clinic/sessions/{world.evening.friday}/attendance", "attendance.roll"),
        ("cleo", f"{plan}/days", "attendance.own_days"),
        ("cleo", f"{plan}/authorization", "attendance.covered_sessions"),
        ("max", "/clinic/what-to-expect", "program.change_expect"),
        ("max", "/clinic/check-ins", "check_ins.due_days"),
    ):
        world.phone(who).post(address, world.fields(endpoint, who))
    desk = world.phone("kit")
    desk.post("/you/second-step", world.authenticator(desk))
    sent = {"operations": [world.operation()]}
    world.phone("ana").client.post("/sync", json=sent, headers=OUTBOX)
    phone = world.phone("max")
    phone.post("/clinic/groups/new", world.fields("clinic.new_group", "max"))
    with world.app.app_context():
        count_try((NAME, "ana"))
        db.session.add(RecordsKey(person_id=world.ids["gone"], outer_id="", wrapped=b""))
        db.session.add(Restoration(restored_at=clock.now(), taken_at=clock.now()))
        count_failure(db.session())
        db.session.add(Accepted(quarter="2026-Q4", messages=1))
        db.session.add(Thinned(quarter="2026-Q3", point="day_90"))
        db.session.commit()
        note_keys(world.app)
        make_row(db.session.connection(), world.app.extensions["settings"])
        db.session.commit()
        tables = {table.name: db.session.scalar(select(func.count()).select_from(table))
                  for table in Base.metadata.sorted_tables}  # fmt: skip
        empty = [name for name, rows in tables.items() if not rows]
        assert not empty, f"give this test rows in {empty}, or a migration may lose them unseen"
        before = contents(())

        upgrade(directory=str(next_release))

        assert "note" in {column["name"] for column in inspect(db.engine).get_columns("person")}
        assert contents(()) == before
        downgrade(directory=str(next_release))
        assert contents(()) == before
        if db.engine.dialect.name == "sqlite":
            assert db.session.execute(text("PRAGMA foreign_key_check")).all() == []
            assert db.session.scalar(text("PRAGMA foreign_keys")) == 1
            assert db.session.scalar(text("PRAGMA integrity_check")) == "ok"
        entry = db.session.get_one(Trigger, world.ids["shared"])
        assert entry.situation == SHARED["situation"]
        db.session.rollback()
    assert differences(world.app) == []


def test_a_migration_that_leaves_children_without_parents_counts_for_nothing(
    app: Flask, ana: Someone, next_release: Path
) -> None:
    with app.app_context():
        if db.engine.dialect.name != "sqlite":
            return  # PostgreSQL looks at each statement itself
        (file,) = next_release.glob("versions/9999*")
        loses = "    op.execute('DELETE FROM person')\n\n\ndef downgrade():"
        file.write_text(file.read_text().replace("def downgrade():", loses))
        before = contents(())
        with pytest.raises(SystemExit):
            upgrade(directory=str(next_release))
        assert contents(()) == before
        assert "note" not in {column["name"] for column in inspect(db.engine).get_columns("person")}
        assert db.session.scalar(text("PRAGMA foreign_keys")) == 1
        db.session.rollback()


OLD_NAMES = {
    "jose\u0301": "josé",
    "ａｎａ": "ａｎａ",  # there is an ana: it keeps its spelling, and is still found by it
    "ana": "ana",
    "ｂｅｎ": "ben",
    "ﷺ" * 5: "ﷺ" * 5,  # it would be too long
}
OLD_TOWNS = (
    ("San José", "|san josé|san josé ca|95112|"),
    ("O’Fallon", "|o fallon|o fallon mo|st louis|"),
    ("", "|st louis|"),
)


def test_usernames_and_towns_from_before_become_one_spelling(own_app: Flask) -> None:
    make_tables(own_app)
    with own_app.app_context():
        downgrade(revision="0011")
        for name in OLD_NAMES:
            _insert("person", username=name, role="patient", password_hash="")
        feed = _insert("meeting_feed", source="a file", fellowship="aa", zone="UTC")
        columns = Base.metadata.tables["meeting"].c
        texts = {
            column.name: ""
            for column in columns
            if isinstance(column.type, String) and not column.nullable and not column.server_default
        }
        known = {"generation": 1, "fingerprint": b"", "minutes": 60, "feed_id": feed}
        for city, places in OLD_TOWNS:
            _insert("meeting", **texts | known | {"city": city, "places": places})
        upgrade(revision="0015")
        person = Base.metadata.tables["person"]
        assert set(db.session.scalars(select(person.c.username))) == set(OLD_NAMES.values())
        meeting = Base.metadata.tables["meeting"].c
        assert dict(db.session.execute(select(meeting.city, meeting.places)).all()) == {
            "San José": "|san jose|san jose ca|95112|",
            "O’Fallon": "|ofallon|ofallon mo|saint louis|",
            "": "|saint louis|",
        }
        db.session.rollback()
        downgrade(revision="0011")
        migrate()
    assert differences(own_app) == []


def _insert(table: str, **values: object) -> UUID:
    """A row as an older release left it."""
    id = uuid4()
    with db.engine.begin() as connection:
        connection.execute(Base.metadata.tables[table].insert().values(id=id, **values))
    return id


def test_sign_ins_from_before_drafts_had_a_key_get_a_salt_each_and_ended_ones_none(
    world: World,
) -> None:
    with world.app.app_context():
        world.phone("ana"), world.phone("ben"), world.phone("cleo")
        ended, *_ = db.session.scalars(select(SignIn.id)).all()
        end_sign_in(ended)
        db.session.commit()
        downgrade(revision="0017")
        downgrade()
        columns = {column["name"] for column in inspect(db.engine).get_columns("sign_in")}
        assert "draft_salt" not in columns
        migrate()
        salts = dict(db.session.execute(select(SignIn.id, SignIn.draft_salt)).all())
        db.session.rollback()
    assert salts.pop(ended) is None
    assert len(salts) > 1
    assert {len(salt or b"") for salt in salts.values()} == {16}
    assert len(set(salts.values())) == len(salts)
    assert differences(world.app) == []


def test_a_supervisor_runs_no_group_in_an_older_release(world: World) -> None:
    with world.app.app_context():
        theirs = select(Membership).where(Membership.part == GroupRole.FACILITATOR)
        runs, supervises = db.session.scalars(theirs.limit(2)).all()
        supervises.supervises = True
        ids = runs.id, supervises.id
        db.session.commit()
        downgrade(revision="0062")
        column = Base.metadata.tables["membership"].c
        rows = select(column.id, column.until_at).where(column.id.in_(ids))
        ends = dict(db.session.execute(rows).all())
        db.session.rollback()
        migrate()
    assert [ends[id] is None for id in ids] == [True, False]
    assert differences(world.app) == []


@pytest.mark.faults
def test_processes_that_start_at_once_all_find_it_done(
    own_settings: Settings, many: Callable[[int, int], int]
) -> None:
    environment = os.environ | {
        "GROUNDWORK_DATA": str(own_settings.data),
        "GROUNDWORK_DATABASE_URL": own_settings.database_url,
        "GROUNDWORK_PLAIN_HTTP": "1",
    }
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "wsgi", "init"],
            cwd=root(),
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for _ in range(many(2, 4))
    ]
    said = [process.communicate(timeout=300)[0] for process in running]
    assert {process.returncode for process in running} == {0}, said
    # One sheet, and it opens what is sealed from now on.
    (sheet,) = [text for text in said if "AGE-SECRET-KEY-" in text]
    recipient = (own_settings.data / RECIPIENT).read_text().strip()
    assert recipient == str(identity_of(sheet).to_public())
    app = create_app(own_settings)
    assert differences(app) == []
    with app.app_context():
        assert db.session.scalar(text("PRAGMA journal_mode")) == "wal"
        db.session.remove()
        db.engine.dispose()
