"""What isn’t taken from a phone, from whom not, and what it then keeps."""

import json
from datetime import timedelta

import pytest

from tests.sync.conftest import OUTBOX, WORDS, entries, sealed

pytestmark = pytest.mark.database


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


def test_a_sealed_operation_says_nothing_of_its_words(ana, outbox_of):
    outbox = outbox_of(ana)
    assert WORDS not in json.dumps(sealed(outbox.key, outbox.mark, {"situation": WORDS}))


def test_brackets_in_brackets_are_refused(ana, outbox_of):
    deep = '{"operations":' + "[" * 9_000 + "]" * 9_000 + "}"
    sent = {"data": deep, "headers": OUTBOX | {"Content-Type": "application/json"}}
    assert outbox_of(ana).phone.client.post("/sync", **sent).status_code == 422
