"""What changes while a message is under way ends nothing for anybody else."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from tests.conftest import NOW
from tests.reminders.pushservice import Ways
from webapp.core.data.db import db
from webapp.program.models import GroupSession
from webapp.reminders.models import Delivery as Attempt
from webapp.reminders.models import PushSubscription

pytestmark = pytest.mark.database

HOUR = timedelta(hours=1)


def test_a_phone_switched_off_while_its_reminder_is_under_way_stops_nobody(
    app, ana, ben, service, switch_on, sender, clock, outcomes
):
    browser = switch_on(ana, service.phone("ana"))
    service.answers["ana"] = _and_first(lambda: browser.post("/reminders/phone/off"))
    switch_on(ben, service.phone("ben"))
    clock.move_to(NOW + HOUR)
    sender()
    assert outcomes(ana) == outcomes(ben) == ["sent"]
    with app.app_context():
        assert len(db.session.scalars(select(Attempt)).all()) == 2
    assert sender() == 0


def test_a_test_whose_phone_is_switched_off_meanwhile_leaves_nothing_behind(
    app, ana, service, switch_on, sender, clock, outcomes
):
    browser = switch_on(ana, service.phone("ana"))
    browser.fill(browser.get("/reminders"), "/test")
    service.answers["ana"] = _and_first(lambda: browser.post("/reminders/phone/off"))
    sender()
    switch_on(ana, service.phone("again"), browser)
    clock.move_to(NOW + HOUR)
    sender()
    assert outcomes(ana) == ["sent"]
    assert len(service.to("again")) == 1


def test_a_session_that_is_removed_while_it_is_announced_stops_nobody(
    app, ana, evening, service, switch_on, sender, clock, outcomes
):
    def remove() -> None:
        with app.app_context():
            db.session.execute(delete(GroupSession).where(GroupSession.id == evening.tonight))
            db.session.commit()

    browser = switch_on(ana, service.phone("ana", _and_first(remove)))
    clock.move_to(NOW + HOUR)
    sender()
    service.answers.clear()
    browser.fill(browser.get("/reminders"), "/test")
    sender()
    assert outcomes(ana) == ["sent"]
    assert len(service.got) == 2


def test_a_phone_that_connected_anew_meanwhile_is_not_forgotten_with_its_old_address(
    app, ana, service, switch_on, sender, clock
):
    browser = switch_on(ana, service.phone("old"))
    new = service.phone("new")
    service.answers["old"] = _and_first(lambda: switch_on(ana, new, browser), 410)
    clock.move_to(NOW + HOUR)
    sender()
    with app.app_context():
        assert db.session.scalars(select(PushSubscription)).one().lost_at is None
    clock.shift(timedelta(minutes=3))
    sender()
    assert len(service.to("new")) == 1


def _and_first(happens: Callable[[], object], status: int = 201) -> Callable[..., object]:
    async def answer(writer: asyncio.StreamWriter) -> None:
        await asyncio.to_thread(happens)
        await Ways.status(status)(writer)

    return answer
