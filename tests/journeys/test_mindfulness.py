"""A hard moment: the exercise goes by the clock, whatever the phone does meanwhile."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import axe_violations
from tests.journeys.conftest import DESK, MOVES, PHONE, follow, sideways
from tests.journeys.offline import all_sent

pytestmark = pytest.mark.journey
GOES_ON = """document.getAnimations()
  .filter((animation) => animation.effect.getTiming().iterations === Infinity).length"""

COUNTS = """
  window.frames = window.touched = 0;
  const ask = window.requestAnimationFrame;
  window.requestAnimationFrame = (run) => { window.frames++; return ask(run); };
  navigator.vibrate = () => { window.touched++; return true; };
"""
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


def left(page: Page, text: str) -> None:
    expect(page.get_by_role("timer")).to_have_text(text)


def samples(page: Page) -> list[list[float]]:
    return page.evaluate("JSON.parse(sessionStorage.practice).samples")


def test_ana_rides_out_an_urge_from_the_number_she_tapped(clinic, ana, opened, look):
    phone = opened(PHONE | MOVES, ana)
    phone.add_init_script(COUNTS)
    phone.goto("/journal/new")
    phone.locator("[name=urge][value='9']").check()
    phone.get_by_role("button", name="Save").tap()
    phone.get_by_role("link", name="Start now").wait_for()
    phone.clock.install()
    follow(phone.get_by_role("link", name="Start now").tap)
    assert re.fullmatch(r".*/mindfulness/urge-surfing", phone.url)
    expect(phone.locator("[data-now]")).to_contain_text("An urge is here")
    slider = phone.get_by_role("slider", name="How strong is the urge?")
    expect(slider).to_have_value("9")
    assert phone.evaluate(GOES_ON) == 2  # two waters, by styles alone
    phone.clock.run_for(4_000)
    phone.get_by_role("button", name="Stronger").tap()
    phone.clock.run_for(3_000)
    phone.get_by_role("button", name="Weaker").tap()  # corrected at once
    expect(slider).to_have_value("9")
    assert [strength for _, strength in samples(phone)] == [9, 9], "the first is never lost"
    phone.clock.run_for(61_000)
    expect(phone.locator("[data-asks]")).to_have_text("Minute 1. How is it now?")
    phone.get_by_role("button", name="Weaker").tap()
    assert phone.evaluate("window.touched") == 3  # a soft touch for each tap
    phone.reload()  # nothing is lost by it
    expect(slider).to_have_value("8")
    phone.clock.run_for(60_000)
    slider.press("ArrowDown")  # by keyboard, or as a screen reader does it
    expect(slider).to_have_value("7")
    phone.clock.run_for(30_000)
    room = phone.locator(".room").bounding_box()
    phone.mouse.move(200, room["y"] + 20)
    phone.mouse.down()
    assert phone.evaluate("window.frames") == 0  # no script for each frame
    phone.mouse.move(200, room["y"] + 40)
    phone.mouse.move(200, room["y"] + room["height"])
    phone.mouse.up()
    expect(slider).to_have_value("0")
    assert axe_violations(phone) == []
    assert sideways(phone) <= 0
    phone.get_by_role("button", name="I’m done").tap()
    expect(phone.get_by_role("heading", name="9 to 0.")).to_be_visible()
    look(phone, "rode-it-out-phone")
    phone.get_by_label("What do you want to remember?").fill("It had a top")
    follow(phone.get_by_role("button", name="Keep this").tap)
    all_sent(phone)
    assert phone.evaluate("sessionStorage.length") == 0
    phone.goto("/mindfulness/practices")
    phone.get_by_role("link", name="It had a top").tap()
    expect(phone.get_by_text("From 9 at the start to 0 after")).to_be_visible()
    look(phone, "urge-curve-phone")


def test_whoever_wants_stillness_rides_in_words(clinic, opened, look):
    page = opened(PHONE)  # nobody has to be signed in
    page.add_init_script(COUNTS)
    page.clock.install()
    page.goto("/mindfulness/urge-surfing")
    look(page, "urge-surfing-phone")
    page.get_by_role("button", name="8", exact=True).click()
    page.clock.run_for(61_000)
    page.get_by_role("button", name="Weaker").click()
    expect(page.locator(".now")).to_have_text(re.compile(r"The urge now\s+7\s+It was 8\."))
    expect(page.locator(".sea").first).to_be_hidden()
    assert (page.evaluate(GOES_ON), page.evaluate("window.touched")) == (0, 0)
    look(page, "riding-it-out-in-words-phone")
    page.keyboard.press("Escape")  # no way to lose what was tapped
    expect(page.get_by_role("heading", name="8 to 7.")).to_be_visible()
    # Nobody's phone keeps anything: there it is written down on a page of its own.
    expect(page.get_by_role("button", name="Keep this")).to_be_hidden()
    expect(page.locator("dialog [data-log]")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="8 to 7.")).to_be_visible()
    page.get_by_role("link", name="Not now").click()
    page.wait_for_url("**/mindfulness")
    assert page.evaluate("sessionStorage.length") == 0


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
    expect(page.get_by_role("button", name="Keep this")).to_be_visible()
    expect(page.locator("dialog [name=minutes]")).to_have_value("2")
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
    expect(page.locator(".breath-part")).to_be_hidden()
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
    expect(page.get_by_text("Has it moved or changed?")).to_be_visible()
    page.get_by_label("3 minutes").check()
    expect(page.get_by_text("Has it moved or changed?")).to_be_hidden()
    expect(page.get_by_role("heading", name="How strong is it right now?")).to_be_hidden()
    page.get_by_role("link", name="Write down how it went").tap()
    page.locator("[name=before][value='6']").check()
    page.get_by_role("button", name="Save").tap()
    expect(page.get_by_role("heading", name="Ride out an urge")).to_be_visible()
