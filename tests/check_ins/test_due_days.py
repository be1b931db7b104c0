"""The program says when it asks, and a patient when to be reminded of it."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.conftest import NOW, ZONE, Someone
from tests.pages import Page, Phone
from tests.questionnaires.conftest import answer_all, bring, evenings
from tests.reminders.conftest import no_loop_of_a_browser, sender, service
from webapp.accounts.models import Person
from webapp.check_ins import actions, queries
from webapp.core import clock as app_clock
from webapp.core.data.db import db
from webapp.program.actions import leave
from webapp.reminders import words
from webapp.reminders.actions import ahead, make
from webapp.reminders.models import Notification, Reminder
from webapp.reminders.schedule import Kind

__all__ = ["bring", "evenings", "no_loop_of_a_browser", "sender", "service"]  # fixtures

pytestmark = pytest.mark.database

PhoneOf = Callable[[Someone], Phone]


def choose(phone: Phone, at: int, **fields: object) -> Page:
    """Fill in one of the forms on the administrator's page, by its place."""
    page = phone.get("/clinic/check-ins")
    sent = {f"of{at}-{name}": value for name, value in fields.items()}
    return phone.fill(page, having=f"of{at}-every_weeks", **sent)


def due(app: Flask, someone: Someone, now: datetime = NOW) -> set[str]:
    with app.app_context():
        return queries.due(db.session.get_one(Person, someone.id), now, ZONE)


def rings(app: Flask) -> list[datetime]:
    """When reminders of this are still to ring, by the rules as they stand."""
    with app.app_context():
        make(ahead(app_clock.now()))
        rows = db.session.execute(
            select(Notification, Reminder)
            .join(Reminder, Reminder.id == Notification.reminder_id)
            .where(Reminder.kind == Kind.DAILY, Reminder.off_at.is_(None))
        )
        found = [
            notification.occurs_at for notification, rule in rows
            if rule.from_day is None
            or notification.occurs_at.astimezone(ZoneInfo(ZONE)).date() >= rule.from_day
        ]  # fmt: skip
        db.session.commit()
        return sorted(found)


def test_max_says_when_and_patients_are_asked_then(
    app: Flask, ana: Someone, max_: Someone, phone_of: PhoneOf, evenings: UUID
) -> None:
    assert due(app, ana) == {"daily", "weekly"}, "each day, and the week on Sundays"
    phone = phone_of(max_)
    page = choose(phone, 0, weekdays=["1", "3"])
    assert "Saved. Starting today, patients are asked on these days." in page.text
    choose(phone, 2, weekdays="0", every_weeks="2")
    key = "https://groundwork.example/questionnaires/evenings"
    assert due(app, ana) == {"weekly", key}
    answer_all(phone_of(ana), evenings, "0", "0", "no", "0", None)
    assert due(app, ana) == {"weekly"}
    assert due(app, ana, NOW + timedelta(days=7)) == {"weekly"}
    assert key in due(app, ana, NOW + timedelta(days=14))


def test_all_of_it_is_saved_by_one_tap_and_what_he_leaves_goes_on_in_its_weeks(
    app: Flask, ana: Someone, max_: Someone, phone_of: PhoneOf, evenings: UUID,
    clock: time_machine.Traveller,
) -> None:  # fmt: skip
    desk, key = phone_of(max_), "https://groundwork.example/questionnaires/evenings"
    sent = {"of0-weekdays": ["1"], "of2-weekdays": "0", "of2-every_weeks": "2"}
    desk.fill(desk.get("/clinic/check-ins"), having="of0-every_weeks", **sent)
    with app.app_context():
        before = queries.rhythms()
    assert (before["daily"].weekdays, before[key].weekdays) == ((1,), (0,))
    clock.shift(timedelta(days=7))
    choose(phone_of(max_), 0, weekdays=["2"])
    with app.app_context():
        assert queries.rhythms()[key] == before[key], "not moved by a week"
        assert queries.rhythms()["daily"].weekdays == (2,)


def test_one_that_is_wrong_saves_none_and_loses_none(
    app: Flask, max_: Someone, phone_of: PhoneOf
) -> None:
    desk = phone_of(max_)
    sent = {"of0-weekdays": ["1"], "of1-every_weeks": "13"}
    page = desk.fill(desk.get("/clinic/check-ins"), having="of0-every_weeks", **sent)
    assert page.status == 422
    assert "Enter a number from 1 to 12." in page.text
    fields = page.form(having="of0-every_weeks").fields
    assert (fields["of0-weekdays"], fields["of1-every_weeks"]) == ("1", "13")
    with app.app_context():
        assert len(queries.rhythms()["daily"].weekdays) == 7


def test_without_a_day_it_is_never_due_and_still_there(
    app: Flask, ana: Someone, max_: Someone, phone_of: PhoneOf
) -> None:
    phone = phone_of(max_)
    choose(phone, 0, weekdays=None)
    choose(phone, 1, weekdays=None)
    assert due(app, ana) == set()
    page = phone_of(ana).get("/check-ins")
    assert "You’re all caught up." in page.text
    assert "The last 7 days" in page.text


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"every_weeks": "0"}, "Enter a number from 1 to 12."),
        ({"every_weeks": "13"}, "Enter a number from 1 to 12."),
        ({"every_weeks": ""}, "Enter a number."),
        ({"weekdays": "7"}, "Choose from the list."),
        ({"weekdays": "Monday"}, "Choose from the list."),
    ],
)
def test_other_days_than_there_are_can_not_be_chosen(
    app: Flask, max_: Someone, phone_of: PhoneOf, fields: dict[str, str], says: str
) -> None:
    page = choose(phone_of(max_), 0, **fields)
    assert page.status == 422
    assert says in page.text


def test_only_the_administrator_chooses_days(
    app: Flask, ana: Someone, cleo: Someone, max_: Someone, phone_of: PhoneOf
) -> None:
    for somebody in (ana, cleo):
        assert phone_of(somebody).get("/clinic/check-ins").status == 404
    sent = {"what": "nothing of ours", "of0-every_weeks": "1"}
    assert phone_of(max_).post("/clinic/check-ins", sent).status == 404
    assert phone_of(max_).post("/clinic/check-ins", {}).status == 404


def test_ana_is_reminded_on_days_when_something_is_due(
    app: Flask, ana: Someone, phone_of: PhoneOf
) -> None:
    phone = phone_of(ana)
    page = phone.fill(phone.get("/check-ins/reminder"), having="at", at="20:00")
    assert "You get a reminder at 8:00 PM." in page.text
    today = datetime(2026, 11, 24, 1, 0, tzinfo=NOW.tzinfo)
    assert rings(app) == [today, today + timedelta(days=1)]
    with app.app_context():
        rule = db.session.scalars(select(Reminder)).one()
        assert rule.words is None
        assert "check" not in words.body(Kind.DAILY, today, ZONE).lower(), "neutral on the screen"
    assert "Check-in" in phone.get("/reminders").text


def test_what_was_answered_today_does_not_ring_today(
    app: Flask, clock: time_machine.Traveller, ana: Someone, max_: Someone, phone_of: PhoneOf
) -> None:
    choose(phone_of(max_), 1, weekdays=None)
    phone = phone_of(ana)
    phone.fill(phone.get("/check-ins/reminder"), having="at", at="20:00")
    phone.fill(phone.get("/check-ins/new"), having="mood", mood="3")
    tomorrow = datetime(2026, 11, 25, 1, 0, tzinfo=NOW.tzinfo)
    assert rings(app) == [tomorrow]


def test_other_days_of_the_program_move_her_reminder(
    app: Flask, ana: Someone, max_: Someone, phone_of: PhoneOf
) -> None:
    phone = phone_of(ana)
    phone.fill(phone.get("/check-ins/reminder"), having="at", at="20:00")
    choose(phone_of(max_), 1, weekdays=None)
    choose(phone_of(max_), 0, weekdays=["4"])
    with app.app_context():
        rule = db.session.scalars(select(Reminder)).one()
        assert (rule.weekdays, rule.from_day) == ([4], date(2026, 11, 27))
        assert rule.name == "Check-in"
    choose(phone_of(max_), 0, weekdays=None)
    with app.app_context():
        assert actions.reminder_of(db.session.get_one(Person, ana.id)) is None


@pytest.mark.parametrize("way", ["leaving", "discharge/end"])
def test_a_reminder_from_before_leaving_rings_weekly_after_the_last_group_and_daily_once_back(
    app, ana, cleo, evening, morning, put_into, phone_of, way
):
    put_into(morning, ana)
    phone, desk = phone_of(ana), phone_of(cleo)
    phone.fill(phone.get("/check-ins/reminder"), having="at", at="20:00")
    take_out = f"/clinic/groups/{{}}/people/{ana.id}/{way}"

    def weekdays() -> list[int]:
        with app.app_context():
            return db.session.scalars(select(Reminder.weekdays)).one()

    def leave(group) -> Page:
        page = desk.get(take_out.format(group.id))
        if way == "leaving":
            return desk.fill(page, having="reason", reason="")
        return desk.fill(page, having="outcome", outcome="tools", last_day="2026-11-23")

    leave(evening)
    assert weekdays() == list(range(7))  # one group goes on
    put_into(morning, cleo)
    gone = leave(morning)
    assert weekdays() == [6]  # what was made ahead for other days isn't wanted when it's due
    desk.fill(gone, "/return")
    assert weekdays() == list(range(7))


@pytest.mark.parametrize("is_declined", [True, False])
def test_added_back_it_rings_daily_and_weekly_again_after_a_no(
    app, ana, cleo, evening, phone_of, is_declined
):
    phone, desk = phone_of(ana), phone_of(cleo)
    phone.fill(phone.get("/check-ins/reminder"), having="at", at="20:00")
    desk.fill(desk.get(f"/clinic/groups/{evening.id}/people/{ana.id}/leaving"), having="reason")
    add = f"/clinic/groups/{evening.id}/people/add"
    added = desk.fill(desk.get(add), having="username", username="ana")
    assert added.status == 200
    if is_declined:
        phone.fill(phone.get("/today"), "/leaving")
    with app.app_context():
        rule = db.session.scalars(select(Reminder)).one()
        assert rule.weekdays == ([6] if is_declined else list(range(7)))


def test_after_the_program_it_rings_by_week_then_every_four_weeks_by_itself(
    app, ana, evening, phone_of, clock, sender
):
    phone = phone_of(ana)
    phone.fill(phone.get("/check-ins/reminder"), having="at", at="20:00")
    with app.app_context():  # before reminders followed who leaves: it still asks for every day
        leave(evening.id, ana.id)
        db.session.commit()

    def rang(since: date, days: range) -> list[int]:
        """After how many of these days it wanted to ring; nothing is ever answered."""
        found = []
        for day in days:
            eight = datetime.combine(since + timedelta(days=day), time(20), ZoneInfo(ZONE))
            clock.move_to(eight.astimezone(UTC) + timedelta(minutes=1))
            with app.app_context():
                make(ahead(app_clock.now()))
                db.session.commit()
            sender()
            with app.app_context():
                then = Notification.occurs_at == eight.astimezone(UTC)
                outcome = db.session.scalars(select(Notification.outcome).where(then)).one()
            found += [] if outcome == "not_due" else [day]
        return found

    sunday = date(2026, 11, 29)
    assert rang(sunday, range(8)) == [0, 7]
    later = rang(sunday + timedelta(weeks=14), range(0, 56, 7))
    assert len(later) == 2
    assert later[1] - later[0] == 28
    assert "Not sent: no check-in was due" in phone_of(ana).get("/reminders").text


def test_she_switches_it_off(app: Flask, ana: Someone, phone_of: PhoneOf) -> None:
    phone = phone_of(ana)
    phone.fill(phone.get("/check-ins/reminder"), having="at", at="20:00")
    page = phone.fill(phone.get("/check-ins/reminder"), "/end")
    assert "Reminder turned off." in page.text
    assert rings(app) == []
    assert phone.fill(phone.get("/check-ins/reminder"), having="at", at="25:00").status == 422


def test_on_the_night_when_clocks_go_back_a_day_stays_a_day(
    app: Flask, clock: time_machine.Traveller, ana: Someone, phone_of: PhoneOf
) -> None:
    clock.move_to(datetime(2026, 11, 1, 5, 40, tzinfo=NOW.tzinfo))  # 1:40, for the first time
    phone = phone_of(ana)
    phone.fill(phone.get("/check-ins/new"), having="mood", mood="3")
    clock.shift(timedelta(hours=1))  # 1:40 again
    assert "daily" not in due(app, ana, datetime(2026, 11, 1, 6, 40, tzinfo=NOW.tzinfo))
    assert "daily" in due(app, ana, datetime(2026, 11, 2, 5, 40, tzinfo=NOW.tzinfo))
