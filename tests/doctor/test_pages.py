"""What an administrator sees of it, and what a proxy may ask."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import text, update
from sqlalchemy.orm import Session

from tests.conftest import Someone
from tests.doctor.conftest import Clinic
from tests.pages import Phone
from webapp.accounts.models import Person
from webapp.backups.record import BACKUP
from webapp.core.crypto.keys import app_secrets
from webapp.core.data.db import db
from webapp.core.version import version
from webapp.doctor import asking, views
from webapp.doctor.asking import MARK, SEEN, mark
from webapp.doctor.case import Case
from webapp.doctor.examining import Finding, State
from webapp.doctor.record import FILE, note_check

PhoneOf = Callable[[Someone], Phone]


@pytest.fixture(autouse=True)
def _nothing_was_asked_outside_nor_backed_up_yet(app: Flask) -> None:
    for file in (FILE, BACKUP):
        (app.extensions["settings"].data / file).unlink(missing_ok=True)


def test_max_sees_what_is_wrong_where_he_begins_and_what_to_do_about_it(
    max_: Someone, phone_of: PhoneOf, clock: object
) -> None:
    phone = phone_of(max_)
    assert "The reminder service has never run." in phone.get("/clinic/health").text
    begins = phone.get("/clinic")
    assert "System check" in begins.text
    assert "/clinic/health" in begins.links
    page = phone.get("/clinic/health")
    assert "Run: groundwork backup." in page.text
    assert "haven’t been checked yet" in page.text
    assert f"Groundwork {version()}" in page.text


def test_what_asks_the_network_isnt_asked_by_opening_the_page(
    max_: Someone, phone_of: PhoneOf, clock: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    monkeypatch.setattr(asking, "_connection", lambda case: asked.append(case))
    phone = phone_of(max_)
    phone.get("/clinic")
    phone.get("/clinic/health")
    assert not asked


def test_what_was_found_outside_is_kept_with_its_age_until_max_checks_again(
    app: Flask, max_: Someone, phone_of: PhoneOf, clock: object
) -> None:
    data = app.extensions["settings"].data
    said = "The certificate of https://clinic.example ends in 5 days."
    note_check(data, [Finding("certificate", State.PROBLEM, said, "Renew it.")])
    try:
        phone = phone_of(max_)
        page = phone.get("/clinic/health")
        assert said in page.text
        assert "were last checked" in page.text
        assert (data / FILE).stat().st_mode & 0o777 == 0o600
        again = phone.fill(page, "/clinic/health")
        assert again.address == "/clinic/health"
        assert said not in again.text  # there is no address here, so nothing is wrong with it
    finally:
        (data / FILE).unlink()


def test_checking_again_holds_up_nobody_who_saves(
    app: Flask, max_: Someone, phone_of: PhoneOf, clock: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    others: list[int] = []

    def saves_meanwhile(_case: Case, *, slow: bool | None = None) -> list[Finding]:
        with Session(db.engine) as session, session.begin():
            others.append(session.execute(update(Person).values(disabled_at=None)).rowcount)
        return []

    phone = phone_of(max_)
    page = phone.get("/clinic/health")
    monkeypatch.setattr(views, "examine", saves_meanwhile)
    monkeypatch.setattr(views, "note_check", lambda *_: None)
    phone.fill(page, "/clinic/health")
    assert others[0] == 1


@pytest.mark.parametrize("held", ["", "[]", '{"at": 3, "findings": []}', '{"at": "2026-01-01"}'])
def test_a_record_that_is_odd_is_as_if_there_were_none(
    app: Flask, max_: Someone, phone_of: PhoneOf, clock: object, held: str
) -> None:
    file = app.extensions["settings"].data / FILE
    file.write_text(held)
    try:
        assert "haven’t been checked yet" in phone_of(max_).get("/clinic/health").text
    finally:
        file.unlink()


def test_the_proxy_is_told_that_it_is_ready_and_at_which_version_and_revision(app: Flask) -> None:
    with app.app_context():
        revision = db.session.scalar(text("SELECT version_num FROM alembic_version"))
        db.session.rollback()
    answer = app.test_client().get("/readyz")
    assert (answer.status_code, answer.text) == (200, f"ready {version()} {revision}\n")
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "came",
    [
        {"environ_overrides": {"REMOTE_ADDR": "203.0.113.9"}},
        {"environ_overrides": {"REMOTE_ADDR": "10.0.0.2"}},
        {"headers": {"X-Forwarded-For": "203.0.113.9"}},
        {"headers": {"X-Forwarded-For": "127.0.0.1"}},
        {"headers": {"Forwarded": "for=127.0.0.1"}},
        {"headers": {"X-Forwarded-Proto": "https"}},
        {"headers": {"Via": "1.1 proxy"}},
    ],
)
def test_whoever_comes_from_elsewhere_finds_no_such_page(
    app: Flask, healthy: Clinic, came: dict[str, dict[str, str]]
) -> None:
    for served in (app, healthy.app):  # without a proxy, and behind one
        answer = served.test_client().get("/readyz", **came)
        assert answer.status_code == 404
        assert version() not in answer.text


def test_what_isnt_ready_is_named_and_health_goes_on_saying_ok(healthy: Clinic) -> None:
    client = healthy.app.test_client()
    assert client.get("/readyz").status_code == 200
    for statement, name in (
        ("UPDATE data_key SET wrapped = randomblob(60)", "keys"),
        ("UPDATE alembic_version SET version_num = '0023'", "schema"),
        ("DROP TABLE alembic_version", "database"),
    ):
        healthy.do(text(statement))
        answer = client.get("/readyz")
        assert (answer.status_code, answer.text) == (503, f"not ready: {name}\n")
        assert client.get("/healthz").text == "ok"


def test_only_the_check_itself_is_told_how_it_is_seen(app: Flask) -> None:
    client = app.test_client()
    with app.app_context():
        mine = mark(app_secrets())
    assert client.get(SEEN, headers={MARK: mine}).json["client"] == "127.0.0.1"
    said, _, signed = mine.rpartition(".")
    at, _, chance = said.partition(".")
    for forged in (
        "", ".", "0.0.0", "x", mine[:-1], f"{at}.0.{signed}", f"{int(at) + 1}.{chance}.{signed}",
        f"ü{mine}", "9" * 5_000,
    ):  # fmt: skip
        answer = client.get(SEEN, headers={MARK: forged.encode().decode("latin-1")})
        assert answer.status_code == 404, forged


def test_a_mark_from_before_is_worth_nothing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with app.app_context():
        mine = mark(app_secrets())
    now = asking.time.time()
    monkeypatch.setattr(asking.time, "time", lambda: now + asking.LASTS + 2)
    assert app.test_client().get(SEEN, headers={MARK: mine}).status_code == 404


def test_no_page_that_a_stranger_can_open_tells_the_version(app: Flask) -> None:
    shown = version()
    for address in ("/", "/sign-in", "/help-now", "/healthz", "/manifest.webmanifest", "/sw.js"):
        answer = app.test_client().get(address)
        assert f"Groundwork {shown}" not in answer.text
        assert shown not in str(answer.headers)
