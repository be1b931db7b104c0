"""Ana is reminded an hour before group, on her phone, once."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event, select, update

from tests.conftest import NOW
from tests.reminders.conftest import STANDING
from tests.reminders.pushservice import Ways
from webapp.core.data.db import db
from webapp.program.models import GroupSession
from webapp.reminders import delivery
from webapp.reminders.models import Accepted, Notification, Outcome, PushSubscription, Result
from webapp.reminders.models import Delivery as Attempt
from webapp.reminders.push import client

HOUR = timedelta(hours=1)  # group is in two hours, the reminder in one


def test_ana_is_reminded_an_hour_before_group(ana, service, switch_on, sender, clock, outcomes):
    phone = service.phone("ana")
    switch_on(ana, phone)

    assert sender() == 0
    clock.move_to(NOW + HOUR - timedelta(seconds=1))
    assert sender() == 0
    clock.move_to(NOW + HOUR)
    assert sender() == 1

    [got] = service.to("ana")
    told = phone.opened(got.body)["notification"]
    assert told["title"] == "Reminder"
    assert told["body"] == "You have something at 6:00 PM, Eastern Time."
    assert told["tag"] == got.headers["Topic"]
    assert len(got.headers["Topic"]) == 32
    assert got.headers["TTL"] == "3600"
    assert got.headers["Urgency"] == "high"
    assert outcomes(ana) == ["sent"]
    assert sender() == 0
    assert len(service.got) == 1


def test_looking_ahead_again_writes_nothing(app, ana, service, switch_on, sender):
    switch_on(ana, service.phone("ana"))
    sender()
    said: list[str] = []

    def listen(*call) -> None:
        said.append(call[2])

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", listen)
    sender()
    event.remove(engine, "before_cursor_execute", listen)
    assert any("FROM reminder" in statement for statement in said)
    assert not any("INTO notification" in statement for statement in said)


def test_a_sender_that_runs_on_goes_by_the_clinics_new_zone(
    app, service, clock, clinic_sets, monkeypatch
):
    asked = []
    monkeypatch.setattr(delivery, "due_now", lambda *_: True)
    monkeypatch.setattr(delivery, "claim", lambda _db, _me, _now, zone, _room: asked.append(zone))
    with app.app_context():  # the same one for as long as the process lives
        sender = delivery.Delivery(app.extensions["settings"], STANDING)
        sender.tick()
        clinic_sets(zone="America/Chicago")
        sender.tick()
        sender.close()
    assert asked == ["America/New_York", "America/Chicago"]


def test_messages_wait_until_somebody_is_named_whom_push_services_may_write_to(
    app, clinic_sets, phone_of, max_, monkeypatch
):
    asked = []
    monkeypatch.setattr(delivery, "due_now", lambda *_: True)
    monkeypatch.setattr(delivery, "claim", lambda *_: asked.append(1))
    # Where Apple would refuse them.
    said = replace(app.extensions["settings"], plain_http=False)
    monkeypatch.setitem(app.extensions, "settings", said)
    assert "Reminders wait until" in phone_of(max_).get("/clinic/reminders").text
    with app.app_context():
        sender = delivery.Delivery(said, STANDING)
        sender.tick()
        assert not asked
        clinic_sets(push_contact="it@clinic.example.org")
        sender.tick()
        sender.close()
    assert asked
    assert "Reminders wait until" not in phone_of(max_).get("/clinic/reminders").text


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


def test_a_cancelled_evening_reminds_nobody(
    app, ana, evening, service, switch_on, sender, clock, outcomes
):
    switch_on(ana, service.phone("ana"))
    sender()
    _change(app, evening.tonight, cancelled_at=NOW)
    clock.move_to(NOW + HOUR)
    sender()
    assert service.got == []
    assert outcomes(ana) == ["cancelled"]


def test_a_moved_evening_reminds_at_its_new_time(
    app, ana, evening, service, switch_on, sender, clock, outcomes
):
    switch_on(ana, service.phone("ana"))
    sender()
    _change(app, evening.tonight, starts_at=NOW + 3 * HOUR, ends_at=NOW + 6 * HOUR)
    clock.move_to(NOW + HOUR)
    sender()
    assert service.got == []
    clock.move_to(NOW + 2 * HOUR)
    sender()
    assert len(service.got) == 1
    assert outcomes(ana) == ["moved", "sent"]


def test_who_left_the_group_is_not_reminded(
    ana, evening, service, switch_on, sender, clock, leaves, outcomes
):
    switch_on(ana, service.phone("ana"))
    sender()
    leaves(evening, ana)
    clock.move_to(NOW + HOUR)
    sender()
    assert service.got == []
    assert outcomes(ana) == ["left"]


def test_who_comes_on_wednesdays_only_is_not_reminded_on_monday(
    ana, ben, evening, weeks, service, switch_on, sender, clock, comes_on, outcomes
):
    comes_on(ana, evening, 2)
    switch_on(ana, service.phone("ana"))
    switch_on(ben, service.phone("ben"))
    clock.move_to(NOW + HOUR)
    sender()
    assert len(service.to("ana")) == 0
    assert len(service.to("ben")) == 1
    assert outcomes(ana) == []
    clock.move_to(NOW + 49 * HOUR)
    sender()
    assert len(service.to("ana")) == 1


def test_own_days_chosen_after_the_message_was_made_count_at_the_claim(
    ana, evening, weeks, service, switch_on, sender, clock, comes_on, outcomes
):
    browser = switch_on(ana, service.phone("ana"))
    sender()
    comes_on(ana, evening, 2)
    clock.move_to(NOW + HOUR)
    sender()
    assert service.got == []
    assert outcomes(ana)[0] == "not_expected"
    assert "not one of your scheduled days" in browser.get("/reminders").text


def test_a_session_beside_the_weekly_ones_reminds_everybody(
    ana, evening, service, switch_on, sender, clock, comes_on
):
    comes_on(ana, evening, 2)  # tonight stands beside them: nothing weekly asks for it
    switch_on(ana, service.phone("ana"))
    clock.move_to(NOW + HOUR)
    sender()
    assert len(service.got) == 1


@pytest.mark.database
def test_switched_off_is_off_at_once(ana, service, switch_on, sender, clock, outcomes):
    browser = switch_on(ana, service.phone("ana"))
    sender()
    browser.fill(browser.get("/reminders"), having="leads", group=None)
    clock.move_to(NOW + HOUR)
    sender()
    assert service.got == []
    assert outcomes(ana) == ["off"]


def test_another_lead_time_takes_the_place_of_the_first(ana, service, switch_on, sender, clock):
    browser = switch_on(ana, service.phone("ana"))
    browser.fill(browser.get("/reminders"), having="leads", leads=["30"])
    clock.move_to(NOW + HOUR)
    sender()
    assert service.got == []
    clock.move_to(NOW + HOUR * 1.5)
    sender()
    assert len(service.got) == 1


def test_a_pause_holds_everything_back_and_can_be_ended(ana, service, switch_on, sender, clock):
    browser = switch_on(ana, service.phone("ana"))
    browser.fill(browser.get("/reminders"), having="paused", paused="2026-11-23T17:40")
    clock.move_to(NOW + HOUR)
    sender()
    assert service.got == []
    assert "Reminders are paused" in browser.get("/reminders").text
    browser.fill(browser.get("/reminders"), having="paused", paused="")
    sender()
    assert len(service.got) == 1


def test_after_the_pause_it_still_comes_if_group_has_not_begun(
    ana, service, switch_on, sender, clock
):
    browser = switch_on(ana, service.phone("ana"))
    browser.fill(browser.get("/reminders"), having="paused", paused="2026-11-23T17:40")
    clock.move_to(NOW + HOUR)
    sender()
    clock.move_to(NOW + HOUR + timedelta(minutes=40))
    sender()
    assert len(service.got) == 1


def test_quiet_until_after_the_start_means_never(ana, service, switch_on, sender, clock, outcomes):
    browser = switch_on(ana, service.phone("ana"))
    browser.fill(browser.get("/reminders"), having="quiet_from", quiet_from="16:30",
                 quiet_until="18:30")  # fmt: skip
    for minutes in range(60, 125, 5):
        clock.move_to(NOW + timedelta(minutes=minutes))
        sender()
    assert service.got == []
    assert outcomes(ana) == ["held"]


def test_an_outage_ends_in_silence_not_in_a_late_reminder(
    ana, service, switch_on, sender, clock, outcomes
):
    switch_on(ana, service.phone("ana"))
    sender()
    clock.move_to(NOW + 2 * HOUR)
    sender()
    assert service.got == []
    assert outcomes(ana) == ["late"]


def test_each_phone_of_hers_gets_it(ana, service, switch_on, sender, clock):
    switch_on(ana, service.phone("one"))
    switch_on(ana, service.phone("two"))
    clock.move_to(NOW + HOUR)
    sender()
    assert sorted(sent.name for sent in service.got) == ["one", "two"]


def test_a_phone_that_failed_does_not_make_the_other_ring_twice(
    ana, service, switch_on, sender, clock, outcomes
):
    switch_on(ana, service.phone("good"))
    switch_on(ana, service.phone("bad", Ways.in_a_row(Ways.status(503), Ways.status(201))))
    clock.move_to(NOW + HOUR)
    sender()
    assert outcomes(ana) == ["open"]
    clock.move_to(NOW + HOUR + timedelta(minutes=1))
    sender()
    assert len(service.to("good")) == 1
    assert len(service.to("bad")) == 2
    assert outcomes(ana) == ["sent"]


def test_signed_out_means_silent(ana, service, switch_on, sender, clock):
    browser = switch_on(ana, service.phone("ana"))
    browser.post("/sign-out")
    clock.move_to(NOW + HOUR)
    sender()
    assert service.got == []


def test_a_phone_that_changes_hands_rings_for_its_new_owner_only(
    ana, ben, service, switch_on, sender, clock
):
    phone = service.phone("shared")
    switch_on(ana, phone)
    switch_on(ben, phone)
    clock.move_to(NOW + HOUR)
    sender()
    assert len(service.got) == 1


def test_a_closed_account_gets_nothing(app, ana, service, switch_on, sender, clock, outcomes):
    from webapp.accounts.models import Person

    switch_on(ana, service.phone("ana"))
    sender()
    with app.app_context():
        db.session.execute(update(Person).where(Person.id == ana.id).values(disabled_at=NOW))
        db.session.commit()
    clock.move_to(NOW + HOUR)
    sender()
    assert service.got == []
    assert outcomes(ana) == ["closed"]


def test_a_test_goes_to_this_phone_only_and_the_page_says_so(
    ana, service, switch_on, sender, clock
):
    phone = service.phone("this")
    browser = switch_on(ana, phone)
    switch_on(ana, service.phone("other"))
    browser.fill(browser.get("/reminders"), "/test")
    sender()
    [got] = service.got
    assert got.name == "this"
    assert "This is a test" in phone.opened(got.body)["notification"]["body"]
    assert "Test sent at 4:00 PM" in browser.get("/reminders").text


def test_once_more_in_ten_minutes(app, ana, service, switch_on, sender, clock):
    browser = switch_on(ana, service.phone("ana"))
    clock.move_to(NOW + HOUR)
    sender()
    browser.fill(browser.get("/reminders"), "/later")
    sender()
    assert len(service.got) == 1
    clock.shift(timedelta(minutes=10))
    sender()
    first, second = service.got
    assert first.headers["Topic"] == second.headers["Topic"]
    assert int(second.headers["TTL"]) == 50 * 60


def test_a_subscription_made_anew_takes_the_place_of_the_lost_one(
    ana, service, switch_on, sender, clock
):
    browser = switch_on(ana, service.phone("old", Ways.status(410)))
    clock.move_to(NOW + HOUR)
    sender()
    assert "disconnected from reminders" in browser.get("/reminders").text
    switch_on(ana, service.phone("new"), browser)
    clock.shift(timedelta(minutes=2))
    sender()
    assert len(service.to("old")) == 1
    assert len(service.to("new")) == 1


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


def _change(app, group_session, **values):
    with app.app_context():
        db.session.execute(
            update(GroupSession).where(GroupSession.id == group_session).values(**values)
        )
        db.session.commit()
