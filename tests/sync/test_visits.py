"""A meeting that was written down where there is no network."""

from uuid import UUID

from tests.conftest import NOW
from webapp.accounts.models import Person
from webapp.core.data.db import db
from webapp.entries.actions import write
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
