"""What a patient sees and chooses about reminders, and what strangers and odd input get."""

from datetime import time, timedelta

import pytest
from sqlalchemy import select

from tests.conftest import NOW
from tests.reminders.hostile import endpoints
from tests.reminders.pushservice import FakePhone, Ways
from webapp.accounts.models import Person
from webapp.core.data.db import db
from webapp.reminders import actions
from webapp.reminders.actions import remind, stop_reminding
from webapp.reminders.models import Notification, PushSubscription, Reminder
from webapp.reminders.schedule import AtTimes, Kind

HOUR = timedelta(hours=1)
GOOGLE = "https://fcm.googleapis.com"


def test_it_says_what_will_stand_on_the_lock_screen_before_it_asks(ana, phone_of):
    page = phone_of(ana).get("/reminders")
    assert "You have something at" in page.text
    assert "Turn on for this phone" in page.text
    assert "Reminders" in phone_of(ana).get("/you").text
    assert "/reminders" in phone_of(ana).get("/you").links


def test_the_calendar_is_the_second_way_and_nothing_else_is_promised(ana, phone_of):
    page = phone_of(ana).get("/reminders")
    assert "/week/calendar" in page.links
    assert "We don’t send reminders by email or text message." in page.text


def test_the_phone_learns_our_key_and_nothing_else(ana, phone_of):
    answer = phone_of(ana).get("/reminders/phone").response.get_json()
    assert set(answer) == {"key", "token"}
    assert len(answer["key"]) == 87


def test_switching_on_twice_is_switching_on_once(app, ana, phone_of):
    browser, fake = phone_of(ana), FakePhone("x", GOOGLE)
    for _ in range(2):
        assert browser.post("/reminders/phone", fake.fields).status == 200
    with app.app_context():
        assert len(db.session.scalars(select(PushSubscription)).all()) == 1
        assert len(db.session.scalars(select(Reminder)).all()) == 1


def test_three_hundred_hostile_endpoints_are_not_kept(app, ana, phone_of):
    browser, fake = phone_of(ana), FakePhone("x", GOOGLE)
    for endpoint in endpoints():
        fields = fake.fields | {"endpoint": endpoint}
        assert browser.post("/reminders/phone", fields).status == 422, endpoint
    with app.app_context():
        assert db.session.scalars(select(PushSubscription)).all() == []


@pytest.mark.parametrize("field", ["endpoint", "p256dh", "auth"])
@pytest.mark.parametrize("value", ["", "x", "\x00", "🌻", "A" * 20_000])
def test_a_subscription_that_no_browser_made_is_refused(app, ana, phone_of, field, value):
    fields = FakePhone("x", GOOGLE).fields | {field: value}
    assert phone_of(ana).post("/reminders/phone", fields).status == 422
    with app.app_context():
        assert db.session.scalars(select(PushSubscription)).all() == []


def test_the_endpoint_stands_sealed_in_the_database(app, ana, phone_of):
    phone_of(ana).post("/reminders/phone", FakePhone("secret-name", GOOGLE).fields)
    with app.app_context():
        [row] = db.session.execute(select(PushSubscription.__table__)).mappings()
        assert b"secret-name" not in b"".join(
            value for value in row.values() if type(value) is bytes
        )


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"leads": []}, "Choose how long before"),
        ({"leads": ["61"]}, "Choose from the list"),
        ({"leads": ["x"]}, "Choose from the list"),
        ({"text": "own", "words": ""}, "Enter what it should say"),
        ({"text": "own", "words": "x" * 101}, "1 character too long"),
        ({"quiet_from": "22:00"}, "both times, or leave both blank"),
        ({"paused": "2099-01-01T00:00"}, "within the next year"),
        ({"paused": "0001-01-01T00:00"}, "within the next year"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence_and_nothing_is_lost(ana, phone_of, changed, says):
    browser = phone_of(ana)
    page = browser.fill(browser.get("/reminders"), having="leads", **changed)
    assert page.status == 422
    assert says in page.text


def test_what_was_chosen_stands_there_the_next_time(ana, phone_of):
    browser = phone_of(ana)
    browser.fill(
        browser.get("/reminders"), having="leads", leads=["30", "1440"], text="own",
        words="Keys, notebook", quiet_from="22:00", quiet_until="07:00",
        paused="2026-11-24T09:00", write="y",
    )  # fmt: skip
    form = browser.get("/reminders").form(having="leads")
    assert form.fields.getlist("leads") == ["30", "1440"]
    assert form.fields["words"] == "Keys, notebook"
    assert form.fields["quiet_from"] == "22:00"
    assert form.fields["paused"].startswith("2026-11-24T09:00")
    assert "write" in form.fields


def test_it_says_when_the_last_one_was_handed_over_to_this_phone_not_to_another(
    ana, service, switch_on, sender, clock
):
    browser = switch_on(ana, service.phone("ana"))
    other = switch_on(ana, service.phone("other", Ways.status(503)))
    assert "Nothing has been sent to this phone yet." in browser.get("/reminders").text
    clock.move_to(NOW + HOUR)
    sender()
    handed = "Last reminder sent to this phone: today at 5:00 PM."
    assert handed in browser.get("/reminders").text
    assert "Nothing has been sent to this phone yet." in other.get("/reminders").text


def test_a_pause_ends_with_one_tap(ana, service, switch_on, sender, clock):
    browser = switch_on(ana, service.phone("ana"))
    browser.fill(browser.get("/reminders"), having="leads", paused="2026-11-24T09:00")
    assert "Resume reminders now" in browser.get("/reminders").text
    page = browser.fill(browser.get("/reminders"), "/resume")
    assert "Reminders are back on." in page.text
    assert "pause now" not in page.text
    assert browser.post("/reminders/resume").status == 200  # a second tap changes nothing
    assert page.form(having="leads").fields["paused"] == ""
    clock.move_to(NOW + HOUR)
    sender()
    assert len(service.got) == 1


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        (Ways.status(400), "refused it. Turn reminders off on this phone, then on again."),
        (Ways.status(403), "the clinic’s key. It’s not your phone. Tell your clinic."),
        (Ways.status(503), "was busy. We’ll keep trying."),
        (Ways.reset, "couldn’t be reached. We’ll keep trying."),
    ],
)
def test_what_became_of_a_test_is_said_once_with_what_to_do(
    ana, service, switch_on, sender, answers, says
):
    browser = switch_on(ana, service.phone("ana", answers))
    browser.fill(browser.get("/reminders"), "/test")
    sender()
    text = browser.get("/reminders").text
    assert says in text
    assert text.count("The test ") == 1


def test_a_test_that_nobody_took_in_time_is_said_to_be_over(ana, service, switch_on, sender, clock):
    browser = switch_on(ana, service.phone("ana"))
    browser.fill(browser.get("/reminders"), "/test")
    clock.shift(timedelta(minutes=6))
    sender()
    assert "The test wasn’t sent. You can try again." in browser.get("/reminders").text


def test_own_words_are_sealed(app, ana, phone_of):
    browser = phone_of(ana)
    browser.fill(browser.get("/reminders"), having="leads", text="own", words="Keys, notebook")
    with app.app_context():
        for row in db.session.execute(select(Reminder.sealed)):
            assert b"notebook" not in row[0]


def test_ben_can_neither_put_off_nor_switch_off_what_is_anas(
    app, ana, ben, service, switch_on, sender, clock, phone_of
):
    switch_on(ana, service.phone("ana"))
    clock.move_to(NOW + HOUR)
    sender()
    with app.app_context():
        message = db.session.scalars(select(Notification)).one()
        ids = str(message.id), str(message.reminder_id)
    browser = phone_of(ben)
    assert browser.post("/reminders/later", {"id": ids[0]}).status == 404
    assert browser.post(f"/reminders/rules/{ids[1]}/off").status == 404
    assert browser.post("/reminders/later", {"id": "nonsense"}).status == 404
    sender()
    assert len(service.got) == 1


def test_less_than_ten_minutes_before_group_is_too_late_to_put_off(
    ana, service, switch_on, sender, clock
):
    browser = switch_on(ana, service.phone("ana"))
    clock.move_to(NOW + HOUR)
    sender()
    page = browser.get("/reminders")
    clock.move_to(NOW + 2 * HOUR - timedelta(minutes=9))
    answer = browser.fill(page, "/later")
    assert answer.status == 409
    assert "less than 10 minutes" in answer.text


def test_putting_off_twice_rings_once(ana, service, switch_on, sender, clock):
    browser = switch_on(ana, service.phone("ana"))
    clock.move_to(NOW + HOUR)
    sender()
    page = browser.get("/reminders")
    browser.fill(page, "/later")
    browser.fill(page, "/later")
    clock.shift(timedelta(minutes=10))
    sender()
    clock.shift(timedelta(minutes=10))
    sender()
    assert len(service.got) == 2


def test_what_has_not_rung_yet_is_not_put_off(app, ana, service, switch_on):
    switch_on(ana, service.phone("ana"))
    with app.app_context():
        message = db.session.scalars(select(Notification)).first()
        before = message.next_at, message.expires_at, message.round
        actions.remind_later(message)
        assert (message.next_at, message.expires_at, message.round) == before


def test_a_rule_that_is_switched_on_again_counts_from_then(app, ana, clock):
    rule = AtTimes((time(8),), "UTC", NOW.date())
    with app.app_context():
        person = db.session.get_one(Person, ana.id)
        remind(person, rule)
        stop_reminding(person, rule.kind)
        clock.shift(HOUR)
        again = remind(person, rule)
        assert (again.off_at, again.on_since) == (None, NOW + HOUR)


def test_saving_choices_does_not_ring_what_was_put_off(ana, service, switch_on, sender, clock):
    browser = switch_on(ana, service.phone("ana"))
    clock.move_to(NOW + HOUR)
    sender()
    browser.fill(browser.get("/reminders"), "/later")
    browser.fill(browser.get("/reminders"), having="leads")
    sender()
    assert len(service.got) == 1
    clock.shift(timedelta(minutes=10))
    sender()
    assert len(service.got) == 2


def test_strangers_and_staff_find_nothing_here(ana, cleo, phone, phone_of):
    for address in ("/reminders", "/reminders/phone"):
        assert "sign-in" in phone.get(address).address
        assert phone_of(cleo).get(address).status == 404
    assert phone.post("/reminders/phone", FakePhone("x", GOOGLE).fields).status == 401
    for someone in (ana, cleo):
        assert phone_of(someone).get("/clinic/reminders").status == 404


def test_eleven_tests_in_a_quarter_of_an_hour_are_too_many(ana, service, switch_on):
    browser = switch_on(ana, service.phone("ana"))
    page = browser.get("/reminders")
    for _ in range(10):
        assert browser.fill(page, "/test").status == 200
    assert browser.fill(page, "/test").status == 429


def test_it_says_so_when_the_clinics_service_stands_still(ana, phone_of, sender, clock):
    assert "reminder service isn’t running" in phone_of(ana).get("/reminders").text
    sender()
    assert "reminder service isn’t running" not in phone_of(ana).get("/reminders").text
    clock.shift(timedelta(minutes=6))
    assert "reminder service isn’t running" in phone_of(ana).get("/reminders").text


def test_the_page_tells_what_became_of_the_latest(ana, service, switch_on, sender, clock):
    browser = switch_on(ana, service.phone("ana", Ways.reset))
    clock.move_to(NOW + HOUR)
    sender()
    assert "the push service couldn’t be reached" in browser.get("/reminders").text
    clock.move_to(NOW + 2 * HOUR)
    sender()
    assert "Couldn’t be sent" in browser.get("/reminders").text


def test_max_reads_what_went_wrong_and_when_last(
    ana, max_, service, switch_on, sender, clock, phone_of
):
    browser = switch_on(ana, service.phone("ana", Ways.reset))
    clock.move_to(NOW + HOUR)
    sender()
    page = phone_of(max_).get("/clinic/reminders").text
    assert "1 attempt: the push service couldn’t be reached" in page
    assert "Last: today at 5:00 PM. Push services couldn’t be reached." in page
    assert "1 phone is connected." in page
    browser.post("/sign-out")
    assert "0 phones are connected." in phone_of(max_).get("/clinic/reminders").text


def test_cleo_sees_in_numbers_who_was_reminded(
    ana, ben, cleo, somebody, put_into, evening, service, switch_on, sender, clock, phone_of
):
    cruz = somebody("cruz")
    put_into(evening, cruz)
    switch_on(ana, service.phone("ana"))
    switch_on(ben, service.phone("ben", Ways.status(400)))
    at = f"/clinic/sessions/{evening.tonight}"
    sender()
    assert (
        "0 sent, 2 scheduled, 0 failed. 1 person has reminders off." in phone_of(cleo).get(at).text
    )
    clock.move_to(NOW + HOUR)
    sender()
    assert (
        "1 sent, 0 scheduled, 1 failed. 1 person has reminders off." in phone_of(cleo).get(at).text
    )


def test_who_comes_on_other_days_is_not_counted_as_switched_off(
    ana, ben, cleo, evening, weeks, comes_on, service, switch_on, sender, phone_of
):
    switch_on(ana, service.phone("ana"))
    comes_on(ben, evening, 2)
    sender()
    page = phone_of(cleo).get(f"/clinic/sessions/{evening.tonight}").text
    assert "0 sent, 1 scheduled, 0 failed. 0 people have reminders off." in page


def test_another_part_of_the_app_can_have_somebody_reminded(
    app, ana, service, switch_on, sender, clock
):
    fake = service.phone("ana")
    browser = switch_on(ana, fake)
    with app.app_context():
        person = db.session.get_one(Person, ana.id)
        rule = AtTimes(
            (time(16, 30),), "America/New_York", NOW.date(), name="Morning dose", about=ana.id
        )
        for _ in range(2):
            remind(person, rule)
        db.session.commit()
    assert "Morning dose" in browser.get("/reminders").text
    clock.move_to(NOW + timedelta(minutes=30))
    sender()
    [got] = service.got
    assert fake.opened(got.body)["notification"]["body"] == "There’s something for you today."
    with app.app_context():
        stop_reminding(db.session.get_one(Person, ana.id), Kind.DAILY, ana.id)
        db.session.commit()
    clock.shift(timedelta(days=1))
    sender()
    bodies = [fake.opened(sent.body)["notification"]["body"] for sent in service.got]
    assert bodies.count("There’s something for you today.") == 1
