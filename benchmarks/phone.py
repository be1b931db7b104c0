"""What a new patient waits for on a slow phone: Chromium with Slow 4G and a processor 4 × slower.

Both are the browser's own (CDP), not simulated. Each page is opened cold, without a worker, beside
a bare page of 5 KB under the same conditions; what they share cancels out in the ratio.
"""

import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from benchmarks.clinic import Clinic
from benchmarks.pages import both_servers, signed_in
from benchmarks.report import Result
from benchmarks.servers import Server
from tests.browser import launch_chromium

ROUNDS = 4
SLOW_4G = {
    "offline": False, "latency": 562.5,
    "downloadThroughput": 1474.56 * 1024 / 8, "uploadThroughput": 675 * 1024 / 8,
}  # fmt: skip
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "is_mobile": True,
    "has_touch": True, "service_workers": "block",
}  # fmt: skip
PAGES = {"/sign-in": False, "/help-now": False, "/today": True, "/journal/new": True}
WATCH = """
self.largest = self.shifted = 0
new PerformanceObserver((list) => {
  for (const { startTime } of list.getEntries()) self.largest = startTime
}).observe({ type: "largest-contentful-paint", buffered: true })
new PerformanceObserver((list) => {
  for (const { value, hadRecentInput } of list.getEntries())
    if (!hadRecentInput) self.shifted += value
}).observe({ type: "layout-shift", buffered: true })
"""
SETTLED = 700  # milliseconds after load, for whatever still moves
BARE = (
    "<!doctype html><html lang=en><meta name=viewport content='width=device-width'><title>Bare"
    "</title><style>body{font:1rem/1.5 system-ui;margin:0 auto;max-width:40rem;padding:1rem}"
    "</style><h1>Journal</h1>" + "<p>A few words about the day, and what to bring to group. " * 90
)[: 5 * 1024].encode()


def run() -> list[Result]:
    """Open each page in turn, round by round; then join, and write a first line."""
    with both_servers() as (server, _bare, made), _bare_page() as bare, sync_playwright() as play:
        browser = launch_chromium(play)
        cookies = _cookies(server, made.patients[0])
        pages = {path: (f"http://127.0.0.1:{server.port}{path}", cookies if mine else [])
                 for path, mine in PAGES.items()} | {"bare": (bare, [])}  # fmt: skip
        rounds = [
            {name: _open(browser, *page) for name, page in pages.items()}
            for _round in range(ROUNDS + 1)
        ][1:]  # the first one warms the browser up
        joined = _seconds_to_join(browser, server, made)
        browser.close()
    floor = [one["bare"][0] for one in rounds]
    said = f"the bare page in {statistics.median(floor):.0f} ms"
    results = []
    for path in PAGES:
        paint = statistics.median(one[path][0] / ms for one, ms in zip(rounds, floor, strict=True))
        shift = max(one[path][1] for one in rounds)
        best = min(one[path][0] for one in rounds) / min(floor)
        more = f"{said}; {best:.2f} × of the quickest rounds"
        results.append(Result(path, f"{path} is painted in", paint, 1.75, more))
        results.append(Result("  shifts", f"{path} shifts by", shift, 0, unit="in all"))
    what = "From the slip’s address to a first line that is saved takes"
    return [*results, Result("join", what, joined, 60, "by script", unit="s")]


def _open(browser: Browser, address: str, cookies: list[Any]) -> tuple[float, float]:
    with _slow(browser, cookies) as page:
        page.goto(address, wait_until="load")
        page.wait_for_timeout(SETTLED)
        return page.evaluate("self.largest"), page.evaluate("self.shifted")


def _seconds_to_join(browser: Browser, server: Server, made: Clinic) -> float:
    """All that is asked, as fast as pages answer: what is left is for a thumb."""
    staff = signed_in(server, made.facilitator)
    desk: BrowserContext = browser.new_context(base_url=f"http://127.0.0.1:{server.port}")
    desk.add_cookies(_as_cookies(server, staff.cookies))
    page = desk.new_page()
    page.goto("/clinic")
    page.get_by_role("link", name="Evening group").first.click()
    page.get_by_role("link", name="Invite patients").click()
    page.get_by_role("button", name="Make invitations").click()
    code = page.locator(".code").first.inner_text()
    desk.close()
    with _slow(browser, []) as phone:
        start = time.perf_counter()
        phone.goto(f"http://127.0.0.1:{server.port}/join/{code}")
        phone.get_by_label("Choose a username").fill("robin")
        phone.get_by_label("What should we call you?").fill("Robin")
        phone.get_by_role("button", name="Use these four words").tap()
        phone.get_by_role("button", name="Create account").tap()
        phone.get_by_role("link", name="Write one line").tap()
        phone.locator("input[name=urge][value='7']").check(force=True)
        phone.get_by_role("button", name="Save").tap()
        expect(phone.get_by_text("Saved. Only you can see it.")).to_be_visible(timeout=60_000)
        return time.perf_counter() - start


@contextmanager
def _slow(browser: Browser, cookies: list[Any]) -> Iterator[Page]:
    context = browser.new_context(**PHONE)
    context.add_cookies(cookies)
    context.add_init_script(WATCH)
    context.set_default_timeout(60_000)
    page = context.new_page()
    phone = context.new_cdp_session(page)
    phone.send("Network.enable")
    phone.send("Network.emulateNetworkConditions", SLOW_4G)
    phone.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    yield page
    context.close()


def _cookies(server: Server, username: str) -> list[Any]:
    return _as_cookies(server, signed_in(server, username).cookies)


def _as_cookies(server: Server, cookies: dict[str, str]) -> list[Any]:
    url = f"http://127.0.0.1:{server.port}"
    return [{"name": name, "value": value, "url": url} for name, value in cookies.items()]


@contextmanager
def _bare_page() -> Iterator[str]:
    class Bare(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(BARE)))
            self.end_headers()
            self.wfile.write(BARE)

        def log_message(self, *_said: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Bare)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
