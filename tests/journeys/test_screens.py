"""Every other screen, looked at in light and dark: axe finds nothing, nothing sticks out."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser import axe_violations
from tests.journeys.conftest import DESK, PHONE, follow, sideways
from tests.journeys.test_on_the_phone import letters_at
from webapp.accounts.models import Role
from webapp.core import clock

pytestmark = pytest.mark.journey

LONG = "Payday, cash in hand, and the shop on the corner was still open. Called my sister instead."


@pytest.fixture
def written(clinic, ana, evening):
    """Three entries of Ana's; she shares the first."""
    hours = [2, 30, 24 * 9]
    first, *_rest = [
        clinic.wrote(
            ana,
            clock.now() - timedelta(hours=hour),
            situation=LONG,
            thought="One is fine",
            kinds=["money", "place"],
            feelings=["lonely", "tired"],
            did="Walked home the long way",
            acted="unsaid",
            urge=9,
            after=3,
        )
        for hour in hours
    ]
    clinic.shares(ana, first, evening, about="paydays")
    return first


def test_before_signing_in(clinic, opened, look, watch):
    watch.expect("the server responded with a status of 4")
    phone = opened(PHONE)
    for address, name in [
        ("/sign-in", "sign-in"),
        ("/join", "join-code"),
        ("/reset", "reset"),
        ("/help-now", "help-now"),
        ("/offline", "offline"),
        ("/nothing-here", "not-found"),
    ]:
        phone.goto(address)
        look(phone, f"{name}-phone")
    phone.goto("/sign-in")
    phone.get_by_label("Username").fill("nobody")
    phone.get_by_label("Password", exact=True).fill("not a password of anybody")
    phone.get_by_role("button", name="Sign in").tap()
    expect(phone.get_by_role("alert")).to_be_focused()
    look(phone, "sign-in-wrong-phone")


def test_what_a_patient_sees(clinic, ana, evening, written, opened, look):
    phone = opened(PHONE, ana)
    for address, name in [
        ("/journal", "journal"),
        (f"/journal/{written}", "entry-strong"),
        (f"/journal/{written}/edit", "edit"),
        (f"/entries/{written}/share", "share-again"),
        ("/you", "you"),
        ("/you/password", "password"),
    ]:
        phone.goto(address)
        look(phone, f"{name}-phone")
    phone.goto("/sharing")
    phone.get_by_role("link", name="Evening IOP,").tap()
    expect(phone.get_by_role("button", name="Cancel this")).to_be_visible()
    look(phone, "consent-signed-phone")
    phone.goto("/journal")
    find(phone, "nothing like it")
    expect(phone.get_by_role("heading", name="Nothing found")).to_be_visible()
    look(phone, "nothing-found-phone")


HARDEST = [
    ("/support", "support"), ("/today/welcome", "welcome"), ("/sharing/bring", "bring"),
    ("/journal/words", "words"), ("/mindfulness", "calm"), ("/journal/patterns", "patterns"),
    ("/mindfulness/urge-surfing", "wave"), ("/today", "today"), ("/help-now", "help-now"),
]  # fmt: skip


@pytest.mark.parametrize("letters", [16, 32])
def test_what_answers_her_on_the_smallest_phone(
    clinic, ana, evening, written, opened, look, letters
):
    phone = opened(PHONE | {"viewport": {"width": 320, "height": 640}}, ana)
    letters_at(phone, letters)
    for address, name in HARDEST:
        phone.goto(address)
        look(phone, f"{name}-small-{letters}")
    phone.goto("/blank/trigger")
    phone.locator(".scale input[name=urge][value='9']").check(force=True)
    expect(phone.get_by_role("region", name="That’s a lot")).to_be_visible()
    look(phone, f"blank-hard-small-{letters}")


def test_what_answers_her_in_colors_of_her_own(clinic, ana, evening, written, opened):
    """How those contrast is hers, and no tool knows which they are."""
    phone = opened(PHONE, ana, forced_colors="active")
    for address, _name in HARDEST:
        phone.goto(address)
        found = [said for said in axe_violations(phone) if not said.startswith("color-contrast")]
        assert found == [], address
        assert sideways(phone) <= 0, address


def test_what_a_patient_sees_on_the_first_day(clinic, opened, look):
    ben = clinic.person("ben")
    phone = opened(PHONE, ben)
    entry = clinic.wrote(ben)
    for address, name in [("/today", "today-alone"), (f"/entries/{entry}/share", "no-group")]:
        phone.goto(address)
        look(phone, f"{name}-phone")


def test_what_a_patient_sees_at_a_desk(clinic, ana, evening, written, opened, look):
    desk = opened(DESK, ana)
    for address, name in [("/today", "today"), ("/journal/new", "write")]:
        desk.goto(address)
        look(desk, f"{name}-desk")


def test_what_a_facilitator_sees(clinic, ana, cleo, evening, written, opened, look):
    desk = opened(DESK, cleo)
    desk.goto(f"/clinic/groups/{evening.id}")
    look(desk, "group-desk")
    desk.get_by_role("link", name="View shared entries").click()
    expect(desk.get_by_text("Walked home the long way")).to_be_visible()
    look(desk, "person-desk")
    desk.goto(f"/clinic/groups/{evening.id}")
    desk.get_by_role("button", name="Reset code, Ana").click()
    expect(desk.locator(".code")).to_be_visible()
    look(desk, "reset-code-desk")
    desk.goto("/you")
    look(desk, "you-desk")


def test_the_huddle_on_a_facilitators_phone(clinic, ana, cleo, evening, written, opened, look):
    phone = opened(PHONE, cleo)
    phone.goto("/clinic")
    look(phone, "clinic-phone")
    phone.get_by_role("link", name="Open huddle").tap()
    expect(phone.get_by_text(LONG)).to_be_visible()
    expect(phone.locator(".person h2").first).to_be_in_viewport()
    look(phone, "huddle-phone")
    phone.goto(f"/clinic/groups/{evening.id}")
    look(phone, "group-phone")


def test_what_an_administrator_sees(clinic, ana, evening, opened, look, watch):
    watch.expect("the server responded with a status of 422")
    desk = opened(DESK, clinic.person("max", Role.ADMINISTRATOR))
    desk.goto("/clinic")
    look(desk, "setup-desk")
    follow(desk.get_by_role("link", name="Evening IOP").click)
    look(desk, "group-administrator-desk")
    desk.goto("/clinic/groups/new")
    look(desk, "new-group-desk")
    desk.get_by_role("button", name="Create group").click()
    expect(desk.get_by_role("alert")).to_be_focused()
    look(desk, "new-group-wrong-desk")


def find(page: Page, word: str) -> None:
    page.get_by_label("Search your entries").fill(word)
    page.get_by_role("button", name="Search", exact=True).click()
