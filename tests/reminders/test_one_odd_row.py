"""One odd row of somebody's stops nobody else's reminder."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests.conftest import NOW
from webapp.accounts.models import Person
from webapp.audit.kinds import ActKind
from webapp.audit.models import Act
from webapp.core.crypto.keys import DataKey
from webapp.core.data.db import db
from webapp.reminders.actions import choose, remind
from webapp.reminders.models import PushSubscription, Reminder, ReminderChoices
from webapp.reminders.schedule import AtTimes

pytestmark = pytest.mark.database

HOUR = timedelta(hours=1)
ODD_ZONE = "Mars/Base"


def alter(app, kind, someone, **values):
    with app.app_context():
        db.session.execute(update(kind).where(kind.person_id == someone.id).values(**values))
        db.session.commit()


@pytest.fixture
def both(ana, ben, service, switch_on):
    """Ana and Ben are reminded before group."""
    switch_on(ana, service.phone("ana"))
    switch_on(ben, service.phone("ben"))


def daily(app, someone):
    with app.app_context():
        person = db.session.get_one(Person, someone.id)
        at = (NOW + HOUR).time()
        remind(person, AtTimes((at,), "UTC", NOW.date(), person.id, "zq"))
        db.session.commit()


def test_a_rule_that_nobody_can_read_is_not_planned_and_the_others_are(
    app, ana, ben, both, service, sender, clock
):
    daily(app, ana)
    alter(app, Reminder, ana, zone=ODD_ZONE, times=["25:99"])
    clock.move_to(NOW + HOUR)
    sender()
    assert len(service.to("ben")) == 1


def test_quiet_hours_in_a_zone_that_is_none_silence_nobody_else(
    app, ana, ben, both, service, sender, clock, outcomes
):
    with app.app_context():
        choose(db.session.get_one(Person, ana.id), "UTC", NOW.time(), NOW.time(), None)
        db.session.commit()
    alter(app, ReminderChoices, ana, zone=ODD_ZONE, quiet_until=(NOW + HOUR).time())
    clock.move_to(NOW + HOUR)
    sender()
    assert len(service.to("ben")) == 1
    assert outcomes(ana) == ["failed"]


@pytest.mark.parametrize(
    ("kind", "column"),
    [(DataKey, "wrapped"), (PushSubscription, "sealed"), (Reminder, "sealed")],
    ids=str,
)
def test_what_can_not_be_opened_of_anas_keeps_nobody_elses_reminder(
    app, ana, ben, both, service, sender, clock, kind, column
):
    alter(app, kind, ana, **{column: bytes(60)})
    clock.move_to(NOW + HOUR)
    sender()
    assert len(service.to("ben")) == 1
    assert len(service.to("ana")) == (kind is Reminder)  # in neutral words
    clock.shift(HOUR)
    sender()
    with app.app_context():
        of_rows = db.session.scalars(select(Act).where(Act.kind == ActKind.UNOPENED))
        (said,) = of_rows  # however often it is met
        assert (said.actor_id, said.person_id) == (None, None)
        # Under a lost key nothing of hers opens: the rule and the phone neither.
        assert said.count == (3 if kind is DataKey else 1)
        if kind is not DataKey:
            of_hers = select(kind.id).where(kind.person_id == ana.id)
            assert said.about_id == db.session.scalar(of_hers)


def test_a_phone_that_can_not_be_read_any_more_is_connected_anew(
    app, ana, ben, both, service, switch_on, phone_of, sender, clock
):
    device = phone_of(ana)
    switch_on(ana, service.phone("third"), device)
    alter(app, PushSubscription, ana, sealed=bytes(60))
    assert device.get("/reminders").status == 200
    switch_on(ana, service.phone("third"), device)
    clock.move_to(NOW + HOUR)
    sender()
    assert len(service.to("third")) == 1
