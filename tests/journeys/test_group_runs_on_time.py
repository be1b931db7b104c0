"""Max sets the weeks up at his desk; Ana's phone follows; Cleo takes attendance on hers."""

from collections import Counter
from datetime import timedelta

import icalendar
import pytest
from playwright.sync_api import expect

from tests.conftest import ZONE
from tests.journeys.conftest import DESK, PHONE, follow
from webapp.accounts.models import Person, Role
from webapp.attendance.models import Attendance
from webapp.core import clock
from webapp.core.data.db import db
from webapp.program.actions import join
from webapp.program.models import Group, GroupRole, GroupSession

pytestmark = pytest.mark.journey

COUNT_TAPS = """addEventListener("pointerdown", (event) => event.isTrusted &&
  (sessionStorage.taps = Number(sessionStorage.taps || 0) + 1), true)"""


def test_three_days_a_holiday_and_a_moved_session_reach_anas_week_and_calendar(
    clinic, ana, opened, look
):
    today = clock.local(clock.now(), ZONE).date()
    next_monday = today + timedelta(days=7 - today.weekday())
    desk = opened(DESK, clinic.person("max", Role.ADMINISTRATOR))
    desk.goto("/clinic/groups/new")
    desk.get_by_label("Name").fill("Skills")
    for day in ("Monday", "Wednesday", "Friday"):
        desk.get_by_label(day).check()
    desk.get_by_label("Start time").fill("18:00")
    desk.get_by_role("button", name="Create group").click()
    expect(desk.get_by_role("heading", name="Skills")).to_be_visible()
    with clinic.app.app_context():
        group = db.session.scalar(db.select(Group))
        join(group, db.session.get_one(Person, ana.id), GroupRole.PATIENT)
        db.session.commit()

    desk.goto("/clinic/holidays")
    desk.get_by_label("Date").fill((next_monday + timedelta(days=2)).isoformat())
    desk.get_by_label("Holiday name").fill("Founders’ day")
    look(desk, "holidays-desk")
    desk.get_by_role("button", name="Add", exact=True).click()
    desk.goto("/clinic")
    desk.get_by_role("link", name="Skills", exact=True).click()
    desk.get_by_role("link", name="Schedule").click()
    expect(desk.get_by_text("Founders’ day")).to_be_visible()
    look(desk, "dates-desk")
    with clinic.app.app_context():
        start = clock.start_of_day(next_monday, ZONE)
        query = db.select(GroupSession.id).where(GroupSession.starts_at > start)
        monday = db.session.scalar(query.order_by(GroupSession.starts_at))
    desk.locator(f'a[href="/clinic/sessions/{monday}/details"]').click()
    desk.get_by_text("Reschedule", exact=True).click()
    moving = desk.locator("form[action$='/move']")
    moving.get_by_label("Date").fill((next_monday + timedelta(days=1)).isoformat())
    moving.get_by_label("Start time").fill("17:00")
    moving.get_by_label("Reason").fill("The room is painted")
    look(desk, "one-date-desk")
    moving.get_by_role("button", name="Reschedule session").click()
    expect(desk.get_by_text("Rescheduled. Patients will see it in My week.")).to_be_visible()

    phone = opened(PHONE, ana)
    phone.goto("/today")
    follow(phone.get_by_role("link", name="My week").tap)
    look(phone, "week-phone")
    phone.goto(f"/week?week={next_monday.isoformat()}")
    expect(phone.get_by_text("Founders’ day")).to_be_visible()
    expect(phone.get_by_text("The room is painted")).to_be_visible()
    expect(phone.get_by_text("5:00 PM–8:00 PM")).to_be_visible()
    look(phone, "next-week-phone")

    phone.goto("/week/calendar")
    look(phone, "calendar-phone")
    follow(phone.get_by_role("button", name="Make my private link").tap)
    look(phone, "calendar-address-phone")
    address = phone.get_by_label("For any other calendar, copy this link:").input_value()
    feed = phone.request.get(address)
    events = icalendar.Calendar.from_ical(feed.text()).walk("VEVENT")
    said = [str(event["SUMMARY"]) for event in events]
    assert said.count("Appointment (moved)") == 1
    assert said.count("Appointment (canceled)") == 1
    assert "Skills" not in feed.text()


def test_attendance_of_twelve_is_a_handful_of_taps_on_a_phone(
    clinic, ana, cleo, evening, opened, look
):
    late = clinic.person("ben")
    others = [clinic.person(f"p{number}") for number in range(10)]
    with clinic.app.app_context():
        group = db.session.get_one(Group, evening.id)
        for someone in (late, *others):
            membership = join(group, db.session.get_one(Person, someone.id), GroupRole.PATIENT)
            membership.from_at = clock.now() - timedelta(days=7)
        tonight = db.session.get_one(GroupSession, evening.tonight)
        tonight.starts_at = clock.now() - timedelta(minutes=10)
        tonight.ends_at = clock.now() + timedelta(hours=2)
        db.session.commit()
    hers = opened(PHONE, ana)
    hers.goto(f"/week/sessions/{evening.tonight}")
    hers.get_by_text("I can’t come").tap()
    look(hers, "say-ahead-phone")
    hers.get_by_role("button", name="Let them know").tap()
    expect(hers.get_by_text("I can’t come")).to_be_visible()

    phone = opened(PHONE, cleo)
    phone.goto(f"/clinic/sessions/{evening.tonight}")
    phone.add_init_script(COUNT_TAPS)
    phone.get_by_role("link", name="Attendance", exact=True).tap()
    expect(phone.get_by_text("said: I can’t come")).to_be_visible()
    expect(phone.locator(".roll-row")).to_have_count(12)
    look(phone, "attendance-phone")
    lines = "(labels) => labels.map((label) => label.textContent.trim() && label.offsetHeight)"
    assert len(set(phone.locator(".marks label").evaluate_all(lines))) == 1, "no word breaks"
    phone.get_by_role("group", name="Ana").get_by_label("Excused").tap()
    phone.get_by_role("group", name="Ben").get_by_label("Late").tap()
    phone.get_by_role("group", name="P9").get_by_label("Absent").tap()
    phone.get_by_role("button", name="Mark everyone else present").tap()
    expect(phone.get_by_text("Saved. Everyone is marked.")).to_be_visible()
    # One for each who isn't simply here, and one for all the others.
    assert phone.evaluate("Number(sessionStorage.taps)") == 4
    with clinic.app.app_context():
        marked = Counter(db.session.scalars(db.select(Attendance.presence)))
    assert marked == {"present": 9, "excused": 1, "late": 1, "absent": 1}
    phone.get_by_role("link", name="Attendance and hours").tap()
    expect(phone.get_by_text("Hours attended", exact=True)).to_be_attached()
    hidden = "(room) => room.scrollWidth - room.clientWidth"
    assert phone.locator(".table-room").evaluate(hidden) <= 0, "no column is beyond the edge"

    hers.goto("/week/attendance")
    expect(hers.get_by_text("Excused")).to_be_visible()
    look(hers, "own-attendance-phone")
