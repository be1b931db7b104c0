"""Group is off, or at another time: who is reminded of it hears at once, and Cleo whom to call."""

from datetime import time, timedelta

import pytest

from tests.conftest import NOW, ZONE
from tests.pages import Phone
from webapp.accounts.models import Person
from webapp.core.clock import local
from webapp.core.clock import now as clock_now
from webapp.core.data.db import db
from webapp.program.actions import add_pattern, change_pattern
from webapp.program.models import Group, GroupSession
from webapp.program.planner import plan_ahead
from webapp.program.queries import group_sessions_from
from webapp.program.recurrence import Weekly
from webapp.reminders.actions import choose

pytestmark = pytest.mark.database
HOUR = timedelta(hours=1)


def call_off(desk: Phone, session) -> None:
    page = desk.get(f"/clinic/sessions/{session}/details")
    desk.fill(page, "/cancellation", **{"cancel-reason": "The building has no heat"})


def test_called_off_it_reaches_her_at_once_and_stands_first_on_today(
    ana, ben, cleo, evening, phone_of, service, switch_on, sender, clock
):
    phone = service.phone("ana")
    own = switch_on(ana, phone)
    sender()
    desk = phone_of(cleo)
    call_off(desk, evening.tonight)
    clock.shift(timedelta(minutes=1))
    for _ in range(3):
        sender()
    (told,) = service.to("ana")
    said = phone.opened(told.body)["notification"]
    assert (said["title"], said["body"]) == ("Reminder", "There’s something new to look at.")
    today = own.get("/today").text
    assert "Evening IOP, today at 6:00 PM, is canceled. The building has no heat" in today
    assert "Evening IOP, today" in phone_of(ben).get("/today").text, "without reminders, too"

    page = desk.get(f"/clinic/sessions/{evening.tonight}/not-reached")
    assert "Not reached by the app: call this person" in page.text
    assert "Ben" in page.text
    assert "Ana" not in page.text


def test_on_again_is_told_too_and_each_change_once(
    ana, cleo, evening, phone_of, service, switch_on, sender, clock
):
    switch_on(ana, service.phone("ana"))
    desk = phone_of(cleo)
    for told in (1, 2, 3, 4):
        page = desk.get(f"/clinic/sessions/{evening.tonight}/details")
        if told % 2:
            call_off(desk, evening.tonight)
        else:
            desk.fill(page, "/restoration")
        clock.shift(timedelta(minutes=2))
        sender()
        sender()
        assert len(service.to("ana")) == told
    # Its topic is no news that rings.
    page = desk.get(f"/clinic/sessions/{evening.tonight}/details")
    desk.fill(page, having="topic", topic="Paydays")
    clock.shift(timedelta(minutes=2))
    sender()
    assert len(service.to("ana")) == 4
    assert "canceled" not in phone_of(ana).get("/today").text


def test_moved_earlier_it_is_told_before_it_begins(
    ana, cleo, evening, phone_of, service, switch_on, sender, clock, outcomes
):
    own = switch_on(ana, service.phone("ana"))
    desk = phone_of(cleo)
    page = desk.get(f"/clinic/sessions/{evening.tonight}/details")
    desk.fill(page, "/move", **{"move-starts": "17:00"})
    clock.shift(timedelta(minutes=1))
    sender()
    assert "moved from today at 6:00 PM to today at 5:00 PM" in own.get("/today").text
    assert "sent" in outcomes(ana)


def test_it_waits_for_quiet_hours_and_is_silent_when_it_is_no_news_any_more(
    app, ana, cleo, evening, phone_of, service, switch_on, sender, clock
):
    switch_on(ana, service.phone("ana"))
    with app.app_context():
        choose(db.session.get_one(Person, ana.id), ZONE, time(15), time(17, 30), None)
        db.session.commit()
    desk = phone_of(cleo)
    call_off(desk, evening.tonight)
    clock.shift(timedelta(minutes=2))
    sender()
    assert service.got == []
    desk.fill(desk.get(f"/clinic/sessions/{evening.tonight}/details"), "/restoration")
    clock.move_to(NOW + 2 * HOUR)
    sender()
    assert "canceled" not in phone_of(ana).get("/today").text
    assert len(service.to("ana")) <= 1, "that it is on, not that it is off"


def test_who_isnt_expected_hears_nothing_and_isnt_to_be_called(
    ana, ben, cleo, kit, evening, weeks, phone_of, service, switch_on, sender, clock, comes_on
):
    comes_on(ana, evening, 2)
    own, desk = switch_on(ana, service.phone("ana")), phone_of(cleo)
    call_off(desk, evening.tonight)
    clock.shift(timedelta(minutes=2))
    sender()
    assert service.got == []
    assert "is canceled" not in own.get("/today").text
    page = desk.get(f"/clinic/sessions/{evening.tonight}/not-reached").text
    assert "Ana" not in page
    assert "Ben" in page
    assert phone_of(kit).get(f"/clinic/sessions/{evening.tonight}/not-reached").status == 404
    assert "Nothing changed" in desk.get(f"/clinic/sessions/{evening.friday}/not-reached").text


def test_another_weekly_time_is_told_as_a_move_is_and_can_be_put_right(
    app, ana, ben, cleo, max_, evening, weeks, phone_of, service, switch_on, sender, clock
):
    clock.shift(timedelta(hours=4))  # Today looks two days ahead
    own, desk = switch_on(ana, service.phone("ana")), phone_of(max_)

    def meets_at(starts: str) -> list[GroupSession]:
        with app.app_context():
            patterns = db.session.get_one(Group, evening.id).patterns
            wednesdays = [one for one in patterns if one.weekday == 2]
            last = max(wednesdays, key=lambda one: one.from_day).id
        address = f"/clinic/groups/{evening.id}/times/{last}"
        desk.fill(desk.get(address), having="starts", starts=starts)
        clock.shift(timedelta(minutes=1))
        sender()
        with app.app_context():
            return [one for one in group_sessions_from(db.session.get_one(Group, evening.id), NOW)
                    if local(one.starts_at, ZONE).weekday() == 2]  # fmt: skip

    near, later, *_ = meets_at("16:00")
    assert len(service.to("ana")) == 1
    said = "moved from Wed 6:00 PM to Wed 4:00 PM. The group’s weekly time changed."
    assert said in own.get("/today").text
    listed = phone_of(cleo).get(f"/clinic/sessions/{near.id}/not-reached").text
    assert "call this person" in listed
    assert "Ben" in listed
    assert not later.is_moved, "further on it is the plan, and no news"
    # The same sessions follow when it is put right, and it is said again.
    meets_at("17:00")
    assert "moved from Wed 6:00 PM to Wed 5:00 PM." in own.get("/today").text
    assert not meets_at("18:00")[0].is_changed
    assert "moved from" not in own.get("/today").text
    assert len(service.to("ana")) == 3


def test_a_weekly_time_that_ends_is_told_as_a_cancellation_and_can_be_taken_back(
    app, ana, ben, cleo, max_, evening, weeks, phone_of, service, switch_on, sender, clock
):
    clock.shift(timedelta(hours=4))  # Today looks two days ahead
    own, desk = switch_on(ana, service.phone("ana")), phone_of(max_)

    def meetings() -> list[GroupSession]:
        clock.shift(timedelta(minutes=1))
        sender()
        with app.app_context():
            return [one for one in group_sessions_from(db.session.get_one(Group, evening.id), NOW)
                    if local(one.starts_at, ZONE).weekday() == 2]  # fmt: skip

    with app.app_context():
        patterns = db.session.get_one(Group, evening.id).patterns
        wednesday = next(one.id for one in patterns if one.weekday == 2)
    near = meetings()[0]
    feed = own.fill(own.get("/week/calendar"), having="rings")
    calendar = next(link for link in feed.links if ".ics" in link)
    desk.fill(desk.get(f"/clinic/groups/{evening.id}/sessions"), f"/times/{wednesday}/end")
    (ended,) = meetings()  # later ones were only planned: they are gone without a word
    assert (ended.id, ended.is_ended) == (near.id, True)
    assert len(service.to("ana")) == 1
    said = "Wed 6:00 PM, is canceled. The group doesn’t meet at this weekly time anymore."
    assert said in own.get("/today").text
    assert said in phone_of(ben).get("/today").text, "without reminders, too"
    assert "STATUS:CANCELLED" in own.get(calendar).response.text
    listed = phone_of(cleo).get(f"/clinic/sessions/{near.id}/not-reached").text
    assert "call this person" in listed
    assert "Ben" in listed
    with app.app_context():
        plan_ahead(db.session.get_one(Group, evening.id))
        db.session.commit()
    assert meetings()[0].sequence == ended.sequence, "planned again, nothing is new"
    # Once more all the same: somebody decided so, and planning leaves it.
    desk.fill(desk.get(f"/clinic/sessions/{near.id}/details"), "/restoration")
    with app.app_context():
        plan_ahead(db.session.get_one(Group, evening.id))
        db.session.commit()
    assert not meetings()[0].is_changed
    assert "is canceled" not in own.get("/today").text
    assert len(service.to("ana")) == 2


@pytest.mark.parametrize("again", ["resumed", "anew", "moved there"])
def test_a_session_called_off_with_its_weekly_time_gives_way(app, evening, weeks, clock, again):
    clock.shift(timedelta(hours=4))
    with app.app_context():
        group = db.session.get_one(Group, evening.id)
        ended = next(one for one in group.patterns if one.weekday == 2)
        other = next(one for one in group.patterns if one.weekday != 2)
        ended.until_day = local(clock_now(), ZONE).date()
        tomorrow = ended.until_day + timedelta(days=1)
        plan_ahead(group)
        (off,) = [one for one in group_sessions_from(group, NOW) if one.is_ended]
        if again == "resumed":
            ended.until_day = None
        elif again == "anew":
            add_pattern(group, Weekly(2, ended.starts, ended.minutes, tomorrow, None))
        else:
            change_pattern(other, Weekly(2, ended.starts, other.minutes, tomorrow, None))
        plan_ahead(group)
        db.session.flush()
        there = [one for one in group_sessions_from(group, NOW) if one.starts_at == off.starts_at]
        assert [one.is_cancelled for one in there] == [False]
        db.session.commit()
        plan_ahead(group)
        assert not any(one.is_cancelled for one in group_sessions_from(group, NOW))
