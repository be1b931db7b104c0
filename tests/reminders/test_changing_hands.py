"""A phone, who is signed in on it, and whose reminders come there."""

import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests.conftest import NOW
from webapp.accounts.models import SignIn
from webapp.core.data.db import db
from webapp.reminders.models import PushSubscription

pytestmark = pytest.mark.database

HOUR = timedelta(hours=1)


@pytest.fixture
def runs_out(app):
    """Every sign-in of somebody has lasted its 30 days."""

    def go(someone) -> None:
        with app.app_context():
            theirs = update(SignIn).where(SignIn.person_id == someone.id)
            db.session.execute(theirs.values(expires_at=NOW - HOUR))
            db.session.commit()

    return go


def test_after_signing_in_again_on_her_phone_ana_is_reminded_there_again(
    ana, service, switch_on, sender, clock, phone_of, runs_out
):
    fake = service.phone("ana")
    switch_on(ana, fake)
    runs_out(ana)
    again = phone_of(ana)
    mark = hashlib.sha256(fake.endpoint.encode()).hexdigest()
    for page in (again.get("/today"), again.get("/reminders")):
        assert f'data-former="{mark}"' in page.html
    # What her phone does when it finds itself among them.
    switch_on(ana, fake, again)
    assert "data-former" not in again.get("/today").html
    clock.move_to(NOW + HOUR)
    sender()
    assert len(service.got) == 1


def test_until_then_a_sign_in_that_ran_out_is_silent(
    ana, service, switch_on, sender, clock, runs_out
):
    switch_on(ana, service.phone("ana"))
    runs_out(ana)
    clock.move_to(NOW + HOUR)
    sender()
    assert service.got == []


def test_ben_on_the_same_phone_finds_nothing_of_anas(
    ana, ben, service, switch_on, phone_of, runs_out
):
    switch_on(ana, service.phone("shared"))
    runs_out(ana)
    page = phone_of(ben).get("/today")
    assert 'data-module="reminders"' not in page.html


def test_on_a_phone_that_others_use_it_says_how_long_reminders_come(ana, phone_of, app):
    browser = phone_of(ana)
    says = "while you’re signed in here, up to 12 hours"
    assert says not in browser.get("/reminders").text
    with app.app_context():
        db.session.execute(update(SignIn).values(own_phone=False))
        db.session.commit()
    assert says in browser.get("/reminders").text


def test_who_signed_out_is_not_connected_again_and_the_address_is_forgotten(
    app, ana, service, switch_on, sender, phone_of
):
    switch_on(ana, service.phone("ana")).post("/sign-out")
    assert "data-former" not in phone_of(ana).get("/today").html
    sender()
    with app.app_context():
        assert db.session.scalars(select(PushSubscription)).all() == []


def test_a_phone_is_forgotten_a_month_after_its_sign_in_ran_out(
    app, ana, service, switch_on, sender, clock, runs_out
):
    switch_on(ana, service.phone("ana"))
    runs_out(ana)
    sender()
    with app.app_context():
        assert len(db.session.scalars(select(PushSubscription)).all()) == 1
    clock.shift(timedelta(days=31))
    sender()
    with app.app_context():
        assert db.session.scalars(select(PushSubscription)).all() == []
