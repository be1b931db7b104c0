"""Who left Evening IOP, and the reset codes of those who are nobody's any more."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.clinic.conftest import take_out
from tests.conftest import NOW
from webapp.accounts.models import Person
from webapp.core.data.db import db
from webapp.program.actions import step
from webapp.program.models import Group, Membership

pytestmark = pytest.mark.database


def test_former_members_are_listed_for_thirteen_months_and_can_have_a_reset_code(
    app, phone, phone_of, cleo, kit, ana, max_, evening, leaving, group_page, clock
):
    page = take_out(phone_of(cleo), leaving(ana))
    reset = f"{group_page}/people/{ana.id}/reset"
    clock.shift(timedelta(days=395))
    desk = phone_of(cleo)
    assert "Ana ana" in desk.get(group_page).text
    code = desk.fill(desk.get(group_page), f"/{ana.id}/reset")
    assert "Reset code" in code.text
    for other in (kit, max_, ana):
        assert phone_of(other).post(reset).status == 404
    clock.shift(timedelta(days=2))
    desk = phone_of(cleo)
    assert "Ana" not in desk.get(group_page).text
    assert desk.post(reset).status == 404
    assert page.status == 200


def test_who_ran_the_last_group_once_sees_no_former_patient_resets_and_adds_back_none(
    app, phone_of, cleo, ana, evening, morning, somebody, put_into, leaves, leaving, group_page
):
    robin = somebody("robin", cleo.role)
    put_into(evening, robin)
    desk = phone_of(robin)
    ours = take_out(phone_of(cleo), leaving(ana))
    assert "Ana ana" in ours.text
    assert "Ana ana" in desk.get(group_page).text  # still runs it
    put_into(morning, robin)
    leaves(evening, robin)
    add, theirs = f"{group_page}/people/add", f"/clinic/groups/{morning.id}/people/add"
    assert desk.get(group_page).status == 404
    assert desk.get(add).status == 404
    for page in (f"/clinic/groups/{morning.id}", theirs, "/clinic"):
        assert "Ana" not in desk.get(page).html
        assert str(ana.id) not in desk.get(page).html
    tries = (
        (f"{group_page}/people/{ana.id}/reset", {}),
        (leaving(ana).replace("leaving", "return"), {}),
        (add, {"username": "ana"}),
        (f"/clinic/groups/{morning.id}/people/{ana.id}/reset", {}),
        (f"/clinic/groups/{morning.id}/people/{ana.id}/return", {}),
    )
    for address, sent in tries:
        assert desk.post(address, sent).status == 404, address
    assert desk.fill(desk.get(theirs), having="username", person=str(ana.id)).status == 422
    with app.app_context():
        current = select(Membership).where(
            Membership.person_id == ana.id, Membership.until_at.is_(None)
        )
        assert db.session.scalars(current).all() == []
    assert "Ana ana" in phone_of(cleo).get(group_page).text


def reset_with(phone, page, username: str):
    """Somebody types the code that stands on a page."""
    code = re.search(r'class="code">([^<]+)<', page.html).group(1)
    typed = {"username": username, "code": code, "password": "copper valley window sail"}
    return phone.fill(phone.get("/reset"), having="code", **typed)


def test_a_former_members_code_opens_the_account(phone, phone_of, cleo, ana, leaving, group_page):
    desk = phone_of(cleo)
    code = desk.fill(take_out(desk, leaving(ana)), f"/{ana.id}/reset")
    assert "You’re no longer in Evening IOP" in reset_with(phone, code, "ana").text


def test_codes_end_with_the_facilitator_who_is_taken_out(
    phone, phone_of, max_, cleo, ana, evening, leaving, group_page
):
    desk = phone_of(cleo)
    code = desk.fill(desk.get(group_page), f"/{ana.id}/reset")
    take_out(phone_of(max_), leaving(cleo))
    assert reset_with(phone, code, "ana").status == 422


def test_whose_place_is_in_another_group_is_that_ones_to_look_after(
    phone_of, cleo, ana, evening, morning, put_into, leaving, group_page, clock
):
    put_into(morning, ana)
    page = take_out(phone_of(cleo), leaving(ana))
    assert "Undo" in page.text
    assert phone_of(cleo).post(f"{group_page}/people/{ana.id}/reset").status == 404
    clock.shift(timedelta(days=2))
    assert "Ana" not in phone_of(cleo).get(group_page).text


def test_a_closed_account_gets_no_code(app, phone_of, cleo, ana, leaving, group_page):
    desk = phone_of(cleo)
    with app.app_context():
        db.session.get_one(Person, ana.id).disabled_at = NOW
        db.session.commit()
    page = take_out(desk, leaving(ana))
    assert "Ana ana" in page.text
    assert not [form for form in page.forms if form.action.endswith(f"/{ana.id}/reset")]
    assert desk.post(f"{group_page}/people/{ana.id}/reset").status == 404


def test_a_reset_code_ends_when_she_steps_into_another_group(
    app, phone, phone_of, cleo, ana, evening, morning
):
    desk = phone_of(cleo)
    code = desk.fill(desk.get(f"/clinic/groups/{evening.id}"), f"/{ana.id}/reset")
    with app.app_context():
        [membership] = db.session.scalars(select(Membership).where(Membership.person_id == ana.id))
        step(membership, db.session.get_one(Group, morning.id))
        db.session.commit()
    assert reset_with(phone, code, "ana").status == 422
