"""Ana makes her safety plan, a step at a time, and finds it in a hard moment."""

from datetime import timedelta
from itertools import pairwise

import pytest

from tests.conftest import NOW

STEPS = ["signs", "alone", "company", "places", "ask", "professionals", "safer", "worth", "made"]


@pytest.fixture
def made(phone_of, ana):
    """Ana's phone, with a plan that has something on three steps."""
    phone = phone_of(ana)
    phone.fill(phone.get("/plan/safety/signs"), having="answer", answer="I stop answering texts")
    phone.fill(phone.get("/plan/safety/ask"), having="name", name="Sam", phone="(555) 010-2")
    phone.fill(phone.get("/plan/safety/worth"), having="answer", answer="My dog 🐕")
    return phone


def test_each_step_is_a_page_that_saves_and_goes_on(phone_of, ana):
    phone = phone_of(ana)
    page = phone.get("/plan/safety/signs")
    for step in STEPS:
        assert page.address == f"/plan/safety/{step}"
        if page.forms[-1].names & {"answer"}:
            page = phone.fill(page, having="answer", answer=f"words for {step}")
        elif "name" in page.forms[-1].names:
            page = phone.fill(page, having="name", name=f"Sam for {step}", phone="555-0102")
            assert f"Sam for {step}" in page.text
            page = phone.get(f"/plan/safety/{STEPS[STEPS.index(step) + 1]}")
        else:
            page = phone.fill(page, having="who", who="Cleo", day="2026-11-20")
    assert page.address == "/plan/safety?done=1"
    for text in ("words for signs", "Sam for professionals", "words for worth", "Made with Cleo"):
        assert text in page.text
    assert "Friday, November 20" in page.text


def test_the_steps_stand_in_their_order(made):
    page = made.get("/plan/safety").text
    order = ["My warning signs", "on my own", "take my mind off", "People I can ask"]
    order += ["Professionals", "home safer", "worth living"]
    assert [page.index(step) for step in order] == sorted(page.index(step) for step in order)


def test_there_are_six_steps_and_what_is_worth_living_for_stands_below(made):
    html = made.get("/plan/safety").html
    steps = html.split('<ol class="cards">')[1].split("</ol>")[0]
    assert steps.count('<li class="card">') == 6
    assert "worth living" not in steps
    assert "worth living" in html


def test_the_clinic_is_one_tap_away_too(made, clinic_sets):
    assert "Clinic:" not in made.get("/plan/safety").text
    clinic_sets(help_clinic="555-0100")
    assert "tel:5550100" in made.get("/plan/safety").links


def test_every_step_can_be_skipped(phone_of, ana):
    phone = phone_of(ana)
    for step, following in pairwise(STEPS):
        assert f"/plan/safety/{following}" in phone.get(f"/plan/safety/{step}").links
    assert "Your plan is empty" in phone.get("/plan/safety").text


def test_one_tap_calls_or_texts(made):
    links = made.get("/plan/safety").links
    assert "tel:5550102" in links
    assert "sms:5550102" in links
    assert "tel:988" in links, "the help lines are there without being asked for"


def test_what_cannot_be_dialled_makes_no_button(phone_of, ana):
    phone = phone_of(ana)
    page = phone.get("/plan/safety/ask")
    phone.fill(page, having="name", name="Sam", phone="javascript:alert(1)")
    page = phone.get("/plan/safety")
    assert not [link for link in page.links if link.startswith("javascript")]
    assert "javascript:alert(1)" in page.text


@pytest.mark.parametrize("step", ["ask", "professionals"])
@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("988 (press 1)", "988"),
        ("(555) 555-0142 ext. 9", "5555550142"),
        ("1-800-273-TALK", "18002738255"),
        ("555-0142 or 555-0199", None),
        ("555-0177", "5550177"),
    ],
)
def test_a_tap_dials_what_was_meant_or_nobody(phone_of, ana, step, typed, number):
    phone = phone_of(ana)
    phone.fill(phone.get(f"/plan/safety/{step}"), having="name", name="Sam", phone=typed)
    ours = {"tel:988", "sms:988", "tel:911"}
    for page in (phone.get("/plan/safety"), phone.get("/plan/safety/kept?what=all")):
        dialed = {link for link in page.links if link.startswith(("tel:", "sms:"))}
        assert dialed - ours == ({f"tel:{number}", f"sms:{number}"} if number else set()) - ours
        assert (f"Call {typed}" in page.text) == bool(number)
        assert typed in page.text


def test_it_cannot_have_been_made_on_a_day_that_has_not_come(phone_of, ana, clock):
    phone = phone_of(ana)
    page = phone.fill(phone.get("/plan/safety/made"), having="who", who="Cleo", day="2026-11-24")
    assert page.status == 422
    assert "That date is in the future." in page.text
    assert page.form(having="who").fields["who"] == "Cleo"


def test_a_name_is_needed_and_what_was_typed_stays(phone_of, ana):
    phone = phone_of(ana)
    page = phone.fill(phone.get("/plan/safety/ask"), having="name", name=" ", phone="555-0102")
    assert page.status == 422
    assert "Enter a name." in page.text
    assert "555-0102" in page.html


def test_what_cannot_be_kept_is_said_and_not_lost(phone_of, ana):
    phone, words = phone_of(ana), "x" * 20_001
    page = phone.fill(phone.get("/plan/safety/signs"), having="answer", answer=words)
    assert page.status == 422
    assert "Check this and try again" in page.text
    assert words in page.html


def test_twenty_thousand_characters_are_kept(phone_of, ana):
    phone = phone_of(ana)
    phone.fill(phone.get("/plan/safety/signs"), having="answer", answer="ä" * 20_000)
    assert "ä" * 20_000 in phone.get("/plan/safety").html


def test_the_same_contact_sent_twice_is_one(made):
    page = made.get("/plan/safety/ask")
    fields = page.form(having="name").fields.copy()
    fields["name"] = "Lee"
    made.post("/plan/safety/ask", fields)
    assert made.post("/plan/safety/ask", fields).text.count("Lee") == 3  # line, change, remove


def test_a_contact_is_changed_and_taken_off(made):
    page = made.get("/plan/safety/ask")
    change = next(link for link in page.links if link.startswith("/plan/safety/ask/"))
    page = made.fill(made.get(change), having="name", name="Samira")
    assert "Samira" in page.text
    page = made.fill(page, "/removal")
    assert "Samira" not in page.text
    assert made.post(f"{change}/removal").status == 404


def test_a_hard_moment_leads_to_it(made, ana, wrote):
    assert "/plan/safety" in made.get(f"/journal/{wrote(ana, urge=8)}").links
    assert "/plan/safety" not in made.get(f"/journal/{wrote(ana, urge=7)}").links


def test_the_link_stays_on_a_hard_moment_and_is_quiet_later(made, ana, wrote):
    for hard in ({"urge": 9}, {"urge": 6, "after": 8}):
        page = made.get(f"/journal/{wrote(ana, at=NOW - timedelta(days=3), **hard)}")
        assert "/plan/safety" in page.links
        assert "is a lot" not in page.text
    calm = made.get(f"/journal/{wrote(ana, at=NOW - timedelta(days=3), urge=7, after=2)}")
    assert "/plan/safety" not in calm.links


@pytest.mark.parametrize(("before", "is_there"), [("8", True), ("7", False)])
def test_it_stands_on_a_hard_practice_too(made, before, is_there):
    page = made.fill(made.get("/mindfulness/log"), having="samples", before=before, after="2")
    assert ("/plan/safety" in page.links) is is_there


def test_nobody_else_finds_it(made, phone_of, ben, cleo, phone):
    assert "answering texts" not in phone_of(ben).get("/plan/safety").html
    assert phone_of(cleo).get("/plan/safety").status == 404
    assert phone.get("/plan/safety").address.startswith("/sign-in")


def test_a_change_made_elsewhere_meanwhile_is_shown_first(made):
    tablet, phone = made.get("/plan/safety/signs"), made.get("/plan/safety/signs")
    made.fill(tablet, having="answer", answer="I sleep too much")
    page = made.fill(phone, having="answer", answer="I stop cooking")
    assert page.status == 409
    assert "I sleep too much" in page.text
    page = made.fill(page, having="answer")
    assert "I stop cooking" in made.get("/plan/safety").text
    assert "sleep too much" in made.get("/plan/safety/changes").text


def test_a_contact_changed_elsewhere_meanwhile_is_shown_first(made):
    question = made.get("/plan/safety/ask")
    address = next(link for link in question.links if link.startswith("/plan/safety/ask/"))
    tablet, phone = made.get(address), made.get(address)
    made.fill(tablet, having="phone", phone="555-0111")
    page = made.fill(phone, having="phone", phone="555-0222")
    assert page.status == 409
    assert "555-0111" in page.text
    assert "changed somewhere else" in page.text
    made.fill(page, having="phone")
    assert "555-0222" in made.get("/plan/safety").text


def test_another_contact_changed_meanwhile_is_no_conflict(made):
    question = made.get("/plan/safety/ask")
    address = next(link for link in question.links if link.startswith("/plan/safety/ask/"))
    page = made.get(address)
    made.fill(question, having="name", name="Jo", phone="555-0333")
    assert made.fill(page, having="phone", phone="555-0222").status == 200
    assert "555-0222" in made.get("/plan/safety").text
    assert "555-0333" in made.get("/plan/safety").text


def test_another_answer_meanwhile_is_no_conflict(made):
    page = made.get("/plan/safety/signs")
    made.fill(made.get("/plan/safety/alone"), having="answer", answer="Music")
    assert made.fill(page, having="answer", answer="I stop cooking").status == 200
    assert "Music" in made.get("/plan/safety").text


def test_the_copy_for_the_phone_leads_to_no_account(made, ana):
    page = made.get("/plan/safety/kept?what=all")
    assert "I stop answering texts" in page.text
    assert "My dog" in page.text
    assert "tel:5550102" in page.links
    assert not page.forms
    assert "Ana" not in page.text
    whose, what = page.response.headers["Groundwork-Kept"].split()
    assert what == "all"
    assert whose == made.get("/plan/safety").html.split('data-whose="')[1].split('"')[0]


def test_names_and_numbers_can_be_kept_without_the_signs(made):
    page = made.get("/plan/safety/kept?what=names")
    assert "Sam" in page.text
    assert "answering texts" not in page.html
    assert "My dog" not in page.html
    assert "tel:988" in page.links


def test_a_copy_is_its_owners(phone_of, made, ben, cleo, phone):
    other = phone_of(ben).get("/plan/safety/kept?what=all")
    assert "Sam" not in other.text  # three letters that a key in the page may have by chance
    assert "answering texts" not in other.html
    mine = made.get("/plan/safety/kept").response.headers["Groundwork-Kept"]
    assert other.response.headers["Groundwork-Kept"].split()[0] != mine.split()[0]
    assert phone_of(cleo).get("/plan/safety/kept").status == 404
    assert "Groundwork-Kept" not in phone.get("/plan/safety/kept").response.headers


def test_cleo_opens_it_only_once_it_is_shared(made, phone_of, ana, cleo, evening, app, shared_part):
    desk = phone_of(cleo)
    person = f"/clinic/groups/{evening.id}/people/{ana.id}"
    assert "answering texts" not in desk.get(person).html
    shared_part(ana, "safety", evening)
    page = desk.get(person)
    assert "I stop answering texts" in page.text
    assert "My safety plan" in desk.get(f"/clinic/sessions/{evening.tonight}").text
    assert "Opened by Cleo" in made.get("/plan/safety").text
    assert "strength" not in desk.get(f"/clinic/sessions/{evening.tonight}").text.lower()
