"""The director's page: exact where it is the clinic's own record, and silent below five."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from csv import reader
from datetime import date, datetime, timedelta
from io import StringIO
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from flask import Flask
from sqlalchemy import event, select, update

from tests.conftest import NOW, Made, SomeGroup, Someone
from tests.pages import Page, Phone
from webapp.accounts.models import Person, Role
from webapp.aftercare.points import Point
from webapp.attendance.actions import authorise, mark
from webapp.attendance.models import Presence
from webapp.core.data.db import db
from webapp.core.quarters import Quarter, quarter_of
from webapp.counting.actions import count, forget
from webapp.counting.models import Counted, Thinned
from webapp.discharge.actions import end
from webapp.program.models import Group, GroupSession, Membership
from webapp.reminders.models import Accepted

pytestmark = pytest.mark.database

PhoneOf = Callable[[Someone], Phone]
Numbers = Callable[[], dict[tuple[str, str, str], str]]
Answered = Callable[..., list[UUID]]
PAGE, FILE = "/clinic/numbers", "/clinic/numbers.csv"
SUMMER = date(2026, 8, 15)
NOW_ON = "Q4 2026 so far"
USED = "Drank or used in the last 30 days"
THREE = "3 months after the program"


@pytest.fixture
def max_(somebody: Made) -> Someone:
    return somebody("max", Role.ADMINISTRATOR)


@pytest.fixture
def numbers(phone_of: PhoneOf, max_: Someone) -> Numbers:
    """What the file says, by table, line, and column."""

    def read() -> dict[tuple[str, str, str], str]:
        rows = list(reader(StringIO(phone_of(max_).get(FILE).html.lstrip("\ufeff"))))
        assert rows[0] == ["Table", "Line", "Column", "Number"]
        return {(row[0], row[1], row[2]): row[3] for row in rows[1:]}

    return read


@pytest.fixture
def answered(app: Flask) -> Answered:
    """So many people of a group gave these answers three months after it, and let it be counted."""

    def give(
        many: int, group: SomeGroup, day: date = SUMMER, point: Point = Point.DAY_90,
        **said: int | str,
    ) -> list[UUID]:  # fmt: skip
        people = [uuid4() for _one in range(many)]
        with app.app_context():
            changed(Group.id == group.id, made_at=NOW - timedelta(days=900))
            for person in people:
                count(person, group.id, point, said or {"days_used": 0}, day)
            db.session.commit()
        return people

    return give


def changed(which: Any, **values: object) -> None:
    """Written over by hand."""
    table = which.left.table
    db.session.execute(update(table).where(which).values(values))
    db.session.commit()


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    said: list[str] = []

    def hear(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        said.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", hear)
    yield said
    event.remove(engine, "before_cursor_execute", hear)


def care(found: dict[tuple[str, str, str], str], quarter: str) -> list[str]:
    columns = ("In care at the end", "In care during it", "Admitted", "Left")
    return [found["People in care", quarter, column] for column in columns]


# The clinic's own records


def test_max_sees_who_came_and_left_by_quarter(
    app: Flask, numbers: Numbers, ana: Someone, ben: Someone, dana: Someone, evening: SomeGroup,
    cleo: Someone, leaves: Callable[..., None], put_into: Callable[..., None],
) -> None:  # fmt: skip
    with app.app_context():
        changed(Membership.person_id == ana.id, from_at=NOW - timedelta(days=100))
    leaves(evening, ben)
    found = numbers()
    # Ana since August; Ben and Dana since a month ago, and Ben left today.
    assert care(found, NOW_ON) == ["2", "3", "2", "1"]
    assert care(found, "Q3 2026") == ["1", "1", "1", "0"]
    assert care(found, "Q2 2026") == ["0", "0", "0", "0"]
    group = "By group, Q4 2026 so far"
    assert found[group, "Evening IOP", "In it now"] == "1"
    assert found[group, "Evening IOP", "Left"] == "1"
    assert found[group, "Morning IOP", "In it now"] == "1"
    assert found["How care ended", NOW_ON, "No discharge recorded"] == "1"
    put_into(evening, ben, since=NOW)
    assert care(numbers(), NOW_ON) == ["3", "3", "2", "0"]  # on the same instant: the same time


def test_another_group_is_no_admission_and_a_removal_that_was_undone_is_none(
    app: Flask, numbers: Numbers, ana: Someone, morning: SomeGroup, evening: SomeGroup,
    put_into: Callable[..., None], leaves: Callable[..., None], clock: time_machine.Traveller,
) -> None:  # fmt: skip
    put_into(morning, ana, since=NOW - timedelta(days=3))
    leaves(evening, ana)
    clock.shift(timedelta(days=1))
    assert care(numbers(), NOW_ON) == ["1", "1", "1", "0"]


def test_who_is_put_into_the_next_group_some_hours_later_stayed_in_care(
    app: Flask, numbers: Numbers, ana: Someone, morning: SomeGroup, evening: SomeGroup,
    put_into: Callable[..., None], leaves: Callable[..., None], clock: time_machine.Traveller,
) -> None:  # fmt: skip
    leaves(evening, ana)
    put_into(morning, ana, since=NOW + timedelta(hours=23))
    clock.shift(timedelta(days=3))
    assert care(numbers(), NOW_ON) == ["1", "1", "1", "0"]
    with app.app_context():
        changed(Membership.group_id == morning.id, from_at=NOW + timedelta(hours=25))
    assert care(numbers(), NOW_ON) == ["1", "1", "2", "1"]


def test_who_did_not_say_yes_yet_is_not_in_care(app: Flask, numbers: Numbers, ana: Someone) -> None:
    with app.app_context():
        changed(Membership.person_id == ana.id, needs_yes=True)
    assert care(numbers(), NOW_ON) == ["0", "0", "0", "0"]


def test_a_quarter_begins_at_midnight_on_the_clinics_clock(
    app: Flask, numbers: Numbers, ana: Someone, clock: time_machine.Traveller
) -> None:
    turn = datetime.fromisoformat("2027-01-01T05:00:00+00:00")  # midnight in New York
    with app.app_context():
        changed(Membership.person_id == ana.id, from_at=turn - timedelta(minutes=1))
    clock.move_to(turn + timedelta(hours=1))
    found = numbers()
    assert care(found, "Q1 2027 so far") == ["1", "1", "0", "0"]
    assert care(found, "Q4 2026") == ["1", "1", "1", "0"]
    with app.app_context():
        changed(Membership.person_id == ana.id, from_at=turn)
    assert care(numbers(), "Q1 2027 so far") == ["1", "1", "1", "0"]


def test_attendance_hours_and_weeks_against_the_range(
    app: Flask, numbers: Numbers, ana: Someone, ben: Someone, cleo: Someone, evening: SomeGroup,
    clinic_sets: Callable[..., None],
) -> None:  # fmt: skip
    clinic_sets(week_hours_least=2, week_hours_most=20)
    with app.app_context():
        friday, by = (
            db.session.get_one(GroupSession, evening.friday),
            db.session.get_one(Person, cleo.id),
        )
        half = friday.starts_at + timedelta(minutes=90)
        mark(friday, ana.id, Presence.PRESENT, by=by)
        mark(friday, ben.id, Presence.LEFT_EARLY, left_at=half, by=by)
        db.session.commit()
    found = numbers()
    assert found["Attendance", NOW_ON, "Present"] == "1"
    assert found["Attendance", NOW_ON, "Came"] == "100%"
    assert found["Attendance", NOW_ON, "Hours attended"] == "4.5"
    assert found["By group, Q4 2026 so far", "Evening IOP", "Hours attended"] == "4.5"
    weeks = "Weeks by hours"
    # Of two whole weeks with attendance only Ana's reaches two hours.
    assert found[weeks, NOW_ON, "2–20 hours"] == "1"
    assert found[weeks, NOW_ON, "Under 2 hours"] == "1"


def test_how_care_ended_is_what_the_discharge_says(
    app: Flask, numbers: Numbers, ana: Someone, cleo: Someone, evening: SomeGroup
) -> None:
    with app.app_context():
        membership = db.session.scalars(
            select(Membership).where(Membership.person_id == ana.id)
        ).one()
        by = db.session.get_one(Person, cleo.id)
        end(membership, "tools", NOW.date(), "zq-goodbye", ["zq-step"], by)
        db.session.commit()
    found = numbers()
    column = "Has the tools to continue without this group"
    assert found["How care ended", NOW_ON, column] == "1"
    assert found["How care ended", NOW_ON, "No discharge recorded"] == "0"


def test_authorizations_that_end_within_two_weeks_by_group(
    app: Flask, numbers: Numbers, ana: Someone, ben: Someone, dana: Someone, cleo: Someone,
    evening: SomeGroup,
) -> None:  # fmt: skip
    with app.app_context():
        by = db.session.get_one(Person, cleo.id)
        for someone, days in ((ana, 10), (ben, 40), (dana, 2)):
            membership = db.session.scalars(
                select(Membership).where(Membership.person_id == someone.id)
            ).one()
            day = NOW.date() + timedelta(days=days)
            authorise(membership, 50, NOW.date(), day, "zq-note", by)
        db.session.commit()
    found = numbers()
    column = "Authorizations ending within two weeks"
    assert found["By group, Q4 2026 so far", "Evening IOP", column] == "1"
    assert found["By group, Q4 2026 so far", "Morning IOP", column] == "1"


def test_individual_sessions_are_one_line_without_a_name(
    app: Flask, numbers: Numbers, ana: Someone, ben: Someone, put_into: Callable[..., None]
) -> None:
    with app.app_context():
        groups = [Group(typed_name=None, zone="America/New_York") for _one in range(2)]
        db.session.add_all(groups)
        db.session.commit()
        ids = [group.id for group in groups]
    for id, someone in zip(ids, (ana, ben), strict=True):
        put_into(SomeGroup(id, id, id, ""), someone)
    found = numbers()
    assert found["By group, Q4 2026 so far", "Individual sessions", "In it now"] == "2"


def test_an_empty_clinic_has_a_page(phone_of: PhoneOf, max_: Someone, clock: object) -> None:
    page = phone_of(max_).get(PAGE)
    assert page.status == 200
    assert "No numbers to show yet" in page.text
    assert PAGE in phone_of(max_).get("/clinic").links


def test_a_group_called_like_a_formula_is_text_in_the_file(
    app: Flask, phone_of: PhoneOf, max_: Someone, evening: SomeGroup
) -> None:
    with app.app_context():
        changed(Group.id == evening.id, name="=HYPERLINK(1)")
    assert '"\'=HYPERLINK(1)"' in phone_of(max_).get(FILE).html


def test_messages_that_push_services_accepted(app: Flask, numbers: Numbers, clock: object) -> None:
    with app.app_context():
        db.session.add(Accepted(quarter="2026-Q3", messages=1234))
        db.session.commit()
    assert numbers()["Accepted by push services", "Q3 2026", "Messages"] == "1,234"


def test_nothing_is_asked_of_entries(
    app: Flask, phone_of: PhoneOf, max_: Someone, ana: Someone, wrote: Callable[..., UUID],
    answered: Answered, evening: SomeGroup,
) -> None:  # fmt: skip
    answered(6, evening)
    before = phone_of(max_).get(PAGE).text
    wrote(ana, situation="zq-words")
    phone = phone_of(max_)
    with statements(app) as said:
        page = phone.get(PAGE)
    assert page.text == before
    forbidden = ("entry", "share", "reading", "check_in", "heads_up", "medication")
    asked = " ".join(said).lower()
    assert not [
        table for table in forbidden if f"from {table}" in asked or f"join {table}" in asked
    ]
    assert "attendance" in asked


def test_no_name_label_or_word_of_a_patient_is_on_it(
    app: Flask, phone_of: PhoneOf, max_: Someone, ana: Someone, cleo: Someone, evening: SomeGroup,
    answered: Answered,
) -> None:  # fmt: skip
    with app.app_context():
        person = db.session.get_one(Person, ana.id)
        person.name, person.label = "Zqname", "zq-label"
        db.session.commit()
    answered(5, evening)
    for address in (PAGE, FILE):
        html = phone_of(max_).get(address).html
        assert "Zqname" not in html
        assert "zq-label" not in html
        assert ana.username not in html.split()
        assert str(ana.id) not in html


# What patients answered


def used(found: dict[tuple[str, str, str], str], answer: str, quarter: str = "Q3 2026") -> str:
    return found.get((THREE, f"{USED}, {answer}", quarter), "")


def test_five_people_are_shown_and_four_are_fewer_than_five(
    numbers: Numbers, answered: Answered, evening: SomeGroup
) -> None:
    answered(5, evening, days_used=0)
    answered(4, evening, days_used=3)
    found = numbers()
    assert used(found, "On no day") == used(found, "On one day or more") == "not shown"
    assert used(found, "All answers") == "9"
    answered(1, evening, days_used=30)
    found = numbers()
    assert used(found, "On no day") == used(found, "On one day or more") == "5"
    assert used(found, "All answers") == "10"
    assert found[THREE, "How life is going, All answers", "Q3 2026"] == "fewer than 5"


def test_nobody_answering_looks_like_four(
    phone_of: PhoneOf, max_: Someone, answered: Answered, evening: SomeGroup
) -> None:
    before = phone_of(max_).get(PAGE).text
    answered(4, evening, days_used=3)
    assert phone_of(max_).get(PAGE).text == before


def test_the_quarter_that_goes_on_is_not_shown_until_nobody_can_add_to_it(
    numbers: Numbers, answered: Answered, evening: SomeGroup, clock: time_machine.Traveller
) -> None:
    answered(9, evening, NOW.date())
    assert used(numbers(), "On no day", "Q4 2026") == ""
    clock.move_to(datetime.fromisoformat("2027-01-03T04:59:00+00:00"))
    assert used(numbers(), "On no day", "Q4 2026") == ""
    clock.shift(timedelta(minutes=2))  # two days of the new quarter are over
    assert used(numbers(), "All answers", "Q4 2026") == "9"


def test_people_are_counted_not_answers(
    app: Flask, numbers: Numbers, answered: Answered, evening: SomeGroup
) -> None:
    four = answered(4, evening, days_used=0)
    with app.app_context():
        count(four[0], evening.id, Point.DAY_90, {"days_used": 0}, SUMMER)
        db.session.commit()
    assert used(numbers(), "All answers") == ""
    answered(1, evening, days_used=0)
    assert used(numbers(), "All answers") == "5"


def test_who_cancels_takes_that_quarter_off_the_page_at_once(
    app: Flask, numbers: Numbers, answered: Answered, evening: SomeGroup
) -> None:
    people = answered(8, evening, days_used=0) + answered(6, evening, days_used=2)
    answered(6, evening, date(2026, 5, 1), days_used=0)
    assert used(numbers(), "All answers") == "14"
    with app.app_context():
        forget(people[0])
        db.session.commit()
        assert [(row.quarter, row.point) for row in db.session.scalars(select(Thinned))] == [
            ("2026-Q3", "day_90")
        ]
    found = numbers()
    # The difference of two looks would be that person's answer: nothing is left to subtract from.
    assert used(found, "On no day") == used(found, "On one day or more") == "–"
    assert used(found, "All answers") == "–"
    assert used(found, "All answers", "Q2 2026") == "6"


def test_who_cancels_in_the_same_quarter_leaves_the_others_counted(
    app: Flask, numbers: Numbers, answered: Answered, evening: SomeGroup,
    clock: time_machine.Traveller,
) -> None:  # fmt: skip
    people = answered(8, evening, NOW.date(), days_used=0)
    with app.app_context():
        forget(people[0])
        db.session.commit()
        assert db.session.scalars(select(Thinned)).all() == []
    clock.move_to(datetime.fromisoformat("2027-01-04T05:00:00+00:00"))
    assert used(numbers(), "All answers", "Q4 2026") == "7"


def test_a_small_group_cannot_be_worked_out_by_subtracting(
    numbers: Numbers, answered: Answered, evening: SomeGroup, morning: SomeGroup
) -> None:
    for many, said in ((7, 0), (6, 2)):
        answered(many, evening, days_used=said)
    for many, said in ((4, 0), (1, 2)):
        answered(many, morning, days_used=said)
    found = numbers()
    assert used(found, "On no day") == "11"
    assert not [key for key in found if key[0].startswith("Answers by group")]
    answered(1, morning, days_used=0)
    answered(4, morning, days_used=2)
    line = f"{THREE}, {USED}, On no day"
    assert numbers()["Answers by group, Q3 2026", line, "Morning IOP"] == "5"


def test_an_answer_that_cannot_be_opened_is_no_answer(
    app: Flask, numbers: Numbers, answered: Answered, evening: SomeGroup
) -> None:
    answered(5, evening, days_used=0)
    answered(5, evening, days_used=1)
    with app.app_context():
        id = db.session.scalars(select(Counted.id)).first()
        db.session.execute(update(Counted).where(Counted.id == id).values(answer=b"\x01odd"))
        db.session.commit()
    assert used(numbers(), "All answers") == "9"


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2026, 1, 1), "2026-Q1"),
        (date(2026, 3, 31), "2026-Q1"),
        (date(2026, 12, 31), "2026-Q4"),
    ],
)
def test_quarters(day: date, said: str) -> None:
    assert str(quarter_of(day)) == said
    assert quarter_of(quarter_of(day).first) == quarter_of(day)
    assert quarter_of(day).next.before() == quarter_of(day)
    assert Quarter(2026, 1).before(5) == Quarter(2024, 4)


def test_both_addresses_are_the_administrators(
    phone_of: PhoneOf, ana: Someone, cleo: Someone, evening: SomeGroup
) -> None:
    for someone in (ana, cleo):
        pages: list[Page] = [phone_of(someone).get(address) for address in (PAGE, FILE)]
        assert {page.status for page in pages} == {404}
