"""What opens what was begun on a phone: a key that only a page of its author brings."""

import base64
import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests.conftest import NOW, PASSWORD
from tests.pages import Phone
from tests.sync.conftest import OUTBOX, sealed
from webapp.accounts.actions import end_sign_in
from webapp.accounts.models import Person, SignIn
from webapp.accounts.queries import author_mark
from webapp.config import Settings
from webapp.core.data.db import db

WORDS = "Begun in the basement"
LASTS = timedelta(days=30)


def key_on(page) -> str:
    """The key that the page brings, or nothing."""
    return next(iter(re.findall(r'data-seal="([^"]*)"', page.html)), "")


def sign_in(phone: Phone, someone, own_phone: str | None = "y"):
    given = {"username": someone.username, "password": PASSWORD, "own_phone": own_phone}
    page = phone.fill(phone.get("/sign-in"), "/sign-in", **given)
    assert page.address == "/today"


def key_of(phone: Phone) -> str:
    return key_on(phone.get("/journal/new"))


def drafts(phone: Phone, *boxes, headers=OUTBOX):
    return phone.client.post("/sync/drafts", json={"drafts": list(boxes)}, headers=headers)


@pytest.fixture
def signed_in(phone, ana) -> Phone:
    """Ana's phone, on which she signed in by the form."""
    sign_in(phone, ana)
    return phone


def test_every_form_that_keeps_what_was_begun_has_one_key_and_no_other_page_has_any(signed_in):
    keys = {
        key_on(signed_in.get(address))
        for address in ("/journal/new", "/check-ins/new", "/medication/new", "/plan/full/before")
    }
    assert len(keys) == 1
    assert len(base64.b64decode(keys.pop())) == 32
    for other in ("/today", "/you", "/plan/safety", "/plan/safety/kept", "/help-now", "/offline"):
        assert "data-seal" not in signed_in.get(other).html, other


def test_a_page_with_the_key_is_kept_nowhere_and_no_page_that_is_kept_has_it(signed_in):
    assert signed_in.get("/journal/new").response.headers["Cache-Control"] == "no-store"
    for kind in ("trigger", "check-in", "practice", "visit"):
        assert "data-seal" not in signed_in.get(f"/blank/{kind}").html


def test_a_hidden_phone_brings_no_key(signed_in):
    signed_in.fill(signed_in.get("/today"), "/hide")
    page = signed_in.get("/journal/new")
    assert page.address.startswith("/unlock")
    assert "data-seal" not in page.html


def test_a_shared_phone_gets_no_key(phone, ana):
    sign_in(phone, ana, own_phone=None)
    page = phone.get("/journal/new")
    assert page.status == 200
    assert key_on(page) == ""


def test_two_phones_have_two_keys(phone_of, ana):
    assert key_of(phone_of(ana)) != key_of(phone_of(ana))


def test_a_sign_in_after_one_that_ran_out_brings_the_same_key(signed_in, ana, clock):
    before = key_of(signed_in)
    clock.shift(LASTS + timedelta(minutes=1))
    assert signed_in.get("/today").address.startswith("/sign-in")
    sign_in(signed_in, ana)
    assert key_of(signed_in) == before


def test_a_phone_is_known_by_its_cookie_for_as_long_as_a_draft_is_kept(app):
    cookie = timedelta(seconds=app.config["PERMANENT_SESSION_LIFETIME"])
    assert cookie >= timedelta(days=Settings.sign_in_days) + timedelta(days=1)


def test_a_sign_in_after_one_that_was_ended_brings_another_key(app, signed_in, ana):
    before = key_of(signed_in)
    with app.app_context():
        end_sign_in(db.session.scalars(select(SignIn.id)).one())
        db.session.commit()
        assert db.session.scalars(select(SignIn.draft_salt)).all() == [None]
    sign_in(signed_in, ana)
    assert key_of(signed_in) not in ("", before)


def test_signing_out_makes_the_key_impossible_to_make_again(app, signed_in, ana):
    before = key_of(signed_in)
    signed_in.fill(signed_in.get("/you"), "/sign-out")
    with app.app_context():
        assert db.session.scalars(select(SignIn.draft_salt)).all() == [None]
    sign_in(signed_in, ana)
    assert key_of(signed_in) != before


def test_a_former_cookie_brings_no_key_back_once_the_sign_in_that_followed_was_ended(
    app, phone, ana, clock
):
    sign_in(phone, ana)
    with phone.client.session_transaction(base_url=phone.base_url) as cookie:
        token = cookie["_user_id"]
    clock.shift(LASTS + timedelta(minutes=1))
    copied = Phone(app, token)
    sign_in(phone, ana)
    before = key_of(phone)
    phone.fill(phone.get("/you"), "/sign-out")
    sign_in(copied, ana)
    assert key_of(copied) not in ("", before)


def test_who_left_this_phone_without_a_network_finds_no_former_key(app, signed_in, ana):
    before = key_of(signed_in)
    signed_in.client.delete_cookie(app.config["HERE_COOKIE_NAME"])
    assert signed_in.get("/today").address.startswith("/sign-in")
    sign_in(signed_in, ana)
    assert key_of(signed_in) not in ("", before)


def test_who_signs_in_after_leaving_without_a_network_leaves_no_salt_behind(app, signed_in, ana):
    signed_in.client.delete_cookie(app.config["HERE_COOKIE_NAME"])
    sign_in(signed_in, ana)
    with app.app_context():
        salts = db.session.scalars(select(SignIn.draft_salt).order_by(SignIn.started_at)).all()
    assert len([salt for salt in salts if salt]) == 1


def test_ben_never_gets_the_key_of_ana_whose_sign_in_ran_out_on_that_phone(
    app, signed_in, ana, ben
):
    before = key_of(signed_in)
    with app.app_context():
        db.session.execute(update(SignIn).values(expires_at=SignIn.started_at))
        db.session.commit()
    sign_in(signed_in, ben)
    assert key_of(signed_in) not in ("", before)


def test_what_was_begun_on_a_blank_page_is_opened_for_its_author_alone(
    app, ana, ben, outbox_of, phone_of
):
    outbox = outbox_of(ana)
    box = sealed(outbox.key, outbox.mark, {"situation": WORDS, "urge": "6"}, kind="draft")

    answer = drafts(outbox.phone, box)

    assert answer.json == {"words": [["situation", WORDS], ["urge", "6"]]}
    assert answer.headers["Cache-Control"] == "no-store"
    assert drafts(phone_of(ben), box).json == {"words": []}
    with app.app_context():
        other = author_mark(db.session.get_one(Person, ben.id))
    assert drafts(phone_of(ben), box | {"mark": other}).json == {"words": []}


def test_what_cannot_be_opened_stands_in_nobodys_way(ana, outbox_of):
    outbox = outbox_of(ana)
    good = sealed(outbox.key, outbox.mark, {"situation": WORDS}, kind="draft")
    # What waits to be saved is opened where it came back, with its author asked.
    waiting = sealed(outbox.key, outbox.mark, {"situation": WORDS})
    odd = (waiting, good | {"box": "AAAA"}, good | {"key": "gone"}, {}, [], None, "text")
    assert drafts(outbox.phone, *odd, good).json == {"words": [["situation", WORDS]]}


def test_what_was_begun_twice_comes_back_in_its_order(ana, outbox_of):
    outbox = outbox_of(ana)
    begun = [
        sealed(outbox.key, outbox.mark, {"situation": words}, kind="draft", at=at)
        for words, at in (("Second", NOW), ("First", NOW - timedelta(hours=1)))
    ]
    assert drafts(outbox.phone, *begun).json == {
        "words": [["situation", "First"], ["situation", "Second"]]
    }


def test_a_draft_is_never_saved_as_an_entry(ana, outbox_of):
    outbox = outbox_of(ana)
    box = sealed(outbox.key, outbox.mark, {"situation": WORDS, "urge": "6"}, kind="draft")
    assert outbox.send(box) == ["rejected"]


def test_only_a_page_of_ours_asks_and_for_so_many_at_most(ana, outbox_of):
    outbox = outbox_of(ana)
    box = sealed(outbox.key, outbox.mark, {"situation": WORDS}, kind="draft")
    assert drafts(outbox.phone, box, headers={}).status_code == 400
    elsewhere = OUTBOX | {"Origin": "https://elsewhere.example"}
    assert drafts(outbox.phone, box, headers=elsewhere).status_code == 400
    assert drafts(outbox.phone, *[box] * 200).status_code == 200
    assert drafts(outbox.phone, *[box] * 201).status_code == 422
    for body in ([], {}, {"drafts": "text"}, {"drafts": {}}):
        sent = outbox.phone.client.post("/sync/drafts", json=body, headers=OUTBOX)
        assert sent.status_code == 422


def test_nobody_signed_in_gets_nothing_opened(phone, ana, outbox_of):
    outbox = outbox_of(ana)
    box = sealed(outbox.key, outbox.mark, {"situation": WORDS}, kind="draft")
    answer = drafts(phone, box)
    assert answer.status_code == 401
    assert WORDS not in answer.text
