"""Whatever a program can't work with is refused by name before its first page."""

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from tests.conftest import root, set_up, started, typed
from webapp import check_start
from webapp.config import Settings
from webapp.core import clock, starting
from webapp.core.data.db import db
from webapp.core.starting import NotStarting
from webapp.core.throttle import Tries

COMMANDS = (
    "invite", "plan-ahead", "rotate-key", "deliver-reminders --once", "db upgrade", "upgrade",
    "serve",
)  # fmt: skip


def refused(app: Flask, *words: str) -> str:
    """What a command answers that won't do it."""
    result = app.test_cli_runner().invoke(args=list(words))
    assert result.exit_code == 1, result.output
    assert isinstance(result.exception, SystemExit)
    return result.output


def database(settings: Settings) -> Path:
    return settings.data / "groundwork.db"


def tried(app: Flask, many: int) -> None:
    with app.app_context():
        now = clock.now()
        for _ in range(many):
            db.session.add(Tries(key=os.urandom(32), count=1, last_at=now, open_at=now))
        db.session.commit()


def test_a_copy_laid_over_a_crashed_database_is_refused_and_starts_once_its_wal_is_gone(
    clinic: Flask,
    own_settings: Settings,
    tmp_path: Path,
) -> None:
    set_up(clinic)
    tried(clinic, 400)
    with closing(sqlite3.connect(database(own_settings))) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        copy = connection.serialize()
        with clinic.app_context():
            db.session.execute(Tries.__table__.delete())
            db.session.commit()
        tried(clinic, 200)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        tried(clinic, 900)
        crashed = shutil.copytree(own_settings.data, tmp_path / "crashed")
    with clinic.app_context():
        db.engine.dispose()
    there = replace(
        own_settings, data=crashed, database_url=f"sqlite:///{crashed / 'groundwork.db'}"
    )
    (crashed / "groundwork.db-shm").unlink()
    database(there).write_bytes(copy)
    again = started(there)
    with pytest.raises(NotStarting, match=r"groundwork\.db is damaged .*groundwork\.db-wal"):
        check_start(again)
    assert database(there).read_bytes() == copy
    for stray in crashed.glob("groundwork.db-*"):
        stray.unlink()
    check_start(again)
    with again.app_context():
        assert db.session.scalar(select(func.count()).select_from(Tries)) == 400


@pytest.mark.long
def test_a_database_that_isnt_one_or_is_torn_is_refused(
    clinic: Flask,
    own_settings: Settings,
    caplog: pytest.LogCaptureFixture,
) -> None:
    set_up(clinic)
    with clinic.app_context():
        db.engine.dispose()
    file = database(own_settings)
    whole = file.read_bytes()
    torn = whole[:8192] + bytes(8192) + whole[16384:]
    for content in (b"not a database", whole[: len(whole) // 2], torn):
        file.write_bytes(content)
        with pytest.raises(NotStarting, match=r"groundwork\.db is damaged"):
            check_start(started(own_settings))
        assert file.read_bytes() == content
        for word in ("serve", "init", "plan-ahead"):
            caplog.clear()
            assert "is damaged" in refused(started(own_settings), word) + caplog.text
        assert file.read_bytes() == content
    done = command(own_settings, "-m", "flask", "--app", "wsgi", "serve")
    assert "is damaged" in done.stdout, done.stdout
    assert "Traceback" not in done.stdout
    assert file.read_bytes() == content


@pytest.mark.faults
def test_a_large_database_is_looked_through_once_at_a_start_and_not_by_each_process(
    clinic: Flask,
    own_settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    set_up(clinic)
    with clinic.app_context():
        db.engine.dispose()
    file = database(own_settings)
    whole = file.read_bytes()
    with closing(sqlite3.connect(file)) as connection:
        page = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'tries'"
        ).fetchone()[0]
    file.write_bytes(whole[: (page - 1) * 4096] + bytes(4096) + whole[page * 4096 :])
    monkeypatch.setattr(starting, "LOOKED_THROUGH", 4096)
    starting.refuse_unsound(own_settings.database_url, 4096)
    assert "is damaged" in refused_by_upgrade(own_settings)


def refused_by_upgrade(settings: Settings) -> str:
    """What the unit's first line says: it runs once at a start, before anything serves."""
    done = command(settings, "-m", "flask", "--app", "wsgi", "db", "upgrade")
    assert done.returncode != 0
    return done.stdout


def test_a_database_that_cant_be_opened_isnt_called_damaged(
    clinic: Flask, own_settings: Settings
) -> None:
    set_up(clinic)
    with clinic.app_context():
        db.engine.dispose()
    file = database(own_settings)
    file.rename(f"{file}.away")
    file.mkdir()
    with pytest.raises(NotStarting, match=r"groundwork\.db can’t be opened .*disk has space"):
        starting.refuse_unsound(own_settings.database_url)


@pytest.mark.faults
def test_a_server_that_is_away_is_one_sentence(own_settings: Settings) -> None:
    away = "postgresql+psycopg://nobody@/clinic?host=/nowhere"
    words = ("-m", "flask", "--app", "wsgi", "init")
    done = command(own_settings, *words, GROUNDWORK_DATABASE_URL=away)
    assert done.returncode != 0
    assert re.search("The database can’t be reached|Database error", done.stdout)
    assert "Traceback" not in done.stdout


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        (
            "UPDATE alembic_version SET version_num = '0011'",
            "at revision 0011, .*run groundwork upgrade",
        ),
        (
            "UPDATE alembic_version SET version_num = '9999'",
            "at revision 9999, .*Install the newer",
        ),
        ("DROP TABLE alembic_version", "is missing the table alembic_version"),
        ("DROP TABLE tries", "is missing the table tries"),
    ],
)
@pytest.mark.database
def test_another_schema_is_refused_by_name(own_app: Flask, statement: str, named: str) -> None:
    set_up(own_app)
    check_start(own_app)
    with own_app.app_context():
        db.session.execute(text(statement))
        db.session.commit()
    with pytest.raises(NotStarting, match=named):
        check_start(own_app)


@pytest.mark.parametrize("words", COMMANDS)
def test_only_init_makes_a_database(
    clinic: Flask,
    own_settings: Settings,
    words: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    said = refused(clinic, *words.split())
    assert "There is no database" in said + caplog.text
    assert not database(own_settings).exists()


def test_a_database_is_readable_by_its_owner_alone_also_in_a_folder_that_was_there(
    own_settings: Settings,
) -> None:
    own_settings.data.mkdir()
    own_settings.data.chmod(0o755)
    before = os.umask(0o022)
    try:
        app = started(own_settings)
        typed(app, "init")
        with app.app_context():
            db.session.execute(text("SELECT 1"))
            modes = {file.stat().st_mode & 0o777 for file in own_settings.data.glob("*.db*")}
    finally:
        os.umask(before)
    assert modes == {0o600}
    database(own_settings).chmod(0o644)
    check_start(app)
    assert database(own_settings).stat().st_mode & 0o007 == 0


@pytest.mark.faults
def test_a_server_that_cant_start_says_one_sentence_and_doesnt_try_for_ever(
    own_settings: Settings,
) -> None:
    serve = ("-m", "gunicorn", "wsgi:app", "--bind", "127.0.0.1:0", "--workers", "1")
    done = command(own_settings, *serve)
    assert done.returncode == 3, done.stdout
    assert "Groundwork can’t start. There is no database" in done.stdout
    assert "Traceback" not in done.stdout


@pytest.mark.faults
def test_a_server_loads_nothing_that_only_commands_or_calendars_need() -> None:
    code = "import sys, webapp.app; commands = 'alembic' in sys.modules; "
    code += "import webapp.cli, webapp.calendar.ics; calendars = 'icalendar' in sys.modules; "
    code += "sys.exit(commands or calendars)"
    assert subprocess.run([sys.executable, "-c", code], cwd=root(), check=False).returncode == 0


@pytest.mark.faults
def test_a_setting_that_cant_be_read_is_one_sentence(own_settings: Settings) -> None:
    done = command(own_settings, "-m", "flask", "--app", "wsgi", "init", GROUNDWORK_ZONE="Mars/Sea")
    assert done.returncode == 1, done.stdout
    assert "Error: GROUNDWORK_ZONE must be a time zone" in done.stdout
    assert "Traceback" not in done.stdout
    assert not (own_settings.data / "groundwork.db").exists()
    hours = {"GROUNDWORK_SIGN_IN_DAYS": "soon"}
    done = command(own_settings, "-m", "flask", "--app", "wsgi", "init", **hours)
    assert done.returncode == 3, done.stdout
    assert "Groundwork can’t start. GROUNDWORK_SIGN_IN_DAYS" in done.stdout
    assert "Traceback" not in done.stdout


def command(settings: Settings, *words: str, **environ: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, *words],
        cwd=root(),
        env=os.environ
        | {"GROUNDWORK_DATA": str(settings.data), "GROUNDWORK_PLAIN_HTTP": "1"}
        | environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
    )
