"""A clinical supervisor reads with a group's facilitators: told before it begins, from the next
session on, and what was shared before only of whoever says yes."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.conftest import NOW
from webapp.accounts.models import Role
from webapp.audit.models import Act
from webapp.backups.restore import _close
from webapp.core.data.db import db
from webapp.program.actions import cancel
from webapp.program.models import GroupSession, Membership
from webapp.sharing.models import SupervisorAnswer

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
TONIGHT = NOW + 2 * HOUR
WHO = "supervisor-person"
MAY_OPEN, STAYS_CLOSED = "Yes, Femi", "No, Femi"


@pytest.fixture
def femi(somebody):
    """Runs no group."""
    return somebody("femi", Role.FACILITATOR)


@pytest.fixture
def names(phone_of, max_, evening):
    """Max names somebody clinical supervisor of Evening IOP: `names(femi)`."""

    def do(someone, group=evening):
        desk = phone_of(max_)
        page = desk.get(f"/clinic/groups/{group.id}")
        return desk.fill(page, "/supervisors", having=WHO, **{WHO: someone.id})

    return do


@pytest.fixture
def ends(phone_of, max_, evening):
    """Max ends it again."""

    def do():
        desk = phone_of(max_)
        return desk.fill(desk.get(f"/clinic/groups/{evening.id}"), "/end")

    return do


@pytest.fixture
def standing(wrote, shared, evening):
    """Somebody shares something with Evening IOP until they stop: `standing(ana, "words")`."""

    def do(someone, words, at=None):
        entry = wrote(someone, at=at, situation=words)
        shared(someone, entry, evening, tonight=False)
        return entry

    return do


def person_page(group, someone):
    return f"/clinic/groups/{group.id}/people/{someone.id}"


def says(phone, label, address="/today"):
    """A patient answers whether a supervisor may open what was shared before."""
    page = phone.get(address)
    form = next(form for form in page.forms if form.action.startswith("/sharing/supervisors/")
                and form.fields.get("opens") == ("yes" if label == MAY_OPEN else "no"))  # fmt: skip
    return phone.post(form.action, form.fields)


@pytest.mark.database
def test_femi_opens_from_the_next_session_on_what_is_shared_since_and_nothing_from_before(
    app, phone_of, ana, ben, cleo, femi, evening, names, standing, clock
):
    before = standing(ana, "zq-before")
    assert "It begins with the next session" in names(femi).text
    huddle, anas = f"/clinic/sessions/{evening.tonight}", person_page(evening, ana)
    desk = phone_of(femi)
    assert {desk.get(address).status for address in (huddle, anas, f"{huddle}/news")} == {404}
    told = "From today at 6:00 PM, Femi is clinical supervisor of Evening IOP"
    assert told in phone_of(ana).get("/today").text, "told before it begins"
    assert "May Femi also open" not in phone_of(ana).get("/today").text
    assert "From today at 6:00 PM" in desk.get("/clinic").text
    between = standing(ana, "zq-between")
    clock.move_to(TONIGHT - MINUTE)
    assert {phone_of(femi).get(address).status for address in (huddle, anas)} == {404}
    clock.move_to(TONIGHT)
    desk = phone_of(femi)
    assert huddle in desk.get("/clinic").links
    for address in (huddle, anas):
        page = desk.get(address)
        assert page.status == 200, address
        assert "zq-before" not in page.text, address
        assert "zq-between" not in page.text, address
        assert "zq-before" in phone_of(cleo).get(anas).text, "Cleo reads as ever"
    for entry in (before, between):
        reply = {"entry": entry, "words": "Hello."}
        assert desk.post("/clinic/feedback", reply).status == 404
    clock.move_to(TONIGHT + MINUTE)
    since = standing(ana, "zq-since", at=TONIGHT + MINUTE)
    desk = phone_of(femi)
    page = desk.get(anas)
    assert "zq-since" in page.text
    assert "zq-before" not in page.text
    assert "Sent." in desk.fill(page, "/feedback", entry=since, words="Good to meet you.").text
    assert "Opened by Femi (clinical supervisor)" in phone_of(ana).get("/sharing").text
    assert "Femi (clinical supervisor) opened what you shared" in phone_of(ana).get("/today").text
    assert desk.get(f"/clinic/sessions/{evening.friday}").status == 404, "before it began"


@pytest.mark.database
def test_what_was_shared_before_opens_by_anas_yes_alone_and_bens_no_stays_no(
    app, phone_of, ana, ben, femi, evening, names, standing, clock
):
    standing(ana, "zq-anas-before")
    standing(ben, "zq-bens-before")
    names(femi)
    clock.move_to(TONIGHT + MINUTE)
    hers, his, desk = phone_of(ana), phone_of(ben), phone_of(femi)
    assert "May Femi also open what you shared before?" in hers.get("/today").text
    assert "now also open what you shared before" in says(hers, MAY_OPEN).text
    assert "May Femi also open" not in hers.get("/today").text, "asked once"
    assert "zq-anas-before" in desk.get(person_page(evening, ana)).text
    assert "zq-anas-before" in desk.get(f"/clinic/sessions/{evening.tonight}").text
    assert "zq-bens-before" not in desk.get(person_page(evening, ben)).text, "silence is no yes"
    says(his, STAYS_CLOSED)
    assert "May Femi also open" not in his.get("/today").text
    assert "zq-bens-before" not in desk.get(person_page(evening, ben)).text
    assert "is closed to Femi" in his.get("/sharing").text
    assert "also from before today at 6:00 PM" in hers.get("/sharing").text
    says(hers, STAYS_CLOSED, "/sharing")
    assert "zq-anas-before" not in desk.get(person_page(evening, ana)).text, "taken back"
    with app.app_context():
        kinds = select(Act.kind).where(Act.kind.startswith("earlier"))
        done = db.session.execute(kinds.add_columns(Act.person_id).order_by(Act.number)).all()
        assert done == [("earlier_opened", ana.id), ("earlier_closed", ana.id)]


def test_nobody_says_yes_before_it_begins_or_for_another_one(
    app, phone_of, ana, ben, dana, femi, evening, names, standing, clock
):
    standing(ben, "zq-bens")
    names(femi)
    with app.app_context():
        id = db.session.scalars(select(Membership.id).where(Membership.supervises)).one()
    said = {"opens": "yes"}
    hers = phone_of(ana)
    early = hers.post(f"/sharing/supervisors/{id}", said)
    assert early.status == 409
    clock.move_to(TONIGHT)
    stranger = phone_of(dana)
    other = stranger.post(f"/sharing/supervisors/{id}", said)
    assert other.status == 404
    says(phone_of(ana), MAY_OPEN)
    assert "zq-bens" not in phone_of(femi).get(person_page(evening, ben)).text
    with app.app_context():
        assert [row.person_id for row in db.session.scalars(select(SupervisorAnswer))] == [ana.id]


@pytest.mark.database
def test_it_ends_at_once_and_the_patients_are_told(
    app, phone_of, ana, cleo, femi, evening, names, ends, standing, clock
):
    standing(ana, "zq-before")
    names(femi)
    clock.move_to(TONIGHT)
    says(phone_of(ana), MAY_OPEN)
    desk, anas = phone_of(femi), person_page(evening, ana)
    assert "zq-before" in desk.get(anas).text
    clock.shift(MINUTE)
    assert "can’t open anything of this group" in ends().text
    huddle = f"/clinic/sessions/{evening.tonight}"
    assert {desk.get(at).status for at in (anas, huddle, f"{huddle}/agenda")} == {404}
    assert "clinical supervisor" not in desk.get("/clinic").text
    told = phone_of(ana).get("/today").text
    assert "Femi isn’t clinical supervisor of Evening IOP anymore" in told
    sharing = phone_of(ana).get("/sharing").text
    assert "these people can see it: Cleo." in sharing
    assert "Opened by Femi (clinical supervisor)" in sharing, "what was opened stays said"
    clock.shift(timedelta(days=8))
    assert "Femi" not in phone_of(ana).get("/today").text
    names(femi)  # again: the yes of then is not for this time
    clock.shift(timedelta(days=3))
    with app.app_context():
        opened = select(SupervisorAnswer.membership_id)
        assert db.session.scalars(
            select(Membership).where(Membership.supervises, Membership.id.in_(opened))
        ).one().until_at is not None  # fmt: skip


def test_it_isnt_ended_as_a_facilitators_part_is_which_can_be_undone(
    phone_of, max_, ana, femi, evening, names, clock
):
    names(femi)
    clock.move_to(TONIGHT + MINUTE)
    leaving = f"/clinic/groups/{evening.id}/people/{femi.id}/leaving"
    desk = phone_of(max_)
    assert leaving not in desk.get(f"/clinic/groups/{evening.id}").links
    assert [act(leaving).status for act in (desk.get, desk.post)] == [404, 404]


def test_a_closed_account_ends_it_too(app, phone_of, ana, max_, femi, evening, names, clock):
    names(femi)
    clock.move_to(TONIGHT)
    desk = phone_of(max_)
    page = desk.get(f"/clinic/staff/{femi.id}/closing")
    assert "Evening IOP" in page.text
    desk.fill(page, page.address)
    assert "Femi isn’t clinical supervisor" in phone_of(ana).get("/today").text
    assert "Femi" not in phone_of(max_).get(f"/clinic/groups/{evening.id}").text


@pytest.mark.database
def test_new_consents_name_a_supervisor_with_the_day_and_sharing_pages_once_it_began(
    phone_of, ana, cleo, femi, evening, names, wrote, clock
):
    entry = wrote(ana, situation="zq")
    share = f"/entries/{entry}/share"
    names(femi)
    page = phone_of(ana).get(share).text
    assert "From Monday, November 23, 2026: Femi (clinical supervisor)." in page
    assert "Cleo can open it before group" in page, "Femi opens nothing of before"
    clock.move_to(TONIGHT + 4 * HOUR)
    page = phone_of(ana).get(share).text
    assert "Right now: Cleo, Femi (clinical supervisor)." in page
    assert "Cleo, Femi (clinical supervisor) can open it" in page
    assert "Cleo, Femi (clinical supervisor)" in phone_of(ana).get("/sharing").text


def test_what_was_said_ahead_before_it_began_is_for_the_facilitators(
    phone_of, ana, cleo, femi, evening, names, clock
):
    session = f"/week/sessions/{evening.tonight}"
    hers = phone_of(ana)
    hers.fill(hers.get(session), having="says", says="late", reason="zq-the-bus")
    names(femi)
    clock.move_to(TONIGHT)
    for address, said in (("", "zq-the-bus"), ("/attendance", "I’ll be late")):
        at = f"/clinic/sessions/{evening.tonight}{address}"
        assert said in phone_of(cleo).get(at).text
        assert said not in phone_of(femi).get(at).text


def test_who_reads_there_already_isnt_named_and_without_a_session_nobody_is(
    app, phone_of, max_, ana, cleo, kit, femi, evening, names
):
    names(femi)
    desk = phone_of(max_)
    for someone in (femi, cleo):
        page = desk.post(
            f"/clinic/groups/{evening.id}/supervisors",
            {WHO: someone.id},
        )
        assert "That can’t be done" in page.text
    assert desk.post(
        f"/clinic/groups/{evening.id}/supervisors",
        {WHO: ana.id},
    ).status == 404, "a patient isn’t staff"  # fmt: skip
    with app.app_context():
        cancel(db.session.get_one(GroupSession, evening.tonight), "Snow")
        db.session.commit()
    assert "no session is scheduled" in names(kit).text
    with app.app_context():
        assert len(db.session.scalars(select(Membership).where(Membership.supervises)).all()) == 1


@pytest.mark.database
def test_who_runs_the_group_later_supervises_it_no_more(
    app, phone_of, ana, max_, femi, evening, names, standing, clock
):
    standing(ana, "zq-before")
    names(femi)
    clock.move_to(TONIGHT)
    desk = phone_of(max_)
    page = desk.get(f"/clinic/groups/{evening.id}")
    desk.fill(page, "/facilitators", person=femi.id)
    with app.app_context():
        assert not db.session.scalars(
            select(Membership).where(Membership.supervises, Membership.until_at.is_(None))
        ).all()
    assert "zq-before" in phone_of(femi).get(person_page(evening, ana)).text
    told = phone_of(ana).get("/today").text
    assert "Femi is now a facilitator of Evening IOP, too" in told
    assert "can’t open anything you share" not in told


def test_a_restore_forgets_every_yes(app, phone_of, ana, femi, evening, names, clock):
    names(femi)
    clock.move_to(TONIGHT)
    says(phone_of(ana), MAY_OPEN)
    with app.app_context():
        with db.engine.begin() as connection:
            _close(connection, NOW, TONIGHT)
        assert not db.session.scalars(select(SupervisorAnswer)).all()
