"""Signing in and out, and what strangers can't learn or break by trying."""

from datetime import timedelta

import pytest

from tests.conftest import PASSWORD
from tests.pages import Page, Phone
from webapp import create_app
from webapp.accounts.models import Person
from webapp.core import clock as our_clock
from webapp.core.data.db import db

WRONG = "not the right words at all"


def sign_in(phone: Phone, username: str, password: str = PASSWORD, **fields: object) -> Page:
    return phone.fill(
        phone.get("/sign-in"), "/sign-in", username=username, password=password, **fields
    )


def is_in(phone: Phone) -> bool:
    return phone.get("/today").address == "/today"


def test_ana_signs_in_and_out(phone, ana):
    today = sign_in(phone, "ana")
    assert today.address == "/today"
    assert "Ana" in today.text
    out = phone.fill(phone.get("/you"), "/sign-out")
    assert out.address == "/sign-in"
    assert not is_in(phone)


def test_case_and_spaces_around_a_username_are_forgiven(phone, ana):
    assert sign_in(phone, "  ANA ").address == "/today"


def test_everybody_starts_where_their_work_is(app, ana, cleo, max_):
    assert sign_in(Phone(app), "ana").address == "/today"
    assert sign_in(Phone(app), "cleo").address == "/clinic"
    assert sign_in(Phone(app), "max").address == "/clinic"


def test_a_wrong_password_and_an_unknown_name_are_answered_alike(app, ana, ben):
    _disable(app, ben)
    answers = [
        sign_in(Phone(app), name, password)
        for name, password in [("ana", WRONG), ("nobody", WRONG), ("ben", PASSWORD)]
    ]
    assert {answer.status for answer in answers} == {422}
    assert {answer.text for answer in answers} == {answers[0].text}
    assert "That username or password isn’t right." in answers[0].text
    # The name stays to be corrected; the password is never sent back.
    assert answers[0].form().fields["username"] == "ana"
    assert WRONG not in answers[0].html


def test_after_ten_wrong_tries_even_the_right_password_waits(phone, ana, clock):
    for _ in range(10):
        assert sign_in(phone, "ana", WRONG).status == 422
    assert sign_in(phone, "ana").status == 429
    clock.shift(timedelta(minutes=15, seconds=1))
    assert sign_in(phone, "ana").address == "/today"


def test_a_restart_forgets_no_tries(phone, settings, ana, clock):
    for _ in range(10):
        sign_in(phone, "ana", WRONG)
    restarted = create_app(settings)
    assert sign_in(Phone(restarted), "ana").status == 429
    with restarted.app_context():
        db.engine.dispose()


def test_claiming_other_addresses_does_not_help(phone, ana, clock):
    token = phone.token()

    def attempt(number: int, name: str) -> int:
        sent = {"username": name, "password": WRONG, "csrf_token": token}
        claimed = {"X-Forwarded-For": f"198.51.100.{number}"}
        return phone.post("/sign-in", sent, headers=claimed).status

    assert [attempt(number, "ana") for number in range(11)] == [422] * 10 + [429]
    # Nor does a new name each time: an address has its own count.
    assert [attempt(number, f"name{number}") for number in range(91)][-2:] == [422, 429]


def test_who_is_signed_in_stays_so_while_a_stranger_tries(phone, phone_of, ana, clock):
    own = phone_of(ana)
    for _ in range(11):
        sign_in(phone, "ana", WRONG)
    assert is_in(own)


def test_a_success_wipes_older_mistakes(phone, ana, clock):
    for _ in range(2):
        for _ in range(9):
            sign_in(phone, "ana", WRONG)
        assert sign_in(phone, "ana").address == "/today"
        phone.fill(phone.get("/you"), "/sign-out")


def test_ones_own_phone_stays_signed_in_for_thirty_days(phone, ana, clock):
    sign_in(phone, "ana")
    cookie = phone.client.get_cookie("groundwork")
    assert cookie.expires is not None
    clock.shift(timedelta(days=30, minutes=-1))
    assert is_in(phone)
    clock.shift(timedelta(minutes=2))
    assert not is_in(phone)


def test_a_shared_phone_forgets_when_it_is_closed_and_after_half_a_day(phone, ana, clock):
    sign_in(phone, "ana", own_phone=None)
    cookie = phone.client.get_cookie("groundwork")
    assert cookie.expires is None
    clock.shift(timedelta(hours=12, minutes=-1))
    assert phone.get("/today").address.startswith("/unlock")  # it is left alone for so long
    clock.shift(timedelta(minutes=2))
    assert phone.get("/today").address.startswith("/sign-in")


def test_the_cookie_is_for_this_site_and_not_for_scripts(app, ana):
    cookie = _signed_in_cookie(app)
    assert cookie.http_only
    assert cookie.same_site == "Lax"


@pytest.mark.parametrize(
    ("wanted", "got"),
    [
        ("/journal", "/journal"),
        ("/journal?before=2026-01-01", "/journal?before=2026-01-01"),
        ("//evil.example/today", "/today"),
        ("/\\evil.example", "/today"),
        ("\\evil.example", "/today"),
        ("/\t/evil.example", "/today"),
        ("https://evil.example", "/today"),
        ("javascript:alert(1)", "/today"),
        ("/no/such/page", "/today"),
        ("/sign-out", "/today"),
        ("", "/today"),
    ],
)
def test_after_signing_in_only_own_pages_come_next(phone, ana, wanted, got):
    sent = {"username": "ana", "password": PASSWORD}
    page = phone.post("/sign-in", sent, follow=False, query_string={"next": wanted})
    assert page.status == 302
    assert page.response.headers["Location"] == got


def test_a_page_that_needs_signing_in_is_opened_afterwards(phone, ana):
    asked = phone.get("/sharing")
    assert asked.address.startswith("/sign-in?next=")
    assert phone.fill(asked, username="ana", password=PASSWORD).address == "/sharing"


def test_who_is_disabled_is_out_at_once(app, phone_of, ana):
    own = phone_of(ana)
    assert is_in(own)
    _disable(app, ana)
    assert not is_in(own)


def test_a_cookie_from_somewhere_else_signs_nobody_in(phone, ana):
    for value in ("", "x" * 500, "eyJfdXNlcl9pZCI6ImFuYSJ9.aaaaaa.bbbb"):
        phone.client.set_cookie("groundwork", value)
        assert not is_in(phone)


def _disable(app, someone) -> None:
    with app.app_context():
        db.session.get_one(Person, someone.id).disabled_at = our_clock.now()
        db.session.commit()


def _signed_in_cookie(app):
    phone = Phone(app)
    sign_in(phone, "ana")
    return phone.client.get_cookie("groundwork")
