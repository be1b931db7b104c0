"""The first page that somebody opens waits for nothing but itself, and nothing moves later."""

import json

import pytest
from playwright.sync_api import expect

from tests.browser import eventually, scripts_are_there, wait_until
from tests.journeys.conftest import PHONE
from tests.journeys.test_help_now import SHIFTED, shifts

pytestmark = pytest.mark.journey

PAINTED = "performance.getEntriesByName('first-contentful-paint').length"
SHEETS = "[document.styleSheets.length, document.querySelectorAll('link[rel=stylesheet]').length]"


@pytest.mark.parametrize("address", ["/sign-in", "/help-now", "/today", "/journal/new"])
def test_it_is_drawn_while_its_script_is_on_the_way(opened, ana, address):
    phone = opened(PHONE, ana if address in ("/today", "/journal/new") else None)
    phone.add_init_script(SHIFTED)
    asked = []
    phone.route("**/js/app.js", lambda route: asked.append(route))

    phone.goto(address, wait_until="commit")
    wait_until(phone, PAINTED)
    assert phone.evaluate(SHEETS) == [1, 0]
    expect(phone.locator("h1")).to_be_visible()
    eventually(lambda: asked, phone)
    asked.pop().continue_()

    scripts_are_there(phone)
    assert shifts(phone) == []


def test_the_next_page_takes_its_styles_from_what_is_kept(opened):
    phone = opened(PHONE | {"service_workers": "allow"})
    phone.goto("/sign-in")
    wait_until(phone, "Boolean(navigator.serviceWorker.controller)")
    phone.goto("/sign-in?next=/today")
    expect(phone.locator("h1")).to_be_visible()
    assert phone.evaluate(SHEETS) == [1, 1]


def test_words_that_wait_have_their_room_in_the_first_frame(opened, ana):
    phone = opened(PHONE, ana)
    phone.goto("/today")
    scripts_are_there(phone)
    mark = phone.evaluate("document.documentElement.dataset.mark")
    waits = json.dumps([{"id": "one", "mark": mark}])
    phone.add_init_script(f"localStorage.setItem('waits', {json.dumps(waits)})")
    phone.route("**/js/app.js", lambda route: None)

    phone.goto("/today", wait_until="commit")
    wait_until(phone, PAINTED)
    expect(phone.get_by_text("1 on this phone, waiting to send")).to_be_visible()
