"""A check-in that was tapped without a network."""

from datetime import date, timedelta

from sqlalchemy import select

from tests.conftest import NOW
from webapp.check_ins.models import CheckIn
from webapp.core.data.db import db
from webapp.reminders.models import Reminder


def tapped(app, someone):
    with app.app_context():
        query = select(CheckIn).where(CheckIn.author_id == someone.id)
        return [
            (check_in.mood, check_in.safety, check_in.happened_at)
            for check_in in db.session.scalars(query)
        ]


def test_what_came_from_the_phone_does_not_ring_that_day(app, ana, max_, outbox_of, phone_of):
    desk = phone_of(max_)  # who has the week asked for on no day
    desk.fill(desk.get("/clinic/check-ins"), having="of1-every_weeks", **{"of1-weekdays": []})
    outbox = outbox_of(ana)
    outbox.phone.fill(outbox.phone.get("/check-ins/reminder"), having="at", at="20:00")
    assert rings_from(app) == date(2026, 11, 23)
    outbox.write(kind="check-in", mood="3")
    assert outbox.send() == ["saved"]
    assert rings_from(app) == date(2026, 11, 24)


def rings_from(app):
    with app.app_context():
        return db.session.scalars(select(Reminder.from_day).where(Reminder.off_at.is_(None))).one()


def test_what_nobody_can_have_tapped_comes_back_to_be_looked_at(app, ana, outbox_of):
    outbox = outbox_of(ana)
    for fields in ({}, {"mood": "9"}, {"safety": "x"}):
        item = outbox.write(kind="check-in", **fields)
        assert outbox.send(item) == ["rejected"]
        page = outbox.phone.post("/sync/look", item)
        assert "This couldn’t be saved from your phone" in page.text
        saved = outbox.phone.fill(page, having="mood", mood="3", craving=None, safety="yes")
        assert "Saved. Only you can see it." in saved.text
    assert len(tapped(app, ana)) == 3


def test_the_blank_page_has_help_on_it_and_nothing_of_anybody(app, ana, phone, phone_of):
    blank = phone.get("/blank/check-in")
    assert blank.status == 200
    assert blank.html == phone_of(ana).get("/blank/check-in").html
    assert "Are you safe right now?" in blank.text
    assert {"/help-now", "/plan/safety"} <= set(blank.links)
    assert not {"id", "version", "csrf_token"} & {
        name for form in blank.forms for name in form.names
    }


def test_who_was_not_safe_in_the_basement_finds_help_first_on_today(ana, outbox_of, clock):
    outbox = outbox_of(ana)
    outbox.write(kind="check-in", safety="no")
    assert "You said you’re not safe" not in outbox.phone.get("/today").text
    assert outbox.send() == ["saved"]
    page = outbox.phone.get("/today")
    assert "You said you’re not safe" in page.text
    assert page.text.index("You said you’re not safe") < page.text.index("How strong is the urge")
    assert page.links.count("/help-now") == 2, "in the bar, and where it is told"

    clock.shift(timedelta(hours=2))
    outbox.clock = NOW + timedelta(hours=2)
    outbox.write(kind="check-in", safety="yes")
    outbox.send()
    assert "You said you’re not safe" not in outbox.phone.get("/today").text


def test_what_was_told_yesterday_is_not_now(ana, outbox_of, clock):
    outbox = outbox_of(ana)
    outbox.write(kind="check-in", safety="unsure")
    outbox.send()
    assert "You said you’re not sure you’re safe" in outbox.phone.get("/today").text
    clock.shift(timedelta(hours=12))
    page = outbox.phone.get("/today")
    assert "You said you’re not sure you’re safe" not in page.text
    assert "You had a hard moment You don’t have to get through it alone. Help now" in page.text
    assert "Make my safety plan" not in page.text, "a day apart"
