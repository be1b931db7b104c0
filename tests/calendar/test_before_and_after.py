"""What a phone got before the calendar had a room of its own, it gets now: property by property.

The files in `before/` were written by the former writers, for these very people.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from uuid import UUID, uuid5

import pytest
from icalendar import vDuration

from tests.conftest import NOW, ZONE, Someone
from tests.meetings.dirty import feed
from webapp.accounts.actions import make_person
from webapp.accounts.models import Person, Role
from webapp.accounts.queries import token_hash
from webapp.core.crypto.keys import keyring
from webapp.core.data.db import db
from webapp.entries.actions import edit, remove, write
from webapp.meetings.models import Feed
from webapp.program.actions import add_holiday, cancel, join, leave, move, set_own_days
from webapp.program.models import Group, GroupRole, GroupSession, SchedulePattern
from webapp.program.planner import plan_ahead
from webapp.week.models import Appointment, CalendarFeed

BEFORE = Path(__file__).parent / "before"
TOKEN = "k" * 43
FEED = UUID(int=5)
# name: (address, fields of the row in a list)
MEETINGS: dict[str, tuple[str, dict[str, object]]] = {
    "plain": ("5 Main St, Springfield, IL 62701", {"day": [1, 4], "time": "18:30"}),
    "online": ("", {"day": 0, "time": "7:00", "conference_url": "https://example.org/x"}),
    "marks": ('C:\\North\\new; floor 2, door \\, "B": ring, knock', {"timezone": "Asia/Kolkata"}),
    "folded": ("St. Mary’s, 朝の集い 🙂🏳️‍🌈 Côte-des-Neiges, Montréal; " * 5, {"end_time": "19:45"}),
    "night": ("1 Oak St", {"day": 0, "time": "1:30", "timezone": "Australia/Lord_Howe"}),
}


def number(value: int) -> UUID:
    """An id that is the same in every run, since UIDs are made of ids."""
    return UUID(int=value)


@pytest.fixture
def robin(app, clock) -> Someone:
    """Two groups, one of them left, with all that may happen to a session or an appointment."""
    with app.app_context():
        lee = make_person("lee", "Lee", "x", Role.FACILITATOR)
        robin = Person(id=number(1), username="robin", password_hash="x", role=Role.PATIENT)
        keyring(db.session).make(robin.id)
        robin.name = "Robin"
        db.session.add(robin)
        db.session.flush()
        evening, far = groups()
        here, there = (join(group, robin, GroupRole.PATIENT) for group in (evening, far))
        here.from_at = there.from_at = NOW - timedelta(days=60)
        made_at = NOW - timedelta(days=50)
        db.session.add(
            CalendarFeed(person_id=robin.id, token_hash=token_hash(TOKEN), made_at=made_at)
        )
        change_sessions(evening)
        clock.shift(timedelta(minutes=1))
        set_own_days(here, [0, 2, 6], date(2026, 11, 23), lee)
        write_appointments(robin)
        clock.shift(timedelta(minutes=1))
        leave(far.id, robin.id)
        db.session.commit()
        return Someone(robin.id, "robin", "Robin", Role.PATIENT)


def groups() -> tuple[Group, Group]:
    evening = Group(id=number(2), name="Evening IOP", zone=ZONE, place="Room 2", made_at=NOW)
    far = Group(id=number(3), name="Far", zone="Australia/Lord_Howe", made_at=NOW)
    db.session.add_all([evening, far])
    db.session.flush()
    starts = [
        "2026-10-28T22:00",  # in summer time
        "2026-11-01T04:30",  # the night on which an hour comes twice: it ends in the second
        "2026-11-01T06:15",  # begins in the second
        "2026-11-23T23:00",
        "2026-11-25T23:00",
        "2026-11-26T23:00",  # a holiday
        "2026-11-27T23:00",  # a Friday, no day of Robin's any more
        "2026-11-30T23:00",
        "2026-12-02T23:00",
        "2026-11-24T23:00",  # asked for by no weekly time
    ]
    for count, at in enumerate(starts):
        add_session(10 + count, evening, at, 2)
    for count, at in enumerate(["2026-11-20T08:00", "2026-12-04T08:00"]):
        add_session(30 + count, far, at, 3)
    return evening, far


def add_session(id: int, group: Group, at: str, hours: int) -> None:
    start = datetime.fromisoformat(at).replace(tzinfo=UTC)
    end = start + timedelta(hours=hours)
    db.session.add(GroupSession(id=number(id), group_id=group.id, starts_at=start, ends_at=end))


def change_sessions(evening: Group) -> None:
    """One is cancelled, one moved, one moved and then cancelled, one falls on a holiday, and one
    is no longer asked for by any weekly time."""
    monday, thursday, last = (db.session.get_one(GroupSession, number(id)) for id in (14, 15, 17))
    cancel(monday, "Snow; ice, and more")
    move(last, last.starts_at + timedelta(days=1), last.ends_at + timedelta(days=1), "Room")
    both = db.session.get_one(GroupSession, number(18))
    move(both, both.starts_at - timedelta(hours=2), both.ends_at - timedelta(hours=2))
    cancel(both, "")
    friday, gone = (db.session.get_one(GroupSession, number(id)) for id in (16, 19))
    for weekday, planned in ((3, thursday), (4, friday)):
        pattern = SchedulePattern(
            id=number(weekday + 4), group_id=evening.id, weekday=weekday, starts=time(18),
            minutes=120, from_day=date(2026, 11, 23), until_day=date(2026, 11, 27),
        )  # fmt: skip
        db.session.add(pattern)
        planned.pattern_id, planned.week = pattern.id, date(2026, 11, 23)
    gone.pattern_id, gone.week = number(7), date(2026, 11, 16)
    add_holiday(date(2026, 11, 26), "Thanksgiving")
    db.session.flush()
    plan_ahead(evening)


def write_appointments(robin: Person) -> None:
    """One as it was written, one that was changed, one removed, one in the second of two hours."""
    content = {"title": "Dentist 🦷", "place": "2 Elm St", "zone": ZONE}
    at = datetime(2026, 11, 24, 19, 30, tzinfo=UTC)
    written = [
        write(Appointment, robin, number(40 + day), at + timedelta(days=day), content)
        for day in range(3)
    ]
    kept, changed, gone = (db.session.get_one(Appointment, entry.id) for entry in written)
    edit(changed, changed.version, at + timedelta(days=9), {**content, "minutes": 45})
    remove(gone)
    db.session.flush()
    twice = datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
    write(Appointment, robin, number(50), twice, {**content, "minutes": 15})
    assert kept.removed_at is None


@pytest.fixture
def meetings(app, clock, tmp_path) -> dict[str, UUID]:
    """Listed meetings whose places have all that a line of text may have."""
    path = tmp_path / "list.json"
    rows = [
        {"slug": name, "name": "Secret", "day": 2, "time": "12:00", "address": place} | fields
        for name, (place, fields) in MEETINGS.items()
    ]
    path.write_bytes(feed(rows))
    with app.app_context():
        values = {"fellowship": "aa", "zone": ZONE, "generation": 0}
        db.session.add(Feed(id=FEED, source=str(path.resolve()), **values))
        db.session.commit()
    made = app.test_cli_runner().invoke(args=["import-meetings", str(path), "--fellowship", "aa"])
    assert made.exit_code == 0, made.output
    return {name: uuid5(FEED, name) for name in MEETINGS}


Component = tuple[str, list[str], list["Component"]]


def parts(text: str) -> Component:
    """A calendar's components with their unfolded lines, in an order that is always the same."""
    lines = iter(text.replace("\r\n ", "").removesuffix("\r\n").split("\r\n"))

    def component(name: str) -> Component:
        properties, inside = [], []
        for line in lines:
            if line == f"END:{name}":
                break
            if line.startswith("BEGIN:"):
                inside.append(component(line.removeprefix("BEGIN:")))
            elif line.startswith("DURATION:"):
                properties.append(f"DURATION:{vDuration.from_ical(line[9:])}")
            else:
                properties.append(line)
        return name, sorted(properties), sorted(inside)

    return component(next(lines).removeprefix("BEGIN:"))


def before_and_after(name: str, text: str) -> tuple[Component, Component]:
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    return parts((BEFORE / f"{name}.ics").read_bytes().decode()), parts(text)


def test_robins_phone_gets_the_same_week(phone, robin):
    before, after = before_and_after("week", phone.get(f"/calendar/{TOKEN}.ics").html)
    assert after == before


@pytest.mark.parametrize("id", [10, 11, 12, 14, 17], ids=str)
def test_robins_phone_gets_the_same_session(phone_of, robin, id):
    page = phone_of(robin).get(f"/week/sessions/{number(id)}.ics")
    before, after = before_and_after(f"session-{id}", page.html)
    assert after == before


@pytest.mark.parametrize("name", MEETINGS)
def test_robins_phone_gets_the_same_meeting(phone_of: Callable[..., object], robin, meetings, name):
    page = phone_of(robin).get(f"/meetings/find/{meetings[name]}.ics")
    before, after = before_and_after(f"meeting-{name}", page.html)
    assert after[1] == before[1]
    (event, zone), (former, former_zone) = after[2], before[2]
    # Somebody else who sees that calendar need not see where this is: all that is new.
    assert event == (former[0], sorted([*former[1], "CLASS:PRIVATE"]), [])
    assert zone[1] == former_zone[1]
    # It was told from the day before; now from before its last changes, as a week's is.
    told = [part for part in former_zone[2] if "DTSTART:20261" not in part[1][0]]
    assert [part for part in zone[2] if part in told] == told
    assert len(told) == len(former_zone[2]) - 1
