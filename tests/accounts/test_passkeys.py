"""Signing in by a passkey: for everybody who wants one, and for nobody else who has the page."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, select

from tests.accounts.test_phone_lock import sets_lock
from tests.accounts.test_second_factor import GIVE, SET_UP, half, required, set_up
from tests.accounts.test_signing_in import sign_in
from tests.conftest import NOW, PASSWORD
from tests.pages import Page, Phone
from tests.passkeys import Device, add, asked_on, come_in
from webapp.accounts.actions import issue_reset
from webapp.accounts.models import Passkey, Person
from webapp.audit.kinds import ActKind
from webapp.audit.models import Act
from webapp.config import Settings
from webapp.core.data.db import db

NOT_IT = "That passkey didn’t work"


def act_kinds(app: Flask) -> list[ActKind]:
    with app.app_context():
        return [ActKind(kind) for kind in db.session.scalars(select(Act.kind).order_by(Act.number))]


def test_ana_adds_a_passkey_and_signs_in_by_it_alone(app, phone_of, ana, clock):
    hers = phone_of(ana)
    device = add(hers)
    page = hers.get("/you")
    assert "My phone" in page.text
    other = Phone(app)
    assert come_in(other, device).address == "/today"
    assert "Last used today" in other.get("/you").text
    assert act_kinds(app)[-2:] == [ActKind.SIGNED_IN, ActKind.PASSKEY_USED]
    assert "You signed in with a passkey." in other.get("/sharing/activity").text


def test_she_comes_where_she_was_going_and_the_shared_computer_forgets_her(
    app, phone_of, ana, clock
):
    device = add(phone_of(ana))
    phone = Phone(app)
    page = phone.get("/plan")
    form = page.form("/sign-in/passkey")
    assert form.action.endswith("?next=/plan")
    answer = device.sign(asked_on(page))
    assert phone.fill(page, "/sign-in/passkey", passkey=answer, own_phone="").address == "/plan"
    with phone.client.session_transaction(base_url=phone.base_url) as kept:
        assert not kept.permanent


def test_several_each_named_and_ended_singly(app, phone_of, ana, clock):
    phone = phone_of(ana)
    one, two = add(phone, name="Old phone"), add(phone, name="Laptop")
    page = phone.get("/you")
    assert "Old phone" in page.text
    with app.app_context():
        old = next(row.id for row in db.session.scalars(select(Passkey)) if row.name == "Old phone")
    page = phone.fill(page, f"/you/passkeys/{old}/end")
    assert "That passkey no longer works." in page.text
    assert "Old phone" not in page.text
    stranger = Phone(app)
    refused = come_in(stranger, one)
    assert NOT_IT in refused.text
    assert sign_in(Phone(app), "ana").address == "/today"  # the password stays
    assert come_in(stranger, two).address == "/today"
    assert phone.post(f"/you/passkeys/{old}/end").status == 404


def test_one_without_a_name_is_called_as_the_device_is(app, phone_of, ana, clock):
    phone = phone_of(ana)
    add(phone, name="")
    assert "<b>Browser</b>" in phone.get("/you").html


def test_one_that_counts_nothing_signs_in_again_and_again(app, phone_of, ana, clock):
    device = add(phone_of(ana), Device(counts=False))
    for _again in range(2):
        assert come_in(Phone(app), device).address == "/today"


def test_a_passkey_stands_for_the_password_before_what_is_dangerous(app, phone_of, ana, clock):
    phone = phone_of(ana)
    device = add(phone)
    clock.shift(timedelta(minutes=11))
    page = phone.get("/you")
    answer = Device().make(asked_on(page, making=True))
    asked = phone.fill(
        page, "/you/passkeys", having="passkey_name", passkey=answer, passkey_name="Second one"
    )
    assert asked.status == 422
    wrong = phone.fill(asked, having="own_passkey", own_passkey="{}")
    assert "That passkey didn’t work. Enter your password." in wrong.text
    signed = device.sign(asked_on(wrong, "own_passkey"))
    done = phone.fill(wrong, having="own_passkey", own_passkey=signed)
    assert "Your passkey is added." in done.text
    assert "Second one" in done.text
    clock.shift(timedelta(minutes=11))
    asked = phone.post("/you/devices/end-others")
    stale = phone.fill(asked, having="own_passkey", own_passkey=signed)
    assert stale.status == 422
    # Where the page itself asks, she needn't fail by password first.
    for address, done in (("/you/everything", 200), ("/you/erase", 200)):
        page = phone.get(address)
        signed = device.sign(asked_on(page, "own_passkey"))
        assert phone.fill(page, having="own_passkey", own_passkey=signed).status == done
        clock.shift(timedelta(minutes=11))
    assert "in a week" not in phone.get("/you/erase").text


def test_it_opens_the_page_that_was_hidden(app, phone_of, ana, clock):
    phone = phone_of(ana)
    assert "To add one, open Groundwork at localhost" in phone.get("/you").text
    device = add(phone)
    phone.fill(phone.get("/today"), "/hide")
    asked = phone.get("/plan")
    assert asked.address.startswith("/unlock")
    answer = device.sign(asked_on(asked))
    assert phone.fill(asked, "/unlock/passkey", passkey=answer).address == "/plan"


def test_beside_the_pin_it_opens_a_locked_phone_and_what_was_sent_comes_through(
    app, phone_of, ana, clock
):
    phone = phone_of(ana)
    device = add(phone)
    sets_lock(phone, after=1)
    page = phone.get("/journal/new")
    clock.shift(timedelta(minutes=2))
    asked = phone.fill(page, having="situation", urge="5", situation="On my way home")
    assert "Use your password" in asked.text  # and the PIN, and a passkey, on one page
    form = {"having": "own_passkey", "own_passkey": "{}"}
    wrong = phone.fill(asked, **form)
    assert "That passkey didn’t work. Enter your PIN." in wrong.text
    wrong = phone.fill(wrong, **form | {"own_passkey": "x" * 20_000})
    assert wrong.status == 422
    form["own_passkey"] = device.sign(asked_on(wrong, "own_passkey"))
    sent = wrong.form(having="own_passkey")
    fields = sent.fields
    fields["own_passkey"] = form["own_passkey"]
    on = phone.post(sent.action, fields, follow=False)
    assert (on.status, on.response.location) == (307, "/journal/new")
    phone.post("/journal/new", fields)  # as a browser brings it along
    assert "On my way home" in phone.get("/journal").html
    clock.shift(timedelta(minutes=2))
    asked = phone.get("/plan")
    assert phone.fill(asked, **form).status == 422  # an answer counts once
    form["own_passkey"] = device.sign(asked_on(asked, "own_passkey"))
    assert phone.fill(asked, **form).address == "/plan"


def test_a_new_password_of_a_patient_ends_her_passkeys(app, phone_of, ana, clock):
    phone = phone_of(ana)
    device = add(phone)
    new = "copper window seven clouds"
    assert "A new password ends all your passkeys" in phone.get("/you").text
    phone.fill(phone.get("/you/password"), having="current", current=PASSWORD, password=new)
    assert "My phone" not in phone.get("/you").text
    assert NOT_IT in come_in(Phone(app), device).text


def test_it_is_offered_after_a_password_sign_in_at_the_end_of_today_once(app, ana, clock):
    phone = Phone(app)
    page = sign_in(phone, "ana")
    assert "Add a passkey" in page.text
    assert "Add a passkey" not in phone.get("/today").text
    add(phone)
    assert "Add a passkey" not in sign_in(Phone(app), "ana").text
    shared = Phone(app)
    page = shared.fill(shared.get("/sign-in"), username="ana", password=PASSWORD, own_phone=None)
    assert "Add a passkey" not in page.text


def test_staff_are_offered_one_once_after_the_password_where_they_keep_their_second_step(
    app, phone_of, cleo, max_, evening, clock
):
    def offered(page: Page) -> bool:
        return f"{SET_UP}#passkeys" in page.links and "Next time, you can sign in" in page.text

    for who, someone in (("cleo", cleo), ("max", max_)):
        required(app, NOW + timedelta(days=3))
        asked = sign_in(Phone(app), who)  # to set up a second step, on the same page
        assert ("3 days left" in asked.text, offered(asked)) == (True, False)
        _secret, codes = set_up(phone_of(someone))
        phone, asked = half(app, who)
        page = phone.fill(asked, having="digits", digits=codes[0])
        assert (page.address, offered(page)) == ("/clinic", True)
        assert not offered(phone.get("/clinic"))
        shared = Phone(app)
        asked = shared.fill(shared.get("/sign-in"), username=who, password=PASSWORD, own_phone=None)
        assert not offered(shared.fill(asked, having="digits", digits=codes[1]))
        add(phone, at=SET_UP)
        phone, asked = half(app, who)
        assert not offered(phone.fill(asked, having="digits", digits=codes[2]))


def test_for_cleo_it_is_both_steps_and_ends_what_was_signed_in_without(
    app, phone_of, cleo, evening, clock
):
    required(app, NOW)
    desk, other = phone_of(cleo), phone_of(cleo)
    assert desk.get("/clinic").address.startswith(SET_UP)
    device = add(desk, at=SET_UP)
    assert "Your second step is on" in desk.get(SET_UP).text
    assert desk.get("/clinic").address == "/clinic"
    assert other.get("/clinic").address.startswith("/sign-in")
    assert come_in(Phone(app), device).address == "/clinic"
    phone, asked = half(app)
    assert asked.address == GIVE  # the password alone isn't enough any more
    assert "Use your passkey. Or enter one of your backup codes." in asked.text
    assert "authenticator" not in asked.text
    assert phone.get("/clinic").address.startswith("/sign-in")
    refused = phone.fill(asked, "/sign-in/passkey", passkey="{}")
    assert (refused.address, NOT_IT in refused.text) == (GIVE, True)
    assert come_in(phone, device, refused).address == "/clinic"


def test_cleo_keeps_her_only_second_step_and_has_paper_for_it(app, phone_of, cleo, evening, clock):
    desk = phone_of(cleo)
    add(desk, at=SET_UP)
    page = desk.get(SET_UP)
    assert "You have 0 backup codes left." in page.text
    with app.app_context():
        id = db.session.scalar(select(Passkey.id))
    assert "This is your only second step." in desk.fill(page, f"/{id}/end").text
    paper = desk.fill(desk.get(SET_UP), "/recovery-codes")
    code = paper.html.split('<li class="code">')[1].split("<")[0]
    phone, asked = half(app)
    assert phone.fill(asked, having="digits", digits=code).address == "/clinic"
    add(desk, at=SET_UP, name="Other")
    assert "no longer works" in desk.fill(desk.get(SET_UP), f"/{id}/end").text


def test_a_reset_code_goes_around_no_passkey_of_the_staff(app, phone_of, cleo, evening, clock):
    device = add(phone_of(cleo), at=SET_UP)
    with app.app_context():
        code = issue_reset(db.session.scalars(select(Person)).one(), None)
        db.session.commit()
    phone = Phone(app)
    new = "copper window seven clouds"
    page = phone.fill(phone.get("/reset"), username="cleo", code=code, password=new)
    assert page.address == GIVE
    assert come_in(phone, device, page).address == "/clinic"


def at(address: str, **other: object) -> tuple[str, str] | None:
    return Settings(Path("/x"), "sqlite://", address=address, **other).passkeys_at


def test_passkeys_are_bound_to_the_clinics_address_and_offered_nowhere_else():
    assert at("https://groundwork.example.org") == (
        "groundwork.example.org", "https://groundwork.example.org",
    )  # fmt: skip
    assert at("https://clinic.example.org:8443") == (
        "clinic.example.org", "https://clinic.example.org:8443",
    )  # fmt: skip
    assert at("http://localhost:8000", plain_http=True) == ("localhost", "http://localhost:8000")
    assert at("", demo=True) == ("localhost", "")
    assert at("", plain_http=True) == ("localhost", "")
    for address in ("https://192.0.2.7", "https://[2001:db8::1]", "https://127.0.0.1:8443"):
        assert at(address) is None
    for address in ("http://groundwork.example.org", "http://127.0.0.1:8000"):
        assert at(address, plain_http=True) is None


def test_where_there_can_be_none_nothing_is_offered_and_nothing_asked(
    app, phone_of, ana, clock, monkeypatch
):
    device = add(phone_of(ana))
    page = Phone(app).get("/sign-in")
    answer = device.sign(asked_on(page))
    monkeypatch.setattr(Settings, "passkeys_at", None)
    phone = Phone(app)
    page = phone.get("/sign-in")
    assert "passkey" not in page.html
    assert "webauthn" not in page.html
    assert "passkey" not in sign_in(phone, "ana").html
    assert "passkey" not in phone.get("/you").html.lower()
    assert "passkey" not in phone.get("/unlock").html
    late = Phone(app).post("/sign-in/passkey", {"passkey": answer})
    assert NOT_IT in late.text


@pytest.mark.database
def test_a_passkey_locks_a_phone_without_a_pin(app, phone_of, ana, clock):
    phone = phone_of(ana)
    without = phone.get("/you/lock")
    assert "/you#passkeys" in without.links
    assert sets_lock(phone, "").status == 422, "who has no passkey needs a PIN"
    device = add(phone)
    assert "leave it blank" in phone.get("/you/lock").text
    assert "This phone has a lock now." in sets_lock(phone, "", after=0).text
    for pin in ("4827", "", "0"):  # no PIN opens what has none, and none of them counts
        phone.post("/lock/now")
        asked = phone.get("/plan")
        assert asked.address.startswith("/lock")
        assert "phone_pin" not in asked.html
        assert "This phone is locked" in asked.text
        assert phone.post("/lock", {"phone_pin": pin}).address == "/lock"
        assert phone.get("/plan").address.startswith("/lock")
    wrong = phone.fill(asked, having="own_passkey", own_passkey=Device().sign(asked_on(
        asked, "own_passkey")))  # fmt: skip
    assert "Try again, or use your password." in wrong.text
    answer = device.sign(asked_on(wrong, "own_passkey"))
    assert phone.fill(wrong, having="own_passkey", own_passkey=answer).address == "/plan"
    phone.post("/lock/now")
    asked = phone.fill(phone.get("/unlock"), "/unlock", password=PASSWORD)
    assert asked.address == "/today", "and so does the password"
    # Without her passkey, the password is what is left; never nothing at all.
    with app.app_context():
        db.session.execute(delete(Passkey))
        db.session.commit()
    phone.post("/lock/now")
    asked = phone.get("/plan")
    assert asked.address == "/unlock?next=/plan"
    assert phone.fill(asked, "/unlock", password=PASSWORD).address == "/plan"
    assert sets_lock(phone, "").status == 422
