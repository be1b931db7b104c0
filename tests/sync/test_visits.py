"""A meeting that was written down where there is no network."""

from uuid import UUID

import pytest

from tests.conftest import NOW
from webapp.accounts.models import Person
from webapp.core.db import db
from webapp.entries.actions import write
from webapp.entries.models import entry_id
from webapp.meetings.actions import change
from webapp.meetings.models import Visit

DRAWN = "M1 1L9 9"


def visit(app, someone, id):
    with app.app_context():
        found = db.session.get_one(Visit, id)
        return {name: found.content.get(name) for name in ("meeting", "takeaway", "initials")}


def signed_visit(app, author) -> UUID:
    with app.app_context():
        content = {"meeting": "Noon Circle", "initials": DRAWN}
        made = write(Visit, db.session.get_one(Person, author.id), UUID(int=3), NOW, content).id
        db.session.commit()
        return made


def test_what_ana_took_with_her_is_in_her_log_once(app, ana, outbox_of):
    outbox = outbox_of(ana)
    item = outbox.write(kind="visit", meeting="Noon Circle", takeaway="One hour is enough")

    assert outbox.send() == ["saved"]
    assert outbox.send() == ["already"]

    assert visit(app, ana, entry_id(ana.id, UUID(item["id"])))["takeaway"] == "One hour is enough"
    assert "Noon Circle" in outbox.phone.get("/meetings").text


def test_initials_stay_with_the_meeting_for_which_they_were_given(app, ana, outbox_of):
    id, outbox = signed_visit(app, ana), outbox_of(ana)
    outbox.write(kind="visit", about=id, version="1", meeting="Noon Circle", takeaway="Stay")
    assert outbox.send() == ["saved"]
    assert visit(app, ana, id) == {
        "meeting": "Noon Circle", "takeaway": "Stay", "initials": DRAWN,
    }  # fmt: skip

    outbox.items.clear()
    outbox.write(kind="visit", about=id, version="2", meeting="Another")
    assert outbox.send() == ["saved"]
    assert visit(app, ana, id)["initials"] is None


def test_a_visit_changed_on_two_phones_comes_back_with_both_texts(app, ana, outbox_of):
    id, outbox = signed_visit(app, ana), outbox_of(ana)
    item = outbox.write(kind="visit", about=id, version="1", takeaway="Written on the bus")
    with app.app_context():
        change(db.session.get_one(Visit, id), 1, NOW, {"takeaway": "Written at home"})
        db.session.commit()

    assert outbox.send() == ["conflict"]
    phone = outbox.phone
    page = phone.post("/sync/look", item)
    assert "Written at home" in page.text
    assert "Written on the bus" in page.html
    saved = phone.fill(page, "edit")
    assert "Written on the bus" in saved.text


@pytest.mark.parametrize("happened", ["9999-01-01T10:00", "2026-11-23T18:00"])
def test_a_visit_with_an_impossible_date_comes_back_whole(ana, outbox_of, clock, happened):
    outbox = outbox_of(ana)
    item = outbox.write(kind="visit", happened=happened, takeaway="Kept words")

    assert outbox.send() == ["rejected"]
    page = outbox.phone.post("/sync/look", item)
    assert "Kept words" in page.html
    assert "This came back from your phone" in page.text
