"""What was practiced and taken in a basement: the log replays by the forms of its own pages."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from tests.conftest import NOW, ZONE
from webapp.accounts.models import Person
from webapp.core.data.db import db
from webapp.entries.actions import write
from webapp.medication.doses import dose_id
from webapp.medication.models import Dose, Medication
from webapp.mindfulness.models import Practice

RUN = {"exercise": "urge-surfing", "minutes": "3", "before": "8", "after": "3",
       "samples": "0:8 1:9 2:3", "notes": "On the stairs"}  # fmt: skip


@pytest.fixture
def kept(app):
    """Somebody's entries of one kind, as they are in the database."""

    def of(someone, kind):
        with app.app_context():
            found = db.session.scalars(select(kind).where(kind.author_id == someone.id))
            return [(entry.id, entry.version, entry.happened_at, entry.content) for entry in found]

    return of


@pytest.fixture
def naltrexone(app, ana):
    """On Ana's list, at eight."""
    with app.app_context():
        ana = db.session.get_one(Person, ana.id)
        content = {"name": "Naltrexone", "times": ["08:00"], "zone": ZONE}
        made = write(Medication, ana, uuid4(), NOW - timedelta(days=3), content)
        db.session.commit()
        return made.id


def test_a_run_without_a_network_is_in_the_log_once_and_when_it_was(ana, outbox_of, kept, clock):
    phone = outbox_of(ana)
    item = phone.write(kind="practice", **RUN)
    clock.shift(timedelta(hours=5))
    phone.clock = NOW + timedelta(hours=5)
    assert phone.send() == ["saved"]
    assert phone.send(item) == ["already"]
    ((_, _, at, content),) = kept(ana, Practice)
    assert at == NOW
    assert content["samples"] == [[0, 8], [1, 9], [2, 3]]
    assert content["notes"] == "On the stairs"


def test_a_run_that_cannot_be_comes_back_filled_in(ana, outbox_of, kept):
    phone = outbox_of(ana)
    item = phone.write(kind="practice", **RUN | {"minutes": "999"})
    assert phone.send() == ["rejected"]
    assert kept(ana, Practice) == []
    page = phone.phone.post("/sync/look", item)
    assert "from 1 to 180" in page.text
    assert "On the stairs" in page.html
    phone.phone.fill(page, "/mindfulness/log", having="samples", minutes="3")
    ((_, _, _, content),) = kept(ana, Practice)
    assert content["samples"] == [[0, 8], [1, 9], [2, 3]]


def test_a_dose_tapped_without_a_network_is_the_one_on_the_page(ana, outbox_of, kept, naltrexone):
    phone = outbox_of(ana)
    id = dose_id(naltrexone, NOW.date(), NOW.time().replace(hour=8))
    told = {"medication": str(naltrexone), "name": "Naltrexone", "day": "2026-11-23",
            "time": "08:00", "answer": "taken"}  # fmt: skip
    phone.write(kind="dose", id=id, **told)
    assert phone.send() == ["saved"]
    page = phone.phone.get("/medication")
    assert "Taken" in page.text
    assert not [form for form in page.forms if form.fields.get("answer")]
    assert len(kept(ana, Dose)) == 1


def test_two_phones_two_answers_and_ana_decides(ana, outbox_of, kept, naltrexone):
    phone, other = outbox_of(ana), outbox_of(ana)
    id = dose_id(naltrexone, NOW.date(), NOW.time().replace(hour=8))
    told = {"medication": str(naltrexone), "name": "Naltrexone", "day": "2026-11-23",
            "time": "08:00"}  # fmt: skip
    other.phone.post("/medication/doses", {**told, "answer": "skipped", "id": str(id)})
    item = phone.write(kind="dose", id=id, answer="taken", **told)
    assert phone.send() == ["conflict"]
    page = phone.phone.post("/sync/look", item)
    assert "Right now it says: Skipped" in page.text
    phone.phone.fill(page, "/medication/doses/", having="answer")
    ((_, version, _, content),) = kept(ana, Dose)
    assert (version, content["answer"]) == (2, "taken")


def test_later_became_taken_without_a_network(ana, outbox_of, kept, naltrexone):
    phone = outbox_of(ana)
    page = phone.phone.get("/medication")
    later = next(form for form in page.forms if form.fields.get("answer") == "later")
    page = phone.phone.post(later.action, later.fields)
    ((id, _, _, _),) = kept(ana, Dose)
    taken = next(form for form in page.forms if form.fields.get("answer") == "taken")
    fields = {name: taken.fields[name] for name in taken.names - {"csrf_token", "id"}}
    phone.write(kind="dose", about=id, **fields)
    assert phone.send() == ["saved"]
    ((_, version, _, content),) = kept(ana, Dose)
    assert (version, content["answer"]) == (2, "taken")
