"""What somebody without a network waits for: the app to open, and "on this phone" after Save."""

import statistics
import time

from playwright.sync_api import Browser, Page, expect, sync_playwright

from benchmarks.clinic import PASSWORD
from benchmarks.pages import both_servers
from benchmarks.report import Result
from tests.browser import launch_chromium, wait_until

ROUNDS = 7
KEPT = """caches.keys().then(async (names) => {
  let sum = 0
  for (const name of names) {
    const cache = await caches.open(name)
    for (const one of await cache.keys()) {
      sum += (await (await cache.match(one)).arrayBuffer()).byteLength
    }
  }
  return sum
})"""
HAS_BLANK = "caches.match('/blank/trigger').then(Boolean)"


def run() -> list[Result]:
    """Sign in once with a network; then open and write without one, again and again."""
    with both_servers() as (server, _bare, made), sync_playwright() as playwright:
        browser = launch_chromium(playwright)
        page = _phone_with_the_app(browser, f"http://127.0.0.1:{server.port}", made.patients[0])
        kept = float(page.evaluate(KEPT)) / 1024
        page.context.set_offline(True)
        opens = [_seconds_to_open(page) for _ in range(ROUNDS)]
        saves = [_seconds_to_keep(page) for _ in range(ROUNDS)]
        browser.close()
    return [
        Result("offline start", "Opening without a network takes", _middle(opens), 1000, unit="ms"),
        Result(
            "offline save", "From Save to “on this phone” takes", _middle(saves), 1000, unit="ms"
        ),
        Result("kept", "All that a phone keeps, unpacked, weighs", kept, 150, unit="KB"),
    ]


def _phone_with_the_app(browser: Browser, address: str, username: str) -> Page:
    context = browser.new_context(base_url=address, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto("/sign-in")
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/today")
    wait_until(page, HAS_BLANK)
    return page


def _seconds_to_open(page: Page) -> float:
    # Another process of the browser each time, as after a tap on the icon.
    with page.context.new_page() as fresh:
        start = time.perf_counter()
        fresh.goto("/today")
        expect(fresh.get_by_role("heading", name="On this phone")).to_be_visible()
        return time.perf_counter() - start


def _seconds_to_keep(page: Page) -> float:
    page.goto("/journal/new")
    wait_until(page, "Boolean(self.outbox)")
    page.locator("input[name=urge][value='6']").check(force=True)
    start = time.perf_counter()
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".unsent")).to_be_visible()
    took = time.perf_counter() - start
    page.wait_for_url("**/today")
    return took


def _middle(seconds: list[float]) -> float:
    return statistics.median(seconds) * 1000
