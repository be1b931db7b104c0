"""Ana fills in her recovery plan, shares parts of it, and sees what changed."""

from datetime import timedelta
from uuid import uuid4

import pytest

from tests.conftest import NOW
from webapp.accounts.models import Person
from webapp.core.data.db import db
from webapp.plan.actions import answer
from webapp.plan.library import SKILLS
from webapp.plan.outline import PARTS, PLAN


@pytest.fixture
def phone(phone_of, ana):
    """Ana's phone."""
    return phone_of(ana)


def test_every_question_has_its_page_and_can_be_skipped(phone):
    for part in PARTS.values():
        for question in part.questions:
            page = phone.get(f"/plan/{part.name}/{question.name}")
            assert page.status == 200
            assert str(question.asks) in page.text
            following = part.after(question)
            if following:
                assert f"/plan/{part.name}/{following.name}" in page.links


def test_what_is_not_asked_is_not_there(phone):
    for address in ("/plan/nothing", "/plan/why/nothing", "/plan/why/changes", "/plan/why/tell"):
        assert phone.get(address).status == 404


def test_what_an_id_names_in_no_list_is_not_there(phone, app, ana):
    """Whatever a part was answered with: in words, in taps, in fields."""
    with app.app_context():
        person = db.session.get_one(Person, ana.id)
        for part in PARTS.values():
            for question in part.questions:
                said = {
                    "words": "In words",
                    "made": {"who": "Cleo"},
                    "prescriber": {"who": "Dr. Lee"},
                }
                items = [{"id": str(uuid4()), "words": "Goal"}]
                value = items if question.is_list else said.get(question.kind, ["tapped"])
                answer(person, part, question, value)
        db.session.commit()
    for part in PARTS.values():
        for question in part.questions:
            odd = f"/plan/{part.name}/{question.name}/{uuid4()}"
            assert phone.get(odd).status == 404, odd
            assert phone.post(odd).status == 404, odd
            assert phone.post(f"{odd}/removal").status == 404, odd


def test_the_plan_says_where_to_begin_and_what_is_begun(phone):
    assert "Start: Why I’m here" in phone.get("/plan").text
    phone.fill(phone.get("/plan/why/why"), having="answer", answer="For my kids")
    page = phone.get("/plan").text
    assert "Continue: My goals" in page
    assert page.count("started") == 1
    assert "For my kids" in phone.get("/plan/why").text


def test_saving_goes_on_or_stops(phone):
    page = phone.get("/plan/living/work")
    assert phone.fill(page, having="answer", answer="A job").address == "/plan/living/housing"
    page = phone.get("/plan/living/housing")
    assert phone.fill(page, having="answer", answer="x", stop="1").address == "/plan/living"


def test_a_goal_has_steps_with_days_and_says_with_whom_it_was_made(phone):
    page = phone.get("/plan/goals/goals")
    sent = {"goal": "Sleep before midnight", "steps-0-words": "Phone out of the bedroom",
            "steps-0-by": "2026-11-30", "together": "y", "who": "Cleo",
            "review": "2026-12-07"}  # fmt: skip
    page = phone.fill(page, having="goal", **sent)
    for text in ("Sleep before midnight", "Phone out of the bedroom", "Monday, November 30",
                 "Made with Cleo", "Look at it again on Monday, December 7"):  # fmt: skip
        assert text in phone.get("/plan/goals").text


def test_a_step_is_done_and_two_more_can_be_added(phone):
    phone.fill(phone.get("/plan/goals/goals"), having="goal", goal="Walk", **{
        "steps-0-words": "Shoes by the door"})  # fmt: skip
    item = next(link for link in phone.get("/plan/goals/goals").links if "/goals/goals/" in link)
    phone.fill(phone.get(item), having="goal", **{"steps-0-done": "y", "steps-1-words": "Monday"})
    page = phone.get("/plan/goals")
    assert "Shoes by the door done" in page.text
    assert "Monday" in page.text
    assert "steps-3-words" in phone.get(item).html
    # Changed once more, it keeps what was ticked before.
    phone.fill(phone.get(item), having="goal", goal="Walk daily", together="y", who="Cleo")
    phone.fill(phone.get(item), having="goal", goal="Walk each day")
    for text in ("Walk each day", "Shoes by the door done", "Made with Cleo"):
        assert text in phone.get("/plan/goals").text


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("goal", "", "Enter your goal."),
        ("steps-0-by", "next week", "Check the date."),
        ("review", "0001-01-01", "Check the date."),
        ("together", "y", "Enter who you made it with."),
    ],
)
def test_a_goal_that_cannot_be_kept_says_why(phone, field, value, said):
    sent = {"goal": "Walk", "steps-0-words": "Shoes"} | {field: value}
    page = phone.fill(phone.get("/plan/goals/goals"), having="goal", **sent)
    assert page.status == 422
    assert said in page.text


def test_the_goal_stands_the_same_for_the_team(phone, phone_of, ana, cleo, evening, shared_part):
    phone.fill(phone.get("/plan/goals/goals"), having="goal", goal="Sleep", together="y",
               who="Cleo", review="2026-12-07")  # fmt: skip
    phone.fill(phone.get("/plan/why/why"), having="answer", answer="Mine alone")
    shared_part(ana, "goals", evening)
    page = phone_of(cleo).get(f"/clinic/groups/{evening.id}/people/{ana.id}")
    assert "Made with Cleo" in page.text
    assert "Look at it again on Monday, December 7" in page.text
    assert "Mine alone" not in page.html, "each part is shared by itself"


def test_skills_are_chosen_added_and_the_best_stand_on_today(phone):
    page = phone.get("/plan/skills/skills")
    own = "Water the plants\nWATER the plants\n\n "
    page = phone.fill(page, having="own", body=["walk", "nonsense"], own=own)
    assert page.address == "/plan/skills/favourites"
    page = phone.fill(page, having="most", most=["Water the plants", "not mine"])
    assert "Walk around the block" in page.text
    assert "Water the plants" in phone.get("/today").text
    assert "WATER" not in phone.get("/plan/skills").html
    assert "nonsense" not in phone.get("/plan/skills").html


def test_there_are_at_least_thirty_to_choose_from():
    assert sum(len(group) for group in SKILLS.values()) >= 30
    assert len({slug for group in SKILLS.values() for slug in group}) == sum(
        map(len, SKILLS.values())
    )


def test_a_week_has_days_and_hours(phone):
    page = phone.get("/plan/week/activities")
    phone.fill(page, having="what", what="Choir", day="2", at="19:30")
    phone.fill(phone.get("/plan/week/activities"), having="what", what="Run", day="0")
    text = phone.get("/plan/week").text
    assert "Wednesday 7:30 PM Choir" in text
    phone.fill(phone.get("/plan/week/activities"), having="what", what="Walk", day="2", at="08:00")
    text = phone.get("/plan/week").text
    assert text.index("Run") < text.index("Walk") < text.index("Choir")
    page = phone.fill(phone.get("/plan/week/activities"), having="what", what="?", day="1", at="9")
    assert "Enter a time, like 6:00 PM." in page.text


def test_a_prescriber_can_be_called(phone):
    phone.fill(
        phone.get("/plan/medication/prescriber"), having="who", who="Dr. Lund", phone="555-0142 x7"
    )
    assert "tel:5550142" in phone.get("/plan/medication").links


def test_what_changed_is_readable_version_by_version(phone, clock):
    phone.fill(phone.get("/plan/why/why"), having="answer", answer="For my kids and for me")
    clock.move_to(NOW.replace(day=24))
    phone.fill(phone.get("/plan/why/why"), having="answer", answer="For my kids and for the dog")
    page = phone.get("/plan/why/changes")
    assert "<del>me </del>" in page.html
    assert "<ins>the dog </ins>" in page.html
    assert "Started yesterday at 4:00 PM" in page.text


def test_what_changed_since_the_last_group_is_marked(phone, evening, clock):
    def say(words):
        phone.fill(phone.get("/plan/why/why"), having="answer", answer=words)
        return phone.get("/plan/why/changes").text

    say("For my kids")
    assert say("For my kids and me").count("since your last group") == 1
    clock.shift(timedelta(hours=6))  # tonight's group is over, and has seen it
    page = say("For us")
    assert page.count("since your last group") == 1
    assert page.index("since your last group") < page.index("today at 4:00 PM")


def test_saving_the_same_words_makes_no_version(phone):
    for _time in range(2):
        phone.fill(phone.get("/plan/why/why"), having="answer", answer="For my kids")
    assert "What changed" not in phone.get("/plan/why").text


def test_cleo_sees_what_changed_but_nothing_from_before_it_was_shared(
    phone, phone_of, ana, ben, kit, cleo, evening, clock, shared_part, part_id
):
    def say(words):
        phone.fill(phone.get("/plan/why/why"), having="answer", answer=words)

    say("Something only for me")
    clock.shift(60)
    say("For my kids")
    clock.shift(60)
    shared_part(ana, "why", evening)
    clock.shift(60)
    say("For my kids and the dog")

    desk, entry = phone_of(cleo), part_id(ana, "why")
    address = f"/clinic/groups/{evening.id}/people/{ana.id}/entries/{entry}/changes"
    assert address in desk.get(f"/clinic/groups/{evening.id}/people/{ana.id}").links
    page = desk.get(address)
    assert "and the dog" in page.text
    assert "only for me" not in page.html
    assert "Opened by Cleo" in phone.get("/plan/why").text
    for other in (ben, kit):
        assert phone_of(other).get(address).status == 404
    phone.fill(phone.get("/plan/why"), "/end")
    assert desk.get(address).status == 404


def test_a_reload_of_what_changed_within_the_minute_is_one_opening(
    phone, phone_of, ana, cleo, evening, clock, shared_part, part_id
):
    phone.fill(phone.get("/plan/why/why"), having="answer", answer="For my kids")
    shared_part(ana, "why", evening)
    group = f"/clinic/groups/{evening.id}"
    for seconds in (30, 80):
        clock.move_to(NOW + timedelta(seconds=seconds))
        page = phone_of(cleo).get(f"{group}/people/{ana.id}/entries/{part_id(ana, 'why')}/changes")
        assert page.status == 200
    assert "Cleo opened what you shared, today at 4:00 PM." in phone.get("/today").text


def test_the_shared_part_is_found_from_sharing(phone, ana, evening, shared_part):
    phone.fill(phone.get("/plan/why/why"), having="answer", answer="For my kids")
    shared_part(ana, "why", evening)
    page = phone.get("/sharing")
    link = next(address for address in page.links if address.startswith("/plan/entries/"))
    assert phone.get(link).address == "/plan/why"


def test_another_persons_part_does_not_exist(phone, phone_of, ana, ben, part_id):
    phone.fill(phone.get("/plan/why/why"), having="answer", answer="For my kids")
    phone.fill(phone.get("/plan/supports/supports"), having="name", name="Sam")
    item = next(
        link for link in phone.get("/plan/supports/supports").links if "supports/supports/" in link
    )
    other = phone_of(ben)
    assert other.get(f"/plan/entries/{part_id(ana, 'why')}").status == 404
    assert other.get(item).status == 404
    assert other.post(f"{item}/removal").status == 404
    assert "Sam" in phone.get("/plan/supports").text


def test_every_part_of_a_full_plan_can_be_shared_and_printed(
    phone, phone_of, ana, cleo, evening, shared_part
):
    for part in PLAN:
        for question in part.questions:
            if question.kind == "words":
                phone.fill(
                    phone.get(f"/plan/{part.name}/{question.name}"),
                    having="answer",
                    answer=f"{question.name}!",
                )
    for name in ("why", "signs", "people", "living", "after"):
        shared_part(ana, name, evening)
    page = phone_of(cleo).get(f"/clinic/groups/{evening.id}/people/{ana.id}").text
    for name in ("early!", "keep!", "money!", "after!"):
        assert name in page
    assert "medication!" not in page


def test_family_sees_only_the_chosen_parts(phone):
    phone.fill(phone.get("/plan/why/why"), having="answer", answer="For my kids")
    phone.fill(phone.get("/plan/signs/early"), having="answer", answer="I get quiet")
    page = phone.get("/plan/family?show=signs&show=nothing")
    assert "I get quiet" in page.text
    assert "For my kids" not in page.text
    assert "Nothing is sent" in page.text


def test_the_page_for_supporters_is_for_everybody(app):
    from tests.pages import Phone

    page = Phone(app).get("/for-family")
    assert page.status == 200
    assert "988" in page.text
