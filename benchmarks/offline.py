"""What somebody without a network waits for: the app to open, and "on this phone" after Save. And
what that costs before: the bytes that the worker fetches ahead, as they come over the wire."""

import statistics
import time

from playwright.sync_api import Browser, Page, expect, sync_playwright

from benchmarks.clinic import PASSWORD
from benchmarks.pages import both_servers
from benchmarks.report import Result
from benchmarks.servers import Server
from benchmarks.weight import KB, files
from tests.browser import launch_chromium, wait_until

ROUNDS = 7
KEPT = """caches.keys().then(async (names) => {
  const found = {}
  for (const name of names) {
    const cache = await caches.open(name)
    for (const { url } of await cache.keys())
      found[new URL(url).pathname] = (await (await cache.match(url)).arrayBuffer()).byteLength
  }
  return found
})"""
HAS_SHELL = "navigator.serviceWorker.ready.then((worker) => Boolean(worker.active))"
# The worker keeps all of it at once, in no order: done when as many are there as it names.
HAS_ALL = """(async () => {
  const script = await (await fetch("/sw.js")).text()
  const named = (list) => JSON.parse(script.match(new RegExp(`^const ${list}=(.*)$`, "m"))[1])
  const all = [...named("SHELL"), ...named("MORE")]
  return (await Promise.all(all.map((path) => caches.match(path)))).every(Boolean)
})()"""


def run() -> list[Result]:
    """Sign in once with a network; then open and write without one, again and again."""
    with both_servers() as (server, _bare, made), sync_playwright() as playwright:
        browser = launch_chromium(playwright)
        page = _phone(browser, f"http://127.0.0.1:{server.port}")
        before = page.evaluate(KEPT)
        _sign_in(page, made.patients[0])
        in_all = page.evaluate(KEPT)
        page.context.set_offline(True)
        opens = [_seconds_to_open(page) for _ in range(ROUNDS)]
        saves = [_seconds_to_keep(page) for _ in range(ROUNDS)]
        browser.close()
        ahead = [
            _ahead(server, "before sign-in", "Fetched ahead before anybody signs in", before, 30),
            _ahead(server, "in all", "Fetched ahead in all", in_all, 150),
        ]
    return [
        Result("offline start", "Opening without a network takes", _middle(opens), 1000, unit="ms"),
        Result(
            "offline save", "From Save to “on this phone” takes", _middle(saves), 1000, unit="ms"
        ),
        *ahead,
    ]


def _ahead(server: Server, name: str, what: str, kept: dict[str, int], bar: int) -> Result:
    """The worker itself and all that it keeps, weighed like other files (benchmarks/weight.py)."""
    bodies, with_headers = files(server, ["/sw.js", *kept])
    unpacked = f"{sum(kept.values()) / KB:.0f} KB unpacked on the phone, in {len(kept)} files"
    return Result(name, what, bodies / KB, bar, f"{with_headers}; {unpacked}", unit="KB")


def _phone(browser: Browser, address: str) -> Page:
    context = browser.new_context(base_url=address, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto("/sign-in")
    wait_until(page, HAS_SHELL)
    return page


def _sign_in(page: Page, username: str) -> None:
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/today")
    wait_until(page, HAS_ALL)


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
