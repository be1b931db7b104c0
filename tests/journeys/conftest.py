"""The real app on a port of this machine, and people with a phone or a desk in front of it."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Locator,
    Page,
    Request,
    expect,
)
from sqlalchemy import event
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.browser import (
    PATIENCE,
    axe_violations,
    launch_persistent,
    wait_until,
)
from tests.conftest import ZONE, SomeGroup, Someone, forget_the_disk, make_tables, root
from tests.journeys.clinic import Clinic
from tests.journeys.network import Network, network_before
from tests.journeys.offline import ALL_KEPT, READY
from webapp import create_app
from webapp.accounts.models import Role
from webapp.config import HelpLines, Settings
from webapp.core.data.db import db

PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
    "timezone_id": ZONE,
}
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}, "timezone_id": ZONE}
# Installing the worker is half of what it takes to open the first page, so only those have it whose
# journey meets it: `opened(PHONE | WORKER, ana)`.
WORKER = {"service_workers": "allow"}
# Fading from one page to the next is the browser's, and a sixth of what a journey takes it: most
# people here asked for stillness, and those see it whose journey is about what moves, or is all.
STILL, MOVES = {"reduced_motion": "reduce"}, {"reduced_motion": "no-preference"}
PICTURES = {"today-phone", "write-phone", "sharing-phone", "huddle-desk"}  # the README shows these

expect.set_options(timeout=PATIENCE)

# What Chromium throws, uncaught, where it gives up a fade between two pages: on a page that is left
# (somebody went on before the next one was there), before one that has none, on a busy machine. It
# is the fade alone that is missing; no script of ours starts one (w3c/csswg-drafts#13726).
NO_FADE = {
    "AbortError": "Transition was skipped",
    "InvalidStateError": "Transition was aborted because of invalid state",
    "TimeoutError": "Transition was aborted because of timeout in DOM update",
}

# Chromium reports a refused policy as an error too; this one says which page and which rule.
TELL_VIOLATIONS = """addEventListener("securitypolicyviolation", (event) =>
  console.error(`CSP: ${event.effectiveDirective} ${event.blockedURI} ${event.sample}`))"""

AT_REST = "document.getAnimations().every((animation) => animation.playState !== 'running')"


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    """The real app, served: plain http on loopback, cheap hashing, a fresh SQLite file."""
    data = tmp_path_factory.mktemp("journeys")
    app = create_app(
        Settings(
            data=data,
            database_url=f"sqlite:///{data / 'groundwork.db'}",
            clinic_name="Riverside Clinic",
            zone=ZONE,
            plain_http=True,
            hash_memory=8,
            hash_passes=1,
            help_lines=HelpLines(clinic="555-0100", clinic_hours="Weekdays 8 to 6"),
        )
    )
    with app.app_context():
        event.listen(db.engine, "connect", forget_the_disk)
    make_tables(app)
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quietly)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    with pytest.MonkeyPatch.context() as patch:
        # A busy machine is no bad network; a network that is slow stays so until a test mends it.
        patch.setattr("webapp.pwa.views.PATIENCE", PATIENCE // 4)
        yield Clinic(app, f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    thread.join()


@pytest.fixture
def clinic(server: Clinic) -> Clinic:
    """The clinic without anybody in it yet."""
    server.empty()
    return server


@pytest.fixture
def cleo(clinic: Clinic) -> Someone:
    """Runs Evening IOP."""
    return clinic.person("cleo", Role.FACILITATOR)


@pytest.fixture
def ana(clinic: Clinic) -> Someone:
    """A patient of Evening IOP."""
    return clinic.person("ana")


@pytest.fixture
def evening(clinic: Clinic, ana: Someone, cleo: Someone) -> SomeGroup:
    """Evening IOP, in two hours, with Ana and Cleo."""
    return clinic.group("Evening IOP", ana, cleo)


class Quietly(WSGIRequestHandler):
    """Answers without a line for each request."""

    def log_request(self, *_: object) -> None: ...


@dataclass
class Watch:
    """What no page may do: complain, break its own policy, fail, or call anybody but us."""

    home: str
    expected: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)

    def on(self, context: BrowserContext) -> None:
        """Watch every page of a context."""
        context.on("console", self._console)
        context.on("weberror", lambda event: self._uncaught(event.error))
        context.on("request", self._request)
        context.on("requestfailed", self._failed)

    def expect(self, *parts: str) -> None:
        """Complaints that this test brings about on purpose."""
        self.expected.extend(parts)

    @property
    def troubles(self) -> list[str]:
        """Whatever nobody expected."""
        return [
            trouble for trouble in self.seen if not any(part in trouble for part in self.expected)
        ]

    def _uncaught(self, error: Error) -> None:
        # Newer versions put the reason behind it.
        if error.message.partition(". ")[0] != NO_FADE.get(error.name or ""):
            self.seen.append(f"uncaught: {error}")

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.seen.append(f"{message.type}: {message.text}")

    def _request(self, request: Request) -> None:
        url = urlsplit(request.url)
        if url.scheme in ("http", "https") and f"{url.scheme}://{url.netloc}" != self.home:
            self.seen.append(f"asked elsewhere: {request.url}")

    def _failed(self, request: Request) -> None:
        # Going on before the page has everything isn't a failure, and through a worker that has
        # another name; nor is that the browser, by itself, didn't learn what it might fetch ahead.
        ahead = request.url.endswith("/speculation-rules.json")
        cut = request.failure == "net::ERR_FAILED" and "/s/" in request.url
        if request.failure != "net::ERR_ABORTED" and not ahead and not cut:
            self.seen.append(f"failed: {request.url} {request.failure}")


@pytest.fixture
def watch(server: Clinic) -> Iterator[Watch]:
    """Fails the test if any of its pages did what no page may do."""
    watching = Watch(server.address)
    yield watching
    assert watching.troubles == []


@pytest.fixture
def opened(browser: Browser, clinic: Clinic, watch: Watch) -> Iterator[Callable[..., Page]]:
    """Somebody takes a phone, or sits down at a desk: `opened(PHONE, ana)`."""
    contexts: list[BrowserContext] = []

    def open_(kind: dict[str, Any], someone: Someone | None = None, **options: Any) -> Page:
        here = {"service_workers": "block", "base_url": clinic.address}
        with_all = STILL | here | kind | options
        if with_all["service_workers"] == "block":
            watch.expect("Service Worker registration blocked")
        made = browser.new_context(locale="en-US", **with_all)
        contexts.append(made)
        made.set_default_timeout(PATIENCE)
        if options.get("java_script_enabled", True):
            made.add_init_script(TELL_VIOLATIONS)
        watch.on(made)
        if someone is not None:
            made.add_cookies([clinic.cookie_of(someone)])
        return made.new_page()

    yield open_
    for context in contexts:
        context.close()


@pytest.fixture
def network(clinic) -> Iterator[Network]:
    """The network between the phone and the clinic."""
    with network_before(clinic.address) as between:
        yield between


@pytest.fixture
def take(browser, clinic, network) -> Iterator[Callable[..., Page]]:
    """Somebody takes a phone that has the app on it: `take(ana)`."""
    contexts: list[BrowserContext] = []

    def open_(someone=None, **options: Any) -> Page:
        here = {"base_url": network.address, "locale": "en-US"}
        made = browser.new_context(**PHONE | STILL | here | options)
        contexts.append(made)
        made.set_default_timeout(PATIENCE)
        if someone is not None:
            made.add_cookies([clinic.cookie_of(someone) | {"url": network.address}])
        page = made.new_page()
        page.goto("/today" if someone else "/sign-in")
        if options.get("service_workers") != "block":
            wait_until(page, READY)
            if someone:
                wait_until(page, ALL_KEPT)
        return page

    yield open_
    for context in contexts:
        context.close()


@pytest.fixture
def playwright_profile(browser, tmp_path):
    """A phone whose whole storage lies in a folder that can be searched."""
    opened: list[BrowserContext] = []

    def start(address: str) -> tuple[BrowserContext, Path]:
        folder = tmp_path / "profile"
        made = launch_persistent(
            browser.browser_type, folder, base_url=address, locale="en-US", **PHONE
        )
        opened.append(made)
        made.set_default_timeout(PATIENCE)
        return made, folder

    return start


@pytest.fixture
def look(clinic: Clinic) -> Callable[..., None]:
    """Look at a screen as it is, in light and dark: axe finds nothing, nothing sticks out.

    With GROUNDWORK_PICTURES=1 it keeps pictures in test-results/, and the few that the README
    shows in docs/pictures/.
    """
    keeps_pictures = os.environ.get("GROUNDWORK_PICTURES") == "1"

    def at(page: Page, name: str) -> None:
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            wait_until(page, AT_REST)
            assert not axe_violations(page, colors_only=scheme == "dark"), f"{name}, {scheme}"
            assert sideways(page) <= 0, f"{name} scrolls sideways"
            if keeps_pictures:
                snap(page, f"{name}-{scheme}")
        page.emulate_media(color_scheme="light")
        if keeps_pictures and name in PICTURES:
            page.locator("h1").click()  # whoever goes on sends the message away
            kept = root() / "docs" / "pictures"
            kept.mkdir(parents=True, exist_ok=True)
            shutil.copy(snap(page, name, full_page=False), kept / f"{name}.png")

    return at


def follow(tap: Callable[[], None]) -> None:
    """Tap or click what leads to another page, and be there: a tap alone doesn't wait for it."""
    what: Locator = tap.__self__  # type: ignore[attr-defined]
    what.wait_for()  # on this page: the way here is no navigation to wait for any more
    with what.page.expect_navigation():
        tap()


def snap(page: Page, name: str, *, full_page: bool = True) -> Path:
    """A picture of the page in test-results/."""
    folder = root() / "test-results"
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.png"
    page.screenshot(path=path, full_page=full_page)
    return path


def sideways(page: Page) -> int:
    """By how many pixels the page is wider than the window."""
    return int(
        page.evaluate(
            "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"
        )
    )
