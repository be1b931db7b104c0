"""A push service on loopback, phones that are subscribed to it, and the sender."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests.conftest import Someone
from tests.pages import Phone
from tests.reminders.pushservice import FakePhone, PushService, push_service
from webapp.accounts.models import Person
from webapp.core.data.db import db
from webapp.reminders.delivery import Clocks, Delivery, in_a_row
from webapp.reminders.models import Notification
from webapp.reminders.push.client import IN_FLIGHT
from webapp.reminders.schedule import SteadyClock

# A database server's clock doesn't follow the hand that moves time here.
STANDING = Clocks(ahead=lambda *_: timedelta(0))


@pytest.fixture(autouse=True)
def no_loop_of_a_browser() -> Iterator[None]:
    """A browser lives as long as its test process, and its loop runs in this thread. Whoever sends
    runs one of their own, as in a process without a browser."""
    others = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(others)


@pytest.fixture
def service(app: Flask, tmp_path) -> Iterator[PushService]:
    """A push service that the app may write to."""
    former = app.extensions["settings"]
    with push_service(tmp_path) as running:
        app.extensions["settings"] = replace(
            former,
            push_hosts=(f"127.0.0.1:{running.port}",),
            push_ca=str(running.authority),
            push_contact="ops@example.org",
        )
        yield running
    app.extensions["settings"] = former


@pytest.fixture
def sender(
    request: pytest.FixtureRequest, app: Flask, service: PushService
) -> Iterator[Callable[[], int]]:
    """Have the worker do whatever is due. It has a thread and a loop of its own, as in life; its
    parameter says how many messages are under way at once."""
    in_flight = getattr(request, "param", IN_FLIGHT)

    def start() -> Delivery:
        with app.app_context():
            return Delivery(app.extensions["settings"], STANDING, in_flight=in_flight)

    def work() -> int:
        with app.app_context():
            # Time moves by hand here, in leaps.
            delivery._last.clear()
            delivery._steady = SteadyClock()
            return in_a_row(delivery)

    def end() -> None:
        with app.app_context():
            delivery.close()

    with ThreadPoolExecutor(1) as thread:
        delivery = thread.submit(start).result()
        yield lambda: thread.submit(work).result()
        thread.submit(end).result()


@pytest.fixture
def switch_on(phone_of: Callable[[Someone], Phone]) -> Callable[..., Phone]:
    """Somebody switches reminders on on a phone: `switch_on(ana, service.phone("ana"))`."""

    def go(someone: Someone, fake: FakePhone, phone: Phone | None = None) -> Phone:
        phone = phone or phone_of(someone)
        answer = phone.post("/reminders/phone", fake.fields)
        assert answer.status == 200, answer.text
        return phone

    return go


@pytest.fixture
def outcomes(app: Flask) -> Callable[[Someone], list[str]]:
    """What became of somebody's messages, in the order they were due."""

    def look(someone: Someone) -> list[str]:
        with app.app_context():
            return [
                str(notification.outcome or "open")
                for notification in db.session.scalars(
                    select(Notification)
                    .join(Person, Person.id == Notification.person_id)
                    .where(Person.id == someone.id)
                    .order_by(Notification.due_at)
                )
            ]

    return look
