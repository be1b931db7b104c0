"""What can be wrong inside: the settings, the folder, the keys, the database."""

import os
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from sqlalchemy import update

from tests.doctor.breaking import Breaks, Tools, pretend_sqlite, settings_of
from tests.doctor.conftest import Clinic
from webapp.accounts.models import Restoration
from webapp.core import clock
from webapp.core.crypto.keys import make_secrets
from webapp.core.data.db import db
from webapp.settings.first import make_row
from webapp.settings.models import ClinicSettings

breaks = Breaks()


@breaks("settings", r"There is no setting GROUNDWORK_ZOME \(did you mean GROUNDWORK_ZONE\?\)\.")
def _(clinic: Clinic, _tools: Tools) -> None:
    clinic.environ |= settings_of(clinic) | {"GROUNDWORK_ZOME": "America/Chicago"}


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
    clinic.environ |= settings_of(clinic) | {
        "GROUNDWORK_CLINIC_NAME": "The name before",
        "GROUNDWORK_ZONE": "Mars/Sea",
    }


@breaks("ignored", r"GROUNDWORK_ZONE in \S+\.env doesn’t count\.")
def _(clinic: Clinic, _tools: Tools) -> None:
    _has_settings(clinic)
    clinic.environ |= settings_of(clinic) | {"GROUNDWORK_ZONE": "Mars/Sea"}


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
    pretend_sqlite(tools, "3.46.1")


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


def _typed(file: Path, *statements: str) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        for statement in statements:
            connection.execute(statement)
