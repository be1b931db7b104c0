"""Private by default; a share is an act, has an end, and can be stopped."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from tests.conftest import NOW, PASSWORD
from tests.pages import Page, Phone
from webapp.accounts.confirming import LASTS, OWN_PASSWORD
from webapp.core import clock as our_clock
from webapp.core.data.db import db
from webapp.program.models import GroupSession
from webapp.sharing.models import Consent, Share

# 42 CFR 2.31(a): patient, who discloses, what, to whom, why, revoking, expiry, redisclosure and
# refusing; the signature and its date stand beside the field.
ELEMENTS = {
    "Whose information": "Mine: Ana.",
    "Who shares it": "Riverside Clinic, through this app.",
    "What is shared": "Only the entries I choose to share, one by one",
    "Who can see it": "The facilitators of Evening IOP. Right now: Cleo.",
    "Why": "For my treatment, at my own request",
    "How I can cancel (revoke) it": "one tap under Sharing or a written note to the clinic",
    "When it ends": "On Tuesday, November 23, 2027, or sooner",
    "Further sharing": "My records can’t be used against me in court",
    "If I say no": "I can still come to group and use everything here.",
}


@pytest.fixture
def entry(wrote, ana):
    """Something that Ana wrote."""
    return wrote(ana, situation="Walked past the old place")


@pytest.fixture
def cleo_sees(phone_of, cleo, evening):
    """Whether Cleo's huddle of tonight has these words."""

    def sees(words: str = "Walked past the old place") -> bool:
        return words in phone_of(cleo).get(f"/clinic/sessions/{evening.tonight}").html

    return sees


def share(phone: Phone, entry: object, sign: str | None = None, **typed: object) -> Page:
    page = phone.get(f"/entries/{entry}/share")
    signed = {"signed_name": sign} if sign else {}
    return phone.fill(page, "/share", **(signed | typed))


def test_what_is_written_is_nobody_elses(phone_of, ana, entry, cleo_sees):
    assert not cleo_sees()
    phone = phone_of(ana)
    assert "Only you." in phone.get(f"/journal/{entry}").text
    assert "You’re not sharing anything" in phone.get("/sharing").text


def test_the_first_share_shows_the_whole_consent(phone_of, ana, cleo, entry):
    page = phone_of(ana).get(f"/entries/{entry}/share")
    for heading, words in ELEMENTS.items():
        assert heading in page.text
        assert words in page.text
    assert "Sign with your name" in page.text
    assert "Today is Monday, November 23." in page.text
    assert "Cleo can open it before group, today at 6:00 PM." in page.text
    assert (
        "No one checks between groups. You can stop sharing anytime. If you need help sooner: "
        "Help now" in page.text
    )


def test_nothing_leaves_without_a_signature(app, phone_of, ana, entry, cleo_sees):
    phone = phone_of(ana)
    for unsigned in (None, "", "   "):
        page = share(phone, entry, signed_name=unsigned, bring_up="y", about="paydays")
        assert page.status == 422
        assert "signed_name-error" in page.ids
        kept = page.form("/share").fields
        assert (kept["about"], kept["bring_up"]) == ("paydays", "y")
    assert not cleo_sees()
    with app.app_context():
        assert db.session.query(Consent).count() == 0


@pytest.mark.database
def test_signed_and_shared_and_the_next_time_without_signing(
    phone_of, ana, entry, wrote, cleo_sees
):
    phone = phone_of(ana)
    assert "Shared with your facilitators." in share(phone, entry, "Ana").text
    assert cleo_sees()
    another = wrote(ana, situation="Fight about the car")
    page = phone.get(f"/entries/{another}/share")
    assert "Sign with your name" not in page.text
    share(phone, another)
    assert cleo_sees("Fight about the car")


def test_for_tonight_it_ends_by_itself(phone_of, ana, entry, cleo_sees, clock):
    shared = share(phone_of(ana), entry, "Ana", until="session")
    assert "for group today at 6:00 PM. They can open it until tomorrow at 12:00 PM." in shared.text
    clock.move_to(NOW + timedelta(hours=20, minutes=-1))
    assert cleo_sees()
    clock.move_to(NOW + timedelta(hours=20))
    assert not cleo_sees()
    assert "You’re not sharing anything" in phone_of(ana).get("/sharing").text


def test_until_taken_back_it_stays(phone_of, ana, cleo, evening, entry, clock):
    phone = phone_of(ana)
    assert "until you stop sharing." in share(phone, entry, "Ana", until="taken_back").text
    clock.shift(timedelta(days=20))
    desk = phone_of(cleo)
    whole = f"/clinic/groups/{evening.id}/people/{ana.id}"
    assert "Walked past the old place" in desk.get(whole).text
    phone.fill(phone.get("/sharing"), "/end")
    assert "Walked past the old place" not in desk.get(whole).html


def test_bring_up_with_a_word_or_without(phone_of, ana, entry, wrote, cleo_sees):
    phone = phone_of(ana)
    shared = share(phone, entry, "Ana", bring_up="y", about="paydays")
    assert "I want to talk about: paydays" in shared.text
    assert cleo_sees("Wants to talk about: paydays")
    share(phone, wrote(ana), bring_up="y")
    assert "You want to talk about 2 entries." in phone.get("/today").text


def test_words_to_bring_up_without_the_tick_stay_with_ana(phone_of, ana, entry, cleo_sees):
    share(phone_of(ana), entry, "Ana", bring_up=None, about="changed my mind")
    assert not cleo_sees("changed my mind")


@pytest.mark.database
def test_sharing_again_replaces_the_share(phone_of, ana, entry, cleo_sees):
    phone = phone_of(ana)
    share(phone, entry, "Ana", until="session")
    page = share(phone, entry, until="taken_back", bring_up="y")
    assert page.html.count("/end") == 1
    assert "until you stop sharing." in page.text


def test_one_tap_takes_one_back_and_one_tap_all(phone_of, ana, entry, wrote, cleo_sees):
    phone = phone_of(ana)
    share(phone, entry, "Ana")
    for words in ("Second", "Third"):
        share(phone, wrote(ana, situation=words))
    page = phone.get(f"/journal/{entry}")
    assert "No one else can open it" in phone.fill(page, "/end").text
    assert [cleo_sees(), cleo_sees("Second"), cleo_sees("Third")] == [False, True, True]
    assert "Nothing is shared anymore." in phone.fill(phone.get("/sharing"), "/stop").text
    assert not cleo_sees("Second")
    assert not cleo_sees("Third")


def test_sharing_while_saving_needs_no_second_page_once_there_is_a_consent(
    phone_of, ana, entry, cleo_sees
):
    phone = phone_of(ana)
    first = phone.fill(phone.get("/journal/new"), "/journal/new", urge="6", share="1", bring_up="1")
    assert "Saved. One more step to share it." in first.text
    assert first.form("/share").fields["bring_up"] == "y"
    phone.fill(first, "/share", signed_name="Ana")
    typed = {"urge": "6", "situation": "At once", "share": "1"}
    second = phone.fill(phone.get("/journal/new"), "/journal/new", **typed)
    assert "Saved and shared with your facilitators." in second.text
    assert cleo_sees("At once")


def test_ben_neither_shares_nor_takes_back_what_is_anas(phone_of, ana, ben, kit, entry, cleo_sees):
    phone, bens = phone_of(ana), phone_of(ben)
    page = share(phone, entry, "Ana")
    assert bens.get(f"/entries/{entry}/share").status == 404
    assert bens.post(f"/entries/{entry}/share", {"until": "session"}).status == 404
    assert bens.post(page.form("/end").action).status == 404
    assert bens.post(f"/shares/{uuid4()}/end").status == 404
    assert cleo_sees()
    assert "Walked past" not in bens.get("/sharing").html


def test_a_cancelled_evening_closes_its_shares(app, phone_of, ana, entry, evening, cleo_sees):
    phone = phone_of(ana)
    share(phone, entry, "Ana", until="session")
    with app.app_context():
        tonight = db.session.get_one(GroupSession, evening.tonight)
        tonight.cancelled_at = our_clock.now()
        db.session.commit()
    assert not cleo_sees()
    assert "You’re not sharing anything" in phone.get("/sharing").text


def test_a_moved_evening_lengthens_no_share_until_its_author_says_so(
    app, phone_of, ana, entry, wrote, shared, evening, cleo_sees, clock
):
    phone, other = phone_of(ana), wrote(ana, situation="Payday")
    share(phone, entry, "Ana", until="session")
    former = shared(ana, other, evening)
    longer = "Share it for the new time"
    assert longer not in phone.get("/sharing").text
    with app.app_context():
        tonight = db.session.get_one(GroupSession, evening.tonight)
        tonight.moved_from = tonight.starts_at
        tonight.starts_at += timedelta(days=1)
        tonight.ends_at += timedelta(days=1)
        db.session.get_one(Share, former).closes_at = None  # made before ends were kept
        db.session.commit()
    page = phone.get("/sharing")
    said = "for group tomorrow at 6:00 PM. They can open it until tomorrow at 12:00 PM."
    assert said in page.text
    assert "They can open it until tomorrow at 11:00 PM." in page.text
    assert page.text.count(longer) == 1
    assert "closes when we said it would" in phone.get(f"/week/sessions/{evening.tonight}").text
    clock.shift(timedelta(hours=20))
    assert not cleo_sees()
    assert cleo_sees("Payday")
    share(phone, entry, until="session")
    assert "They can open it until tomorrow at 12:00 PM." in phone.get("/sharing").text
    assert cleo_sees()


def test_who_opened_what_and_when(phone_of, ana, cleo, evening, entry, wrote, clock):
    phone = phone_of(ana)
    share(phone, entry, "Ana")
    assert "No one has opened this yet." in phone.get("/sharing").text
    clock.shift(timedelta(minutes=41))
    phone_of(cleo).get(f"/clinic/sessions/{evening.tonight}")
    clock.shift(timedelta(minutes=30))
    line = "Opened by Cleo, today at 4:41 PM."
    for address in ("/sharing", f"/journal/{entry}"):
        assert line in phone.get(address).text
    # It stays when it isn't shared any more: what was opened was opened.
    ended = phone.fill(phone.get("/sharing"), "/end")
    assert "No longer shared" in ended.text
    assert line in ended.text


def test_in_two_groups_ana_chooses_with_which(
    phone_of, put_into, ana, cleo, kit, evening, morning, entry
):
    put_into(morning, ana)
    phone = phone_of(ana)
    page = phone.get(f"/entries/{entry}/share")
    assert "Share with Evening IOP" in page.text
    other = phone.get(next(link for link in page.links if f"group={morning.id}" in link))
    assert "Kit can open it before group" in other.text
    assert "Right now: Kit." in other.text
    phone.fill(other, "/share", signed_name="Ana")
    assert "Walked past" in phone_of(kit).get(f"/clinic/sessions/{morning.tonight}").text
    assert "Walked past" not in phone_of(cleo).get(f"/clinic/sessions/{evening.tonight}").html
    # A consent is for one group: the other one asks for its own.
    assert "Sign with your name" in phone.get(f"/entries/{entry}/share").text


def test_without_a_group_there_is_nobody_to_share_with(phone_of, somebody, wrote):
    robin = somebody("robin")
    entry = wrote(robin)
    phone = phone_of(robin)
    assert "You’re not in a group right now" in phone.get(f"/entries/{entry}/share").text
    phone.post(f"/entries/{entry}/share", {"until": "taken_back", "signed_name": "Robin"})
    assert "You’re not sharing anything" in phone.get("/sharing").text
    assert "Share with" not in phone.get("/journal/new").text


def test_a_facilitator_who_comes_later_is_announced(
    app, phone_of, put_into, ana, kit, evening, entry
):
    phone = phone_of(ana)
    share(phone, entry, "Ana", until="taken_back")
    assert "is now a facilitator" not in phone.get("/today").text
    put_into(evening, kit, since=our_clock.now())
    assert (
        "Kit is now a facilitator of Evening IOP, too, and can open what you share"
        in phone.get("/today").text
    )
    assert "these people can see it: Kit" in phone.get("/sharing").text


@pytest.fixture
def wednesday(app, evening, weeks):
    """Evening IOP on Wednesday."""
    with app.app_context():
        start = NOW + timedelta(hours=50)
        return db.session.scalar(
            db.select(GroupSession.id).where(
                GroupSession.group_id == evening.id, GroupSession.starts_at == start
            )
        )


@pytest.mark.parametrize(
    ("address", "typed"), [("/journal", {"urge": "6"}), ("/check-ins", {"mood": "4"})]
)
def test_who_comes_on_wednesdays_shares_for_wednesday(
    app, phone_of, ana, cleo, evening, entry, shared, wednesday, comes_on, address, typed
):
    shared(ana, entry, evening, tonight=False)  # signs the consent
    comes_on(ana, evening, 2)
    phone = phone_of(ana)
    page = phone.get(f"{address}/new")
    assert "Cleo can open it before group, Wed 6:00 PM" in page.text
    page = phone.fill(page, address, share="1", **typed)
    assert "Saved and shared with your facilitators." in page.text
    share(phone, entry)
    with app.app_context():
        still = db.select(Share.group_session_id).where(Share.ended_at.is_(None))
        assert db.session.scalars(still).all() == [wednesday, wednesday]


def test_whose_days_are_all_cancelled_shares_until_it_is_taken_back(
    app, phone_of, ana, evening, entry, wednesday, comes_on
):
    comes_on(ana, evening, 6)  # a day on which nothing is planned
    phone = phone_of(ana)
    assert "until" not in phone.get(f"/entries/{entry}/share").form("/share").fields
    share(phone, entry, "Ana")
    with app.app_context():
        assert db.session.scalars(db.select(Share.group_session_id)).all() == [None]


def test_it_goes_to_the_group_that_the_page_showed_or_to_nobody(
    app, phone_of, ana, evening, morning, entry, shared, put_into, leaves, clock
):
    """Whatever comes between the page and the button: a password, a PIN, another group."""

    def goes_to() -> list[object]:
        with app.app_context():
            shares = select(Share.group_id).where(Share.ended_at.is_(None))
            return list(db.session.scalars(shares.order_by(Share.shared_at)))

    phone, of_morning = phone_of(ana), f"/entries/{entry}/share?group={morning.id}"
    put_into(morning, ana)
    shared(ana, entry, evening)  # there, nothing has to be signed any more
    clock.shift(LASTS)
    page = phone.get(of_morning)
    asked = phone.fill(page, having="until", signed_name="Ana", until="taken_back")
    phone.fill(asked, having=OWN_PASSWORD, own_password=PASSWORD)
    assert goes_to() == [evening.id, morning.id]

    lock = {"phone_pin": "4827", "after": "5", "own_password": PASSWORD}
    phone.fill(phone.get("/you/lock"), having="phone_pin", **lock)
    phone.post("/sharing/stop")
    page = phone.get(of_morning)
    clock.shift(timedelta(minutes=6))
    asked = phone.fill(page, having="until").form(having="phone_pin")
    asked.fields["phone_pin"] = "4827"
    on = phone.post(asked.action, asked.fields, follow=False)
    assert on.response.location == of_morning
    phone.post(of_morning, asked.fields)  # as a browser does by itself
    assert goes_to() == [morning.id]

    page = phone.get(of_morning)
    leaves(morning, ana)
    assert phone.fill(page, having="until").status == 409
    writing = phone.get("/journal/new")
    put_into(morning, ana, since=our_clock.now())
    shared(ana, entry, morning, tonight=False)
    leaves(evening, ana)
    saved = phone.fill(writing, having="share", share="1", situation="On the bus", urge="3")
    assert "One more step to share it." in saved.text
    assert goes_to() == [morning.id]  # of the other entry
