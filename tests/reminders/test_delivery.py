"""Ana is reminded an hour before group, on her phone, once."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event, update

from tests.conftest import NOW
from tests.reminders.conftest import STANDING
from tests.reminders.pushservice import Ways
from webapp.core.data.db import db
from webapp.program.models import GroupSession
from webapp.reminders import delivery

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


def _change(app, group_session, **values):
    with app.app_context():
        db.session.execute(
            update(GroupSession).where(GroupSession.id == group_session).values(**values)
        )
        db.session.commit()
