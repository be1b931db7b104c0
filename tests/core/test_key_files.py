"""Key files through power cuts and kills, and said by name when one is wrong."""

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import event, select

from tests.conftest import PASSWORD, set_up, started, typed
from tests.killed import Disk
from tests.pages import Phone
from webapp import check_start, cli
from webapp.accounts.actions import make_person
from webapp.accounts.models import Person, Role
from webapp.accounts.passwords import hash_password
from webapp.config import Settings
from webapp.core.crypto import key_files, keys
from webapp.core.crypto.key_files import BadKeyFile
from webapp.core.crypto.keys import DataKey, KeyCheck
from webapp.core.data.db import db
from webapp.joining.actions import invite

PEOPLE = [f"person{number:02}" for number in range(17)]


@pytest.fixture
def busy_clinic(clinic: Flask) -> Flask:
    """A clinic with seventeen people."""
    set_up(clinic)
    with clinic.app_context():
        for name in PEOPLE:
            make_person(name, name.title(), hash_password(PASSWORD), Role.PATIENT)
        db.session.commit()
    return clinic


@pytest.mark.faults
def test_whenever_the_power_goes_while_keys_are_renewed_everybodys_words_open(
    busy_clinic: Flask,
    own_settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cli, "FEW", 9, raising=False)
    ends: dict[int, tuple[dict[str, bytes], bytes]] = {}

    def look(left: dict[str, bytes]) -> None:
        committed = everything_in(own_settings)
        ends.setdefault(hash((frozenset(left.items()), committed)), (left, committed))

    disk = Disk(own_settings.data / "keys", look)
    with busy_clinic.app_context():
        event.listen(db.session, "after_commit", lambda _session: disk.step())
    with monkeypatch.context() as watched:
        disk.watch(watched)
        typed(busy_clinic, "rotate-key")
    assert len(ends) > 3
    for number, (left, committed) in enumerate(ends.values()):
        again = powered_on(own_settings, tmp_path / str(number), left, committed)
        with again.app_context():
            assert [person.name for person in everybody()] == [name.title() for name in PEOPLE]
        typed(again, "rotate-key")
        with again.app_context():
            assert [person.name for person in everybody()] == [name.title() for name in PEOPLE]
            newest = again.extensions["secrets"].outer.current
            assert set(db.session.scalars(select(DataKey.outer_id))) == {newest}
            db.session.remove()
            db.engine.dispose()


def test_a_renewal_that_was_broken_off_is_finished_and_not_begun_anew(
    busy_clinic: Flask,
    own_settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Killed(BaseException):
        pass

    def killed(*_: object) -> None:
        raise Killed

    monkeypatch.setattr(cli, "FEW", 9)
    with monkeypatch.context() as dying, busy_clinic.app_context():
        dying.setattr(db.session, "commit", killed)
        with pytest.raises(Killed):
            typed(busy_clinic, "rotate-key")
        db.session.rollback()
    file = own_settings.data / "keys" / "outer.keys"
    assert len(file.read_text().split()) == 2
    said = typed(busy_clinic, "rotate-key")
    assert "17 keys re-encrypted. This finished a rotation that was interrupted." in said
    assert len(file.read_text().split()) == 2
    typed(busy_clinic, "rotate-key")
    assert len(file.read_text().split()) == 3


def test_who_saves_while_keys_are_renewed_gets_in_between(
    busy_clinic: Flask, own_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved: list[int] = []
    real = keys.OuterKeys.wrap
    wraps: list[int] = []

    def wrap(outer: keys.OuterKeys, *given: Any) -> Any:
        wraps.append(1)
        return real(outer, *given)

    def save(_session: object) -> None:
        with closing(sqlite3.connect(own_settings.data / "groundwork.db", timeout=0)) as other:
            other.execute("UPDATE person SET disabled_at = NULL")
            other.commit()
        saved.append(len(wraps))

    monkeypatch.setattr(cli, "FEW", 5)
    monkeypatch.setattr(keys.OuterKeys, "wrap", wrap)
    with busy_clinic.app_context():
        event.listen(db.session, "after_commit", save)
        try:
            typed(busy_clinic, "rotate-key")
        finally:
            event.remove(db.session, "after_commit", save)
    assert [number for number in saved if number][:4] == [5, 10, 15, 17]


def test_one_key_that_is_altered_keeps_nobody_elses_from_being_renewed(busy_clinic: Flask) -> None:
    with busy_clinic.app_context():
        altered, of_nobody = db.session.scalars(select(DataKey).limit(2))
        altered.wrapped = bytes(len(altered.wrapped))
        of_nobody.outer_id = "f" * 16
        db.session.commit()
    assert "15 keys re-encrypted." in typed(busy_clinic, "rotate-key")
    assert "15 keys re-encrypted." in typed(busy_clinic, "rotate-key")


def test_who_runs_while_keys_are_renewed_learns_of_them_and_nobody_is_locked_out(
    busy_clinic: Flask,
    own_settings: Settings,
) -> None:
    worker = started(own_settings)
    before = Phone(worker)
    point = before.get("/help-now").html.split('data-key="')[1].split('"')[0]
    typed(busy_clinic, "rotate-key")
    with busy_clinic.app_context():
        code = invite(Role.ADMINISTRATOR, None, None)
        db.session.commit()
    phone = Phone(worker)
    page = phone.get("/sign-in")
    assert phone.fill(page, "/sign-in", username="person03", password=PASSWORD).address == "/today"
    assert point not in phone.get("/help-now").html  # phones seal to the new key from now on
    # Who joins at a worker from before gets a key that the new one wraps.
    other = Phone(worker)
    link = f"/join/{code}?staff=1"
    other.fill(other.get(link), "/join/", username="max", name="Max", password=PASSWORD)
    with busy_clinic.app_context():
        newest = busy_clinic.extensions["secrets"].outer.current
        assert set(db.session.scalars(select(DataKey.outer_id))) == {newest}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_keys_that_root_renews_stay_the_services(
    busy_clinic: Flask, own_settings: Settings
) -> None:
    files = [own_settings.data / "keys" / name for name in ("outer.keys", "outbox.keys")]
    for file in files:
        os.chown(file, 65534, 65534)
    typed(busy_clinic, "rotate-key")
    assert {(file.stat().st_uid, file.stat().st_mode & 0o777) for file in files} == {(65534, 0o600)}


def test_a_key_that_another_process_added_is_on_the_disk_before_anything_is_sealed_with_it(
    busy_clinic: Flask, own_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = own_settings.data / "keys"
    with busy_clinic.app_context():
        outer = busy_clinic.extensions["secrets"].outer
        with monkeypatch.context() as in_between:
            in_between.setattr(key_files, "force", lambda _folder: None)
            keys.add_outer_key(folder)  # renamed, and not forced yet
        disk = Disk(folder, lambda _left: None)
        disk.names = {}
        disk.watch(monkeypatch)
        outer.wrap(uuid4(), bytes(32))
    assert disk.names == {file.name: file.stat().st_ino for file in folder.iterdir()}


def test_a_row_that_names_a_key_nobody_has_costs_a_look_and_no_reading(
    busy_clinic: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[str] = []
    real = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda file: reads.append(file.name) or real(file))
    with busy_clinic.app_context():
        row = db.session.scalars(select(DataKey)).first()
        assert row is not None
        row.outer_id = "f" * 16
        outer = busy_clinic.extensions["secrets"].outer
        for _request in range(50):
            with pytest.raises(KeyError):
                outer.unwrap(row)
        db.session.rollback()
    assert reads == []


def test_two_that_renew_at_once_lose_no_key_of_each_other(
    busy_clinic: Flask,
    own_settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = own_settings.data / "keys"
    real, inside = keys.put, []

    def put_while_another_wants_to(file: Path, content: bytes, **how: bool) -> None:
        if not inside:
            inside.append(file)
            with pytest.raises(BlockingIOError):
                alone_at_once(folder)
        real(file, content, **how)

    monkeypatch.setattr(keys, "put", put_while_another_wants_to)
    keys.add_outer_key(folder)
    assert inside
    alone_at_once(folder)
    assert len((folder / "outer.keys").read_text().split()) == 2


WRONG = {
    "empty": lambda whole: b"",
    "cut": lambda whole: whole[: len(whole) // 2],
    "another file": lambda whole: b"lorem ipsum\n",
    "one byte short": lambda whole: whole.strip()[:-4],
}


@pytest.mark.parametrize("name", ["outer.keys", "secret.key", "outbox.keys", "push.pem"])
def test_a_key_file_that_isnt_right_is_named_at_start_and_left_alone(
    busy_clinic: Flask,
    own_settings: Settings,
    tmp_path: Path,
    name: str,
) -> None:
    check_start(busy_clinic)
    file, other = own_settings.data / "keys" / name, tmp_path / "other"
    started(replace(own_settings, data=other, database_url=f"sqlite:///{other}/groundwork.db"))
    whole = file.read_bytes()
    wrongs = [how(whole) for how in WRONG.values()]
    for wrong in [None, (other / "keys" / name).read_bytes(), *wrongs]:
        file.unlink() if wrong is None else file.write_bytes(wrong)
        with pytest.raises(BadKeyFile, match=f"keys/{name} .*Restore it from a backup"):
            check_start(started(own_settings))
        assert (file.read_bytes() if file.exists() else None) == wrong
    file.write_bytes(whole)
    check_start(started(own_settings))


def test_a_clinic_from_before_the_check_gets_it_with_the_keys_that_open_its_words(
    busy_clinic: Flask,
    own_settings: Settings,
    tmp_path: Path,
) -> None:
    with busy_clinic.app_context():
        db.session.execute(KeyCheck.__table__.delete())
        db.session.commit()
    file = own_settings.data / "keys" / "outer.keys"
    whole = file.read_bytes()
    other = tmp_path / "other"
    started(replace(own_settings, data=other, database_url=f"sqlite:///{other}/groundwork.db"))
    shutil.copy(other / "keys" / "outer.keys", file)
    with pytest.raises(BadKeyFile, match=r"outer\.keys is missing a key"):
        check_start(started(own_settings))
    with busy_clinic.app_context():
        assert db.session.scalars(select(KeyCheck.file)).all() == []
    file.write_bytes(whole)
    check_start(started(own_settings))
    with busy_clinic.app_context():
        known = sorted(set(db.session.scalars(select(KeyCheck.file))))
    assert known == ["outbox.keys", "outer.keys", "push.pem", "secret.key"]


def test_a_former_key_that_is_cut_off_is_missed_though_no_row_needs_it_any_more(
    busy_clinic: Flask, own_settings: Settings
) -> None:
    typed(busy_clinic, "rotate-key")
    file = own_settings.data / "keys" / "outer.keys"
    for line in file.read_bytes().splitlines(keepends=True):
        whole = file.read_bytes()
        file.write_bytes(whole.replace(line, b""))
        with pytest.raises(BadKeyFile, match=r"outer\.keys "):
            check_start(started(own_settings))
        file.write_bytes(whole)
    check_start(started(own_settings))


def test_one_altered_row_keeps_nobody_from_starting(
    busy_clinic: Flask, own_settings: Settings
) -> None:
    with busy_clinic.app_context():
        row = db.session.scalars(select(DataKey)).first()
        assert row is not None
        row.outer_id = f"x{row.outer_id[1:]}"
        db.session.commit()
    check_start(started(own_settings))


def test_a_copy_of_the_database_from_before_a_renewal_still_opens(
    busy_clinic: Flask,
    own_settings: Settings,
    tmp_path: Path,
) -> None:
    check_start(busy_clinic)
    copy = everything_in(own_settings)
    typed(busy_clinic, "rotate-key")
    left = {file.name: file.read_bytes() for file in (own_settings.data / "keys").iterdir()}
    check_start(powered_on(own_settings, tmp_path / "restored", left, copy))


def everybody() -> Iterator[Person]:
    return db.session.scalars(
        select(Person).where(Person.role == Role.PATIENT).order_by(Person.username)
    )


def everything_in(settings: Settings) -> bytes:
    """What is committed, as another process finds it."""
    with closing(sqlite3.connect(settings.data / "groundwork.db")) as connection:
        return connection.serialize()


def powered_on(settings: Settings, data: Path, left: dict[str, bytes], committed: bytes) -> Flask:
    """The clinic after it ended like that."""
    (data / "keys").mkdir(parents=True)
    for name, content in left.items():
        (data / "keys" / name).write_bytes(content)
    (data / "groundwork.db").write_bytes(committed)
    return started(replace(settings, data=data, database_url=f"sqlite:///{data / 'groundwork.db'}"))


def alone_at_once(folder: Path) -> None:
    """Take the lock of who adds a key, or fail."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    finally:
        os.close(handle)
