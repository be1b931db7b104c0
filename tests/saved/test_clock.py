"""A server's clock that goes back two hours or forward three, and comes back: nobody is signed out
or shut out for that, no lock stays open, and what was saved keeps its order."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from time_machine import Traveller

from tests.accounts.test_lasting import asks, signed_in
from tests.accounts.test_signing_in import WRONG, sign_in
from tests.conftest import PASSWORD, Someone
from tests.journal.test_changing import change, former, now_kept
from tests.pages import Phone
from webapp.audit.verify import verify
from webapp.core.data.db import db

pytestmark = pytest.mark.database

HOUR = timedelta(hours=1)
WRONG_BY = [pytest.param(-2 * HOUR, id="back"), pytest.param(3 * HOUR, id="forward")]


@pytest.fixture(params=WRONG_BY)
def wrong_by(request: pytest.FixtureRequest) -> timedelta:
    """How far the clock leaps."""
    leap: timedelta = request.param
    return leap


def test_who_is_signed_in_stays_so_while_it_leaps_and_when_it_is_back(
    app: Flask, ana: Someone, cleo: Someone, clock: Traveller, wrong_by: timedelta
) -> None:
    phone, desk = signed_in(app, "ana"), signed_in(app, "cleo")
    page = phone.get("/journal/new")
    for leap in (wrong_by, -wrong_by):
        clock.shift(leap)
        assert asks(phone, "ana") == "nothing"
        # How long this desk was left alone, nobody knows now.
        assert asks(desk, "cleo") == "password"
        desk.fill(desk.get("/unlock"), "/unlock", password=PASSWORD)
        assert asks(desk, "cleo") == "nothing"
    assert phone.fill(page, having="situation", situation="Begun before", urge="6").status == 200


def test_a_desk_that_was_left_while_the_clock_was_ahead_doesnt_stay_open_for_hours(
    app: Flask, cleo: Someone, clock: Traveller
) -> None:
    clock.shift(3 * HOUR)
    desk = signed_in(app, "cleo")
    clock.shift(-3 * HOUR)
    clock.shift(timedelta(minutes=16))
    assert asks(desk, "cleo") == "password"


def test_a_password_that_was_given_while_the_clock_was_ahead_opens_nothing_dangerous_for_hours(
    app: Flask, ana: Someone, clock: Traveller
) -> None:
    clock.shift(3 * HOUR)
    phone = signed_in(app, "ana")
    clock.shift(-3 * HOUR)
    clock.shift(timedelta(minutes=16))
    asked = phone.post("/you/everything", {"csrf_token": phone.token()}, follow=False)
    assert (asked.status, "in case someone else has your device" in asked.text) == (422, True)


def test_who_typed_a_wrong_password_waits_minutes_and_not_until_the_clock_comes_round(
    app: Flask, ana: Someone, clock: Traveller
) -> None:
    clock.shift(3 * HOUR)
    for _ in range(12):
        sign_in(Phone(app), "ana", WRONG)
    assert sign_in(Phone(app), "ana").status == 429
    clock.shift(-3 * HOUR)
    assert sign_in(Phone(app), "ana").address == "/today"


def test_guessing_stays_slow_on_a_clock_that_went_back(
    app: Flask, ana: Someone, clock: Traveller
) -> None:
    clock.shift(-2 * HOUR)
    for _ in range(12):
        sign_in(Phone(app), "ana", WRONG)
    assert sign_in(Phone(app), "ana", WRONG).status == 429
    clock.shift(timedelta(seconds=1))
    assert sign_in(Phone(app), "ana", WRONG).status == 429


def test_what_ana_wrote_and_changed_meanwhile_is_there_in_its_order_and_the_chain_holds(
    app: Flask, ana: Someone, clock: Traveller, wrong_by: timedelta, wrote: Callable[..., object],
    phone_of: Callable[[Someone], Phone],
) -> None:  # fmt: skip
    entry, phone = wrote(ana, situation="First words", urge=7), phone_of(ana)
    clock.shift(wrong_by)
    change(phone, entry, situation="Second words")
    saved = phone.fill(
        phone.get("/journal/new"), having="situation", situation="Meanwhile", urge="5"
    )
    assert "Saved." in saved.text
    clock.shift(-wrong_by)
    change(phone, entry, situation="Third words")
    version, content, _ = now_kept(app, entry)
    assert (version, content["situation"]) == (3, "Third words")
    assert [past["situation"] for past in former(app, ana, entry)] == [
        "First words", "Second words",
    ]  # fmt: skip
    journal = phone.get("/journal").text
    assert "Third words" in journal
    assert "Meanwhile" in journal
    with app.app_context(), db.engine.connect() as connection:
        assert verify(connection, []).problems == []
