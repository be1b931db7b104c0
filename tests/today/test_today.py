"""Today: the next group, a quick log, what was answered, what was opened, help."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.conftest import NOW, ZONE
from webapp.accounts.models import Person
from webapp.core import clock as our_clock
from webapp.core.data.db import db
from webapp.entries.actions import write
from webapp.plan.models import PlanSection, made_for
from webapp.program.models import GroupSession


def test_the_next_group_stands_there_with_its_time_and_place(phone_of, ana, evening):
    page = phone_of(ana).get("/today")
    assert "Evening IOP" in page.text
    assert "in 2 hr" in page.text
    assert "Today at 6:00 PM, Room 2." in page.text
    assert "You’re not sharing anything with this group." in page.text


def test_while_it_goes_on_it_says_now_and_afterwards_it_is_gone(phone_of, ana, evening, clock):
    phone = phone_of(ana)
    clock.shift(timedelta(hours=3))
    assert "now Today at 6:00 PM" in phone.get("/today").text
    clock.shift(timedelta(hours=2))
    assert "Room 2" not in phone.get("/today").text


def test_a_cancelled_evening_is_not_announced(app, phone_of, ana, evening):
    with app.app_context():
        db.session.get_one(GroupSession, evening.tonight).cancelled_at = our_clock.now()
        db.session.commit()
    assert "Room 2" not in phone_of(ana).get("/today").text


def test_of_two_groups_the_sooner_one_comes_first(phone_of, put_into, ana, evening, morning):
    put_into(morning, ana)
    page = phone_of(ana).get("/today")
    assert "Evening IOP" in page.text
    assert "Morning IOP" not in page.text


def test_without_a_group_there_is_still_a_place_to_write(phone_of, somebody):
    page = phone_of(somebody("robin")).get("/today")
    assert "How strong is the urge right now?" in page.text
    assert [got["value"] for tag, got in page.tags if tag == "button" and "value" in got] == [
        str(strength) for strength in range(11)
    ]
    assert "Room 2" not in page.text


@pytest.mark.parametrize(
    ("hour", "greeting"),
    [(0, "Hello, Ana"), (4, "Hello, Ana"), (5, "Good morning, Ana"), (11, "Good morning, Ana"),
     (12, "Good afternoon, Ana"), (17, "Good afternoon, Ana"), (18, "Good evening, Ana"),
     (23, "Good evening, Ana")],
)  # fmt: skip
def test_the_greeting_follows_the_clock_on_the_wall(phone_of, ana, clock, hour, greeting):
    clock.move_to(datetime(2026, 11, 24, hour, 30, tzinfo=ZoneInfo(ZONE)))
    page = phone_of(ana).get("/today")
    assert greeting in page.text
    assert "Tuesday, November 24" in page.text


def test_only_what_is_mine_is_counted(phone_of, ana, ben, evening, wrote, shared):
    for someone in (ana, ben):
        shared(someone, wrote(someone), evening, bring_up=True)
    shared(ana, wrote(ana), evening)
    wrote(ana)
    page = phone_of(ana).get("/today")
    assert "You’re sharing 2 entries." in page.text
    assert "You want to talk about 1 entry." in page.text
    assert "See what I’m sharing" in page.text


def test_what_was_opened_is_told_for_three_days(phone_of, ana, cleo, evening, wrote, shared, clock):
    shared(ana, wrote(ana), evening)
    phone = phone_of(ana)
    assert "opened the page" not in phone.get("/today").text
    phone_of(cleo).get(f"/clinic/sessions/{evening.tonight}")
    told = "Cleo opened what you shared"
    assert f"{told}, today at 4:00 PM." in phone.get("/today").text
    clock.shift(timedelta(days=2, hours=23))
    assert told in phone.get("/today").text
    clock.shift(timedelta(hours=1))
    assert told not in phone.get("/today").text
    assert "Ben" not in phone.get("/today").text


def test_a_reload_within_the_minute_is_one_opening(
    phone_of, ana, cleo, evening, wrote, shared, clock
):
    shared(ana, wrote(ana), evening)
    desk = phone_of(cleo)
    for seconds in (30, 80):
        clock.move_to(NOW + timedelta(seconds=seconds))
        desk.get(f"/clinic/sessions/{evening.tonight}")
    clock.move_to(NOW + timedelta(minutes=10))
    assert "Cleo opened what you shared, today at 4:00 PM." in phone_of(ana).get("/today").text
    desk.get(f"/clinic/sessions/{evening.tonight}")
    assert "Cleo opened what you shared, today at 4:10 PM." in phone_of(ana).get("/today").text


def test_an_answer_is_anas_to_put_away(phone_of, ana, ben, cleo, evening, wrote, shared):
    entry = wrote(ana, situation="Fight about the car")
    shared(ana, entry, evening)
    desk = phone_of(cleo)
    huddle = desk.get(f"/clinic/sessions/{evening.tonight}")
    desk.fill(huddle, "/clinic/feedback", entry=entry, words="Good that you called.")
    phone = phone_of(ana)
    answered = phone.get("/today")
    assert "Cleo replied to" in answered.text
    put_away = answered.form("/seen").action
    assert phone_of(ben).post(put_away).status == 404
    assert "Good that you called." not in phone_of(ben).get("/today").html
    assert "Good that you called." not in phone.fill(answered, "/seen").text


def test_help_is_one_tap_away(phone_of, ana):
    assert "/help-now" in phone_of(ana).get("/today").links


def test_it_is_for_patients(phone, phone_of, cleo, max_):
    assert phone.get("/today").address == "/sign-in?next=/today"
    for someone in (cleo, max_):
        assert phone_of(someone).get("/today").status == 404


def test_in_the_first_week_one_thing_at_a_time_is_suggested_and_what_is_there_is_not(
    app, phone_of, somebody, put_into, evening, morning, wrote, shared, leaves, clock
):
    robin, day = somebody("robin"), timedelta(days=1)
    put_into(evening, robin, since=NOW)
    offers = {"/what-to-expect", "/plan/safety", "/plan/supports", "/reminders", "/plan/story"}
    sharing = "See how sharing works"

    def offered() -> set[str]:
        page = phone_of(robin).get("/today")
        main = page.html.split("<main")[1].split('<nav class="chips')[0]
        return {link for link in offers if f'href="{link}"' in main} | (
            {sharing} if sharing in main else set()
        )

    assert offered() == {"/what-to-expect"}
    clock.shift(day)
    phone = phone_of(robin)
    phone.fill(phone.get("/rating"), having="heard", skip="1")
    phone.fill(phone.get("/aftercare/questions"), having="going", skip="1")
    assert offered() == {sharing}
    shared(robin, wrote(robin, kinds=["money"]), evening)
    assert offered() == {"/plan/safety"}
    clock.shift(day * 2)
    assert offered() == {"/plan/supports"}
    with app.app_context():
        person = db.session.get_one(Person, robin.id)
        typed = {"part": "supports", "contacts": [{"name": "Sam"}], "zone": ZONE}
        write(PlanSection, person, made_for("supports"), our_clock.now(), typed)
        db.session.commit()
    assert offered() == {"/reminders"}
    # Not for Robin: it isn't suggested again, on no day of the week.
    phone = phone_of(robin)
    assert phone_of(robin).post("/today/suggestions/safety/dismissal").status == 404
    phone.fill(phone.get("/today"), "/today/suggestions/reminders/dismissal")
    assert offered() == {"/plan/story"}
    wrote(robin, our_clock.now(), urge=9)
    assert offered() == {"/plan/safety"}  # a hard moment comes first
    clock.shift(day * 4)
    assert offered() == {"/plan/safety"}  # the week is over: as on any day
    put_into(morning, robin, since=our_clock.now())
    assert offered() == {"/what-to-expect"}
    leaves(morning, robin)
    assert offered() == {"/plan/safety"}
