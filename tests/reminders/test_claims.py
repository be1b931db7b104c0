"""Several senders on one database: each message is one sender’s, none is claimed for nothing."""

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import insert, select, update

from tests.reminders.conftest import STANDING
from webapp.core import clock as app_clock
from webapp.core.data.db import db
from webapp.reminders.claims import database_ahead
from webapp.reminders.delivery import BATCH, Clocks, Delivery, in_a_row
from webapp.reminders.models import Delivery as Attempt
from webapp.reminders.models import Notification, PushSubscription, Sender
from webapp.reminders.push.client import IN_FLIGHT, PushAnswer, PushClient, Request
from webapp.reminders.schedule import Kind, SteadyClock

pytestmark = pytest.mark.database

SLOW = PushAnswer(None, trouble="no time")
MINE = select(Notification).where(Notification.kind == Kind.TEST)


class Accepting(PushClient):
    """A push service that takes all that a round can carry, without a network."""

    carries = BATCH

    async def send_all(self, requests: Iterable[Request | PushAnswer]) -> list[PushAnswer]:
        return [PushAnswer(201) if at < self.carries else SLOW for at, _ in enumerate(requests)]


class OwnDelivery(Delivery):
    """A sender whose way out is made up."""

    made: list["OwnDelivery"] = []

    def __init__(self, app: Flask, clocks: Clocks = STANDING) -> None:
        super().__init__(app.extensions["settings"], clocks)
        self.made.append(self)

    async def _make_client(self, authorities: str, options: object) -> PushClient:
        return Accepting(self._hosts)


@pytest.fixture(autouse=True)
def loops_are_closed() -> Iterator[None]:
    """Those of senders that die in the middle, and hand nothing back."""
    yield
    while OwnDelivery.made:
        OwnDelivery.made.pop()._runner.close()


@pytest.fixture
def due(app: Flask, ana, service, switch_on) -> Callable[[int], None]:
    """So many messages to Ana's phone are due now."""
    switch_on(ana, service.phone("ana"))

    def make(many: int, at: timedelta = timedelta(0)) -> None:
        with app.app_context():
            now, phone = app_clock.now(), db.session.scalars(select(PushSubscription.id)).one()
            notification = {
                "person_id": ana.id, "kind": Kind.TEST, "only_for_id": phone, "occurs_at": now,
                "due_at": now + at, "next_at": now + at, "expires_at": now + timedelta(hours=1),
            }  # fmt: skip
            db.session.execute(
                insert(Notification), [notification | {"id": uuid4()} for _ in range(many)]
            )
            db.session.commit()

    return make


def test_two_senders_that_start_at_once_never_have_the_same_message(app, due):
    for _ in range(8):
        due(60)
        with app.app_context():
            db.session.execute(update(Sender).values(ended_at=app_clock.now()))
            db.session.commit()
        both = threading.Barrier(2)
        with ThreadPoolExecutor(2) as threads:
            for ticking in [threads.submit(_tick, app, both) for _ in range(2)]:
                ticking.result()
    with app.app_context():
        tries = Counter(db.session.scalars(select(Attempt.notification_id)))
    assert len(tries) == 8 * 60
    assert set(tries.values()) == {1}


def test_what_a_living_sender_holds_is_nobody_elses_and_what_a_dead_one_held_is_free(app, due):
    due(2)
    with app.app_context():
        living, dead = _sender(None), _sender(app_clock.now())
        for sender, notification in zip((living, dead), db.session.scalars(MINE), strict=True):
            notification.claimed_by = sender
        db.session.commit()
        assert _once(OwnDelivery(app)) == 1
        [left] = db.session.scalars(MINE.where(Notification.outcome.is_(None)))
        assert left.claimed_by == living


def test_a_message_of_a_sender_that_nobody_has_seen_end_waits(app, due):
    due(1)
    with app.app_context():
        db.session.execute(update(Notification).values(claimed_by=uuid4()))
        db.session.commit()
        assert _once(OwnDelivery(app)) == 0


@pytest.mark.long
def test_a_slow_service_is_claimed_for_what_a_round_can_carry(app, due, monkeypatch):
    due(1500)
    claims: list[int] = []
    with app.app_context():
        sender = OwnDelivery(app)
        monkeypatch.setattr(Accepting, "carries", IN_FLIGHT)
        send = sender._client.send_all

        async def counted(requests: Iterable[Request | PushAnswer]) -> list[PushAnswer]:
            listed = list(requests)
            claims.append(len(listed))
            return await send(listed)

        monkeypatch.setattr(sender._client, "send_all", counted)
        assert _once(sender) == 1500, "each is tried once, however often it was claimed"
        # The first round can't know yet; from then on hardly anything is claimed twice.
        assert sum(claims) <= 1500 + BATCH + 1500 // 8
        del claims[:]
        # A service that has come to itself has its whole batches back.
        monkeypatch.setattr(Accepting, "carries", BATCH)
        due(20 * BATCH)
        _once(sender)
        assert max(claims) == BATCH
        assert {notification.outcome for notification in db.session.scalars(MINE)} == {"sent"}


def test_due_goes_by_the_clock_that_all_machines_share(app, due):
    due(1, timedelta(seconds=30))
    with app.app_context():
        behind = Clocks(ahead=lambda *_: timedelta(seconds=30))
        assert _once(OwnDelivery(app)) == 0
        assert _once(OwnDelivery(app, behind)) == 1


def test_a_database_server_tells_its_time_and_a_file_has_none(app):
    with app.app_context():
        lying = datetime(2026, 1, 1, tzinfo=UTC)
        ahead = database_ahead(db.session, lying)
        is_server = db.engine.dialect.name == "postgresql"
        assert (ahead > timedelta(days=1)) == is_server
        assert ahead or not is_server


def _sender(ended_at: datetime | None) -> UUID:
    now = app_clock.now()
    sender = Sender(id=uuid4(), started_at=now, last_tick_at=now, ended_at=ended_at)
    db.session.add(sender)
    db.session.flush()
    return sender.id


def _tick(app: Flask, both: threading.Barrier) -> None:
    with app.app_context():
        sender = OwnDelivery(app)
        both.wait(timeout=60)
        sender.tick()


def _once(sender: OwnDelivery) -> int:
    sender._steady = SteadyClock()  # time stands still here, the machine's own does not
    return in_a_row(sender)
