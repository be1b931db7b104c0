"""Help now in a bad moment: nothing that is tapped moves, whenever her people's names come."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser import axe_violations, scripts_are_there, wait_until
from tests.journeys.conftest import PHONE, sideways
from tests.journeys.test_on_the_phone import letters_at

pytestmark = pytest.mark.journey

LONG = "Maximiliane from the Thursday meeting by the river"
PEOPLE = ([], ["Joan"], [LONG, "Lena"], ["Joan", "Lena", "Kim"], [LONG, "Lena", "Kim", "Sam"])
SMALLEST = {"viewport": {"width": 320, "height": 640}}
SHIFTED = """
self.shifted = []
new PerformanceObserver((list) => {
  for (const { value, sources } of list.getEntries())
    shifted.push(`${value} ${sources.map(({ node }) => node?.textContent).join()}`)
}).observe({ type: "layout-shift", buffered: true })
"""
# Each line's button and each heading, and how far down it is; her people's rows aside.
PLACES = """[...document.querySelectorAll("section:not([data-own]) a, main > p a, main h2")]
  .map((one) => `${one.textContent.trim()} ${one.getBoundingClientRect().top}`)"""


@pytest.mark.parametrize("people", PEOPLE, ids=len)
@pytest.mark.parametrize("letters", [16, 32])
def test_names_that_come_late_move_no_button(clinic, ana, opened, people, letters):
    names(clinic, ana, people)
    phone = opened(PHONE | SMALLEST, ana)
    letters_at(phone, letters)
    watched(phone)
    asked = []
    phone.route("**/plan/safety/people", lambda route: asked.append(route))

    phone.goto("/help-now")
    expect(phone.get_by_text("Getting your people…")).to_be_visible()
    expect(phone.get_by_role("link", name="Call 911")).to_be_in_viewport()
    before = phone.evaluate(PLACES)
    asked.pop().continue_()

    expect(phone.get_by_text("Getting your people…")).to_be_hidden()
    for name in people[:3]:
        expect(phone.get_by_role("link", name=f"Call {name}")).to_be_visible()
    expect(phone.get_by_role("link", name="Add someone to call")).to_be_visible(
        visible=len(people) < 3
    )
    assert phone.evaluate(PLACES) == before
    assert shifts(phone) == []
    assert sideways(phone) <= 0
    assert axe_violations(phone) == []


@pytest.mark.parametrize("people", PEOPLE, ids=len)
def test_names_that_the_phone_keeps_move_no_button(clinic, ana, opened, people):
    names(clinic, ana, people)
    phone = opened(PHONE, ana)
    phone.goto("/plan/safety")
    phone.get_by_label("Only names, numbers, and places").check()
    expect(phone.get_by_text("Saved on this phone.")).to_be_visible()
    watched(phone)
    phone.goto("/help-now")
    scripts_are_there(phone)
    for name in people[:3]:
        expect(phone.get_by_role("link", name=f"Text {name}")).to_be_visible()
    assert shifts(phone) == []


def test_whoever_is_not_signed_in_sees_the_lines_alone_and_none_moves(opened):
    phone = opened(PHONE)
    watched(phone, "/sign-in")
    phone.goto("/help-now")
    scripts_are_there(phone)
    expect(phone.get_by_role("heading", name="My people")).to_be_hidden()
    expect(phone.get_by_role("link", name="My safety plan")).to_be_hidden()
    assert shifts(phone) == []


def test_without_an_answer_the_page_says_why_her_people_are_not_there(clinic, ana, opened, watch):
    watch.expect("ERR_INTERNET_DISCONNECTED", "failed: ")
    names(clinic, ana, ["Joan"])
    phone = opened(PHONE, ana)
    watched(phone)
    phone.route("**/plan/safety/people", lambda route: route.abort("internetdisconnected"))
    phone.goto("/help-now")
    expect(
        phone.get_by_text("You’re offline, and their names aren’t kept on this phone.")
    ).to_be_visible()
    phone.unroute_all()
    phone.context.clear_cookies()
    phone.goto("/help-now")
    expect(phone.get_by_text("Sign in to see your people.")).to_be_visible()
    expect(phone.get_by_role("link", name="Call Joan")).to_be_hidden()
    assert shifts(phone) == []


def names(clinic, ana, people: list[str]) -> None:
    """Ana's safety plan has these people to call."""
    clinic.planned(ana, "safety", signs="I go quiet", ask=[
        {"id": str(at), "name": name, "phone": f"555-017{at}"} for at, name in enumerate(people)
    ])  # fmt: skip


def watched(phone: Page, first: str = "/today") -> None:
    """Somebody has used this phone before. From now on it tells whatever moves by itself."""
    phone.goto(first)
    scripts_are_there(phone)
    if first == "/today":
        wait_until(phone, "localStorage.getItem('mark')")
    phone.add_init_script(SHIFTED)


def shifts(phone: Page) -> list[str]:
    # Two frames on, whatever there is to draw is drawn, and what moved by it was told.
    phone.evaluate(
        "new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))"
    )
    found: list[str] = phone.evaluate("shifted")
    return found
