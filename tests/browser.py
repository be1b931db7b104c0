"""Debian's Chromium under Playwright, and what the journeys need beyond Playwright itself."""

import os
import shutil
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Event
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, BrowserType, Page, Playwright
from playwright.sync_api import Error as PlaywrightError

# A browser that calls nobody but us.
QUIET = (
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# In milliseconds: a machine that builds something else meanwhile is no fault of ours.
PATIENCE = 60_000
COLORS = ("color-contrast", "link-in-text-block")
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")


def find_chromium() -> str | None:
    """Where Chromium is, or None. Playwright's own builds are never used."""
    return shutil.which("chromium")


def find_shell() -> str | None:
    """Where the same Chromium is without its windows and tab strips, or None: it opens a page for
    less than half of the work. It keeps no profile as a person's browser does."""
    return shutil.which("chromium-headless-shell")


def launch_chromium(
    playwright: Playwright, *, path: str | None = None, args: Sequence[str] = (), **options: Any
) -> Browser:
    """Start Debian's Chromium, or what lies at `path`. As root it can't have its sandbox."""
    path = path or find_chromium()
    if path is None:
        raise FileNotFoundError("There is no chromium on PATH; on Debian: apt install chromium")
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return playwright.chromium.launch(
        executable_path=path, args=[*sandbox, *QUIET, *args], **options
    )


def have_worker(page: Page) -> None:
    """Until the worker answers for this page. One that could not be installed, since the machine
    was busy, is tried again by the next page that is opened, in life as here."""
    for _ in range(4):
        with suppress(TimeoutError):
            wait_until(page, "Boolean(navigator.serviceWorker.controller)", PATIENCE / 4)
            return
        page.reload()
    raise TimeoutError(f"no worker on {page.url}")


def wait_until(page: Page, expression: str, patience: float = PATIENCE) -> Any:
    """Evaluate `expression` in the page until it is truthy, and return what it became.

    Playwright's own wait_for_function needs 'unsafe-eval', which our pages don't allow. A page
    that goes elsewhere meanwhile is asked again on the other side.
    """
    ends = time.monotonic() + patience / 1000
    seen: object = None
    while True:
        try:
            seen = page.evaluate(expression)
            if seen:
                return seen
        except PlaywrightError as error:
            if "context was destroyed" not in error.message:
                raise
        if time.monotonic() > ends:
            raise TimeoutError(f"After {patience} ms still {seen!r}: {expression} on {page.url}")
        Event().wait(0.05)


def scripts_are_there(page: Page) -> None:
    """Until every module of this page has been loaded, as when a person takes a second to look."""
    wait_until(page, _MODULES)


_MODULES = """Promise.allSettled([...document.querySelectorAll("[data-module]")]
  .flatMap((script) => script.dataset.module.split(" "))
  .map((name) => import(new URL(`modules/${name}.js`,
    document.querySelector("script[src$='/app.js']").src)))).then(() => true)"""


def axe_violations(page: Page, *, colors_only: bool = False) -> list[str]:
    """What axe finds against WCAG 2.2 AA, one readable line for each element.

    `colors_only`: of a page that was looked at whole, in other colors.
    """
    which = {"type": "rule", "values": list(COLORS)} if colors_only else list(WCAG)
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    options = {"runOnly": which, "resultTypes": ["violations"]}
    found = page.evaluate("(options) => axe.run(document, options)", options)
    return [
        f"{rule['id']} ({rule['impact']}): {rule['help']}: {' '.join(map(str, node['target']))}"
        f"\n    {node['html'][:200]}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


def launch_persistent(
    chromium: BrowserType, folder: Path, *, path: str | None = None, **options: Any
) -> BrowserContext:
    """A Chromium that keeps its profile in a folder, where it can be looked through, or opened once
    more: for that, without its windows, it takes a third of the work (`find_shell`)."""
    path = path or find_chromium()
    assert path is not None
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return chromium.launch_persistent_context(
        folder, executable_path=path, args=[*sandbox, *QUIET], **options
    )


def eventually(happened: Callable[[], object], page: Page) -> None:
    """Until something has happened outside of the page."""
    ends = time.monotonic() + PATIENCE / 1000
    while not happened():
        assert time.monotonic() < ends, "it never happened"
        page.wait_for_timeout(50)
