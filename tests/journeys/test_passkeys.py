"""A phone with a screen lock: a passkey is added there, and signs in, for who can unlock it."""

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.conftest import PASSWORD
from tests.journeys.conftest import PHONE

pytestmark = pytest.mark.journey

LOCK = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
    "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


@pytest.fixture
def phone(opened, clinic, watch) -> tuple[Page, CDPSession, str]:
    """At the name that passkeys of this machine are bound to."""
    watch.home = clinic.address.replace("127.0.0.1", "localhost")
    page = opened(PHONE, base_url=watch.home)
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable", {"enableUI": False})
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": LOCK})
    return page, session, made["authenticatorId"]


def sign_in(page: Page) -> None:
    page.goto("/sign-in")
    page.get_by_label("Username").fill("ana")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).tap()
    expect(page.get_by_role("heading", name="Ana")).to_be_visible()


def knows_the_finger(phone: tuple[Page, CDPSession, str], known: bool) -> None:
    _page, session, id = phone
    session.send("WebAuthn.setUserVerified", {"authenticatorId": id, "isUserVerified": known})


def answers(phone: tuple[Page, CDPSession, str], by_itself: bool) -> None:
    _page, session, id = phone
    values = {"authenticatorId": id, "enabled": by_itself}
    session.send("WebAuthn.setAutomaticPresenceSimulation", values)


def add(page: Page) -> None:
    page.get_by_role("link", name="Add a passkey").tap()
    page.get_by_label("Name for this passkey").fill("My phone")
    page.get_by_role("button", name="Add a passkey").tap()
    expect(page.get_by_text("Your passkey is added.")).to_be_visible()
    expect(page.locator("b", has_text="My phone")).to_be_visible()


def test_ana_adds_a_passkey_and_then_types_nothing_to_sign_in(phone, evening, look):
    page = phone[0]
    sign_in(page)
    look(page, "passkey-offer")
    add(page)
    look(page, "passkeys")
    answers(phone, by_itself=False)  # the list of the name field waits for her
    page.get_by_role("button", name="Sign out of this device").tap()
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_visible()
    look(page, "sign-in-passkey")
    answers(phone, by_itself=True)
    page.get_by_role("button", name="Sign in with a passkey").tap()
    expect(page.get_by_role("heading", name="Ana")).to_be_visible()


def test_ana_chooses_it_in_the_list_of_the_name_field(phone, evening):
    page = phone[0]
    sign_in(page)
    add(page)
    page.get_by_role("button", name="Sign out of this device").tap()
    # The simulated phone chooses what stands in the list at once.
    expect(page.get_by_role("heading", name="Ana")).to_be_visible()


def test_a_finger_that_isnt_known_gets_a_sentence_and_the_password_stays(phone, evening):
    page = phone[0]
    sign_in(page)
    add(page)
    knows_the_finger(phone, known=False)
    page.goto("/unlock")
    page.get_by_role("button", name="Use a passkey").tap()
    expect(page.get_by_text("That didn’t work. Try again, or use your password.")).to_be_visible()
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Continue").tap()
    expect(page.get_by_role("heading", name="Ana")).to_be_visible()


def test_at_a_number_no_passkey_is_shown(opened, evening):
    page = opened(PHONE)
    page.goto("/sign-in")
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()
