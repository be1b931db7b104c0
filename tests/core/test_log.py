"""What stands in the log is for the operator, and says nothing that a person wrote."""

import logging
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import text

from tests.conftest import Someone
from tests.pages import Phone
from webapp.core.data.db import db
from webapp.core.web.routes import writes

WORDS = "zq-what-ana-wrote"
PhoneOf = Callable[[Someone], Phone]


def break_saving(app: Flask, monkeypatch: pytest.MonkeyPatch, fault: Callable[[], object]) -> None:
    def view() -> str:
        fault()
        return "ok"

    monkeypatch.setitem(app.view_functions, "journal.create", writes(lambda: None)(view))


def raises_with_words() -> None:
    raise ValueError(f"could not read {WORDS!r}")


def raises_from_words() -> None:
    try:
        raises_with_words()
    except ValueError as error:
        raise RuntimeError(f"again: {WORDS}") from error


def words_in_sql() -> None:
    db.session.execute(text("SELECT * FROM nowhere WHERE words = :words"), {"words": WORDS})


def words_in_a_key() -> None:
    {}[WORDS]


@pytest.mark.parametrize(
    "fault", [raises_with_words, raises_from_words, words_in_sql, words_in_a_key]
)
@pytest.mark.database
def test_an_error_with_anas_words_in_it_logs_the_place_and_no_words(
    app: Flask,
    ana: Someone,
    phone_of: PhoneOf,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    fault: Callable[[], object],
) -> None:
    caplog.set_level(logging.DEBUG)
    phone = phone_of(ana)
    break_saving(app, monkeypatch, fault)
    page = phone.post("/journal/new", {"urge": "4", "situation": WORDS})
    assert page.status == 500
    logged = caplog.text + "".join(capfd.readouterr())
    assert "groundwork" in {record.name for record in caplog.records}
    assert WORDS not in logged
    assert "ana" not in logged.casefold().split()


def test_the_page_says_the_number_that_stands_in_the_log(
    app: Flask,
    ana: Someone,
    phone_of: PhoneOf,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    phone = phone_of(ana)
    break_saving(app, monkeypatch, raises_with_words)
    page = phone.post("/journal/new", {"urge": "4", "situation": WORDS})
    number = caplog.records[-1].getMessage().split()[0]
    assert number in page.text
    assert "ValueError" in caplog.text
    assert "raises_with_words" in caplog.text
    assert "ValueError" not in page.text
    assert "Traceback" not in page.text


def test_what_ana_typed_is_still_there_to_copy_but_not_her_password(
    app: Flask, ana: Someone, phone_of: PhoneOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = phone_of(ana)
    break_saving(app, monkeypatch, raises_with_words)
    secrets = {
        "password": "zq secret one two",
        "current": "zq secret three",
        "code": "K7QM-4RTX-9WPD",
    }
    page = phone.post("/journal/new", {"situation": f"{WORDS}, at length", **secrets})
    assert f"{WORDS}, at length" in page.html
    for secret in secrets.values():
        assert secret not in page.html
