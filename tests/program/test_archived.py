"""A group gets another name, is over for a while, and begins again."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from tests.joining.test_joining import code_on, slip
from tests.joining.test_joining import join as joins
from tests.pages import Phone
from webapp.accounts.models import Person, Role
from webapp.audit.kinds import ActKind
from webapp.audit.models import Act
from webapp.core import clock as our_clock
from webapp.core.data.db import db
from webapp.core.errors import Conflict
from webapp.joining.actions import invite
from webapp.joining.models import Invitation
from webapp.program.actions import cancel, join, move, step
from webapp.program.models import Group, GroupRole, GroupSession
from webapp.program.planner import plan_all
from webapp.program.queries import all_groups, membership_in

pytestmark = pytest.mark.database


@pytest.fixture
def desk(phone_of, max_, clock):
    """The administrator's desk."""
    return phone_of(max_)


@pytest.fixture
def skills(desk, app):
    """Max makes a group that meets on Mondays."""
    desk.fill(
        desk.get("/clinic/groups/new"), "new",
        name="Skills", days=["0"], starts="18:00", minutes="180",
    )  # fmt: skip
    with app.app_context():
        return db.session.scalar(select(Group).where(Group.name == "Skills"))


def details(desk, group):
    return desk.get(f"/clinic/groups/{group.id}/details")


def archived(desk, group):
    return desk.fill(details(desk, group), "/archive")


@pytest.fixture
def coming(app):
    """How many sessions of a group are still to come."""

    def count(group) -> int:
        with app.app_context():
            which = GroupSession.group_id == group.id, GroupSession.starts_at > our_clock.now()
            rows = select(func.count()).where(*which, GroupSession.withdrawn_at.is_(None))
            return db.session.scalar(rows)

    return count


def test_max_renames_a_group_and_ana_reads_the_new_name(desk, phone_of, ana, cleo, evening):
    said = desk.fill(details(desk, evening), "/details", having="bring",
                     name="Night IOP", track="skills")  # fmt: skip
    assert "Schedule for Night IOP" in said.text
    assert "Night IOP" in phone_of(ana).get("/week").text
    assert "Skills" in phone_of(cleo).get(f"/clinic/groups/{evening.id}").text


def test_two_groups_never_have_one_name_however_it_is_written(desk, evening, morning, app):
    page = desk.fill(details(desk, evening), "/details", having="bring",
                     name="morning iop", place="Room 9")  # fmt: skip
    assert page.status == 422
    assert "There’s already a group with this name." in page.text
    assert page.form(having="bring").fields["place"] == "Room 9"
    with app.app_context():
        group = db.session.get_one(Group, evening.id)
        assert (group.name, group.place) == ("Evening IOP", "Room 2")


def test_cleo_changes_the_room_and_not_the_name(app, phone_of, cleo, evening):
    desk = phone_of(cleo)
    assert "name" not in details(desk, evening).form(having="bring").fields
    desk.post(f"/clinic/groups/{evening.id}/details", {"name": "Mine", "place": "Room 3"})
    with app.app_context():
        group = db.session.get_one(Group, evening.id)
        assert (group.name, group.place) == ("Evening IOP", "Room 3")
    for act in ("archive", "reopening"):
        assert desk.post(f"/clinic/groups/{evening.id}/{act}").status == 404


def test_a_group_with_patients_isnt_archived(app, desk, ana, cleo, evening, coming):
    before = coming(evening)
    said = archived(desk, evening)
    assert "Not archived: there are still patients in this group." in said.text
    assert "Ana" not in said.text
    with app.app_context():
        assert db.session.get_one(Group, evening.id).archived_at is None
    assert coming(evening) == before


def test_an_archived_one_meets_no_more_and_comes_back_as_it_was(app, desk, skills, coming):
    assert coming(skills) == 8
    said = archived(desk, skills)
    assert "Archived. The group doesn’t meet anymore" in said.text
    assert coming(skills) == 0
    with app.app_context():  # nor does the night make any
        plan_all(all_groups())
        db.session.commit()
    assert coming(skills) == 0
    setup = desk.get("/clinic")
    assert "Archived groups" in setup.text
    assert f"/clinic/groups/{skills.id}/details" in setup.links
    assert f"/clinic/groups/{skills.id}" not in setup.links
    desk.fill(details(desk, skills), "/reopening")
    assert coming(skills) == 8
    assert f"/clinic/groups/{skills.id}" in desk.get("/clinic").links
    with app.app_context():
        acts = select(Act.kind).where(Act.about_id == skills.id).order_by(Act.at)
        kinds = db.session.scalars(acts).all()
    assert {ActKind.GROUP_ARCHIVED, ActKind.GROUP_REOPENED} <= set(kinds)


def test_what_was_moved_or_called_off_by_hand_comes_back_so(app, desk, skills, coming, clock):
    hour = timedelta(hours=1)
    with app.app_context():
        in_order = select(GroupSession).order_by(GroupSession.starts_at)
        rows = db.session.scalars(in_order.where(GroupSession.group_id == skills.id))
        first, second, *_ = rows
        move(first, first.starts_at + hour, first.ends_at + hour, "Room is taken")
        cancel(second, "Snow")
        db.session.commit()
        were = [(row.id, row.starts_at, row.reason, row.is_cancelled) for row in (first, second)]
    clock.shift(timedelta(minutes=1))
    archived(desk, skills)
    desk.fill(details(desk, skills), "/reopening")
    assert coming(skills) == 8
    with app.app_context():
        rows = [db.session.get_one(GroupSession, id) for id, *_ in were]
        assert [(row.id, row.starts_at, row.reason, row.is_cancelled) for row in rows] == were
        assert all(row.withdrawn_at is None for row in rows)


def test_nobody_comes_into_an_archived_group(app, desk, phone_of, leaves, ana, cleo, ben, evening):
    cleos = phone_of(cleo)
    code = code_on(slip(cleos, evening))
    for patient in (ana, ben):
        leaves(evening, patient)
    archived(desk, evening)
    assert joins(Phone(app), code).status == 422
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Invitation)) == 0
        by_hand = invite(Role.PATIENT, db.session.get_one(Group, evening.id), None)
        db.session.commit()
    assert joins(Phone(app), by_hand).status == 422
    group = f"/clinic/groups/{evening.id}"
    page = cleos.get(group)
    assert "Archived" in page.text
    assert "Print an invitation for each person" not in page.text
    assert "Name as supervisor" not in desk.get(group).text, "no session comes with which to begin"
    for address in ("/invitations", "/people/add", "/colleague"):
        assert group + address not in page.links
        assert cleos.get(group + address).status == 404
    assert desk.post(f"{group}/facilitator-invitations").status == 404
    assert desk.get(f"{group}/times/new").status == 409
    assert cleos.get(f"{group}/sessions/new").status == 409
    desk.fill(details(desk, evening), "/reopening")
    assert joins(Phone(app), code).status == 422  # what ended stays so
    assert joins(Phone(app), code_on(slip(cleos, evening))).address == "/today/welcome"


def test_who_comes_in_while_max_archives_it_is_too_late(
    app, put_into, ana, ben, cleo, kit, evening, morning
):
    put_into(morning, ana)
    with app.app_context():
        group = db.session.get_one(Group, evening.id)  # as somebody's page knew it
        elsewhere = update(Group).where(Group.id == group.id).values(archived_at=our_clock.now())
        db.session.execute(elsewhere, execution_options={"synchronize_session": False})
        person = db.session.get_one(Person, ben.id)
        theirs = membership_in(db.session.get_one(Group, morning.id), ana.id)
        assert group.archived_at is None
        with pytest.raises(Conflict):
            join(group, person, GroupRole.PATIENT)
        with pytest.raises(Conflict):
            step(theirs, group)


def test_whom_cleo_took_out_doesnt_come_back_into_an_archived_group(
    desk, phone_of, ana, cleo, evening
):
    cleos, leaving = phone_of(cleo), f"/clinic/groups/{evening.id}/people/{ana.id}/leaving"
    cleos.fill(cleos.get(leaving), leaving)
    archived(desk, evening)
    assert cleos.post(f"/clinic/groups/{evening.id}/people/{ana.id}/return").status == 409


def test_kit_steps_nobody_into_an_archived_one(desk, phone_of, put_into, ana, kit, skills, morning):
    put_into(morning, ana)
    plan = f"/clinic/groups/{morning.id}/people/{ana.id}/plan"
    desks = phone_of(kit)
    assert "Skills" in desks.get(plan).text
    archived(desk, skills)
    assert "Skills" not in desks.get(plan).text


def test_everywhere_a_group_is_listed_its_kind_is_told(desk, phone_of, ana, cleo, evening):
    desk.fill(details(desk, evening), "/details", having="bring", track="medication")
    cleos, tonight = phone_of(cleo), f"/clinic/sessions/{evening.tonight}"
    for address in ("/clinic", f"/clinic/groups/{evening.id}", tonight, f"{tonight}/agenda",
                    f"/clinic/groups/{evening.id}/sessions"):  # fmt: skip
        assert "Medication" in cleos.get(address).text, address
    for address in ("/week", "/today", f"/week/sessions/{evening.tonight}"):
        assert "Medication" in phone_of(ana).get(address).text, address
    assert "Medication" in desk.get("/clinic").text


@pytest.mark.parametrize("has_begun", [True, False])
def test_whoever_supervised_it_doesnt_when_it_is_reopened(
    app, desk, phone_of, max_, somebody, skills, clock, has_begun
):
    femi = somebody("femi", Role.FACILITATOR)
    page = desk.get(f"/clinic/groups/{skills.id}")
    named = {"supervisor-person": femi.id}
    desk.fill(page, "/supervisors", having="supervisor-person", **named)
    clock.shift(timedelta(hours=3 if has_begun else 0))
    if has_begun:
        assert "You’re clinical supervisor" in phone_of(femi).get("/clinic").text
    desk = phone_of(max_)
    archived(desk, skills)
    assert "clinical supervisor" not in phone_of(femi).get("/clinic").text
    review = desk.get("/clinic/access").text
    assert re.search(r"Skills 0 patients. Archived .*?No one[.]", review)
    assert "Clinical supervisor:" not in review
    desk.fill(details(desk, skills), "/reopening")
    assert "clinical supervisor" not in phone_of(femi).get("/clinic").text
    with app.app_context():
        ended = select(Act).where(Act.kind == ActKind.SUPERVISOR_ENDED)
        assert db.session.scalars(ended).one().person_id == femi.id
