"""A server's clock that goes back two hours or forward three and stays so: no message is lost or
sent twice for that, and once the clock is right, everything comes when it is due."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine

from tests.conftest import NOW
from webapp.core import clock as our_clock
from webapp.reminders.delivery import Clocks, Delivery, in_a_row

pytestmark = pytest.mark.database

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)  # group is in two hours
Live = Callable[[timedelta], None]


@pytest.fixture
def lives(app, service, clock: time_machine.Traveller) -> Iterator[Live]:
    """Time passes until so long after NOW, and the sender looks each minute; `.wrong_by` is by how
    much the machine's clock leaps before."""
    true = NOW

    def until(end: timedelta, wrong_by: timedelta = timedelta()) -> None:
        nonlocal true
        with app.app_context():
            while true < NOW + end:
                true += MINUTE
                clock.move_to(true + wrong_by)
                in_a_row(delivery)

    with app.app_context():
        clocks = Clocks(our_clock.now, lambda: true.timestamp(), lambda *_: timedelta(0))
        delivery = Delivery(app.extensions["settings"], clocks)
    yield until
    with app.app_context():
        delivery.close()


def test_two_hours_back_and_right_again_it_rings_once_when_it_is_due(
    ana, service, switch_on, lives, outcomes
):
    switch_on(ana, service.phone("ana"))
    lives(10 * MINUTE)
    lives(40 * MINUTE, wrong_by=-2 * HOUR)
    lives(HOUR - MINUTE)
    assert service.got == []
    lives(HOUR)
    assert len(service.to("ana")) == 1
    lives(HOUR + 20 * MINUTE, wrong_by=-2 * HOUR)
    lives(3 * HOUR)
    assert (len(service.got), outcomes(ana)) == (1, ["sent"])


def test_three_hours_forward_and_right_again_it_isnt_too_late(
    ana, service, switch_on, lives, outcomes
):
    switch_on(ana, service.phone("ana"))
    lives(10 * MINUTE)
    lives(40 * MINUTE, wrong_by=3 * HOUR)
    assert outcomes(ana) == ["late"]
    lives(HOUR - MINUTE)
    assert service.got == []
    lives(HOUR)
    assert len(service.to("ana")) == 1
    lives(3 * HOUR)
    assert (len(service.got), outcomes(ana)) == (1, ["sent"])


def test_what_rang_early_on_a_clock_that_was_ahead_rings_no_second_time(
    ana, service, switch_on, lives, outcomes
):
    switch_on(ana, service.phone("ana"))
    lives(10 * MINUTE)
    lives(30 * MINUTE, wrong_by=HOUR)
    assert len(service.to("ana")) == 1  # by the only clock there is, it was due
    lives(3 * HOUR)
    assert (len(service.got), outcomes(ana)) == (1, ["sent"])


def test_what_waited_for_a_phone_on_a_clock_that_was_ahead_is_due_when_it_is_due(
    ana, service, switch_on, lives, outcomes
):
    phone, fake = switch_on(ana, service.phone("ana")), service.phone("ana")
    lives(10 * MINUTE)
    phone.post("/reminders/phone/off", {})
    lives(40 * MINUTE, wrong_by=HOUR + 15 * MINUTE)
    switch_on(ana, fake, phone)
    lives(HOUR - MINUTE)
    assert service.got == []
    lives(HOUR + MINUTE)
    assert len(service.got) == 1
