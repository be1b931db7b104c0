"""Cleo takes Ana out of Evening IOP, and finds that it was the wrong Ana."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests.conftest import NOW
from webapp.accounts.models import Person
from webapp.attendance.actions import authorise
from webapp.attendance.queries import covered_sessions_of
from webapp.core import clock as app_clock
from webapp.core.crypto.keys import DataKey
from webapp.core.data.db import db
from webapp.core.errors import Conflict
from webapp.program.actions import step, undo_removal
from webapp.program.models import Group, Membership, Removal
from webapp.program.queries import membership_in, own_days
from webapp.sharing.leaving import remove, undo
from webapp.sharing.models import Share
from webapp.sharing.queries import consent_for, new_readers

pytestmark = pytest.mark.database


@pytest.fixture
def leaving(evening):
    """The page on which somebody is taken out of Evening IOP."""
    return lambda someone: f"/clinic/groups/{evening.id}/people/{someone.id}/leaving"


@pytest.fixture
def group_page(evening):
    return f"/clinic/groups/{evening.id}"


def take_out(desk, address: str, reason: str = ""):
    return desk.fill(desk.get(address), having="reason", reason=reason)


def open_shares(app) -> int:
    with app.app_context():
        return len(db.session.scalars(select(Share).where(Share.ended_at.is_(None))).all())


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


def test_undo_restores_membership_days_covered_sessions_and_consent_and_no_share(
    app, phone_of, cleo, ana, evening, weeks, comes_on, wrote, shared, leaving, clock
):
    comes_on(ana, evening, 0, 2)
    shared(ana, wrote(ana, situation="Payday"), evening, tonight=False)
    with app.app_context():
        group, person = db.session.get_one(Group, evening.id), db.session.get_one(Person, ana.id)
        membership = membership_in(group, ana.id)
        authorise(membership, 12, NOW.date(), None, None, by=person)
        db.session.commit()
        before = membership.id, own_days([membership.id]), consent_for(person, evening.id).id
    desk = phone_of(cleo)
    page = take_out(desk, leaving(ana))
    clock.shift(timedelta(hours=23))
    desk = phone_of(cleo)
    page = desk.fill(desk.get(page.address), "/return")
    assert "Back in the group" in page.text
    with app.app_context():
        group, person = db.session.get_one(Group, evening.id), db.session.get_one(Person, ana.id)
        membership = membership_in(group, ana.id)
        after = membership.id, own_days([membership.id]), consent_for(person, evening.id).id
        assert after == before
        assert covered_sessions_of(membership, NOW).sessions == 12
    assert open_shares(app) == 0
    assert "Payday" not in desk.get(f"/clinic/groups/{evening.id}/people/{ana.id}").html


def test_today_asks_whether_to_share_the_same_again_and_ticks_nothing(
    app, phone_of, cleo, ana, evening, wrote, shared, leaving
):
    payday, sister = (wrote(ana, situation=situation) for situation in ("Payday", "Sister"))
    shared(ana, payday, evening, bring_up=True, about="paydays")
    shared(ana, sister, evening, tonight=False)
    wrote(ana, situation="Never shared")
    desk, phone = phone_of(cleo), phone_of(ana)
    desk.fill(take_out(desk, leaving(ana)), "/return")
    today = phone.get("/today")
    assert "You’re back in Evening IOP" in today.text
    assert "Share the same entries with Cleo again?" in today.text
    again = next(link for link in today.links if "/sharing/again/" in link)
    page = phone.get(again)
    assert "Payday" in page.text
    assert "Sister" in page.text
    assert "Never shared" not in page.text
    assert "entries" not in page.form(having="entries").fields, "nothing is ticked ahead"
    nothing = phone.fill(page, having="entries")
    assert nothing.status == 422
    assert "Check what you want to share." in nothing.text
    assert open_shares(app) == 0

    boxes = [
        attributes["value"] for tag, attributes in page.tags if attributes.get("type") == "checkbox"
    ]
    with app.app_context():
        chosen = db.session.scalar(select(Share.id).where(Share.entry_id == payday))
    assert str(chosen) in boxes
    phone.fill(page, having="entries", entries=[str(chosen)])
    huddle = desk.get(f"/clinic/sessions/{evening.tonight}").text
    assert "Payday" in huddle
    assert "Wants to talk about: paydays" in huddle
    assert "Sister" not in huddle
    assert "Share the same entries" not in phone.get("/today").text
    assert "Payday" not in phone.get(again).text  # what is shared anew isn't offered twice


def test_nobody_shares_again_for_another_or_before_the_undo(
    app, phone_of, cleo, ana, ben, evening, wrote, shared, leaving
):
    shared(ana, wrote(ana, situation="Payday"), evening)
    desk, phone = phone_of(cleo), phone_of(ana)
    page = take_out(desk, leaving(ana))
    with app.app_context():
        removal = db.session.scalars(select(Removal)).one().id
        share_id = db.session.scalars(select(Share)).one().id
    again = f"/sharing/again/{removal}"
    assert phone.get(again).status == 404
    desk.fill(page, "/return")
    assert phone_of(ben).get(again).status == 404
    assert phone_of(ben).post(again, {"entries": str(share_id)}).status == 404
    assert phone_of(ben).post(f"/today/removals/{removal}/seen").status == 404
    assert open_shares(app) == 0


def test_without_a_consent_in_force_each_is_signed_for_anew(
    app, phone_of, cleo, ana, evening, wrote, shared, leaving
):
    entry = wrote(ana, situation="Payday")
    shared(ana, entry, evening)
    desk, phone = phone_of(cleo), phone_of(ana)
    desk.fill(take_out(desk, leaving(ana)), "/return")
    consent = next(link for link in phone.get("/sharing").links if "/consents/" in link)
    phone.fill(phone.get(consent), "/revocation")
    page = phone.get(next(link for link in phone.get("/today").links if "/sharing/again/" in link))
    assert f"/entries/{entry}/share?group={evening.id}" in page.links
    assert not [form for form in page.forms if "entries" in form.names]


def test_a_share_on_its_way_while_she_was_out_does_not_wake_up(
    app, phone_of, cleo, ana, evening, wrote, shared, leaving
):
    entry = wrote(ana, situation="Payday")
    shared(ana, entry, evening, tonight=False)
    desk = phone_of(cleo)
    page = take_out(desk, leaving(ana))
    with app.app_context():  # it had read the consent before, and is kept after
        db.session.execute(update(Share).values(ended_at=None))
        db.session.commit()
    desk.fill(page, "/return")
    assert open_shares(app) == 0


def test_after_a_day_it_stays(phone_of, cleo, ana, leaving, group_page, clock):
    desk = phone_of(cleo)
    page = take_out(desk, leaving(ana))
    assert "Undo" in page.text
    clock.shift(timedelta(days=1))
    desk = phone_of(cleo)
    assert "Undo" not in desk.get(group_page).text
    assert desk.post(leaving(ana).replace("leaving", "return")).status == 404


def test_undo_twice_is_once(phone_of, cleo, ana, leaving):
    desk = phone_of(cleo)
    desk.fill(take_out(desk, leaving(ana)), "/return")
    assert desk.post(leaving(ana).replace("leaving", "return")).status == 404
    assert desk.get(leaving(ana)).status == 200  # she is there, once


def test_two_facilitators_at_once_do_it_once(app, cleo, ana, evening, morning):
    with app.app_context():
        group, by = db.session.get_one(Group, evening.id), db.session.get_one(Person, cleo.id)
        seen_by_both = membership_in(group, ana.id)
        remove(seen_by_both, None, by)
        db.session.flush()
        with pytest.raises(Conflict):
            remove(seen_by_both, "Second", by)
        with pytest.raises(Conflict):
            step(seen_by_both, db.session.get_one(Group, morning.id))
        removal = db.session.scalars(select(Removal)).one()
        undo(removal, by)
        with pytest.raises(Conflict):
            undo(removal, by)


def test_who_came_back_another_way_is_not_put_back_twice(
    app, phone_of, cleo, ana, evening, morning, put_into, leaving, group_page
):
    put_into(morning, ana)
    desk, phone = phone_of(cleo), phone_of(ana)
    page = take_out(desk, leaving(ana))
    with app.app_context():
        removal = db.session.scalars(select(Removal)).one()
        evenings = db.session.get_one(Group, evening.id)
        step(membership_in(db.session.get_one(Group, morning.id), ana.id), evenings)
        with pytest.raises(Conflict):
            undo(removal, db.session.get_one(Person, cleo.id))
        db.session.commit()
    assert desk.fill(page, "/return").status == 404
    assert "No longer in this group" not in desk.get(group_page).text
    assert "no longer in Evening IOP" not in phone.get("/today").text
    with app.app_context():
        now_in = db.session.scalars(select(Membership).where(Membership.until_at.is_(None)))
        assert len([membership for membership in now_in if membership.person_id == ana.id]) == 1


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


def test_who_is_put_back_as_a_reader_is_told_to_the_patients(
    app, phone_of, max_, kit, cleo, ana, evening, put_into, clock, leaving
):
    put_into(evening, kit)
    take_out(phone_of(max_), leaving(kit))
    clock.shift(timedelta(minutes=10))
    with app.app_context():
        since, person = app_clock.now(), db.session.get_one(Person, ana.id)
        assert new_readers(person, since) == []
        clock.shift(timedelta(minutes=10))
        [removal] = db.session.scalars(select(Removal))
        undo_removal(removal, db.session.get_one(Person, max_.id))
        db.session.commit()
        assert [(name, group.name) for name, group, *_ in new_readers(person, since)] == [
            ("Kit", "Evening IOP")
        ]
