"""Ana's week: groups, what she says ahead, her own appointments."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.conftest import NOW
from webapp.attendance.models import HeadsUp
from webapp.core.data.db import db
from webapp.program.models import Group, GroupSession


def test_today_leads_to_the_week(phone_of, ana, evening):
    phone = phone_of(ana)
    assert "/week" in phone.get("/today").links
    week = phone.get("/week").text
    assert "Today, Monday, November 23 Evening IOP" in week
    assert "6:00 PM–9:00 PM, Room 2" in week


def test_topic_reading_and_what_to_bring_are_there(phone_of, cleo, ana, evening):
    desk = phone_of(cleo)
    page = desk.get(f"/clinic/sessions/{evening.tonight}/details")
    desk.fill(page, "/details", topic="Paydays", read_before="Pages 3 to 5\n<i>not</i> 6")
    desk.fill(desk.get(f"/clinic/groups/{evening.id}/details"), "details", bring="Your workbook")
    phone = phone_of(ana)
    assert "Paydays" in phone.get("/week").text
    assert "Bring: Your workbook" in phone.get("/week").text
    shown = phone.get(f"/week/sessions/{evening.tonight}").text
    assert "Pages 3 to 5 <i>not</i> 6" in shown


def test_a_cancelled_session_stands_there_with_why(phone_of, cleo, ana, evening):
    desk = phone_of(cleo)
    page = desk.get(f"/clinic/sessions/{evening.tonight}/details")
    desk.fill(page, "/cancellation", **{"cancel-reason": "The heating broke"})
    week = phone_of(ana).get("/week").text
    assert "Canceled" in week
    assert "The heating broke" in week
    said = phone_of(ana).post(f"/week/sessions/{evening.tonight}", {"says": "late"})
    assert said.status == 409


def test_cant_come_stands_in_the_huddle_and_ana_sees_that_it_was_opened(
    phone_of, ana, cleo, evening, app
):
    phone, desk = phone_of(ana), phone_of(cleo)
    page = phone.get(f"/week/sessions/{evening.tonight}")
    assert "Cleo can see it before group." in page.text
    phone.fill(page, "/sessions/", says="cannot", reason="My shift was moved 🙈")
    assert "I can’t come" in phone.get("/week").text
    assert "hasn’t been opened yet" in phone.get(f"/week/sessions/{evening.tonight}").text

    huddle = desk.get(f"/clinic/sessions/{evening.tonight}").text
    assert "Ana I can’t come: My shift was moved 🙈" in huddle
    assert "opened today at 4:00 PM" in phone.get(f"/week/sessions/{evening.tonight}").text
    with app.app_context():
        (row,) = db.session.execute(db.text("SELECT sealed FROM heads_up"))
        assert b"shift" not in bytes(row[0])


def test_said_twice_is_the_last_word_and_coming_after_all_takes_it_away(
    phone_of, ana, cleo, evening
):
    phone, desk = phone_of(ana), phone_of(cleo)
    address = f"/week/sessions/{evening.tonight}"
    phone.fill(phone.get(address), "/sessions/", says="late", reason="Bus")
    phone.fill(phone.get(address), "/sessions/", says="cannot", reason="")
    huddle = desk.get(f"/clinic/sessions/{evening.tonight}").text
    assert "I can’t come" in huddle
    assert "Bus" not in huddle
    phone.fill(phone.get(address), "/coming")
    assert "I can’t come" not in desk.get(f"/clinic/sessions/{evening.tonight}").text


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"says": "never"},
        {"says": "late", "reason": "x" * 20_000},
    ],
)
def test_what_cannot_be_said_is_refused_in_words(phone_of, ana, evening, fields):
    page = phone_of(ana).post(f"/week/sessions/{evening.tonight}", fields)
    assert page.status == 422
    assert "Check this and try again" in page.text


def test_others_cannot_say_it_for_her_nor_see_it(phone_of, ana, ben, dana, kit, evening, phone):
    mine = phone_of(ana)
    address = f"/week/sessions/{evening.tonight}"
    mine.fill(mine.get(address), "/sessions/", says="late", reason="Only for Cleo")
    assert phone_of(dana).get(address).status == 404
    assert phone_of(dana).post(address, {"says": "late"}).status == 404
    assert "Only for Cleo" not in phone_of(ben).get(address).html
    assert phone_of(kit).get(f"/clinic/sessions/{evening.tonight}").status == 404
    assert "Sign in" in phone.get(address).text


def test_it_closes_with_the_notes_as_it_was_said_wherever_the_group_is_moved(
    app, phone_of, ana, ben, cleo, evening, clock
):
    address, desk = f"/week/sessions/{evening.tonight}", f"/clinic/sessions/{evening.tonight}"
    for one, reason in ((ana, "Bus"), (ben, "Train")):
        phone = phone_of(one)
        page = phone.get(address)
        assert "It closes tomorrow at 12:00 PM." in page.text
        phone.fill(page, "/sessions/", says="late", reason=reason)
    with app.app_context():
        theirs = select(HeadsUp).where(HeadsUp.patient_id == ben.id)
        db.session.scalars(theirs).one().closes_at = None  # from before ends were kept
        db.session.commit()
    clock.move_to(NOW + timedelta(hours=7))
    assert "Train" not in phone_of(cleo).get(desk).html
    assert phone_of(ana).post(address, {"says": "late"}).status == 409
    assert "coming late" not in phone_of(ben).get("/sharing").text
    clock.move_to(NOW + timedelta(hours=20, minutes=-1))
    assert "They can see it until today at 12:00 PM." in phone_of(ana).get("/sharing").text
    with app.app_context():
        tonight = db.session.get_one(GroupSession, evening.tonight)
        tonight.starts_at += timedelta(days=1)
        tonight.ends_at += timedelta(days=1)
        db.session.commit()
    roll = f"{desk}/attendance"
    assert "Bus" in phone_of(cleo).get(desk).html
    clock.move_to(NOW + timedelta(hours=20))
    assert not any("Bus" in phone_of(cleo).get(page).html for page in (desk, roll))
    assert "coming late" not in phone_of(ana).get("/sharing").text
    for page in ("/today", "/week", address):  # what staff can't read any more is no promise
        assert "Bus" not in phone_of(ana).get(page).html
        assert "You told your facilitator" not in phone_of(ana).get(page).text


def test_an_appointment_of_her_own_is_hers_alone(phone_of, ana, ben, cleo, evening):
    phone = phone_of(ana)
    page = phone.get("/week/appointments/new")
    fields = {"title": "Dentist", "day": "2026-11-24", "starts": "14:30", "place": "Main St 4"}
    saved = phone.fill(page, "new", **fields)
    assert "Only you can see it" in saved.text
    assert "Dentist Main St 4 2:30 PM" in saved.text
    assert "Dentist" not in phone_of(ben).get("/week").html
    assert "Dentist" not in phone_of(cleo).get(f"/clinic/sessions/{evening.tonight}").html
    address = next(
        link for link in saved.links if "/week/appointments/" in link and "new" not in link
    )
    assert phone_of(ben).get(address).status == 404

    # Back, and Save again: one appointment.
    again = phone.fill(page, "new", **fields | {"starts": "15:00"})
    assert again.text.count("Dentist") == 1
    assert "3:00 PM" in again.text

    removed = phone.fill(phone.get(address), "/removal")
    assert "Dentist" not in removed.text
    assert "Dentist" in phone.fill(removed, "/restoration").text


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "", "day": "2026-11-24", "starts": "14:30"},
        {"title": "x", "day": "1026-11-24", "starts": "14:30"},
        {"title": "x", "day": "2026-02-30", "starts": "14:30"},
        {"title": "x" * 20_000, "day": "2026-11-24", "starts": "14:30"},
        {"title": "\0", "day": "2026-11-24", "starts": "14:30"},
        {"title": "x", "day": "2026-11-24", "starts": "14:30", "minutes": "-5"},
    ],
)
def test_bad_appointments_are_refused_in_words(phone_of, ana, fields):
    phone = phone_of(ana)
    page = phone.fill(phone.get("/week/appointments/new"), "new", **fields)
    assert page.status == 422
    assert "Check this and try again" in page.text


@pytest.mark.parametrize("asked", ["x", "0001-01-01", "9999-12-31", "2026-11-25", "", "\0"])
def test_any_week_that_is_asked_for_gets_an_answer(phone_of, ana, asked):
    assert phone_of(ana).get("/week", query_string={"week": asked}).status == 200


def test_the_clock_change_night_is_a_day_like_another(app, phone_of, ana, evening, clock):
    with app.app_context():
        group = db.session.get_one(Group, evening.id)
        at = NOW.replace(year=2027, month=3, day=14, hour=7, minute=30)  # 3:30 AM, after the gap
        db.session.add(
            GroupSession(group_id=group.id, starts_at=at, ends_at=at + timedelta(hours=1))
        )
        db.session.commit()
    clock.move_to(NOW.replace(year=2027, month=3, day=13, hour=12))
    week = phone_of(ana).get("/week").text
    assert "Sunday, March 14 Evening IOP" in week
    assert "3:30 AM–4:30 AM" in week
