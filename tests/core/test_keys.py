"""The keys: made once, kept outside the database, renewed without losing a word."""

import os
import re
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Barrier
from uuid import UUID, uuid4

import pytest
from cryptography.exceptions import InvalidTag
from flask import Flask
from sqlalchemy import func, select

from tests.conftest import Someone, root
from tests.house.world import SHARED, World
from webapp import create_app
from webapp.accounts.models import WITH_KEY, Person, by_name
from webapp.config import Settings
from webapp.core.crypto.key_files import BadKeyFile
from webapp.core.crypto.keys import (
    DataKey,
    Keyring,
    OuterKeys,
    Secrets,
    add_outer_key,
    keyed_hash,
    load_secrets,
    make_secrets,
    rewrap,
    wrapped_formerly,
)
from webapp.core.data.db import db
from webapp.journal.models import Trigger

pytestmark = pytest.mark.database


@pytest.fixture
def renewed(app: Flask, tmp_path: Path) -> Secrets:
    """The app's secrets with one more outer key, as `flask rotate-key` makes it."""
    old: Secrets = app.extensions["secrets"]
    make_secrets(tmp_path)
    added = load_secrets(tmp_path).outer.keys
    return Secrets(OuterKeys({**old.outer.keys, **added}), old.base)


def test_a_new_outer_key_wraps_every_key_anew_and_everything_still_opens(
    world: World, app: Flask, renewed: Secrets, monkeypatch: pytest.MonkeyPatch
) -> None:
    former = app.extensions["secrets"].outer.current
    monkeypatch.setitem(app.extensions, "secrets", renewed)
    with app.app_context():
        everybody = db.session.scalar(select(func.count()).select_from(DataKey))
        assert wrapped_anew(renewed.outer) == everybody >= len(world.people)
        assert set(db.session.scalars(select(DataKey.outer_id))) == {renewed.outer.current}
        assert renewed.outer.current != former
        assert wrapped_anew(renewed.outer) == 0
    huddle = world.phone("cleo").get(f"/clinic/sessions/{world.evening.tonight}")
    assert SHARED["situation"] in huddle.text


def test_once_everything_is_wrapped_anew_the_former_key_is_not_needed(
    world: World, app: Flask, renewed: Secrets, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.extensions, "secrets", renewed)
    with app.app_context():
        wrapped_anew(renewed.outer)
    current = renewed.outer.current
    only_new = Secrets(OuterKeys({current: renewed.outer.keys[current]}), renewed.base)
    monkeypatch.setitem(app.extensions, "secrets", only_new)
    assert opened(app, world.ids["shared"]) == SHARED["situation"]


def test_halfway_through_a_renewal_old_and_new_keys_both_open(
    world: World, app: Flask, renewed: Secrets, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.extensions, "secrets", renewed)  # added, nothing wrapped anew yet
    assert opened(app, world.ids["shared"]) == SHARED["situation"]


def test_a_key_of_another_installation_opens_nothing(
    world: World, app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_secrets(tmp_path)
    key = load_secrets(tmp_path).outer.keys.popitem()[1]
    ours = app.extensions["secrets"]
    stranger = Secrets(OuterKeys({ours.outer.current: key}), ours.base)
    monkeypatch.setitem(app.extensions, "secrets", stranger)
    with app.app_context():
        shared = db.session.get_one(Trigger, world.ids["shared"])
        assert (shared.situation, shared.is_unopened) == (None, True)


def test_a_wrapped_key_is_bound_to_its_person(app: Flask, ana: Someone, ben: Someone) -> None:
    with app.app_context():
        row = db.session.get_one(DataKey, ana.id)
        moved = DataKey(person_id=ben.id, outer_id=row.outer_id, wrapped=row.wrapped)
        with pytest.raises(InvalidTag):
            app.extensions["secrets"].outer.unwrap(moved)


def test_a_database_without_its_keys_is_refused_and_gets_no_new_ones(
    settings: Settings, world: World, tmp_path: Path
) -> None:
    with pytest.raises(BadKeyFile, match="Restore it from a backup"):
        create_app(replace(settings, data=tmp_path))
    assert not (tmp_path / "keys").exists()


def test_key_files_are_readable_by_their_owner_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        make_secrets(tmp_path / "keys")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700
    files = sorted((tmp_path / "keys").iterdir())
    assert [file.name for file in files] == ["outer.keys", "push.pem", "secret.key"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    add_outer_key(tmp_path / "keys")
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert len(load_secrets(tmp_path / "keys").outer.keys) == 2


def test_many_that_start_at_once_get_the_same_keys(tmp_path: Path) -> None:
    for round in range(20):
        folder, ready = tmp_path / str(round), Barrier(8)

        def start(folder: Path = folder, ready: Barrier = ready) -> bytes:
            ready.wait()
            make_secrets(folder)
            held = load_secrets(folder)
            return held.base + b"".join(held.outer.keys.values())

        with ThreadPoolExecutor(8) as pool:
            got = {future.result() for future in [pool.submit(start) for _ in range(8)]}
        assert len(got) == 1
        assert len(got.pop()) == 64


def test_keys_for_two_purposes_are_two_keys(app: Flask) -> None:
    held: Secrets = app.extensions["secrets"]
    purposes = {held.derived(purpose) for purpose in ("cookies", "codes", "throttle")}
    assert len(purposes) == 3
    assert not purposes & {held.base, *held.outer.keys.values()}


def test_the_keys_are_nowhere_in_the_database(
    world: World, app: Flask, database_bytes: Callable[[], bytes]
) -> None:
    held: Secrets = app.extensions["secrets"]
    lies_there = database_bytes()
    for key in (held.base, *held.outer.keys.values()):
        assert key not in lies_there


def wrapped_anew(outer: OuterKeys) -> int:
    changed = rewrap(db.session, outer, wrapped_formerly(db.session, outer))
    db.session.commit()
    return changed


def opened(app: Flask, id: UUID) -> str | None:
    with app.app_context():
        return db.session.get_one(Trigger, id).situation


def test_a_person_gets_another_key_than_everybody_else(
    app: Flask, ana: Someone, ben: Someone
) -> None:
    with app.app_context():
        outer: OuterKeys = app.extensions["secrets"].outer
        keys = {outer.unwrap(row) for row in db.session.scalars(select(DataKey))}
        assert len(keys) == 2
        assert {len(key) for key in keys} == {32}
        assert outer.wrap(uuid4(), b"k" * 32) != outer.wrap(uuid4(), b"k" * 32)


def test_whoever_is_read_with_their_key_has_a_name_without_a_further_statement(
    app: Flask, ana: Someone, ben: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        people = by_name(db.session.scalars(select(Person).options(WITH_KEY)))
        monkeypatch.setattr(Keyring, "fill", lambda *_: pytest.fail("a statement for one key"))
        assert [person.called for person in people] == ["Ana", "Ben"]


# What rows and phones hold was made with these. One that is renamed finds nothing of it any more.
PURPOSES = {
    "author mark", "check-in drafts", "codes", "cookies", "counted answers",
    "counted people", "drafts", "endpoints", "favourites", "group ratings",
    "half signed in", "here", "known devices", "operations", "passkeys", "phone lock", "sheets",
    "system check", "throttle", "topics",
}  # fmt: skip


def test_no_purpose_of_a_key_is_renamed() -> None:
    asked = re.compile(r'(?:keyed_hash|derived)\(\s*"([^"]+)"')
    files = (root() / "webapp").rglob("*.py")
    assert {name for file in files for name in asked.findall(file.read_text())} == PURPOSES


def test_what_was_hashed_before_is_found_again(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    fixed = replace(app.extensions["secrets"], base=b"b" * 32)
    monkeypatch.setitem(app.extensions, "secrets", fixed)
    with app.app_context():
        made = keyed_hash("codes", b"ABCD").hex()
        assert made != keyed_hash("sheets", b"ABCD").hex()
    assert made == "e7a6f01cfd1d02d5d3b739a3c7713dc51a3a0c614c1d367411c7c1297dc2c6f5"
