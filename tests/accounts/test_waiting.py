"""Guessing stays slow, and nobody locks anybody out by it."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event

from tests.accounts.test_signing_in import WRONG, sign_in
from tests.conftest import PASSWORD
from tests.pages import Phone
from webapp.accounts.actions import ADDRESS, NAME
from webapp.core.data.db import db
from webapp.core.throttle import count_try, network

pytestmark = pytest.mark.database

KNOWN = "groundwork-known"


@pytest.fixture
def own(app, ana) -> Phone:
    """Ana's own phone: she signed in on it once, and is signed out."""
    phone = Phone(app)
    sign_in(phone, "ana")
    phone.fill(phone.get("/you"), "/sign-out")
    return phone


def wrong_ones(app, lane, subject, times) -> None:
    with app.app_context():
        for _ in range(times):
            count_try((lane, subject))


def elsewhere(phone: Phone, number: int, password: str = WRONG):
    """A try from another address than the clinic's."""
    sent = {"username": "ana", "password": password}
    return phone.post("/sign-in", sent, environ_base={"REMOTE_ADDR": f"198.51.100.{number}"})


def test_a_strangers_tries_at_her_name_never_stop_ana_on_her_own_phone(app, own, clock):
    stranger = Phone(app)
    for _ in range(12):
        sign_in(stranger, "ana", WRONG)
    assert sign_in(stranger, "ana", WRONG).status == 429
    assert sign_in(own, "ana").address == "/today"


def test_nor_on_another_phone_at_another_place(app, ana, clock):
    for _ in range(12):
        sign_in(Phone(app), "ana", WRONG)
    assert elsewhere(Phone(app), 7, PASSWORD).address == "/today"


def test_a_hundred_wrong_tries_from_the_clinics_address_stop_nobody_known(app, own, ben, clock):
    wrong_ones(app, ADDRESS, "127.0.0.1", 100)
    assert sign_in(Phone(app), "ben").status == 429
    assert sign_in(own, "ana").address == "/today"
    # Who is new there waits a second, a minute at most.
    clock.shift(timedelta(seconds=1))
    assert sign_in(Phone(app), "ben").address == "/today"
    wrong_ones(app, ADDRESS, "127.0.0.1", 1)
    for _ in range(9):
        clock.shift(timedelta(minutes=1))
        wrong_ones(app, ADDRESS, "127.0.0.1", 1)
    assert sign_in(Phone(app), "ben").response.headers["Retry-After"] == "60"


def test_guessing_from_everywhere_at_once_is_slowed_after_a_hundred(app, own, clock):
    wrong_ones(app, NAME, "ana", 99)
    waits = []
    for number in range(12):
        assert elsewhere(Phone(app), number).status == 422
        refused = elsewhere(Phone(app), 100 + number, PASSWORD)
        assert refused.status == 429
        waits.append(int(refused.response.headers["Retry-After"]))
        clock.shift(timedelta(seconds=waits[-1]))
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]
    assert sign_in(own, "ana").address == "/today"


def test_one_house_with_many_addresses_is_one_place(app, ana, clock):
    answers = []
    for number in range(11):
        sent = {"username": "ana", "password": WRONG}
        origin = {"REMOTE_ADDR": f"2001:db8:1:2::{number:x}"}
        answers.append(Phone(app).post("/sign-in", sent, environ_base=origin).status)
    assert answers == [422] * 10 + [429]


def test_a_wait_ends_for_the_right_password_whatever_came_before(app, ana, clock):
    for _ in range(13):
        sign_in(Phone(app), "ana", WRONG)
        clock.shift(timedelta(minutes=15))
    assert sign_in(Phone(app), "ana").address == "/today"


def test_who_found_the_phone_is_slowed_down_on_it(own, clock):
    answers = [sign_in(own, "ana", WRONG).status for _ in range(11)]
    assert answers == [422] * 10 + [429]


@pytest.mark.long
def test_after_a_hundred_wrong_ones_in_a_row_the_phone_is_a_strangers(own, clock):
    for _ in range(100):
        assert sign_in(own, "ana", WRONG).status == 422
        clock.shift(timedelta(minutes=15))
    for _ in range(10):
        assert sign_in(own, "ana", WRONG).status == 422
    assert sign_in(own, "ana", WRONG).status == 429


def test_the_known_phone_is_known_to_be_hers_alone(app, own, ben, clock):
    stranger = Phone(app)
    for _ in range(10):
        sign_in(stranger, "ben", WRONG)
    assert sign_in(own, "ben").status == 429
    # The same cookie on another phone is only its own count, and not a way in.
    copied = own.client.get_cookie(KNOWN).value
    thief = Phone(app)
    thief.client.set_cookie(KNOWN, copied)
    assert thief.get("/today").address.startswith("/sign-in")
    assert sign_in(thief, "ana", WRONG).status == 422


@pytest.mark.parametrize("made_up", ["", "x", "A" * 22, "A" * 44, "A" * 500, "é", "=" * 43])
def test_a_cookie_that_was_made_up_is_known_to_nobody(app, ana, clock, made_up):
    stranger = Phone(app)
    stranger.client.set_cookie(KNOWN, made_up)
    assert [sign_in(stranger, "ana", WRONG).status for _ in range(11)][-2:] == [422, 429]
    clock.shift(timedelta(minutes=1))
    assert sign_in(stranger, "ana").address == "/today"


def test_the_cookie_names_nobody_and_outlives_signing_out(own, ana, clock):
    cookie = own.client.get_cookie(KNOWN)
    assert cookie.http_only
    assert cookie.same_site == "Lax"
    assert "ana" not in cookie.value.lower()
    assert str(ana.id).replace("-", "") not in cookie.value


def test_a_shared_phone_remembers_nobody(phone, ana, clock):
    sign_in(phone, "ana", own_phone=None)
    assert phone.client.get_cookie(KNOWN) is None


def test_two_people_on_one_phone_are_both_known(app, own, ben, clock):
    sign_in(own, "ben")
    own.fill(own.get("/you"), "/sign-out")
    for name in ("ana", "ben"):
        for _ in range(10):
            sign_in(Phone(app), name, WRONG)
        assert sign_in(own, name).address == "/today"
        own.fill(own.get("/you"), "/sign-out")


def test_a_phone_that_was_signed_in_before_is_known_once_it_is_unlocked(app, phone_of, ana, clock):
    phone = phone_of(ana)
    phone.post("/hide")
    phone.fill(phone.get("/unlock"), "/unlock", password=PASSWORD)
    phone.fill(phone.get("/you"), "/sign-out")
    for _ in range(10):
        sign_in(Phone(app), "ana", WRONG)
    assert sign_in(phone, "ana").address == "/today"


def test_unlocking_rightly_many_times_is_never_too_often(phone_of, ana, clock):
    phone = phone_of(ana)
    for _ in range(25):
        phone.post("/hide")
        page = phone.fill(phone.get("/unlock"), "/unlock", password=PASSWORD)
        assert page.address == "/today"


def test_wrong_tries_at_one_lock_do_not_close_another(phone_of, ana, clock):
    found, own = phone_of(ana), phone_of(ana)
    for phone in (found, own):
        phone.post("/hide")
    answers = [found.post("/unlock", {"password": WRONG}).status for _ in range(11)]
    assert answers == [422] * 10 + [429]
    assert own.post("/unlock", {"password": PASSWORD}).address == "/today"


@pytest.mark.parametrize(
    ("address", "fields"),
    [
        ("/reset", {"username": "ana", "password": "copper valley window sail"}),
        ("/sign-in/code", {}),
        (
            "/join/what-is-this",
            {"username": "e", "name": "E", "password": "copper valley sail win"},
        ),
    ],
)
def test_what_cannot_be_read_as_a_code_holds_nobody_up(phone, ana, clock, address, fields):
    for _ in range(120):
        assert phone.post(address, fields | {"code": "what is this"}).status == 422


def test_a_refusal_asks_the_database_as_much_for_nobodys_name(app, ana, clock):
    """How long it takes would tell who has an account, at a clinic where that alone is private."""
    asked = {"ana": [], "zelda": []}
    for name in asked:
        for _ in range(12):  # the first one that waits, in a quarter of an hour, writes the act
            sign_in(Phone(app), name, WRONG)
    for name, statements in asked.items():
        phone = Phone(app)
        phone.get("/sign-in")
        with counted(app) as said:
            assert sign_in(phone, name, WRONG).status == 429
        statements += said
    assert asked["ana"] == asked["zelda"]
    assert asked["ana"]


@contextmanager
def counted(app):
    """Every statement that is sent, and each transaction that is written."""
    said = []

    def note(_connection, _cursor, statement, *_more):
        said.append(statement)

    def committed(_connection):
        said.append("COMMIT")

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    event.listen(engine, "commit", committed)
    yield said
    event.remove(engine, "before_cursor_execute", note)
    event.remove(engine, "commit", committed)


def test_all_of_ipv4_written_as_ipv6_is_no_one_network():
    """As a proxy that listens on both names whoever comes."""
    assert network("::ffff:198.51.100.7") == network("198.51.100.7") == "198.51.100.7"
    assert network("2001:db8::7") == network("2001:db8::8")
    assert network("fe80::1%eth0") == "fe80::/64"
