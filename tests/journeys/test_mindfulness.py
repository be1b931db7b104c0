"""A hard moment: the exercise goes by the clock, whatever the phone does meanwhile."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import axe_violations
from tests.journeys.conftest import DESK, MOVES, PHONE, follow, sideways

pytestmark = pytest.mark.journey
GOES_ON = """document.getAnimations()
  .filter((animation) => animation.effect.getTiming().iterations === Infinity).length"""

AWAKE = """
  window.asked = window.released = 0;
  Object.defineProperty(navigator, "wakeLock", { value: {
    request: async () => ({ n: window.asked++, release() { window.released++ } }) } });
  window.hide = (hidden) => {
    Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  };
"""


def begin(page: Page, address: str, *, minutes: str = "3 minutes") -> None:
    page.clock.install()
    page.goto(address)
    page.get_by_label(minutes).check()
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("button", name="Stop", exact=True)).to_be_visible()


def tap(page: Page, name: str, strength: int) -> None:
    page.locator(f"[name={name}][value='{strength}']").check()


def left(page: Page, text: str) -> None:
    expect(page.get_by_role("timer")).to_have_text(text)


def test_ana_rides_out_an_urge_and_learns_how_long_hers_take(clinic, ana, opened, look):
    phone = opened(PHONE | MOVES, ana)
    phone.goto("/today")
    follow(phone.get_by_role("link", name="Calm", exact=True).tap)
    look(phone, "calm-phone")
    phone.get_by_role("link", name="Ride out an urge").tap()
    expect(phone.get_by_role("button", name="Start")).to_be_visible()
    look(phone, "urge-surfing-phone")

    phone.clock.install()
    phone.reload()
    tap(phone, "before", 8)
    phone.get_by_role("button", name="Start").tap()
    expect(phone.locator("[data-now]")).to_contain_text("An urge is here")
    left(phone, "3 minutes left")
    tap(phone, "strength", 8)
    phone.clock.run_for(61_000)
    left(phone, "2 minutes left")
    expect(phone.locator("[name=strength]:checked")).to_have_count(0)  # asked anew each minute
    tap(phone, "strength", 9)
    look(phone, "riding-it-out-phone")
    phone.reload()  # nothing is lost by it
    left(phone, "2 minutes left")
    expect(phone.locator("[name=strength]:checked")).to_have_value("9")
    phone.clock.run_for(60_000)
    left(phone, "Last minute")
    tap(phone, "strength", 3)
    phone.clock.fast_forward(120_000)  # the phone was locked, and is taken up again later
    expect(phone.get_by_role("heading", name="Done")).to_be_visible()
    look(phone, "rode-it-out-phone")

    phone.get_by_role("link", name="Write down how it went").tap()
    expect(phone.locator("[name=before]:checked")).to_have_value("8")
    expect(phone.locator("[name=after]:checked")).to_have_value("3")
    expect(phone.get_by_label("How many minutes?")).to_have_value("3")
    look(phone, "how-was-it-phone")
    assert re.fullmatch(r".*/mindfulness/log\?exercise=urge-surfing", phone.url)
    phone.get_by_label("What did you notice?").fill("It had a top")
    phone.get_by_role("button", name="Save").tap()
    expect(phone.get_by_text("From 8 at the start to 3 after 2 minutes.")).to_be_visible()
    assert phone.evaluate("sessionStorage.length") == 0
    look(phone, "urge-curve-phone")
    phone.goto("/mindfulness/practices")
    expect(phone.get_by_role("main")).to_contain_text("It had a top")
    look(phone, "my-practice-phone")


def test_a_clock_that_is_set_back_or_a_page_left_alone_does_no_harm(clinic, opened):
    page = opened(PHONE | MOVES)  # nobody has to be signed in
    begin(page, "/mindfulness/feet")
    page.clock.run_for(70_000)
    left(page, "2 minutes left")
    page.evaluate("Date.now = ((now) => () => now() - 3_600_000)(Date.now)")
    page.clock.run_for(1_000)
    left(page, "3 minutes left")
    page.goto("/mindfulness/box")
    expect(page.get_by_role("button", name="Start")).to_be_visible()  # another exercise is another
    page.clock.fast_forward(3 * 3_600_000)
    page.goto("/mindfulness/feet")
    expect(page.get_by_role("button", name="Start")).to_be_visible()  # that one is long over


def test_a_page_that_was_hidden_goes_on_and_keeps_the_screen_awake_again(clinic, opened):
    page = opened(PHONE | MOVES)
    page.add_init_script(AWAKE)
    begin(page, "/mindfulness/sounds")
    assert page.evaluate("window.asked") == 1
    page.evaluate("hide(true)")
    page.clock.fast_forward(100_000)  # a hidden page's timers may sleep
    page.evaluate("hide(false)")
    page.clock.run_for(1_000)
    left(page, "2 minutes left")
    assert page.evaluate("window.asked") == 2
    page.get_by_role("button", name="Stop", exact=True).tap()
    assert page.evaluate("window.released") == 1
    page.evaluate("hide(true); hide(false)")
    assert page.evaluate("window.asked") == 2  # nothing goes on, so the screen may sleep


def test_stopping_is_as_good_as_going_on(clinic, ana, opened):
    page = opened(PHONE | MOVES, ana)
    begin(page, "/mindfulness/walk", minutes="10 minutes")
    page.clock.run_for(130_000)
    page.get_by_role("button", name="Stop", exact=True).tap()
    page.get_by_role("link", name="Write down how it went").tap()
    expect(page.get_by_label("How many minutes?")).to_have_value("2")
    page.goto("/mindfulness/log?exercise=feet")  # another one isn't filled in by it
    expect(page.get_by_label("How many minutes?")).to_have_value("")


def test_whoever_wants_less_motion_gets_words_and_nobody_gets_a_sound_unasked(clinic, opened, look):
    page = opened(PHONE, reduced_motion="reduce")
    page.add_init_script("window.AudioContext = class { constructor() { window.sounded = true } }")
    begin(page, "/mindfulness/slow-breath")
    expect(page.locator("[data-rhythm] p")).to_have_text("In")
    page.clock.run_for(5_000)
    expect(page.locator("[data-rhythm] p")).to_have_text("Out")
    assert page.evaluate(GOES_ON) == 0
    expect(page.locator("[data-rhythm] svg")).to_be_hidden()
    assert not page.evaluate("window.sounded")
    look(page, "slow-breath-still-phone")


def test_the_circle_follows_the_clock_and_the_hands_can_do_the_work(clinic, opened):
    page = opened(DESK | MOVES)
    page.clock.install()
    page.goto("/mindfulness/slow-breath")
    expect(page.get_by_text("Breathe in for four")).to_be_visible()
    page.get_by_label("With my hands or feet").check()
    expect(page.get_by_text("Breathe in for four")).to_be_hidden()
    expect(page.get_by_text("Press lightly for four")).to_be_visible()
    page.get_by_label("Soft tone").check()
    page.get_by_role("button", name="Start").click()
    expect(page.locator("[data-rhythm] p")).to_have_text("Press")
    assert page.evaluate(GOES_ON) == 1
    page.clock.run_for(6_000)
    expect(page.locator("[data-rhythm] p")).to_have_text("Let go")
    # A running circle has no state of rest to wait for.
    assert axe_violations(page) == []
    assert sideways(page) <= 0


def test_without_script_it_is_a_text_to_read(clinic, ana, opened):
    page = opened(PHONE, ana, java_script_enabled=False)
    page.goto("/mindfulness/urge-surfing")
    expect(page.get_by_text("An urge is here.")).to_be_visible()
    expect(page.get_by_text("Has it moved or changed?")).to_be_hidden()
    page.get_by_label("10 minutes").check()
    expect(page.get_by_text("Has it moved or changed?")).to_be_visible()
    expect(page.get_by_role("button", name="Start")).to_be_hidden()
    page.get_by_role("link", name="Write down how it went").tap()
    page.locator("[name=before][value='6']").check()
    page.get_by_role("button", name="Save").tap()
    expect(page.get_by_role("heading", name="Ride out an urge")).to_be_visible()
