"""Two people may be called the same; staff can always tell who is who."""

from datetime import timedelta

import pytest

from tests.accounts.test_devices_and_passwords import NEW, reset, reset_code
from tests.conftest import NOW
from tests.pages import Phone
from webapp.accounts.models import Person, Role
from webapp.core.data.db import db


def rename(phone: Phone, name: str):
    return phone.fill(phone.get("/you"), having="asks_again", name=name)


def staff_pages(evening, person) -> list[str]:
    group, person_page = (
        f"/clinic/groups/{evening.id}",
        f"/clinic/groups/{evening.id}/people/{person.id}",
    )
    huddle, roll = (f"/clinic/sessions/{id}" for id in (evening.tonight, evening.friday))
    return [
        huddle,
        f"{roll}/attendance",
        group,
        person_page,
        f"{person_page}/plan",
        f"{group}/attendance",
    ]


@pytest.mark.parametrize(
    "taken", ["Ben", "ben", "Bén", "Be\u0301n", "B\u00a0en", "Веn", "Ben\u200b"]
)
def test_a_patient_who_calls_herself_like_another_is_told_apart(
    phone_of, ana, ben, cleo, evening, taken
):
    # Nobody's name is refused: that would say that a Ben is here.
    assert "Saved." in rename(phone_of(ana), taken).text
    desk = phone_of(cleo)
    huddle = desk.get(f"/clinic/sessions/{evening.tonight}")
    rows = huddle.html.split("<article")[1:]
    seen = [who for row in rows for who in ("ana", "ben") if f"<bdi>{who}</bdi>" in row]
    assert set(seen) == {"ana", "ben"}


def test_in_a_huddle_of_different_names_there_are_names_alone(phone_of, ana, ben, cleo, evening):
    huddle = phone_of(cleo).get(f"/clinic/sessions/{evening.tonight}")
    assert "<bdi>Ana</bdi>" in huddle.html
    assert "<bdi>ana</bdi>" not in huddle.html


def test_wherever_staff_act_the_username_stands_beside_the_name(phone_of, ana, ben, cleo, evening):
    desk = phone_of(cleo)
    for address in staff_pages(evening, ana)[1:]:
        page = desk.get(address)
        assert page.status == 200
        assert "<bdi>ana</bdi>" in page.html, address
    assert "<bdi>ana</bdi>" in desk.post(f"/clinic/groups/{evening.id}/people/{ana.id}/reset").html


def test_the_administrator_tells_two_facilitators_apart(
    app, phone_of, max_, cleo, evening, morning, somebody, put_into
):
    other = somebody("cleo2", Role.FACILITATOR)
    with app.app_context():
        db.session.get_one(Person, other.id).name = "Cleo"
        db.session.commit()
    desk = phone_of(max_)
    choices = desk.get(f"/clinic/groups/{evening.id}").html
    assert "Cleo (cleo2)" in choices
    put_into(evening, other)
    setup = desk.get("/clinic").html
    assert "<bdi>cleo</bdi>" in setup
    assert "<bdi>cleo2</bdi>" in setup


def test_the_record_for_a_spreadsheet_names_both(phone_of, ana, cleo, evening):
    desk = phone_of(cleo)
    roll = f"/clinic/sessions/{evening.friday}/attendance"
    desk.post(roll, {"rest": "1"})
    day = NOW.date() - timedelta(days=14)
    asked = {"from_day": day.isoformat(), "until_day": NOW.date().isoformat()}
    csv = desk.get(f"/clinic/groups/{evening.id}/attendance.csv", query_string=asked).html
    assert '"Name","Username"' in csv
    assert '"Ana","ana"' in csv


def test_for_two_weeks_staff_see_what_somebody_was_called(phone_of, ana, cleo, evening, clock):
    own = phone_of(ana)
    rename(own, "Bea")
    rename(own, "Cora")
    for address in staff_pages(evening, ana):
        assert "was Ana" in phone_of(cleo).get(address).text, address
    assert "was Bea" not in phone_of(cleo).get(f"/clinic/groups/{evening.id}").text
    assert "was Ana" not in own.get("/today").text
    clock.shift(timedelta(days=14, minutes=1))
    assert "was Ana" not in phone_of(cleo).get(f"/clinic/groups/{evening.id}").text


def test_another_spelling_of_a_name_is_no_other_name(phone_of, ana, cleo, evening, clock):
    rename(phone_of(ana), "ANA")
    assert "was Ana" not in phone_of(cleo).get(f"/clinic/groups/{evening.id}").text


def test_a_reset_code_opens_only_the_account_whose_name_is_typed(
    app, phone_of, ana, ben, cleo, evening
):
    code = reset_code(phone_of(cleo), evening, ana)
    wrong_name = reset(Phone(app), code, username="ben")
    wrong_code = reset(Phone(app), "0000-0000-0000", username="ben")
    unknown = reset(Phone(app), code, username="nobody")
    assert [page.status for page in (wrong_name, wrong_code, unknown)] == [422] * 3
    said = "That username or code isn’t right"
    assert all(said in page.text for page in (wrong_name, wrong_code, unknown))
    # It wasn't used up, and the slip doesn't say whose it is.
    assert reset(Phone(app), code, NEW, " ANA ").address == "/today"


def test_the_slip_itself_does_not_name_the_account(phone_of, ana, cleo, evening):
    page = phone_of(cleo).post(f"/clinic/groups/{evening.id}/people/{ana.id}/reset").html
    printed = page[page.index('class="slip"') : page.index("</section>")]
    assert "Ana" not in printed
    assert "ana" not in printed.replace("organ", "")


@pytest.mark.parametrize("name", ["\u200b", "\u3164", "\u202e \u2069", "\u0301\u0301"])
def test_a_name_needs_something_that_can_be_seen(phone_of, ana, name):
    refused = rename(phone_of(ana), name)
    assert refused.status == 422
    assert "Enter a name." in refused.text


def test_what_was_kept_before_is_drawn_without_turning_the_line(app, phone_of, ana, cleo, evening):
    with app.app_context():
        db.session.get_one(Person, ana.id).name = "\u202eBen" + "\u0336" * 40
        db.session.commit()
    for address in staff_pages(evening, ana):
        html = phone_of(cleo).get(address).html
        assert "\u202e" not in html
        assert "\u0336" * 4 not in html
    assert "\u202e" not in phone_of(ana).get("/you").html
