"""What a phone adds: eyes beside it, no signal, a nervous thumb, small glass, large letters."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import axe_violations, eventually, have_worker, scripts_are_there, wait_until
from tests.conftest import PASSWORD
from tests.journeys.conftest import DESK, PHONE, WORKER, sideways
from webapp.mindfulness.exercises import EXERCISES

pytestmark = pytest.mark.journey

WORDS = "Walked past the old place"


def test_hide_leaves_a_neutral_page_and_back_asks_for_the_password(
    clinic, ana, evening, opened, look
):
    clinic.wrote(ana, situation=WORDS)
    phone = opened(PHONE | WORKER, ana)
    phone.goto("/journal")
    phone.get_by_text(WORDS).tap()
    expect(phone.get_by_role("heading", name="Who can see it")).to_be_visible()
    cookie = cookie_of(phone.context)

    phone.get_by_role("button", name="Hide").tap()

    expect(phone).to_have_url(re.compile("/quiet$"))
    expect(phone).to_have_title("Notes")
    assert "Groundwork" not in phone.content()
    look(phone, "quiet-phone")
    # The server is told on the way out, when nobody waits for it any more.
    eventually(lambda: cookie_of(phone.context) != cookie, phone)
    phone.go_back()
    expect(phone.get_by_role("heading", name="Welcome back")).to_be_visible()
    assert WORDS not in phone.content()
    look(phone, "unlock-phone")
    phone.get_by_label("Password", exact=True).fill(PASSWORD)
    phone.get_by_role("button", name="Continue").tap()
    expect(phone).to_have_url(re.compile("/journal$"))
    expect(phone.get_by_text(WORDS)).to_be_visible()


def test_hidden_without_a_network_the_phone_asks_for_the_password_when_there_is_one(
    clinic, ana, evening, opened, watch
):
    watch.expect("ERR_INTERNET_DISCONNECTED")
    phone = opened(PHONE | WORKER, ana)
    phone.goto("/today")
    wait_until(phone, "caches.match('/quiet').then(Boolean)")
    have_worker(phone)
    scripts_are_there(phone)
    phone.context.set_offline(True)

    phone.get_by_role("button", name="Hide").tap()

    expect(phone.get_by_role("heading", name="Shopping")).to_be_visible()
    expect(phone).to_have_title("Notes")
    phone.context.set_offline(False)
    phone.get_by_role("link", name="Edit").tap()
    expect(phone.get_by_role("heading", name="Welcome back")).to_be_visible()
    phone.get_by_label("Password", exact=True).fill(PASSWORD)
    phone.get_by_role("button", name="Continue").tap()
    expect(phone.get_by_role("heading", name=re.compile("Ana"))).to_be_visible()


def test_help_opens_without_a_network_and_without_signing_in(opened, watch):
    # Whoever never signed in here has no outbox, so its scripts aren't kept.
    watch.expect("ERR_INTERNET_DISCONNECTED", "ERR_FAILED", "dynamically imported module")
    phone = opened(PHONE | WORKER)
    phone.goto("/sign-in")
    wait_until(phone, "navigator.serviceWorker.ready.then((worker) => Boolean(worker.active))")
    phone.context.set_offline(True)

    phone.get_by_role("link", name="Help now").tap()

    expect(phone.get_by_role("link", name="Call 988")).to_have_attribute("href", "tel:988")
    expect(phone.get_by_role("link", name="Call the clinic: 555-0100")).to_be_visible()
    assert axe_violations(phone) == []
    phone.goto("/today")
    expect(phone.get_by_role("heading", name="On this phone")).to_be_visible()
    assert axe_violations(phone) == []
    phone.locator("main").get_by_role("link", name="Help now").tap()
    expect(phone.get_by_role("link", name="Call 911")).to_be_visible()


def test_the_phone_keeps_no_page_that_is_anybodys(clinic, ana, evening, opened, watch):
    # Going on while a module still comes through the worker: Chromium says failed, not aborted.
    watch.expect(".js net::ERR_FAILED")
    entry = clinic.wrote(ana, situation=WORDS)
    phone = opened(PHONE | WORKER, ana)
    phone.goto("/today")
    wait_until(phone, "navigator.serviceWorker.ready.then((worker) => Boolean(worker.active))")
    for address in ("/today", "/journal", f"/journal/{entry}", "/sharing", "/you", "/help-now"):
        phone.goto(address)
    kept = phone.evaluate("""async () => {
      const found = {}
      for (const name of await caches.keys()) {
        const cache = await caches.open(name)
        for (const request of await cache.keys())
          found[new URL(request.url).pathname] = await (await cache.match(request)).text()
      }
      return found
    }""")
    pages = {path for path in kept if not path.startswith("/s/")}
    public = {
        "/help-now",
        "/offline",
        "/quiet",
        "/blank/check-in",
        "/blank/trigger",
        "/blank/practice",
        "/blank/visit",
        "/mindfulness",
    }
    assert pages <= public | {f"/mindfulness/{slug}" for slug in EXERCISES}
    assert not any("Ana" in text or WORDS in text for text in kept.values())


def test_signing_in_works_without_scripts(clinic, ana, evening, opened):
    phone = opened(PHONE, java_script_enabled=False)
    phone.goto("/sign-in")
    phone.get_by_label("Username").fill("ana")
    phone.get_by_label("Password", exact=True).fill(PASSWORD)
    phone.get_by_role("button", name="Sign in").click()
    expect(phone.get_by_role("heading", name=re.compile("Ana"))).to_be_visible()
    expect(phone.get_by_role("button", name="Show")).to_be_hidden()


def test_writing_and_sharing_work_without_scripts(clinic, ana, evening, opened):
    phone = opened(PHONE, ana, java_script_enabled=False)
    phone.goto("/journal/new")
    phone.locator(".scale .level-6").first.click()
    phone.get_by_label("Share with Evening IOP").check()
    phone.get_by_label("I want to talk about this in group").check()
    phone.get_by_role("button", name="Save").click()
    phone.get_by_label("Sign with your name").fill("Ana")
    phone.get_by_role("button", name="Sign and share").click()
    expect(phone.get_by_text("Shared with your facilitators.")).to_be_visible()


def test_on_the_smallest_phone_with_the_largest_letters_nothing_scrolls_sideways(
    clinic, ana, cleo, evening, opened
):
    clinic.shares(ana, clinic.wrote(ana, situation=WORDS), evening, about="the walk home")
    small = {"viewport": {"width": 320, "height": 568}, "color_scheme": "dark"}
    phone = opened(PHONE | small, ana)
    letters_at(phone, 32)
    for address in ("/today", "/journal", "/journal/new", "/check-ins/new", "/sharing", "/you",
                    "/help-now", "/sign-in"):  # fmt: skip
        if address == "/sign-in":
            phone.context.clear_cookies()
        phone.goto(address)
        assert phone.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") >= 30
        assert sideways(phone) <= 0, address
        assert axe_violations(phone) == [], address
        help_ = ("button", "Hide") if address == "/help-now" else ("link", "Help now")
        expect(phone.get_by_role(help_[0], name=help_[1]).first).to_be_in_viewport()
        if address == "/check-ins/new":
            tops = "(labels) => labels.map((label) => label.offsetTop)"
            moods = phone.locator("#mood .taps label").evaluate_all(tops)
            assert len(set(moods)) == len(moods), "one below the other"


def test_what_was_removed_can_be_put_back_at_once(clinic, ana, evening, opened, look):
    entry = clinic.wrote(ana, situation=WORDS)
    phone = opened(PHONE, ana)
    phone.goto(f"/journal/{entry}")
    phone.get_by_role("button", name="Remove").tap()
    expect(phone.get_by_text("Removed.")).to_be_visible()
    expect(phone.get_by_text(WORDS)).to_have_count(0)
    look(phone, "removed-phone")
    phone.get_by_role("button", name="Undo").tap()
    expect(phone.get_by_text("Restored.")).to_be_visible()
    expect(phone.get_by_text(WORDS)).to_be_visible()


def test_a_mistake_is_said_at_once_and_the_words_stay(clinic, ana, evening, opened, look, watch):
    watch.expect("the server responded with a status of 422")
    phone = opened(PHONE, ana)
    phone.goto("/journal/new")
    phone.get_by_text("Add more").tap()
    phone.get_by_label("What happened?").fill(WORDS)
    phone.get_by_label("When was it?").fill("2999-01-01T00:00")
    phone.get_by_role("button", name="Save").tap()

    summary = phone.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(phone).to_have_title(re.compile("^Error:"))
    expect(phone.get_by_label("What happened?")).to_have_value(WORDS)
    look(phone, "mistake-phone")
    summary.get_by_role("link", name="Check the date").tap()
    when = phone.get_by_label("When was it?")
    expect(when).to_be_focused()
    when.fill("")
    phone.get_by_role("button", name="Save").tap()
    expect(phone.get_by_text("Saved. Only you can see it.")).to_be_visible()
    assert clinic.entries() == 1


@pytest.mark.parametrize("scripts", [True, False])
def test_a_double_tap_on_save_makes_one_entry(clinic, ana, evening, opened, scripts):
    phone = opened(DESK, ana, java_script_enabled=scripts)
    phone.goto("/journal/new")
    phone.locator(".scale .level-5").first.click()
    phone.get_by_role("button", name="Save").dblclick()
    expect(phone.get_by_role("heading", name="Who can see it")).to_be_visible()
    phone.goto("/journal")
    expect(phone.locator(".entry-row")).to_have_count(1)
    assert clinic.entries() == 1


def test_nothing_moves_for_who_asked_for_stillness(clinic, ana, evening, opened):
    entry = clinic.wrote(ana)
    phone = opened(PHONE, ana, reduced_motion="reduce")
    phone.add_init_script("""document.addEventListener("animationstart", ({ animationName }) =>
      sessionStorage.setItem("moved", animationName), true)""")
    phone.goto(f"/journal/{entry}/edit")
    phone.get_by_role("button", name="Save").tap()
    expect(phone.get_by_text("Saved.")).to_be_visible()
    assert phone.evaluate("document.getAnimations().length") == 0
    assert phone.evaluate("sessionStorage.getItem('moved')") is None


def test_whoever_travels_is_told_whose_clock_it_is(clinic, ana, evening, opened, look):
    for where, is_said in {
        "America/New_York": False,
        "America/Detroit": False,
        "America/Los_Angeles": True,
        "America/Bogota": True,  # the same hour in winter alone
    }.items():
        phone = opened(PHONE, ana, timezone_id=where)
        phone.goto("/journal/new")
        scripts_are_there(phone)
        said = phone.get_by_text("Times on this page are in Eastern Time, not your device’s")
        expect(said).to_be_visible(visible=is_said)
    look(phone, "clock-elsewhere-phone")


def test_what_waits_on_a_travelers_phone_goes_by_the_clock_that_its_page_names(clinic, opened):
    phone = opened(PHONE, timezone_id="America/Los_Angeles")
    phone.goto("/offline")
    phone.evaluate("""() => {
      const item = { id: "1", mark: "m", at: "2026-11-23T23:00:00Z", kind: "trigger", label: "One" }
      localStorage.setItem("mark", "m")
      localStorage.setItem("waits", JSON.stringify([item]))
    }""")
    phone.reload()
    expect(phone.get_by_text("Times on this page are in Eastern Time")).to_be_visible()
    expect(phone.locator(".waiting li")).to_contain_text("Mon 6:00 PM")


def test_without_scripts_everybody_is_told_whose_clock_it_is(clinic, ana, evening, opened):
    phone = opened(PHONE, ana, java_script_enabled=False)
    phone.goto("/journal/new")
    expect(phone.get_by_text("Times on this page are in Eastern Time")).to_be_visible()


def test_signing_in_takes_no_mouse(clinic, ana, evening, opened):
    desk = opened(DESK)
    desk.goto("/sign-in")
    desk.keyboard.press("Tab")
    expect(desk.get_by_role("link", name="Skip to main content")).to_be_focused()
    desk.keyboard.press("Enter")
    desk.keyboard.press("Tab")
    expect(desk.get_by_label("Username")).to_be_focused()
    desk.keyboard.type("ana")
    desk.keyboard.press("Tab")
    desk.keyboard.type(PASSWORD)
    # What follows can be reached and left by key, and shows where one is.
    for what in (desk.get_by_role("button", name="Show"), desk.get_by_role("checkbox")):
        desk.keyboard.press("Tab")
        expect(what).to_be_focused()
        assert what.evaluate("(element) => getComputedStyle(element).outlineStyle") != "none"
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", name=re.compile("Ana"))).to_be_visible()


def test_a_message_covers_nothing_that_can_be_tapped(clinic, ana, evening, opened):
    phone = opened(PHONE, ana)
    phone.goto("/journal/new")
    phone.locator(".scale .level-6").first.tap()
    phone.get_by_role("button", name="Save").tap()
    message = phone.locator(".toast")
    expect(message).to_be_visible()
    under = message.evaluate("""(toast) => {
      const over = toast.getBoundingClientRect()
      const meets = (box) => box.top < over.bottom && box.bottom > over.top
      const found = [...document.querySelectorAll("main a, main button, .tabs a")]
      const isUnder = (link) => !toast.contains(link) && meets(link.getBoundingClientRect())
      return found.filter(isUnder).map((link) => link.textContent.trim())
    }""")
    assert under == []


def letters_at(page: Page, pixels: int) -> None:
    """The text size that a person sets in the browser; 16 is what it comes with."""
    page.context.new_cdp_session(page).send(
        "Page.setFontSizes", {"fontSizes": {"standard": pixels, "fixed": pixels}}
    )


def cookie_of(context: BrowserContext) -> str:
    return next(cooky["value"] for cooky in context.cookies() if cooky["name"] == "groundwork")
