"""A goal is agreed on between Ana and her team: either suggests one, each says how it goes."""

from uuid import uuid4

import pytest

pytestmark = pytest.mark.database


@pytest.fixture
def desk_page(evening, ana):
    return f"/clinic/groups/{evening.id}/people/{ana.id}"


@pytest.fixture
def goal(phone_of, ana, evening, shared_part):
    """A goal that Ana shares, and asks her team to agree on."""
    phone = phone_of(ana)
    phone.fill(phone.get("/plan/goals/goals"), having="goal", goal="Sleep before midnight",
               proposes="y", review="2026-12-02")  # fmt: skip
    shared_part(ana, "goals", evening)
    link = next(link for link in phone.get("/plan/goals/goals").links if "/goals/goals/" in link)
    return link.rpartition("/")[2]


def test_ana_asks_cleo_agrees_and_each_says_how_it_goes(phone_of, ana, cleo, desk_page, goal):
    phone, desk = phone_of(ana), phone_of(cleo)
    page = desk.get(desk_page)
    assert "To agree on with the team" in page.text
    desk.fill(page, having="goal", goal=goal, agrees="y")
    desk.fill(desk.get(desk_page), having="goal", goal=goal, words="You look rested on Mondays.")
    assert "Agreed on Monday, November 23 with Cleo" in desk.get(desk_page).text
    today = phone.get("/today")
    assert "You agreed on this goal: Sleep before midnight" in today.text
    assert "You look rested on Mondays." in today.text

    phone.fill(phone.get(f"/plan/goals/goals/{goal}"), having="goal", going="Two nights of three")
    for place in (phone.get("/plan/goals"), desk.get(desk_page)):
        assert "How it’s going: Two nights of three" in place.text
        assert "You look rested on Mondays." in place.text
        assert "The goal was changed after that." not in place.text

    # What Cleo agreed on were other words than these.
    phone.fill(phone.get(f"/plan/goals/goals/{goal}"), having="goal", goal="Sleep by ten")
    for place in (phone.get("/plan/goals"), desk.get(desk_page)):
        assert "The goal was changed after that." in place.text


def test_cleo_suggests_a_goal_and_taken_twice_it_is_one(
    phone_of, ana, cleo, evening, desk_page, wrote, shared
):
    shared(ana, wrote(ana, situation="Awake until three"), evening)
    desk, phone = phone_of(cleo), phone_of(ana)
    desk.fill(desk.get(desk_page), having="suggests", words="In bed by eleven", suggests="y")
    link = next(link for link in phone.get("/today").links if "suggested=" in link)
    form = phone.get(link)
    assert "In bed by eleven" in form.html
    for _ in range(2):
        phone.fill(form, having="goal")
    page = phone.get("/plan/goals")
    assert page.text.count("In bed by eleven") == 1
    assert "Made with Cleo" in page.text
    assert phone.get(link).address.startswith("/plan/goals/goals/"), "it is there: only to change"


def test_the_day_to_look_at_it_again_stands_in_her_week(phone_of, ana, goal):
    week = phone_of(ana).get("/week?week=2026-12-02")
    assert "Sleep before midnight Look at this goal again" in week.text
    assert "Look at this goal again" not in phone_of(ana).get("/week?week=2026-11-23").text


def test_what_cannot_be_said_about_a_goal(phone_of, ana, cleo, kit, desk_page, goal, wrote, shared,
                                          evening):  # fmt: skip
    phone, desk, other = phone_of(ana), phone_of(cleo), phone_of(kit)
    page = desk.get(desk_page)
    said = desk.fill(page, having="goal", goal=goal, words="")
    assert (said.status, "Write a few words." in said.text) == (422, True)
    said = desk.fill(page, having="goal", goal=str(uuid4()), words="About something else")
    assert (said.status, "About something else" in said.html) == (422, True), "nothing is lost"
    assert "This goal isn’t on the plan anymore." in said.text
    theirs = {"entry": page.form(having="goal").fields["entry"], "goal": goal, "agrees": "y"}
    assert other.post("/clinic/feedback", theirs).status == 404
    assert "Agreed on" not in phone.get("/plan/goals").text

    # A suggestion is for whom it was made, and an answer is none.
    shared(ana, wrote(ana), evening)
    desk.fill(desk.get(desk_page), having="suggests", words="Only an answer")
    form = next(one for one in phone.get("/today").forms if one.action.endswith("/seen"))
    assert phone.get(f"/plan/goals/goals?suggested={form.action.split('/')[-2]}").status == 404
    assert phone.get("/plan/goals/goals?suggested=nothing").status == 422


def test_a_goal_is_agreed_on_by_today(phone_of, ana):
    phone = phone_of(ana)
    sent = {"goal": "Walk", "together": "y", "who": "Cleo", "agreed": "2031-01-01"}
    page = phone.fill(phone.get("/plan/goals/goals"), having="goal", **sent)
    assert (page.status, "That date is in the future." in page.text) == (422, True)
    phone.fill(page, having="goal", agreed="2026-11-20")
    assert "Agreed on Friday, November 20 with Cleo" in phone.get("/plan/goals").text
