"""Ana logs a trigger and finds her own answer; what has none is homework before group."""

from datetime import timedelta

from tests.conftest import NOW


def test_after_a_trigger_the_plans_own_answer_is_shown(phone_of, ana, wrote):
    phone = phone_of(ana)
    page = phone.get("/plan/triggers/triggers")
    phone.fill(page, having="response", kind="money", response="I call Sam before the bank")
    page = phone.get(f"/journal/{wrote(ana, kinds=['money'])}")
    assert "Your plan for this" in page.text
    assert "I call Sam before the bank" in page.text
    assert "I call Sam" not in phone.get(f"/journal/{wrote(ana, kinds=['place'])}").text
    assert "Add what helps" not in phone.get(f"/journal/{wrote(ana)}").text


def test_what_helps_is_added_in_one_line(phone_of, ana, wrote):
    phone, entry = phone_of(ana), wrote(ana, kinds=["place", "time"])
    page = phone.get(f"/journal/{entry}")
    page = phone.fill(page, "coverage", kind="time", response="Supper at six")
    assert page.address == f"/journal/{entry}"
    assert "Added to your plan" in page.text
    assert "Supper at six" in page.text
    assert "Supper at six" in phone.get("/plan/triggers").text


def test_back_leads_nowhere_else(phone_of, ana, wrote):
    phone = phone_of(ana)
    page = phone.get(f"/journal/{wrote(ana, kinds=['place'])}")
    page = phone.fill(page, "coverage", response="x", back="https://example.org/")
    assert page.address == "/plan/coverage"


def test_an_empty_line_is_refused(phone_of, ana, wrote):
    phone = phone_of(ana)
    page = phone.get(f"/journal/{wrote(ana, kinds=['place'])}")
    page = phone.fill(page, "coverage", response=" ")
    assert page.status == 422
    assert "Enter what you will do." in page.text
    assert phone.post("/plan/coverage", {"kind": "nonsense", "response": "x"}).status == 422


def test_homework_tells_what_recurs_and_what_has_no_answer(phone_of, ana, evening, wrote):
    phone = phone_of(ana)
    assert "Nothing has come up more than once" in phone.get("/plan/coverage").text
    for _time in range(2):
        wrote(ana, kinds=["money"], urge=6)
        wrote(ana, kinds=["place", "time"], urge=4)
    wrote(ana, kinds=["memory"])
    wrote(ana, kinds=["body"], at=NOW - timedelta(weeks=9))
    page = phone.get("/plan/coverage")
    assert "3 have no plan yet" in page.text
    assert "Evening IOP is today at 6:00 PM" in page.text
    assert "A memory" not in page.text
    page = phone.fill(page, having="response", response="Card stays at home")
    assert "2 have no plan yet" in page.text


def test_another_persons_entries_and_plan_are_not_in_it(phone_of, ana, ben, cleo, wrote):
    for _time in range(3):
        wrote(ana, kinds=["money"])
    assert "Money" not in phone_of(ben).get("/plan/coverage").text
    assert phone_of(cleo).get("/plan/coverage").status == 404


def test_today_gives_one_suggestion_with_its_reason(phone_of, ana, wrote, clock):
    phone = phone_of(ana)
    assert "Make my safety plan" in phone.get("/today").text
    for _time in range(2):
        wrote(ana, kinds=["money"])
    text = phone.get("/today").text
    assert "keeps coming up as a trigger" in text
    assert "Make my safety plan" not in text
    wrote(ana, urge=9)
    # A plan is made on a calm day: until then, whom to call.
    help_now = phone.get("/today")
    assert "You don’t have to get through it alone." in help_now.text
    assert "safety plan" not in help_now.html.split("<main")[1]
    phone.fill(phone.get("/plan/safety/signs"), having="answer", answer="x")
    assert "Your safety plan is here." in phone.get("/today").text


def test_today_tells_what_helps_most(phone_of, ana, wrote):
    phone = phone_of(ana)
    for did in ("A walk", "went for a walk", "Walk, then tea"):
        assert "tends to help" not in phone.get("/today").text
        wrote(ana, urge=7, after=4, did=did)
    text = phone.get("/today").text
    assert "walk: your urges dropped by 3 on average" in text.lower()
    assert "They dropped 3 out of 3 times." in text
    assert "tends to help" not in phone_of(ana).get("/plan").text
