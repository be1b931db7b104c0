"""Away for a while, or hidden: the password again before anything personal is shown."""

from datetime import timedelta

import pytest

from tests.conftest import PASSWORD
from tests.pages import Phone


@pytest.fixture
def asking(phone_of, ana, clock) -> Phone:
    """Ana's phone, which asks again after five minutes away: she chose that."""
    phone = phone_of(ana)
    page = phone.fill(phone.get("/you"), "/you", having="asks_again", asks_again="y")
    assert "Saved." in page.text
    return phone


def test_five_minutes_away_and_the_phone_asks_for_the_password(asking, wrote, ana, clock):
    entry = wrote(ana, situation="Mine alone")
    clock.shift(timedelta(minutes=5, seconds=1))

    asked = asking.get(f"/journal/{entry}")

    assert asked.address.startswith("/unlock?next=")
    assert "Mine alone" not in asked.html
    assert "Ana" not in asked.text
    assert asking.fill(asked, password="not her words at all").status == 422
    back = asking.fill(asked, password=PASSWORD)
    assert back.address == f"/journal/{entry}"
    assert "Mine alone" in back.text


def test_who_keeps_using_it_is_not_asked(asking, clock):
    for _ in range(4):
        clock.shift(timedelta(minutes=4))
        assert asking.get("/today").address == "/today"


def test_who_did_not_choose_it_is_not_asked(phone_of, ana, clock):
    phone = phone_of(ana)
    clock.shift(timedelta(days=3))
    assert phone.get("/today").address == "/today"


def test_staff_are_always_asked_after_a_quarter_of_an_hour(phone_of, cleo, max_, clock):
    desks = [phone_of(cleo), phone_of(max_)]
    clock.shift(timedelta(minutes=14))
    assert [desk.get("/clinic").address for desk in desks] == ["/clinic", "/clinic"]
    clock.shift(timedelta(minutes=15, seconds=1))
    assert [desk.get("/clinic").address for desk in desks] == ["/unlock?next=/clinic"] * 2


def test_help_opens_without_asking(asking, clock):
    clock.shift(timedelta(hours=1))
    assert asking.get("/help-now").address == "/help-now"


def test_what_was_being_sent_comes_back_to_be_copied(asking, clock):
    page = asking.get("/journal/new")
    clock.shift(timedelta(minutes=6))
    answer = asking.fill(page, "/journal/new", urge="5", situation="A long and careful story")
    assert answer.status == 401
    assert "A long and careful story" in answer.text
    assert "Nothing was saved" in answer.text


def test_hide_leaves_a_neutral_page_and_asks_for_the_password(phone_of, ana):
    phone = phone_of(ana)
    quiet = phone.fill(phone.get("/today"), "/hide")
    assert quiet.address == "/quiet"
    assert "Groundwork" not in quiet.html
    assert "Ana" not in quiet.html.partition("<head>")[2]  # not in the key, by chance
    assert phone.get("/today").address.startswith("/unlock")
    assert phone.get("/help-now").address == "/help-now"
    assert phone.fill(phone.get("/unlock"), "/unlock", password=PASSWORD).address == "/today"


def test_who_does_not_know_the_password_can_sign_out(phone_of, ana):
    phone = phone_of(ana)
    phone.fill(phone.get("/today"), "/hide")
    assert phone.fill(phone.get("/unlock"), "/sign-out").address == "/sign-in"
    assert phone.get("/unlock").address.startswith("/sign-in")


def test_guessing_the_own_password_is_slowed_down_too(phone_of, ana, clock):
    phone = phone_of(ana)
    phone.fill(phone.get("/today"), "/hide")
    asked = phone.get("/unlock")
    answers = [phone.fill(asked, "/unlock", password=f"guess number {n}") for n in range(11)]
    assert [answer.status for answer in answers] == [422] * 10 + [429]


@pytest.mark.parametrize("wanted", ["//evil.example", "/\\evil.example", "https://evil.example"])
def test_unlocking_leads_only_to_own_pages(phone_of, ana, wanted):
    phone = phone_of(ana)
    sent = {"password": PASSWORD}
    page = phone.post("/unlock", sent, follow=False, query_string={"next": wanted})
    assert page.response.headers["Location"] == "/today"
