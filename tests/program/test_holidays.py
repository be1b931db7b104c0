"""Days off: single ones, breaks, the federal ones by rule; for the clinic or for one group."""

from datetime import date, time

import pytest
from sqlalchemy import select

from tests.conftest import ZONE
from webapp.core.clock import local
from webapp.core.data.db import db
from webapp.program.actions import add_pattern
from webapp.program.models import Group, GroupSession, Holiday
from webapp.program.planner import plan_ahead
from webapp.program.queries import notes_until
from webapp.program.recurrence import Weekly

pytestmark = pytest.mark.database


@pytest.fixture
def desk(phone_of, max_, clock):
    """The administrator's desk."""
    return phone_of(max_)


@pytest.fixture
def groups(desk, app):
    """Skills and Talk, every day at six."""
    for name in ("Skills", "Talk"):
        desk.fill(desk.get("/clinic/groups/new"), "new", name=name,
                  days=[str(day) for day in range(7)], starts="18:00", minutes="60")  # fmt: skip


@pytest.fixture
def off(app):
    """The days on which a group doesn't meet, with what is said of them."""

    def read(name: str) -> dict[str, str]:
        with app.app_context():
            rows = db.session.scalars(select(GroupSession).order_by(GroupSession.starts_at))
            return {
                local(row.starts_at, ZONE).date().isoformat(): row.reason
                for row in rows
                if row.group.name == name and row.is_cancelled
            }

    return read


@pytest.fixture
def id_of(app):
    """A group's id, as the form has it."""

    def find(name: str) -> str:
        with app.app_context():
            rows = db.session.scalars(select(GroupSession))
            return next(str(row.group_id) for row in rows if row.group.name == name)

    return find


def add(desk, **fields):
    return desk.fill(desk.get("/clinic/holidays"), "holidays", having="until_day", **fields)


BREAK = {"day": "2026-12-24", "until_day": "2027-01-02", "name": "Winter break"}
TEN = [f"2026-12-{day}" for day in range(24, 32)] + ["2027-01-01", "2027-01-02"]


def test_a_break_is_off_day_by_day_listed_as_one_and_taken_back_as_one(desk, groups, off):
    page = add(desk, **BREAK)
    assert "Thursday, December 24, 2026 – Saturday, January 2, 2027" in page.text
    assert off("Skills") == off("Talk") == dict.fromkeys(TEN, "Winter break")
    desk.fill(page, "/removal")
    assert off("Skills") == {}


def test_a_holiday_in_a_break_keeps_its_own_name(desk, groups, off):
    add(desk, day="2026-12-25", name="Christmas")
    add(desk, **BREAK)
    assert off("Skills") == dict.fromkeys(TEN, "Winter break") | {"2026-12-25": "Christmas"}
    assert "That day is already on the list." in add(desk, **BREAK).text


def test_one_group_alone_has_a_day_off(desk, groups, off, id_of):
    page = add(desk, day="2026-12-01", name="Retreat", group=id_of("Talk"))
    assert "only Talk" in page.text
    assert (off("Talk"), off("Skills")) == ({"2026-12-01": "Retreat"}, {})


def test_who_isnt_off_any_more_by_one_may_still_be_by_the_other(desk, groups, off, id_of):
    add(desk, day="2026-12-01", name="Retreat", group=id_of("Talk"))
    add(desk, day="2026-12-01", name="Snow")
    assert off("Skills") == {"2026-12-01": "Snow"}
    for left in ({"2026-12-01": "Retreat"}, {}):
        page = desk.get("/clinic/holidays")
        which = next(form for form in page.forms if "/removal" in form.action)
        if left:  # the clinic's first
            with_name = [form for form in page.forms if "/removal" in form.action]
            assert len(with_name) == 2
            with_id = _clinics(desk)
            which = next(form for form in with_name if with_id in form.action)
        desk.post(which.action)
        assert off("Skills") == {}
        assert off("Talk") == left


def _clinics(desk) -> str:
    with desk.app.app_context():
        return str(db.session.scalar(select(Holiday.id).where(Holiday.group_id.is_(None))))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"until_day": "2026-12-23"}, "The last day can’t be before the first day."),
        ({"until_day": "2027-03-01"}, "Enter at most 60 days at once."),
        ({"group": "nobody"}, "Choose from the list."),
        ({"name": ""}, "Enter a name, like Thanksgiving."),
    ],
)
def test_what_is_no_break_is_said_and_nothing_is_off(fields, said, desk, groups, off):
    page = add(desk, **(BREAK | fields))
    assert page.status == 422
    assert said in page.text
    assert page.form(having="until_day").fields["day"] == "2026-12-24"
    assert off("Skills") == {}


def test_max_takes_the_federal_ones_that_are_left_of_a_year(desk, groups, off):
    page = desk.get("/clinic/holidays?year=2026")
    assert "Thanksgiving Day, Thursday, November 26, 2026" in page.text
    assert "Veterans Day" not in page.text  # it's past
    page = desk.post("/clinic/holidays/federal?year=2026", {"all": "1"})
    assert off("Skills") == {"2026-11-26": "Thanksgiving Day", "2026-12-25": "Christmas Day"}
    assert "All of them are on the list." in page.text
    assert "all" not in str([form.names for form in page.forms])


def test_unless_he_asks_for_a_year_each_is_listed_once_the_next_time_that_it_comes(desk, groups):
    page = desk.get("/clinic/holidays")
    federal = page.text.partition("US federal holidays in the next 12 months")[2]
    assert "Thanksgiving Day, Thursday, November 26, 2026" in federal
    assert "Veterans Day, Thursday, November 11, 2027" in federal
    assert federal.count("Thanksgiving Day") == 1
    page = desk.fill(page, "/federal", all="1")
    kept = page.text.partition("US federal holidays in the next 12 months")
    assert kept[0].count("Remove…") == 11
    assert "All of them are on the list." in kept[2]


def test_or_some_of_them_by_a_tap_each(desk, groups, off):
    page = desk.get("/clinic/holidays?year=2027")
    assert "Independence Day, Monday, July 5, 2027 observed" in page.text
    desk.fill(page, "/federal", federal=["2027-01-01", "2027-07-05"])
    assert off("Skills") == {"2027-01-01": "New Year’s Day"}  # planned eight weeks ahead
    page = desk.get("/clinic/holidays?year=2027")
    assert "Independence Day, Monday" not in page.text
    assert "Monday, July 5, 2027 Independence Day" in page.text


@pytest.mark.parametrize("year", ["1", "x", "9999", "-5"])
def test_no_other_year_is_asked_for(year, desk):
    page = desk.get(f"/clinic/holidays?year={year}")
    assert page.status == 200
    assert "US federal holidays " in page.text


def test_days_that_are_none_and_no_day_at_all_are_told(desk, groups, off):
    for sent in ({}, {"federal": "2026-12-31"}, {"federal": "x"}):
        page = desk.post("/clinic/holidays/federal?year=2026", sent)
        assert "Choose at least one holiday." in page.text
    assert off("Skills") == {}


def test_a_groups_own_day_off_is_a_working_day_of_the_clinics(
    app, desk, groups, id_of, clinic_sets
):
    def notes_are_due() -> date:
        with app.app_context():
            ends = db.session.scalar(select(GroupSession.ends_at).order_by(GroupSession.starts_at))
            return local(notes_until(ends, ZONE), ZONE).date()

    clinic_sets(notes_until="12:00")
    add(desk, day="2026-11-24", name="Retreat", group=id_of("Talk"))
    assert notes_are_due() == date(2026, 11, 24)
    add(desk, day="2026-11-24", name="Snow")
    assert notes_are_due() == date(2026, 11, 25)


def test_ana_reads_why(desk, phone_of, ana, evening, app):
    with app.app_context():  # a session that a weekly time asked for
        group = db.session.get_one(Group, evening.id)
        add_pattern(group, Weekly(4, time(18), 60, date(2026, 11, 23)))
        plan_ahead(group)
        db.session.commit()
    add(desk, day="2026-11-27", name="The boiler", group=str(evening.id))
    assert "The boiler" in phone_of(ana).get("/week").text
