"""A facilitator adds somebody who has an account; the patient says yes, or leaves again."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests.conftest import NOW
from tests.joining.test_joining import code_on, join, slip
from webapp.audit.kinds import ActKind
from webapp.audit.models import Act
from webapp.core.data.db import db
from webapp.core.errors import Conflict
from webapp.joining import actions
from webapp.program.actions import leave
from webapp.program.models import LevelOfCare, Membership

pytestmark = pytest.mark.database


def add(desk, group, **typed):
    address = f"/clinic/groups/{group.id}/people/add"
    return desk.fill(desk.get(address), address, **typed)


def leaves(app, group, someone, since):
    with app.app_context():
        leave(group.id, someone.id)
        db.session.execute(
            update(Membership)
            .where(Membership.person_id == someone.id, Membership.group_id == group.id)
            .values(until_at=since)
        )
        db.session.commit()


def test_a_facilitator_adds_by_username_and_nothing_opens_before_the_patient_says_yes(
    app, phone_of, kit, ana, cleo, evening, morning
):
    desk, phone = phone_of(kit), phone_of(ana)
    page = desk.get(f"/clinic/groups/{morning.id}/people/add")
    assert "Ana" not in page.text  # she's in Cleo's care, so Kit has to know her username
    page = add(desk, morning, username=" ANA ", came_from="hospital")
    assert "Added." in page.text
    assert "Hasn’t said yes to this group yet" in page.text
    hers = f"/clinic/groups/{morning.id}/people/{ana.id}"
    # Adding somebody opens no account and no file: not by a reset code, and not by way of removing.
    assert f"{hers}/reset" not in page.html
    for method, path in (("POST", "reset"), ("GET", "plan"), ("GET", "consents"), ("POST", "step"),
                         ("GET", "discharge"), ("POST", "discharge/end")):  # fmt: skip
        asked = desk.post if method == "POST" else desk.get
        assert asked(f"{hers}/{path}").status == 404, path
    assert desk.get(hers).status == 404
    desk.fill(desk.get(f"{hers}/leaving"), "/leaving", reason="")
    assert desk.post(f"{hers}/reset").status == 404
    add(desk, morning, username="ana")
    # Ana reads who it was; until she answers it stays.
    page = phone.get("/today")
    assert "You’re in Morning IOP now" in page.text
    assert "Kit added you, today at 4:00 PM." in page.text
    page = phone.fill(page, "/yes")
    assert "You’re in Morning IOP now" not in page.text
    assert desk.get(f"{hers}/consents").status == 200
    assert desk.get(f"{hers}/plan").status == 200
    assert f"{hers}/reset" in desk.get(f"/clinic/groups/{morning.id}").html
    # It is recorded, and where from is sealed with Ana's key.
    with app.app_context():
        kinds = list(db.session.scalars(select(Act.kind).where(Act.person_id == ana.id)))
        assert {ActKind.ADDED, ActKind.SAID_YES} <= set(kinds)
        level = db.session.scalars(select(LevelOfCare)).first()
        assert level.came_from == "hospital"
        assert b"hospital" not in level.sealed


def test_where_somebody_came_from_can_be_said_on_the_slip_and_noted_or_corrected_later(
    app, phone, phone_of, kit, cleo, ana, ben, evening, morning
):
    mornings, evenings = phone_of(kit), phone_of(cleo)
    address = f"/join/{code_on(slip(mornings, morning))}/with-account"
    anas = phone_of(ana)
    asked = anas.get(address)
    assert "Your group’s facilitators see it." in asked.text
    refused = anas.fill(asked, address, came_from="nowhere")
    assert refused.status == 422
    anas.fill(refused, address, came_from="residential")
    page = mornings.get(f"/clinic/groups/{morning.id}/people/{ana.id}/plan")
    assert "Came to Morning IOP. From: Residential treatment." in page.text
    # Evening's facilitators see how people came to Evening IOP, and nothing of Morning's.
    hers = f"/clinic/groups/{evening.id}/people/{ana.id}/plan"
    assert "Residential treatment." not in evenings.get(hers).text
    join(phone, code_on(slip(mornings, morning)), came_from="court")
    assert "From: A court." in phone.get("/week/attendance").text
    # Ben's slip said nothing; Cleo asked him since. He came four weeks ago, and reads it too.
    bens = hers.replace(str(ana.id), str(ben.id))
    for came_from in ("detox", "hospital"):
        noted = evenings.fill(evenings.get(bens), "/label", **{"label-came_from": came_from})
    where = "Monday, October 26 Came to Evening IOP. From: A hospital."
    for text in (noted.text, phone_of(ben).get("/week/attendance").text):
        assert where in text
        assert "From: Detox" not in text
    assert "Cleo changed where you came from." in phone_of(ben).get("/sharing/activity").text
    evenings.fill(noted, "/label", **{"label-came_from": ""})
    assert "From:" not in phone_of(ben).get("/week/attendance").text
    with app.app_context():
        words = (b"residential", b"court", b"hospital")
        for level in db.session.scalars(select(LevelOfCare)):
            assert not any(word in level.sealed for word in words)


def test_a_code_of_those_who_looked_after_somebody_before_ends_with_the_yes_to_others(
    app, phone, phone_of, cleo, kit, ana, evening, morning
):
    with app.app_context():
        leave(evening.id, ana.id)
        db.session.commit()
    former, desk, her = phone_of(cleo), phone_of(kit), phone_of(ana)

    def made() -> str:
        page = former.post(f"/clinic/groups/{evening.id}/people/{ana.id}/reset")
        return page.html.split('class="code">')[1].split("<")[0]

    def opens(code: str) -> bool:
        typed = {"username": "ana", "code": code, "password": "copper valley window sail"}
        return phone.fill(phone.get("/reset"), having="code", **typed).status == 200

    code = made()
    # To be added, and taken out before any answer, ends nothing: she may need the code to answer.
    add(desk, morning, username="ana")
    hers = f"/clinic/groups/{morning.id}/people/{ana.id}"
    desk.fill(desk.get(f"{hers}/leaving"), "/leaving", reason="")
    add(desk, morning, username="ana")
    assert opens(code)
    code = made()
    her = phone_of(ana)
    her.fill(her.get("/today"), "/yes")
    assert not opens(code)
    code = desk.post(f"{hers}/reset").html.split('class="code">')[1].split("<")[0]
    desk.fill(desk.get(f"{hers}/leaving"), "/leaving", reason="")
    assert not opens(code)


def test_the_patient_can_leave_again_and_is_nobodys_former_patient(
    app, phone_of, kit, somebody, morning
):
    robin, desk = somebody("robin"), phone_of(kit)  # a patient of no group
    add(desk, morning, username="robin")
    phone = phone_of(robin)
    phone.fill(phone.get("/today"), "/leaving")
    assert "Morning IOP" not in phone.get("/today").text
    page = desk.get(f"/clinic/groups/{morning.id}")
    assert "Robin" not in page.text
    assert desk.post(f"/clinic/groups/{morning.id}/people/{robin.id}/reset").status == 404
    assert "Robin" not in desk.get(f"/clinic/groups/{morning.id}/people/add").text


def test_whoever_left_another_group_later_is_that_ones_former_patient_alone(
    app, phone_of, cleo, kit, ana, evening, morning, put_into
):
    put_into(morning, ana, since=NOW - timedelta(days=60))
    leaves(app, evening, ana, NOW - timedelta(days=50))
    leaves(app, morning, ana, NOW - timedelta(minutes=5))
    earlier, last = phone_of(cleo), phone_of(kit)
    assert "Ana" not in earlier.get(f"/clinic/groups/{evening.id}").text
    assert earlier.post(f"/clinic/groups/{evening.id}/people/{ana.id}/reset").status == 404
    assert "Ana" in last.get(f"/clinic/groups/{morning.id}").text
    assert last.post(f"/clinic/groups/{morning.id}/people/{ana.id}/reset").status == 200


def test_own_former_patients_of_thirteen_months_stand_in_a_list(
    app, phone_of, cleo, ana, ben, evening, morning, put_into, clock
):
    put_into(morning, cleo)
    leaves(app, evening, ana, NOW - timedelta(days=395))
    desk = phone_of(cleo)
    address = f"/clinic/groups/{morning.id}/people/add"
    page = desk.get(address)
    assert "Ana (ana)" in page.text
    assert "Ben (ben)" in page.text  # of Cleo's other group
    assert "Added." in add(desk, morning, person=str(ana.id)).text
    # Whoever could make her a reset code still can: she may have forgotten the password.
    assert desk.post(f"/clinic/groups/{evening.id}/people/{ana.id}/reset").status == 200
    clock.shift(timedelta(days=2))
    leaves(app, morning, ana, NOW + timedelta(days=1))
    desk = phone_of(cleo)
    assert "Ana (ana)" not in desk.get(address).text


def test_what_cannot_be_is_said_and_guessing_waits(phone_of, kit, cleo, ana, dana, morning):
    desk = phone_of(kit)
    for typed in ({"username": ""}, {"username": "x" * 10_000}, {"username": "dana"}):
        page = add(desk, morning, **typed)
        assert page.status == 422
        assert "username-error" in page.ids
    assert "They’re already in this group." in page.text
    # Staff, and nobody at all: the same words.
    for username in ("cleo", "nobody-has-this"):
        page = add(desk, morning, username=username)
        assert "No patient can be added by this username." in page.text
    for _ in range(8):
        page = add(desk, morning, username="guess")
    assert add(desk, morning, username="ana").status == 429


def test_a_slip_for_what_changed_at_that_moment_says_so_and_stays_good(
    app, phone_of, kit, ana, morning, monkeypatch
):
    code, phone = code_on(slip(phone_of(kit), morning)), phone_of(ana)
    page = phone.get(f"/join/{code}/with-account")

    def archived_meanwhile(*_args):
        raise Conflict

    with monkeypatch.context() as moment:
        moment.setattr(actions, "join", archived_meanwhile)
        assert phone.fill(page, page.address).status == 409
    assert phone.fill(page, page.address).address == "/today"
