"""What Ana reads first, once she said that she used, or tapped a number that is high or fell."""

from datetime import timedelta
from uuid import uuid4

from sqlalchemy import select

from tests.conftest import NOW
from tests.pages import Page, Phone
from webapp.core.data.db import db
from webapp.entries.models import Entry

THANKS = "Thank you for saying so"
PHARMACY = "If you use anything that isn’t from a pharmacy"
DRINKING = "If you stop after heavy drinking and shake"


def with_people(phone: Phone) -> Phone:
    """Somebody who named whom to call: twice the same one, and one without a number."""
    for part, name, number in (
        ("supports/supports", "Lena", "555-0134"), ("safety/ask", "Joan", "555-0177"),
        ("safety/company", "Lena again", "555-0134"), ("safety/ask", "Sam", ""),
        ("safety/professionals", "Dr. Lee", "555-0150"), ("safety/company", "Kim", "555-0199"),
    ):  # fmt: skip
        phone.fill(phone.get(f"/plan/{part}"), having="name", name=name, phone=number)
    return phone


def journal(phone: Phone, **typed: object) -> Page:
    return phone.fill(phone.get("/journal/new"), "/journal/new", **({"urge": "3"} | typed))


def check_in(phone: Phone, **typed: object) -> Page:
    return phone.fill(phone.get("/check-ins/new"), having="mood", **typed)


def counts(phone: Phone) -> Page:
    page = phone.get("/plan/days")
    return phone.fill(page, having="name", name="Without a drink", since="2026-11-01")


def test_used_is_answered_the_same_wherever_it_was_said(phone_of, ana, cleo, evening, wrote):
    phone = with_people(phone_of(ana))
    counted = counts(phone)
    back = phone.get(next(link for link in counted.links if link.endswith("/return")))
    pages = [
        journal(phone, acted="yes"), check_in(phone, used="yes"), phone.get("/support"),
        phone.fill(back, having="before"),
    ]  # fmt: skip
    for at, page in enumerate(pages):
        told = [THANKS, "Who can you talk to?", "Joan", PHARMACY, DRINKING, "Group is today"]
        told += {2: [], 3: ["this year"]}.get(at, ["Who can see it"])
        assert [page.text.index(part) for part in told] == sorted(map(page.text.index, told))
        assert [link for link in page.links if link.startswith("tel:")] == [
            "tel:5550177", "tel:5550134", "tel:5550199",
        ], "those who know come first, each once"  # fmt: skip
        assert "still count" in page.text
        assert back.address in page.links
        assert ("Note it in your days?" in page.text) is (at != 3), "it is noted already"
    old = phone.get(f"/journal/{wrote(ana, urge=3, acted='yes', at=NOW - timedelta(days=2))}")
    assert THANKS not in old.text
    assert THANKS not in journal(phone, acted="no").text
    assert phone_of(cleo).get("/support").status == 404


def test_the_lines_about_staying_safe_are_one_only_where_it_is_sure(phone_of, ana):
    phone = phone_of(ana)
    for what, told in (
        ("Wine, beer", (False, True)), ("Fentanyl", (True, False)),
        ("wine, fentanyl", (True, True)), ("that stuff", (True, True)), ("", (True, True)),
    ):  # fmt: skip
        said = journal(phone, acted="yes", own_what=what).text
        assert (PHARMACY in said, DRINKING in said) == told, what


def test_whoever_named_nobody_is_asked_for_one(phone_of, ana):
    phone = phone_of(ana)
    page = phone.get("/support")
    assert "A friend, a sponsor, a line" in page.text
    assert {"/plan/safety/ask", "/help-now"} <= set(page.links)
    assert "doesn’t erase the days before it" in page.text


def test_support_is_one_tap_from_today_and_saves_nothing(app, phone_of, ana):
    phone = phone_of(ana)
    today = phone.get("/today")
    assert "/support" in today.links
    assert THANKS not in today.text
    phone.get("/support")
    with app.app_context():
        assert db.session.scalars(select(Entry)).all() == []
    check_in(phone, used="yes")
    assert THANKS in phone.get("/today").text, "said elsewhere, the way to it is there"


def test_a_hard_number_is_answered_by_her_plan_the_ride_and_somebody(phone_of, ana, wrote):
    phone = with_people(phone_of(ana))
    phone.fill(phone.get("/plan/triggers/triggers"), having="response", kind="money",
               response="The cash stays home")  # fmt: skip
    page = journal(phone, urge="9", kinds=["money"])
    told = ["9 is a lot", "The cash stays home", "Ride it out", "Joan", "Who can see it"]
    assert [page.text.index(part) for part in told] == sorted(map(page.text.index, told))
    assert page.text.count("The cash stays home") == 1
    assert {"/mindfulness/urge-surfing", "tel:5550177", "/plan/safety"} <= set(page.links)
    assert "8 is a lot" in check_in(phone, craving="8").text
    assert "is a lot" not in journal(phone, urge="7").text
    assert "is a lot" not in phone.get(f"/journal/{wrote(ana, urge=9, at=NOW - timedelta(1))}").text


def test_once_it_has_eased_her_own_data_says_what_is_usual(phone_of, ana):
    phone = phone_of(ana)
    logged = phone.get("/mindfulness/log")
    for run in range(5):
        phone.fill(logged, having="samples", id=str(uuid4()), exercise="urge-surfing",
                   samples="0:8 5:4", happened=f"2026-11-1{run}T09:00")  # fmt: skip
    rode = phone.fill(logged, having="samples", samples="0:9 6:4")
    for page in (rode, journal(phone, urge="9", after="4")):
        assert "9 to 4" in page.text
        assert "Yours usually drop by half in 5 minutes." in page.text
        assert "/plan/skills/skills" in page.links
        assert "is a lot" not in page.text
    still = phone.fill(phone.get("/mindfulness/log"), having="samples", before="9", after="8")
    assert "8 is a lot" in still.text
