"""“I want help again”: off until the program answers, one request, one number, and who sees it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import false, func, select, update

from tests.conftest import NOW
from webapp.accounts.models import Person
from webapp.aftercare import actions, calls
from webapp.aftercare.models import CallRequest
from webapp.aftercare.waiting import answer_by
from webapp.core.data.db import db
from webapp.program.actions import hand_over
from webapp.program.models import Group, Membership, Track

pytestmark = pytest.mark.database
DAY = timedelta(days=1)
NUMBER, CLINIC = "410-555-0182", "410-555-0100"
ASK = "/aftercare/call"


@pytest.fixture
def is_on(clinic_sets, phone_of, max_, pat):
    """The program says when it looks, and that Pat answers."""
    clinic_sets(help_clinic=CLINIC, help_emergency="112", help_crisis_text="741741")
    desk = phone_of(max_)
    page = desk.get("/clinic/calls")
    assert "It’s off." in page.text
    said = desk.fill(page, having="looked_at", looked_at="Monday to Friday", people=[str(pat.id)])
    assert "It’s on." in said.text


@pytest.fixture
def pat(somebody, cleo):
    """A facilitator without a group."""
    return somebody("pat", cleo.role)


def asked(app) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(CallRequest))


def test_it_is_off_until_all_three_are_there_and_only_for_who_left(
    app, phone_of, ana, ben, cleo, max_, pat, evening, leaves, clinic_sets
):
    leaves(evening, ana)
    phone, desk = phone_of(ana), phone_of(max_)
    assert "I want help again" not in phone.get("/aftercare").text
    assert phone.post(ASK, {"number": NUMBER}).status == 404
    sent = {"looked_at": "Monday to Friday", "people": [str(pat.id)]}
    desk.fill(desk.get("/clinic/calls"), having="looked_at", **sent)
    assert phone.get(ASK).status == 404  # no number of the clinic's for when nobody answers
    clinic_sets(help_clinic=CLINIC)
    assert phone.get(ASK).status == 200
    assert phone_of(ben).get(ASK).status == 404  # in a group
    for people, looked_at in (([], "Monday"), ([str(pat.id)], " ")):
        desk.fill(desk.get("/clinic/calls"), having="looked_at", looked_at=looked_at, people=people)
        assert phone.get(ASK).status == 404
    wrong = desk.fill(desk.get("/clinic/calls"), having="looked_at", people=[str(max_.id)])
    assert "Choose from the list." in wrong.text
    for someone in (ana, cleo):
        assert phone_of(someone).get("/clinic/calls").status == 404
    assert asked(app) == 0


def test_one_request_one_who_calls_and_the_number_goes(
    app, phone_of, ana, ben, cleo, kit, pat, max_, evening, morning, leaves, is_on, put_into
):
    put_into(morning, ana)  # and left it long before the last one: Kit is asked nothing
    leaves(morning, ana)
    with app.app_context():
        former = Membership.person_id == ana.id, Membership.until_at.is_not(None)
        long_ago = {"from_at": NOW - timedelta(days=40), "until_at": NOW - timedelta(days=30)}
        db.session.execute(update(Membership).where(*former).values(**long_ago))
        db.session.commit()
    leaves(evening, ana)
    phone = phone_of(ana)
    page = phone.get(ASK)
    assert "These people see your name and that you want a call: Cleo, Pat." in page.text
    assert "Monday to Friday" in page.text
    assert "This needs a connection." in page.text
    assert "In danger? Call 112. In crisis? Call 988. Help now" in page.text  # the clinic's lines
    bad = phone.fill(page, having="number", number="call me")
    assert bad.status == 422
    today = phone.fill(bad, having="number", number=NUMBER)
    assert "You asked for a call" in today.text
    phone.fill(page, having="number", number="410-555-9999")  # another tab: the first one stays
    assert asked(app) == 1
    with app.app_context():
        request = db.session.scalars(select(CallRequest)).one()
        id = request.id
        assert request.number == NUMBER
        assert b"555" not in request.sealed
    cleos, pats = phone_of(cleo), phone_of(pat)
    for desk in (cleos, pats):
        start = desk.get("/clinic")
        assert "Ana asked for a call ana" in start.text
        assert start.text.index("Ana asked") < start.text.index("Next group")
        assert NUMBER not in start.html
    for other in (kit, max_, ben, ana):
        assert "Ana asked" not in phone_of(other).get("/clinic").text
        for act in ("taking", "closing"):
            assert phone_of(other).post(f"/clinic/calls/{id}/{act}").status == 404
    assert pats.post(f"/clinic/calls/{id}/closing").status == 404  # nobody said they'd call
    taken = pats.fill(pats.get("/clinic"), "taking")
    assert NUMBER in taken.text
    late = cleos.post(f"/clinic/calls/{id}/taking")
    assert "A colleague already said they’ll call." in late.text
    assert "Ana asked" not in late.text
    assert cleos.post(f"/clinic/calls/{id}/closing").status == 404
    assert "Pat said they’ll call you" in phone.get("/today").text
    closed = pats.fill(taken, "closing")
    assert NUMBER not in closed.html
    assert asked(app) == 0
    assert "call you" not in phone.get("/today").text
    assert "Pat said they’ll call you." in phone.get("/sharing/activity").text


def test_after_the_program_each_of_the_last_groups_is_named_with_who_can_be_reached_there(
    app, phone_of, ana, cleo, kit, pat, evening, morning, group_of, put_into, leaves, clock
):
    alone, old = group_of("Alone", NOW + timedelta(days=1)), group_of("Old group")
    with app.app_context():
        group = db.session.get_one(Group, alone.id)
        group.typed_name, group.track = None, Track.INDIVIDUAL
        db.session.commit()
    put_into(alone, ana, kit)
    put_into(old, ana, pat, since=NOW - timedelta(days=90))
    with app.app_context():
        ended = Membership.group_id == old.id, Membership.person_id == ana.id
        db.session.execute(update(Membership).where(*ended).values(until_at=NOW - 30 * DAY))
        people = [db.session.get_one(Person, one.id) for one in (pat, cleo)]
        hand_over(db.session.get_one(Group, evening.id), *people, NOW + timedelta(days=9))
        db.session.commit()
    phone, said = phone_of(ana), "or want to come back"
    leaves(evening, ana)
    assert said not in phone.get("/aftercare").text  # Kit is still there for her
    clock.shift(timedelta(hours=20))
    leaves(alone, ana)
    page = phone_of(ana).get("/aftercare").text
    assert "Evening IOP Cleo Until Friday, December 24, 2027" in page  # not Pat, who stands in
    assert "Individual with Kit Kit Until Saturday, December 25, 2027" in page
    assert "Old group" not in page
    desk = phone_of(kit)  # adds her, and is still no more than somebody who may ask
    desk.fill(desk.get(f"/clinic/groups/{morning.id}/people/add"), having="username",
              username="ana")  # fmt: skip
    assert "Individual with Kit" in phone_of(ana).get("/aftercare").text
    leaves(evening, cleo)
    assert "Evening IOP No one leads this group now." in phone_of(ana).get("/aftercare").text
    clock.shift(395 * DAY + timedelta(hours=10))
    page = phone_of(ana).get("/aftercare").text
    assert "Evening IOP" not in page
    assert "Individual with Kit" in page
    clock.shift(DAY)
    assert said not in phone_of(ana).get("/aftercare").text


def test_two_taps_at_the_same_moment_are_one_request_and_the_second_hears_what_a_late_tab_hears(
    app, phone_of, ana, evening, leaves, is_on, monkeypatch
):
    leaves(evening, ana)
    first, second = phone_of(ana), phone_of(ana)
    page = second.get(ASK)
    first.fill(first.get(ASK), having="number", number=NUMBER)
    # Neither sees the other's row while it looks, as two transactions at once don't.
    monkeypatch.setattr(calls, "own_call", lambda *_: None)
    late_tab = second.fill(page, having="number", number="410-555-9999")
    monkeypatch.setattr(actions, "select", lambda *_: select(CallRequest.id).where(false()))
    at_once = second.fill(page, having="number", number="410-555-9999")
    assert (late_tab.status, at_once.status) == (409, 409)
    assert at_once.text == late_tab.text
    assert "410-555-9999" not in at_once.html
    assert asked(app) == 1
    with app.app_context():
        assert db.session.scalars(select(CallRequest)).one().number == NUMBER


def test_who_said_they_call_and_may_not_any_more_leaves_it_to_the_others(
    app, phone_of, ana, cleo, pat, evening, leaves, somebody, put_into, is_on
):
    robin = somebody("robin", cleo.role)
    put_into(evening, robin)
    leaves(evening, ana)
    phone = phone_of(ana)
    phone.fill(phone.get(ASK), having="number", number=NUMBER)
    desk = phone_of(robin)
    desk.fill(desk.get("/clinic"), "taking")
    assert "Ana asked" not in phone_of(cleo).get("/clinic").text
    leaves(evening, robin)
    assert NUMBER not in desk.get("/clinic").html
    assert "You asked for a call" in phone.get("/today").text
    cleos = phone_of(cleo)
    assert NUMBER in cleos.fill(cleos.get("/clinic"), "taking").text
    phone.fill(phone.get("/today"), "call/end")  # takes it back
    assert asked(app) == 0
    assert "Ana" not in cleos.get("/clinic").text


def test_after_a_working_day_today_gives_the_clinics_number(
    app, phone_of, ana, cleo, evening, leaves, is_on, clock
):
    leaves(evening, ana)
    phone = phone_of(ana)
    phone.fill(phone.get(ASK), having="number", number=NUMBER)
    clock.shift(DAY - timedelta(minutes=1))
    assert "No one has answered yet" not in phone_of(ana).get("/today").text
    clock.shift(timedelta(minutes=1))
    today = phone_of(ana).get("/today")
    assert f"No one has answered yet Call {CLINIC}" in today.text
    assert "tel:+14105550100" in today.links or "tel:4105550100" in today.links
    desk = phone_of(cleo)
    desk.fill(desk.get("/clinic"), "taking")
    assert "No one has answered yet" not in phone_of(ana).get("/today").text


@pytest.mark.parametrize(
    ("asked_on", "by"),
    [
        ((11, 23, 16), (11, 24, 16)),  # Monday
        ((11, 27, 15), (11, 30, 15)),  # Friday
        ((11, 28, 9), (12, 1, 0)),  # Saturday counts from Monday
        ((11, 25, 15), (11, 27, 15)),  # Thanksgiving between
        ((11, 26, 9), (11, 30, 0)),  # asked on it: Friday is the day
    ],
)
def test_a_working_day_knows_weekends_and_holidays(asked_on, by):
    at = [datetime(2026, month, day, hour, tzinfo=UTC) for month, day, hour in (asked_on, by)]
    found = answer_by(at[0], {date(2026, 11, 26)})
    assert found == at[1].replace(tzinfo=None)
