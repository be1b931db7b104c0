"""An exercise opens in a basement, and what it did is kept and sent."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from tests.journeys.conftest import MOVES
from tests.journeys.network import Trouble
from tests.journeys.offline import all_sent, unsent
from webapp.accounts.models import Person
from webapp.core.clock import local, now
from webapp.core.data.db import db
from webapp.entries.actions import write
from webapp.medication.models import Dose, Medication
from webapp.mindfulness.exercises import EXERCISES
from webapp.mindfulness.models import Practice

pytestmark = pytest.mark.journey


def contents(clinic, kind):
    with clinic.app.app_context():
        return [entry.content for entry in db.session.scalars(select(kind))]


def test_ana_rides_an_urge_out_in_a_basement_and_it_is_in_her_log(
    clinic, ana, evening, take, watch, look
):
    watch.expect("ERR_INTERNET_DISCONNECTED")
    phone = take(ana, **MOVES)
    phone.context.set_offline(True)
    phone.goto("/mindfulness")
    for exercise in EXERCISES.values():
        expect(phone.get_by_role("link", name=str(exercise.name))).to_be_visible()
    phone.get_by_role("link", name="Ride out an urge").tap()
    phone.get_by_role("button", name="8", exact=True).tap()
    phone.get_by_role("button", name="Weaker").tap()
    phone.get_by_role("button", name="I’m done").tap()
    phone.get_by_label("What do you want to remember?").fill("No signal, and a wave")
    look(phone, "rode-it-out-offline-phone")
    phone.get_by_role("button", name="Keep this").tap()
    expect(unsent(phone)).to_have_text("1 on this phone, waiting to send")
    assert contents(clinic, Practice) == []

    phone.context.set_offline(False)
    phone.goto("/mindfulness/practices")
    all_sent(phone)
    (content,) = contents(clinic, Practice)
    assert content["exercise"] == "urge-surfing"
    assert (content["before"], content["after"], content["minutes"]) == (8, 7, 1)
    assert [strength for _, strength in content["samples"]] == [8, 7]
    assert content["notes"] == "No signal, and a wave"


def test_a_dose_tapped_on_an_open_page_is_not_lost(clinic, ana, evening, take, network, watch):
    watch.expect("ERR_", "Failed to load", "failed:", "Failed to fetch")
    with clinic.app.app_context():
        person = db.session.get_one(Person, ana.id)
        # Due within this hour, whenever that is: one that is hours ahead takes two taps.
        due = local(now(), "America/New_York").strftime("%H:00")
        content = {"name": "Naltrexone", "times": [due], "zone": "America/New_York"}
        write(Medication, person, ana.id, person.created_at, content)
        db.session.commit()
    phone = take(ana)
    phone.goto("/medication")
    network.goes(Trouble.DEAD)
    phone.get_by_role("button", name="Taken Naltrexone").tap()
    expect(unsent(phone)).to_have_text("1 on this phone, waiting to send")
    assert contents(clinic, Dose) == []
    network.comes_back()
    phone.goto("/today")
    all_sent(phone)
    ((content),) = contents(clinic, Dose)
    assert content["answer"] == "taken"
    phone.goto("/medication")
    expect(phone.get_by_role("button", name="Taken Naltrexone")).to_have_count(0)
