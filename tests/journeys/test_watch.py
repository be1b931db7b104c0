"""What the journeys let through is the browser's own affair, and nothing else is."""

import pytest
from playwright.sync_api import expect

from tests.browser import eventually
from tests.conftest import root
from tests.journeys.conftest import MOVES, PHONE, WORKER

pytestmark = pytest.mark.journey

ELSEWHERE = "addEventListener('pageswap', () => { location.href = '/you' }, { once: true })"


def test_a_fade_that_the_browser_gives_up_is_no_trouble_and_the_page_is_there(ana, opened, watch):
    phone, thrown = opened(PHONE | WORKER | MOVES, ana), list[str]()
    phone.on("pageerror", lambda error: thrown.append(f"{error.name}: {error.message}"))
    for _ in range(20):
        phone.goto("/today")
        phone.evaluate(ELSEWHERE)
        phone.evaluate("location.href = '/journal'")
        expect(phone.get_by_role("heading", level=1, name="My account", exact=True)).to_be_visible()
        if thrown:
            break
    assert thrown[0].startswith("AbortError: Transition was skipped")
    assert watch.troubles == []


def test_whatever_else_is_thrown_is_trouble(opened, watch):
    phone = opened(PHONE)
    phone.goto("/help-now")
    for times, thrown in enumerate((
        "new Error('Transition was skipped')",
        "new DOMException('The user aborted a request.', 'AbortError')",
        "new DOMException('Transition was skipped by Ana', 'AbortError')",
    ), 1):  # fmt: skip
        phone.evaluate(f"void Promise.reject({thrown})")
        eventually(lambda times=times: len(watch.troubles) == times, phone)
    watch.expect("uncaught: ")


def test_no_script_of_ours_starts_a_fade():
    scripts = [*root().glob("static/js/**/*.js"), root() / "templates/pwa/sw.js"]
    assert [script.name for script in scripts if "startViewTransition" in script.read_text()] == []
