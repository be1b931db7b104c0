"""What every kind of entry holds to, whichever page or phone asks for it."""

from uuid import uuid4

import pytest
from flask import Flask

from tests.conftest import NOW, ZONE, Made, Someone
from webapp.accounts.models import Person
from webapp.core.data.db import db
from webapp.core.errors import Ceiling, Conflict
from webapp.entries.actions import edit, remove, write
from webapp.journal.models import Trigger
from webapp.medication.models import Medication

pytestmark = pytest.mark.database

TAKES = {"name": "Sertraline", "times": ["08:00"], "weekdays": [0], "zone": ZONE}


def test_what_was_changed_since_is_never_written_over(app: Flask, ana: Someone, wrote: Made):
    id = wrote(ana, situation="First")
    with app.app_context():
        entry = db.session.get_one(Trigger, id)
        edit(entry, 1, NOW, {"urge": 5, "zone": ZONE, "situation": "Second"})
        db.session.commit()
        with pytest.raises(Conflict):
            edit(entry, 1, NOW, {"urge": 5, "zone": ZONE, "situation": "Third"})
        assert entry.situation == "Second"


def test_what_is_taken_off_a_list_makes_room_on_it(
    app: Flask, ana: Someone, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(Medication, "most", 1)
    with app.app_context():
        by = db.session.get_one(Person, ana.id)
        first = write(Medication, by, uuid4(), NOW, TAKES)
        db.session.flush()
        with pytest.raises(Ceiling):
            write(Medication, by, uuid4(), NOW, TAKES)
        remove(db.session.get_one(Medication, first.id))
        db.session.flush()
        write(Medication, by, uuid4(), NOW, TAKES)
