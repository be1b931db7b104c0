"""An answer of the plan that was saved where there was no network."""

from uuid import UUID

import pytest

from tests.conftest import PASSWORD
from webapp.accounts.models import Person
from webapp.core.data.db import db
from webapp.plan.outline import PARTS
from webapp.plan.queries import part_of

LONG = "A line of my story.\n" * 400


@pytest.fixture
def kept(app, ana):
    """What Ana's plan keeps: `kept("why")`."""

    def read(part):
        with app.app_context():
            entry = part_of(db.session.get_one(Person, ana.id), PARTS[part])
            return dict(entry.content) if entry else {}

    return read


def answers(outbox, part, asked, **fields):
    """Save an answer without a network."""
    return outbox.write(kind="plan", part=part, asked=asked, **fields)


def on_the_list(outbox, kept, **fields):
    """Somebody to ask for help, written down with a network; the thing's id."""
    outbox.phone.fill(outbox.phone.get("/plan/safety/ask"), having="name", **fields)
    return UUID(kept("safety")["ask"][-1]["id"])


def test_a_long_story_is_kept_once(ana, outbox_of, kept):
    outbox = outbox_of(ana)
    answers(outbox, "full", "before", version="0", answer=LONG)
    assert outbox.send() == ["saved"]
    assert outbox.send() == ["already"]
    assert kept("full")["before"] == LONG.strip()


def test_what_the_page_saved_itself_is_no_conflict(ana, outbox_of, kept):
    outbox = outbox_of(ana)
    outbox.phone.fill(outbox.phone.get("/plan/why/why"), having="answer", answer="For my son")
    answers(outbox, "why", "why", version="0", answer="For my son")
    assert outbox.send() == ["already"]


def test_whoever_holds_a_locked_phone_cant_find_out_what_her_plan_says(ana, outbox_of, kept):
    """Neither by guessing what is there, nor by what was answered to the guess before."""
    outbox = outbox_of(ana)
    outbox.phone.fill(outbox.phone.get("/plan/why/why"), having="answer", answer="For my son")
    lock = {"phone_pin": "4827", "after": "0", "own_password": PASSWORD}
    outbox.phone.fill(outbox.phone.get("/you/lock"), having="phone_pin", **lock)
    outbox.phone.post("/lock/now")
    for guess in ("For my son", "For my brother"):
        answers(outbox, "why", "why", version="0", answer=guess)
    assert outbox.send() == outbox.send() == ["later", "later"]
    assert kept("why")["why"] == "For my son"

    outbox.phone.fill(outbox.phone.get("/today"), having="phone_pin", phone_pin="4827")
    assert outbox.send() == ["already", "conflict"]


def test_two_phones_answered_and_ana_decides(ana, outbox_of, kept):
    outbox = outbox_of(ana)
    outbox.phone.fill(outbox.phone.get("/plan/why/why"), having="answer", answer="On the tablet")
    item = answers(outbox, "why", "why", version="0", answer="In the basement")
    assert outbox.send() == ["conflict"]
    assert kept("why")["why"] == "On the tablet"

    page = outbox.phone.post("/sync/look", item)
    assert "This was changed somewhere else" in page.text
    assert "On the tablet" in page.text
    assert "Saved." in outbox.phone.fill(page, having="answer").text
    assert kept("why")["why"] == "In the basement"


def test_somebody_to_call_is_on_the_list_once(ana, outbox_of, kept):
    outbox = outbox_of(ana)
    item = answers(outbox, "safety", "ask", name="Sam", phone="555-0101")
    assert outbox.send() == ["saved"]
    assert outbox.send() == ["already"]
    assert kept("safety")["ask"] == [{"id": item["id"], "name": "Sam", "phone": "555-0101"}]


def test_a_change_to_the_list_counts_unless_it_was_changed_elsewhere(ana, outbox_of, kept):
    outbox = outbox_of(ana)
    sam = on_the_list(outbox, kept, name="Sam", phone="1")
    answers(outbox, "safety", "ask", id=sam, version="1", name="Sam", phone="2")
    assert outbox.send() == ["saved"]
    late = answers(outbox, "safety", "ask", id=sam, version="1", name="Sam", phone="3")
    assert outbox.send(late) == ["conflict"]
    page = outbox.phone.post("/sync/look", late)
    assert "Sam, 2" in page.text
    outbox.phone.fill(page, having="name")
    assert [contact["phone"] for contact in kept("safety")["ask"]] == ["3"]


def test_what_was_taken_off_the_list_meanwhile_comes_back(ana, outbox_of, kept):
    outbox = outbox_of(ana)
    sam = on_the_list(outbox, kept, name="Sam")
    outbox.phone.post(f"/plan/safety/ask/{sam}/removal")
    item = answers(outbox, "safety", "ask", id=sam, version="1", name="Sam", note="His new number")
    assert outbox.send() == ["conflict"]
    assert not kept("safety").get("ask")
    outbox.phone.fill(outbox.phone.post("/sync/look", item), having="name")
    assert kept("safety")["ask"][0]["note"] == "His new number"


def test_what_the_page_saved_and_ana_took_away_again_stays_away(ana, outbox_of, kept):
    outbox = outbox_of(ana)
    sam = on_the_list(outbox, kept, name="Sam")  # and the answer was lost on the way
    outbox.phone.post(f"/plan/safety/ask/{sam}/removal")
    answers(outbox, "safety", "ask", id=sam, name="Sam")
    assert outbox.send() == ["conflict"]
    assert not kept("safety").get("ask")


@pytest.mark.parametrize(
    ("part", "asked", "fields", "status"),
    [
        ("nothing", "why", {"answer": "x"}, 422),
        ("why", "nothing", {"answer": "x"}, 422),
        ("safety", "ask", {"name": ""}, 200),
        ("why", "why", {"answer": "x" * 20_001}, 200),
    ],
)
def test_what_nobody_can_have_answered_comes_back(
    ana, outbox_of, kept, part, asked, fields, status
):
    outbox = outbox_of(ana)
    item = answers(outbox, part, asked, **fields)
    assert outbox.send() == ["rejected"]
    assert outbox.phone.post("/sync/look", item).status == status
    assert kept("why") == kept("safety") == {}


def test_bens_phone_changes_nothing_in_anas_plan(ana, ben, outbox_of, kept):
    outbox = outbox_of(ana)
    sam = on_the_list(outbox, kept, name="Sam")
    bens = outbox_of(ben)
    answers(bens, "safety", "ask", id=sam, version="1", name="Somebody else")
    assert bens.send() == ["conflict"]
    assert kept("safety")["ask"][0]["name"] == "Sam"
