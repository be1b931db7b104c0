"""Own days, covered sessions, stepping down: set by a facilitator, seen by the patient."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.conftest import NOW
from webapp.accounts.models import Person
from webapp.attendance.models import Attendance
from webapp.core.data.db import db
from webapp.core.errors import Conflict
from webapp.program.actions import step
from webapp.program.models import Group, GroupSession, LevelOfCare, Membership


@pytest.fixture
def plan(cleo, ana, evening, weeks, phone_of):
    """Cleo's desk and the page about Ana."""
    return phone_of(cleo), f"/clinic/groups/{evening.id}/people/{ana.id}/plan"


def test_one_day_a_week_leaves_one_day_in_anas_week(plan, phone_of, ana, ben):
    desk, address = plan
    assert "9 hours of group scheduled" in phone_of(ana).get("/week").text
    desk.fill(desk.get(address), "/days", **{"days-days": ["2"], "days-from_day": "2026-11-23"})
    week = phone_of(ana).get("/week").text
    assert "3 hours of group scheduled" in week
    assert "Wednesday, November 25" in week
    assert "Friday, November 27" not in week
    assert "9 hours of group scheduled" in phone_of(ben).get("/week").text
    # The next group on Today is the next one of her own days.
    assert "Evening IOP Process group in 2 days" in phone_of(ana).get("/today").text


def test_own_days_from_next_week_leave_this_week(plan, phone_of, ana):
    desk, address = plan
    desk.fill(desk.get(address), "/days", **{"days-days": ["2"], "days-from_day": "2026-11-30"})
    assert "9 hours of group scheduled" in phone_of(ana).get("/week").text
    assert "3 hours of group scheduled" in phone_of(ana).get("/week?week=2026-11-30").text


def test_the_days_of_the_group_stand_there_to_begin_with(plan):
    desk, address = plan
    form = desk.get(address).form("/days")
    assert form.fields.getlist("days-days") == ["0", "2", "4"]


def test_no_day_or_an_eighth_day_is_refused_in_words(plan):
    desk, address = plan
    page = desk.get(address)
    assert "at least one day" in desk.fill(page, "/days", **{"days-days": []}).text
    assert desk.fill(page, "/days", **{"days-days": ["7"]}).status == 422
    assert desk.fill(page, "/days", **{"days-days": ["x"]}).status == 422


def test_covered_sessions_count_down_and_warn_early(plan, phone_of, ana, cleo, evening, clock):
    desk, address = plan
    fields = {
        "authorization-sessions": "12",
        "authorization-review_day": "2026-12-22",
        "authorization-note": "Ref 77",
    }
    desk.fill(desk.get(address), "/authorization", **fields)
    week = phone_of(ana).get("/week")
    assert "0 of 12 used, 12 left, next insurance review Tuesday, December 22." in week.text
    assert "plan what comes next" not in week.text
    assert "Ref 77" not in week.html

    clock.move_to(NOW + timedelta(hours=2))
    desk = phone_of(cleo)
    roll = desk.get(f"/clinic/sessions/{evening.tonight}/attendance")
    desk.fill(roll, "attendance", rest="1")
    assert "1 of 12 used, 11 left" in phone_of(ana).get("/week").text
    # Six left, three a week: they last two more weeks.
    desk.fill(desk.get(address), "/authorization", **{"authorization-sessions": "7"})
    assert "plan what comes next" in phone_of(ana).get("/week").text
    assert (
        "Aftercare to plan Ana : 6 of 7 authorized sessions left"
        in desk.get(f"/clinic/sessions/{evening.tonight}").text
    )


def test_what_is_covered_from_a_later_day_counts_from_that_day_on(
    app, plan, phone_of, ana, cleo, clock
):
    desk, address = plan
    desk.fill(
        desk.get(address),
        "/authorization",
        **{"authorization-sessions": "3", "authorization-note": "Ref 1"},
    )
    later = {
        "authorization-sessions": "20",
        "authorization-from_day": "2026-11-28",
        "authorization-note": "Ref 2",
    }
    page = desk.fill(desk.get(address), "/authorization", **later)
    assert "0 of 3 used, 3 left." in page.text
    assert "From Saturday, November 28: 20 sessions" in page.text
    assert "Ref 1" in page.text
    # Three are for this week, and then the next one begins: nothing runs out.
    week = phone_of(ana).get("/week")
    assert "0 of 3 used" in week.text
    assert "plan what comes next" not in week.text

    with app.app_context():
        for days in (0, 2, 4):
            at = NOW + timedelta(days=days, hours=2)
            group_session = db.session.scalars(
                select(GroupSession).where(GroupSession.starts_at == at)
            ).first()
            db.session.add(
                Attendance(group_session_id=group_session.id, patient_id=ana.id, presence="present")
            )
        db.session.commit()
    clock.move_to(NOW + timedelta(days=4, hours=6))
    week = phone_of(ana).get("/week")
    assert "3 of 3 used" in week.text
    assert "plan what comes next" not in week.text, "what comes next is agreed already"

    clock.move_to(NOW + timedelta(days=5))
    desk = phone_of(cleo)
    page = desk.get(address)
    assert "0 of 20 used" in page.text
    assert "From Saturday, November 28" not in page.text
    assert "Ref 2" in page.text


def test_what_is_covered_from_a_later_day_alone_covers_nothing_yet(plan, phone_of, ana):
    desk, address = plan
    later = {"authorization-sessions": "20", "authorization-from_day": "2026-12-01"}
    page = desk.fill(desk.get(address), "/authorization", **later)
    assert "Not entered yet" not in page.text
    assert "From Tuesday, December 1: 20 sessions" in page.text
    assert "of 20 used" not in phone_of(ana).get("/week").text


@pytest.mark.parametrize("sessions", ["0", "1000", "-1", "", "99999999999999999999", "x"])
def test_covered_sessions_that_cannot_be_are_refused(plan, sessions):
    desk, address = plan
    page = desk.fill(desk.get(address), "/authorization", **{"authorization-sessions": sessions})
    assert page.status == 422


def test_stepping_down_moves_ana_ends_her_shares_and_tells_her(
    plan, phone_of, ana, cleo, kit, evening, morning, wrote, shared
):
    desk, address = plan
    shared(ana, wrote(ana, situation="For Cleo"), evening, tonight=False)
    assert "For Cleo" in desk.get(f"/clinic/sessions/{evening.tonight}").text

    done = desk.fill(desk.get(address), "/step", **{"step-group": str(morning.id)})
    assert "Moved to the other group." in done.text

    assert "For Cleo" not in desk.get(f"/clinic/sessions/{evening.tonight}").html
    assert "For Cleo" not in phone_of(kit).get(f"/clinic/sessions/{morning.tonight}").html
    told = phone_of(ana).get("/today").text
    assert "You moved from Evening IOP to Morning IOP." in told
    assert "What you shared with Evening IOP is no longer shared." in told
    # Asked once, with names: after a no neither Today nor the page asks again.
    phone = phone_of(ana)
    today = phone.get("/today")
    assert "Share the same with Kit?" in today.text
    asked = next(link for link in today.links if link.startswith("/sharing/again/"))
    phone.fill(phone.get(asked), "/seen")
    assert "You moved from" not in phone.get("/today").text
    assert "There’s nothing left to share again." in phone.get(asked).text
    assert desk.get(address).status == 404


def test_what_cannot_be_changed_is_said(app, plan, put_into, ana, evening, morning):
    desk, address = plan
    put_into(morning, ana)
    with app.app_context():  # a colleague was faster than the page that was open
        found = select(Membership).where(
            Membership.group_id == evening.id, Membership.person_id == ana.id
        )
        with pytest.raises(Conflict):
            step(db.session.scalars(found).one(), db.session.get_one(Group, morning.id))
        db.session.rollback()
    here, there = str(evening.id), str(morning.id)
    for typed, said in (
        ({"step-group": here}, "They’re in this group already. Choose another one, or enter days"),
        ({"step-group": there}, "They’re already in that group. Choose another one."),
        ({"step-group": "x"}, "They’re already in that group. Choose another one."),
        ({"step-group": here, "step-days": "8"}, "Enter a number from 1 to 7."),
        ({"step-group": here, "step-hours": "x" * 10_000}, "number"),
        ({"step-group": here, "step-days": "2", "step-from_day": "2026-11-24"}, "Choose today or"),
        (
            {"step-group": here, "step-days": "2", "step-reason": "x" * 10_000},
            "This is 9000 characters too long.",
        ),
    ):
        page = desk.fill(desk.get(address), "/step", **typed)
        assert page.status == 422
        assert said in page.text, said
    assert "Level of care" not in phone_text(desk, address)


def test_level_of_care_goes_down_and_up_with_days_hours_and_why(
    app, plan, phone_of, put_into, ana, ben, cleo, kit, evening, morning, wrote, shared
):
    desk, address = plan
    put_into(morning, cleo)
    now = {"step-days": "3", "step-hours": "9", "step-reason": "Work in the mornings"}
    stays = desk.fill(desk.get(address), "/step", **now, **{"step-group": str(evening.id)})
    said = "Evening IOP. 3 days a week. 9 hours a week. Work in the mornings"
    assert said in stays.text
    assert said in phone_of(ana).get("/week/attendance").text
    kept, tonight = wrote(ana, situation="For Cleo"), wrote(ana, situation="For tonight")
    shared(ana, kept, evening, tonight=False)
    shared(ana, tonight, evening)
    fewer = {"step-group": str(morning.id), "step-days": "1", "step-from_day": "2026-11-20"}
    desk.fill(desk.get(address), "/step", **fewer)
    # Both read the whole way there; whoever has nothing to do with her reads none of it.
    theirs = address.replace(str(evening.id), str(morning.id))
    for page in (desk.get(theirs), phone_of(ana).get("/week/attendance")):
        assert "Moved from Evening IOP to Morning IOP. 1 day a week." in page.text
        assert "Friday, November 20" in page.text
        assert said in page.text
    assert said not in phone_of(ben).get("/week/attendance").text
    # Nothing moves by itself. Ana is asked once, with names, and a new membership is signed anew.
    phone = phone_of(ana)
    page = phone.get("/today")
    assert "Share the same with Cleo, Kit?" in page.text
    (link,) = [link for link in page.links if link.startswith("/sharing/again/")]
    assert phone_of(ben).get(link).status == 404
    page = phone.get(link)
    assert "For Cleo" in page.text
    assert f"/entries/{kept}/share?group={morning.id}" in page.links
    page = phone.get(f"/entries/{kept}/share?group={morning.id}")
    phone.fill(page, having="until", signed_name="Ana", until="taken_back")
    page = phone.get(link)
    assert "For Cleo" not in page.text
    assert "For tonight" in page.text
    (ticked,) = [
        t["value"] for tag, t in page.tags if tag == "input" and t.get("name") == "entries"
    ]
    phone.fill(page, having="entries", entries=[ticked])
    assert "You moved from" not in phone.get("/today").text
    assert "For tonight" in phone_of(kit).get(f"/clinic/sessions/{morning.tonight}").text
    with app.app_context():
        seen = [level.sealed for level in db.session.scalars(select(LevelOfCare))]
    assert len(seen) == 2
    assert not any(b"mornings" in sealed for sealed in seen)


def phone_text(desk, address):
    return desk.get(address).text.split("Change level of care for")[-1]


def test_others_find_nothing_there(plan, phone_of, kit, max_, ana, ben):
    _desk, address = plan
    for person in (kit, max_, ana, ben):
        phone = phone_of(person)
        assert phone.get(address).status == 404
        for end in ("/days", "/authorization", "/step"):
            assert phone.post(address.replace("/plan", end)).status == 404
    assert phone_of(kit).get(address.split("/people")[0] + "/attendance").status == 404


def test_the_group_page_shows_hours_against_what_the_program_plans(plan, clinic_sets, evening):
    desk, _address = plan
    clinic_sets(week_hours_least=10)
    page = desk.get(f"/clinic/groups/{evening.id}/attendance")
    assert "Program range: 10–30 hours a week" in page.text
    assert "9 under 10" in page.text


def test_a_label_tells_patients_apart_and_is_sealed_and_theirs_to_look_up(
    app, plan, phone_of, ana, ben, kit, evening
):
    desk, address = plan
    long = desk.fill(desk.get(address), "/label", **{"label-label": "x" * 10_000})
    assert long.status == 422
    assert "This is 9980 characters too long." in long.text
    desk.fill(desk.get(address), "/label", **{"label-label": "MRN 4711"})
    assert "Ana ana MRN 4711" in desk.get(address).text
    assert "Ana ana MRN 4711" in desk.get(f"/clinic/groups/{evening.id}").text
    assert "A label: MRN 4711." in phone_of(ana).get("/you").text
    assert "MRN 4711" not in phone_of(ben).get("/you").text
    assert phone_of(kit).post(address.replace("/plan", "/label"), {}).status == 404
    with app.app_context():
        assert b"4711" not in db.session.get_one(Person, ana.id).sealed
