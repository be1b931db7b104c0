"""What must not be the third line of row two: not being safe, and having used."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest

from tests.conftest import NOW, ZONE
from tests.huddle.test_statements import counted
from webapp.accounts.models import Person
from webapp.check_ins.models import CheckIn
from webapp.core import clock
from webapp.core.data.db import db
from webapp.core.limits import PAGE
from webapp.days.models import Milestone
from webapp.entries.actions import write
from webapp.journal.models import Trigger
from webapp.medication.models import Dose
from webapp.questionnaires.models import Answers
from webapp.questionnaires.weekly import KEY

ON_DAYS = {"drank": "2", "used": "0", "more": "0"}
FLAGGED = [["Thoughts that you would be better off dead?", "Several days"]]
# Each kind of entry that can say so, with what it says on top of the huddle.
UNSAFE = {
    "check-in, no": (CheckIn, {"safety": "no"}, "Safe right now: No."),
    "check-in, not sure": (CheckIn, {"safety": "unsure"}, "Safe right now: I’m not sure."),
    "questionnaire": (
        Answers,
        {"name": "Mood", "key": "mood", "at_once": FLAGGED},
        "better off dead? Several days.",
    ),
}
USED = {
    "journal": (Trigger, {"urge": 9, "acted": "yes"}, "Used or acted on it."),
    "check-in": (CheckIn, {"used": "yes"}, "Used or acted on it."),
    "last 7 days": (
        Answers,
        {"name": "The last 7 days", "key": KEY, "answers": ON_DAYS},
        "Drank alcohol on 2 of the last 7 days.",
    ),
}


@pytest.fixture
def wrote_a(app):
    """Somebody wrote an entry of any kind: `wrote_a(CheckIn, ben, safety="no")`."""

    def do(kind, someone, **content):
        with app.app_context():
            person = db.session.get_one(Person, someone.id)
            made = {"zone": ZONE} | content
            entry = write(kind, person, uuid4(), clock.now(), made)
            db.session.commit()
            return entry.id

    return do


@pytest.fixture
def huddle_of(phone_of, evening):
    """The huddle as somebody opens it."""
    tonight = f"/clinic/sessions/{evening.tonight}"
    return lambda someone, address=tonight: phone_of(someone).get(address)


def card(page, heading: str) -> str:
    """The words of a card above the rows."""
    before = page.html.split('class="people"')[0]
    assert heading in before, f"no {heading} above the rows"
    inside = before.split(f">{heading}</h2>")[1].split("</section>")[0]
    return " ".join(re.sub(r"<[^>]*>", " ", inside.replace("</b>.", ".")).split())


@pytest.mark.parametrize("way", UNSAFE)
def test_who_is_not_safe_stands_above_the_rows(
    app, huddle_of, ana, ben, cleo, evening, wrote, wrote_a, shared, way
):
    kind, content, says = UNSAFE[way]
    shared(ana, wrote(ana, situation="Made eggs"), evening)
    shared(ben, wrote_a(kind, ben, mood=2, **content), evening)
    page = huddle_of(cleo)
    safety = card(page, "Safety")
    for said in (
        "Ben",
        says,
        "today at 4:00 PM",
        "new",
        "Open Ben",
        "Meet with the person privately",
    ):
        assert said in safety, said
    assert "Ana" not in safety
    assert "Used since last group" not in page.html


@pytest.mark.parametrize("way", USED)
def test_who_used_stands_below_it_and_it_is_no_alarm(
    huddle_of, ana, ben, cleo, evening, wrote, wrote_a, shared, way
):
    kind, content, says = USED[way]
    shared(ana, wrote(ana, acted="no"), evening)
    shared(ben, wrote_a(kind, ben, **content), evening)
    page = huddle_of(cleo)
    used = card(page, "Used since last group")
    for said in ("Ben", says, "today at 4:00 PM", "new", "Open Ben", "not an alarm"):
        assert said in used, said
    assert "Ana" not in used
    assert ">Safety</h2>" not in page.html


def test_safety_comes_first_and_one_entry_can_stand_in_both(
    huddle_of, ben, cleo, evening, wrote_a, shared
):
    entry = wrote_a(CheckIn, ben, safety="no", used="yes")
    shared(ben, entry, evening)
    page = huddle_of(cleo)
    its_place = f"/clinic/groups/{evening.id}/people/{ben.id}?entry={entry}#e{entry}"
    assert page.links.count(its_place) == 3  # and its own reply
    assert f"e{entry}" in huddle_of(cleo, its_place).ids
    assert "Ben" in card(page, "Safety")
    assert "Ben" in card(page, "Used since last group")
    assert page.html.index(">Safety</h2>") < page.html.index(">Used since last group</h2>")
    assert "This shows only what was shared. No one checks between groups." in page.text


def test_what_is_older_than_the_last_group_says_so(huddle_of, ben, cleo, evening, wrote, shared):
    shared(ben, wrote(ben, at=NOW - timedelta(days=6), acted="yes"), evening)
    assert "Tue 4:00 PM, before last group" in card(huddle_of(cleo), "Used since last group")


def test_what_is_not_shared_or_was_said_to_others_is_not_there(
    huddle_of, ana, ben, cleo, evening, morning, put_into, wrote_a, shared
):
    wrote_a(CheckIn, ana, safety="no", used="yes")
    put_into(morning, ben)
    shared(ben, wrote_a(CheckIn, ben, safety="no"), morning, tonight=False)
    page = huddle_of(cleo)
    assert "Safety" not in page.html
    assert "Used" not in page.html


@pytest.mark.parametrize("answer", ["no", "unsaid", ""])
def test_who_says_no_or_rather_not_has_not_used(
    huddle_of, ben, cleo, evening, wrote_a, shared, answer
):
    shared(ben, wrote_a(Trigger, ben, urge=9, acted=answer), evening)
    shared(ben, wrote_a(CheckIn, ben, used=answer, safety="yes"), evening)
    never = {"drank": "0", "used": "0"}
    shared(ben, wrote_a(Answers, ben, name="The last 7 days", key=KEY, answers=never), evening)
    page = huddle_of(cleo)
    assert ">Safety</h2>" not in page.html
    assert "Used or acted on it" not in page.html
    assert "Used since last group" not in page.html


def test_it_takes_no_statement_more_and_opening_is_recorded_as_ever(
    app, phone_of, ana, ben, cleo, evening, wrote, wrote_a, shared
):
    desk, address = phone_of(cleo), f"/clinic/sessions/{evening.tonight}"
    shared(ben, wrote(ben, acted="no"), evening)
    with counted(app) as without:
        desk.get(address)
    shared(ben, wrote_a(CheckIn, ben, safety="no", used="yes"), evening)
    with counted(app) as with_cards:
        assert ">Safety</h2>" in desk.get(address).html
    assert len(with_cards) == len(without)
    assert card(desk.get(address), "Safety").endswith("today at 4:00 PM new Open Ben")
    assert "Cleo opened what you shared" in phone_of(ben).get("/today").text


def test_the_program_says_in_its_own_words_what_staff_do_then(
    phone_of, huddle_of, max_, ana, ben, cleo, evening, wrote_a, shared
):
    shared(ben, wrote_a(CheckIn, ben, safety="no", used="yes"), evening)
    desk = phone_of(max_)
    words = {"safety-words": "Page Dr. Lee.", "used-words": "Offer a same-day visit."}
    desk.fill(desk.get("/clinic/what-to-expect"), having="used-words", **words)
    page = huddle_of(cleo)
    assert "Page Dr. Lee." in card(page, "Safety")
    assert "Offer a same-day visit." in card(page, "Used since last group")
    # It is for staff: patients' own page doesn't tell.
    assert "Page Dr. Lee." not in phone_of(ana).get("/what-to-expect").text
    desk.fill(desk.get("/clinic/what-to-expect"), having="used-words", **dict.fromkeys(words, ""))
    assert "not an alarm" in card(huddle_of(cleo), "Used since last group")


def test_every_list_says_used_where_it_was_answered_yes(
    phone_of, ben, cleo, evening, wrote, shared
):
    yes, no = wrote(ben, situation="Friday", acted="yes"), wrote(ben, acted="no")
    shared(ben, yes, evening)
    shared(ben, no, evening)
    phone, desk = phone_of(ben), phone_of(cleo)
    for page in (
        phone.get("/journal"),
        phone.get("/sharing"),
        phone.get(f"/entries/{yes}/share"),
        desk.get(f"/clinic/groups/{evening.id}/people/{ben.id}"),
    ):
        assert page.text.count("Used or acted on it.") == 1, page.address
    assert "Used or acted on it No" in desk.get(f"/clinic/groups/{evening.id}/people/{ben.id}").text


@pytest.mark.parametrize(
    ("kind", "content", "says"),
    [
        (CheckIn, {"mood": 3, "medication": "no"}, "Took medication: No."),
        (CheckIn, {"mood": 3, "medication": "part"}, "Took medication: Some of it."),
        (Dose, {"name": "Naltrexone", "day": "2026-11-23", "answer": "skipped"}, ": Skipped"),
        (
            Milestone,
            {"name": "Dry", "way": "since", "since": "2026-11-22",
             "returns": [{"day": "2026-11-22"}]},
            "A new chapter started after Sunday, November 22.",
        ),
    ],
)  # fmt: skip
def test_no_line_leaves_out_what_went_wrong(
    huddle_of, ben, cleo, evening, wrote_a, shared, kind, content, says
):
    shared(ben, wrote_a(kind, ben, **content), evening)
    assert says in " ".join(huddle_of(cleo).text.split())


def test_open_leads_to_the_entry_however_much_was_shared_after_it(
    clock, huddle_of, ben, cleo, evening, wrote, wrote_a, shared
):
    entry = wrote_a(CheckIn, ben, safety="no")
    shared(ben, entry, evening)
    clock.shift(timedelta(minutes=1))
    for _ in range(PAGE + 1):
        shared(ben, wrote(ben, at=NOW + timedelta(minutes=1), situation="Later"), evening)
    its_place, _reply = (link for link in huddle_of(cleo).links if link.endswith(f"#e{entry}"))
    assert f"e{entry}" in huddle_of(cleo, its_place).ids


def test_the_start_page_says_how_many_and_since_when_and_opens_nothing(
    phone_of, ana, ben, cleo, kit, evening, wrote, wrote_a, shared
):
    desk = phone_of(cleo)
    assert "Safety:" not in desk.get("/clinic").text
    entry = wrote_a(CheckIn, ben, safety="no", used="yes")
    shared(ben, entry, evening)
    shared(ana, wrote_a(CheckIn, ana, used="yes"), evening)
    page = desk.get("/clinic").text
    assert "Safety: 1 Used: 2 shared today at 4:00 PM" in page
    assert "Ben" not in page
    assert "Safety:" not in phone_of(kit).get("/clinic").text
    assert "Cleo opened what you shared" not in phone_of(ben).get("/today").text
