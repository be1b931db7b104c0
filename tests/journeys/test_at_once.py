"""On a slow network, what was saved is seen at once, in the place where it stays."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import eventually, scripts_are_there
from tests.journeys.network import Trouble
from tests.journeys.offline import WORDS, all_sent, save, unsent, write, written

pytestmark = pytest.mark.journey

SHIFTS = """self.shifts = [];
new PerformanceObserver((seen) => shifts.push(...seen.getEntries().map((shift) => shift.value)))
  .observe({type: "layout-shift", buffered: true})"""
# A page on its way elsewhere can't be asked, so it notes by itself what it shows, and says so.
NOTES = """addEventListener("DOMContentLoaded", () => new MutationObserver(() => {
  const facts = document.querySelector(".written .facts")
  if (!facts || sessionStorage.getItem("seen")) return
  const { x, y, width, height } = facts.getBoundingClientRect()
  sessionStorage.setItem("seen", JSON.stringify({
    box: [x, y, width, height], text: document.querySelector("main").innerText }))
  console.info("seen")
}).observe(document.body, {childList: true, subtree: true}))"""
PLACE = """(({ x, y, width, height }) => [x, y, width, height])(
  document.querySelector("main .facts").getBoundingClientRect())"""


def seen(phone: Page) -> dict[str, Any]:
    """What stood there between Save and the answer."""
    return json.loads(phone.evaluate("sessionStorage.getItem('seen') ?? '{}'"))


@pytest.fixture
def slow(take, network, ana):
    """Ana's phone, whose answers take long from now on."""
    phone = take(ana)
    phone.context.add_init_script(SHIFTS)
    phone.context.add_init_script(NOTES)
    return phone


def test_what_ana_saved_is_seen_at_once_where_it_stays(evening, slow, network):
    slow.goto("/journal/new")
    write(slow)
    network.goes(Trouble.SLOW, "POST")
    said: list[str] = []
    slow.on("console", lambda message: said.append(message.text))
    save(slow)
    eventually(lambda: "seen" in said, slow)
    network.until("POST /journal/new")
    network.comes_back()

    expect(slow.get_by_role("heading", name="Who can see it")).to_be_visible()
    assert WORDS in seen(slow)["text"]
    assert "on this phone, waiting to send" in seen(slow)["text"]
    assert slow.evaluate(PLACE) == seen(slow)["box"]
    assert slow.evaluate("shifts") == []
    all_sent(slow)


def test_what_has_a_mistake_is_not_shown_as_saved(evening, slow, watch):
    watch.expect("status of 422")
    slow.goto("/journal/new")
    scripts_are_there(slow)
    save(slow)
    expect(slow.get_by_role("alert")).to_be_visible()
    assert seen(slow) == {}


def test_help_stays_on_the_screen_of_whoever_is_not_safe(evening, slow, network):
    slow.goto("/check-ins/new")
    scripts_are_there(slow)
    group = slow.get_by_role("group", name="Are you safe right now?")
    group.get_by_role("radio", name="No", exact=True).tap()
    network.goes(Trouble.SLOW, "POST")
    save(slow)
    network.until("POST /check-ins/new")
    network.comes_back()
    expect(slow.get_by_role("heading", name="You said you’re not safe")).to_be_visible()
    assert "Help now" in seen(slow)["text"]
    assert "My safety plan" in seen(slow)["text"]


def test_what_waits_stands_in_the_journal_and_becomes_its_row_where_it_is(
    clinic, ana, evening, slow, network, look
):
    clinic.wrote(ana, situation="An older one")
    slow.context.set_offline(True)
    slow.goto("/journal/new")
    long = f"{WORDS} and many more words than one line of a list on a phone can hold"
    write(slow, words=long)
    save(slow)
    expect(slow.get_by_role("heading", name="On this phone", exact=True)).to_be_visible()
    assert slow.evaluate("shifts") == []
    network.goes(Trouble.DEAD, "POST", "/sync")
    slow.context.set_offline(False)
    slow.goto("/journal")

    row = slow.locator(".arriving .entry-row")
    expect(row).to_contain_text("waiting to send")
    expect(unsent(slow)).to_have_text("1 on this phone, waiting to send")
    assert WORDS not in slow.content()
    look(slow, "journal-waits-phone")
    waited = row.bounding_box()
    network.comes_back()
    slow.evaluate("dispatchEvent(new Event('online'))")
    expect(row).to_contain_text(WORDS)
    expect(unsent(slow)).to_have_text("All sent.")
    assert row.bounding_box() == waited
    look(slow, "journal-arrived-phone")
    assert slow.evaluate("shifts") == []
    slow.reload()
    expect(slow.locator(".entry-row", has_text=WORDS)).to_have_count(1)
    expect(unsent(slow)).to_be_hidden()


def test_a_change_that_waits_is_no_second_row(clinic, ana, evening, slow, network):
    entry = clinic.wrote(ana, situation="First words")
    slow.goto(f"/journal/{entry}/edit")
    network.goes(Trouble.DEAD)
    slow.get_by_label("What happened?").fill("Other words")
    save(slow)
    expect(unsent(slow)).to_be_visible()
    network.goes(Trouble.DEAD, "POST")
    slow.goto("/journal")
    expect(unsent(slow)).to_have_text("1 on this phone, waiting to send")
    expect(slow.locator(".entry-row")).to_have_count(1)


def test_what_is_sent_while_ana_looks_is_told_and_nothing_moves(ana, evening, slow, network):
    network.goes(Trouble.DEAD)
    slow.goto("/journal/new")
    write(slow)
    save(slow)
    expect(slow.locator(".waiting li")).to_contain_text("waiting to send")
    network.goes(Trouble.DEAD, "GET")
    slow.goto("/today")
    expect(slow.locator(".waiting li")).to_contain_text("sent")
    expect(unsent(slow)).to_have_text("All sent.")
    expect(slow.locator(".waiting .pill")).to_have_text("sent")
    assert slow.evaluate("shifts") == []


def test_who_is_not_safe_without_a_network_gets_help_next_and_on_today_once_it_is_sent(
    evening, slow, network
):
    slow.context.set_offline(True)
    slow.goto("/check-ins/new")
    scripts_are_there(slow)
    group = slow.get_by_role("group", name="Are you safe right now?")
    group.get_by_role("radio", name="No", exact=True).tap()
    save(slow)
    expect(slow.get_by_role("heading", name="Help now")).to_be_visible()
    expect(slow.get_by_role("link", name="Call 988")).to_be_visible()
    expect(unsent(slow)).to_have_text("1 on this phone, waiting to send")
    slow.context.set_offline(False)
    slow.goto("/check-ins")
    all_sent(slow)
    slow.goto("/today")
    expect(slow.get_by_role("heading", name="You said you’re not safe")).to_be_in_viewport()


def test_what_had_arrived_by_another_way_stands_there_once(clinic, ana, evening, take, network):
    phone = take(ana)
    phone.goto("/journal/new")
    write(phone)
    network.goes(Trouble.CUT, "POST")
    save(phone)
    expect(unsent(phone)).to_have_text("1 on this phone, waiting to send")
    phone.goto("/journal")
    expect(phone.locator(".entry-row")).to_have_count(2)  # what waits, and what is there
    network.comes_back()
    phone.evaluate("dispatchEvent(new Event('online'))")
    all_sent(phone)
    expect(phone.locator(".entry-row")).to_have_count(1)
    expect(phone.get_by_text("Written on this phone")).to_be_hidden()
    expect(phone.get_by_text(WORDS)).to_be_visible()
    assert written(clinic, ana) == [(WORDS, 6)]
