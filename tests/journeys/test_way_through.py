"""The way through: from a hospital into two groups, out by four chairs, and back in month nine."""

from datetime import timedelta

import pytest
import time_machine
from playwright.sync_api import Page, expect

from tests.journeys.conftest import DESK, PHONE, follow
from tests.journeys.test_main_job import strength
from webapp.accounts.models import Person, Role
from webapp.core import clock
from webapp.core.data.db import db
from webapp.joining.actions import invite
from webapp.program.actions import leave
from webapp.program.models import Group, Track

pytestmark = pytest.mark.journey
NINE_MONTHS = timedelta(days=270)


def record(desk: Page, chair: str, stand: str, **typed: str) -> None:
    """Cleo writes down what one chair says, in the part of the page that opens for it."""
    part = desk.locator(f"details:has(form[action$='/{chair}'])")
    part.locator("summary").click()
    part.get_by_label(stand).check()
    for label, words in typed.items():
        part.get_by_label(label.replace("_", " ")).fill(words)
    follow(part.get_by_role("button", name="Save").click)


def test_from_a_hospital_through_two_groups_and_out_and_back_with_a_forgotten_password(
    clinic, opened, look
):
    cleo, kit = (clinic.person(name, Role.FACILITATOR) for name in ("cleo", "kit"))
    evening, alone = clinic.group("Evening IOP", cleo), clinic.group("Alone", kit)
    with clinic.app.app_context():
        group = db.session.get_one(Group, alone.id)
        group.typed_name, group.track = None, Track.INDIVIDUAL
        codes = [
            invite(
                Role.PATIENT, db.session.get_one(Group, one.id), db.session.get_one(Person, by.id)
            )
            for one, by in ((evening, cleo), (alone, kit))
        ]
        db.session.commit()

    # In, from a hospital, and into the second group with the account that is there by then.
    phone = opened(PHONE)
    phone.goto(f"/join/{codes[0]}")
    phone.get_by_label("Choose a username").fill("robin")
    phone.get_by_label("What should we call you?").fill("Robin")
    phone.get_by_role("button", name="Use these four words").tap()
    phone.get_by_label("Where are you coming from?").select_option(label="A hospital")
    follow(phone.get_by_role("button", name="Create account").tap)
    phone.goto(f"/join/{codes[1]}")
    follow(phone.get_by_role("link", name="I already have an account").tap)
    follow(phone.get_by_role("button", name="Join").tap)
    expect(phone.get_by_text("You’re in the group.")).to_be_visible()

    # Out of one of them, by four chairs: the patient's on the phone, the others at Cleo's desk.
    phone.goto("/discharge")
    follow(phone.locator(".card", has_text="Evening IOP").get_by_role("link", name="Say where").tap)
    phone.get_by_label("I agree").check()
    phone.get_by_label("Why (optional)").fill("I have my people now")
    follow(phone.get_by_role("button", name="Save").tap)
    desk = opened(DESK, cleo)
    desk.goto(f"/clinic/groups/{evening.id}")
    follow(desk.get_by_role("link", name="Discharge Robin").click)
    expect(desk.get_by_text("I have my people now")).to_be_visible()
    record(desk, "facilitator", "Agrees")
    record(desk, "clinician", "Agrees", Name="Dr. Shah")
    record(desk, "payer", "Ended the benefits", Name="Acme Health")
    expect(desk.get_by_text("Not recorded yet")).to_have_count(0)
    look(desk, "four-chairs-desk")
    follow(desk.get_by_role("link", name="Discharge…").click)
    desk.get_by_label("Has the tools").check()
    desk.get_by_label("Your own words to them (optional)").fill("Come and say hello")
    follow(desk.get_by_role("button", name="Discharge").click)
    phone.goto("/today")
    expect(phone.get_by_text("Come and say hello")).to_be_visible()
    expect(phone.get_by_role("heading", name="Individual with Kit")).to_be_visible()
    look(phone, "goodbye-phone")

    # Nine months after the last group the password is gone; Cleo still sees a name, and helps.
    with clinic.app.app_context():
        leave(alone.id, db.session.scalars(db.select(Person.id).filter_by(username="robin")).one())
        db.session.commit()
    with time_machine.travel(clock.now() + NINE_MONTHS):
        desk = opened(DESK, cleo)
        desk.goto(f"/clinic/groups/{evening.id}")
        desk.get_by_text("No longer in this group").click()
        follow(desk.get_by_role("button", name="Reset code, Robin").click)
        code = desk.locator(".code").inner_text()
        phone = opened(PHONE)
        phone.goto("/reset")
        phone.get_by_label("Username").fill("robin")
        phone.get_by_label("code").fill(code)
        phone.get_by_role("button", name="Use these four words").tap()
        follow(phone.get_by_role("button", name="Save and sign in").tap)
        follow(phone.get_by_role("link", name="After the program", exact=True).tap)
        expect(phone.get_by_text("Individual with Kit")).to_be_visible()
        look(phone, "after-phone")
        phone.goto("/journal/new")
        strength(phone, 7).tap()
        follow(phone.get_by_role("button", name="Save").tap)
        expect(phone.get_by_text("Saved. Only you can see it.")).to_be_visible()
