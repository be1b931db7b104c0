"""Each check says its sentence when its thing is broken for real, and nothing when all is well."""

import os
import re
import sqlite3
import sys
import zoneinfo
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import time_machine
from flask import Flask
from sqlalchemy import delete, select, update

from tests.conftest import Someone
from tests.doctor.conftest import Clinic
from webapp.accounts.models import Person, Restoration
from webapp.app import note_keys
from webapp.backups.record import DEFAULT_FOLDER, DRILL, note_backup
from webapp.config import Settings
from webapp.core import clock
from webapp.core.crypto.keys import make_secrets
from webapp.core.data.db import db
from webapp.doctor.case import Case, Unavailable
from webapp.doctor.checks.database import has_wal_fault
from webapp.doctor.examining import CHECKS, State, examine
from webapp.program.models import Group, GroupSession
from webapp.reminders.models import Delivery, Notification, Sender
from webapp.reminders.schedule import Kind, Result
from webapp.settings.first import make_row
from webapp.settings.models import ClinicSettings


@dataclass
class Tools:
    """What a break needs besides the clinic, and undoes afterwards."""

    monkeypatch: pytest.MonkeyPatch
    folder: Path
    stack: ExitStack = field(default_factory=ExitStack)


Break = Callable[[Clinic, Tools], object]
BREAKS: list[tuple[str, str, Break]] = []


def breaks(check: str, sentence: str) -> Callable[[Break], Break]:
    """Register a way to break what `check` looks at; it must then say `sentence`, whole, or that
    and its mend. No sentence may lack one: tests/doctor/test_sentences.py."""

    def register(how: Break) -> Break:
        BREAKS.append((check, sentence, how))
        return how

    return register


@breaks("settings", r"There is no setting GROUNDWORK_ZOME \(did you mean GROUNDWORK_ZONE\?\)\.")
def _(clinic: Clinic, _tools: Tools) -> None:
    clinic.environ |= _settings_of(clinic) | {"GROUNDWORK_ZOME": "America/Chicago"}


@breaks("settings", r"GROUNDWORK_ZONE must be a time zone, such as America/Chicago\.")
def _(clinic: Clinic, tools: Tools) -> None:
    """Before its first start; afterwards the database has a zone."""
    clinic.environ |= {
        "GROUNDWORK_DATA": str(tools.folder / "new"),
        "GROUNDWORK_ADDRESS": clinic.settings.address,
        "GROUNDWORK_ZONE": "Mars/Sea",
    }


@breaks("trial_settings", "GROUNDWORK_DEMO is on, and other people can reach this clinic.")
def _(clinic: Clinic, _tools: Tools) -> None:
    clinic.set(demo=True)


@breaks(
    "trial_settings",
    "GROUNDWORK_PLAIN_HTTP, FLASK_DEBUG are on, and other people can reach this clinic.",
)
def _(clinic: Clinic, _tools: Tools) -> None:
    clinic.environ |= {
        "GROUNDWORK_DATA": str(clinic.settings.data),
        "GROUNDWORK_PLAIN_HTTP": "1",
        "GROUNDWORK_ADDRESS": "http://192.168.1.5:8000",
        "FLASK_DEBUG": "1",
    }


@breaks("settings_file", r"Anyone on this machine can open \S+groundwork\.env\.")
def _(clinic: Clinic, _tools: Tools) -> None:
    clinic.env_file.chmod(0o644)


def _has_settings(clinic: Clinic) -> None:
    with clinic.app.app_context():
        make_row(db.session.connection(), clinic.settings)
        db.session.commit()


@breaks("ignored", r"GROUNDWORK_CLINIC_NAME, GROUNDWORK_ZONE in \S+\.env don’t count\.")
def _(clinic: Clinic, _tools: Tools) -> None:
    _has_settings(clinic)
    clinic.environ |= _settings_of(clinic) | {
        "GROUNDWORK_CLINIC_NAME": "The name before",
        "GROUNDWORK_ZONE": "Mars/Sea",
    }


@breaks("ignored", r"GROUNDWORK_ZONE in \S+\.env doesn’t count\.")
def _(clinic: Clinic, _tools: Tools) -> None:
    _has_settings(clinic)
    clinic.environ |= _settings_of(clinic) | {"GROUNDWORK_ZONE": "Mars/Sea"}


@breaks("zones", "This machine doesn’t know the time zone America/Chigaco.")
def _(clinic: Clinic, _tools: Tools) -> None:
    _has_settings(clinic)
    clinic.do(update(ClinicSettings).values(zone="America/Chigaco"))


@breaks("folder", r"There is no data folder at \S+/var\.")
def _(clinic: Clinic, tools: Tools) -> None:
    clinic.settings.data.rename(tools.folder / "elsewhere")


@breaks("folder", r"This account can’t write to \S+/var\.")
def _(_clinic: Clinic, tools: Tools) -> None:
    tools.monkeypatch.setattr(os, "access", lambda *_: False)  # root may write anywhere


@breaks("permissions", r"Other accounts on this machine may open \S+/keys/outer\.keys\.")
def _(clinic: Clinic, _tools: Tools) -> None:
    (clinic.case.keys / "outer.keys").chmod(0o640)


@breaks("permissions", r"Other accounts on this machine may open \S+/var and 1 more\.")
def _(clinic: Clinic, _tools: Tools) -> None:
    clinic.settings.data.chmod(0o755)
    clinic.file.chmod(0o644)


@breaks("owner", r"\S+/keys/push\.pem belongs to another account than the data folder\.")
def _(clinic: Clinic, _tools: Tools) -> None:
    os.chown(clinic.case.keys / "push.pem", 12_345, 12_345)


@breaks("keys", r"\S+/keys/secret\.key is missing\.")
def _(clinic: Clinic, _tools: Tools) -> None:
    (clinic.case.keys / "secret.key").unlink()


@breaks("keys", r"\S+/outer\.keys is empty, cut off, or changed: a key in it isn’t 32 bytes\.")
def _(clinic: Clinic, _tools: Tools) -> None:
    os.truncate(clinic.case.keys / "outer.keys", 20)


@breaks("keys", r"\S+/outer\.keys is empty\.")
def _(clinic: Clinic, _tools: Tools) -> None:
    os.truncate(clinic.case.keys / "outer.keys", 0)


@breaks("keys", r"\S+/push\.pem is empty, cut off, or changed: there is no P-256 key in it\.")
def _(clinic: Clinic, _tools: Tools) -> None:
    os.truncate(clinic.case.keys / "push.pem", 30)


@breaks("keys", r"\S+/outbox\.keys is empty, cut off, or changed: not every line in it is a key\.")
def _(clinic: Clinic, _tools: Tools) -> None:
    os.truncate(clinic.case.keys / "outbox.keys", 40)


@breaks("database", r"There is no database at \S+/groundwork\.db\.")
def _(clinic: Clinic, _tools: Tools) -> None:
    clinic.let_go()
    clinic.file.unlink()


@breaks("database", r"The database \S+ is damaged \(file is not a database\)\.")
def _(clinic: Clinic, _tools: Tools) -> None:
    clinic.let_go()
    clinic.file.write_bytes(b"no database" * 1_000)


@breaks("database", r"The database \S+ can’t be opened \(disk I/O error\)\.")
def _(clinic: Clinic, _tools: Tools) -> None:
    clinic.let_go()
    clinic.file.unlink()
    clinic.file.mkdir()  # as a container makes one that was mounted by the wrong name


@breaks("database", r"The database doesn’t answer \(OperationalError\)\.")
def _(clinic: Clinic, _tools: Tools) -> None:
    url = "postgresql+psycopg://clinic:secret@127.0.0.1:1/clinic"  # where nobody listens
    clinic.settings = replace(clinic.settings, database_url=url)


@breaks("schema", r"The database is at revision 0023, and this program is at \d{4}\.")
def _(clinic: Clinic, _tools: Tools) -> None:
    _typed(clinic.file, "UPDATE alembic_version SET version_num = '0023'")


@breaks(
    "schema",
    r"The database is at revision 9999, and this program is at \d{4}\. The program is older than "
    r"its database\. .*",
)
def _(clinic: Clinic, _tools: Tools) -> None:
    _typed(clinic.file, "UPDATE alembic_version SET version_num = '9999'")


@breaks("schema", r"The database has no tables yet\.")
def _(clinic: Clinic, _tools: Tools) -> None:
    clinic.let_go()
    clinic.file.write_bytes(b"")


@breaks("schema", r"The database is missing the table notification\.")
def _(clinic: Clinic, _tools: Tools) -> None:
    _typed(clinic.file, "PRAGMA foreign_keys = OFF", "DROP TABLE notification")


@breaks("own_keys", r"\S+/secret\.key isn’t the one this database was created with\.")
def _(clinic: Clinic, tools: Tools) -> None:
    make_secrets(tools.folder / "others")
    (tools.folder / "others" / "secret.key").replace(clinic.case.keys / "secret.key")


@breaks("own_keys", r"\S+/push\.pem isn’t the one this database was created with\.")
def _(clinic: Clinic, tools: Tools) -> None:
    make_secrets(tools.folder / "others")
    (tools.folder / "others" / "push.pem").replace(clinic.case.keys / "push.pem")


@breaks("own_keys", r"\S+/outer\.keys doesn’t open a key in the database\.")
def _(clinic: Clinic, _tools: Tools) -> None:
    _typed(clinic.file, "UPDATE data_key SET wrapped = randomblob(60)")


@breaks("own_keys", r"\S+/outer\.keys is missing a key that entries are encrypted with\.")
def _(clinic: Clinic, tools: Tools) -> None:
    make_secrets(tools.folder / "others")
    (tools.folder / "others" / "outer.keys").replace(clinic.case.keys / "outer.keys")


@breaks(
    "restored",
    "The clinic was restored from a backup, and what was closed after it may be open again.",
)
def _(clinic: Clinic, _tools: Tools) -> None:
    clinic.store(Restoration(restored_at=clock.now(), taken_at=clock.now()))


@breaks(
    "sqlite",
    r"SQLite 3\.46\.1 has a rare fault that can damage a database when two processes save at the "
    r"same instant\.",
)
def _(_clinic: Clinic, tools: Tools) -> None:
    _sqlite(tools, "3.46.1")


@breaks(
    "space",
    r"Only 3 MB are free on the disk with \S+/var, and backups and new entries need 20\d MB\.",
)
def _(_clinic: Clinic, tools: Tools) -> None:
    real = os.statvfs("/")
    small = os.statvfs_result((4096, 4096, 10_000, 1_000, 800, *real[5:]))
    tools.monkeypatch.setattr(os, "statvfs", lambda _path: small)


@breaks("wal", r"\S+/groundwork\.db-wal has grown to 70 MB\.")
def _(clinic: Clinic, _tools: Tools) -> None:
    clinic.let_go()
    with Path(f"{clinic.file}-wal").open("wb") as file:
        file.truncate(70 * 1024 * 1024)  # in name only: it takes no room


@breaks("clock", "This machine’s clock is 180 minutes behind what was last saved.")
def _(_clinic: Clinic, tools: Tools) -> None:
    back = clock.now() - timedelta(hours=3)
    tools.stack.enter_context(time_machine.travel(back, tick=False))


@breaks("clock", "This machine’s clock and the database server’s are 7 minutes apart.")
def _(_clinic: Clinic, tools: Tools) -> None:
    tools.monkeypatch.setattr(
        sys.modules["webapp.doctor.checks.machine"],
        "database_ahead",
        lambda *_: timedelta(minutes=-7),
    )


@breaks("synchronized", "Nothing sets this machine’s clock from the network.")
def _(_clinic: Clinic, tools: Tools) -> None:
    _timedatectl(tools, "no")


@breaks("zones", r"The time zones are from 2019 \(2019c\)\.")
def _(_clinic: Clinic, tools: Tools) -> None:
    (tools.folder / "tzdata.zi").write_text("# version 2019c\nR A\n")
    zoneinfo.reset_tzpath([str(tools.folder)])
    tools.stack.callback(zoneinfo.reset_tzpath)


@breaks("zones", "This machine doesn’t know the time zone Europe/Kyiw.")
def _(clinic: Clinic, _tools: Tools) -> None:
    clinic.store(Group(name="Morning IOP", zone="Europe/Kyiw"))


@breaks("push_contact", "GROUNDWORK_PUSH_CONTACT isn’t set, so reminders don’t start.")
def _(clinic: Clinic, _tools: Tools) -> None:
    clinic.set(push_contact="")


@breaks(
    "push_key",
    "A push service didn’t accept the clinic’s key or contact in the last 24 hours.",
)
def _(clinic: Clinic, _tools: Tools) -> None:
    now, message = clock.now(), uuid4()
    with clinic.app.app_context():
        person = db.session.scalars(select(Person.id)).one()
    clinic.store(
        Notification(
            id=message,
            person_id=person,
            kind=Kind.TEST,
            occurs_at=now,
            due_at=now,
            expires_at=now,
            next_at=now,
            finished_at=now,
        )
    )
    clinic.store(Delivery(notification_id=message, round=0, at=now, result=Result.OUR_FAULT))


@breaks("senders", "The reminder service last ran 40 minutes ago.")
def _(clinic: Clinic, _tools: Tools) -> None:
    clinic.do(update(Sender).values(last_tick_at=clock.now() - timedelta(minutes=40)))


@breaks("senders", "The reminder service has never run.")
def _(clinic: Clinic, _tools: Tools) -> None:
    clinic.do(delete(Sender))


@breaks("planning", "The sessions of the coming weeks haven’t been planned for more than a week.")
def _(clinic: Clinic, _tools: Tools) -> None:
    until = clock.now() + timedelta(weeks=5)
    clinic.do(delete(GroupSession).where(GroupSession.starts_at > until))


@breaks("backups", r"There is no backup in \S+/var/backups\.")
def _(clinic: Clinic, _tools: Tools) -> None:
    for file in (clinic.settings.data / DEFAULT_FOLDER).glob("*.keys.age"):
        file.unlink()


@breaks("backups", "The newest backup was made 3 days ago.")
def _(clinic: Clinic, tools: Tools) -> None:
    later = clock.now() + timedelta(days=3, hours=1)
    tools.stack.enter_context(time_machine.travel(later, tick=False))


@breaks("backups", "The newest backup was made 4 days ago.")
def _(clinic: Clinic, tools: Tools) -> None:
    """None is here: `groundwork backup --to` put it elsewhere."""
    for file in (clinic.settings.data / DEFAULT_FOLDER).iterdir():
        file.unlink()
    note_backup(clinic.settings.data)
    assert clinic.examined()["backups"].state == State.WELL
    later = clock.now() + timedelta(days=4, hours=1)
    tools.stack.enter_context(time_machine.travel(later, tick=False))


@breaks("drill", "No backup has been tried yet.")
def _(clinic: Clinic, _tools: Tools) -> None:
    (clinic.settings.data / DRILL).unlink()


@breaks("drill", "A backup was last tried 120 days ago.")
def _(clinic: Clinic, _tools: Tools) -> None:
    at = clock.now() - timedelta(days=120)
    (clinic.settings.data / DRILL).write_text(at.isoformat())


@breaks(
    "address",
    r"https://127\.0\.0\.1:\d+ can’t be reached from this machine \(ConnectionRefusedError\)\.",
)
def _(clinic: Clinic, _tools: Tools) -> None:
    clinic.proxy.server.shutdown()
    clinic.proxy.server.server_close()


@breaks(
    "address",
    r"Something other than Groundwork answers at https://127\.0\.0\.1:\d+ \(302\)\.",
)
def _(clinic: Clinic, tools: Tools) -> None:
    def elsewhere(_environ: object, start: Callable[..., object]) -> list[bytes]:
        start("302 Found", [("Location", "http://169.254.169.254/"), ("Content-Length", "0")])
        return [b""]

    tools.monkeypatch.setattr(clinic.app, "wsgi_app", elsewhere)


@breaks("certificate", r"The certificate of https://127\.0\.0\.1:\d+ ends in 5 days\.")
def _(clinic: Clinic, _tools: Tools) -> None:
    clinic.proxy.renew(timedelta(days=5, hours=2))


@breaks("certificate", r"The certificate of https://127\.0\.0\.1:\d+ ends in 1 day\.")
def _(clinic: Clinic, _tools: Tools) -> None:
    clinic.proxy.renew(timedelta(days=1, hours=2))


@breaks(
    "certificate",
    r"The certificate of https://127\.0\.0\.1:\d+ isn’t accepted: certificate has expired\.",
)
def _(clinic: Clinic, _tools: Tools) -> None:
    clinic.proxy.renew(timedelta(days=-1))


@breaks(
    "proxy",
    "Anyone can claim to come from another address, so wrong passwords aren’t slowed.",
)
def _(clinic: Clinic, _tools: Tools) -> None:
    clinic.proxy.forwards = lambda _environ: None  # passes on what the client says


TAKEN_FOR_THE_PROXY = (
    "Groundwork takes every visitor for the proxy, so one person’s wrong passwords slow everyone."
)


@breaks("proxy", TAKEN_FOR_THE_PROXY)
def _(clinic: Clinic, _tools: Tools) -> None:
    clinic.set(trusted_proxies=0)


@breaks("proxy", TAKEN_FOR_THE_PROXY)
def _(clinic: Clinic, _tools: Tools) -> None:
    clinic.set(trusted_proxies=2)


@breaks("proxy", "The proxy couldn’t be checked: the key files can’t be used.")
def _(clinic: Clinic, _tools: Tools) -> None:
    (clinic.case.keys / "secret.key").unlink()


@breaks("proxy", "The proxy couldn’t be checked: the address can’t be reached.")
def _(clinic: Clinic, _tools: Tools) -> None:
    clinic.proxy.server.shutdown()
    clinic.proxy.server.server_close()


@breaks("proxy", "The proxy couldn’t be checked: this Groundwork doesn’t answer at its address.")
def _(clinic: Clinic, tools: Tools) -> None:
    """The name leads to another clinic’s server."""
    make_secrets(tools.folder / "others")
    (tools.folder / "others" / "secret.key").replace(clinic.case.keys / "secret.key")


@breaks("address", "The address couldn’t be checked: its certificate isn’t accepted.")
def _(clinic: Clinic, _tools: Tools) -> None:
    clinic.proxy.renew(timedelta(days=-1))


@breaks("permissions", "Permissions couldn’t be checked: the settings can’t be used.")
def _(clinic: Clinic, _tools: Tools) -> None:
    clinic.environ |= _settings_of(clinic) | {"GROUNDWORK_DEMO": "on"}


@breaks("permissions", "Permissions couldn’t be checked: there is no data folder.")
def _(clinic: Clinic, tools: Tools) -> None:
    clinic.settings.data.rename(tools.folder / "elsewhere")


@breaks("senders", "Reminders couldn’t be checked: there is no database.")
def _(clinic: Clinic, _tools: Tools) -> None:
    clinic.let_go()
    clinic.file.unlink()


@breaks(
    "senders", r"Reminders couldn’t be checked: the database doesn’t answer \(SQLITE_NOTADB\)\."
)
def _(clinic: Clinic, _tools: Tools) -> None:
    clinic.let_go()
    clinic.file.write_bytes(b"no database" * 1_000)


@breaks("zones", r"Time zones couldn’t be checked: it took over 0\.5 seconds\.")
def _(_clinic: Clinic, tools: Tools) -> None:
    pipe = tools.folder / "zone" / "tzdata.zi"
    pipe.parent.mkdir()
    os.mkfifo(pipe)  # opening it waits for a writer who never comes
    tools.monkeypatch.setattr(Path, "is_file", lambda _path: True)
    tools.monkeypatch.setattr("webapp.doctor.examining.PATIENCE", 0.5)
    zoneinfo.reset_tzpath([str(pipe.parent)])
    tools.stack.callback(zoneinfo.reset_tzpath)
    tools.stack.callback(lambda: os.close(os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)))


def _settings_of(clinic: Clinic) -> dict[str, str]:
    return {
        "GROUNDWORK_DATA": str(clinic.settings.data),
        "GROUNDWORK_ADDRESS": clinic.settings.address,
    }


@pytest.fixture
def tools(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Tools]:
    found = Tools(monkeypatch, tmp_path / "tools")
    found.folder.mkdir()
    _timedatectl(found, "yes")
    with found.stack:
        yield found


@pytest.mark.parametrize(
    ("check", "sentence", "how"),
    BREAKS,
    ids=[f"{check}-{n}" for n, (check, *_) in enumerate(BREAKS)],
)
def test_what_is_broken_is_said_in_its_own_sentence(
    healthy: Clinic, tools: Tools, check: str, sentence: str, how: Break
) -> None:
    how(healthy, tools)
    found = healthy.examined(CHECKS[check].slow)[check]
    whole = f"{found.says} {found.mend}"
    assert re.fullmatch(sentence, found.says) or re.fullmatch(sentence, whole), found
    is_unchecked = "couldn’t be checked" in sentence
    assert (found.state is State.UNCHECKED) is is_unchecked
    assert bool(found.mend.strip()) is not is_unchecked


def test_where_all_is_well_nothing_is_said(healthy: Clinic, tools: Tools) -> None:
    _sqlite(tools, "3.51.3")
    assert {found.state for found in healthy.examined().values()} == {State.WELL}


def test_what_breaks_in_one_check_is_said_and_stops_no_other(healthy: Clinic, tools: Tools) -> None:
    program = tools.folder / "bin" / "timedatectl"
    program.write_text("#!/bin/nowhere\n")
    found = healthy.wrong()
    assert [*found] == ["synchronized"]
    said = "Setting the clock couldn’t be checked: FileNotFoundError."
    assert found["synchronized"].says == said


def test_with_nothing_at_all_every_check_still_answers(tmp_path: Path) -> None:
    for environ in (
        {"GROUNDWORK_DATA": str(tmp_path / "none"), "GROUNDWORK_PLAIN_HTTP": "1"},
        {"GROUNDWORK_ZONE": "nowhere"},
    ):
        found = examine(Case(environ))
        assert [finding.name for finding in found] == [*CHECKS]
        assert any(finding.state is State.PROBLEM for finding in found)
    assert not (tmp_path / "none").exists()


def test_looking_changes_nothing(healthy: Clinic, tools: Tools) -> None:
    healthy.let_go()
    before = _kept(healthy.settings.data)
    healthy.case.file.chmod(0o644)
    examine(healthy.case, slow=False)
    assert healthy.file.stat().st_mode & 0o777 == 0o644
    assert _kept(healthy.settings.data) == before


@pytest.mark.database
def test_the_database_is_looked_at_on_either_engine(
    app: Flask, somebody: Callable[..., Someone], settings: Settings
) -> None:
    somebody("ana")
    with app.app_context():
        note_keys(app)
    found = {finding.name: finding for finding in examine(Case(known=settings), slow=False)}
    for name in ("database", "schema", "own_keys", "clock", "zones", "planning", "push_key"):
        assert found[name].state is State.WELL, found[name]
    assert found["senders"].says == "The reminder service has never run."
    assert found["space"].state is not State.UNCHECKED


@pytest.mark.database
def test_what_is_looked_at_can_only_be_read(settings: Settings, app: Flask) -> None:
    case = Case(known=settings)
    with pytest.raises(Unavailable, match="doesn’t answer"), case.connected() as connection:
        connection.execute(delete(Sender))
    case.close()


def test_the_versions_with_the_fault_are_those_that_its_makers_name() -> None:
    faulty = ("3.7.0", "3.40.1", "3.44.5", "3.46.1", "3.50.6", "3.51.0", "3.51.2")
    mended = ("3.6.23", "3.44.6", "3.50.7", "3.51.3", "3.53.0", "4.0.0")
    for versions, is_faulty in ((faulty, True), (mended, False)):
        for version in versions:
            assert has_wal_fault(tuple(map(int, version.split(".")))) is is_faulty, version


def _kept(folder: Path) -> dict[Path, bytes]:
    return {file: file.read_bytes() for file in folder.rglob("*") if file.is_file() and
            not file.name.endswith(("-shm", "-wal"))}  # fmt: skip


def _sqlite(tools: Tools, version: str) -> None:
    tools.monkeypatch.setattr(sqlite3, "sqlite_version", version)
    info = tuple(map(int, version.split(".")))
    tools.monkeypatch.setattr(sqlite3, "sqlite_version_info", info)


def _timedatectl(tools: Tools, answer: str) -> None:
    program = tools.folder / "bin" / "timedatectl"
    program.parent.mkdir(exist_ok=True)
    program.write_text(f"#!/bin/sh\necho {answer}\n")
    program.chmod(0o755)
    tools.monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")


def _typed(file: Path, *statements: str) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        for statement in statements:
            connection.execute(statement)
