"""An empty folder to a running clinic, as a new administrator does it: in a browser, from *To do*.

python -m benchmarks first-day

A script is faster than anyone. So what it does is counted, and a person's minutes are made of it:
the keystroke-level model (Card, Moran, and Newell 1980) for clicks and keys, and 230 words a minute
for each text on a page that was not there before. Not counted: installing, thinking up names,
looking numbers up, a printer, and what facilitators do on their own phones.
"""

import base64
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, sync_playwright

from benchmarks.clinic import PASSWORD
from benchmarks.report import Result
from benchmarks.servers import ROOT, Server, serving
from tests.browser import find_chromium, launch_chromium
from webapp.accounts.totp import number_at
from webapp.core import clock

KEY, POINT, PRESS, HAND, THINK = 0.28, 1.1, 0.2, 0.4, 1.35  # seconds
READ = 60 / 230  # seconds for a word
MOST_MINUTES = 10
GROUPS = {"Evening IOP": ("Monday", "Wednesday", "Friday"), "Morning IOP": ("Tuesday", "Thursday")}
SLIPS = 12
MEETINGS = json.dumps([
    {"slug": f"meeting-{n}", "name": f"Meeting {n}", "day": n % 7, "time": "19:00",
     "timezone": "America/Chicago", "formatted_address": f"{n} Main St, Springfield, IL 62701, USA"}
    for n in range(200)
]).encode()  # fmt: skip
SHOWN = """[...document.querySelectorAll(
    "main :is(h1, h2, p, label, legend, li, summary, th, td, dt)")]
  .filter((one) => one.checkVisibility()).map((one) => one.innerText)"""


@dataclass
class Hand:
    """A person at a browser, and what they have done so far."""

    page: Page
    clicks: int = 0
    keys: int = 0
    seconds: float = 0.0
    words: int = 0
    read: set[str] = field(default_factory=set)

    def open(self, address: str) -> None:
        """Only the first page is opened by its address."""
        self.page.goto(address)
        self.look()

    def click(self, what: Locator) -> None:
        """Find it, point at it, press."""
        what.click()
        self.clicks += 1
        self.seconds += THINK + POINT + PRESS
        self.look()

    def go(self, what: Locator) -> None:
        """The same, to another page. One that asks for the password gets it."""
        with self.page.expect_navigation():
            what.click()
        self.clicks += 1
        self.seconds += THINK + POINT + PRESS
        self.look()
        asks = self.page.locator("input[name=own_password]")
        if asks.count():
            self.type(asks, PASSWORD)
            self.press("Continue")

    def press(self, name: str, *, exact: bool = True) -> None:
        self.go(self.page.get_by_role("button", name=name, exact=exact).first)

    def follow(self, name: str, *, exact: bool = False) -> None:
        self.go(self.page.get_by_role("link", name=name, exact=exact).first)

    def type(self, into: Locator, text: str) -> None:
        """A click into the field, and the keys."""
        into.fill(text)
        self.clicks += 1
        self.keys += len(text)
        self.seconds += POINT + PRESS + 2 * HAND + KEY * len(text)

    def fill(self, label: str, text: str) -> None:
        self.type(self.page.get_by_label(label, exact=True), text)

    def choose(self, label: str, option: str) -> None:
        """Open a list and click into it."""
        self.page.get_by_label(label, exact=True).select_option(label=option)
        self.clicks += 2
        self.seconds += THINK + 2 * (POINT + PRESS)

    def look(self) -> None:
        """Read whatever wasn't on a page before."""
        for text in self.page.evaluate(SHOWN):
            if text not in self.read:
                self.read.add(text)
                words = len(text.split())
                self.words += words
                self.seconds += words * READ

    def home(self) -> None:
        """Back to what is left."""
        self.follow("Groundwork", exact=True)


def run() -> list[Result]:
    """Two groups, three of the staff, twelve slips in each group, and nothing left to do."""
    if find_chromium() is None:
        return []
    with tempfile.TemporaryDirectory(prefix="groundwork-first-day-") as folder:
        environ = {"GROUNDWORK_DATA": folder, "GROUNDWORK_PLAIN_HTTP": "1"}
        code = _init(environ)
        log = Path(folder) / "server.log"
        with serving("wsgi:app", environ, "/healthz", log) as server, _chromium() as browser:
            start = time.perf_counter()
            hand = Hand(_page(browser, server))
            links = _administrator(hand, code)
            took = time.perf_counter() - start
            for group, link in links.items():
                _facilitator(browser, server, group, link)
            left = _left(hand)
    more = (
        f"{hand.clicks} clicks, {hand.keys} keys, {hand.words} words read; scripted {took:.0f} s; "
        f"left: {', '.join(left) or 'nothing'}"
    )
    minutes = hand.seconds / 60
    return [Result("first day", "An empty folder to a running clinic", minutes, MOST_MINUTES,
                   more, "min")]  # fmt: skip


def _administrator(hand: Hand, code: str) -> dict[str, str]:
    """From the link that `init` printed to two groups. Returns their facilitators' invitations."""
    hand.open(f"/join/{code}?staff=1")
    _join(hand, "max", "Max Miller")
    _settings(hand)
    links = {name: _group(hand, name, days) for name, days in GROUPS.items()}
    _holidays(hand)
    _check_ins(hand)
    _meetings(hand)
    for step in ("The standard text fits", "It’s right"):
        if hand.page.get_by_role("button", name=step).count():
            hand.press(step, exact=False)
    _second_step(hand)
    return links


def _join(hand: Hand, username: str, name: str) -> None:
    hand.fill("Choose a username", username)
    hand.type(hand.page.locator("input[name=name]"), name)
    hand.type(hand.page.locator("input[name=password]"), PASSWORD)
    hand.press("Create account")


def _settings(hand: Hand) -> None:
    """All that the steps ask of this page, in one go."""
    if "/clinic" not in hand.page.url:
        hand.home()
    hand.follow("Set the clinic’s name")
    hand.fill("Clinic’s name", "Lakeside Recovery")
    hand.fill("Clinic’s address", "12 Main Street, Springfield, IL 62701")
    hand.choose("Time zone", "Central Time")
    hand.click(hand.page.get_by_text("Help now", exact=True))
    hand.fill("The clinic’s phone number", "217-555-0142")
    hand.fill("When someone answers at the clinic", "Monday to Friday, 9 to 5")
    hand.click(hand.page.get_by_text("Reminders", exact=True))
    hand.fill("Contact for push services (email address)", "it@lakeside.example.org")
    hand.press("Save")


def _group(hand: Hand, name: str, days: tuple[str, ...]) -> str:
    """A group, and a facilitator's invitation: the link is on paper then."""
    hand.go(hand.page.get_by_role("link", name=re.compile("first group|^New group$")).first)
    hand.fill("Name", name)
    for day in days:
        hand.click(hand.page.get_by_role("checkbox", name=day))
    hand.fill("Start time", "18:00" if name.startswith("Evening") else "09:00")
    hand.fill("Location", "Room 2")
    hand.press("Create group")
    hand.press("Invite a facilitator")
    hand.click(hand.page.get_by_role("button", name="Print"))
    code = hand.page.locator(".code").first.inner_text()
    hand.home()
    return code


def _holidays(hand: Hand) -> None:
    hand.follow("Enter holidays")
    hand.press("Add all", exact=False)


def _check_ins(hand: Hand) -> None:
    """PHQ-9, and on which days it and the daily check-in are asked."""
    hand.follow("Choose questionnaires")
    hand.press("Use Mood (PHQ-9)")
    for what, asked in {"Daily check-in": ("Tuesday", "Thursday"), "PHQ-9": ("Monday",)}.items():
        days = hand.page.locator("section").filter(has_text=what)
        for day in asked:
            hand.click(days.get_by_role("checkbox", name=day))
    hand.press("Save")


def _meetings(hand: Hand) -> None:
    """From a file on the administrator's disk: three clicks in the system's own window."""
    hand.follow("Add a list of recovery meetings")
    file = {"name": "meetings.json", "mimeType": "application/json", "buffer": MEETINGS}
    hand.page.get_by_label("Or a file").set_input_files([file])  # type: ignore[list-item]
    hand.clicks += 3
    hand.seconds += 3 * (THINK + POINT + PRESS)
    hand.choose("Fellowship", "SMART")
    hand.press("Preview")
    hand.press("Use this list")


def _second_step(hand: Hand) -> None:
    """The key is typed by the script where a person's phone scans the code."""
    hand.follow("Set it up now")
    key = hand.page.locator("details .code").text_content() or ""
    secret = base64.b32decode(key.replace(" ", ""))
    hand.fill("Number from the app", number_at(secret, clock.now()))
    hand.press("Turn on")


def _facilitator(browser: Browser, server: Server, group: str, code: str) -> None:
    """On a computer of their own: an account, and twelve invitations for patients."""
    hand = Hand(_page(browser, server))
    hand.open(f"/join/{code}?staff=1")
    _join(hand, f"of-{group.split()[0].lower()}", "Cleo")
    hand.open("/clinic")
    hand.go(hand.page.locator("main a[href*='/clinic/groups/']").filter(has_text=group).first)
    hand.follow("Invite patients")
    hand.type(hand.page.locator("input[name=many]"), str(SLIPS))
    hand.press("Make invitations")
    if hand.page.locator(".slip").count() != SLIPS:
        raise RuntimeError(f"no {SLIPS} invitations to {group}")


def _left(hand: Hand) -> list[str]:
    """What *To do* says now."""
    hand.page.goto("/clinic")
    return [text.strip() for text in hand.page.locator("section.next li").all_inner_texts()]


def _init(environ: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi.py", "init"],
        cwd=ROOT, env={**os.environ, **environ}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    found = re.search(r"/join/([^?\s]+)\?staff=1", done.stdout)
    if found is None:
        raise RuntimeError("init printed no link")
    return found[1]


@contextmanager
def _chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launch_chromium(playwright)
        yield browser
        browser.close()


def _page(browser: Browser, server: Server) -> Page:
    address = f"http://127.0.0.1:{server.port}"
    return browser.new_context(base_url=address, viewport={"width": 1280, "height": 800}).new_page()
