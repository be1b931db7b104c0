"""The one browser of a test process: a second driver of Playwright's in it would not start."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from tests.browser import find_chromium, find_shell, launch_chromium


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """What drives a browser."""
    if find_chromium() is None:
        pytest.fail("There is no chromium here: run with -m 'not journey', or install it.")
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """One Chromium for whatever asks for it, without its windows if it can be had."""
    chromium = launch_chromium(playwright, path=find_shell())
    yield chromium
    chromium.close()
