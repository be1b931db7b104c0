"""What push services answer, or don’t, and what becomes of the message."""

import asyncio
import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.conftest import NOW
from tests.reminders.pushservice import Ways
from webapp.core.data.db import db
from webapp.reminders.models import Accepted, Notification, Outcome, PushSubscription, Result
from webapp.reminders.models import Delivery as Attempt
from webapp.reminders.push import client

HOUR = timedelta(hours=1)  # group is in two hours, the reminder in one


def test_every_message_has_one_size(ana, service, switch_on, sender, clock):
    phone = service.phone("ana")
    browser = switch_on(ana, phone)
    browser.fill(browser.get("/reminders"), having="leads", text="own", words="🌻" * 100,
                 leads=["60", "30"])  # fmt: skip
    clock.move_to(NOW + HOUR)
    sender()
    browser.fill(browser.get("/reminders"), having="leads", text="neutral")
    clock.move_to(NOW + HOUR * 1.5)
    sender()
    first, second = service.to("ana")
    assert phone.opened(first.body)["notification"]["body"] == "🌻" * 100
    assert (
        phone.opened(second.body)["notification"]["body"]
        == "You have something at 6:00 PM, Eastern Time."
    )
    assert len(first.body) == len(second.body)


# What a push service can do, what it means, and how long the message is kept alive.
WAYS = {
    "201": (Ways.status(201), "accepted", "sent", True),
    "204": (Ways.status(204), "accepted", "sent", True),
    "404": (Ways.status(404), "gone", "failed", False),
    "410": (Ways.status(410), "gone", "failed", False),
    "400": (Ways.status(400), "refused", "failed", True),
    "401": (Ways.status(401), "our_fault", "failed", True),
    "403": (Ways.status(403), "our_fault", "failed", True),
    "413": (Ways.status(413), "too_big", "failed", True),
    "429 seconds": (Ways.status(429, "Retry-After: 300"), "busy", "failed", True),
    "429 date": (Ways.status(429, Ways.at_date(NOW + HOUR * 1.1)), "busy", "failed", True),
    "503": (Ways.status(503), "busy", "failed", True),
    "hang": (Ways.hang, "unreachable", "failed", True),
    "redirect": (Ways.status(302, "Location: https://169.254.169.254/"), "refused", "failed", True),
    "endless body": (Ways.endless, "accepted", "sent", True),
    "endless head": (Ways.endless_head, "unreachable", "failed", True),
    "reset": (Ways.reset, "unreachable", "failed", True),
    "not http": (Ways.nonsense, "unreachable", "failed", True),
}


@pytest.mark.parametrize("way", WAYS)
def test_each_way_of_failing_has_the_right_outcome(
    app, ana, service, switch_on, sender, clock, outcomes, way
):
    answer, result, outcome, keeps = WAYS[way]
    switch_on(ana, service.phone("ana", answer))
    clock.move_to(NOW + HOUR)
    sender()
    with app.app_context():
        first = db.session.scalars(select(Attempt).order_by(Attempt.at)).first()
        assert first.result == result
        assert (db.session.scalars(select(PushSubscription)).one().lost_at is None) is keeps
    # From then on until the start: what doesn't come right is given up, and said so.
    service.answers["ana"] = Ways.status(503) if way == "hang" else answer
    if way != "endless head":
        clock.move_to(NOW + 2 * HOUR)
        sender()
        assert outcomes(ana) == [outcome]


@pytest.mark.parametrize(
    ("said", "early", "late"),
    [
        ("Retry-After: 300", 299, 331),
        (Ways.at_date(NOW + HOUR + timedelta(minutes=5)), 299, 331),
        ("Retry-After: 86400", 3_599, 0),  # longer than until the start: never
        ("Retry-After: soon", 7, 23),
    ],
)
def test_asked_to_wait_it_waits(ana, service, switch_on, sender, clock, said, early, late):
    way = Ways.in_a_row(Ways.status(429, said), Ways.status(201))
    switch_on(ana, service.phone("ana", way))
    clock.move_to(NOW + HOUR)
    sender()
    clock.move_to(NOW + HOUR + timedelta(seconds=early))
    sender()
    assert len(service.got) == 1
    if late:
        clock.move_to(NOW + HOUR + timedelta(seconds=late))
        sender()
        first, second = service.got
        assert first.headers["Topic"] == second.headers["Topic"]


def test_too_long_for_the_service_is_sent_in_short(
    ana, service, switch_on, sender, clock, outcomes
):
    phone = service.phone("ana", Ways.in_a_row(Ways.status(413), Ways.status(201)))
    switch_on(ana, phone)
    clock.move_to(NOW + HOUR)
    sender()
    first, second = service.got
    assert len(second.body) < len(first.body) / 2
    told = phone.opened(second.body)["notification"]
    assert told["tag"] == first.headers["Topic"] == second.headers["Topic"]
    assert outcomes(ana) == ["sent"]


def test_five_refusals_in_a_row_and_the_phone_is_asked_to_connect_again(
    app, ana, service, switch_on, sender, clock
):
    browser = switch_on(ana, service.phone("ana", Ways.status(400)))
    for _ in range(5):
        browser.fill(browser.get("/reminders"), "/test")
        sender()
    assert "disconnected from reminders" in browser.get("/reminders").text


def test_our_own_fault_is_told_to_the_clinic(
    ana, max_, service, switch_on, sender, clock, phone_of, caplog
):
    switch_on(ana, service.phone("ana", Ways.status(403)))
    clock.move_to(NOW + HOUR)
    sender()
    assert "rejected our key" in caplog.text
    assert "127.0.0.1" not in caplog.text
    page = phone_of(max_).get("/clinic/reminders")
    assert "doesn’t accept our key" in page.text
    assert "The reminder service is running" in page.text
    assert "Ana" not in page.text


def test_nobodys_message_waits_for_anothers_answer(
    ana, ben, service, switch_on, sender, clock, outcomes
):
    waiting: list[asyncio.StreamWriter] = []

    async def when_both_are_there(writer: asyncio.StreamWriter) -> None:
        waiting.append(writer)
        if len(waiting) == 2:
            for waiter in waiting:
                await Ways.status(201)(waiter)

    switch_on(ana, service.phone("ana", when_both_are_there))
    switch_on(ben, service.phone("ben", when_both_are_there))
    clock.move_to(NOW + HOUR)
    sender()
    assert outcomes(ana) == outcomes(ben) == ["sent"]


@pytest.mark.database
def test_a_hundred_messages_share_connections_and_one_token(
    app, somebody, put_into, evening, service, switch_on, sender, clock
):
    people = [somebody(f"p{number}") for number in range(6)]
    put_into(evening, *people)
    for person in people:
        for number in range(5):
            switch_on(person, service.phone(f"{person.username}-{number}"))
    clock.move_to(NOW + HOUR)
    sender()
    assert len(service.got) == 30
    assert len({sent.headers["Authorization"] for sent in service.got}) == 1
    before = service.connections
    switch_on(people[0], service.phone("again"))
    sender()
    assert service.connections == before


# Few at once: as many handshakes as in life take longer than one may, on a machine that is busy.
@pytest.mark.database
@pytest.mark.parametrize("sender", [4], indirect=True)
def test_what_a_slow_service_had_no_time_for_comes_with_the_next_batch_and_once(
    app, ana, service, switch_on, sender, clock, monkeypatch
):
    monkeypatch.setattr(client, "SLOW", 0.0)  # whatever answers is slow
    phones = [f"ana-{number}" for number in range(6)]
    for name in phones:
        switch_on(ana, service.phone(name))
    clock.move_to(NOW + HOUR)
    sender()
    assert sorted(sent.name for sent in service.got) == sorted(phones)
    with app.app_context():
        assert set(db.session.scalars(select(Attempt.result))) == {Result.ACCEPTED}
        assert set(db.session.scalars(select(Notification.outcome))) == {Outcome.SENT}
        counted = db.session.execute(select(Accepted.quarter, Accepted.messages)).all()
        assert [tuple(row) for row in counted] == [("2026-Q4", 6)]


def test_nothing_personal_travels_in_the_open(ana, service, switch_on, sender, clock):
    browser = switch_on(ana, service.phone("ana"))
    browser.fill(browser.get("/reminders"), having="leads", text="own", words="Bring the notebook")
    clock.move_to(NOW + HOUR)
    sender()
    [got] = service.got
    assert b"notebook" not in got.body
    assert str(ana.id) not in json.dumps(got.headers)


def test_an_address_that_is_not_allowed_any_more_is_not_written_to(
    app, ana, service, switch_on, sender, clock
):
    switch_on(ana, service.phone("ana"))
    with app.app_context():
        phone = db.session.scalars(select(PushSubscription)).one()
        phone.endpoint = "https://169.254.169.254/latest"
        db.session.commit()
    clock.move_to(NOW + HOUR)
    sender()
    assert service.got == []
    with app.app_context():
        assert db.session.scalars(select(PushSubscription)).one().lost_at is not None
