"""Signing out and Hide hold from every door: an old page, a copied cookie, no network."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from tests.conftest import PASSWORD
from tests.pages import Page, Phone
from webapp.accounts.models import SignIn
from webapp.core.data.db import db

COOKIE, HERE = "groundwork", "groundwork-here"
FROM_HERE = [{"Origin": "http://localhost"}, {"Sec-Fetch-Site": "same-origin"},
             {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}]  # fmt: skip
FROM_ELSEWHERE = [
    {"Origin": "https://elsewhere.example"},
    {"Origin": "null"},
    {"Origin": "http://localhost.elsewhere.example"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "http://localhost", "Sec-Fetch-Site": "cross-site"},
]


def is_in(phone: Phone) -> bool:
    return phone.get("/today").address == "/today"


def asks_for_the_password(phone: Phone) -> bool:
    return phone.get("/today").address.startswith("/unlock")


def sign_in(phone: Phone, username: str = "ana") -> Page:
    return phone.fill(phone.get("/sign-in"), "/sign-in", username=username, password=PASSWORD)


def leaves(phone: Phone, address: str, *, of: str = "", token: str = "", **headers: str) -> int:
    """What a page of this phone sends that was opened before somebody signed in here."""
    sent = {"csrf_token": token, "of": of}
    return phone.client.post(address, data=sent, headers=headers).status_code


def cookie(client: FlaskClient, name: str = HERE) -> str | None:
    found = client.get_cookie(name)
    return found.value if found else None


def copied(phone: Phone, *names: str) -> dict[str, str | None]:
    return {name: cookie(phone.client, name) for name in names or (COOKIE, HERE)}


def brought_back(phone: Phone, cookies: dict[str, str | None]) -> Phone:
    """The same phone with these cookies, as another browser or a late answer would set them."""
    for name, value in cookies.items():
        phone.client.set_cookie(name, value or "")
    return phone


@pytest.fixture
def an(phone_of, ana) -> Phone:
    """Ana's phone, on which she has opened a page."""
    return opened(phone_of(ana))


def opened(phone: Phone) -> Phone:
    phone.get("/you")
    return phone


@pytest.mark.parametrize("headers", FROM_HERE, ids=str)
def test_a_page_older_than_the_sign_in_still_signs_out(phone, ana, headers):
    former = phone.token()
    sign_in(phone)
    assert phone.token() != former
    assert leaves(phone, "/sign-out", token=former, **headers) == 302
    assert not is_in(phone)


@pytest.mark.parametrize("headers", FROM_HERE, ids=str)
def test_a_page_older_than_the_sign_in_still_hides(phone, ana, headers):
    former = phone.token()
    sign_in(phone)
    assert leaves(phone, "/hide", token=former, **headers) == 302
    assert asks_for_the_password(phone)


@pytest.mark.parametrize("address", ["/sign-out", "/hide"])
@pytest.mark.parametrize("headers", FROM_ELSEWHERE, ids=str)
def test_another_site_signs_nobody_out_and_hides_nobody(an, address, headers):
    token, kept = an.token(), copied(an)
    assert leaves(an, address, token=token, **headers) == 400
    assert copied(an) == kept
    assert is_in(an)
    # As browsers send it: without the cookies, and an answer that brought others would do as well.
    answer = Phone(an.app).client.post(address, headers=headers)
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("address", ["/sign-out", "/hide"])
def test_a_browser_that_does_not_say_where_from_brings_the_token(an, address):
    assert leaves(an, address, token="made up") == 400
    assert is_in(an)
    assert leaves(an, address, token=an.token()) == 302
    assert not is_in(an)


def test_without_the_second_cookie_nobody_is_in(an, wrote, ana):
    entry = wrote(ana, situation="Mine alone")
    assert is_in(an)
    an.client.delete_cookie(HERE)
    for address in ("/today", f"/journal/{entry}", "/you", "/unlock"):
        asked = an.get(address)
        assert asked.address.startswith("/sign-in"), address
        assert "Mine alone" not in asked.html
    assert an.post("/journal/new", {"urge": "5"}).status == 401


def test_what_is_brought_after_leaving_is_not_taken(an, outbox_sends):
    assert outbox_sends(an) == 200
    an.client.delete_cookie(HERE)
    assert outbox_sends(an) == 401


@pytest.fixture
def outbox_sends():
    def send(phone: Phone) -> int:
        headers = {"X-Groundwork": "outbox"}
        return phone.client.post("/sync", json={"operations": []}, headers=headers).status_code

    return send


@pytest.mark.parametrize("value", ["", "1", "x" * 500, "é"])
def test_a_made_up_second_cookie_is_none(an, value):
    an.client.set_cookie(HERE, value)
    assert not is_in(an)


def test_the_second_cookie_of_another_sign_in_is_none(an, phone_of, ana):
    assert not is_in(brought_back(an, copied(opened(phone_of(ana)), HERE)))


def test_a_sign_in_from_before_gets_the_second_cookie_with_its_next_answer(an):
    with an.client.session_transaction() as session:
        del session["locks"]
    an.client.delete_cookie(HERE)
    from_before = copied(an, COOKIE)
    assert is_in(an)
    assert cookie(an.client)
    an.client.delete_cookie(HERE)
    assert not is_in(an)
    # A copy of it is no way around: hidden once, it is worth nothing.
    brought_back(an, from_before).fill(an.get("/today"), "/hide")
    assert asks_for_the_password(brought_back(an, from_before))


def test_hidden_before_the_update_is_hidden_after_it(an):
    with an.client.session_transaction() as session:
        del session["locks"]
        session["hidden"] = True
    assert asks_for_the_password(an)
    assert an.fill(an.get("/unlock"), "/unlock", password=PASSWORD).address == "/today"
    assert is_in(an)


def test_a_cookie_from_before_hiding_is_worth_nothing(an, app):
    assert is_in(an)
    before = copied(an)
    an.fill(an.get("/today"), "/hide")
    assert cookie(an.client) is None  # whoever looks at another tab sees nothing either
    assert asks_for_the_password(brought_back(an, before))
    assert an.fill(an.get("/unlock"), "/unlock", password=PASSWORD).address == "/today"
    assert is_in(an)
    assert asks_for_the_password(brought_back(Phone(app), before))


def test_a_slow_answer_does_not_bring_a_hidden_desk_back(phone_of, cleo, clock):
    desk = phone_of(cleo)
    desk.get("/clinic")
    clock.shift(timedelta(minutes=5))
    # It left before Hide, with a newer time for the cookie, and arrives after.
    slow = desk.client.get("/clinic")
    late = copied(desk, COOKIE)
    assert [header.partition("=")[0] for header in slow.headers.getlist("Set-Cookie")] == [COOKIE]
    assert leaves(desk, "/hide", **FROM_HERE[0]) == 302
    assert brought_back(desk, late).get("/clinic").address.startswith("/unlock")
    assert desk.fill(desk.get("/unlock"), "/unlock", password=PASSWORD).address == "/clinic"
    assert desk.get("/clinic").address == "/clinic"


def test_a_phone_that_left_by_itself_is_ended_as_soon_as_it_can_say_so(an):
    taken = copied(an)
    an.client.delete_cookie(HERE)
    assert leaves(an, "/sign-out", of=taken[HERE], **FROM_HERE[0]) == 302
    assert an.get("/sign-in").response.headers["Groundwork-Left"] == "1"
    assert not is_in(brought_back(an, taken))


def test_a_phone_that_hid_by_itself_is_asked_for_the_password_once_it_could_say_so(an):
    taken = copied(an)
    an.client.delete_cookie(HERE)
    assert leaves(an, "/hide", of=taken[HERE], **FROM_HERE[0]) == 302
    assert asks_for_the_password(an)
    assert "Groundwork-Left" not in an.get("/sign-in").response.headers


@pytest.mark.parametrize("address", ["/sign-out", "/hide"])
def test_what_is_said_late_is_not_meant_for_who_signed_in_meanwhile(phone, ana, ben, address):
    sign_in(phone)
    anas = cookie(phone.client)
    phone.client.delete_cookie(HERE)
    sign_in(phone, "ben")
    assert leaves(phone, address, of=anas, **FROM_HERE[0]) == 302
    assert is_in(phone)


@pytest.mark.parametrize("left", ["hidden", "by itself", "not at all"])
def test_signing_in_ends_who_was_signed_in_here_before(app, phone, ana, ben, left):
    sign_in(phone)
    anas = copied(phone)
    if left == "hidden":
        phone.fill(phone.get("/today"), "/hide")
    elif left == "by itself":
        phone.client.delete_cookie(HERE)
    sign_in(phone, "ben")
    assert not is_in(brought_back(Phone(app), anas))
    assert is_in(phone)


def test_signing_in_again_leaves_one_device_which_keeps_what_it_would_keep(app, phone, ana):
    sign_in(phone)
    former = copied(phone)
    sign_in(phone)
    assert "Sign out of all other devices" not in phone.get("/you").text
    gone = brought_back(Phone(app), former)
    assert not is_in(gone)
    # Its time is up, and nobody signed it out.
    assert "Groundwork-Left" not in gone.get("/sign-in").response.headers


def test_looking_never_writes_to_the_sign_in(app, an, clock):
    with an.client.session_transaction() as session:
        del session["locks"]
    before = rows(app)
    an.get("/today")
    an.client.delete_cookie(HERE)
    an.get("/today")
    assert rows(app) == before


def rows(app) -> list[tuple[object, ...]]:
    with app.app_context():
        all_ = db.session.scalars(db.select(SignIn).order_by(SignIn.id))
        return [(login.id, login.locks, login.ended_at, login.expires_at) for login in all_]
