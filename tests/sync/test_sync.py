"""What a phone brings back from a basement."""

import json
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from tests.conftest import NOW, PASSWORD
from tests.sync.conftest import OUTBOX, sealed
from webapp.accounts.models import Person, Role
from webapp.core.data.db import db
from webapp.entries.actions import edit, remove
from webapp.entries.models import EntryVersion, entry_id
from webapp.journal.models import Trigger
from webapp.program.actions import name_supervisor
from webapp.program.models import Group, GroupSession
from webapp.sharing.models import Share

pytestmark = pytest.mark.database

WORDS = "Walked past the old place"


def entries(app, someone):
    with app.app_context():
        query = select(Trigger).where(Trigger.author_id == someone.id)
        return [(entry.situation, entry.urge) for entry in db.session.scalars(query)]


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


def test_bens_words_never_go_out_as_anas(app, ana, ben, outbox_of):
    bens, anas = outbox_of(ben), outbox_of(ana)
    item = bens.write(urge="9", situation="Ben's")

    assert anas.send(item) == ["not yours"]
    assert anas.phone.post("/sync/look", item).status == 404
    forged = item | {"mark": anas.mark}
    assert anas.send(forged) == ["rejected"]  # the mark is bound to what was sealed
    assert entries(app, ana) == []
    assert bens.send() == ["saved"]


def test_the_mark_names_nobody(ana, ben, outbox_of):
    marks = {outbox_of(ana).mark, outbox_of(ben).mark}
    assert len(marks) == 2
    assert not any(str(ana.id).replace("-", "")[:8] in mark for mark in marks)


def test_ben_cannot_change_anas_entry_from_a_basement_either(app, ana, ben, outbox_of, wrote):
    id = wrote(ana, situation=WORDS)
    outbox = outbox_of(ben)
    outbox.write(about=id, version="1", urge="0", situation="Overwritten")
    assert outbox.send() == ["conflict"]
    assert entries(app, ana) == [(WORDS, 5)]


def test_a_share_taken_back_without_a_network_ends(
    app, ana, ben, outbox_of, wrote, shared, evening
):
    share = shared(ana, wrote(ana), evening)
    thief = outbox_of(ben)
    thief.write(kind="take-back", about=share)
    assert thief.send() == ["already"]
    with app.app_context():
        assert db.session.get_one(Share, share).ended_at is None

    outbox = outbox_of(ana)
    outbox.write(kind="take-back", about=share, id=share)

    assert outbox.send() == ["saved"]
    assert outbox.send() == ["already"]
    with app.app_context():
        assert db.session.get_one(Share, share).ended_at == NOW


@pytest.mark.parametrize("blank", [True, False])
def test_a_share_ticked_offline_counts_until_its_group_begins(
    app, ana, outbox_of, wrote, shared, evening, blank
):
    shared(ana, wrote(ana), evening)  # signs the consent
    outbox = outbox_of(ana)
    meant = {} if blank else {"for": str(evening.tonight)}
    item = outbox.write(urge="6", situation=WORDS, share="1", bring_up="1", **meant)

    assert outbox.send() == ["saved"]

    with app.app_context():
        id = entry_id(ana.id, UUID(item["id"]))
        share = db.session.scalars(select(Share).where(Share.entry_id == id)).one()
        assert share.group_session_id == evening.tonight
        assert share.bring_up
    assert "You wanted to share this" not in outbox.phone.get("/today").text


def test_on_a_blank_form_the_next_group_is_the_next_of_anas_own_days(
    app, ana, outbox_of, wrote, shared, evening, weeks, comes_on, clock
):
    shared(ana, wrote(ana), evening)
    comes_on(ana, evening, 2)
    outbox = outbox_of(ana)
    item = outbox.write(urge="6", situation=WORDS, share="1")
    clock.shift(timedelta(hours=3))  # Monday's group has begun; hers is on Wednesday

    assert outbox.send() == ["saved"]

    with app.app_context():
        id = entry_id(ana.id, UUID(item["id"]))
        share = db.session.scalars(select(Share).where(Share.entry_id == id)).one()
        assert share.group_session.starts_at == NOW + timedelta(hours=50)


def test_a_share_that_comes_too_late_is_asked_about(
    app, ana, outbox_of, wrote, shared, evening, clock
):
    shared(ana, wrote(ana), evening)
    outbox = outbox_of(ana)
    item = outbox.write(urge="6", situation=WORDS, share="1")
    clock.shift(timedelta(hours=2, minutes=1))

    assert outbox.send() == ["saved"]

    with app.app_context():
        id = entry_id(ana.id, UUID(item["id"]))
        assert db.session.scalars(select(Share).where(Share.entry_id == id)).all() == []
    today = outbox.phone.get("/today")
    assert "You wanted to share this" in today.text
    assert "You wanted to share this" not in outbox.phone.fill(today, "/sync/late-shares").text


def test_what_was_shared_offline_before_a_supervisor_began_is_asked_about(
    app, ana, somebody, outbox_of, wrote, shared, evening, clock
):
    shared(ana, wrote(ana), evening)
    femi, outbox, hour = somebody("femi", Role.FACILITATOR), outbox_of(ana), timedelta(hours=1)
    starts, wednesday = NOW + 50 * hour, uuid4()
    with app.app_context():
        group = db.session.get_one(Group, evening.id)
        person = db.session.get_one(Person, femi.id)
        name_supervisor(group, person, person)
        meets = {"group_id": group.id, "starts_at": starts, "ends_at": starts + 3 * hour}
        db.session.add(GroupSession(id=wednesday, **meets))
        db.session.commit()
    before = outbox.write(urge="6", situation=WORDS, share="1", **{"for": str(wednesday)})
    clock.shift(3 * hour)
    outbox.clock = NOW + 3 * hour
    since = outbox.write(urge="7", share="1", **{"for": str(wednesday)})

    assert outbox.send() == ["saved", "saved"]

    with app.app_context():
        entries = select(Share.entry_id).where(Share.group_session_id == wednesday)
        assert db.session.scalars(entries).all() == [entry_id(ana.id, UUID(since["id"]))]
    today = outbox.phone.get("/today").text
    assert "You wanted to share this" in today
    assert WORDS in today, before


def test_who_holds_a_locked_phone_shares_nothing_in_anas_name(
    app, ana, outbox_of, wrote, shared, evening, clock
):
    """What is written on a blank form is kept, and she is asked; her own page named the session."""
    shared(ana, wrote(ana), evening)
    outbox = outbox_of(ana)
    lock = {"phone_pin": "4827", "after": "0", "own_password": PASSWORD}
    outbox.phone.fill(outbox.phone.get("/you/lock"), having="phone_pin", **lock)
    own = outbox.write(urge="6", situation="Hers", share="1", **{"for": str(evening.tonight)})
    outbox.phone.post("/lock/now")
    blank = outbox.write(urge="6", situation="I used again", share="1")
    assert outbox.send() == ["saved", "saved"]
    with app.app_context():
        for item, count in ((own, 1), (blank, 0)):
            id = entry_id(ana.id, UUID(item["id"]))
            shares = select(func.count()).select_from(Share).where(Share.entry_id == id)
            assert db.session.scalar(shares) == count, item
    asked = outbox.phone.get("/today")
    today = outbox.phone.fill(asked, having="phone_pin", phone_pin="4827")
    assert "You wanted to share this" in today.text


def test_without_a_consent_nothing_is_shared_and_ana_is_asked(app, ana, outbox_of):
    outbox = outbox_of(ana)
    outbox.write(urge="6", situation=WORDS, share="1")
    outbox.send()
    with app.app_context():
        assert db.session.query(Share).count() == 0
    assert "You wanted to share this" in outbox.phone.get("/today").text


def test_bens_late_share_is_not_anas_to_settle(ana, ben, outbox_of):
    outbox = outbox_of(ben)
    item = outbox.write(urge="6", share="1")
    outbox.send()
    id = entry_id(ben.id, UUID(item["id"]))
    outbox_of(ana).phone.post(f"/sync/late-shares/{id}/end")
    assert "You wanted to share this" in outbox.phone.get("/today").text


def test_one_bad_item_doesnt_hold_up_the_others(app, ana, outbox_of):
    outbox = outbox_of(ana)
    outbox.write(urge="1")
    outbox.items += [{"id": "no"}, {"box": 3}, "text", None, 5]  # type: ignore[list-item]
    outbox.write(urge="11")
    outbox.write(urge="2")
    answers = outbox.send()
    assert answers == ["saved", *["rejected"] * 6, "saved"]
    assert sorted(urge for _, urge in entries(app, ana)) == [1, 2]


@pytest.mark.parametrize(
    "change",
    [{"kind": "take-back"}, {"at": "2026-11-23T20:00:00+00:00"}, {"id": "0" * 32},
     {"box": "AAAA"}, {"box": "not base64"}, {"box": ""}, {"key": "0" * 16}, {"at": "soon"}],
    ids=str,
)  # fmt: skip
def test_what_was_altered_on_the_way_isnt_taken(app, ana, outbox_of, change):
    outbox = outbox_of(ana)
    item = outbox.write(urge="1") | change
    assert outbox.send(item) == ["rejected"]
    assert entries(app, ana) == []
    assert outbox.phone.post("/sync/look", item).status == 422


@pytest.mark.parametrize(
    ("words", "answer"),
    [("🙂" * 20_000, "saved"), ("x" * 20_001, "rejected"), ("nul \0 byte", "saved"),
     ("\ud800", "rejected"), ("<script>alert(1)</script>", "saved")],
    ids=["emoji", "too long", "NUL", "half a character", "markup"],
)  # fmt: skip
def test_every_text_is_kept_or_comes_back(app, ana, outbox_of, words, answer):
    outbox = outbox_of(ana)
    outbox.write(urge="1", situation=words)
    assert outbox.send() == [answer]


@pytest.mark.parametrize(
    "headers",
    [{}, {"X-Groundwork": "other"}, OUTBOX | {"Origin": "https://elsewhere.example"},
     OUTBOX | {"Origin": "null"}, OUTBOX | {"Sec-Fetch-Site": "cross-site"},
     OUTBOX | {"Sec-Fetch-Site": "same-site"}, OUTBOX | {"Content-Type": "text/plain"}],
    ids=str,
)  # fmt: skip
def test_only_our_own_pages_bring_anything(app, ana, outbox_of, headers):
    outbox = outbox_of(ana)
    outbox.write(urge="1")
    assert outbox.raw(headers=headers).status_code == 400
    assert entries(app, ana) == []


def test_nobody_and_staff_bring_nothing(app, ana, cleo, phone, phone_of, outbox_of):
    item = outbox_of(ana).write(urge="1")
    for whose, status in ((phone, 401), (phone_of(cleo), 404)):
        answer = whose.client.post("/sync", json={"operations": [item]}, headers=OUTBOX)
        assert answer.status_code == status
    assert entries(app, ana) == []


@pytest.mark.parametrize("body", [None, [], {}, {"operations": {}}, {"operations": [1] * 201}, 3])
def test_a_body_that_no_phone_sends_is_refused(ana, outbox_of, body):
    phone = outbox_of(ana).phone
    answer = phone.client.post("/sync", data=json.dumps(body), headers=OUTBOX,
                               content_type="application/json")  # fmt: skip
    assert answer.status_code == 422


def test_an_expired_sign_in_loses_nothing(app, ana, outbox_of, clock):
    outbox = outbox_of(ana)
    outbox.write(urge="6", situation=WORDS)
    clock.shift(timedelta(days=31))
    assert outbox.raw().status_code == 401
    outbox.phone = outbox_of(ana).phone
    assert outbox.send() == ["saved"]


def test_a_phone_that_isnt_anas_own_keeps_nothing(app, ana, phone):
    page = phone.get("/sign-in")
    today = phone.fill(page, username="ana", password="lantern maple pocket river", own_phone=None)
    assert 'data-mark=""' in today.html


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


def test_a_sealed_operation_says_nothing_of_its_words(ana, outbox_of):
    outbox = outbox_of(ana)
    assert WORDS not in json.dumps(sealed(outbox.key, outbox.mark, {"situation": WORDS}))


def test_brackets_in_brackets_are_refused(ana, outbox_of):
    deep = '{"operations":' + "[" * 9_000 + "]" * 9_000 + "}"
    sent = {"data": deep, "headers": OUTBOX | {"Content-Type": "application/json"}}
    assert outbox_of(ana).phone.client.post("/sync", **sent).status_code == 422


def trigger_of(app, ana, item):
    with app.app_context():
        trigger = db.session.get_one(Trigger, entry_id(ana.id, UUID(item["id"])))
        return trigger.urge, trigger.happened_at, trigger.removed_at


def test_an_answer_changed_back_without_a_network_is_changed_back(app, ana, outbox_of):
    outbox = outbox_of(ana)
    item = outbox.write(urge="6", situation=WORDS)
    outbox.send()
    about = entry_id(ana.id, UUID(item["id"]))
    other = outbox_of(ana)
    other.write(about=about, version="1", urge="2", situation=WORDS)
    assert other.send() == ["saved"]

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
    outbox = outbox_of(ana)
    item = outbox.write(urge="6", situation=WORDS)
    outbox.send()
    about = entry_id(ana.id, UUID(item["id"]))
    other = outbox_of(ana)
    other.write(about=about, version="1", urge="2", situation=WORDS)
    assert other.send() == ["saved"]
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
