"""A colleague stands in for a group: for one session or until a day, told to its patients, and over
by itself, at the minute."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests.conftest import NOW
from webapp.audit.models import Act
from webapp.core.data.db import db
from webapp.program.actions import cancel
from webapp.program.models import GroupRole, GroupSession, Membership
from webapp.sharing.models import Share

pytestmark = pytest.mark.database
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
WEDNESDAY = NOW + timedelta(days=1, hours=8)  # begins, on the wall clock
THURSDAY_NOON = WEDNESDAY + 36 * HOUR


@pytest.fixture
def wednesday(app, evening, weeks):
    """The id of Wednesday's session."""
    with app.app_context():
        later = GroupSession.group_id == evening.id, GroupSession.starts_at > WEDNESDAY
        return db.session.scalars(
            select(GroupSession.id).where(*later).order_by(GroupSession.starts_at)
        ).first()


@pytest.fixture
def hands_over(phone_of, cleo, kit, evening):
    """Cleo asks Kit: `hands_over(session=…)` or `hands_over(until_day=…)`."""

    def do(**fields):
        desk = phone_of(cleo)
        page = desk.get(f"/clinic/groups/{evening.id}/colleague")
        return desk.fill(page, having="until_day", person=kit.id, **fields)

    return do


def test_who_stands_in_for_one_session_opens_it_from_that_day_until_noon_after_and_nothing_else(
    app, phone_of, ana, kit, cleo, evening, wednesday, hands_over, wrote, shared, clock
):
    standing = wrote(ana, situation="zq-standing")
    shared(ana, standing, evening, tonight=False)
    friday = shared(ana, wrote(ana, situation="zq-friday"), evening)
    with app.app_context():
        later = select(GroupSession.id).order_by(GroupSession.starts_at.desc()).limit(1)
        which = update(Share).where(Share.id == friday)
        db.session.execute(which.values(group_session_id=later.scalar_subquery(), closes_at=None))
        db.session.commit()
    huddle, person = f"/clinic/sessions/{wednesday}", f"/clinic/groups/{evening.id}/people/{ana.id}"
    assert "Your patients see it on Today" in hands_over(session=wednesday).text
    asked = phone_of(kit).get("/clinic").text
    assert "You’re filling in Evening IOP, Wed 6:00 PM" in asked, "told before it begins"
    assert "from Nov 25, 12:00 AM, to Nov 26, 12:00 PM, for one session" in asked
    assert "filling in" not in phone_of(cleo).get("/clinic").text
    told = "Kit is filling in for Evening IOP from Nov 25, 12:00 AM, to Nov 26, 12:00 PM,"
    assert told in phone_of(ana).get("/today").text
    assert "Kit" in phone_of(ana).get(f"/entries/{standing}/share").text
    again = hands_over(session=wednesday)
    assert (again.status, "can open what is shared then anyway" in again.text) == (422, True)
    clock.move_to(WEDNESDAY - MINUTE)
    assert {phone_of(kit).get(address).status for address in (huddle, person)} == {404}
    clock.move_to(WEDNESDAY)
    desk = phone_of(kit)
    assert huddle in desk.get("/clinic").links
    page = desk.get(person)
    assert "zq-standing" in page.text
    assert "zq-friday" not in page.text
    assert "zq-friday" in phone_of(cleo).get(person).text
    assert f"{huddle}#i{ana.id}" in page.links
    asked = desk.client.get(huddle, base_url=desk.base_url)
    assert asked.headers["Refresh"] == str(36 * 3600 + 1), "an open tab asks again then"
    no = (
        f"/clinic/sessions/{evening.tonight}", f"/clinic/groups/{evening.id}",
        f"/clinic/groups/{evening.id}/colleague", f"/clinic/groups/{evening.id}/attendance",
        f"/clinic/groups/{evening.id}/ratings", f"/clinic/groups/{evening.id}/people/add",
        f"/clinic/groups/{evening.id}/people/{ana.id}/plan", f"/clinic/groups/{evening.id}/dates",
        f"/clinic/groups/{evening.id}/people/{ana.id}/discharge",
        f"/clinic/groups/{evening.id}/people/{ana.id}/leaving",
    )  # fmt: skip
    assert [desk.get(address).status for address in no] == [404] * len(no)
    assert desk.post(f"/clinic/groups/{evening.id}/people/{ana.id}/reset").status == 404
    replied = {"entry": standing, "words": "Good to meet you."}
    assert "Sent." in desk.fill(page, "/feedback", **replied).text
    hers = phone_of(ana)
    assert "Opened by Kit" in hers.get("/sharing").text
    assert "Kit" in hers.get("/today").text
    clock.move_to(THURSDAY_NOON - MINUTE)
    desk = phone_of(kit)
    assert "zq-standing" in desk.get(person).text
    clock.move_to(THURSDAY_NOON)
    assert {desk.get(address).status for address in (huddle, person, f"{huddle}/news")} == {404}
    assert desk.fill(page, "/feedback", csrf_token=desk.token(), **replied).status == 404
    assert "filling in" not in phone_of(ana).get("/today").text
    assert "filling in" not in desk.get("/clinic").text
    assert "zq-standing" in phone_of(cleo).get(person).text
    with app.app_context():
        handed = db.session.scalars(select(Act).where(Act.kind == "handed_over")).one()
        assert (handed.actor_id, handed.person_id, handed.about_id) == (cleo.id, kit.id, evening.id)


def test_it_ends_sooner_when_taken_back_or_the_session_is_off_or_the_account_closed(
    app, phone_of, ana, kit, cleo, max_, evening, morning, wednesday, hands_over, wrote, shared,
    clock, clinic_sets
):  # fmt: skip
    shared(ana, wrote(ana, situation="zq-standing"), evening, tonight=False)
    person = f"/clinic/groups/{evening.id}/people/{ana.id}"

    def may_open() -> bool:
        return phone_of(kit).get(person).status == 200

    for wrong in ({"until_day": "2026-11-22"}, {"until_day": ""}, {"session": evening.friday}):
        assert hands_over(**{"session": ""} | wrong).status == 422
    hands_over(session="", until_day="2026-11-27")
    assert may_open()
    clock.move_to(NOW + timedelta(days=6, hours=20) - MINUTE)  # Monday after, 11:59
    assert may_open()
    clock.shift(MINUTE)
    assert not may_open()
    clock.move_to(NOW)
    assert may_open()
    desk = phone_of(cleo)
    group = desk.get(f"/clinic/groups/{evening.id}")
    assert "Kit kit from Nov 23, 4:00 PM, to Nov 30, 12:00 PM" in group.text
    assert "They can’t open anything" in desk.fill(group, "/end").text
    assert not may_open()
    clock.shift(MINUTE)
    hands_over(session=wednesday)
    clock.move_to(WEDNESDAY)
    assert may_open()
    with app.app_context():
        cancel(db.session.get_one(GroupSession, wednesday), "Snow")
        db.session.commit()
    assert not may_open()
    clock.shift(MINUTE)
    clinic_sets(notes_until="15:00")
    hands_over(session="", until_day="2026-12-02")
    assert may_open()
    assert "to Dec 3, 3:00 PM" in phone_of(cleo).get(f"/clinic/groups/{evening.id}").text
    boss = phone_of(max_)
    closed = boss.get(f"/clinic/staff/{kit.id}/closing")
    boss.fill(closed, "closing")
    with app.app_context():
        ends = db.session.scalars(
            select(Membership.until_at).where(
                Membership.person_id == kit.id, Membership.part == GroupRole.FACILITATOR
            )
        )
        assert all(end is not None and end <= WEDNESDAY + HOUR for end in ends)


def test_of_several_groups_a_day_the_start_page_is_one_list_and_a_person_leads_to_the_next(
    phone_of, ana, ben, cleo, dana, evening, morning, put_into, group_of
):
    late = group_of("Late IOP", NOW + 5 * HOUR)
    put_into(late, cleo)
    put_into(morning, cleo)
    text = phone_of(cleo).get("/clinic").text
    assert text.index("Evening IOP, today") < text.index("Late IOP, today")
    assert text.index("Late IOP, today") < text.index("Later groups") < text.index("Morning IOP")
    page = phone_of(cleo).get(f"/clinic/groups/{evening.id}/people/{ana.id}")
    assert f"/clinic/sessions/{evening.tonight}#i{ana.id}" in page.links
    assert "Next: Ben" in page.text
    last = phone_of(cleo).get(f"/clinic/groups/{evening.id}/people/{ben.id}")
    assert "Next:" not in last.text
