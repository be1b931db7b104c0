"""A phone's own lock: the PIN, when it is asked for, what it never stands in the way of."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.conftest import PASSWORD
from tests.pages import Page, Phone
from tests.sync.conftest import OUTBOX
from webapp.accounts import passwords
from webapp.accounts.models import SignIn
from webapp.audit.kinds import ActKind
from webapp.audit.models import Act
from webapp.core.data.db import db

PIN, WRONG = "4827", "9151"


def sets_lock(phone: Phone, pin: str = PIN, after: int = 5, password: str = PASSWORD) -> Page:
    fields = {"phone_pin": pin, "after": str(after), "own_password": password}
    return phone.fill(phone.get("/you/lock"), having="phone_pin", **fields)


def enters(phone: Phone, pin: str = PIN, at: str = "/today") -> Page:
    return phone.fill(phone.get(at), having="phone_pin", phone_pin=pin)


def asks_for_the_pin(page: Page) -> bool:
    return page.address.startswith("/lock") and "Enter your PIN" in page.text


def rows(app) -> list[SignIn]:
    with app.app_context():
        return list(db.session.scalars(select(SignIn).order_by(SignIn.started_at)))


def acts(app) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(Act.kind).order_by(Act.number)))


@pytest.fixture
def an(phone_of, ana) -> Phone:
    return phone_of(ana)


@pytest.fixture
def locked(an, clock) -> Phone:
    """Ana's phone with a lock, six minutes after she used it."""
    sets_lock(an)
    clock.shift(timedelta(minutes=6))
    return an


@pytest.mark.parametrize("after", [1, 5, 15, 60])
def test_it_asks_after_the_time_she_chose_and_goes_on_where_she_was(an, clock, after):
    assert sets_lock(an, after=after).address == "/you"
    for _ in range(3):  # used now and then, it never asks
        clock.shift(timedelta(seconds=after * 60 - 10))
        assert an.get("/journal").address == "/journal"
    clock.shift(timedelta(minutes=after, seconds=10))
    assert asks_for_the_pin(an.get("/journal"))
    assert enters(an, at="/journal").address == "/journal"
    assert an.get("/today").address == "/today"


def test_left_it_asks_at_once_whoever_holds_the_cookie(app, an, wrote, ana):
    wrote(ana, situation="Mine alone")
    sets_lock(an, after=0)
    copy = Phone(app)
    for name in ("groundwork", "groundwork-here"):
        copy.client.set_cookie(name, an.client.get_cookie(name).value)
    assert an.post("/lock/now", follow=False).status == 204
    for phone in (an, copy):
        asked = phone.get("/journal")
        assert asks_for_the_pin(asked)
        assert "Mine alone" not in asked.html
    # The phone itself forgets the second cookie; that is no reason to ask for more.
    an.client.delete_cookie("groundwork-here")
    assert enters(an, at="/journal").address == "/journal"
    assert "Mine alone" in an.get("/journal").html
    # The copy is of before: her own PIN doesn't open it for whoever made it.
    assert asks_for_the_pin(copy.get("/journal"))


def test_a_phone_that_could_not_say_that_it_was_left_asks_after_five_minutes(an, clock):
    sets_lock(an, after=0)
    clock.shift(timedelta(minutes=5, seconds=31))
    assert asks_for_the_pin(an.get("/today"))


@pytest.mark.database
def test_five_wrong_pins_and_then_only_the_password_opens(app, locked):
    for left in ("4 more tries", "3 more tries", "2 more tries", "1 more try"):
        wrong = enters(locked, WRONG)
        assert wrong.status == 422
        assert left in wrong.text
    assert "Use your password now" in enters(locked, WRONG).text
    asked = locked.get("/journal")
    assert asked.address.startswith("/unlock?next=")
    assert acts(app).count(ActKind.LOCK_TRIES) == 1
    # The right one is too late, on this page and on one that was open.
    assert locked.post("/lock", {"phone_pin": PIN}).address.startswith("/unlock")
    assert locked.get("/today").address.startswith("/unlock")
    back = locked.fill(asked, "/unlock", password=PASSWORD)
    assert back.address == "/journal"
    assert "a wrong PIN was entered here 5 times" in back.text
    locked.post("/lock/now")
    assert enters(locked).address == "/today"


@pytest.mark.database
def test_a_right_pin_forgives_the_wrong_ones_before_it(app, locked):
    for _ in range(3):
        for _ in range(4):
            enters(locked, WRONG)
        opened = enters(locked)
        assert opened.address == "/today"
        # Whoever tries four a day is heard of.
        assert "a wrong PIN was entered here 4 times. If that wasn’t you" in opened.text
        locked.post("/lock/now")
    assert rows(app)[0].pin_tries == 0
    assert "wrong PIN" not in enters(locked).text


def test_who_knows_the_pin_may_read_and_is_asked_for_the_password_all_the_same(an):
    sets_lock(an)  # with the password, a moment ago
    assert an.post("/week/calendar").status == 200
    an.post("/lock/now")
    enters(an)
    assert "Enter your password" in an.post("/week/calendar").text


@pytest.mark.database
def test_two_at_the_same_time_are_two_tries(app, locked, monkeypatch):
    """The second one is sent while the first one is still being looked at."""
    right, seen = passwords.is_right, []

    def slowly(typed: str, hashed: str | None) -> bool:
        seen.append(rows(app)[0].pin_tries)
        if len(seen) < 4:
            twin = Phone(app)
            for name in ("groundwork", "groundwork-here"):
                twin.client.set_cookie(name, locked.client.get_cookie(name).value)
            enters(twin, WRONG)
        return right(typed, hashed)

    monkeypatch.setattr(passwords, "is_right", slowly)
    enters(locked, WRONG)
    assert seen == [1, 2, 3, 4]
    assert rows(app)[0].pin_tries == 4


def test_forgotten_the_password_opens(locked):
    asked = locked.get("/journal")
    link = next(link for link in asked.links if link.startswith("/unlock"))
    assert locked.fill(locked.get(link), "/unlock", password=PASSWORD).address == "/journal"


def test_hide_asks_for_the_password_whatever_the_pin(an):
    sets_lock(an)
    an.fill(an.get("/today"), "/hide")
    assert an.get("/today").address.startswith("/unlock")
    an.post("/lock/now")  # a page that was open says that it was left
    assert an.get("/today").address.startswith("/unlock")
    assert an.post("/lock", {"phone_pin": PIN}).address.startswith("/unlock")
    assert an.fill(an.get("/unlock"), "/unlock", password=PASSWORD).address == "/today"


def test_help_and_writing_stay_open(locked):
    for address in ("/help-now", "/blank/trigger", "/offline", "/quiet", "/mindfulness/feet"):
        page = locked.get(address)
        assert (page.status, page.address) == (200, address)
    assert locked.client.post("/sync", json={"operations": []}, headers=OUTBOX).status_code == 200


def test_what_a_phone_sends_by_itself_is_nobody_being_there(an, clock):
    sets_lock(an)
    for _ in range(4):
        clock.shift(timedelta(minutes=2))
        an.client.post("/sync", json={"operations": []}, headers=OUTBOX)
    assert asks_for_the_pin(an.get("/today"))


def test_no_draft_opens_on_a_locked_phone(locked):
    answer = locked.client.post("/sync/drafts", json={"drafts": []}, headers=OUTBOX)
    assert answer.status_code == 401
    assert "data-seal=" not in locked.get("/mindfulness/feet").html


def test_what_was_sent_as_the_time_was_up_comes_through_after_the_pin(an, clock):
    sets_lock(an)
    page = an.get("/journal/new")
    clock.shift(timedelta(minutes=6))
    asked = an.fill(page, having="situation", urge="5", situation="Words on their way")
    assert asked.status == 401
    assert "Words on their way" not in asked.text
    wrong = an.fill(asked, having="phone_pin", phone_pin=WRONG)
    assert wrong.status == 422
    form = wrong.form(having="phone_pin")
    fields = form.fields
    fields["phone_pin"] = PIN
    on = an.post(form.action or wrong.address, fields, follow=False)
    assert (on.status, on.response.location) == (307, "/journal/new")  # a browser brings it along
    an.post("/journal/new", fields)
    assert "Words on their way" in an.get("/journal").html


def test_what_is_on_the_phone_first_stays_there_until_it_is_sent(an, clock):
    sets_lock(an)
    clock.shift(timedelta(minutes=6))
    kept = an.post("/journal/new", {"situation": "Words on their way", "operation": "one"})
    assert kept.status == 401
    assert "It will be sent automatically" in kept.text
    assert "Words on their way" not in kept.html
    assert "data-done" not in kept.html  # the phone would let go of it
    assert enters(an).address == "/today"


@pytest.mark.parametrize("again", ["//elsewhere.example", "https://elsewhere.example", "/no-such"])
def test_nothing_is_sent_on_to_elsewhere(locked, again):
    asked = locked.post(f"/lock?again={again}", {"phone_pin": PIN}, follow=False)
    assert (asked.status, asked.response.location) == (302, "/today")


@pytest.mark.database
def test_no_sign_in_has_the_pin_of_another(app, an, phone_of, ana, clock):
    other = phone_of(ana)
    sets_lock(an)
    clock.shift(timedelta(minutes=20))
    assert other.get("/today").address == "/today"


def test_signing_in_again_on_this_phone_keeps_its_lock(an):
    sets_lock(an)
    an.fill(an.get("/sign-in"), "/sign-in", username="ana", password=PASSWORD)
    assert an.get("/today").address == "/today"
    an.post("/lock/now")
    assert asks_for_the_pin(an.get("/today"))


def test_nobody_else_on_this_phone_gets_her_lock(an, ben):
    sets_lock(an)
    an.fill(an.get("/sign-in"), "/sign-in", username="ben", password=PASSWORD)
    assert "Lock this phone" in an.get("/you").text


@pytest.mark.parametrize(
    ("pin", "said"),
    [
        ("", "Enter 4 to 6 digits."),
        ("123", "Enter 4 to 6 digits."),
        ("1234567", "Enter 4 to 6 digits."),
        ("48a7", "Enter 4 to 6 digits."),
        ("٤٨٢٧", "Enter 4 to 6 digits."),
        ("0000", "too easy to guess"),
        ("1212", "too easy to guess"),
        ("123456", "too easy to guess"),
        ("4321", "too easy to guess"),
    ],
)
def test_what_is_no_pin_is_refused(app, an, pin, said):
    refused = sets_lock(an, pin)
    assert refused.status == 422
    assert said in refused.text
    assert rows(app)[0].pin_hash is None


@pytest.mark.database
def test_only_who_knows_the_password_sets_changes_or_ends_it(app, an, clock):
    refused = sets_lock(an, password="not the right words at all")
    assert "That password isn’t right." in refused.text
    assert PIN not in refused.html
    assert rows(app)[0].pin_hash is None
    sets_lock(an)
    clock.shift(timedelta(minutes=4))
    an.get("/today")
    clock.shift(timedelta(minutes=4))
    an.get("/today")
    clock.shift(timedelta(minutes=4))  # the password was given twelve minutes ago
    asked = an.fill(an.get("/you/lock"), "/you/lock/end")
    assert "Enter your password" in asked.text
    assert rows(app)[0].pin_hash
    an.fill(asked, having="own_password", own_password=PASSWORD)
    assert rows(app)[0].pin_hash is None
    assert acts(app)[-2:] == [ActKind.LOCK_SET, ActKind.LOCK_ENDED]
    clock.shift(timedelta(minutes=30))
    assert an.get("/today").address == "/today"


def test_the_database_alone_does_not_tell_the_pin(app, an):
    sets_lock(an)
    hashed = rows(app)[0].pin_hash
    assert hashed.startswith("$argon2id$")
    with app.app_context():
        assert not passwords.is_right(PIN, hashed)


def test_looking_writes_nothing(app, an, clock):
    sets_lock(an)
    before = [(row.locks, row.pin_tries, row.last_used_at) for row in rows(app)]
    clock.shift(timedelta(minutes=6))
    for address in ("/today", "/lock", "/lock/here"):
        an.get(address)
    assert [(row.locks, row.pin_tries, row.last_used_at) for row in rows(app)] == before


def test_it_is_offered_quietly_in_the_first_week_and_a_no_is_for_good(an, phone_of, ana, clock):
    offer = "Does anyone else pick up your phone?"
    assert offer not in an.get("/today").text
    clock.shift(timedelta(days=2))
    # One thing at a time: how group was is asked for two days only, so it comes first.
    assert offer not in an.get("/today").text
    an.fill(an.get("/rating"), having="heard", skip="1")
    assert offer in an.get("/today").text
    assert offer not in an.fill(an.get("/today"), "/you/lock/no").text
    assert offer not in phone_of(ana).get("/today").text


def test_it_is_not_offered_after_the_first_week_nor_once_there_is_one(an, ben, phone_of, clock):
    offer = "Does anyone else pick up your phone?"
    clock.shift(timedelta(days=2))
    sets_lock(an)
    assert offer not in an.get("/today").text
    clock.shift(timedelta(days=6))
    assert offer not in phone_of(ben).get("/today").text


def test_a_shared_device_asks_for_the_password_after_fifteen_minutes(phone, ana, clock):
    form = phone.get("/sign-in")
    phone.fill(form, "/sign-in", username="ana", password=PASSWORD, own_phone=None)
    assert phone.get("/you/lock").status == 404
    assert 'data-idle="900"' in phone.get("/today").html
    clock.shift(timedelta(minutes=16))
    assert phone.get("/today").address.startswith("/unlock")


def test_an_unattended_desk_is_covered_after_fifteen_minutes(phone_of, cleo, clock):
    desk = phone_of(cleo)
    assert 'data-idle="900"' in desk.get("/clinic").html
    clock.shift(timedelta(minutes=16))
    assert desk.get("/clinic").address.startswith("/unlock")


def test_a_page_says_how_its_phone_locks(an):
    assert "data-idle" not in an.get("/today").html
    sets_lock(an, after=15)
    assert 'data-idle="900"' in an.get("/today").html
    sets_lock(an, after=0)
    assert 'data-idle="300 left"' in an.get("/today").html
    an.post("/lock/now")
    assert "data-idle" not in an.get("/today").html


@pytest.mark.parametrize("does", ["/sharing/stop", "/reminders/phone/off", "/sign-out"])
def test_a_link_says_nothing_that_the_pin_then_does(locked, does):
    """A link comes from anywhere; what is posted with the PIN only from a form of hers."""
    page = locked.get(f"/lock?again={does}")
    form = page.form(having="phone_pin")
    assert "again" not in form.action
    assert locked.fill(page, having="phone_pin", phone_pin=PIN).address == "/today"


def test_who_holds_the_phone_can_not_have_it_ask_no_more(app, an, clock):
    an.fill(an.get("/you"), having="asks_again", asks_again="y")
    clock.shift(timedelta(minutes=4))
    an.get("/today")
    clock.shift(timedelta(minutes=4))
    an.get("/today")
    clock.shift(timedelta(minutes=4))
    asked = an.fill(an.get("/you"), having="asks_again", name="Anna", asks_again=None)
    assert "Enter your password" in asked.text
    assert "y" in an.get("/you").form(having="asks_again").fields.getlist("asks_again")
    done = an.fill(asked, having="own_password", own_password=PASSWORD)
    assert done.address == "/you"
    assert not done.form(having="asks_again").fields.getlist("asks_again")


def test_a_first_lock_proposes_five_minutes_and_a_later_one_what_was_chosen(an):
    def chosen() -> list[str]:
        inputs = an.get("/you/lock").html.split("<input")
        return [part.split('value="')[1].split('"')[0] for part in inputs if " checked" in part]

    assert chosen() == ["5"]
    sets_lock(an, after=0)
    assert chosen() == ["0"]
