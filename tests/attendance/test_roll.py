"""Cleo takes attendance on her phone while people take their seats."""

import csv
import io
from datetime import timedelta

import pytest

from tests.conftest import NOW
from webapp.attendance.models import Attendance
from webapp.attendance.table import harmless, written
from webapp.consents.consent_text import NOTICE
from webapp.core.data.db import db

TONIGHT = NOW + timedelta(hours=2)


@pytest.fixture
def at_six(clock):
    """It is six: the group begins."""
    clock.move_to(TONIGHT)


@pytest.fixture
def roll(phone_of, cleo, ana, ben, evening, at_six):
    """Cleo's phone and the page."""
    phone = phone_of(cleo)
    return phone, f"/clinic/sessions/{evening.tonight}/attendance"


@pytest.fixture
def marks(app):
    """Attendance by patient."""

    def read():
        with app.app_context():
            return {
                attendance.patient_id: attendance
                for attendance in db.session.scalars(db.select(Attendance))
            }

    return read


@pytest.mark.database
def test_one_tap_marks_all_who_are_left(roll, ana, ben, marks):
    phone, address = roll
    page = phone.get(address)
    done = phone.fill(page, "attendance", **{f"{ben.id}-presence": "absent", "rest": "1"})
    assert "Everyone is marked" in done.text
    assert {id: attendance.presence for id, attendance in marks().items()} == {
        ana.id: "present",
        ben.id: "absent",
    }


def test_late_while_the_group_goes_on_means_now(roll, ana, ben, marks, clock):
    phone, address = roll
    clock.shift(timedelta(minutes=12, seconds=30))
    done = phone.fill(phone.get(address), "attendance", **{f"{ana.id}-presence": "late"})
    assert "1 person isn’t marked yet" in done.text
    assert marks()[ana.id].arrived_at == TONIGHT + timedelta(minutes=12)
    assert ben.id not in marks()


def test_late_without_a_time_afterwards_is_asked_for(roll, ana, phone_of, cleo, clock, marks):
    _phone, address = roll
    clock.move_to(TONIGHT + timedelta(hours=5))
    phone = phone_of(cleo)
    page = phone.fill(phone.get(address), "attendance", **{f"{ana.id}-presence": "late"})
    assert page.status == 422
    assert "Ana ana : Enter a time, like 6:00 PM." in page.text
    fields = {f"{ana.id}-presence": "late", f"{ana.id}-arrived": "18:25"}
    phone.fill(page, "attendance", **fields)
    assert marks()[ana.id].arrived_at == TONIGHT + timedelta(minutes=25)


@pytest.mark.parametrize("time", ["03:00", "25:00", "x", "18:25:99", "\0"])
def test_a_time_that_cannot_be_is_refused_in_words(roll, ana, time):
    phone, address = roll
    fields = {f"{ana.id}-presence": "late", f"{ana.id}-arrived": time}
    page = phone.fill(phone.get(address), "attendance", **fields)
    assert page.status == 422
    assert "Check this and try again" in page.text


def test_left_before_arriving_is_refused(roll, ana):
    phone, address = roll
    fields = {f"{ana.id}-presence": "late", f"{ana.id}-arrived": "19:00", f"{ana.id}-left": "18:30"}
    assert "before the arrival time" in phone.fill(phone.get(address), "attendance", **fields).text


@pytest.mark.database
def test_two_facilitators_do_not_undo_each_other(roll, ana, ben, marks):
    phone, address = roll
    stale = phone.get(address)
    phone.fill(phone.get(address), "attendance", **{f"{ben.id}-presence": "excused"})
    phone.fill(stale, "attendance", rest="1")
    assert marks()[ben.id].presence == "excused"
    assert marks()[ana.id].presence == "present"


@pytest.mark.database
def test_marked_twice_is_one_row_with_the_last_word(roll, ana, marks):
    phone, address = roll
    for presence in ("absent", "present", "present"):
        phone.fill(phone.get(address), "attendance", **{f"{ana.id}-presence": presence})
    assert [mark.presence for mark in marks().values()] == ["present"]


def test_a_made_up_presence_or_person_changes_nothing(roll, ana, dana, marks):
    phone, address = roll
    page = phone.fill(phone.get(address), "attendance", **{f"{ana.id}-presence": "vanished"})
    assert page.status == 422
    phone.post(address, {f"{dana.id}-presence": "absent"})
    assert marks() == {}


def test_attendance_opens_an_hour_before(phone_of, cleo, ana, evening, clock):
    phone = phone_of(cleo)
    address = f"/clinic/sessions/{evening.tonight}/attendance"
    assert "You can take attendance starting today at 5:00 PM" in phone.get(address).text
    assert phone.post(address, {f"{ana.id}-presence": "absent"}).status == 409


def test_only_who_runs_the_group_takes_its_attendance(roll, phone_of, kit, ana, max_, marks):
    _phone, address = roll
    for person in (kit, ana, max_):
        assert phone_of(person).get(address).status == 404
        assert phone_of(person).post(address, {f"{ana.id}-presence": "absent"}).status == 404
    assert marks() == {}


def test_ana_sees_her_own_record_and_nobody_elses(roll, phone_of, ana, ben):
    phone, address = roll
    fields = {f"{ana.id}-presence": "late", f"{ana.id}-arrived": "18:10"}
    fields[f"{ana.id}-note"] = "For staff only"
    phone.fill(phone.get(address), "attendance", **fields)
    page = phone_of(ana).get("/week/attendance")
    assert "Present, late" in page.text
    assert "arrived 6:10 PM" in page.text
    assert "2 hr 50 min" in page.text
    assert "For staff only" not in page.html
    assert "Present, late" not in phone_of(ben).get("/week/attendance").text
    assert "Present, late" in phone_of(ana).get("/week").text


def test_a_note_is_sealed(roll, ana, app):
    phone, address = roll
    fields = {f"{ana.id}-presence": "present", f"{ana.id}-note": "Brought her workbook"}
    phone.fill(phone.get(address), "attendance", **fields)
    assert "Brought her workbook" in phone.get(address).html
    with app.app_context():
        (row,) = db.session.execute(db.text("SELECT sealed FROM attendance"))
        assert b"workbook" not in bytes(row[0])


def test_who_has_not_come_or_gone_yet_is_not_noted_and_nothing_typed_is_lost(
    roll, ana, cleo, phone_of, clock, marks
):
    phone, address = roll
    fields = {f"{ana.id}-presence": "left_early", f"{ana.id}-left": "18:30"}
    page = phone.fill(phone.get(address), "attendance", **fields, **{f"{ana.id}-note": "Dentist"})
    assert page.status == 422
    assert "This time is in the future." in page.text
    assert marks() == {}
    assert page.form("attendance").fields[f"{ana.id}-note"] == "Dentist"
    clock.shift(timedelta(minutes=20))  # this clock may be a little behind theirs
    phone = phone_of(cleo)
    assert phone.fill(phone.get(address), "attendance", **fields).status == 200
    assert marks() != {}


@pytest.mark.database
def test_the_spreadsheet_has_times_and_hours_and_no_note(
    roll, ana, ben, cleo, phone_of, kit, clock
):
    clock.shift(timedelta(minutes=125))
    phone, address = phone_of(cleo), roll[1]
    fields = {f"{ana.id}-presence": "left_early", f"{ana.id}-left": "20:15", "rest": "1"}
    phone.fill(phone.get(address), "attendance", **fields, **{f"{ben.id}-note": "Tired"})
    page = phone.get("/clinic")
    group = next(link for link in page.links if "/clinic/groups/" in link)
    page = phone.get(f"{group}/attendance")
    got = phone.fill(page, "attendance.csv")
    assert got.response.mimetype == "text/csv"
    assert "attachment" in got.response.headers["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(got.html.removeprefix("\ufeff"))))
    assert rows[1] == [
        "2026-11-23", "Evening IOP", "18:00", "21:00", "Ana", "ana", "Present, left early",
        "18:00", "20:15", "2.25", "Cleo", "2026-11-23 20:05",
    ]  # fmt: skip
    assert rows[2][4:7] == ["Ben", "ben", "Present"]
    assert rows[-1] == [NOTICE]
    assert "Tired" not in got.html
    assert phone_of(kit).get(got.address).status == 404


@pytest.mark.parametrize(
    "query",
    ["?from_day=", "?from_day=x&until_day=y", "?from_day=2026-11-02&until_day=2026-11-01",
     "?from_day=0001-01-01&until_day=9999-12-31"],
)  # fmt: skip
def test_a_period_that_cannot_be_is_refused(roll, evening, query):
    phone, _address = roll
    assert phone.get(f"/clinic/groups/{evening.id}/attendance.csv{query}").status == 422


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", '=HYPERLINK("http://x")']
)
def test_no_cell_is_a_formula(cell):
    assert harmless(cell).startswith("'")
    assert f"'{cell}".replace('"', '""') in written([[cell]])


@pytest.mark.parametrize("cell", ["Ana", "O’Neil", "3.5", "", "18:00", "a=b"])
def test_plain_cells_stay_as_they_are(cell):
    assert harmless(cell) == cell
