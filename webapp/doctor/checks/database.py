"""The database: there, at this program's revision, with its own keys, and with room to grow."""

import shutil
import sqlite3
from pathlib import Path

from cryptography.exceptions import InvalidTag
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from webapp.accounts.models import Restoration
from webapp.config import ROOT
from webapp.core.crypto.key_files import BadKeyFile
from webapp.core.crypto.keys import OUTER, DataKey, check_files
from webapp.core.data.db import Base
from webapp.core.starting import (
    MEGABYTE,
    NotStarting,
    look_into,
    refuse_another_schema,
    refuse_missing,
)
from webapp.core.trouble import reason
from webapp.core.wording import gettext as _
from webapp.core.wording import lazy_gettext as _l
from webapp.doctor.case import Case, Unavailable
from webapp.doctor.examining import Problem, check

SPARE = 200 * MEGABYTE  # for logs, phones that send what waited, and the next weeks
LARGEST_WAL = 64 * MEGABYTE


@check(_l("The database"))
def database(case: Case) -> Problem | None:
    """Whether it opens. It isn't looked through: that takes minutes for a large one."""
    try:
        if case.file:
            refuse_missing(case.file)
            look_into(case.file, 0)
        else:
            with case.connected() as connection:
                connection.execute(text("SELECT 1"))
    except NotStarting as trouble:
        return Problem.of(trouble)
    except Unavailable as trouble:
        return Problem(
            _(
                "The database doesn’t answer (%(reason)s).",
                reason=reason(trouble.__cause__ or trouble),
            ),
            _("Check that it’s running and that GROUNDWORK_DATABASE_URL is right."),
        )
    return None


@check(_l("The database’s revision"))
def schema(case: Case) -> Problem | None:
    """Migrations that wait, or a program that is too old."""
    with case.connected() as connection:
        try:
            refuse_another_schema(connection.engine, Base.metadata, ROOT / "migrations")
        except NotStarting as trouble:
            return Problem.of(trouble)
    return None


@check(_l("The database’s own keys"))
def own_keys(case: Case) -> Problem | None:
    """The key files could be another clinic's, or from before the last rotation."""
    secrets, checks = case.sound_secrets()
    with case.connected() as connection, Session(connection) as session:
        try:
            check_files(session, case.keys, secrets.outer, checks)
            if row := session.execute(select(*DataKey.__table__.c).limit(1)).first():
                secrets.outer.unwrap(row)
        except BadKeyFile as bad:
            return Problem(bad.says, bad.mend)
        except InvalidTag:
            file = case.keys / OUTER
            return Problem(f"{file} doesn’t open a key in the database.", BadKeyFile.mend)
    return None


@check(_l("The last restore"))
def restored(case: Case) -> Problem | None:
    """Whether somebody looked at whom it let in again."""
    with case.connected() as connection:
        unseen = select(Restoration.restored_at).where(Restoration.looked_at.is_(None)).limit(1)
        if connection.scalar(unseen) is None:
            return None
    return Problem(
        _("The clinic was restored from a backup, and what was closed after it may be open again."),
        _("Have an administrator open Staff accounts and answer at the top. Until then, nothing is "
          "erased."),
    )  # fmt: skip


@check(_l("SQLite"))
def sqlite(case: Case) -> Problem | None:
    """A fault of SQLite's own, in 3.7.0 to 3.51.2 (sqlite.org/wal.html#walresetbug)."""
    if case.file is None or not has_wal_fault(sqlite3.sqlite_version_info):
        return None
    return Problem(
        _(
            "SQLite %(version)s has a rare fault that can damage a database when two processes "
            "save at the same instant.",
            version=sqlite3.sqlite_version,
        ),
        _(
            "Back up every night, and install SQLite 3.51.3 or newer (or 3.50.7, or 3.44.6) once "
            "your system offers it. PostgreSQL doesn’t have this fault."
        ),
        is_known=True,
    )


def has_wal_fault(version: tuple[int, ...]) -> bool:
    """Whether this version resets its WAL as it mustn't. Two older lines were mended as well."""
    mended: dict[tuple[int, ...], int] = {(3, 44): 6, (3, 50): 7, (3, 51): 3}
    line, patch = version[:2], version[2]
    return (3, 7) <= line < (3, 52) and patch < mended.get(line, 1_000)


@check(_l("Free space"))
def space(case: Case) -> Problem | None:
    """A full disk saves nothing, and a backup needs a copy and its encrypted twin."""
    needed = 2 * _size(case) + SPARE
    for folder in sorted({case.data, case.file.parent if case.file else case.data}):
        free = shutil.disk_usage(folder).free
        if free < needed:
            return Problem(
                _(
                    "Only %(free)s MB are free on the disk with %(folder)s, and backups and new "
                    "entries need %(needed)s MB.",
                    free=free // MEGABYTE,
                    needed=needed // MEGABYTE,
                    folder=folder,
                ),
                _("Free up space there, or move old backups to another disk."),
            )
    return None


@check(_l("The database’s log file"))
def wal(case: Case) -> Problem | None:
    """It is emptied now and then, unless some process reads on and on."""
    if case.file is None:
        return None
    file = Path(f"{case.file}-wal")
    size = file.stat().st_size if file.exists() else 0
    if size <= LARGEST_WAL:
        return None
    return Problem(
        _("%(file)s has grown to %(size)s MB.", file=file, size=size // MEGABYTE),
        _("Restart all services: one of them has kept the database open since long ago."),
    )


def _size(case: Case) -> int:
    if case.file:
        paths = [Path(f"{case.file}{ending}") for ending in ("", "-wal")]
        return sum(path.stat().st_size for path in paths if path.exists())
    with case.connected() as connection:
        asked = text("SELECT pg_database_size(current_database())")
        return int(connection.execute(asked).scalar_one())
