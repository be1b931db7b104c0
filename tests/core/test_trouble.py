"""A full disk, a lock, a database that is away or damaged: each is said as what it is."""

import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, func, select, text

from tests.conftest import SomeGroup, Someone
from tests.pages import Phone
from webapp.core.data.db import db
from webapp.core.web.routes import writes
from webapp.journal.models import Trigger

pytestmark = pytest.mark.database

WORDS = "zq-what-ana-wrote"
PhoneOf = Callable[[Someone], Phone]


def on_sqlite(kind: str, folder: Path) -> None:
    """Have SQLite itself say it."""
    if kind == "full":
        db.session.execute(text("PRAGMA max_page_count = 1"))
        try:
            db.session.execute(text("CREATE TABLE more (words)"))
            for _ in range(100):  # pages that other tests let go of are taken first
                db.session.execute(text("INSERT INTO more VALUES (zeroblob(9000000))"))
        finally:
            db.session.rollback()
            db.session.execute(text("PRAGMA max_page_count = 1073741823"))
    elif kind == "away":
        create_engine(f"sqlite:///{folder}/nowhere/x.db").connect()
    elif kind == "no table":
        db.session.execute(text("SELECT * FROM nowhere WHERE words = :words"), {"words": WORDS})
    else:
        (folder / "x.db").write_bytes(b"no database" * 1000)
        create_engine(f"sqlite:///{folder}/x.db").connect().execute(text("SELECT * FROM entry"))


def on_postgresql(kind: str, _folder: Path) -> None:
    """Have PostgreSQL itself say it."""
    if kind == "away":
        db.session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    elif kind == "no table":
        db.session.execute(text("SELECT * FROM nowhere WHERE words = :words"), {"words": WORDS})
    else:
        state = {"full": "53100", "locked": "55P03", "damaged": "XX001"}[kind]
        db.session.execute(
            text(f"DO $$ BEGIN RAISE EXCEPTION '{WORDS}' USING ERRCODE = '{state}'; END $$")
        )


@pytest.fixture
def goes_wrong(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Behind an address stands trouble from now on: `goes_wrong("journal.create", "full")`."""

    def put(endpoint: str, kind: str) -> None:
        def view(**_: object) -> str:
            engine = db.engine.dialect.name
            (on_sqlite if engine == "sqlite" else on_postgresql)(kind, tmp_path)
            return "ok"

        monkeypatch.setitem(app.view_functions, endpoint, writes(lambda: None)(view))

    return put


KINDS = {
    "full": (507, "60", "until the clinic frees up space", {"SQLITE_FULL", "DiskFull"}),
    "away": (503, "60", "Try again later", {"SQLITE_CANTOPEN", "AdminShutdown"}),
    "no table": (500, None, "Tell the clinic", {"SQLITE_ERROR", "UndefinedTable"}),
    "damaged": (500, None, "Tell the clinic", {"SQLITE_NOTADB", "DataCorrupted"}),
}


@pytest.mark.parametrize("kind", KINDS)
def test_trouble_is_said_as_what_it_is_and_the_log_knows_why_without_a_word(
    app: Flask, ana: Someone, phone_of: PhoneOf, goes_wrong, kind: str,
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    caplog.set_level(logging.INFO)
    status, retry, said, reasons = KINDS[kind]
    phone = phone_of(ana)
    goes_wrong("journal.create", kind)
    page = phone.post("/journal/new", {"urge": "4", "situation": f"{WORDS} at length"})
    assert page.status == status
    assert page.response.headers.get("Retry-After") == retry
    assert said in page.text
    assert "few seconds" not in page.text
    assert "sign in" in page.text  # whoever can't is told why, also at the door
    assert f"{WORDS} at length" in page.html  # to copy
    logged = caplog.text + "".join(capfd.readouterr())
    assert [reason for reason in reasons if reason in logged], logged
    assert WORDS not in logged
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Trigger)) == 0


@pytest.mark.parametrize("kind", KINDS)
def test_who_cant_sign_in_because_of_it_is_told_so_and_not_that_the_password_is_wrong(
    ana: Someone, phone: Phone, goes_wrong, kind: str
) -> None:
    page = phone.get("/sign-in")
    goes_wrong("accounts.sign_in", kind)
    told = phone.fill(page, "/sign-in", username="ana", password="lantern maple pocket river")
    assert (told.status, KINDS[kind][2] in told.text) == (KINDS[kind][0], True)
    assert "sign in" in told.text


def test_what_cant_be_recorded_isnt_opened_and_cleo_is_told_why(
    cleo: Someone, evening: SomeGroup, phone_of: PhoneOf, goes_wrong
) -> None:
    goes_wrong("huddle.show", "full")
    page = phone_of(cleo).get(f"/clinic/sessions/{evening.tonight}")
    assert (page.status, page.response.headers["Retry-After"]) == (507, "60")
    assert "Opening this page is recorded, so it can’t be opened until" in page.text
    assert "saved" not in page.text


def test_a_mistake_of_ours_is_nobodys_full_disk(
    app: Flask, ana: Someone, phone_of: PhoneOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    def view() -> str:
        db.session.execute(text("SELECT :words"), {"words": object()})
        return "ok"

    monkeypatch.setitem(app.view_functions, "journal.create", writes(lambda: None)(view))
    page = phone_of(ana).post("/journal/new", {"urge": "4"})
    assert (page.status, "Something went wrong on our end" in page.text) == (500, True)
    assert "records" not in page.text


def test_who_waits_for_a_lock_is_asked_to_try_again(
    app: Flask, ana: Someone, phone_of: PhoneOf, goes_wrong, caplog: pytest.LogCaptureFixture
) -> None:
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            return  # held with a real lock in test_transactions
    phone = phone_of(ana)
    goes_wrong("journal.create", "locked")
    page = phone.post("/journal/new", {"urge": "4"})
    assert (page.status, page.response.headers["Retry-After"]) == (503, "5")
    assert "It should work in a few seconds" in page.text
    assert "LockNotAvailable" in caplog.text


def test_on_postgresql_a_table_that_somebody_holds_is_waited_for_and_not_for_ever(
    app: Flask, ana: Someone, phone_of: PhoneOf
) -> None:
    with app.app_context():
        if db.engine.dialect.name != "postgresql":
            return
        phone = phone_of(ana)
        with db.engine.connect() as other:
            other.execute(text("LOCK TABLE entry IN ACCESS EXCLUSIVE MODE"))
            page = phone.post("/journal/new", {"urge": "4"})
            other.rollback()
    assert (page.status, page.response.headers["Retry-After"]) == (503, "5")
