"""What was signed elsewhere, too late, or by another lets nobody in."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from tests.accounts.test_passkeys import NOT_IT, act_kinds
from tests.accounts.test_signing_in import sign_in
from tests.conftest import NOW
from tests.pages import Phone
from tests.passkeys import Device, add, asked_on, come_in
from webapp.accounts.models import Passkey, Person, UsedChallenge
from webapp.accounts.passkeys import LASTS
from webapp.audit.kinds import ActKind
from webapp.core.data.db import db


@pytest.mark.parametrize(
    "bent",
    [
        {"origin": "https://groundwork.example.org"},
        {"origin": "http://localhost.example.org"},
        {"origin": "https://localhost"},
        {"rp_id": "example.org"},
        {"knows_who": False},
        {"credential_id": b"another"},
        {"key": Device().key},
        {"user": b"somebody else's!"},
    ],
    ids=lambda bent: next(iter(bent)),
)
def test_what_was_signed_elsewhere_or_by_nobody_lets_nobody_in(app, phone_of, ana, clock, bent):
    device = add(phone_of(ana))
    for name, value in bent.items():
        setattr(device, name, value)
    phone = Phone(app)
    refused = come_in(phone, device)
    assert NOT_IT in refused.text
    assert refused.address == "/sign-in"
    assert phone.get("/today").address.startswith("/sign-in")


@pytest.mark.parametrize(
    "answer",
    ["", "x", "{}", "[]", "null", "1", '"a"', "[" * 9_000, '{"response": 1}', "x" * 20_000, "\x00",
     json.dumps({"id": "é", "response": {"clientDataJSON": "é"}}),
     json.dumps({"id": "AA", "response": {"clientDataJSON": "bnVsbA"}})],
    ids=range(13),
)  # fmt: skip
def test_what_is_no_answer_is_refused_with_the_sentence(app, phone_of, ana, clock, answer):
    phone = Phone(app)
    page = phone.fill(phone.get("/sign-in"), "/sign-in/passkey", passkey=answer)
    assert (page.status, page.address) == (200, "/sign-in")
    assert NOT_IT in page.text
    hers = phone_of(ana)
    page = hers.fill(hers.get("/you"), "/you/passkeys", having="passkey_name", passkey=answer)
    assert "The passkey wasn’t added." in page.text


@pytest.mark.database
def test_a_challenge_counts_once_and_a_page_writes_nothing(app, phone_of, ana, clock):
    device = add(phone_of(ana))
    phone, second = Phone(app), Phone(app)
    page = phone.get("/sign-in")
    again = second.get("/sign-in")
    asked = asked_on(page)
    answer = device.sign(asked)
    assert phone.fill(page, "/sign-in/passkey", passkey=answer).address == "/today"
    assert NOT_IT in second.fill(again, "/sign-in/passkey", passkey=answer).text
    later = device.sign(asked)
    assert NOT_IT in second.fill(again, "/sign-in/passkey", passkey=later).text
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(UsedChallenge)) == 2
    clock.shift(LASTS + timedelta(seconds=1))
    assert come_in(second, device).address == "/today"
    with app.app_context():  # the old ones are gone
        assert db.session.scalar(select(func.count()).select_from(UsedChallenge)) == 1


def test_a_page_that_was_open_too_long_brings_a_new_one_that_works(app, phone_of, ana, clock):
    device = add(phone_of(ana))
    phone = Phone(app)
    page = phone.get("/sign-in")
    clock.shift(LASTS)
    refused = come_in(phone, device, page)
    assert NOT_IT in refused.text
    assert come_in(phone, device, refused).address == "/today"


def test_an_answer_to_one_question_is_none_to_another(app, phone_of, ana, ben, clock):
    hers, his = phone_of(ana), phone_of(ben)
    device = add(hers)
    page = Phone(app).get("/sign-in")
    signed_in = device.sign(asked_on(page))
    unlock = hers.get("/unlock")
    assert NOT_IT in hers.fill(unlock, "/unlock/passkey", passkey=signed_in).text
    confirming = device.sign(asked_on(unlock))
    phone = Phone(app)
    assert NOT_IT in phone.fill(phone.get("/sign-in"), "/sign-in/passkey", passkey=confirming).text
    other = phone_of(ana)  # another sign-in of hers
    add(his)
    for theirs in (other, his):
        theirs_page = theirs.get("/unlock")
        assert NOT_IT in theirs.fill(theirs_page, "/unlock/passkey", passkey=confirming).text
    made = Device().make(asked_on(hers.get("/you"), making=True))
    page = his.fill(his.get("/you"), "/you/passkeys", having="passkey_name", passkey=made)
    assert "The passkey wasn’t added." in page.text


def test_bens_passkey_doesnt_open_what_is_anas(app, phone_of, ana, ben, clock):
    hers = phone_of(ana)
    add(hers)
    bens = add(phone_of(ben))
    page = hers.get("/unlock")
    assert NOT_IT in hers.fill(page, "/unlock/passkey", passkey=bens.sign(asked_on(page))).text


def test_nobody_takes_a_passkey_that_another_has(app, phone_of, ana, ben, clock):
    device = add(phone_of(ana))
    his = phone_of(ben)
    page = his.get("/you")
    answer = device.make(asked_on(page, making=True))
    page = his.fill(page, "/you/passkeys", having="passkey_name", passkey=answer)
    assert "The passkey wasn’t added." in page.text


@pytest.mark.database
def test_sent_twice_it_is_added_once(app, phone_of, ana, clock):
    phone = phone_of(ana)
    page = phone.get("/you")
    answer = Device().make(asked_on(page, making=True))
    for _twice in range(2):
        phone.fill(page, "/you/passkeys", having="passkey_name", passkey=answer)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Passkey)) == 1


def test_one_whose_count_goes_back_may_be_a_copy_and_ana_reads_of_it(app, phone_of, ana, clock):
    hers = phone_of(ana)
    device = add(hers)
    assert come_in(Phone(app), device).address == "/today"
    device.count -= 1
    assert NOT_IT in come_in(Phone(app), device).text
    assert act_kinds(app)[-1] == ActKind.PASSKEY_REFUSED
    assert "It may have been copied." in hers.get("/sharing/activity").text
    device.count += 5
    assert come_in(Phone(app), device).address == "/today"


def test_an_account_that_was_closed_has_no_passkeys(app, phone_of, cleo, evening, clock):
    device = add(phone_of(cleo))
    with app.app_context():
        db.session.execute(update(Person).values(disabled_at=NOW))
        db.session.commit()
    assert NOT_IT in come_in(Phone(app), device).text


def test_a_tab_from_before_a_sign_in_changes_nothing(app, phone_of, ana, ben, clock):
    device = add(phone_of(ana))
    phone = Phone(app)
    old = phone.get("/sign-in")
    sign_in(phone, "ben")
    late = come_in(phone, device, old)
    assert late.status == 400
    assert "Ben" in phone.get("/you").html


def test_signed_out_a_page_from_before_adds_nothing(app, phone_of, ana, clock):
    phone = phone_of(ana)
    page = phone.get("/you")
    answer = Device().make(asked_on(page, making=True))
    phone.fill(page, "/sign-out")
    late = phone.fill(page, "/you/passkeys", having="passkey_name", passkey=answer)
    assert late.status in (400, 401)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Passkey)) == 0


def test_the_host_that_is_claimed_decides_nothing(app, phone_of, ana, clock):
    device = add(phone_of(ana))
    device.origin = "http://evil.example"
    phone = Phone(app, base_url="http://evil.example")
    page = phone.get("/sign-in")
    assert asked_on(page)["rpId"] == "localhost"
    assert NOT_IT in come_in(phone, device, page).text
