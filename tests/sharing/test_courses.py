"""Who runs the group sees one questionnaire, or mood and sleep, over time: until it is stopped."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from tests.check_ins.test_daily import check_in
from tests.conftest import NOW, ZONE
from tests.huddle.test_statements import counted
from webapp.accounts.models import Person
from webapp.check_ins.models import CheckIn
from webapp.core import clock as app_clock
from webapp.core.data.db import db
from webapp.entries.actions import write
from webapp.entries.models import Entry
from webapp.erasing.kept import let_go
from webapp.program.actions import hand_over
from webapp.program.models import Group, GroupSession, Membership
from webapp.questionnaires.models import Answers
from webapp.sharing import actions
from webapp.sharing.leaving import decline, remove, undo
from webapp.sharing.models import Consent, Course, Reading
from webapp.sharing.queries import consent_for

pytestmark = pytest.mark.database


@pytest.fixture
def answered(app):
    """Somebody answered a questionnaire, so many days ago: `answered(ana, 17, 14)`."""

    def do(someone, score, back, key="phq-9", name="PHQ-9"):
        with app.app_context():
            content = {"instrument": str(uuid4()), "key": key, "name": name, "zone": ZONE,
                       "said": [["How often?", "zq-item"]], "scores": {"All together": str(score)},
                       "tops": {"All together": "27"}}  # fmt: skip
            person, at = db.session.get_one(Person, someone.id), NOW - timedelta(days=back)
            id = write(Answers, person, uuid4(), at, content).id
            db.session.commit()
            return id

    return do


@pytest.fixture
def starts(app):
    """Somebody lets it be seen over time, with what is there: `starts(ana, entry, evening)`."""

    def do(someone, entry_id, group):
        with app.app_context():
            person, with_ = (
                db.session.get_one(Person, someone.id), db.session.get_one(Group, group.id)
            )  # fmt: skip
            consent = consent_for(person, with_.id)
            if consent is None:
                ends = NOW + timedelta(days=365)
                consent = actions.sign_consent(person, with_, someone.name, [["What", "So"]], ends)
                db.session.flush()
            entry = db.session.get_one(Entry, entry_id)
            actions.start_course(entry, with_, consent=consent, earlier=True)
            db.session.commit()

    return do


@pytest.fixture
def seen(phone_of, cleo, evening):
    """What Cleo's huddle of tonight says."""
    return lambda: phone_of(cleo).get(f"/clinic/sessions/{evening.tonight}").text


def test_ana_chooses_what_is_seen_from_now_on_and_who_opened_it_and_stops_it(
    phone_of, ana, cleo, kit, max_, evening, seen, clock
):
    phone = phone_of(ana)
    assert "Over time" not in phone.get("/sharing").text
    first = check_in(phone, mood="1", sleep="1", note="zq-first")
    assert "Mood" not in seen()
    asked = next(link for link in phone.get("/sharing").links if link.endswith("/over-time"))
    assert asked in phone.get(first.address.replace("check-ins", "entries") + "/share").html
    page = phone.get(asked)
    assert "Cleo can open it before group" in page.text
    assert "or from my mood and sleep, each time I enter them" in page.text
    assert "checked" not in page.html
    assert "Type your name to sign." in phone.fill(page, having="earlier").text
    phone.fill(page, having="earlier", signed_name="Ana")
    assert "Mood" not in seen(), "what was there before stays hers"

    clock.shift(timedelta(minutes=5))
    hint = "You share this over time. The facilitators of Evening IOP see the numbers."
    assert hint in phone.get("/check-ins/new").text
    saved = check_in(phone, mood="4", sleep="3", note="zq-second", safety="no")
    assert "Saved. Your facilitators can see its numbers." in saved.text
    assert "can see its numbers over time" in saved.text
    assert "Only you." not in saved.text
    assert "No one has opened this yet." in phone.get("/sharing").text
    clock.shift(timedelta(minutes=5))
    check_in(phone, mood="2", sleep="4")
    desk = seen()
    assert "Mood and sleep. Mood: 4, 2 of 5 Sleep: 3, 4 of 4" in desk
    assert "1 patient. 0 entries shared" in desk
    assert "zq" not in desk
    assert "Safety" not in desk

    # The patient sees that it was opened, and that no more than numbers were.
    mine = phone.get("/sharing").text
    assert "Evening IOP: Mood and sleep. Mood: 4, 2 of 5" in mine
    assert "Opened by Cleo, today at 4:10 PM." in mine
    assert "Its numbers were opened by Cleo" in phone.get(saved.address).text
    assert "Cleo opened what you share over time." in phone.get("/sharing/activity").text
    # It is on the huddle alone, for those who run the group.
    for address in (f"sessions/{evening.tonight}/chart", f"groups/{evening.id}/people/{ana.id}"):
        assert "Mood" not in phone_of(cleo).get(f"/clinic/{address}").text
    for other in (kit, max_):
        assert phone_of(other).get(f"/clinic/sessions/{evening.tonight}").status == 404
    assert phone_of(kit).post(phone.get("/sharing").form("/end").action).status == 404
    phone.fill(phone.get("/sharing"), "/end")
    assert "Mood" not in seen()
    clock.shift(timedelta(minutes=5))
    check_in(phone, mood="5")
    assert "Mood" not in seen()
    # Begun anew, with what is there: no consent is asked for again.
    page = phone.get(asked)
    assert "Sign with your name" not in page.text
    phone.fill(page, having="earlier", earlier="y")
    assert "Mood: 1, 4, 2, 5 of 5" in seen()


def test_it_is_one_at_a_time_and_shows_the_questionnaire_alone(
    app, phone_of, ana, ben, cleo, evening, answered, starts, seen, wrote, shared
):
    for back in range(9):
        last = answered(ana, back, back * 7)
    other = answered(ana, 13, 1, "gad-7", "GAD-7")
    shared(ana, wrote(ana, situation="Payday"), evening)
    starts(ana, last, evening)
    assert "PHQ-9: 7, 6, 5, 4, 3, 2, 1, 0 of 27" in seen()
    assert "Payday" in seen()
    starts(ana, other, evening)
    assert "GAD-7: 13 of 27" in seen()
    assert "PHQ-9" not in seen()
    assert "zq-item" not in seen()
    # Removed, or shared whole: the numbers go, and what is read whole is new to who saw a number.
    with app.app_context():
        assert {row.version for row in db.session.scalars(select(Reading))} == {0, 1}
        assert b"gad" not in db.session.scalars(select(Course)).first().sealed
    shared(ana, other, evening)
    page = phone_of(cleo).get(f"/clinic/sessions/{evening.tonight}")
    assert "All together: 13 of 27." in page.text
    assert "GAD-7: 13 of 27" in page.text
    phone, trigger = phone_of(ana), wrote(ana, situation="Fight")
    for address, who in ((trigger, phone), (other, phone_of(cleo)), (other, phone_of(ben))):
        assert who.get(f"/entries/{address}/over-time").status == 404
    page = phone.get(f"/entries/{last}/over-time")
    assert "This takes the place of “GAD-7.”" in page.text
    phone.fill(phone.get(f"/check-ins/answers/{other}"), "/removal")
    assert "GAD-7" not in seen()


def leaves(person, membership, cleo):
    decline(membership)


def is_out_and_back(person, membership, cleo):
    undo(remove(membership, None, cleo), cleo)


def revokes(person, membership, cleo):
    actions.revoke_consent(consent_for(person, membership.group_id))


def signs_anew(person, membership, cleo):
    ends = app_clock.now() + timedelta(days=365)
    actions.sign_consent(person, membership.group, "Ana", [["What", "So"]], ends)


def consent_runs_out_and_is_signed(person, membership, cleo):
    consent_for(person, membership.group_id).expires_at = app_clock.now()
    db.session.flush()
    signs_anew(person, membership, cleo)


def stops_everything(person, membership, cleo):
    actions.take_all_back(person)


@pytest.mark.parametrize(
    "ends",
    [leaves, is_out_and_back, revokes, signs_anew, consent_runs_out_and_is_signed,
     stops_everything],
)  # fmt: skip
def test_what_ends_it_ends_it_for_good(
    app, ana, ben, cleo, evening, answered, starts, seen, clock, put_into, ends
):
    entry = answered(ana, 17, 1)
    starts(ana, entry, evening)
    starts(ben, answered(ben, 9, 1), evening)
    assert "17 of 27" in seen()
    clock.shift(timedelta(minutes=1))
    with app.app_context():
        theirs = select(Membership).where(Membership.person_id == ana.id)
        person = db.session.get_one(Person, ana.id)
        ends(person, db.session.scalars(theirs).one(), db.session.get_one(Person, cleo.id))
        db.session.commit()
    clock.shift(timedelta(minutes=1))
    assert "17 of 27" not in seen()
    if ends is leaves:
        put_into(evening, ana, since=app_clock.now())
    if ends in (leaves, revokes):
        with app.app_context():
            person, group = (
                db.session.get_one(Person, ana.id),
                db.session.get_one(Group, evening.id),
            )
            late = app_clock.now() + timedelta(days=9)
            actions.sign_consent(person, group, "Ana", [["What", "So"]], late)
            db.session.commit()
    assert "17 of 27" not in seen()
    assert "9 of 27" in seen()


def test_a_former_consent_goes_on_and_another_one_is_asked_for(
    app, phone_of, ana, evening, answered, seen, shared, wrote, monkeypatch
):
    id = answered(ana, 17, 1)
    with monkeypatch.context() as before:
        before.setattr(actions, "VERSION", "3")
        shared(ana, wrote(ana, situation="Payday"), evening)
    phone = phone_of(ana)
    with app.app_context():
        consent = db.session.scalars(select(Consent)).one()
        entry = db.session.scalars(select(Answers)).one()
        group = db.session.get_one(Group, evening.id)
        for signed in (consent, None):
            with pytest.raises(actions.ConsentNeeded):
                actions.start_course(entry, group, consent=signed)
        # A row of its own opens nothing either.
        own = {"author_id": ana.id, "group_id": group.id, "kind": "answers"}
        made = Course(id=uuid4(), started_at=NOW, **own)
        made.key, made.name, made.earlier = "phq-9", "PHQ-9", True
        db.session.add(made)
        db.session.commit()
    assert "17 of 27" not in seen()
    page = phone.get(f"/entries/{id}/over-time")
    assert "Type your name to sign." in phone.fill(page, having="earlier").text
    phone.fill(page, having="earlier", signed_name="Ana", earlier="y")
    assert "PHQ-9: 17 of 27" in seen()
    assert "Payday" in seen()


def test_who_fills_in_sees_it_until_their_time_is_over(
    app, phone_of, ana, cleo, kit, evening, answered, starts, clock
):
    starts(ana, answered(ana, 17, 1), evening)
    with app.app_context():
        group = db.session.get_one(Group, evening.id)
        tonight = db.session.get_one(GroupSession, evening.tonight)
        lead, colleague = (db.session.get_one(Person, one.id) for one in (cleo, kit))
        hand_over(group, colleague, lead, tonight.ends_at, only=tonight)
        db.session.commit()
    address = f"/clinic/sessions/{evening.tonight}"
    assert "PHQ-9: 17 of 27" in phone_of(kit).get(address).text
    assert "Opened by Kit" in phone_of(ana).get("/sharing").text
    assert phone_of(kit).get(f"/clinic/sessions/{evening.friday}").status == 404
    clock.move_to(NOW + timedelta(hours=5))
    assert phone_of(kit).get(address).status == 404
    assert "PHQ-9: 17 of 27" in phone_of(cleo).get(address).text


def test_nobody_costs_no_statement_and_eight_one(
    app, phone_of, ana, cleo, evening, somebody, put_into, answered, starts
):
    desk, address = phone_of(cleo), f"/clinic/sessions/{evening.tonight}"
    answered(ana, 17, 1)
    desk.get(address)
    with counted(app) as none:
        desk.get(address)
    for number in range(8):
        person = somebody(f"p{number}")
        put_into(evening, person)
        last = [answered(person, score, score) for score in (17, 14, 9)][-1]
        starts(person, last, evening)
    desk.get(address)
    with counted(app) as eight:
        assert desk.get(address).text.count("PHQ-9: 17, 14, 9 of 27") == 8
    assert len(eight) == len(none) + 1


def test_erased_what_only_its_number_was_seen_of_goes_whole(
    app, ana, evening, answered, starts, seen, shared
):
    whole, number = answered(ana, 17, 1), answered(ana, 14, 2)
    starts(ana, number, evening)
    shared(ana, whole, evening)
    seen()
    with app.app_context():
        let_go(db.session.connection(), ana.id, app_clock.now())
        db.session.commit()
        assert list(db.session.scalars(select(Entry.id))) == [whole]
        assert db.session.scalar(select(func.count()).select_from(Course)) == 0
        assert db.session.scalar(select(func.count()).select_from(CheckIn)) == 0
