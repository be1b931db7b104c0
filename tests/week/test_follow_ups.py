"""Visits after the program: a date, a reminder the evening before, and whether it happened."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.conftest import NOW, ZONE
from webapp.accounts.models import Person
from webapp.check_ins import queries as check_ins
from webapp.core.data.db import db
from webapp.reminders.models import Reminder
from webapp.week.models import Appointment

pytestmark = pytest.mark.database
DAY = timedelta(days=1)
VISIT = {"title": "Dr. Lee", "day": "2026-11-26", "starts": "10 AM", "minutes": "50",
         "place": "2nd floor", "care": "psychiatrist"}  # fmt: skip


def rings(app):
    """When reminders of visits ring, on the clinic's clock; those switched off left out."""
    with app.app_context():
        rules = db.session.scalars(select(Reminder).where(Reminder.off_at.is_(None)))
        return [(rule.from_day.isoformat(), rule.until_day.isoformat(), rule.times, rule.name)
                for rule in rules]  # fmt: skip


def test_a_visit_is_reminded_of_asked_about_and_stays_the_patients(
    app, phone_of, ana, ben, cleo, evening, leaves, clock
):
    leaves(evening, ana)
    phone = phone_of(ana)
    hub = phone.get("/aftercare")
    assert {"/plan/supports", "/meetings/find", "/week"} <= set(hub.links)
    assert "/aftercare" in phone.get("/today").links
    assert "Evening IOP Cleo Until Friday, December 24, 2027" in hub.text
    page = phone.get("/week/appointments/new?care=yes")
    phone.fill(page, having="starts", **VISIT)
    assert rings(app) == [("2026-11-25", "2026-11-25", ["18:00"], "Dr. Lee")]
    listed = phone.get("/week/follow-ups")
    assert "Coming up Dr. Lee" in listed.text
    (visit,) = [
        link for link in listed.links if "/week/appointments/" in link and "new" not in link
    ]
    phone.fill(phone.get(visit), having="starts", day="2026-11-27")
    assert rings(app) == [("2026-11-26", "2026-11-26", ["18:00"], "Dr. Lee")]
    early = phone.post(f"{visit}/took-place", {"took_place": "yes"})
    assert "That visit hasn’t come yet." in early.text
    phone.post(f"{visit}/removal")
    assert rings(app) == []
    phone.post(f"{visit}/restoration")
    assert len(rings(app)) == 1
    for other in (ben, cleo):
        assert phone_of(other).get(visit).status == 404
        assert phone_of(other).post(f"{visit}/took-place", {"took_place": "no"}).status == 404
    clock.shift(5 * DAY)
    phone = phone_of(ana)
    today = phone.get("/today")
    assert "Did your visit on Friday, November 27 happen? Dr. Lee" in today.text
    assert phone.post(f"{visit}/took-place", {"took_place": "maybe"}).status == 422
    said = phone.fill(today, "took-place", took_place="yes")
    assert "happened" in said.text
    assert "Did your visit" not in phone.get("/today").text
    with app.app_context():
        entry = db.session.scalars(select(Appointment)).one()
        assert (entry.took_place, entry.title, entry.place) == ("yes", "Dr. Lee", "2nd floor")


def test_without_care_or_a_wish_nothing_is_asked_and_nothing_rings(app, phone_of, ana, clock):
    phone = phone_of(ana)
    plain = VISIT | {"care": "", "remind": None, "day": "2026-11-24"}
    phone.fill(phone.get("/week/appointments/new"), having="starts", **plain)
    assert rings(app) == []
    clock.shift(3 * DAY)
    phone = phone_of(ana)
    assert "Did your visit" not in phone.get("/today").text
    assert "Dr. Lee" not in phone.get("/week/follow-ups").text


@pytest.mark.parametrize(
    ("days", "asked"),
    [(0, {"weekly"}), (6, {"weekly"}), (83, {"weekly"}), (91, set()), (98, set())],
)
def test_after_the_last_group_the_week_is_asked_for_then_every_four_weeks(
    app, ana, evening, leaves, clock, days, asked
):
    with app.app_context():
        assert "daily" in check_ins.due(db.session.get_one(Person, ana.id), NOW, ZONE)
    leaves(evening, ana)
    now = NOW + DAY * days
    with app.app_context():
        due = check_ins.due(db.session.get_one(Person, ana.id), now, ZONE)
        found = check_ins.rhythms_of(db.session.get_one(Person, ana.id), now)
        db.session.rollback()
    assert "daily" not in due
    assert {rhythm.every_weeks for rhythm in found.values()} == {1 if days < 91 else 4}
