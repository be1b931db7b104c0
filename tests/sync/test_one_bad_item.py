"""Whatever goes wrong with one thing that a phone brings is that thing's answer alone."""

import json
import logging
import sqlite3
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.orm.exc import StaleDataError

from tests.conftest import Someone
from tests.sync.conftest import Outbox
from webapp.core.data.db import db
from webapp.journal.models import Trigger
from webapp.sync.kinds import Written

pytestmark = pytest.mark.database

WORDS = "zq-what-ana-wrote"
OutboxOf = Callable[[Someone], Outbox]


def break_one(monkeypatch: pytest.MonkeyPatch, fault: Callable[[], object]) -> None:
    """What is written at strength 9 meets a fault of ours."""
    whole = Written.replay

    def replay(self: Written, person: Any, operation: Any) -> Any:
        replayed = whole(self, person, operation)
        if operation.first("urge") == "9":
            fault()
        return replayed

    monkeypatch.setattr(Written, "replay", replay)


def raises_with_words() -> None:
    raise ValueError(f"could not read {WORDS!r}")


def a_value_fails() -> None:
    db.session.execute(text("INSERT INTO entry (id) VALUES (:words)"), {"words": WORDS})


def row_is_stale() -> None:
    raise StaleDataError(WORDS)


def too_deep() -> None:
    raise RecursionError


def strengths(app: Flask) -> list[int]:
    with app.app_context():
        return sorted(entry.urge or 0 for entry in db.session.query(Trigger))


@pytest.mark.parametrize("fault", [raises_with_words, a_value_fails, row_is_stale, too_deep])
def test_an_item_that_fails_stays_on_the_phone_and_the_others_are_done(
    app: Flask, ana: Someone, outbox_of: OutboxOf, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture, fault: Callable[[], object],
) -> None:  # fmt: skip
    caplog.set_level(logging.DEBUG)
    outbox = outbox_of(ana)
    for urge in ("1", "9", "2"):
        outbox.write(urge=urge, situation=WORDS)
    with monkeypatch.context() as broken:
        break_one(broken, fault)
        assert outbox.send() == ["saved", "later", "saved"]
    assert strengths(app) == [1, 2]
    assert WORDS not in caplog.text
    assert outbox.send() == ["already", "saved", "already"]
    assert strengths(app) == [1, 2, 9]


def test_a_fault_of_ours_is_in_the_log_with_its_place(
    app: Flask, ana: Someone, outbox_of: OutboxOf, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    outbox = outbox_of(ana)
    outbox.write(urge="9")
    break_one(monkeypatch, raises_with_words)
    assert outbox.send() == ["later"]
    assert "at ValueError" in caplog.text
    assert "raises_with_words" in caplog.text


def damaged() -> DatabaseError:
    error = sqlite3.DatabaseError("database disk image is malformed")
    error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    return DatabaseError("SELECT", None, error)


@pytest.mark.parametrize(
    ("trouble", "status"),
    [(OperationalError("SELECT", None, Exception("gone")), 503), (damaged(), 500)],
    ids=["away", "damaged"],
)
def test_a_database_that_is_away_or_damaged_is_the_whole_requests_trouble(
    app: Flask, ana: Someone, outbox_of: OutboxOf, monkeypatch: pytest.MonkeyPatch,
    trouble: DatabaseError, status: int,
) -> None:  # fmt: skip
    def away() -> None:
        raise trouble

    outbox = outbox_of(ana)
    for urge in ("1", "9", "2"):
        outbox.write(urge=urge)
    break_one(monkeypatch, away)
    assert outbox.raw().status_code == status
    assert strengths(app) == []


def nested(depth: int) -> Any:
    return json.loads("[" * depth + "]" * depth)


def test_a_box_with_what_no_form_has_is_that_items_answer(
    app: Flask, ana: Someone, outbox_of: OutboxOf
) -> None:
    outbox = outbox_of(ana)
    outbox.write(urge="1")
    deep = outbox.write(urge="3")
    half = outbox.write(urge="4", situation="half \ud800")
    for strange in ({"id": nested(900)}, {"id": "\ud800" * 50}, {"mark": "\ud800"}):
        outbox.items.append(half | strange)
    outbox.write(kind="plan", part="why", asked="why", version="0", answer="half \ud800")
    outbox.items.append(half | {"kind": "\ud800"})
    outbox.write(urge="5", id=uuid4(), zone="\ud800", version="\ud800", happened="\ud800")
    outbox.write(urge="2")
    answers = outbox.send()
    assert len(answers) == len(outbox.items)
    assert answers[0] == answers[-1] == "saved"
    assert answers[1] == "saved"
    assert set(answers[2:-1]) <= {"rejected", "not yours"}
    assert strengths(app) == [1, 2, 3]
    assert deep["id"]


def test_brackets_in_brackets_in_a_box_are_rejected(
    app: Flask, ana: Someone, outbox_of: OutboxOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox = outbox_of(ana)
    outbox.write(urge="1")
    whole = json.dumps
    with monkeypatch.context() as other:
        brackets = '{"about": "", "fields": ' + "[" * 5000 + "]" * 5000 + "}"
        other.setattr("tests.sync.conftest.json.dumps", lambda *_: brackets)
        outbox.write(urge="9")
    assert json.dumps is whole
    outbox.write(urge="2")
    assert outbox.send() == ["saved", "rejected", "saved"]


def test_what_came_back_with_half_a_character_is_shown_to_its_author(
    app: Flask, ana: Someone, outbox_of: OutboxOf
) -> None:
    outbox = outbox_of(ana)
    for item in (
        outbox.write(urge="4", situation="half \ud800 here"),
        outbox.write(kind="plan", part="why", asked="why", version="0", answer="half \ud800 here"),
    ):
        page = outbox.phone.post("/sync/look", item)
        assert page.status == 200
        assert "half \ufffd here" in page.html
