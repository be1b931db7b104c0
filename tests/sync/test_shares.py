"""What Ana shared, or took back, in a basement."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from tests.conftest import NOW, PASSWORD
from tests.sync.conftest import WORDS
from webapp.accounts.models import Person, Role
from webapp.core.data.db import db
from webapp.entries.models import entry_id
from webapp.program.actions import name_supervisor
from webapp.program.models import Group, GroupSession
from webapp.sharing.models import Share

pytestmark = pytest.mark.database


def test_a_share_taken_back_without_a_network_ends(
    app, ana, ben, outbox_of, wrote, shared, evening
):
    share = shared(ana, wrote(ana), evening)
    thief = outbox_of(ben)
    thief.write(kind="take-back", about=share)
    assert thief.send() == ["already"]
    with app.app_context():
        assert db.session.get_one(Share, share).ended_at is None

    outbox = outbox_of(ana)
    outbox.write(kind="take-back", about=share, id=share)

    assert outbox.send() == ["saved"]
    assert outbox.send() == ["already"]
    with app.app_context():
        assert db.session.get_one(Share, share).ended_at == NOW


@pytest.mark.parametrize("blank", [True, False])
def test_a_share_ticked_offline_counts_until_its_group_begins(
    app, ana, outbox_of, wrote, shared, evening, blank
):
    shared(ana, wrote(ana), evening)  # signs the consent
    outbox = outbox_of(ana)
    meant = {} if blank else {"for": str(evening.tonight)}
    item = outbox.write(urge="6", situation=WORDS, share="1", bring_up="1", **meant)

    assert outbox.send() == ["saved"]

    with app.app_context():
        id = entry_id(ana.id, UUID(item["id"]))
        share = db.session.scalars(select(Share).where(Share.entry_id == id)).one()
        assert share.group_session_id == evening.tonight
        assert share.bring_up
    assert "You wanted to share this" not in outbox.phone.get("/today").text


def test_on_a_blank_form_the_next_group_is_the_next_of_anas_own_days(
    app, ana, outbox_of, wrote, shared, evening, weeks, comes_on, clock
):
    shared(ana, wrote(ana), evening)
    comes_on(ana, evening, 2)
    outbox = outbox_of(ana)
    item = outbox.write(urge="6", situation=WORDS, share="1")
    clock.shift(timedelta(hours=3))  # Monday's group has begun; hers is on Wednesday

    assert outbox.send() == ["saved"]

    with app.app_context():
        id = entry_id(ana.id, UUID(item["id"]))
        share = db.session.scalars(select(Share).where(Share.entry_id == id)).one()
        assert share.group_session.starts_at == NOW + timedelta(hours=50)


def test_a_share_that_comes_too_late_is_asked_about(
    app, ana, outbox_of, wrote, shared, evening, clock
):
    shared(ana, wrote(ana), evening)
    outbox = outbox_of(ana)
    item = outbox.write(urge="6", situation=WORDS, share="1")
    clock.shift(timedelta(hours=2, minutes=1))

    assert outbox.send() == ["saved"]

    with app.app_context():
        id = entry_id(ana.id, UUID(item["id"]))
        assert db.session.scalars(select(Share).where(Share.entry_id == id)).all() == []
    today = outbox.phone.get("/today")
    assert "You wanted to share this" in today.text
    assert "You wanted to share this" not in outbox.phone.fill(today, "/sync/late-shares").text


def test_what_was_shared_offline_before_a_supervisor_began_is_asked_about(
    app, ana, somebody, outbox_of, wrote, shared, evening, clock
):
    shared(ana, wrote(ana), evening)
    femi, outbox, hour = somebody("femi", Role.FACILITATOR), outbox_of(ana), timedelta(hours=1)
    starts, wednesday = NOW + 50 * hour, uuid4()
    with app.app_context():
        group = db.session.get_one(Group, evening.id)
        person = db.session.get_one(Person, femi.id)
        name_supervisor(group, person, person)
        meets = {"group_id": group.id, "starts_at": starts, "ends_at": starts + 3 * hour}
        db.session.add(GroupSession(id=wednesday, **meets))
        db.session.commit()
    before = outbox.write(urge="6", situation=WORDS, share="1", **{"for": str(wednesday)})
    clock.shift(3 * hour)
    outbox.clock = NOW + 3 * hour
    since = outbox.write(urge="7", share="1", **{"for": str(wednesday)})

    assert outbox.send() == ["saved", "saved"]

    with app.app_context():
        entries = select(Share.entry_id).where(Share.group_session_id == wednesday)
        assert db.session.scalars(entries).all() == [entry_id(ana.id, UUID(since["id"]))]
    today = outbox.phone.get("/today").text
    assert "You wanted to share this" in today
    assert WORDS in today, before


def test_who_holds_a_locked_phone_shares_nothing_in_anas_name(
    app, ana, outbox_of, wrote, shared, evening, clock
):
    """What is written on a blank form is kept, and she is asked; her own page named the session."""
    shared(ana, wrote(ana), evening)
    outbox = outbox_of(ana)
    lock = {"phone_pin": "4827", "after": "0", "own_password": PASSWORD}
    outbox.phone.fill(outbox.phone.get("/you/lock"), having="phone_pin", **lock)
    own = outbox.write(urge="6", situation="Hers", share="1", **{"for": str(evening.tonight)})
    outbox.phone.post("/lock/now")
    blank = outbox.write(urge="6", situation="I used again", share="1")
    assert outbox.send() == ["saved", "saved"]
    with app.app_context():
        for item, count in ((own, 1), (blank, 0)):
            id = entry_id(ana.id, UUID(item["id"]))
            shares = select(func.count()).select_from(Share).where(Share.entry_id == id)
            assert db.session.scalar(shares) == count, item
    asked = outbox.phone.get("/today")
    today = outbox.phone.fill(asked, having="phone_pin", phone_pin="4827")
    assert "You wanted to share this" in today.text


def test_without_a_consent_nothing_is_shared_and_ana_is_asked(app, ana, outbox_of):
    outbox = outbox_of(ana)
    outbox.write(urge="6", situation=WORDS, share="1")
    outbox.send()
    with app.app_context():
        assert db.session.query(Share).count() == 0
    assert "You wanted to share this" in outbox.phone.get("/today").text


def test_bens_late_share_is_not_anas_to_settle(ana, ben, outbox_of):
    outbox = outbox_of(ben)
    item = outbox.write(urge="6", share="1")
    outbox.send()
    id = entry_id(ben.id, UUID(item["id"]))
    outbox_of(ana).phone.post(f"/sync/late-shares/{id}/end")
    assert "You wanted to share this" in outbox.phone.get("/today").text
