"""Ana prints an attendance sheet; her probation officer checks its code."""

import re
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, select

from tests.conftest import NOW
from tests.meetings.test_log import logs
from tests.pages import Phone
from webapp.core.crypto.keys import DataKey
from webapp.core.data.db import db
from webapp.meetings.models import Sheet
from webapp.meetings.sheet import MOST_PATH, Went, is_drawing, rows

pytestmark = pytest.mark.database

SPRING = datetime(2026, 2, 1)  # noqa: DTZ001 - a wall clock, as on paper
CODE = re.compile(r"Check code: ([0-9A-Z-]{14})")


@pytest.fixture
def made(phone_of, ana):
    """Ana went three times, and printed the last week."""
    phone = phone_of(ana)
    logs(phone, meeting="Too early", happened="2026-11-01T19:00")
    logs(phone, meeting="Noon", place="Elm St", happened="2026-11-20T12:00", takeaway="Secret")
    logs(phone, meeting="Steps", fellowship="aa", attended="online", happened="2026-11-18T18:30")
    page = prints(phone, first="2026-11-16", last="2026-11-22", blank="2")
    return phone, page


def prints(phone, **fields):
    return phone.fill(phone.get("/meetings/sheet"), having="first", **fields)


def checks(phone, code):
    return phone.fill(phone.get("/check-sheet"), having="code", code=code)


def test_a_sheet_has_the_visits_of_its_period_and_nothing_that_was_said(made):
    _phone, page = made
    assert page.status == 200
    assert "Name Ana" in page.text
    assert "Monday, November 16, 2026 to Sunday, November 22, 2026" in page.text
    assert page.text.index("Wednesday, November 18, 2026 6:30 PM Steps Online") < page.text.index(
        "Friday, November 20, 2026 12:00 PM Noon Elm St"
    )
    assert "2 rows are filled in. 2 rows were left blank." in page.text
    assert "Too early" not in page.text
    assert "Secret" not in page.text
    title = page.html.split("<title>")[1].split("</title>")[0]
    assert title == "Attendance sheet"
    assert not any(tag == "img" for tag, _attributes in page.tags)


def test_the_clinic_checks_its_code_and_learns_no_more(made, app, phone_of, cleo):
    _phone, page = made
    code = CODE.search(page.text)[1]
    for asker in (Phone(app), phone_of(cleo)):
        answer = checks(asker, f" {code.lower().replace('-', ' ')} ")
        assert "A sheet with this code was printed here" in answer.text
        assert "Monday, November 16, 2026 to Sunday, November 22, 2026" in answer.text
        assert "Rows filled in 2" in answer.text
        for word in ("Ana", "Noon", "Steps", "Elm", "Riverside"):
            assert word not in answer.text
        assert code not in answer.address


def test_a_code_that_was_never_printed_is_not_known(phone, made):
    for code in ("K7QM-4RTX9WPD", "short", "'; drop table", "🌱" * 12):
        assert "No sheet has this code" in checks(phone, code).text
    assert checks(phone, "").status == 422
    assert checks(phone, "x" * 41).status == 422


def test_guessing_codes_is_held_up(phone, app, made):
    page = phone.get("/check-sheet")
    for _guess in range(100):
        phone.fill(page, having="code", code="K7QM-4RTX9WPD")
    assert phone.fill(page, having="code", code="K7QM-4RTX9WPD").status == 429


def test_a_sheet_stays_as_it_was_printed(made):
    phone, page = made
    visit = next(
        link for link in phone.get("/meetings").links if re.search(r"/meetings/[\w-]{36}$", link)
    )
    phone.fill(phone.get(f"{visit}/edit"), "edit", meeting="Renamed")
    again = phone.get(page.address)
    assert "Renamed" not in again.text
    assert "Noon" in again.text
    assert page.address in phone.get("/meetings/sheet").links


def test_she_stops_its_code_and_whoever_has_the_paper_is_told_nothing(made, phone, phone_of, ben):
    hers, page = made
    code = CODE.search(page.text)[1]
    assert "was printed here" in checks(phone, code).text
    assert phone_of(ben).post(f"{page.address}/stop").status == 404
    stopped = hers.fill(page, "/stop")
    assert "The code of this sheet has ended." in stopped.text
    assert "No sheet has this code" in checks(phone, code).text
    assert f"{page.address}/stop" not in hers.get("/sharing").html
    assert hers.post(f"{page.address}/stop").status == 200  # an open page of before
    assert hers.get("/sharing/activity").text.count("You stopped the code") == 1
    again = CODE.search(prints(hers, first="2026-11-16", last="2026-11-22").text)[1]
    assert "was printed here" in checks(phone, again).text


def test_a_sheet_is_its_owners_alone(made, phone, phone_of, ben, cleo, max_):
    _ana, page = made
    for someone in (ben, cleo, max_):
        assert phone_of(someone).get(page.address).status == 404
    for someone in (cleo, max_):
        assert phone_of(someone).get("/meetings/sheet").status == 404
    assert "Noon" not in phone.get(page.address).html


def test_the_table_alone_says_neither_code_nor_period(made, app):
    _phone, page = made
    code = CODE.search(page.text)[1]
    with app.app_context():
        raw = db.session.execute(select(Sheet.__table__)).one()
        assert code.encode() not in repr(tuple(raw)).encode()
        assert "2026-11-16" not in repr(tuple(raw))


def test_when_her_key_is_erased_her_sheets_are_unknown(made, app, phone):
    _phone, page = made
    with app.app_context():
        db.session.execute(delete(DataKey))
        db.session.commit()
    assert "No sheet has this code" in checks(phone, CODE.search(page.text)[1]).text


@pytest.mark.parametrize(
    "fields",
    [
        {"first": "2026-11-22", "last": "2026-11-21"},
        {"first": "2020-01-01", "last": "2026-11-21"},
        {"first": ""},
        {"last": "soon"},
        {"blank": "21"},
        {"blank": "-1"},
        {"blank": "many"},
        {"name": "x" * 121},
    ],
)
def test_a_sheet_that_cannot_be_is_refused(phone_of, ana, fields):
    assert prints(phone_of(ana), **fields).status == 422


def test_an_empty_sheet_and_a_name_by_hand(phone_of, ana):
    page = prints(phone_of(ana), name="", blank="0")
    assert "No meetings on these dates" in page.text
    assert "Name Ana" not in page.text


def test_somebody_at_the_meeting_draws_initials(phone_of, ana, ben):
    phone = phone_of(ana)
    visit = logs(phone, meeting="Kelly’s noon", takeaway="Private", happened="2026-11-23T12:00")
    glass = phone.get(f"{visit.address}/initials")
    assert "Kelly’s noon" in glass.text
    assert "Private" not in glass.html
    phone.fill(glass, "/initials", having="initials", initials="M10 10L20 20M30 5L30 90")
    assert 'd="M10 10L20 20M30 5L30 90"' in phone.get(visit.address).html
    page = prints(phone, first="2026-11-23", last="2026-11-23")
    assert 'd="M10 10L20 20M30 5L30 90"' in page.html
    assert phone_of(ben).get(f"{visit.address}/initials").status == 404

    other = {"takeaway": "Other words", "meeting": "Kelly's Noon"}
    phone.fill(phone.get(f"{visit.address}/edit"), "edit", **other)
    assert "M10 10" in phone.get(visit.address).html
    phone.fill(phone.get(f"{visit.address}/edit"), "edit", meeting="Another meeting")
    assert "M10 10" not in phone.get(visit.address).html


@pytest.mark.parametrize(
    "drawing",
    ["M1 1<script>", "L1 1", "M1 1Z", "M1111 1", "M1 1" + "L1 1" * 1500, "url(https://x)"],
)
def test_only_what_our_glass_can_draw_is_kept(phone_of, ana, drawing):
    phone = phone_of(ana)
    glass = phone.get(f"{logs(phone).address}/initials")
    assert phone.fill(glass, "/initials", having="initials", initials=drawing).status == 422


points = st.tuples(st.integers(0, 300), st.integers(0, 100)).map(lambda p: f"{p[0]} {p[1]}")
strokes = st.lists(points, min_size=1, max_size=5).map(lambda some: "M" + "L".join(some))


@given(st.lists(strokes, min_size=1, max_size=9).map("".join))
def test_whatever_a_finger_draws_is_a_drawing(path):
    assert is_drawing(path)


@given(st.text(max_size=40) | st.just("M1 1" * MOST_PATH))
def test_any_other_text_is_none(text):
    assert not is_drawing(text) or set(text) <= set("ML 0123456789")


@given(st.lists(st.datetimes(SPRING, SPRING + timedelta(days=300))))
def test_rows_are_in_order_and_inside_the_period(moments):
    first, last = date(2026, 3, 1), date(2026, 3, 1) + timedelta(days=90)
    found = rows([Went(at, "", "", "") for at in moments], first, last)
    days = [(row["day"], row["starts"]) for row in found]
    assert days == sorted(days)
    assert all(first.isoformat() <= day <= last.isoformat() for day, _time in days)


def test_the_default_period_is_the_last_month(phone_of, ana):
    form = phone_of(ana).get("/meetings/sheet").form(having="first")
    assert form.fields["last"] == NOW.date().isoformat()
    assert form.fields["first"] == "2026-10-24"
