"""Help now is the same page for everybody; whom Ana named, her phone or the server knows."""

import pytest

from tests.helping.test_answers import with_people
from webapp.accounts.models import SignIn
from webapp.core.data.db import db


def test_her_people_are_named_to_her_own_phone_alone(app, phone, phone_of, ana, ben, cleo):
    hers = with_people(phone_of(ana))
    answer = hers.get("/plan/safety/people").response
    assert [(person["name"], person["number"]) for person in answer.json] == [
        ("Joan", "5550177"), ("Lena", "5550134"), ("Kim", "5550199"), ("Dr. Lee", "5550150"),
    ]  # fmt: skip
    assert {key for person in answer.json for key in person} == {"name", "number"}
    whose = hers.get("/plan/safety/kept").response.headers["Groundwork-Kept"].split()[0]
    assert answer.headers["Groundwork-Kept"] == f"{whose} people"
    assert "no-store" in answer.headers["Cache-Control"]
    assert hers.get("/help-now").html == phone.get("/help-now").html
    assert "Joan" not in hers.get("/help-now").html
    assert phone_of(ben).get("/plan/safety/people").response.json == []
    assert phone_of(cleo).get("/plan/safety/people").status == 404
    assert phone.get("/plan/safety/people").address.startswith("/sign-in")
    with app.app_context():
        db.session.query(SignIn).filter_by(person_id=ana.id).update({"own_phone": False})
        db.session.commit()
    assert hers.get("/plan/safety/people").response.json == [], "on a shared phone there are none"
    assert "Keep names and numbers on this phone?" not in hers.get("/plan/safety").text


def test_911_and_988_come_before_everything_else(phone):
    page = phone.get("/help-now")
    assert [link for link in page.links if link.startswith(("tel:", "sms:"))][:3] == [
        "tel:911", "tel:988", "sms:988",
    ]  # fmt: skip
    assert page.html.index("tel:988") < page.html.index('data-module="help-now"')


@pytest.mark.parametrize("finish", ["stop", "last"])
def test_finishing_asks_whether_this_phone_keeps_names_with_nothing_ticked(phone_of, ana, finish):
    phone = phone_of(ana)
    if finish == "stop":
        page = phone.fill(
            phone.get("/plan/safety/signs"), having="answer", answer="I go quiet", stop="1"
        )
    else:
        page = phone.fill(phone.get("/plan/safety/made"), having="who", who="Cleo")
    asked = page.html.index("Keep names and numbers on this phone?")
    assert asked < page.html.index("My warning signs")
    assert "Anyone who picks up this phone can see these names." in page.text
    assert "checked" not in page.html[asked : page.html.index("All of it")]
    assert "A friend, a sponsor, a line" in page.text
    phone.fill(phone.get("/plan/safety/ask"), having="name", name="Joan", phone="555-0177")
    page = phone.get("/plan/safety")
    assert "A friend, a sponsor, a line" not in page.text
    assert page.html.index("My warning signs") < page.html.index("Keep names and numbers")
