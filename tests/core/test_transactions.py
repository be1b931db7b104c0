"""Returning commits, raising rolls back; saved means saved, and nothing else says so."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError, OperationalError

from tests.conftest import Someone, set_up
from tests.pages import Page, Phone
from webapp.accounts.actions import NAME
from webapp.accounts.models import Person
from webapp.core import clock, throttle
from webapp.core.data import db as database
from webapp.core.data.db import db, outside_transaction, short_transaction, writing
from webapp.core.errors import Conflict, NotFound
from webapp.core.throttle import Tries
from webapp.core.web.routes import reads, writes
from webapp.journal.models import Trigger

pytestmark = pytest.mark.database

PhoneOf = Callable[[Someone], Phone]


@pytest.fixture
def view_instead(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Put another view behind an address: `view_instead("journal.create", view)`."""

    def put(endpoint: str, view: Callable[..., Any]) -> None:
        declare = writes if endpoint == "journal.create" else reads
        monkeypatch.setitem(app.view_functions, endpoint, declare(lambda: None)(view))

    return put


@pytest.fixture
def begun(app: Flask) -> Iterator[list[str]]:
    """How each SQLite transaction from now on begins."""
    said: list[str] = []

    def hear(statement: str) -> None:
        if statement.startswith("BEGIN"):
            said.append(statement)

    def listen_in(connection: Any, *_rest: Any) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.set_trace_callback(hear)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "checkout", listen_in)
    yield said
    event.remove(engine, "checkout", listen_in)
    engine.dispose()  # and with it the connections that are listened to


@pytest.fixture
def no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waits for SQLite's write lock gives up at once."""
    monkeypatch.setattr(database, "PATIENCE", 0)


def one_more_try() -> Tries:
    return Tries(key=b"k" * 32, count=1, last_at=clock.now(), open_at=clock.now())


def tries(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Tries)) or 0


def entries(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Trigger)) or 0


def test_a_view_that_returns_has_saved(app: Flask, ana, phone_of, view_instead) -> None:
    def view() -> str:
        db.session.add(one_more_try())
        return "ok"

    view_instead("journal.create", view)
    assert phone_of(ana).post("/journal/new").status == 200
    assert tries(app) == 1


@pytest.mark.parametrize(
    ("error", "status"), [(NotFound(), 404), (Conflict(), 409), (RuntimeError("x"), 500)], ids=str
)
def test_a_view_that_raises_has_saved_nothing(
    app: Flask, ana, phone_of, view_instead, error: Exception, status: int
) -> None:
    def view() -> str:
        db.session.add(one_more_try())
        db.session.flush()
        raise error

    view_instead("journal.create", view)
    assert phone_of(ana).post("/journal/new").status == status
    assert tries(app) == 0


def test_a_reading_route_that_writes_is_a_mistake_and_writes_nothing(
    app: Flask, ana, phone_of, view_instead
) -> None:
    def adds() -> str:
        db.session.add(one_more_try())
        return "ok"

    def says_it_in_sql() -> str:
        row = one_more_try()
        db.session.execute(
            insert(Tries).values(key=row.key, count=1, last_at=row.last_at, open_at=row.open_at)
        )
        return "ok"

    for view in (adds, says_it_in_sql):
        view_instead("today.index", view)
        assert phone_of(ana).get("/today").status == 500
        assert tries(app) == 0


def test_a_route_that_writes_when_posted_to_does_not_write_when_looked_at(
    app: Flask, ana, phone_of, monkeypatch
) -> None:
    def view() -> str:
        db.session.execute(update(Person).values(disabled_at=None))
        return "ok"

    declared = writes(lambda: None)(view)
    monkeypatch.setitem(app.view_functions, "accounts.change_password", declared)
    phone = phone_of(ana)
    assert phone.get("/you/password").status == 500
    assert phone.post("/you/password").status == 200


def test_a_commit_that_fails_is_said_and_nothing_is_saved(
    app: Flask, ana, phone_of, monkeypatch
) -> None:
    phone = phone_of(ana)
    token = phone.token()
    failures = [
        (OperationalError("COMMIT", {}, sqlite_says(sqlite3.SQLITE_IOERR_FSYNC)), 503),
        (OperationalError("COMMIT", {}, sqlite_says(sqlite3.SQLITE_FULL)), 507),
        (IntegrityError("COMMIT", {}, sqlite3.IntegrityError("UNIQUE")), 409),
        (RuntimeError("nobody expected this"), 500),
    ]
    for failure, status in failures:

        def fail(_session: Any, failure: Exception = failure) -> None:
            raise failure

        event.listen(db.session, "before_commit", fail)
        try:
            page = send(phone, token, urge="4", situation="Long enough")
        finally:
            event.remove(db.session, "before_commit", fail)
        assert page.status == status
        assert "Saved" not in page.text
        assert page.response.headers.get("Retry-After") == ("60" if status in (503, 507) else None)
        assert entries(app) == 0
    assert send(phone, token, urge="4", situation="Now it works").status == 302
    assert entries(app) == 1


def test_while_another_process_writes_a_post_waits_and_then_says_so(
    app: Flask, ana, phone_of, another_writer, no_patience
) -> None:
    if not is_sqlite(app):
        return
    phone = phone_of(ana)
    token = phone.token()
    other = another_writer()
    try:
        looked = phone.get("/today")
        page = send(phone, token, urge="4")
    finally:
        other.close()
    assert looked.status == 200  # readers never wait
    assert page.status == 503
    assert "Try again" in page.text
    assert entries(app) == 0


def test_a_post_that_waits_for_another_process_is_saved_as_soon_as_that_one_is_done(
    app: Flask, ana, phone_of, another_writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not is_sqlite(app):
        return
    phone = phone_of(ana)
    token = phone.token()
    other, waited = another_writer(), list[float]()

    def wait(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 3:
            other.close()

    monkeypatch.setattr(database, "time", SimpleNamespace(monotonic=time.monotonic, sleep=wait))
    assert send(phone, token, urge="4").status == 302
    assert waited == [database.LOOKS_AGAIN] * 3
    assert entries(app) == 1


def test_who_writes_waits_for_all_else_as_who_reads(app: Flask) -> None:
    """For another process that mends the file after a crash, say: SQLite's own wait."""
    if not is_sqlite(app):
        return
    for allowed in (False, True, False):
        with app.app_context(), writing(allowed=allowed):
            assert db.session.scalar(text("PRAGMA busy_timeout")) == database.PATIENCE * 1_000


def test_the_huddle_waits_for_a_writer_only_when_it_has_something_to_record(
    app: Flask, ana, cleo, evening, wrote, shared, phone_of, another_writer, no_patience
) -> None:
    if not is_sqlite(app):
        return
    desk, huddle = phone_of(cleo), f"/clinic/sessions/{evening.tonight}"
    shared(ana, wrote(ana, situation="Seen before"), evening)
    desk.get(huddle)
    other = another_writer()
    try:
        again = desk.get(huddle)
    finally:
        other.close()
    assert (again.status, "Seen before" in again.text) == (200, True)

    shared(ana, wrote(ana, situation="Never seen"), evening)
    other = another_writer()
    try:
        unrecorded = desk.get(huddle)
    finally:
        other.close()
    # What can't be recorded as opened isn't shown.
    assert (unrecorded.status, "Never seen" in unrecorded.html) == (503, False)
    assert "2 entries shared" in desk.get(huddle).text
    assert "1 new." not in desk.get(huddle).text


def test_posts_take_the_write_lock_at_once_and_looking_never_does(
    app: Flask, ana, phone_of, begun: list[str]
) -> None:
    if not is_sqlite(app):
        return
    phone = phone_of(ana)
    token = phone.token()
    for address in ("/today", "/journal", "/you", "/help-now", "/no-such-page", "/sign-in"):
        begun.clear()
        phone.get(address)
        assert set(begun) <= {"BEGIN"}, address
    begun.clear()
    send(phone, token, urge="4")
    assert begun == ["BEGIN IMMEDIATE"]


def test_the_count_of_tries_outlives_a_refusal(app: Flask) -> None:
    with app.app_context():
        throttle.count_try((NAME, "ana"))
        db.session.rollback()
    assert tries(app) == 1


def test_a_short_transaction_inside_the_requests_own_is_a_mistake(app: Flask, ana) -> None:
    with app.app_context():
        db.session.execute(text("SELECT 1"))
        with pytest.raises(RuntimeError, match="wait for itself"), short_transaction():
            pass


def test_slow_work_holds_no_transaction_and_loses_no_write(app: Flask, ana) -> None:
    with app.app_context():
        db.session.execute(text("SELECT 1"))
        with outside_transaction():
            assert not db.session().in_transaction()
        db.session.add(one_more_try())
        with pytest.raises(RuntimeError, match="before the slow work"), outside_transaction():
            pass


def test_saying_who_may_write_ends_where_it_was_said(app: Flask) -> None:
    with app.app_context():
        with writing(allowed=False):
            db.session.add(one_more_try())
            with pytest.raises(RuntimeError, match="reading route"):
                db.session.flush()
            db.session.rollback()
        db.session.add(one_more_try())
        db.session.commit()
    assert tries(app) == 1


def test_every_connection_keeps_what_it_says_it_saved(clinic: Flask) -> None:
    set_up(clinic)
    with clinic.app_context():
        for pragma, value in (("synchronous", 2), ("foreign_keys", 1), ("journal_mode", "wal")):
            assert db.session.scalar(text(f"PRAGMA {pragma}")) == value


def sqlite_says(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("what it says")
    error.sqlite_errorcode = code
    return error


def is_sqlite(app: Flask) -> bool:
    with app.app_context():
        return db.engine.dialect.name == "sqlite"


def send(phone: Phone, token: str, **fields: str) -> Page:
    """One post to the journal, and nothing else beside it."""
    data = {"csrf_token": token, **fields}
    return Page(phone.client.post("/journal/new", data=data), "/journal/new")


def test_a_page_is_there_when_the_database_goes_right_behind_it(
    app: Flask, ana: Someone, phone_of: PhoneOf, view_instead: Callable[..., None]
) -> None:
    if db_of(app) != "postgresql":
        pytest.skip("a file doesn't go")

    def view() -> str:
        own = db.session.scalar(text("SELECT pg_backend_pid()"))
        with db.engine.connect() as other:
            other.execute(text("SELECT pg_terminate_backend(:own, 5000)"), {"own": own})
        return "what she wrote"

    phone = phone_of(ana)
    view_instead("journal.index", view)
    page = phone.get("/journal")
    assert (page.status, page.html) == (200, "what she wrote")
    assert phone.get("/today").status == 200
    assert not db.session.registry.registry


def db_of(app: Flask) -> str:
    with app.app_context():
        return db.engine.dialect.name
