"""Bring a clinic back on an empty machine. What was closed doesn't open by going back."""

import base64
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from alembic.script import ScriptDirectory
from cryptography.exceptions import InvalidTag
from sqlalchemy import URL, Connection, delete, func, insert, make_url, select, text, update

from webapp.accounts.models import Passkey, Person, Restoration, Role, SignIn
from webapp.audit.chain import Noted, append
from webapp.audit.kinds import ActKind
from webapp.backups import postgresql, sealed, sqlite
from webapp.backups.backup import FORMAT, RECIPIENT, Bar, refuse_other_rows
from webapp.backups.errors import NoBackup
from webapp.backups.sealed import Tick
from webapp.config import ROOT, Settings
from webapp.consents.models import OutsideConsent
from webapp.core import clock
from webapp.core.codes import OneTimeCode
from webapp.core.crypto.key_files import BadKeyFile, make_folder, put
from webapp.core.crypto.keys import DataKey, OuterKeys, RecordsKey, load_secrets
from webapp.core.data.db import has_tables
from webapp.core.data.hanging import end_all_of
from webapp.core.data.migrating import rows_by_table
from webapp.core.data.roles import let_the_app_in
from webapp.counting.models import Counted
from webapp.erasing.actions import WEEK
from webapp.erasing.kept import let_go
from webapp.homework.models import Homework
from webapp.meetings.models import Sheet
from webapp.permissions.models import Permission
from webapp.program.models import GroupRole, Membership
from webapp.ratings.models import Rated, RatingSum
from webapp.reminders.models import Notification
from webapp.reminders.schedule import Outcome
from webapp.settings.models import ClinicSettings
from webapp.sharing.models import Consent, Course, Share, SupervisorAnswer
from webapp.week.models import CalendarFeed


@dataclass(frozen=True)
class Restored:
    """What came back."""

    taken_at: datetime
    keys_at: datetime  # whoever was erased after it can't be known
    rows: int
    people: int
    erased: int  # who are in the data, and whose key isn't among the keys any more
    closed: int  # accounts of staff that the keys know as closed, and the data doesn't
    staff: list[str]  # whose accounts are open


def restore(settings: Settings, data: Path, keys: Path, identity_text: str, bar: Bar) -> Restored:
    """Restore a backup where there is no database yet. Raises NoBackup, and changes nothing then.

    Whatever stops it, typing it again is safe: the database gets its name last.
    """
    identity = sealed.identity_of(identity_text)
    url = make_url(settings.migrate_url or settings.database_url)
    is_half = not _is_sqlite(url) and postgresql.was_broken_off(url)
    if has_tables(settings.database_url) and not is_half:
        raise NoBackup(
            "There is a database here already. A restore needs an empty machine: set another "
            "GROUNDWORK_DATA, or move the old database away (docs/operator.md, Restoring)."
        )
    make_folder(settings.data)
    held = _keys_in(keys, identity)
    keys_at = datetime.fromisoformat(held["taken_at"])
    _refuse_other_keys(settings.data / "keys", held)
    with bar(2 * data.stat().st_size) as tick, _scratch(settings.data) as scratch:
        manifest = _unpacked(data, identity, scratch, url, tick)
        taken_at = datetime.fromisoformat(manifest["taken_at"])
        if keys_at < taken_at:
            raise NoBackup("These keys are older than the data. Take the latest .keys.age file.")
        engine = (sqlite if _is_sqlite(url) else postgresql).put_back(scratch, url)
        with engine.begin() as connection:
            if not _is_sqlite(url):
                postgresql.finish(connection)
            refuse_other_rows(rows_by_table(connection), manifest["rows"])
            erased = _take_keys(connection, held)
            closed = _close_accounts(connection, held.get("closed", []), clock.now())
            _close(connection, taken_at, clock.now())
            people, staff = _count(connection, Person), _open_staff(connection)
            if not _is_sqlite(url):
                _write_revision(connection, manifest["revision"])
            if settings.migrate_url:
                let_the_app_in(connection, settings.database_url)
            _write_keys(settings.data / "keys", held)
            # Tonight's backup needs it, and is opened by the same sheet.
            put(settings.data / RECIPIENT, f"{identity.to_public()}\n".encode())
        engine.dispose()
        if _is_sqlite(url):
            sqlite.finish(scratch, url)
    rows = sum(manifest["rows"].values())
    return Restored(taken_at, keys_at, rows, people, erased, closed, staff)


def _unpacked(file: Path, identity: Any, scratch: Path, url: URL, tick: Tick) -> dict[str, Any]:
    manifest: dict[str, Any] = {}
    with sealed.opened(file, identity) as archive:
        for member in archive:
            source = archive.extractfile(member)
            if member.name == "manifest.json" and source is not None:
                manifest = json.load(source)
                _refuse_other_program(file, manifest, url)
            elif member.name == "database" and manifest and source is not None:
                sealed.copied(source, scratch, tick)
    if not scratch.exists():
        raise NoBackup(f"{file} holds no database. Is it the .data.age file?")
    return manifest


def _keys_in(file: Path, identity: Any) -> dict[str, Any]:
    with sealed.opened(file, identity) as archive:
        for member in archive:
            source = archive.extractfile(member)
            if member.name == "keys.json" and source is not None:
                held: dict[str, Any] = json.load(source)
                return held
    raise NoBackup(f"{file} holds no keys. Is it the .keys.age file?")


def _refuse_other_program(file: Path, manifest: dict[str, Any], url: URL) -> None:
    (head,) = ScriptDirectory(str(ROOT / "migrations")).get_heads()
    if manifest["format"] != FORMAT or manifest["revision"] != head:
        raise NoBackup(
            f"{file} is at revision {manifest['revision']}, and this program is at {head}. Install "
            "the version that made it, restore there, then update. Nothing was changed."
        )
    if manifest["engine"] != url.get_backend_name():
        raise NoBackup(
            f"{file} is from {manifest['engine']}, and GROUNDWORK_DATABASE_URL is for "
            f"{url.get_backend_name()}. Nothing was changed."
        )


def _refuse_other_keys(folder: Path, held: dict[str, Any]) -> None:
    for name, content in held["files"].items():
        file = folder / name
        if file.exists() and file.read_bytes() != base64.b64decode(content):
            raise NoBackup(
                f"{file} is another clinic’s, or newer than the backup. Move {folder} away first; "
                "nothing was changed."
            )


def _write_keys(folder: Path, held: dict[str, Any]) -> None:
    make_folder(folder)
    for name, content in held["files"].items():
        put(folder / name, base64.b64decode(content))
    try:
        outer = load_secrets(folder).outer
    except BadKeyFile as trouble:
        raise NoBackup(str(trouble)) from None
    if held["data_keys"] and not any(_opens(outer, row) for row in held["data_keys"]):
        raise NoBackup("None of the keys in the backup opens with its outer key.")


def _opens(outer: OuterKeys, row: list[str]) -> bool:
    id, outer_id, wrapped = row
    try:
        outer.unwrap(
            DataKey.drawn(
                {"person_id": UUID(id), "outer_id": outer_id, "wrapped": base64.b64decode(wrapped)}
            )
        )
    except (InvalidTag, KeyError):
        return False
    return True


def _take_keys(connection: Connection, held: dict[str, Any]) -> int:
    """Give everybody their key again. Whoever has none any more was erased since, and stays so.

    Of some of them the clinic keeps records. They were sealed anew when that was done, so in older
    data nobody can open them: what stays says who was where and when, and no words.
    """
    people = connection.execute(select(Person.id, Person.erased_at))
    there: dict[UUID, datetime | None] = {id: at for id, at in people}  # noqa: C416
    with_key = _insert_keys(connection, DataKey, held["data_keys"], set(there))
    # A former version's keys name nobody who was erased.
    records = _insert_keys(connection, RecordsKey, held.get("records_keys", []), set(there))
    erased = 0
    for id in there.keys() - with_key:
        if id not in records:
            connection.execute(delete(Person).where(Person.id == id))
        elif there[id] is None:
            let_go(connection, id, clock.now())
        else:
            continue
        erased += 1
    return erased


def _insert_keys(
    connection: Connection, kind: Any, keys: list[list[str]], there: set[UUID]
) -> set[UUID]:
    """The keys of whoever is there. Returns whose they are."""
    rows = [
        {"person_id": UUID(id), "outer_id": outer, "wrapped": base64.b64decode(wrapped)}
        for id, outer, wrapped in keys
        if UUID(id) in there
    ]
    if rows:
        connection.execute(insert(kind), rows)
    return {UUID(id) for id, _outer, _wrapped in keys} & there


def _close_accounts(connection: Connection, closed: list[list[str]], now: datetime) -> int:
    """Staff whose accounts were closed between the data and the keys stay closed."""
    done = 0
    for id, at in closed:
        still = update(Person).where(Person.id == UUID(id), Person.disabled_at.is_(None))
        values = {"disabled_at": datetime.fromisoformat(at), "handed_out_since": now}
        if connection.execute(still.values(values)).rowcount:
            end_all_of(connection, UUID(id), now)
            done += 1
    return done


def _open_staff(connection: Connection) -> list[str]:
    staff = select(Person.username).where(Person.role != Role.PATIENT, Person.disabled_at.is_(None))
    return list(connection.scalars(staff.order_by(Person.username)))


def _close(connection: Connection, taken_at: datetime, now: datetime) -> None:
    """End what may have ended since the backup was taken: nobody can say what did.

    Shares, what is seen over time, what was told of homework, devices with their reminders, codes,
    patients' passkeys, calendar addresses, codes of attendance sheets. Consents end as well, so
    that each patient is asked anew (42 CFR 2.31: a revoked one must not come back into force).
    """
    for shared in (Share, Course):
        connection.execute(update(shared).where(shared.ended_at.is_(None)).values(ended_at=now))
    for kind in (Consent, OutsideConsent, Permission):
        connection.execute(update(kind).where(kind.revoked_at.is_(None)).values(revoked_at=now))
    # Kept under permissions that end here. Whose they are nobody can tell, so all of them go.
    connection.execute(delete(Counted))
    # Added to others, they may have been shown since: two sums would tell one answer.
    connection.execute(delete(RatingSum).where(RatingSum.is_shown.is_(False)))
    connection.execute(update(Rated).values(is_waiting=False))
    stand_ins = Membership.part == GroupRole.FACILITATOR, Membership.until_at > now
    connection.execute(update(Membership).where(*stand_ins).values(until_at=now))
    connection.execute(delete(SupervisorAnswer))  # a yes may have been taken back since
    connection.execute(delete(SignIn))
    # Those of staff are a second step: without them their password alone would be enough.
    patients = select(Person.id).where(Person.role == Role.PATIENT)
    connection.execute(delete(Passkey).where(Passkey.person_id.in_(patients)))
    for code in OneTimeCode.__subclasses__():
        connection.execute(delete(code).where(code.used_at.is_(None)))
    connection.execute(
        update(CalendarFeed).where(CalendarFeed.ended_at.is_(None)).values(ended_at=now)
    )
    connection.execute(update(Homework).where(Homework.is_told).values(is_told=False))
    for id in connection.scalars(select(Sheet.id)).all():
        unknown = update(Sheet).where(Sheet.id == id).values(code_hash=secrets.token_bytes(32))
        connection.execute(unknown)
    connection.execute(update(Person).values(handed_out_since=now))
    # Above each version that was lost: a process that knows one of those must read them anew.
    above = max(connection.scalar(select(ClinicSettings.version)) or 0, int(now.timestamp()) // 60)
    connection.execute(update(ClinicSettings).values(version=above + 1))
    # It may have been canceled since: whoever asked to be erased has a week again.
    asked = Person.erase_at.is_not(None)
    connection.execute(update(Person).where(asked).values(erase_at=now + WEEK))
    # What was due since may have rung already.
    due = Notification.finished_at.is_(None) & (Notification.due_at <= now)
    connection.execute(
        update(Notification).where(due).values(finished_at=now, outcome=Outcome.LATE)
    )
    connection.execute(insert(Restoration).values(taken_at=taken_at, restored_at=now))
    append(connection, [Noted(now, ActKind.RESTORED)])


def _write_revision(connection: Connection, revision: str) -> None:
    connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY)"))
    connection.execute(text("INSERT INTO alembic_version VALUES (:at)"), {"at": revision})


def _count(connection: Connection, model: Any) -> int:
    return int(connection.execute(select(func.count()).select_from(model)).scalar_one())


def _is_sqlite(url: URL) -> bool:
    return url.get_backend_name() == "sqlite"


@contextmanager
def _scratch(folder: Path) -> Iterator[Path]:
    file = folder / f".restore.{secrets.token_hex(8)}"
    try:
        yield file
    finally:
        for left in folder.glob(".restore.*"):  # also of one that was killed
            left.unlink()
