"""What phones hold still comes in: sealed by the app as it was, each kind as its page sent it then.

`former/*.json` is never made anew: a phone may bring the like of it for 90 days.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.conftest import NOW, SomeGroup, Someone
from tests.sync.conftest import Outbox
from webapp.accounts import actions as accounts
from webapp.core.data.db import db
from webapp.entries.models import Entry
from webapp.homework.models import Homework
from webapp.sharing.models import Share
from webapp.sync import keys

FOLDER = Path(__file__).parent / "former"
FORMER = {file.stem: json.loads(file.read_text()) for file in sorted(FOLDER.glob("*.json"))}
CASES = [(when, kind) for when, held in FORMER.items() for kind in held["operations"]]


@pytest.fixture(params=CASES, ids="-".join)
def held(
    request: Any, app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> dict[str, Any]:
    """One kind's operations, with the keys of that server and the person they belong to."""
    when, kind = request.param
    with_keys_of(FORMER[when], app, monkeypatch, tmp_path)
    about = {"mark": FORMER[when]["mark"], "person": UUID(FORMER[when]["person"])}
    return about | FORMER[when]["operations"][kind]


def with_keys_of(
    held: dict[str, Any], app: Flask, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    """The server as it was then; the next person who is made is the one of then."""
    (folder / keys.FILE).write_text(held["outbox"])
    monkeypatch.setitem(app.extensions, "outbox keys", keys.follow(folder))
    secrets = replace(app.extensions["secrets"], base=bytes.fromhex(held["base"]))
    monkeypatch.setitem(app.extensions, "secrets", secrets)
    monkeypatch.setattr(accounts, "uuid4", lambda: UUID(held["person"]))


def test_it_is_kept_as_it_was_written(
    held: dict[str, Any], ana: Someone, outbox_of: Callable[[Someone], Outbox], app: Flask
) -> None:
    assert ana.id == held["person"]
    outbox = outbox_of(ana)
    assert outbox.mark == held["mark"]
    for item in held["sent"]:
        assert outbox.send(item) == ["saved"]
    with app.app_context():
        entries = db.session.scalars(select(Entry).where(Entry.author_id == ana.id))
        assert [[str(entry.id), entry.kind, entry.content] for entry in entries] == held["kept"]
    for item in held["sent"]:
        assert outbox.send(item) == ["already"]


def test_a_share_taken_back_then_ends(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, app: Flask,
    outbox_of: Callable[[Someone], Outbox], evening: SomeGroup, tmp_path: Path,
) -> None:  # fmt: skip
    for held in FORMER.values():
        with_keys_of(held, app, monkeypatch, tmp_path)
        ana = request.getfixturevalue("ana")
        entry = request.getfixturevalue("wrote")(ana)
        share = request.getfixturevalue("shared")(ana, entry, evening)
        with app.app_context():
            id = UUID(held["take-back"]["share"])
            db.session.execute(update(Share).where(Share.id == share).values(id=id))
            db.session.commit()
        assert outbox_of(ana).send(*held["take-back"]["sent"]) == ["saved"]
        with app.app_context():
            assert db.session.get_one(Share, id).ended_at == NOW


def test_homework_that_was_done_and_told_then_is_both(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, app: Flask,
    outbox_of: Callable[[Someone], Outbox], evening: SomeGroup, tmp_path: Path,
) -> None:  # fmt: skip
    for held in (former for former in FORMER.values() if "homework" in former):
        with_keys_of(held, app, monkeypatch, tmp_path)
        ana, id = request.getfixturevalue("ana"), UUID(held["homework"]["homework"])
        with app.app_context():
            given = Homework(
                id=id, given_id=uuid4(), patient_id=ana.id,
                group_session_id=evening.tonight, given_in_id=evening.friday,
            )  # fmt: skip
            given.kind, given.which, given.name = "words", "", "Walk once"
            given.words, given.to_all = "Walk once", False
            db.session.add(given)
            db.session.commit()
        done, told = held["homework"]["sent"]
        outbox = outbox_of(ana)
        assert outbox.send(done) == ["saved"]
        with app.app_context():
            assert db.session.get_one(Homework, id).is_over is False
        assert outbox.send(told) == ["saved"]
        with app.app_context():
            assert db.session.get_one(Homework, id).is_told is True
        assert outbox.send(done, told) == ["already", "already"]
