"""An administrator sets the weeks up; sessions are moved, cancelled, added; the past stays."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.conftest import NOW, ZONE
from webapp.core.clock import local
from webapp.core.data.db import db
from webapp.program.models import Group, GroupSession
from webapp.program.planner import AHEAD, plan_ahead

pytestmark = pytest.mark.database


@pytest.fixture
def rows(app):
    """The sessions of a group as (local wall time, row), withdrawn ones left out."""

    def read(name: str, *, withdrawn: bool = False) -> list[GroupSession]:
        with app.app_context():
            query = db.select(GroupSession).join(Group).where(Group.name == name)
            found = db.session.scalars(query.order_by(GroupSession.starts_at)).all()
            return [
                group_session
                for group_session in found
                if withdrawn or group_session.withdrawn_at is None
            ]

    return read


@pytest.fixture
def desk(phone_of, max_, clock):
    """The administrator's desk."""
    return phone_of(max_)


@pytest.fixture
def skills(desk, app):
    """Max makes a group: Monday, Wednesday and Friday at six for three hours."""
    page = desk.get("/clinic/groups/new")
    desk.fill(page, "new", name="Skills", days=["0", "2", "4"], starts="18:00", minutes="180")
    with app.app_context():
        return db.session.scalar(db.select(Group.id).where(Group.name == "Skills"))


def walls(found):
    return [
        local(group_session.starts_at, ZONE).strftime("%a %d %b %H:%M") for group_session in found
    ]


def test_eight_weeks_of_three_days_are_there_at_once(skills, rows):
    found = rows("Skills")
    assert len(found) == 24
    assert walls(found)[:3] == ["Mon 23 Nov 18:00", "Wed 25 Nov 18:00", "Fri 27 Nov 18:00"]


def test_planning_again_makes_nothing_anew(app, skills, rows):
    before = [row.id for row in rows("Skills")]
    with app.app_context():
        assert plan_ahead(db.session.get_one(Group, skills)) == 0
        db.session.commit()
    assert [row.id for row in rows("Skills")] == before


def test_a_holiday_cancels_its_session_with_its_name_and_taking_it_out_brings_it_back(
    desk, skills, rows
):
    desk.fill(desk.get("/clinic/holidays"), "holidays", day="2026-12-25", name="Christmas")
    (off,) = [row for row in rows("Skills") if row.is_cancelled]
    assert (walls([off]), off.reason) == (["Fri 25 Dec 18:00"], "Christmas")

    desk.fill(desk.get("/clinic/holidays"), "removal")
    assert not any(row.is_cancelled for row in rows("Skills"))
    assert next(row for row in rows("Skills") if row.id == off.id).sequence == 2


def test_the_same_holiday_twice_is_told(desk, skills):
    for _ in range(2):
        page = desk.fill(
            desk.get("/clinic/holidays"), "holidays", having="day", day="2026-12-25", name="X"
        )
    assert page.status == 422
    assert "already on the list" in page.text


def test_a_moved_session_keeps_its_row_and_is_not_made_anew(app, desk, skills, rows):
    friday = rows("Skills")[2]
    page = desk.get(f"/clinic/sessions/{friday.id}/details")
    done = desk.fill(
        page, "/move", **{"move-day": "2026-11-28", "move-starts": "10:00", "move-reason": "Snow"}
    )
    assert "Rescheduled" in done.text
    with app.app_context():
        assert plan_ahead(db.session.get_one(Group, skills)) == 0
        db.session.commit()
    found = rows("Skills")
    assert len(found) == 24
    (moved,) = [group_session for group_session in found if group_session.id == friday.id]
    assert walls([moved]) == ["Sat 28 Nov 10:00"]
    assert (moved.moved_from, moved.reason, moved.sequence) == (friday.starts_at, "Snow", 1)


def test_a_moved_session_takes_its_shares_along(
    desk, skills, app, ana, cleo, phone_of, put_into, wrote, shared, rows
):
    from tests.conftest import SomeGroup

    friday = rows("Skills")[2]
    group = SomeGroup(skills, friday.id, friday.id, "Skills")
    put_into(group, ana, cleo)
    shared(ana, wrote(ana, situation="For Friday"), group)
    page = desk.get(f"/clinic/sessions/{friday.id}/details")
    desk.fill(page, "/move", **{"move-day": "2026-11-30", "move-starts": "20:00"})
    assert "For Friday" in phone_of(cleo).get(f"/clinic/sessions/{friday.id}").text
    page = desk.get(f"/clinic/sessions/{friday.id}/details")
    desk.fill(page, "/cancellation", **{"cancel-reason": "Cleo is ill"})
    assert "For Friday" not in phone_of(cleo).get(f"/clinic/sessions/{friday.id}").html


def test_moved_onto_another_session_is_refused_in_words(desk, skills, rows):
    wednesday, friday = rows("Skills")[1:3]
    page = desk.get(f"/clinic/sessions/{friday.id}/details")
    day = local(wednesday.starts_at, ZONE).date().isoformat()
    refused = desk.fill(page, "/move", **{"move-day": day, "move-starts": "18:00"})
    assert refused.status == 422
    assert "already has a session at this time" in refused.text


def test_a_cancelled_session_says_why_and_planning_leaves_it(app, desk, skills, rows):
    friday = rows("Skills")[2]
    page = desk.get(f"/clinic/sessions/{friday.id}/details")
    assert desk.fill(page, "/cancellation", **{"cancel-reason": ""}).status == 422
    desk.fill(page, "/cancellation", **{"cancel-reason": "Cleo is ill"})
    with app.app_context():
        plan_ahead(db.session.get_one(Group, skills))
        db.session.commit()
    found = next(row for row in rows("Skills") if row.id == friday.id)
    assert (found.is_cancelled, found.reason) == (True, "Cleo is ill")
    desk.fill(desk.get(f"/clinic/sessions/{friday.id}/details"), "/restoration")
    assert not next(row for row in rows("Skills") if row.id == friday.id).is_cancelled


def test_another_time_from_a_day_on_moves_later_sessions_and_leaves_earlier_ones(
    desk, skills, rows, app
):
    before = {row.id: walls([row])[0] for row in rows("Skills")}
    with app.app_context():
        group = db.session.get_one(Group, skills)
        monday = next(pattern.id for pattern in group.patterns if pattern.weekday == 0)
    page = desk.get(f"/clinic/groups/{skills}/times/{monday}")
    today = desk.fill(page, "/times/", day="1", starts="17:30", from_day="2026-11-23")
    assert today.status == 422
    assert "Choose Tuesday" in today.text
    assert "or later." in today.text
    done = desk.fill(page, "/times/", day="1", starts="17:30", from_day="2026-12-07")
    assert done.status == 200
    after = {row.id: walls([row])[0] for row in rows("Skills")}
    assert after.keys() == before.keys()
    assert before[rows("Skills")[0].id] == after[rows("Skills")[0].id] == "Mon 23 Nov 18:00"
    changed = [after[id] for id in after if after[id] != before[id]]
    assert changed[0] == "Tue 08 Dec 17:30"
    assert len(changed) == 6
    assert all(wall.startswith("Tue") and wall.endswith("17:30") for wall in changed)


def test_a_weekly_time_that_ends_takes_its_later_sessions_away(desk, skills, rows, app):
    with app.app_context():
        group = db.session.get_one(Group, skills)
        monday = next(pattern.id for pattern in group.patterns if pattern.weekday == 0)
    desk.fill(desk.get(f"/clinic/groups/{skills}/sessions"), f"/times/{monday}/end")
    found = rows("Skills")
    mondays = [(row.is_ended, wall) for row, wall in zip(found, walls(found), strict=True)
               if wall.startswith("Mon")]  # fmt: skip
    assert mondays == [(False, "Mon 23 Nov 18:00")]
    gone = [row for row in rows("Skills", withdrawn=True) if row.withdrawn_at]
    assert len(gone) == 7
    assert all(group_session.is_cancelled and group_session.sequence for group_session in gone)


def test_a_weekly_time_that_comes_back_brings_its_rows_back(desk, skills, rows, app):
    first = {row.id for row in rows("Skills")}
    with app.app_context():
        group = db.session.get_one(Group, skills)
        monday = next(pattern for pattern in group.patterns if pattern.weekday == 0)
        monday.until_day = date(2026, 11, 23)
        plan_ahead(group)
        monday.until_day = None
        plan_ahead(group)
        db.session.commit()
    assert {row.id for row in rows("Skills")} == first
    assert not any(row.is_cancelled for row in rows("Skills"))


def test_the_same_weekly_time_twice_is_refused(desk, skills):
    page = desk.get(f"/clinic/groups/{skills}/times/new")
    again = desk.fill(page, "/times/new", days=["0", "1"], starts="18:00", minutes="60")
    assert again.status == 422
    assert "already meets at this time" in again.text
    other = desk.fill(page, "/times/new", days=["0", "1"], starts="09:00", minutes="60")
    assert other.status == 200


def test_past_sessions_never_change(app, phone_of, max_, skills, rows, clock):
    tonight = rows("Skills")[0]
    clock.move_to(tonight.starts_at)
    desk = phone_of(max_)
    for address, fields in [
        ("move", {"move-day": "2026-12-01", "move-starts": "10:00", "move-minutes": "60"}),
        ("cancellation", {"cancel-reason": "Too late"}),
        ("restoration", {}),
        ("details", {"topic": "Another"}),
    ]:
        page = desk.post(f"/clinic/sessions/{tonight.id}/{address}", fields)
        assert page.status == 409, address
    with app.app_context():
        group = db.session.get_one(Group, skills)
        for pattern in group.patterns:
            pattern.starts = pattern.starts.replace(hour=9)
        plan_ahead(group)
        db.session.commit()
    now = next(row for row in rows("Skills") if row.id == tonight.id)
    assert (now.starts_at, now.sequence, now.cancelled_at) == (tonight.starts_at, 0, None)


def test_an_extra_session_stands_beside_the_weekly_ones_also_on_the_clock_change_night(
    phone_of, max_, skills, rows, clock
):
    clock.move_to(datetime(2027, 3, 1, 12, tzinfo=UTC))
    desk = phone_of(max_)
    page = desk.get(f"/clinic/groups/{skills}/sessions/new")
    desk.fill(page, "/sessions/new", day="2027-03-14", starts="02:30", minutes="60", topic="Night")
    (extra,) = [row for row in rows("Skills") if row.pattern_id is None]
    assert extra.starts_at == datetime(2027, 3, 14, 7, 30, tzinfo=UTC)  # 3:30 am, an hour ahead


def test_an_extra_session_in_the_past_or_at_no_time_is_refused_in_words(desk, skills):
    page = desk.get(f"/clinic/groups/{skills}/sessions/new")
    late = desk.fill(page, "/sessions/new", day="2026-11-20", starts="18:00")
    assert late.status == 422
    assert "in the future" in late.text
    empty = desk.fill(page, "/sessions/new", day="", starts="")
    assert "Enter a date" in empty.text
    far = desk.fill(page, "/sessions/new", day="9999-12-31", starts="23:59")
    assert far.status == 422


def test_a_link_must_be_https(desk, skills):
    page = desk.get(f"/clinic/groups/{skills}/details")
    bad = desk.fill(page, "/details", link="javascript:alert(1)")
    assert bad.status == 422
    good = desk.fill(page, "/details", link="https://video.example/room", bring="A pen")
    assert good.status == 200


def test_facilitators_change_the_sessions_of_their_own_groups_only(
    phone_of, cleo, kit, ana, evening, rows
):
    friday = evening.tonight
    own, other, patient = phone_of(cleo), phone_of(kit), phone_of(ana)
    assert own.get(f"/clinic/sessions/{friday}/details").status == 200
    for phone in (other, patient):
        assert phone.get(f"/clinic/sessions/{friday}/details").status == 404
        assert phone.get(f"/clinic/groups/{evening.id}/sessions").status == 404
        assert phone.post(f"/clinic/sessions/{friday}/cancellation").status == 404
    # Weekly times and holidays are the clinic's.
    assert own.get(f"/clinic/groups/{evening.id}/times/new").status == 404
    assert own.get("/clinic/holidays").status == 404


def test_sessions_from_before_this_version_are_taken_over_by_their_weekly_time(app, skills, rows):
    with app.app_context():
        for group_session in db.session.scalars(db.select(GroupSession)):
            group_session.pattern_id, group_session.week = None, None
        db.session.flush()
        assert plan_ahead(db.session.get_one(Group, skills)) == 0
        db.session.commit()
    assert all(row.pattern_id for row in rows("Skills"))


def test_what_to_expect_has_our_words_until_the_program_writes_its_own(phone_of, desk, ana, max_):
    assert "We don’t do detox" in phone_of(ana).get("/what-to-expect").text
    page = desk.get("/clinic/what-to-expect")
    desk.fill(page, "what-to-expect", **{"not_here-words": "No night watch. <b>Ask</b> us."})
    read = phone_of(ana).get("/what-to-expect")
    assert "No night watch. <b>Ask</b> us." in read.text
    assert "We don’t do detox" not in read.text
    page = desk.get("/clinic/what-to-expect")
    desk.fill(page, "what-to-expect", **{"not_here-words": ""})
    assert "We don’t do detox" in phone_of(ana).get("/what-to-expect").text
    assert phone_of(ana).get("/clinic/what-to-expect").status == 404


def test_planning_day_by_day_for_months_makes_each_session_once(app, skills, rows):
    with app.app_context():
        group = db.session.get_one(Group, skills)
        for days in range(0, 200, 3):
            plan_ahead(group, NOW + timedelta(days=days, hours=days % 24))
        db.session.commit()
    found = walls(rows("Skills"))
    assert len(found) == len(set(found))
    last = NOW + timedelta(days=198) + AHEAD
    assert len(found) == pytest.approx((last - NOW).days * 3 / 7, abs=2)
    assert all(wall.endswith("18:00") for wall in found)
