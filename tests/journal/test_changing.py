"""Changing an entry, taking it away and putting it back."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from tests.conftest import NOW
from webapp.core.crypto import sealing
from webapp.core.crypto.keys import keyring
from webapp.core.data.db import db
from webapp.entries.models import EntryVersion
from webapp.journal.models import Trigger


def now_kept(app, entry) -> tuple[int, dict, datetime]:
    with app.app_context():
        trigger = db.session.get_one(Trigger, entry)
        return trigger.version, dict(trigger.content), trigger.happened_at


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
        return [sealing.unseal(row.sealed, key, f"{bound}|{row.version}".encode()) for row in rows]


def change(phone, entry, **typed):
    return phone.fill(phone.get(f"/journal/{entry}/edit"), "/edit", **typed)


def test_a_change_is_a_new_version_and_the_one_before_stays(app, phone_of, ana, wrote, clock):
    entry = wrote(ana, situation="First words", urge=7)
    clock.shift(timedelta(hours=1))
    page = change(phone_of(ana), entry, situation="Second words", urge="4")
    assert "Saved." in page.text
    assert "Second words" in page.text
    assert "changed today at 5:00 PM" in page.text
    version, content, at = now_kept(app, entry)
    assert (version, content["situation"], content["urge"], at) == (2, "Second words", 4, NOW)
    assert [past["situation"] for past in former(app, ana, entry)] == ["First words"]


def test_the_time_can_be_changed(app, phone_of, ana, wrote):
    entry = wrote(ana)
    change(phone_of(ana), entry, happened="2026-11-23T09:15")
    assert now_kept(app, entry)[::2] == (2, datetime(2026, 11, 23, 14, 15, tzinfo=UTC))


def test_what_is_removed_is_not_shared_any_more(phone_of, ana, cleo, evening, wrote, shared):
    entry = wrote(ana, situation="Too much to show")
    shared(ana, entry, evening)
    phone = phone_of(ana)
    phone.fill(phone.get(f"/journal/{entry}"), "/removal")
    assert "Too much to show" not in phone_of(cleo).get(f"/clinic/sessions/{evening.tonight}").html
