"""Ana's phone fetches her calendar; nobody learns from it what it is about."""

from datetime import UTC, datetime, time, timedelta
from uuid import uuid4

import icalendar
import pytest
import recurring_ical_events
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from tests.conftest import NOW, ZONE
from webapp.accounts.models import Person
from webapp.audit.kinds import ActKind
from webapp.audit.models import Act
from webapp.core import limits
from webapp.core.data.db import db
from webapp.entries.actions import write
from webapp.program.models import Group, Removal, SchedulePattern
from webapp.program.planner import plan_ahead
from webapp.program.queries import membership_in
from webapp.sharing import leaving
from webapp.week import queries
from webapp.week.models import Appointment, CalendarFeed

TELLING = ("groundwork", "iop", "riverside", "evening", "room 2", "recovery", "clinic", "dentist")


@pytest.fixture
def address(phone_of, ana):
    """The secret address that Ana made."""
    return made(phone_of(ana))


def made(phone):
    return address_on(phone.post("/week/calendar"))


def address_on(page):
    (found,) = [got["value"] for tag, got in page.tags if tag == "input" and "readonly" in got]
    return found.removeprefix("http://localhost")


def read(phone, address):
    page = phone.get(address)
    assert page.status == 200
    assert page.response.content_type == "text/calendar; charset=utf-8"
    events = icalendar.Calendar.from_ical(page.html).walk("VEVENT")
    return {str(event["UID"]): event for event in events}


def test_the_feed_needs_no_signing_in_and_says_nothing(phone, phone_of, ana, evening, address):
    mine = phone_of(ana)
    fields = {"title": "Dentist", "day": "2026-11-24", "starts": "14:30", "minutes": "30"}
    mine.fill(mine.get("/week/appointments/new"), "new", **fields)
    events = read(phone, address)
    starts = sorted(event["DTSTART"].dt.astimezone(UTC) for event in events.values())
    assert starts[1:] == [NOW + timedelta(hours=2), datetime(2026, 11, 24, 19, 30, tzinfo=UTC)]
    assert {str(event["SUMMARY"]) for event in events.values()} == {"Appointment"}
    text = phone.get(address).html.lower()
    assert not [word for word in TELLING if word in text]


def test_a_calendar_that_has_it_all_gets_nothing_until_something_changes(
    phone, phone_of, ana, evening, address
):
    tag = phone.get(address).response.headers["ETag"]
    again = phone.get(address, headers={"If-None-Match": tag})
    assert (again.status, again.html) == (304, "")
    mine = phone_of(ana)
    fields = {"title": "Dentist", "day": "2026-11-24", "starts": "14:30", "minutes": "30"}
    mine.fill(mine.get("/week/appointments/new"), "new", **fields)
    changed = phone.get(address, headers={"If-None-Match": tag})
    assert changed.status == 200
    assert changed.response.headers["ETag"] != tag


def test_what_cant_be_opened_is_an_act_of_nobodys(app, phone, phone_of, ana, address):
    with app.app_context():
        person = db.session.get_one(Person, ana.id)
        row = write(Appointment, person, uuid4(), NOW + timedelta(days=1), {"zone": ZONE})
        db.session.commit()
        row_id = row.id
        db.session.execute(update(Appointment).values(sealed=b"\1" * 40))
        db.session.commit()
    assert read(phone, address)
    with app.app_context():
        noted = db.session.scalars(select(Act).where(Act.kind == ActKind.UNOPENED)).one()
        assert (noted.actor_id, noted.about_id) == (None, row_id)


def test_a_database_that_goes_away_meanwhile_leaves_no_calendar_with_holes(
    phone, address, evening, monkeypatch
):
    def away(*_):
        raise OperationalError("SELECT", None, Exception("gone"))

    assert read(phone, address)
    monkeypatch.setattr(queries, "event_of", away)
    assert phone.get(address).status == 503


def test_a_move_and_a_cancellation_arrive_under_the_same_uid(
    phone, phone_of, cleo, ana, evening, address
):
    def tonight():
        return max(read(phone, address).values(), key=lambda event: event["DTSTART"].dt)

    first, desk = tonight(), phone_of(cleo)
    details = f"/clinic/sessions/{evening.tonight}/details"
    desk.fill(desk.get(details), "/move", **{"move-day": "2026-11-28", "move-starts": "10:00"})
    moved = tonight()
    desk.fill(desk.get(details), "/cancellation", **{"cancel-reason": "Snow"})
    off = tonight()
    assert first["UID"] == moved["UID"] == off["UID"]
    assert [event["SEQUENCE"] for event in (first, moved, off)] == [0, 1, 2]
    assert moved["DTSTART"].dt.astimezone(UTC) == datetime(2026, 11, 28, 15, tzinfo=UTC)
    assert (str(moved["SUMMARY"]), moved["STATUS"]) == ("Appointment (moved)", "CONFIRMED")
    assert (str(off["SUMMARY"]), off["STATUS"]) == ("Appointment (canceled)", "CANCELLED")
    assert "Snow" not in phone.get(address).html


@pytest.mark.parametrize("now", ["2026-10-20T12:00", "2027-03-01T12:00"])
def test_across_both_clock_changes_it_stays_six_in_the_evening(
    app, phone, phone_of, ana, evening, clock, now
):
    clock.move_to(datetime.fromisoformat(now).replace(tzinfo=UTC))
    with app.app_context():
        group = db.session.get_one(Group, evening.id)
        for weekday in (0, 2, 6):
            group.patterns.append(
                SchedulePattern(
                    weekday=weekday, starts=time(18), minutes=180, from_day=clock_day(now)
                )
            )
        plan_ahead(group)
        db.session.execute(db.text("UPDATE membership SET from_at = '2026-01-01 00:00:00'"))
        db.session.commit()
    text = phone.get(made(phone_of(ana))).html
    parsed = icalendar.Calendar.from_ical(text)
    start = datetime.fromisoformat(now).replace(tzinfo=UTC)
    found = recurring_ical_events.of(parsed).between(start, start + timedelta(weeks=8))
    walls = {event["DTSTART"].dt.strftime("%H:%M") for event in found}
    assert len(found) >= 23
    assert walls == {"18:00"}
    assert len({event["DTSTART"].dt.utcoffset() for event in found}) == 2


def clock_day(now: str):
    return datetime.fromisoformat(now).replace(tzinfo=UTC).date()


def test_a_calendar_of_very_many_has_those_next_to_now(
    app, phone, ana, evening, address, clock, monkeypatch
):
    monkeypatch.setattr(limits, "CALENDAR", 5)
    with app.app_context():
        person = db.session.get_one(Person, ana.id)
        for days in (-20, -10, 1, 2, 3, 30, 40, 50):
            write(Appointment, person, uuid4(), NOW + timedelta(days=days), {"zone": ZONE})
        db.session.commit()
    starts = sorted(event["DTSTART"].dt.astimezone(UTC) for event in read(phone, address).values())
    assert [round((at - NOW) / timedelta(days=1)) for at in starts] == [-3, 0, 1, 2, 3]


def test_of_very_many_that_are_over_the_latest_stay(app, phone, ana, address, clock, monkeypatch):
    monkeypatch.setattr(limits, "CALENDAR", 2)
    with app.app_context():
        person = db.session.get_one(Person, ana.id)
        for days in (-20, -10, -2, -1):
            write(Appointment, person, uuid4(), NOW + timedelta(days=days), {"zone": ZONE})
        db.session.commit()
    starts = sorted(event["DTSTART"].dt.astimezone(UTC) for event in read(phone, address).values())
    assert (NOW - timedelta(days=1)) in starts
    assert (NOW - timedelta(days=20)) not in starts


def test_an_appointment_that_was_put_back_is_newer_than_its_cancellation(
    phone, phone_of, ana, address, clock
):
    mine = phone_of(ana)
    fields = {"title": "Dentist", "day": "2026-11-24", "starts": "14:30"}
    page = mine.fill(mine.get("/week/appointments/new"), "new", **fields)
    edit = next(link for link in page.links if "/week/appointments/" in link and "new" not in link)
    heard = []
    for then in ("/removal", "/restoration"):
        page = mine.fill(mine.get(edit) if then == "/removal" else page, then)
        clock.shift(60)
        (event,) = [kept for kept in read(phone, address).values() if kept["DTSTART"].dt.day == 24]
        heard.append((event["SEQUENCE"], str(event["STATUS"]), event["DTSTAMP"].dt))
    (gone, off, at), (back, on, later) = heard
    assert (off, on) == ("CANCELLED", "CONFIRMED")
    assert back > gone
    assert later > at


def test_two_patients_calendars_cannot_be_matched(phone, phone_of, ana, ben, evening):
    anas, bens = made(phone_of(ana)), made(phone_of(ben))
    assert not read(phone, anas).keys() & read(phone, bens).keys()


def test_a_new_address_ends_the_old_one_and_keeps_the_ids(phone, phone_of, ana, evening, address):
    before = read(phone, address).keys()
    mine = phone_of(ana)
    again = made(mine)
    assert phone.get(address).status == 404
    assert read(phone, again).keys() == before
    mine.fill(mine.get("/week/calendar"), "/end")
    assert phone.get(again).status == 404


def test_only_a_hash_is_stored(app, address):
    token = address.removeprefix("/calendar/").removesuffix(".ics")
    assert len(token) == 43
    with app.app_context():
        stored = db.session.scalar(db.select(CalendarFeed.token_hash))
    assert token.encode() not in stored
    assert len(stored) == 32


@pytest.mark.parametrize("token", ["x", "x" * 43, "%00", "é", "..%2f..", "x" * 5000])
def test_a_guessed_address_is_nothing(phone, token, address):
    assert phone.get(f"/calendar/{token}.ics").status == 404


def test_the_address_ends_with_the_account(app, phone, ana, address):
    with app.app_context():
        db.session.get_one(Person, ana.id).disabled_at = NOW
        db.session.commit()
    assert phone.get(address).status == 404


def off(events):
    """Which local days are cancelled in a calendar, with their SEQUENCE."""
    return {
        (event["DTSTART"].dt.day, event["SEQUENCE"])
        for event in events.values()
        if event["STATUS"] == "CANCELLED"
    }


def test_what_is_no_longer_hers_is_cancelled_under_its_uid_and_gone_later(
    phone, ana, evening, weeks, address, clock, comes_on
):
    before = read(phone, address)
    assert off(before) == set()
    clock.shift(timedelta(minutes=1))
    comes_on(ana, evening, 2)  # Wednesdays only
    after = read(phone, address)
    assert after.keys() == before.keys()
    assert {(23, 1), (27, 1), (30, 1)} <= off(after)
    assert {str(event["SUMMARY"]) for event in after.values()} == {
        "Appointment", "Appointment (canceled)",
    }  # fmt: skip
    on = [event for event in after.values() if event["STATUS"] == "CONFIRMED"]
    to_come = [event for event in on if event["DTSTART"].dt > NOW]
    assert {event["DTSTART"].dt.strftime("%a") for event in to_come} == {"Wed"}

    clock.shift(timedelta(minutes=1))
    comes_on(ana, evening, 0, 2, 4)
    again = read(phone, address)
    assert off(again) == set()
    assert {event["SEQUENCE"] for event in again.values()} == {2}

    comes_on(ana, evening, 2)
    clock.shift(timedelta(days=29))
    assert off(read(phone, address)) == set()


def test_an_address_made_later_never_hears_of_them(
    phone, phone_of, ana, evening, weeks, clock, comes_on
):
    comes_on(ana, evening, 2)
    clock.shift(timedelta(minutes=1))
    events = read(phone, made(phone_of(ana)))
    assert off(events) == set()


def test_sessions_of_a_group_that_was_left_are_cancelled(
    phone, leaves, put_into, ana, evening, address, clock
):
    before = read(phone, address)
    assert len(before) == 2
    clock.shift(timedelta(minutes=1))
    leaves(evening, ana)
    after = read(phone, address)
    assert after.keys() == before.keys()
    assert off(after) == {(23, 1)}
    put_into(evening, ana, since=NOW + timedelta(minutes=1))
    back = read(phone, address)
    assert off(back) == set()
    assert max(event["SEQUENCE"] for event in back.values()) == 2
    clock.shift(timedelta(days=29))
    assert read(phone, address) == {}


def test_a_removal_that_was_undone_counts_up_too(app, phone, ana, cleo, evening, address, clock):
    counted = [read(phone, address)]
    for act in (take_out, put_back):
        clock.shift(timedelta(minutes=1))
        with app.app_context():
            act(evening, ana, db.session.get_one(Person, cleo.id))
            db.session.commit()
        counted.append(read(phone, address))
    before, out, back = counted
    assert off(out) == {(23, 1)}
    assert off(back) == set()
    assert back.keys() == before.keys()
    assert max(event["SEQUENCE"] for event in back.values()) == 2


def take_out(group, someone, by):
    leaving.remove(membership_in(db.session.get_one(Group, group.id), someone.id), None, by)


def put_back(_group, _someone, by):
    leaving.undo(db.session.scalars(select(Removal)).one(), by)


def alarms(phone, address):
    """Per local day the alarm of its event: what it does, when, and what it says."""
    return {
        event["DTSTART"].dt.strftime("%b %-d"): [
            (alarm["ACTION"], alarm["TRIGGER"].dt, str(alarm["DESCRIPTION"]))
            for alarm in event.walk("VALARM")
        ]
        for event in read(phone, address).values()
    }


AN_HOUR_BEFORE = [("DISPLAY", timedelta(hours=-1), "Reminder")]


def choose(phone, rings):
    """Save the choice on the page of the calendar."""
    return phone.fill(phone.get("/week/calendar"), "/reminder", rings=rings)


def test_no_calendar_rings_unless_it_is_asked_to(phone, phone_of, ana, evening, address):
    assert set(map(len, alarms(phone, address).values())) == {0}
    page = phone_of(ana).get("/week/calendar")
    assert page.form("/reminder").fields.get("rings") is None


def test_ana_has_a_reminder_an_hour_before_what_is_still_to_come_and_not_cancelled(
    phone, phone_of, ana, evening, weeks, address, clock, comes_on
):
    clock.shift(timedelta(minutes=1))
    comes_on(ana, evening, 0, 4)
    page = choose(phone_of(ana), "y")
    assert "the next time it updates" in page.text
    found = alarms(phone, address)
    assert found["Nov 23"] == found["Nov 27"] == AN_HOUR_BEFORE
    assert found["Nov 20"] == found["Nov 25"] == []  # over, and no longer hers
    text = phone.get(address).html.lower()
    assert not [word for word in TELLING if word in text]


def test_a_changed_choice_looks_newer_to_a_calendar_and_changes_nothing_else(
    phone, phone_of, ana, evening, address, clock
):
    def without(events):
        return {
            uid: {name: value.to_ical() for name, value in event.items() if name not in times}
            for uid, event in events.items()
        }

    times, before = ("DTSTAMP", "LAST-MODIFIED"), read(phone, address)
    clock.shift(timedelta(minutes=1))
    choose(phone_of(ana), "y")
    chosen, at = read(phone, address), NOW + timedelta(minutes=1)
    clock.shift(timedelta(minutes=1))
    choose(phone_of(ana), "y")  # the same once more is no change
    assert {event[name].dt for event in read(phone, address).values() for name in times} == {at}
    choose(phone_of(ana), None)
    off = read(phone, address)
    assert alarms(phone, address)["Nov 23"] == []
    assert {event[name].dt for event in off.values() for name in times} == {
        at + timedelta(minutes=1)
    }
    assert without(before) == without(chosen) == without(off)


def test_the_choice_is_made_with_the_address_and_goes_on_with_a_new_one(
    phone, phone_of, ana, ben, evening
):
    mine = phone_of(ana)
    first = mine.fill(mine.get("/week/calendar"), "/week/calendar", rings="y")
    assert alarms(phone, address_on(first))["Nov 23"] == AN_HOUR_BEFORE
    assert alarms(phone, made(mine))["Nov 23"] == AN_HOUR_BEFORE
    assert alarms(phone, made(phone_of(ben)))["Nov 23"] == []


def test_a_choice_for_a_calendar_that_was_stopped_meanwhile_is_nothing(
    app, phone_of, ana, ben, address
):
    here, there = phone_of(ana), phone_of(ana)
    page = here.get("/week/calendar")
    there.fill(there.get("/week/calendar"), "/end")
    answer = here.fill(page, "/reminder", rings="y")
    assert answer.status == 200
    assert "Saved" not in answer.text
    assert phone_of(ben).post("/week/calendar/reminder", {"rings": "y"}).status == 200
    with app.app_context():
        assert db.session.scalars(select(CalendarFeed.rings)).all() == [False]


def test_one_session_alone(phone_of, ana, dana, evening):
    page = phone_of(ana).get(f"/week/sessions/{evening.tonight}.ics")
    (event,) = icalendar.Calendar.from_ical(page.html).walk("VEVENT")
    assert str(event["SUMMARY"]) == "Appointment"
    assert phone_of(dana).get(f"/week/sessions/{evening.tonight}.ics").status == 404


def test_a_feed_is_only_for_patients(phone_of, cleo, max_):
    for person in (cleo, max_):
        assert phone_of(person).get("/week/calendar").status == 404
        assert phone_of(person).post("/week/calendar").status == 404
