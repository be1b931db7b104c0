"""What a phone brings back from a basement."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from tests.conftest import NOW
from tests.sync.conftest import WORDS, entries
from webapp.core.data.db import db
from webapp.entries.actions import edit, remove
from webapp.entries.models import EntryVersion, entry_id
from webapp.journal.models import Trigger

pytestmark = pytest.mark.database


def test_what_ana_wrote_in_the_basement_is_in_her_journal_once(app, ana, outbox_of):
    outbox = outbox_of(ana)
    outbox.write(urge="6", situation=WORDS, kinds=["place", "time"])

    assert outbox.send() == ["saved"]
    assert outbox.send() == ["already"]

    assert entries(app, ana) == [(WORDS, 6)]
    assert WORDS in outbox.phone.get("/journal").text


def test_a_repeat_gets_the_first_answer(app, ana, outbox_of, clock):
    outbox = outbox_of(ana)
    outbox.write(urge="6")
    first = outbox.raw().get_json()["answers"][0]
    clock.shift(timedelta(days=3))

    again = outbox.raw().get_json()["answers"][0]

    assert again["at"] == first["at"] == NOW.isoformat()


def test_it_happened_when_it_was_written_whatever_the_phones_clock_says(app, ana, outbox_of, clock):
    outbox = outbox_of(ana)
    outbox.clock = NOW + timedelta(hours=48)  # the phone is two days ahead
    item = outbox.write(urge="6")
    clock.shift(timedelta(hours=5))
    outbox.clock += timedelta(hours=5)
    outbox.send()

    with app.app_context():
        entry = db.session.get_one(Trigger, entry_id(ana.id, UUID(item["id"])))
        assert entry.happened_at == NOW


def test_the_same_id_with_other_words_comes_back_and_both_are_kept(app, ana, outbox_of):
    outbox, other = outbox_of(ana), outbox_of(ana)
    item = outbox.write(urge="6", situation=WORDS)
    outbox.send()
    with app.app_context():
        id = entry_id(ana.id, UUID(item["id"]))

    changed = other.write(id=UUID(item["id"]), urge="2", situation="It was nothing")

    assert other.send() == ["conflict"]
    assert other.send() == ["conflict"]
    assert entries(app, ana) == [(WORDS, 6)]
    page = other.phone.post("/sync/look", changed)
    assert WORDS in page.text
    assert page.form(action=f"/journal/{id}/edit").fields["situation"].strip() == "It was nothing"
    saved = other.phone.fill(page, f"/journal/{id}/edit")
    assert "Saved" in saved.text
    assert entries(app, ana) == [("It was nothing", 2)]
    with app.app_context():
        assert db.session.query(EntryVersion).count() == 1


def test_an_edit_from_the_basement_counts_unless_it_was_changed_elsewhere(
    app, ana, outbox_of, wrote
):
    id = wrote(ana, situation="First")
    outbox = outbox_of(ana)
    outbox.write(about=id, version="1", urge="5", situation="Second")
    assert outbox.send() == ["saved"]
    late = outbox_of(ana)
    item = late.write(about=id, version="1", urge="5", situation="Third")

    assert late.send() == ["conflict"]

    assert entries(app, ana) == [("Second", 5)]
    page = late.phone.post("/sync/look", item)
    assert "This was changed somewhere else" in page.text
    assert page.form(having="situation").fields["situation"].strip() == "Third"
    late.phone.fill(page, f"/journal/{id}/edit")
    assert entries(app, ana) == [("Third", 5)]


def test_what_the_page_saved_itself_and_was_changed_since_is_no_conflict(app, ana, outbox_of):
    outbox = outbox_of(ana)
    page = outbox.phone.get("/journal/new")
    id = UUID(page.form(having="urge").fields["id"])
    outbox.write(id=id, urge="6", situation=WORDS)
    outbox.phone.fill(page, having="urge", urge="6", situation=WORDS)
    with app.app_context():
        entry = db.session.get_one(Trigger, entry_id(ana.id, id))
        edit(entry, 1, entry.happened_at, {**entry.content, "situation": "Later words"})
        db.session.commit()

    assert outbox.send() == ["already"]
    assert entries(app, ana) == [("Later words", 6)]


def test_an_edit_of_what_was_taken_away_meanwhile_is_asked_about_and_can_be_kept(
    app, ana, outbox_of, wrote
):
    id = wrote(ana, situation="First")
    outbox = outbox_of(ana)
    item = outbox.write(about=id, version="1", urge="5", situation="Second")
    outbox.phone.post(f"/journal/{id}/removal")

    assert outbox.send() == ["conflict"]

    page = outbox.phone.post("/sync/look", item)
    assert "This couldn’t be saved from your phone" in page.text
    outbox.phone.fill(page, "/journal/new")
    assert "Second" in outbox.phone.get("/journal").text


def test_a_mistake_comes_back_filled_in_with_the_reason(app, ana, outbox_of):
    outbox = outbox_of(ana)
    item = outbox.write(urge="11", situation=WORDS, id=uuid4())

    assert outbox.send() == ["rejected"]

    page = outbox.phone.post("/sync/look", item)
    assert "Enter a number from 0 to 10." in page.text
    saved = outbox.phone.fill(page, "/journal/new", urge="3")
    assert "Saved" in saved.text
    assert entries(app, ana) == [(WORDS, 3)]


def test_the_page_tells_the_phone_what_it_saved_itself(ana, outbox_of):
    phone = outbox_of(ana).phone
    page = phone.get("/journal/new")
    id = page.form(having="urge").fields["id"]
    saved = phone.fill(page, having="urge", urge="4", operation=id)
    assert f'data-done="{id}"' in saved.html
    assert "data-done" not in phone.get("/journal").html


# Of the plan's forms: the page, a field of it, and a mistake. Entries: tests/writing.
MISTAKES = {
    "in words": ("/plan/why/why", "answer", {"answer": "x" * 20_001}),
    "a list": ("/plan/goals/goals", "goal", {"goal": ""}),
}


@pytest.mark.parametrize("question", MISTAKES)
def test_a_refused_page_tells_the_phone_that_it_arrived(ana, outbox_of, question):
    """It stands on the page, filled in; else it would come back a second time."""
    address, having, wrong = MISTAKES[question]
    phone, id = outbox_of(ana).phone, str(uuid4())
    mistake = phone.fill(phone.get(address), having=having, operation=id, **wrong)
    assert mistake.status == 422
    assert f'data-done="{id}"' in mistake.html


def test_a_page_that_shows_an_error_alone_lets_go_of_nothing(ana, outbox_of):
    phone = outbox_of(ana).phone
    for address, status in (("/medication/doses", 422), (f"/journal/{uuid4()}/edit", 404)):
        page = phone.post(address, {"operation": str(uuid4()), "urge": "3"})
        assert page.status == status
        assert "data-done" not in page.html


@pytest.mark.parametrize("on_the_phone", [True, False])
@pytest.mark.parametrize("out", ["on another phone", "in another tab"])
def test_words_sent_while_signed_out_elsewhere_are_called_what_they_are(
    app, ana, outbox_of, phone_of, on_the_phone, out
):
    """With an operation they lie on the phone and are sent later: nobody has to copy anything."""
    outbox, id = outbox_of(ana), uuid4()
    kept = outbox.write(urge="6", situation=WORDS, id=id)
    page = outbox.phone.get("/journal/new")
    if out == "in another tab":
        outbox.phone.post("/sign-out")
    else:
        phone_of(ana).post("/you/devices/end-others")
    named = {"operation": f"{uuid4()} {id}", "id": str(id)} if on_the_phone else {}
    answer = outbox.phone.fill(page, having="urge", urge="6", situation=WORDS, **named)
    assert answer.status == (401 if on_the_phone or out == "on another phone" else 400)
    says = "Your words are kept on this phone. Sign in and they go out."
    assert (says in answer.text) == on_the_phone
    assert ("/sign-in" in answer.links[-1:]) == (answer.status == 401)
    for said in ("Nothing was saved", "Copy it"):
        assert (said in answer.text) != on_the_phone
    assert WORDS in answer.html
    assert str(id) not in answer.text
    assert "data-done" not in answer.html
    again = outbox_of(ana)
    assert (again.send(kept), again.send(kept)) == (["saved"], ["already"])
    assert entries(app, ana) == [(WORDS, 6)]


def test_an_old_page_says_what_is_kept_and_shows_no_id(ana, outbox_of):
    phone, about = outbox_of(ana).phone, f"{uuid4()} {uuid4()}"
    fields = {"urge": "6", "situation": WORDS, "operation": about, "begun": f"return/{uuid4()}"}
    answer = phone.post("/journal/new", {**fields, "csrf_token": "old"})
    assert answer.status == 400
    assert "This is saved on your phone. It will be sent automatically." in answer.text
    assert not [word for word in about.split() if word in answer.text]
    assert "return/" not in answer.text


@pytest.mark.parametrize("address", ["/blank/trigger", "/blank/visit", "/offline", "/help-now"])
def test_kept_pages_belong_to_nobody(ana, outbox_of, phone, address):
    anas = outbox_of(ana).phone
    seen, public = anas.get(address), phone.get(address)
    assert seen.html == public.html
    assert "csrf_token" not in public.html
    assert "Ana" not in public.html.partition("<head>")[2]  # not in the key, by chance
    assert "data-mark" not in public.html
    assert "Set-Cookie" not in public.response.headers


@pytest.mark.parametrize("kind", ["take-back", "nothing", "../today"])
def test_only_what_can_be_begun_offline_has_a_blank_form(phone, kind):
    assert phone.get(f"/blank/{kind}").status == 404


def trigger_of(app, ana, item):
    with app.app_context():
        trigger = db.session.get_one(Trigger, entry_id(ana.id, UUID(item["id"])))
        return trigger.urge, trigger.happened_at, trigger.removed_at


def written_and_changed(outbox_of, ana):
    """What a phone wrote, and the entry that another one changed since."""
    outbox, other = outbox_of(ana), outbox_of(ana)
    item = outbox.write(urge="6", situation=WORDS)
    outbox.send()
    about = entry_id(ana.id, UUID(item["id"]))
    other.write(about=about, version="1", urge="2", situation=WORDS)
    assert other.send() == ["saved"]
    return item, about


def test_an_answer_changed_back_without_a_network_is_changed_back(app, ana, outbox_of):
    item, about = written_and_changed(outbox_of, ana)

    back = outbox_of(ana)
    back.write(about=about, version="2", urge="6", situation=WORDS)

    assert back.send() == ["saved"]
    assert back.send() == ["already"]
    assert trigger_of(app, ana, item)[0] == 6


def test_said_again_after_it_was_removed_it_is_there_again(app, ana, outbox_of, clock):
    outbox = outbox_of(ana)
    item = outbox.write(urge="6", situation=WORDS)
    outbox.send()
    with app.app_context():
        remove(db.session.get_one(Trigger, entry_id(ana.id, UUID(item["id"]))))
        db.session.commit()
    assert outbox_of(ana).send(item) == ["already"], "a late repeat brings nothing back"
    assert trigger_of(app, ana, item)[2] is not None

    clock.shift(timedelta(minutes=5))
    again = outbox_of(ana)
    again.clock = NOW + timedelta(minutes=5)
    again.write(id=UUID(item["id"]), urge="6", situation=WORDS)

    assert again.send() == ["saved"]
    assert trigger_of(app, ana, item)[2] is None


def test_said_again_as_it_was_before_a_change_nothing_else_is_brought_back_for_it(
    app, ana, outbox_of, clock
):
    item, about = written_and_changed(outbox_of, ana)
    with app.app_context():
        remove(db.session.get_one(Trigger, about))
        db.session.commit()
    clock.shift(timedelta(minutes=5))
    again = outbox_of(ana)
    again.clock = NOW + timedelta(minutes=5)
    again.write(id=UUID(item["id"]), urge="6", situation=WORDS)

    assert again.send() == ["conflict"], "she decides"
    assert trigger_of(app, ana, item)[2] is not None


def test_a_choice_that_is_sent_again_and_again_is_kept_once(app, ana, phone_of):
    phone = phone_of(ana)
    page = phone.get("/journal/new")
    saved = phone.fill(page, having="situation", urge="6", kinds=["place"] * 300 + ["time"])
    assert saved.status == 200, saved.text
    with app.app_context():
        assert db.session.scalars(select(Trigger)).one().kinds == ["place", "time"]
