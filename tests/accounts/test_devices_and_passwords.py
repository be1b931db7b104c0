"""Where one is signed in, a new password, and the code from the facilitator."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest

from tests.conftest import PASSWORD
from tests.pages import Page, Phone
from webapp.accounts.actions import CODE
from webapp.core.throttle import count_try

NEW = "orchard velvet seven kites"
ANDROID = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/120 Mobile Safari/537.36"


def is_in(phone: Phone) -> bool:
    return phone.get("/today").address == "/today"


def sign_in(phone: Phone, username: str, password: str, **options: str) -> Page:
    sent = {"username": username, "password": password}
    return phone.post("/sign-in", sent, headers=options)


def test_ana_sees_her_devices_and_ends_the_one_she_lost(app, phone_of, ana):
    lost, own = Phone(app), phone_of(ana)
    sign_in(lost, "ana", PASSWORD, **{"User-Agent": ANDROID})

    you = own.get("/you")
    assert "Android, Chrome" in you.text
    assert "this device" in you.text
    assert "Signed out of that device." in own.fill(you, "/end").text

    assert not is_in(lost)
    assert is_in(own)


def test_ana_ends_all_others_at_once(phone_of, ana):
    others, own = [phone_of(ana), phone_of(ana)], phone_of(ana)
    own.fill(own.get("/you"), "/end-others")
    assert not any(is_in(other) for other in others)
    assert is_in(own)
    assert "Sign out of all other devices" not in own.get("/you").text


def test_ben_cannot_end_anas_device_or_see_it(phone_of, ana, ben):
    anas, bens = phone_of(ana), phone_of(ben)
    phone_of(ana)
    end = anas.get("/you").form("/end").action
    assert bens.post(end).status == 404
    assert bens.post(f"/you/devices/{uuid4()}/end").status == 404
    assert is_in(anas)


def test_signing_out_ends_this_device_only(phone_of, ana):
    here, there = phone_of(ana), phone_of(ana)
    stolen = here.client.get_cookie("groundwork").value
    here.fill(here.get("/you"), "/sign-out")
    here.client.set_cookie("groundwork", stolen)
    assert not is_in(here)  # a copy of the cookie is worth nothing any more
    assert is_in(there)


def test_the_eleventh_device_ends_the_one_used_longest_ago(phone_of, ana, clock):
    phones = []
    for _ in range(11):
        clock.shift(timedelta(minutes=1))
        phones.append(phone_of(ana))
    assert not is_in(phones[0])
    assert all(is_in(phone) for phone in phones[1:])


def test_a_new_password_signs_every_other_device_out(app, phone_of, ana):
    own, other = phone_of(ana), phone_of(ana)
    form = own.get("/you/password")
    done = own.fill(form, "/you/password", current=PASSWORD, password=NEW)
    assert "You’re signed out of every other device" in done.text
    assert is_in(own)
    assert not is_in(other)
    assert sign_in(Phone(app), "ana", PASSWORD).status == 422
    assert sign_in(Phone(app), "ana", NEW).address == "/today"


def test_without_the_password_of_now_there_is_no_new_one(phone_of, ana):
    phone = phone_of(ana)
    form = phone.get("/you/password")
    answer = phone.fill(form, "/you/password", current="something else", password=NEW)
    assert answer.status == 422
    assert "That password isn’t right." in answer.text


@pytest.fixture
def code(phone_of, ana, cleo, evening) -> str:
    """The reset code that Cleo hands to Ana."""
    desk = phone_of(cleo)
    page = desk.fill(desk.get(f"/clinic/groups/{evening.id}"), f"/{ana.id}/reset")
    assert "Reset code: Ana ana" in page.text
    return code_on(page)


def code_on(page: Page) -> str:
    found = re.search(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b", page.text)
    assert found is not None
    return found[0]


def reset(phone: Phone, code: str, password: str = NEW, username: str = "ana") -> Page:
    typed = {"username": username, "code": code, "password": password}
    return phone.fill(phone.get("/reset"), "/reset", **typed)


def test_a_reset_code_gives_a_new_password_and_ends_every_sign_in(app, phone, phone_of, ana, code):
    before = phone_of(ana)
    done = reset(phone, code)
    assert done.address == "/today"
    assert "Your new password is saved." in done.text
    assert not is_in(before)
    assert sign_in(Phone(app), "ana", PASSWORD).status == 422


def test_a_reset_code_works_once(app, phone, code):
    reset(phone, code)
    again = reset(Phone(app), code, "another four word phrase")
    assert again.status == 422
    assert "the code is no longer valid" in again.text


def test_a_reset_code_works_for_a_day(phone, code, clock):
    clock.shift(timedelta(hours=24))
    assert reset(phone, code).status == 422


def test_a_newer_code_ends_the_one_before(phone, phone_of, cleo, ana, evening, code):
    desk = phone_of(cleo)
    newer = desk.fill(desk.get(f"/clinic/groups/{evening.id}"), f"/{ana.id}/reset")
    assert reset(phone, code).status == 422
    assert reset(phone, code_on(newer)).address == "/today"


def test_a_weak_password_does_not_use_the_code_up(phone, code):
    refused = reset(phone, code, "short")
    assert refused.status == 422
    assert refused.form().fields["code"] == code
    assert reset(phone, code.lower().replace("-", " ")).address == "/today"


def test_guessing_at_a_code_is_slowed_down(app, phone, code, clock):
    guess = code[:5] + "0000-0000"
    with app.app_context():
        for _ in range(299):
            count_try((CODE, code[:4]))
    assert reset(phone, guess).status == 422
    # However its look-alikes are spelled: it is the same code that is being tried.
    refused = reset(phone, f"{code[0]}-{code[1:]}")
    assert refused.status == 429
    assert refused.response.headers["Retry-After"] == "1"
    clock.shift(timedelta(seconds=1))
    assert reset(phone, code).address == "/today"


def test_only_who_looks_after_ana_makes_her_a_code(phone_of, ana, ben, kit, max_, cleo, evening):
    address = f"/clinic/groups/{evening.id}/people/{ana.id}/reset"
    for other in (ana, ben, kit, max_):
        assert phone_of(other).post(address).status == 404
    # The administrator sees no patients; the facilitators are in their care.
    facilitators = f"/clinic/groups/{evening.id}/people/{cleo.id}/reset"
    assert phone_of(max_).post(facilitators).status == 200
    assert phone_of(cleo).post(facilitators).status == 404


def reset_code(desk: Phone, group, person) -> str:
    page = desk.post(f"/clinic/groups/{group.id}/people/{person.id}/reset")
    return re.search(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b", page.text)[0]


def test_ana_hears_of_every_code_that_was_made_for_her(phone_of, ana, cleo, evening, clock):
    reset_code(phone_of(cleo), evening, ana)
    own = phone_of(ana)
    assert re.search("Cleo made a reset code for your account, today", own.get("/today").text)
    assert "Cleo made a reset code for you, today" in own.get("/you").text
    clock.shift(timedelta(days=8))
    assert "Cleo made" not in own.get("/today").text
    assert "Cleo made a reset code for you" in own.get("/you").text


@pytest.mark.parametrize("how", ["a new password", "out everywhere else"])
def test_a_code_made_before_ends_with(app, how, phone_of, ana, cleo, evening):
    code = reset_code(phone_of(cleo), evening, ana)
    own = phone_of(ana)
    if how == "a new password":
        own.fill(own.get("/you/password"), having="current", current=PASSWORD, password=NEW)
    else:
        phone_of(ana)
        own.fill(own.get("/you"), "/end-others")
    stranger = Phone(app)
    assert reset(stranger, code, "another orchard of kites").status == 422


def test_a_lost_phone_is_told_that_it_was_signed_out_and_one_that_timed_out_is_not(
    phone_of, ana, clock
):
    own, lost = phone_of(ana), phone_of(ana)
    own.fill(own.get("/you"), "/end-others")
    asked = lost.get("/today")
    assert asked.address.startswith("/sign-in")
    assert asked.response.headers["Groundwork-Left"] == "1"
    assert "Groundwork-Left" not in own.get("/sign-in").response.headers

    timed_out = phone_of(ana)
    clock.shift(timedelta(days=60))
    assert "Groundwork-Left" not in timed_out.get("/sign-in").response.headers


def test_a_phone_that_was_signed_out_is_told_once_to_keep_nothing(phone_of, ana):
    phone = phone_of(ana)
    door = phone.fill(phone.get("/you"), "/sign-out")
    assert door.address == "/sign-in"
    assert door.response.headers["Groundwork-Left"] == "1"
    assert "Groundwork-Left" not in phone.get("/sign-in").response.headers


def test_the_eleventh_device_takes_no_kept_plan_from_the_first(phone_of, ana, clock):
    first = phone_of(ana)
    for _ in range(10):
        clock.shift(timedelta(hours=1))
        phone_of(ana)
    asked = first.get("/today")
    assert asked.address.startswith("/sign-in")
    assert "Groundwork-Left" not in asked.response.headers
