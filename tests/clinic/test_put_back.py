"""It was the wrong Ana: she is put back, and asked whether to share the same again."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests.clinic.conftest import open_shares, take_out
from tests.conftest import NOW
from webapp.accounts.models import Person
from webapp.attendance.actions import authorise
from webapp.attendance.queries import covered_sessions_of
from webapp.core import clock as app_clock
from webapp.core.data.db import db
from webapp.core.errors import Conflict
from webapp.program.actions import step, undo_removal
from webapp.program.models import Group, Membership, Removal
from webapp.program.queries import membership_in, own_days
from webapp.sharing.leaving import remove, undo
from webapp.sharing.models import Share
from webapp.sharing.queries import consent_for, new_readers

pytestmark = pytest.mark.database


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
