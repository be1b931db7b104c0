"""Changing an entry, taking it away and putting it back."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from tests.conftest import NOW, ZONE
from webapp.core import sealing
from webapp.core.db import db
from webapp.core.keys import keyring
from webapp.entries.models import EntryVersion
from webapp.journal.models import Trigger


def now_kept(app, entry) -> tuple[int, dict, datetime]:
    with app.app_context():
        one = db.session.get_one(Trigger, entry)
        return one.version, dict(one.content), one.happened_at


def former(app, someone, entry) -> list[dict]:
    """What was there before, opened."""
    with app.app_context():
        rows = db.session.scalars(
            select(EntryVersion)
            .where(EntryVersion.entry_id == entry)
            .order_by(EntryVersion.version)
        )
        key = keyring(db.session).key_of(someone.id)
        bound = f"entry|{entry}|{someone.id}|trigger"
        return [sealing.unseal(one.sealed, key, f"{bound}|{one.version}".encode()) for one in rows]


def change(phone, entry, **typed):
    return phone.fill(phone.get(f"/journal/{entry}/edit"), "/edit", **typed)


def test_a_change_is_a_new_version_and_the_one_before_stays(app, phone_of, ana, wrote, clock):
    entry = wrote(ana, situation="First words", urge=7)
    clock.shift(timedelta(hours=1))
    page = change(phone_of(ana), entry, situation="Second words", urge="4")
    assert "Saved." in page.text
    assert "Second words" in page.text
    assert "changed today 5:00 pm" in page.text
    version, content, at = now_kept(app, entry)
    assert (version, content["situation"], content["urge"], at) == (2, "Second words", 4, NOW)
    assert [one["situation"] for one in former(app, ana, entry)] == ["First words"]


def test_saving_without_a_change_is_no_new_version(app, phone_of, ana, wrote):
    at = NOW - timedelta(minutes=7, seconds=23)  # the form knows no seconds
    entry = wrote(ana, at=at, situation="As it is", kinds=["place"], feelings=["sad"], after=2)
    before = now_kept(app, entry)
    change(phone_of(ana), entry)
    assert now_kept(app, entry) == before


def test_the_hour_that_comes_twice_survives_a_change_of_words(app, phone_of, ana, wrote):
    # 1:30 in the morning for the second time, on the night when the clocks go back.
    second = datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
    entry = wrote(ana, at=second, situation="Could not sleep", zone=ZONE)
    change(phone_of(ana), entry, situation="Could not sleep, twice")
    assert now_kept(app, entry)[::2] == (2, second)


def test_the_time_can_be_changed(app, phone_of, ana, wrote):
    entry = wrote(ana)
    change(phone_of(ana), entry, happened="2026-11-23T09:15")
    assert now_kept(app, entry)[::2] == (2, datetime(2026, 11, 23, 14, 15, tzinfo=UTC))


def test_two_tabs_show_both_texts_and_decide_nothing(app, phone_of, ana, wrote):
    entry = wrote(ana, situation="At first")
    phone = phone_of(ana)
    first, second = (phone.get(f"/journal/{entry}/edit") for _ in range(2))
    phone.fill(first, "/edit", situation="From the first tab", did="Called my sister")

    both = phone.fill(second, "/edit", situation="From the second tab", urge="9")

    assert both.status == 409
    assert "This was changed somewhere else meanwhile" in both.text
    assert "From the first tab" in both.text
    assert "Called my sister" in both.text
    assert both.form("/edit").fields["situation"] == "From the second tab"
    assert both.form("/edit").fields["urge"] == "9"
    assert now_kept(app, entry)[1]["situation"] == "From the first tab"
    # Whoever saves now has seen both.
    saved = phone.fill(both, "/edit")
    assert "From the second tab" in saved.text
    texts = [one["situation"] for one in former(app, ana, entry)]
    assert texts == ["At first", "From the first tab"]


@pytest.mark.parametrize(
    ("version", "status"), [("", 422), ("one", 422), ("-1", 422), ("²", 422), ("99", 409)]
)
def test_a_version_that_cannot_be_changes_nothing(app, phone_of, ana, wrote, version, status):
    entry = wrote(ana, situation="As it is")
    answer = change(phone_of(ana), entry, version=version, situation="Something else")
    assert answer.status == status
    assert "Something else" in answer.html
    assert now_kept(app, entry)[1]["situation"] == "As it is"


def test_what_was_removed_is_gone_and_can_be_put_back(phone_of, ana, wrote):
    entry = wrote(ana, situation="Too much to look at")
    phone = phone_of(ana)
    gone = phone.fill(phone.get(f"/journal/{entry}"), "/removal")
    assert gone.address == "/journal"
    assert "Too much to look at" not in gone.text
    assert phone.get(f"/journal/{entry}").status == 404
    assert phone.get(f"/journal/{entry}/edit").status == 404
    back = phone.fill(gone, "/restoration")
    assert "It is back." in back.text
    assert "Too much to look at" in back.text


def test_what_is_removed_is_not_shared_any_more(phone_of, ana, cleo, evening, wrote, shared):
    entry = wrote(ana, situation="Too much to show")
    shared(ana, entry, evening)
    phone = phone_of(ana)
    phone.fill(phone.get(f"/journal/{entry}"), "/removal")
    assert "Too much to show" not in phone_of(cleo).get(f"/clinic/sessions/{evening.tonight}").html


def test_nobody_else_opens_changes_or_removes_it(phone_of, ana, ben, cleo, max_, wrote, evening):
    entry = wrote(ana, situation="Mine alone")
    for other in (ben, cleo, max_):
        phone = phone_of(other)
        for address in (f"/journal/{entry}", f"/journal/{entry}/edit"):
            page = phone.get(address)
            assert page.status == 404
            assert "Mine alone" not in page.html
        for address in ("edit", "removal", "restoration"):
            assert phone.post(f"/journal/{entry}/{address}", {"urge": "1"}).status == 404
    assert "Mine alone" in phone_of(ana).get(f"/journal/{entry}").text
