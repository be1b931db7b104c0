"""The main job: a patient writes and shares; the facilitator opens it before group and answers."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import wait_until
from tests.conftest import SomeGroup
from tests.journeys.clinic import Clinic
from tests.journeys.conftest import DESK, MOVES, PHONE, WORKER, follow
from webapp.accounts.models import Role

pytestmark = pytest.mark.journey

PRIVATE = "Dreamed of the lake house again"
SHARED = "Walked past the old place after work"
ANSWER = "Good that you kept walking. Tell us how?"


@pytest.fixture
def evening(clinic: Clinic) -> SomeGroup:
    """Evening IOP, with Cleo and nobody else yet."""
    return clinic.group("Evening IOP", clinic.person("cleo", Role.FACILITATOR))


def test_a_new_patient_writes_shares_and_takes_back_and_cleo_reads_it_before_group(
    clinic, evening, opened, look
):
    desk = opened(DESK | WORKER | MOVES)
    sign_in(desk, "cleo")
    look(desk, "clinic-desk")
    link = make_a_slip(desk, look)

    phone = opened(PHONE | WORKER | MOVES)
    join(phone, link, look)
    write_with_three_taps(phone, look)
    write_and_share(phone, look)

    open_the_huddle_and_answer(desk, look)

    see_who_opened_it_and_what_was_answered(phone, look)
    take_it_back(phone, look)

    desk.reload()
    expect(desk.get_by_text("nothing shared", exact=True)).to_be_visible()
    assert SHARED not in desk.content()


def sign_in(page: Page, username: str) -> None:
    page.goto("/")
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password", exact=True).fill("lantern maple pocket river")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def make_a_slip(desk: Page, look) -> str:
    follow(desk.get_by_role("link", name="Evening IOP", exact=True).click)
    look(desk, "group-empty-desk")
    desk.get_by_role("link", name="Invite patients").click()
    desk.get_by_role("button", name="Make invitations").click()
    code = desk.locator(".code").inner_text()
    assert re.fullmatch(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", code)
    look(desk, "slip-desk")
    return f"/join/{code}"


def join(phone: Page, link: str, look) -> None:
    """Two things to type, four words to take, one question to skip: a minute is plenty."""
    phone.goto(link)
    look(phone, "join-phone")
    asked = phone.locator("form input:not([type=hidden], [type=radio])")
    assert asked.count() == 3
    phone.get_by_label("Choose a username").fill("robin")
    phone.get_by_label("What should we call you?").fill("Robin")
    phone.get_by_role("button", name="Use these four words").tap()
    words = phone.get_by_label("Choose a password", exact=True)
    expect(words).to_have_attribute("type", "text")
    assert len(words.input_value().split()) == 4
    phone.get_by_role("button", name="Create account").tap()
    expect(phone.get_by_role("heading", name="Welcome, Robin")).to_be_visible()
    expect(phone.get_by_text("No one sees it unless you share it")).to_be_visible()
    look(phone, "welcome-phone")
    phone.get_by_role("link", name="Write one line").tap()


def write_with_three_taps(phone: Page, look) -> None:
    look(phone, "write-phone")
    count_taps(phone)
    strength(phone, 7).tap()
    phone.get_by_role("checkbox", name="A memory").tap()
    phone.get_by_role("button", name="Save").tap()
    expect(phone.get_by_text("Saved. Only you can see it.")).to_be_visible()
    assert taps(phone) == 3
    look(phone, "entry-phone")
    # Said later, and still to nobody.
    phone.get_by_role("link", name="Change").tap()
    phone.get_by_label("What happened?").fill(PRIVATE)
    phone.get_by_role("button", name="Save").tap()
    expect(phone.get_by_text(PRIVATE)).to_be_visible()
    expect(phone.get_by_text("Only you.")).to_be_visible()


def write_and_share(phone: Page, look) -> None:
    phone.get_by_role("link", name="Write").tap()
    strength(phone, 8).tap()
    phone.get_by_role("checkbox", name="A place").tap()
    phone.get_by_label("What happened?").fill(SHARED)
    phone.get_by_label("Share with Evening IOP").check()
    phone.get_by_label("I want to talk about this in group").check()
    look(phone, "write-open-phone")
    phone.get_by_role("button", name="Save").tap()
    expect(phone.get_by_role("heading", name="Your consent")).to_be_visible()
    expect(phone.get_by_label("I want to talk about this in group")).to_be_checked()
    phone.get_by_label("What you want to talk about, in a few words").fill("the walk home")
    look(phone, "consent-phone")
    phone.get_by_label("Sign with your name").fill("Robin R.")
    phone.get_by_role("button", name="Sign and share").tap()
    expect(phone.get_by_text("Shared with your facilitators.")).to_be_visible()
    expect(phone.get_by_text("No one has opened this yet.")).to_be_visible()
    look(phone, "sharing-phone")


def open_the_huddle_and_answer(desk: Page, look) -> None:
    desk.goto("/clinic")
    desk.get_by_role("link", name="Open huddle").press("Enter")
    expect(desk.get_by_text("1 entry shared")).to_be_visible()
    expect(desk.get_by_text("1 new.")).to_be_visible()
    look(desk, "huddle-one-desk")
    assert PRIVATE not in desk.content()
    desk.keyboard.press("j")
    robin = desk.locator(".person[aria-current]")
    expect(robin.get_by_text(SHARED)).to_be_visible()
    expect(robin.get_by_text("Wants to talk about: the walk home")).to_be_visible()
    desk.keyboard.press("r")
    # The field has the focus, so what is typed goes into it.
    expect(robin.get_by_label("Your reply")).to_be_focused()
    desk.keyboard.type(ANSWER)
    look(desk, "huddle-answer-desk")
    desk.keyboard.press("Tab")
    desk.keyboard.press("Enter")
    expect(desk.get_by_text("It’s on the patient’s Today page.")).to_be_visible()
    expect(desk).to_have_url(re.compile("/clinic/sessions/"))


def see_who_opened_it_and_what_was_answered(phone: Page, look) -> None:
    phone.get_by_role("link", name="Today").tap()
    expect(phone.get_by_text(re.compile("Cleo opened what you shared"))).to_be_visible()
    expect(phone.get_by_text(ANSWER)).to_be_visible()
    look(phone, "today-phone")


def take_it_back(phone: Page, look) -> None:
    phone.goto("/today")
    phone.get_by_role("link", name="What I’m sharing", exact=True).tap()
    expect(phone.get_by_text(re.compile("Opened by Cleo"))).to_be_visible()
    phone.get_by_role("button", name="Stop sharing", exact=True).tap()
    expect(phone.get_by_text("No one else can open it now")).to_be_visible()
    look(phone, "sharing-empty-phone")


def strength(page: Page, level: int):
    """The tile of the first scale on the page, as a thumb meets it."""
    return page.locator(f".scale .level-{level}").first


def count_taps(page: Page) -> None:
    """Count what a finger does inside the form, over to the next page."""
    page.evaluate("""() => {
      sessionStorage.setItem("taps", 0)
      document.querySelector("main form").addEventListener("pointerup", () =>
        sessionStorage.setItem("taps", Number(sessionStorage.getItem("taps")) + 1))
    }""")


def taps(page: Page) -> int:
    return int(wait_until(page, "sessionStorage.getItem('taps')"))
