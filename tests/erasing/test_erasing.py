"""Ana erases her account: two lists, a week, and then nobody opens what only she had opened."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from tests.conftest import PASSWORD, SomeGroup, Someone, typed
from tests.pages import Page, Phone
from webapp.accounts.confirming import LASTS
from webapp.accounts.models import Person
from webapp.audit.models import Act
from webapp.core.clock import now
from webapp.core.crypto.keys import DataKey, RecordsKey
from webapp.core.data.db import db
from webapp.entries.actions import edit
from webapp.entries.models import Entry
from webapp.erasing import actions
from webapp.journal.models import Trigger

ADDRESS, HOLDS = "/you/erase", "/clinic/holds"
WEEK = timedelta(days=7)
Known = Callable[[Someone], Phone]
pytestmark = pytest.mark.database


def asked(phone: Phone, password: str = PASSWORD) -> Page:
    return phone.fill(phone.get(ADDRESS), ADDRESS, own_password=password)


def count(app: Flask, model: type, *which: object) -> int:
    with app.app_context():
        found = db.session.scalar(select(func.count()).select_from(model).where(*which)) or 0
        db.session.rollback()
    return found


def erased_at_night(app: Flask, clock: time_machine.Traveller) -> str:
    clock.shift(WEEK)
    return typed(app, "erase-due")


def test_ana_is_asked_for_her_password_and_has_a_week_that_every_page_tells_of(
    app: Flask, ana: Someone, wrote: Callable[..., UUID], phone_of: Known, clock
) -> None:
    wrote(ana, situation="zq-mine")
    phone = phone_of(ana)
    page = phone.get(ADDRESS)
    assert "Entries that only you have opened: 1" in page.text
    assert "Times you were in a group: 1" in page.text
    assert page.text.index("Take everything") < page.text.index("Erase my account in a week")
    clock.shift(LASTS)
    assert asked(phone, "not the right words at all").status == 422
    assert "You can cancel until" not in phone.get("/today").text
    asked(phone)
    today = phone_of(ana).get("/today")
    assert "You asked to erase your account. You can cancel until" in today.text
    clock.shift(WEEK - timedelta(minutes=1))
    assert "0 accounts erased" in typed(app, "erase-due")
    phone = phone_of(ana)
    kept = phone.fill(phone.get("/today"), "/you/erase/cancel")
    assert "Your account stays. Nothing was erased." in kept.text
    clock.shift(WEEK)
    assert "0 accounts erased" in typed(app, "erase-due")
    assert count(app, Entry) == 1


def test_after_the_week_what_only_ana_opened_is_gone_and_what_was_opened_is_kept(
    app: Flask, ana: Someone, cleo: Someone, evening: SomeGroup, wrote: Callable[..., UUID],
    shared: Callable[..., UUID], phone_of: Known, clock,
) -> None:  # fmt: skip
    wrote(ana, situation="zq-mine")
    opened = wrote(ana, situation="zq-opened")
    shared(ana, opened, evening)
    phone_of(cleo).get(f"/clinic/sessions/{evening.tonight}")
    with app.app_context():
        entry = db.session.get_one(Trigger, opened)
        edit(entry, 1, now(), {"situation": "zq-changed-later"})
        db.session.commit()
    asked(phone_of(ana))
    assert "1 accounts erased" in erased_at_night(app, clock)
    assert count(app, DataKey, DataKey.person_id == ana.id) == 0
    assert count(app, Entry, Entry.author_id == ana.id) == 1
    page = typed(app, "kept-records", str(ana.id))
    assert "zq-opened" in page
    assert "ana" in page
    assert "zq-mine" not in page
    assert "zq-changed-later" not in page
    with app.app_context():
        assert db.session.scalar(select(Act.kind).order_by(Act.number.desc())) == "records_opened"
        db.session.rollback()
    refused = Phone(app)
    refused.fill(refused.get("/sign-in"), "/sign-in", username="ana", password=PASSWORD)
    assert refused.get("/today").address.startswith("/sign-in")


def test_who_has_no_records_is_gone_altogether_and_the_name_may_be_taken_again(
    app: Flask, somebody: Callable[..., Someone], phone_of: Known, clock
) -> None:
    nia = somebody("nia")
    page = phone_of(nia).get(ADDRESS)
    assert "Nothing. There are no records about you." in page.text
    asked(phone_of(nia))
    erased_at_night(app, clock)
    assert count(app, Person, Person.id == nia.id) == 0
    assert somebody("nia").id != nia.id


def test_a_hold_stops_it_and_ana_is_told_and_has_a_week_again_when_it_ends(
    app: Flask, ana: Someone, max_: Someone, wrote: Callable[..., UUID], phone_of: Known, clock
) -> None:
    wrote(ana, situation="zq-mine")
    asked(phone_of(ana))
    desk = phone_of(max_)
    page = desk.get(HOLDS)
    wrong = desk.fill(page, HOLDS, who="nobody", reason="zq-why")
    assert "There’s no patient account with this username or number." in wrong.text
    held = desk.fill(page, having="reason", who="ana", reason="zq-why")
    assert "zq-why" in held.text
    again = desk.fill(desk.get(HOLDS), having="reason", who=str(ana.id)[:8], reason="again")
    assert "There’s already a hold" in again.text
    assert "0 accounts erased" in erased_at_night(app, clock)
    phone = phone_of(ana)
    assert "nothing is erased until the hold ends" in phone.get("/today").text
    page = phone.get(ADDRESS)
    assert "While this hold lasts, nothing can be erased." in page.text
    assert "zq-why" not in page.html
    desk = phone_of(max_)
    desk.fill(desk.get(HOLDS), "/end")
    assert "0 accounts erased" in typed(app, "erase-due")
    assert "You can cancel until" in phone_of(ana).get("/today").text
    assert "1 accounts erased" in erased_at_night(app, clock)


def test_records_go_when_their_years_are_over_unless_they_are_held(
    app: Flask, ana: Someone, max_: Someone, cleo: Someone, evening: SomeGroup,
    wrote: Callable[..., UUID], shared: Callable[..., UUID], phone_of: Known, clock,
) -> None:  # fmt: skip
    shared(ana, wrote(ana, situation="zq-opened"), evening)
    phone_of(cleo).get(f"/clinic/sessions/{evening.tonight}")
    asked(phone_of(ana))
    erased_at_night(app, clock)
    desk = phone_of(max_)
    desk.fill(desk.get(HOLDS), having="reason", who=str(ana.id), reason="zq-why")
    clock.shift(timedelta(days=7 * 366))
    assert "records of 0 others" in typed(app, "erase-due")
    desk = phone_of(max_)
    desk.fill(desk.get(HOLDS), "/end")
    clock.shift(-timedelta(days=2 * 366))
    assert "records of 0 others" in typed(app, "erase-due")
    clock.shift(timedelta(days=2 * 366))
    assert "records of 1 others" in typed(app, "erase-due")
    assert count(app, Person, Person.id == ana.id) == 0
    assert count(app, RecordsKey) == 0


def test_what_ends_it_in_the_middle_leaves_everything_and_the_next_night_does_it(
    app: Flask, ana: Someone, cleo: Someone, evening: SomeGroup, wrote: Callable[..., UUID],
    shared: Callable[..., UUID], phone_of: Known, clock, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    shared(ana, wrote(ana, situation="zq-opened"), evening)
    phone_of(cleo).get(f"/clinic/sessions/{evening.tonight}")
    asked(phone_of(ana))
    clock.shift(WEEK)
    with monkeypatch.context() as broken, app.app_context():
        broken.setattr(actions, "insert", None)  # after what goes is gone, before the new key
        with pytest.raises(TypeError):
            actions.erase(ana.id)
        db.session.rollback()
        assert db.session.get_one(Person, ana.id).username == "ana"
        assert db.session.get(DataKey, ana.id) is not None
        db.session.rollback()
    assert "1 accounts erased" in typed(app, "erase-due")


def test_two_nights_at_once_erase_once(
    app: Flask, ana: Someone, phone_of: Known, clock: time_machine.Traveller
) -> None:
    asked(phone_of(ana))
    assert "1 accounts erased" in erased_at_night(app, clock)
    assert "0 accounts erased" in typed(app, "erase-due")
    with app.app_context():
        erased = select(func.count()).where(Act.kind == "erased")
        assert db.session.scalar(erased) == 1
        db.session.rollback()
