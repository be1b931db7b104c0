"""Five questions in the first week and after leaving, each skippable; and what is counted of it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from tests.conftest import NOW
from webapp.accounts.models import Person
from webapp.aftercare.actions import answer
from webapp.aftercare.models import Asked, Life
from webapp.aftercare.points import Point, point_at
from webapp.core import clock as our_clock
from webapp.core.crypto.keys import keyring
from webapp.core.crypto.sealing import unseal
from webapp.core.data.db import db
from webapp.core.errors import Unopened
from webapp.counting.models import Counted
from webapp.counting.queries import counted
from webapp.erasing import actions as erasing
from webapp.permissions.models import Permission
from webapp.program.models import Membership

pytestmark = pytest.mark.database
DAY = timedelta(days=1)
OFFER = "/aftercare/questions"
ANSWERS = {"days_used": "2", "occupied": "part", "going": "3", "nights": "0"}


@pytest.fixture
def left(app, ana, evening, leaves):
    """Ana leaves her group; the hand moves on by so many days."""

    def do(clock, days: int) -> None:
        leaves(evening, ana)
        clock.shift(days * DAY)

    return do


def kept(app):
    with app.app_context():
        found = sorted(counted(), key=lambda said: said.question)
        db.session.rollback()
        return found


def signed_as_of(app, version: str) -> None:
    """What Ana signed is a former text."""
    with app.app_context():
        old = db.session.scalars(select(Permission)).one()
        assert old.document
        old.text_version = version
        old.reseal()
        db.session.commit()


@pytest.mark.parametrize(
    ("periods", "days", "point"),
    [
        ([(0, None)], 0, Point.FIRST_WEEK),
        ([(0, None)], 7, None),
        ([(0, 5), (5, None)], 8, None),  # another group, the same time in the program
        ([(0, 5), (40, None)], 41, Point.FIRST_WEEK),  # came back
        ([(0, None), (3, 6)], 100, None),  # still in one of two
        ([(0, 10)], 99, None),
        ([(0, 10)], 100, Point.DAY_90),
        ([(0, 10), (0, 4)], 100, Point.DAY_90),  # since the last one
        ([(0, 10)], 129, Point.DAY_90),
        ([(0, 10)], 130, None),
        ([(0, 10)], 190, Point.DAY_180),
        ([(0, 10)], 375, Point.DAY_365),
        ([(0, 10)], 405, None),
        ([], 1, None),
    ],
)
def test_when_they_are_asked(periods, days, point):
    spans = [(NOW + a * DAY, None if b is None else NOW + b * DAY) for a, b in periods]
    assert point_at(spans, NOW + days * DAY) == point


def test_asked_on_today_at_its_time_answered_once_and_private(
    app, phone_of, ana, cleo, evening, left, clock
):
    assert OFFER not in phone_of(ana).get("/today").links  # a month in the group
    left(clock, 91)
    phone, desk = phone_of(ana), phone_of(cleo)
    page = phone.get("/today")
    assert OFFER in page.links
    asked = phone.get(OFFER)
    assert "arrested" not in asked.text
    wrong = phone.fill(asked, having="going", **ANSWERS | {"days_used": "31", "going": "9"})
    assert wrong.status == 422
    assert "Enter a number from 0 to 30." in wrong.text
    saved = phone.fill(wrong, having="going", **ANSWERS)
    assert "Saved. Only you can see your answers." in saved.text
    assert "How life is going. OK." in saved.text
    again = phone.fill(wrong, having="going", **ANSWERS)
    assert "There are no questions for you right now." in again.text
    assert OFFER not in phone.get("/today").links
    with app.app_context():
        person, day = db.session.get_one(Person, ana.id), our_clock.now().date()
        answer(person, Point.DAY_90, day, uuid4(), {"days_used": 9}, None)  # at the same moment
        assert db.session.scalars(select(Life)).one().days_used == 2
        assert db.session.scalars(select(Asked.point)).one() == Point.DAY_90
    assert kept(app) == []
    for address in (f"/clinic/groups/{evening.id}", f"/clinic/groups/{evening.id}/people/{ana.id}"):
        assert "How life is going" not in desk.get(address).text
    clock.shift(90 * DAY)
    phone = phone_of(ana)
    skipped = phone.fill(phone.get(OFFER), having="going", skip="1")
    assert "Skipped. That’s OK." in skipped.text
    assert OFFER not in skipped.links
    with app.app_context():
        assert len(db.session.scalars(select(Life)).all()) == 1


def permits(phone):
    page = phone.get("/sharing/permissions/new/count")
    return phone.fill(page, having="signed_name", signed_name="Ana R.")


def test_counted_only_with_permission_in_rows_that_name_nobody_and_go_with_it(
    app, phone_of, ana, evening, left, clock
):
    left(clock, 91)
    phone = phone_of(ana)
    permits(phone)
    asked = phone.get(OFFER)
    assert "arrested" in asked.text
    more = {"nights": "", "law": "yes", "safety_plan": "no", "app": "some"}
    phone.fill(asked, having="going", **ANSWERS | more)
    rows = kept(app)
    assert [(row.question, row.value) for row in rows] == [
        ("app", "some"),
        ("days_used", 2),
        ("going", 3),
        ("law", "yes"),
        ("occupied", "part"),
        ("safety_plan", "no"),
    ]
    assert {(row.quarter, row.point, row.group) for row in rows} == {
        ("2027-Q1", "day_90", str(evening.id))
    }
    with app.app_context():
        content = db.session.scalars(select(Life)).one().content
        assert not {"law", "safety_plan", "app"} & set(content)
        row = db.session.scalars(select(Counted)).first()
        hers = row.whose
        columns = {column.name for column in Counted.__table__.c}
        assert columns == {"id", "whose", "answer"}
        assert ana.id.bytes not in row.whose + row.answer
        person = db.session.get_one(Person, ana.id)
        with pytest.raises(Unopened):
            unseal(row.answer, keyring(db.session).key_of(person.id), row.bound)
        db.session.execute(update(Counted).where(Counted.id == row.id).values(whose=b"x" * 32))
        db.session.commit()
    assert len(kept(app)) == 5  # given to somebody else, it doesn't open
    with app.app_context():
        id = db.session.scalars(select(Permission.id)).one()
        db.session.execute(update(Counted).where(Counted.whose == b"x" * 32).values(whose=hers))
        db.session.commit()
    phone.post(f"/sharing/permissions/{id}/revocation")
    assert kept(app) == []


def test_who_signed_before_the_questions_were_named_is_asked_anew(app, phone_of, ana, left, clock):
    left(clock, 91)
    phone = phone_of(ana)
    permits(phone)
    signed_as_of(app, "1")
    asked = phone.get(OFFER)
    assert "arrested" not in asked.text
    phone.fill(asked, having="going", **ANSWERS | {"law": "yes"})
    assert kept(app) == []
    permits(phone)
    with app.app_context():
        found = db.session.execute(select(Permission.text_version, Permission.revoked_at)).all()
        assert {(version, ended is None) for version, ended in found} == {("1", False), ("3", True)}


def test_who_signed_before_two_more_were_named_is_counted_for_five(app, phone_of, ana, left, clock):
    left(clock, 91)
    phone = phone_of(ana)
    permits(phone)
    signed_as_of(app, "2")
    asked = phone.get(OFFER)
    assert "arrested" in asked.text
    assert "safety plan, here or on paper" not in asked.text
    phone.fill(
        asked, having="going", **ANSWERS | {"law": "no", "safety_plan": "yes", "app": "some"}
    )
    assert [row.question for row in kept(app)] == [
        "days_used", "going", "law", "nights", "occupied",
    ]  # fmt: skip


def test_erasing_the_account_takes_them_out_of_what_is_counted(app, phone_of, ana, left, clock):
    left(clock, 91)
    phone = phone_of(ana)
    permits(phone)
    phone.fill(phone.get(OFFER), having="going", **ANSWERS)
    assert kept(app)
    with app.app_context():
        erasing.ask(ana.id)
        db.session.commit()
        clock.shift(erasing.WEEK)
        assert erasing.erase(ana.id)
        db.session.commit()
        assert db.session.scalars(select(Membership)).all()
    assert kept(app) == []


def test_signing_the_new_text_keeps_what_was_counted_under_the_former(
    app, phone_of, ana, left, clock
):
    left(clock, 91)
    phone = phone_of(ana)
    permits(phone)
    signed_as_of(app, "2")
    phone.fill(phone.get(OFFER), having="going", **ANSWERS)
    assert len(kept(app)) == 4
    assert "/sharing/permissions/new/count" in phone.get("/sharing").links
    permits(phone)
    assert len(kept(app)) == 4
    assert "/sharing/permissions/new/count" not in phone.get("/sharing").links
