"""A device that wasn't known is told of on the phones that there were, in neutral words."""

from datetime import time, timedelta

from tests.accounts.test_signing_in import sign_in
from tests.conftest import ZONE
from tests.pages import Phone
from webapp.accounts.models import Person
from webapp.core.data.db import db
from webapp.reminders.actions import choose


def test_a_new_device_is_told_of_on_the_phones_there_were_in_words_that_say_nothing(
    app, ana, service, switch_on, sender, clock, outcomes
):
    phone = service.phone("ana")
    own = switch_on(ana, phone)
    sender()
    other = Phone(app)
    sign_in(other, "ana")
    clock.shift(timedelta(minutes=2))
    sender()
    (told,) = service.to("ana")
    said = phone.opened(told.body)["notification"]
    assert (said["title"], said["body"]) == ("Reminder", "There’s something new to look at.")
    assert said["navigate"] == "/today"
    sender()
    assert len(service.to("ana")) == 1
    assert "Signed in on another device" in own.get("/today").text


def test_what_was_seen_of_a_new_device_before_quiet_hours_end_doesnt_ring(
    app, ana, service, switch_on, sender, clock, outcomes
):
    own = switch_on(ana, service.phone("ana"))
    with app.app_context():
        choose(db.session.get_one(Person, ana.id), ZONE, time(15), time(17), None)
        db.session.commit()
    sign_in(Phone(app), "ana")
    clock.shift(timedelta(minutes=2))
    sender()
    assert service.got == []  # it waits for the end of quiet hours
    own.fill(own.get("/today"), "/you/devices/seen")
    clock.shift(timedelta(hours=2))
    sender()
    assert [outcome for outcome in outcomes(ana) if outcome == "sent"] == []
    assert service.got == []
