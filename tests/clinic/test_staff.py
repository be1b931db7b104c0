"""An administrator ends a colleague's second step in person, and closes accounts for good."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.accounts.test_second_factor import GIVE, SET_UP, half, has_one, set_up
from tests.accounts.test_signing_in import sign_in
from tests.joining.test_joining import code_on, join
from tests.pages import Page, Phone
from webapp.accounts.actions import close_account
from webapp.accounts.models import Passkey, Person, Role
from webapp.audit.kinds import ActKind
from webapp.audit.models import Act
from webapp.core.data.db import db
from webapp.core.errors import Conflict
from webapp.joining.models import Invitation
from webapp.program.models import GroupRole, Membership
from webapp.program.queries import groups_of, people_in

STAFF = "/clinic/staff"


@pytest.fixture
def another(somebody):
    return somebody("lou", Role.ADMINISTRATOR)


def last_act(app) -> tuple[ActKind, object, object, object]:
    with app.app_context():
        act = db.session.scalars(select(Act).order_by(Act.number.desc()).limit(1)).one()
        return ActKind(act.kind), act.actor_id, act.person_id, act.count


def end_second_step(desk: Phone) -> Page:
    return desk.fill(desk.get(STAFF), "/second-step/end")


def close(desk: Phone, someone) -> Page:
    page = desk.get(f"{STAFF}/{someone.id}/closing")
    return desk.fill(page, page.address)


def test_the_page_says_who_works_here(app, phone_of, max_, cleo, kit, evening):
    set_up(phone_of(cleo))
    page = phone_of(max_).get(STAFF)
    here = "Last signed in: Nov 23"
    assert (
        f"Cleo cleo Facilitator · Evening IOP Second step is on · {here} End second step"
    ) in page.text
    assert (
        "Kit kit Facilitator · Morning IOP Second step is not set up · No sign-in lately"
    ) in page.text
    assert f"Max max you Administrator Second step is not set up · {here}" in page.text
    assert not re.search(r"\bana\b", page.html)


def test_max_invites_a_facilitator_and_an_administrator_from_the_same_page(
    app, phone_of, max_, evening
):
    desk = phone_of(max_)
    for part, role in ((evening.id, Role.FACILITATOR), ("administrator", Role.ADMINISTRATOR)):
        page = desk.get(STAFF)
        given = desk.fill(page, "/invitations", having="part", part=part)
        assert "It works once" in given.text
        assert join(Phone(app), code_on(given), username=f"new-{role}").address == "/clinic"
        with app.app_context():
            made = db.session.scalars(select(Person).where(Person.username == f"new-{role}")).one()
            assert made.role == role
            runs = [group.id for group in groups_of(made, GroupRole.FACILITATOR)]
            assert runs == ([evening.id] if role == Role.FACILITATOR else [])


def test_an_invitation_for_nothing_makes_none(app, phone_of, max_, evening, morning):
    desk = phone_of(max_)
    for part in ("", "patient", "nonsense"):
        page = desk.post(f"{STAFF}/invitations", {"part": part})
        assert page.status == 422
        assert "Staff accounts" in page.text
    with app.app_context():
        assert not db.session.scalars(select(Invitation)).all()


def test_groups_are_handed_over_in_one_form_and_the_patients_are_told(
    app, phone_of, put_into, max_, ana, cleo, kit, evening, morning, clock
):
    put_into(morning, cleo)
    desk = phone_of(max_)
    page = desk.get(f"{STAFF}/{cleo.id}/groups")
    clock.shift(timedelta(minutes=1))
    assert "Patients see the new name" in desk.fill(page, "/groups", person=kit.id).text
    with app.app_context():
        for group in (evening, morning):
            assert [one.id for one in people_in(group.id, GroupRole.FACILITATOR)] == [kit.id]
            kits = select(Membership).where(
                Membership.person_id == kit.id, Membership.group_id == group.id
            )
            assert len(db.session.scalars(kits).all()) == 1
    assert "Kit is now a facilitator of Evening IOP" in phone_of(ana).get("/today").text
    assert phone_of(cleo).get(f"/clinic/sessions/{evening.tonight}").status == 404
    assert desk.get(f"{STAFF}/{cleo.id}/groups").status == 404, "nothing is left to hand over"


def test_an_archived_group_is_handed_over_with_the_others_but_nobody_is_invited_to_it(
    app, phone_of, put_into, max_, cleo, kit, evening, morning
):
    put_into(morning, cleo)
    desk = phone_of(max_)
    desk.fill(desk.get(f"/clinic/groups/{evening.id}/details"), "/archive")
    page = desk.get(STAFF)
    assert "A facilitator of Morning IOP" in page.text
    assert "A facilitator of Evening IOP" not in page.text, "the slip would be worth nothing"
    assert desk.post(f"{STAFF}/invitations", {"part": evening.id}).status == 422
    page = desk.get(f"{STAFF}/{cleo.id}/groups")
    assert "Patients see the new name" in desk.fill(page, "/groups", person=kit.id).text
    assert "Archived" in phone_of(kit).get("/clinic").text, "for those who left"
    group = f"/clinic/groups/{evening.id}"
    desk.fill(desk.get(group), f"{group}/facilitators", having="person", person=cleo.id)
    with app.app_context():
        assert {one.id for one in people_in(evening.id, GroupRole.FACILITATOR)} == {cleo.id, kit.id}


def test_without_a_group_or_a_colleague_nothing_is_handed_over(
    app, phone_of, max_, cleo, kit, evening, morning
):
    desk = phone_of(max_)
    page = desk.get(f"{STAFF}/{cleo.id}/groups")
    assert desk.fill(page, "/groups", groups=[], person=kit.id).status == 422
    assert desk.fill(page, "/groups", person=cleo.id).status == 422
    assert desk.fill(page, "/groups", groups=[morning.id], person=kit.id).status == 422
    assert "Hand over their groups first" in desk.get(f"{STAFF}/{cleo.id}/closing").text
    with app.app_context():
        assert [one.id for one in people_in(evening.id, GroupRole.FACILITATOR)] == [cleo.id]


def test_max_ends_the_second_step_of_cleo_who_lost_phone_and_paper(
    app, phone_of, max_, cleo, clock
):
    desk = phone_of(cleo)
    set_up(desk)
    clock.shift(timedelta(minutes=1))
    assert "Second step ended" in end_second_step(phone_of(max_)).text
    assert not has_one(app, cleo.id)
    assert last_act(app) == (ActKind.SECOND_FACTOR_ENDED, max_.id, cleo.id, None)
    assert desk.get("/clinic").address.startswith("/sign-in")
    clock.shift(timedelta(minutes=1))
    # She is told once when she signs in, without a name in the cookie, and reads who it was on You.
    new = Phone(app)
    home = sign_in(new, "cleo")
    assert "Your second step was ended. Set up a new one under Account." in home.text
    assert "Your second step was ended" not in new.get("/clinic").text
    assert "Max ended your second step" in new.get("/you").text
    assert "Max ended your second step" in new.get(SET_UP).text
    assert "was ended" not in sign_in(Phone(app), "cleo").text


def test_a_passkey_is_a_second_step_too_and_ends_with_it(app, phone_of, max_, cleo):
    with app.app_context():
        key = Passkey(person_id=cleo.id, credential_id=b"1", public_key=b"2", sign_count=0)
        key.name = "Phone"
        db.session.add(key)
        db.session.commit()
    assert "Second step ended" in end_second_step(phone_of(max_)).text
    with app.app_context():
        assert db.session.scalar(select(Passkey.id)) is None


def test_what_a_reset_on_the_server_says_on_you(app, phone_of, cleo, clock):
    set_up(phone_of(cleo))
    assert app.test_cli_runner().invoke(args=["reset-second-factor", "cleo"]).exit_code == 0
    clock.shift(timedelta(minutes=1))
    desk = Phone(app)
    sign_in(desk, "cleo")
    assert "Your second step was ended on the server" in desk.get("/you").text


def test_nobody_ends_their_own_or_one_that_isnt_there(app, phone_of, max_, cleo):
    desk = phone_of(max_)
    set_up(desk)
    assert desk.post(f"{STAFF}/{max_.id}/second-step/end").status == 404
    assert has_one(app, max_.id)
    before = last_act(app)
    assert desk.post(f"{STAFF}/{cleo.id}/second-step/end").address == STAFF
    assert last_act(app) == before


@pytest.mark.parametrize("who", ["cleo", "ana"])
def test_only_administrators_do_and_only_to_staff(app, phone_of, max_, cleo, kit, ana, who):
    set_up(phone_of(kit))
    own = phone_of({"cleo": cleo, "ana": ana}[who])
    for address in (f"{kit.id}/second-step/end", f"{kit.id}/closing"):
        assert own.post(f"{STAFF}/{address}").status == 404
    assert has_one(app, kit.id)
    for address in (f"{ana.id}/second-step/end", f"{ana.id}/closing"):
        assert phone_of(max_).post(f"{STAFF}/{address}").status == 404


def test_closing_an_account_says_whose_and_what_ends(app, phone_of, max_, cleo, evening, clock):
    set_up(phone_of(cleo))
    page = phone_of(max_).get(f"{STAFF}/{cleo.id}/closing")
    assert "Close the account of Cleo?" in page.text
    assert "Evening IOP will have no facilitator" in page.text
    assert close(phone_of(max_), cleo).address == STAFF
    assert last_act(app) == (ActKind.ACCOUNT_CLOSED, max_.id, cleo.id, None)
    page = phone_of(max_).get(STAFF)
    assert "Closed accounts Cleo cleo" in page.text
    assert "Invite a facilitator for Evening IOP" in phone_of(max_).get("/clinic").text
    with app.app_context():
        assert people_in(evening.id, GroupRole.FACILITATOR) == []
    assert sign_in(Phone(app), "cleo").status == 422
    assert phone_of(max_).get(f"{STAFF}/{cleo.id}/closing").status == 404


def test_a_group_with_another_facilitator_is_no_matter(
    app, phone_of, put_into, max_, cleo, kit, evening
):
    put_into(evening, kit)
    assert "no facilitator" not in phone_of(max_).get(f"{STAFF}/{cleo.id}/closing").text


def test_half_a_sign_in_ends_with_the_account(app, phone_of, max_, cleo, clock):
    set_up(phone_of(cleo))
    phone, asked = half(app)
    assert asked.address == GIVE
    close(phone_of(max_), cleo)
    assert phone.get(GIVE).address == "/sign-in"


def test_who_was_removed_and_whose_account_was_closed_cannot_be_put_back(
    app, phone_of, max_, cleo, evening
):
    desk = phone_of(max_)
    leaving = f"/clinic/groups/{evening.id}/people/{cleo.id}/leaving"
    desk.fill(desk.get(leaving), leaving)
    close(desk, cleo)
    assert desk.post(f"/clinic/groups/{evening.id}/people/{cleo.id}/return").status == 404
    assert "Cleo" not in desk.get(f"/clinic/groups/{evening.id}").text


def test_nobody_closes_their_own(app, phone_of, max_, another):
    assert phone_of(max_).post(f"{STAFF}/{max_.id}/closing").status == 404
    assert phone_of(max_).get("/clinic").address == "/clinic"


def test_of_two_administrators_who_close_each_others_account_one_is_left(app, max_, another):
    with app.app_context():
        one, other = (db.session.get_one(Person, id) for id in (max_.id, another.id))
        close_account(other, by=one)
        with pytest.raises(Conflict):  # theirs was closed a moment ago
            close_account(one, by=other)
        with pytest.raises(Conflict):
            close_account(one, by=one)
        assert one.disabled_at is None
        db.session.rollback()
