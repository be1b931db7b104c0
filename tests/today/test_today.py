"""Today: the next group, a quick log, what was answered, what was opened, help."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event

from tests.conftest import NOW, ZONE
from webapp.accounts.models import Person
from webapp.core import clock as our_clock
from webapp.core.data.db import db
from webapp.core.data.statements import Statement
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


def test_of_two_groups_the_sooner_one_comes_first_with_what_is_for_it(
    phone_of, put_into, ana, evening, morning, wrote, shared
):
    put_into(morning, ana)
    shared(ana, wrote(ana), morning, bring_up=True, about="Only for the morning")
    page = phone_of(ana).get("/today")
    assert "Evening IOP" in page.text
    assert "Morning IOP" not in page.text
    assert "Only for the morning" not in page.text


def test_without_a_group_there_is_still_a_place_to_write(phone_of, somebody):
    page = phone_of(somebody("robin")).get("/today")
    assert "How strong is the urge right now?" in page.text
    assert [got["value"] for _tag, got in page.tags if got.get("name") == "urge"] == [
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
    assert "/sharing/bring" in page.links


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
    assert offered() == set()  # a day apart
    clock.shift(day)
    assert offered() == {"/plan/safety"}
    clock.shift(day)
    assert offered() == set()  # the phone says whether it is on the home screen
    clock.shift(day)
    assert offered() == {"/plan/supports"}
    with app.app_context():
        person = db.session.get_one(Person, robin.id)
        typed = {"part": "supports", "contacts": [{"name": "Sam"}], "zone": ZONE}
        write(PlanSection, person, made_for("supports"), our_clock.now(), typed)
        db.session.commit()
    assert offered() == set()
    clock.shift(day)
    assert offered() == {"/reminders"}
    # Not for Robin: it isn't suggested again, on no day of the week.
    phone = phone_of(robin)
    assert phone_of(robin).post("/today/suggestions/safety/dismissal").status == 404
    phone.fill(phone.get("/today"), "/today/suggestions/reminders/dismissal")
    assert offered() == set()
    clock.shift(day)
    assert "Does anyone else pick up your phone?" in phone_of(robin).get("/today").text
    wrote(robin, our_clock.now(), urge=9)
    assert offered() == set()  # a hard moment comes first, and a plan is made on a calm day
    assert "You had a hard moment" in phone_of(robin).get("/today").text
    clock.shift(day * 4)
    assert offered() == {"/plan/safety"}  # the week is over: as on any day
    put_into(morning, robin, since=our_clock.now())
    assert offered() == {"/what-to-expect"}
    leaves(morning, robin)
    assert offered() == {"/plan/safety"}


def test_the_next_card_is_done_where_it_stands_and_the_next_one_takes_its_place(
    app, phone_of, ana, cleo, evening, wrote, shared, clock
):
    clock.move_to(datetime(2026, 11, 23, 7, 40, tzinfo=ZoneInfo(ZONE)))
    phone = phone_of(ana)
    for name in ("Naltrexone", "Sertraline"):
        new = phone.get("/medication/new")
        phone.fill(new, having="prescriber", name=name, dose="50 mg", **{"times-0": "08:00"})
    phone.fill(phone.get("/plan/days"), having="since", name="Without a drink", way="since",
               since="2026-11-20")  # fmt: skip
    morning = phone.get("/today")
    assert "4 days Without a drink" in morning.text
    assert "Sertraline" not in morning.text
    took = phone.fill(morning, "/medication/doses", answer="taken")
    assert took.address == "/today"
    assert "Saved: Taken." in took.text
    assert "Naltrexone" not in took.html.split("<main")[1].split("Sertraline")[1]
    later = phone.fill(took, "/medication/doses", answer="later")
    assert "Sertraline" not in later.html.split("<h1")[1]  # who said later isn't asked again
    assert 'value="Naltrexone"' not in phone.get("/medication").html  # nothing to tap there either
    # A face is the first of eight taps, and stands in no address.
    form = phone.fill(later, "/check-ins/tapped", mood="4")
    assert form.form("/check-ins").fields["mood"] == "4"
    assert phone.get("/check-ins/tapped").address == "/check-ins/new"
    saved = phone.fill(form, "/check-ins", having="craving", craving="3")
    assert "How are you today?" not in phone.get("/today").html.split("<main")[1]
    assert "Saved" in saved.text
    # Group: shortly before, one tap says so, and those who run it see it.
    shared(ana, wrote(ana), evening, bring_up=True, about="Being asked if I drank")
    assert "“Being asked if I drank”" in phone.get("/today").text
    assert "I’m on my way" not in phone.get("/today").text
    clock.move_to(datetime(2026, 11, 23, 17, 10, tzinfo=ZoneInfo(ZONE)))
    phone = phone_of(ana)
    on_way = phone.fill(phone.get("/today"), "/on-my-way")
    assert on_way.address == "/today"
    assert "You told your facilitator: I’m on my way." in on_way.text
    assert "I’m on my way" in phone_of(cleo).get(f"/clinic/sessions/{evening.tonight}").text
    clock.move_to(datetime(2026, 11, 23, 22, 0, tzinfo=ZoneInfo(ZONE)))
    after = phone_of(ana).get("/today").text
    assert "How did group go?" in after
    assert after.count("Being asked if I drank") == 1  # and not for the next one, too
    assert phone_of(ana).post(f"/week/sessions/{evening.tonight}/on-my-way").status == 409
    clock.move_to(datetime(2026, 11, 24, 2, 5, tzinfo=ZoneInfo(ZONE)))
    night = phone_of(ana).get("/today").text
    assert "Can’t sleep?" in night
    assert "No one checks this app overnight." in night


def test_what_today_shows_beside_the_journal_costs_no_statement_of_its_own(
    app, phone_of, ana, evening, wrote, shared, clock, monkeypatch
):
    phone = phone_of(ana)

    def asked() -> int:
        phone.get("/today")
        seen.clear()
        phone.get("/today")
        return len(seen)

    seen: list[object] = []
    run = Statement.run
    monkeypatch.setattr(
        Statement, "run", lambda self, values: seen.append(self) or run(self, values)
    )
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *given: seen.append(given[2]))

    bare = asked()
    shared(ana, wrote(ana), evening, bring_up=True, about="Money")
    clock.shift(timedelta(days=3))  # until the list is as it was at the beginning of the day
    phone = phone_of(ana)
    phone.fill(phone.get("/plan/days"), having="since", name="Without a drink", way="since",
               since="2026-11-20")  # fmt: skip
    new = phone.get("/medication/new")
    phone.fill(new, having="prescriber", name="Naltrexone", **{"times-0": "16:30"})
    assert "Naltrexone" in phone.get("/today").text
    assert asked() == bare


def test_what_a_card_leads_to_isnt_repeated_below(phone_of, ana, somebody, evening):
    def chips(page):
        return page.html.split('class="chips plain"')[1]

    alone = chips(phone_of(somebody("robin")).get("/today"))
    for label in ("My medication", "What I’ll bring", "My week"):
        assert label in alone
    with_group = chips(phone_of(ana).get("/today"))
    assert "What I’ll bring" not in with_group
    assert "My week" in with_group


def test_a_dose_says_since_when_it_is_due(phone_of, ana, clock):
    clock.move_to(datetime(2026, 11, 23, 7, 30, tzinfo=ZoneInfo(ZONE)))
    phone = phone_of(ana)
    new = phone.get("/medication/new")
    phone.fill(new, having="prescriber", name="Naltrexone", **{"times-0": "08:00"})
    assert "Next 8:00 AM" in phone.get("/today").text
    clock.shift(timedelta(hours=2))
    assert "Due since 8:00 AM" in phone.get("/today").text


def test_on_a_quiet_today_what_is_anas_own_waits_for_a_tap(
    phone_of, ana, cleo, evening, wrote, shared, clock
):
    entry = wrote(ana, situation="Fight about the car")
    shared(ana, entry, evening, bring_up=True, about="being asked if I drank")
    desk = phone_of(cleo)
    huddle = desk.get(f"/clinic/sessions/{evening.tonight}")
    desk.fill(huddle, "/clinic/feedback", entry=entry, words="Good that you called.")
    phone = phone_of(ana)
    phone.fill(phone.get("/plan/days"), having="name", name="Without a drink", since="2026-11-01")
    new = phone.get("/medication/new")
    phone.fill(new, having="prescriber", name="Naltrexone", **{"times-0": "16:00"})
    own = ("Without a drink", "Naltrexone", "Good that you called.", "asked if I drank", "drank")
    assert all(words in phone.get("/today").text for words in own)
    you = phone.fill(phone.get("/you"), having="quiet_today", quiet_today="y")
    assert you.form(having="quiet_today").fields["quiet_today"]
    page = phone.get("/today")
    seen = re.sub(r"<details.*?</details>", "", page.html, flags=re.DOTALL)
    assert not [words for words in own if words in seen]
    for link in ("My days", "What helps now", "What I’ll bring"):
        assert link in seen
    taken = phone.fill(page, "/medication/doses", answer="taken")
    assert "Saved: Taken." in taken.text
    assert "quiet_today" not in phone_of(cleo).get("/you").html
