"""Cleo takes Ana out of Evening IOP."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.clinic.conftest import open_shares, take_out
from tests.conftest import NOW
from webapp.core.crypto.keys import DataKey
from webapp.core.data.db import db
from webapp.program.models import Membership, Removal
from webapp.sharing.models import Share

pytestmark = pytest.mark.database


def test_cleo_is_asked_with_the_name_and_nothing_happens_by_asking(
    app, phone_of, cleo, ana, ben, leaving, group_page
):
    desk = phone_of(cleo)
    page = desk.get(group_page)
    assert leaving(ana) in page.links
    assert not [form for form in page.forms if form.action.endswith("/leaving")], (
        "no one-click removal"
    )
    asked = desk.get(leaving(ana))
    assert "Remove Ana from Evening IOP?" in asked.text
    assert "Username: ana" in asked.text
    assert "stops being shared right away, for good" in asked.text
    assert "<title>Remove from group · Groundwork</title>" in asked.html  # no name in a title
    assert "Ana" in desk.get(group_page).text.split("No longer in this group")[0]


def test_removing_ends_every_open_share_of_that_group_for_good(
    app, phone_of, cleo, ana, ben, evening, morning, put_into, wrote, shared, leaving
):
    put_into(morning, ana)
    for_tonight, standing, elsewhere = (
        shared(ana, wrote(ana), evening),
        shared(ana, wrote(ana), evening, tonight=False),
        shared(ana, wrote(ana), morning, tonight=False),
    )
    bens = shared(ben, wrote(ben), evening)
    take_out(phone_of(cleo), leaving(ana))
    with app.app_context():
        ended = {share.id: share.ended_at for share in db.session.scalars(select(Share))}
    assert (ended[for_tonight], ended[standing]) == (NOW, NOW)
    assert (ended[elsewhere], ended[bens]) == (None, None)


def test_stepping_into_another_group_ends_them_for_good_too(
    app, phone_of, cleo, ana, evening, morning, wrote, shared
):
    shared(ana, wrote(ana), evening, tonight=False)
    desk = phone_of(cleo)
    plan = desk.get(f"/clinic/groups/{evening.id}/people/{ana.id}/plan")
    moved = desk.fill(plan, "/step", **{"step-group": str(morning.id)})
    assert "Moved to the other group." in moved.text
    assert open_shares(app) == 0


def test_the_reason_is_for_facilitators_alone_and_sealed(
    app, phone_of, cleo, kit, ana, max_, evening, leaving, group_page
):
    desk, phone = phone_of(cleo), phone_of(ana)
    page = take_out(desk, leaving(ana), "Went to detox, call her sister")
    assert "Went to detox" in page.text
    assert "Ana ana" in page.text
    assert "Went to detox" not in phone.get("/today").html
    assert "Ana" not in phone_of(max_).get(group_page).text
    assert phone_of(kit).get(group_page).status == 404
    with app.app_context():
        row = db.session.execute(select(Removal.sealed, Removal.person_id)).one()
    assert b"detox" not in row.sealed
    assert row.person_id == ana.id


def test_a_reason_that_will_not_do_removes_nobody(phone_of, cleo, ana, leaving):
    desk = phone_of(cleo)
    page = take_out(desk, leaving(ana), "x" * 1_001)
    assert page.status == 422
    assert "reason-error" in page.ids
    assert desk.get(leaving(ana)).status == 200


def test_today_says_what_happened_what_stays_and_what_ended(
    phone_of, cleo, ana, evening, wrote, shared, leaving
):
    shared(ana, wrote(ana, situation="Payday"), evening)
    take_out(phone_of(cleo), leaving(ana))
    phone = phone_of(ana)
    today = phone.get("/today")
    assert "You’re no longer in Evening IOP" in today.text
    assert "Cleo made this change today at 4:00 PM." in today.text
    assert "Everything you wrote is still yours" in today.text
    assert "What you shared with Evening IOP is no longer shared" in today.text
    assert "Share the same entries" not in today.text
    assert "Payday" in phone.get("/journal").text
    dismissed = phone.fill(today, "/removals/")
    assert "no longer in Evening IOP" not in dismissed.text


def test_only_her_groups_facilitators_take_her_out_or_put_her_back(
    phone_of, cleo, kit, ana, ben, max_, evening, somebody, put_into, leaves, leaving
):
    back = leaving(ana).replace("leaving", "return")
    robin = somebody("robin", cleo.role)
    put_into(evening, robin)
    leaves(evening, robin)
    others = [phone_of(someone) for someone in (kit, ana, ben, max_, robin)]
    for phone in others:
        assert phone.get(leaving(ana)).status == 404
        assert phone.post(leaving(ana), {"reason": ""}).status == 404
    take_out(phone_of(cleo), leaving(ana))
    for phone in others:
        assert phone.post(back).status == 404


def test_max_takes_a_facilitator_out_after_a_question_and_can_undo_it(
    app, phone_of, max_, cleo, ana, evening, wrote, shared, leaving, group_page
):
    shared(ana, wrote(ana, situation="For Cleo"), evening)
    desk, cleos = phone_of(max_), phone_of(cleo)
    assert "Remove Cleo from Evening IOP?" in desk.get(leaving(cleo)).text
    page = take_out(desk, leaving(cleo), "On leave")
    assert "Cleo cleo" in page.text
    huddle = f"/clinic/sessions/{evening.tonight}"
    assert cleos.get(huddle).status == 404
    assert not [form for form in page.forms if form.action.endswith("/reset")]
    desk.fill(page, "/return")
    assert "For Cleo" in cleos.get(huddle).text  # her patients' shares are theirs to end
    assert "Ana" not in desk.get(group_page).text


def test_what_is_over_is_not_offered_again(
    app, phone_of, cleo, ana, evening, wrote, shared, leaving, clock
):
    entry = wrote(ana, situation="Only tonight")
    shared(ana, entry, evening)
    desk = phone_of(cleo)
    take_out(desk, leaving(ana))
    clock.shift(timedelta(hours=20))
    desk = phone_of(cleo)
    desk.fill(desk.get(f"/clinic/groups/{evening.id}"), "/return")
    today = phone_of(ana).get("/today")
    assert "You’re back in Evening IOP" in today.text
    assert "Share the same entries" not in today.text


def test_two_removals_are_both_told(phone_of, cleo, kit, ana, evening, morning, put_into, leaving):
    put_into(morning, ana)
    take_out(phone_of(cleo), leaving(ana))
    take_out(phone_of(kit), f"/clinic/groups/{morning.id}/people/{ana.id}/leaving")
    today = phone_of(ana).get("/today").text
    assert "You’re no longer in Evening IOP" in today
    assert "You’re no longer in Morning IOP" in today


def test_whose_key_is_lost_is_taken_out_all_the_same(app, phone_of, cleo, ana, leaving, group_page):
    desk = phone_of(cleo)
    with app.app_context():
        key = db.session.get_one(DataKey, ana.id)
        key.wrapped = key.wrapped[:-1] + bytes([key.wrapped[-1] ^ 1])
        db.session.commit()
    assert take_out(desk, leaving(ana), "A reason that can’t be kept").status == 200
    with app.app_context():
        [row] = db.session.scalars(select(Membership).where(Membership.person_id == ana.id))
        assert row.until_at == NOW
    assert desk.get(group_page).status == 200
