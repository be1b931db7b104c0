"""At a ceiling nothing is lost and a sentence says so; whoever calls for help meets none."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict

from tests.conftest import NOW, ZONE, SomeGroup, Someone
from tests.pages import Phone
from tests.sync.conftest import OUTBOX, sealed
from webapp.accounts.confirming import LASTS
from webapp.accounts.models import Person
from webapp.accounts.queries import author_mark
from webapp.check_ins.models import CheckIn
from webapp.core import limits
from webapp.core.data.db import db
from webapp.core.errors import Ceiling
from webapp.entries.actions import edit, write
from webapp.entries.models import Entry
from webapp.journal.models import Trigger
from webapp.medication.models import Medication
from webapp.plan.outline import PARTS
from webapp.plan.queries import items_of
from webapp.questionnaires.models import Answers
from webapp.sharing.models import Share
from webapp.sync.page import outbox_key

WORDS = "Walked past the old place once more"
LONG = "x" * limits.TEXT
FORM = "application/x-www-form-urlencoded"
PhoneOf = Callable[[Someone], Phone]


@pytest.fixture
def full_day(app: Flask, ana: Someone) -> list[UUID]:
    """Ana wrote as much today as anybody may."""
    with app.app_context():
        person = db.session.get_one(Person, ana.id)
        made = [
            write(Trigger, person, uuid4(), NOW, {"urge": 1, "zone": ZONE}).id
            for _ in range(limits.ENTRIES_A_DAY)
        ]
        db.session.commit()
        return made


def count(app: Flask, kind: type[Any], *where: Any) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(kind).where(*where)) or 0


def bring(app: Flask, ana: Someone, phone: Phone, kind: str = "trigger", **fields: str) -> str:
    """Ana's phone brings one thing; what it is answered."""
    with app.app_context():
        mark = author_mark(db.session.get_one(Person, ana.id))
        item = sealed(outbox_key(), mark, fields, id=UUID(int=7), kind=kind)
    answer = phone.client.post("/sync", json={"operations": [item]}, headers=OUTBOX)
    return str(answer.get_json()["answers"][0]["answer"])


def test_more_than_a_day_can_hold_comes_back_to_be_copied(
    app: Flask, ana: Someone, phone_of: PhoneOf, full_day: list[UUID]
) -> None:
    phone = phone_of(ana)
    page = phone.fill(phone.get("/journal/new"), having="urge", urge="5", situation=WORDS)
    assert page.status == 429
    assert "today’s limit for saved entries" in page.text
    assert WORDS in page.text
    assert count(app, Entry) == limits.ENTRIES_A_DAY


@pytest.mark.database
def test_what_a_phone_brings_too_much_of_stays_on_it_until_tomorrow(
    app: Flask, ana: Someone, phone_of: PhoneOf, full_day: list[UUID],
    clock: time_machine.Traveller,
) -> None:  # fmt: skip
    phone = phone_of(ana)
    assert bring(app, ana, phone, urge="6", situation=WORDS) == "later"
    assert count(app, Entry) == limits.ENTRIES_A_DAY
    clock.shift(timedelta(days=1, seconds=1))
    assert bring(app, ana, phone, urge="6", situation=WORDS) == "saved"
    assert bring(app, ana, phone, urge="6", situation=WORDS) == "already"


@pytest.mark.parametrize("safety", ["no", "unsure"])
def test_not_safe_gets_through_on_the_fullest_day(
    app: Flask, ana: Someone, phone_of: PhoneOf, full_day: list[UUID], safety: str
) -> None:
    phone = phone_of(ana)
    new = phone.get("/check-ins/new")
    page = phone.fill(new, having="mood", safety=safety, note="x" * (limits.OPERATION + 1))
    assert page.status == 200
    assert count(app, CheckIn) == 1
    refused = phone.fill(phone.get("/check-ins/new"), having="mood", safety="yes")
    assert refused.status == 429
    assert bring(app, ana, phone, "check-in", safety=safety, note=LONG + LONG) == "saved"


@pytest.mark.long
def test_not_safe_is_shared_when_nothing_else_can_be(
    app: Flask, ana: Someone, evening: SomeGroup, phone_of: PhoneOf, wrote: Callable[..., UUID],
    shared: Callable[..., UUID],
) -> None:  # fmt: skip
    entry = wrote(ana)
    for _ in range(limits.SHARES_A_DAY):
        shared(ana, entry, evening)
    phone = phone_of(ana)
    page = phone.fill(
        phone.get("/journal/new"), having="urge", urge="5", situation=WORDS, share="1"
    )
    assert "Saved. Only you can see it. You’ve reached today’s limit for sharing." in page.text
    assert count(app, Share) == limits.SHARES_A_DAY
    assert phone.fill(phone.get(f"/entries/{entry}/share"), having="until").status == 429
    phone.fill(phone.get("/check-ins/new"), having="mood", safety="no", share="1")
    assert count(app, Share) == limits.SHARES_A_DAY + 1
    assert bring(app, ana, phone, urge="6", share="1") == "saved"
    assert "You wanted to share this" in phone.get("/today").text


@pytest.mark.database
def test_an_entry_that_is_changed_all_day_keeps_what_it_says(
    app: Flask, ana: Someone, phone_of: PhoneOf, wrote: Callable[..., UUID]
) -> None:
    id = wrote(ana)
    with app.app_context():
        entry = db.session.get_one(Trigger, id)
        for number in range(limits.ENTRIES_A_DAY):
            edit(entry, entry.version, NOW, {"urge": 5, "situation": str(number), "zone": ZONE})
            db.session.flush()
        db.session.commit()
    phone = phone_of(ana)
    page = phone.fill(phone.get(f"/journal/{id}/edit"), having="urge", situation=WORDS)
    assert page.status == 429
    assert WORDS in page.text


def test_answers_that_show_the_safety_plan_get_through_too(
    app: Flask, ana: Someone, full_day: list[UUID]
) -> None:
    with app.app_context():
        person = db.session.get_one(Person, ana.id)
        asked = {"name": "Evenings", "at_once": [["Are you safe?", "No"]]}
        write(Answers, person, uuid4(), NOW, asked)
        with pytest.raises(Ceiling):
            write(Answers, person, uuid4(), NOW, {"name": "Evenings"})


def test_texts_that_are_too_much_together_come_back_with_a_sentence(
    app: Flask, ana: Someone, phone_of: PhoneOf
) -> None:
    phone = phone_of(ana)
    texts = dict.fromkeys(("situation", "thought", "body", "did"), LONG)
    page = phone.fill(phone.get("/journal/new"), having="urge", urge="5", **texts)
    assert page.status == 422
    assert "This is too long to save all at once" in page.text
    assert page.form(having="urge").fields["did"] == LONG
    assert bring(app, ana, phone, urge="5", **texts) == "rejected"
    del texts["did"]
    assert phone.fill(phone.get("/journal/new"), having="urge", urge="5", **texts).status == 200


@pytest.mark.long
def test_a_full_list_takes_nothing_more_and_drops_nothing(
    app: Flask, ana: Someone, phone_of: PhoneOf
) -> None:
    phone = phone_of(ana)
    for number in range(limits.ITEMS):
        fields = {"id": str(uuid4()), "name": f"Contact {number}"}
        assert phone.post("/plan/supports/supports", fields, follow=False).status == 302
    page = phone.post("/plan/supports/supports", {"id": str(uuid4()), "name": "One contact more"})
    assert page.status == 429
    assert "This list is full" in page.text
    assert "One contact more" in page.text
    with app.app_context():
        part = PARTS["supports"]
        there = items_of(db.session.get_one(Person, ana.id), part, part.questions[0])
    assert [contact["name"] for contact in there] == [f"Contact {n}" for n in range(limits.ITEMS)]


def test_a_list_of_medications_is_full_at_some_time(
    app: Flask, ana: Someone, phone_of: PhoneOf
) -> None:
    with app.app_context():
        person = db.session.get_one(Person, ana.id)
        for number in range(limits.ITEMS):
            write(Medication, person, UUID(int=number), NOW, {"name": f"M {number}", "zone": ZONE})
        db.session.commit()
        write(Medication, person, UUID(int=0), NOW, {"name": "M 0", "zone": ZONE})  # once more
    phone = phone_of(ana)
    page = phone.fill(phone.get("/medication/new"), having="dose", name="One medication more")
    assert page.status == 429
    assert "One medication more" in page.text


def test_one_entry_can_not_grow_for_ever(app: Flask, ana: Someone) -> None:
    with app.app_context():
        person = db.session.get_one(Person, ana.id)
        written = write(Trigger, person, uuid4(), NOW, {"urge": 1})
        entry = db.session.get_one(Trigger, written.id)
        db.session.commit()
        edit(entry, 1, NOW, {"did": "x" * limits.DOCUMENT})
        with pytest.raises(Ceiling, match="too long to save all at once"):
            db.session.flush()


def test_twenty_sheets_a_day_are_enough(app: Flask, ana: Someone, phone_of: PhoneOf) -> None:
    phone = phone_of(ana)
    days = {"first": "2026-11-01", "last": "2026-11-23", "blank": "1"}
    for _ in range(limits.SHEETS_A_DAY):
        assert phone.post("/meetings/sheet", days, follow=False).status == 302
    assert phone.post("/meetings/sheet", days).status == 429


@pytest.mark.parametrize(
    "own", ["\n".join(f"Skill {n}" for n in range(61)), "x" * 201], ids=["many", "long"]
)
def test_nothing_of_a_list_in_one_field_is_cut_off(
    app: Flask, ana: Someone, phone_of: PhoneOf, own: str
) -> None:
    phone = phone_of(ana)
    page = phone.fill(phone.get("/plan/skills/skills"), having="own", own=own)
    assert page.status == 422
    assert page.form(having="own").fields["own"] == own


def test_a_form_with_more_fields_than_any_page_has_comes_back_on_none(
    ana: Someone, phone_of: PhoneOf, clock: time_machine.Traveller
) -> None:
    """What asks for the password first has each of them on it: a megabyte became forty."""
    phone = phone_of(ana)
    clock.shift(LASTS)
    for number, status in ((limits.FORM_FIELDS - 1, 422), (limits.FORM_FIELDS, 413)):
        fields = MultiDict([("csrf_token", phone.token()), *[("a", "")] * number])
        answer = phone.client.post("/week/calendar", data=fields)
        assert answer.status_code == status
    answer = phone.client.post("/hide", data="&".join(["a"] * 300_000), content_type=FORM)
    assert (answer.status_code, len(answer.get_data()) < 10_000) == (413, True)
