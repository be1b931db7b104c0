"""Ana uses her own tools on a phone, as somebody who sees them for the first time."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser import axe_violations, have_worker, scripts_are_there, wait_until
from tests.conftest import ZONE
from tests.journeys.conftest import PHONE, WORKER, follow
from webapp.core import clock

pytestmark = pytest.mark.journey

NOBODY_HEARS = "addEventListener('submit', (event) => event.stopImmediatePropagation(), true)"
KEPT = "caches.match('/plan/safety/kept', {cacheName: 'kept-safety-plan'})"


def say(phone: Page, words: str, button: str = "Next") -> None:
    """Answer the question on the screen, and wait for what comes after it."""
    asked = phone.locator("h1").inner_text()
    phone.get_by_label("Your answer").fill(words)
    phone.get_by_role("button", name=button, exact=True).tap()
    expect(phone.locator("h1")).not_to_have_text(asked)


def keep_it(phone: Page) -> None:
    """Begin a safety plan and keep all of it on this phone."""
    phone.goto("/plan/safety/signs")
    say(phone, "I stop answering texts", "Finish later")
    phone.get_by_label("All of it").check()
    expect(phone.get_by_text("Saved on this phone.")).to_be_visible()


def test_ana_makes_a_safety_plan_and_keeps_it_on_her_phone(ana, evening, opened, look):
    phone = opened(PHONE | WORKER, ana)
    phone.goto("/today")
    follow(phone.get_by_role("link", name="Plan", exact=True).tap)
    look(phone, "plan-empty-phone")
    follow(phone.get_by_role("link", name="Start my safety plan").tap)
    look(phone, "safety-first-phone")
    say(phone, "I stop answering texts")
    say(phone, "A cold shower, then music")
    look(phone, "safety-contacts-phone")
    phone.get_by_label("Name").fill("Sam")
    phone.get_by_label("Phone").fill("555-0102")
    phone.get_by_role("button", name="Add", exact=True).tap()
    expect(phone.get_by_role("link", name="Change Sam")).to_be_visible()
    phone.get_by_role("link", name="Next", exact=True).tap()
    say(phone, "The library", "Finish later")
    expect(phone.get_by_role("heading", name="My warning signs")).to_be_visible()
    look(phone, "safety-phone")

    phone.get_by_label("Only names, numbers, and places").check()
    expect(phone.get_by_text("Saved on this phone.")).to_be_visible()
    text = wait_until(phone, f"{KEPT}.then((kept) => kept?.text())")
    assert "Sam" in text
    assert "answering texts" not in text
    phone.get_by_label("All of it").check()
    wait_until(
        phone, f"{KEPT}.then(async (page) => (await page.text()).includes('answering texts'))"
    )

    phone.get_by_role("link", name="Change My warning signs").tap()
    say(phone, "I sleep all day", "Finish later")
    expect(phone.get_by_label("All of it")).to_be_checked()
    wait_until(phone, f"{KEPT}.then(async (kept) => (await kept.text()).includes('sleep all day'))")

    phone.goto("/help-now")
    wait_until(phone, "document.querySelector('[data-kept]').pathname === '/plan/safety/kept'")
    follow(phone.get_by_role("link", name="My safety plan").tap)
    look(phone, "safety-kept-phone")
    phone.get_by_role("button", name="Remove from this phone").tap()
    expect(phone.get_by_text("It’s no longer on this phone.")).to_be_visible()
    assert phone.evaluate(f"{KEPT}.then((kept) => kept === undefined)")
    phone.goto("/help-now")
    link = phone.get_by_role("link", name="My safety plan")
    expect(link).to_have_attribute("href", "/plan/safety")


def test_the_kept_plan_opens_without_a_network_and_with_nobody_signed_in(
    clinic, ana, evening, opened, watch
):
    watch.expect("ERR_INTERNET_DISCONNECTED")
    phone = opened(PHONE | WORKER, ana)
    phone.goto("/plan/safety/signs")
    wait_until(phone, "navigator.serviceWorker.ready.then((worker) => Boolean(worker.active))")
    say(phone, "I stop answering texts", "Finish later")
    phone.get_by_label("All of it").check()
    expect(phone.get_by_text("Saved on this phone.")).to_be_visible()
    phone.context.clear_cookies()
    phone.context.set_offline(True)

    for address in ("/plan/safety/kept", "/plan/safety"):
        phone.goto(address)
        expect(phone.get_by_text("I stop answering texts")).to_be_visible()
        assert axe_violations(phone) == []


def test_help_now_has_her_people_offline_and_no_longer_after_hide(ana, evening, opened, watch):
    watch.expect("ERR_INTERNET_DISCONNECTED")
    phone = opened(PHONE | WORKER, ana)
    for number, name in enumerate(("Joan", "Lena", "Kim", "Sam")):
        phone.goto("/plan/safety/ask")
        if number:
            phone.get_by_text("Add another").tap()
        phone.get_by_label("Name").fill(name)
        phone.get_by_label("Phone").fill(f"555-017{number}")
        phone.get_by_role("button", name="Add", exact=True).tap()
        expect(phone.get_by_role("link", name=f"Change {name}")).to_be_visible()
    phone.goto("/help-now")
    expect(phone.get_by_role("link", name="Call Joan")).to_have_attribute("href", "tel:5550170")
    expect(phone.get_by_role("link", name="Text Sam")).to_be_hidden()
    phone.goto("/plan/safety?done=1")
    phone.get_by_label("Only names, numbers, and places").check()
    expect(phone.get_by_text("Saved on this phone.")).to_be_visible()
    have_worker(phone)

    phone.context.set_offline(True)
    phone.set_viewport_size({"width": 320, "height": 844})
    phone.goto("/help-now")
    expect(phone.get_by_role("link", name="Call Lena")).to_be_visible()
    for line in ("Call 911", "Call 988", "Text 988"):
        expect(phone.get_by_role("link", name=line)).to_be_in_viewport()
    phone.get_by_text("More people").tap()
    expect(phone.get_by_role("link", name="Text Sam")).to_be_visible()
    phone.evaluate("scrollTo(0, 0)")  # or the bar covers a part of something
    assert axe_violations(phone) == []

    phone.context.set_offline(False)
    phone.goto("/today")
    phone.get_by_role("button", name="Hide").tap()
    expect(phone).to_have_url(re.compile("/quiet$"))
    phone.goto("/help-now")
    scripts_are_there(phone)
    expect(phone.get_by_role("link", name="Call Joan")).to_be_hidden()
    expect(phone.get_by_role("link", name="Call 911")).to_be_visible()


def test_signing_out_takes_the_kept_plan_off_the_phone(clinic, ana, evening, opened):
    # Without a worker, which would take it off too: the page's own script does.
    phone = opened(PHONE, ana)
    keep_it(phone)
    phone.goto("/you")
    scripts_are_there(phone)
    phone.get_by_role("button", name="Sign out of this device").tap()
    expect(phone).to_have_url(re.compile("/sign-in$"))
    assert phone.evaluate(f"{KEPT}.then((kept) => kept === undefined)")


def test_signing_out_takes_it_off_even_before_a_slow_network_brought_the_script(
    clinic, ana, evening, opened
):
    phone = opened(PHONE | WORKER, ana)
    keep_it(phone)
    have_worker(phone)
    phone.add_init_script(
        "addEventListener('submit', (event) => event.stopImmediatePropagation(), true)"
    )
    phone.goto("/you")
    phone.get_by_role("button", name="Sign out of this device").tap()
    expect(phone).to_have_url(re.compile("/sign-in$"))
    wait_until(phone, f"{KEPT}.then((kept) => kept === undefined)")


@pytest.mark.parametrize("opens", ["/today", "/plan/safety/kept"])
def test_a_lost_phone_loses_the_kept_plan_as_soon_as_it_has_a_network(
    clinic, ana, evening, opened, opens
):
    phone = opened(PHONE | WORKER, ana)
    keep_it(phone)
    have_worker(phone)
    other = opened(PHONE, ana)
    other.goto("/you")
    other.get_by_role("button", name="Sign out of all other devices").tap()
    expect(other.get_by_text("Signed out of all other devices.")).to_be_visible()

    phone.goto(opens)
    wait_until(phone, f"{KEPT}.then((kept) => kept === undefined)")
    phone.goto("/plan/safety/kept")
    expect(phone.get_by_label("Username")).to_be_visible()


def test_another_person_on_the_same_phone_keeps_nothing_of_anas(
    clinic, ana, evening, opened, watch
):
    phone = opened(PHONE | WORKER, ana)
    keep_it(phone)

    phone.context.clear_cookies()
    phone.context.add_cookies([clinic.cookie_of(clinic.person("ben"))])
    phone.goto("/today")
    wait_until(phone, f"{KEPT}.then((kept) => kept === undefined)")
    phone.goto("/plan/safety/signs")
    say(phone, "Ben’s words", "Finish later")
    expect(phone.get_by_label("Not on this phone")).to_be_visible()
    expect(phone.locator("[name=keep]:checked")).to_have_count(0)
    assert phone.evaluate(f"{KEPT}.then((kept) => kept === undefined)")


def test_ana_plans_for_what_comes_again(clinic, ana, evening, opened, look):
    for hours in (2, 30):
        entry = clinic.wrote(ana, clock.now() - timedelta(hours=hours), kinds=["money"], urge=6)
    phone = opened(PHONE, ana)
    phone.goto("/today")
    look(phone, "today-suggests-phone")
    follow(phone.get_by_role("link", name="Add what helps").tap)
    look(phone, "before-group-phone")
    phone.get_by_label("When this happens, I will").fill("The card stays at home")
    phone.get_by_role("button", name="Add to my plan").tap()
    expect(phone.get_by_text("You have a plan for all of them.")).to_be_visible()
    phone.goto(f"/journal/{entry}")
    expect(phone.get_by_role("heading", name="Your plan for this")).to_be_visible()
    look(phone, "entry-planned-phone")


def test_ana_looks_at_what_repeats(clinic, ana, evening, opened, look):
    for number in range(12):
        clinic.wrote(ana, clock.now() - timedelta(days=2 * number), kinds=["money", "place"],
                     feelings=["tired"], urge=8, after=5, did="A walk")  # fmt: skip
    phone = opened(PHONE, ana)
    phone.goto("/journal")
    phone.get_by_role("link", name="Patterns").tap()
    expect(phone.get_by_role("heading", name="What helped")).to_be_visible()
    phone.get_by_text("Show as a table").first.tap()
    look(phone, "patterns-phone")


def test_ana_writes_a_story_and_tells_it(ana, evening, opened, look):
    phone = opened(PHONE, ana)
    phone.goto("/plan/story")
    look(phone, "story-phone")
    follow(phone.get_by_role("link", name="Start: Five-minute version").tap)
    say(phone, "It began with a borrowed bike.", "Save")
    follow(phone.get_by_role("link", name="Read it out loud: Five-minute version").tap)
    look(phone, "telling-phone")
    phone.get_by_role("button", name="Start a silent timer").tap()
    expect(phone.get_by_text("5 min left")).to_be_visible()
    phone.goto("/plan/full/hard")
    look(phone, "story-heavy-phone")
    phone.get_by_label("Your answer").fill("It was the winter that")
    phone.get_by_role("button", name="Finish later").tap()
    expect(phone.get_by_role("heading", name="My story", exact=True)).to_be_visible()
    phone.goto("/plan/full")
    expect(phone.get_by_text("It was the winter that")).to_be_visible()


def test_ana_counts_and_a_return_erases_nothing(ana, evening, opened, look):
    phone = opened(PHONE, ana)
    phone.goto("/plan/days")
    look(phone, "days-phone")
    phone.get_by_label("What do you want to count?").fill("Without a drink")
    first = clock.local(clock.now(), ZONE) - timedelta(days=20)
    phone.get_by_label("First day").fill(f"{first:%Y-%m-%d}")
    phone.get_by_label("What do you want the button to say").fill("I drank")
    follow(phone.get_by_role("button", name="Start").tap)
    follow(phone.get_by_role("link", name="I drank").tap)
    look(phone, "return-phone")
    phone.get_by_label("What would you do next time?").fill("Call Sam first")
    phone.get_by_role("button", name="Save").tap()
    expect(phone.get_by_role("heading", name="Thank you for saying so")).to_be_visible()
    look(phone, "days-of-phone")
    phone.get_by_text("Entered by mistake?").tap()
    phone.get_by_role("button", name="Remove: ").tap()
    expect(phone.get_by_text("That day counts again.")).to_be_visible()
    expect(phone.get_by_text("Your current chapter: 21 days.")).to_be_visible()
    follow(phone.get_by_role("link", name="Change", exact=True).tap)
    look(phone, "days-change-phone")


def test_the_rest_of_the_plan_is_looked_at(ana, evening, opened, look):
    phone = opened(PHONE, ana)
    phone.goto("/plan/why/why")
    say(phone, "For my kids", "Save")
    phone.get_by_role("link", name="Change Why I’m here").tap()
    say(phone, "For my kids and for me", "Save")
    expect(phone.get_by_text("For my kids and for me")).to_be_visible()
    for address, name in [
        ("/plan", "plan"),
        ("/plan/why", "plan-part"),
        ("/plan/why/changes", "plan-changes"),
        ("/plan/goals/goals", "plan-goal"),
        ("/plan/skills/skills", "plan-skills"),
        ("/plan/week/activities", "plan-week"),
        ("/plan/triggers/triggers", "plan-triggers"),
        ("/plan/medication/prescriber", "plan-prescriber"),
        ("/plan/family?show=why", "family"),
        ("/for-family", "for-family"),
    ]:
        phone.goto(address)
        look(phone, f"{name}-phone")
