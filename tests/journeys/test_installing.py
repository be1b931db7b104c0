"""Ana puts the app on her phone when she wants to, and never because it asks too soon."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask, request
from playwright.sync_api import Page, expect
from sqlalchemy import update

from tests.browser import eventually, scripts_are_there, wait_until
from tests.conftest import PASSWORD
from tests.journeys.conftest import PHONE, WORKER, follow
from webapp.core import clock
from webapp.core.data.db import db
from webapp.entries.models import Entry

pytestmark = pytest.mark.journey

RENEWED = "navigator.serviceWorker.dispatchEvent(new Event('controllerchange'))"

OFFER = "Add this to your home screen?"
ANDROID_ASKS = """() => dispatchEvent(Object.assign(
  new Event("beforeinstallprompt", {cancelable: true}), {prompt() { self.asked = true }}))"""


def another_day(phone: Page) -> None:
    """Her first visit was on another day."""
    phone.evaluate("localStorage.setItem('install', 'Sun Nov 01 2026')")
    phone.reload()


def test_the_offer_comes_on_another_day_and_a_no_is_for_good(clinic, ana, evening, opened, look):
    # What comes first is there, and not since today.
    clinic.planned(ana, "safety", signs=["I stop answering"])
    clinic.planned(ana, "why", why="My kids")
    with clinic.app.app_context():
        db.session.execute(update(Entry).values(happened_at=clock.now() - timedelta(days=9)))
        db.session.commit()
    phone = opened(PHONE | WORKER, ana)
    phone.goto("/today")
    wait_until(phone, "localStorage.getItem('install') !== null")
    expect(phone.get_by_role("heading", name=OFFER)).to_be_hidden()

    another_day(phone)
    expect(phone.get_by_role("heading", name=OFFER)).to_be_visible()
    look(phone, "install-offer-phone")

    phone.get_by_role("button", name="No thanks").tap()
    expect(phone.get_by_role("heading", name=OFFER)).to_be_hidden()
    phone.goto("/you")
    scripts_are_there(phone)
    phone.get_by_role("button", name="Sign out of this device").tap()
    phone.wait_for_url("**/sign-in")
    assert phone.evaluate("JSON.stringify(localStorage)") == '{"install":"no"}'


def test_nothing_is_offered_in_a_hard_moment(clinic, ana, evening, opened):
    clinic.wrote(ana, urge=9)
    phone = opened(PHONE, ana)
    phone.goto("/today")
    another_day(phone)
    expect(phone.get_by_role("heading", name="You had a hard moment")).to_be_visible()
    expect(phone.get_by_role("heading", name=OFFER)).to_have_count(0)


def test_android_asks_when_ana_asks_for_it(ana, evening, opened, look):
    phone = opened(PHONE, ana)
    phone.goto("/install")
    expect(phone.get_by_role("button", name="Install now")).to_be_hidden()
    assert phone.evaluate(ANDROID_ASKS) is False, "the browser's own question is held back"
    phone.get_by_role("button", name="Install now").tap()
    assert phone.evaluate("self.asked")
    expect(phone.get_by_role("button", name="Install now")).to_be_hidden()
    look(phone, "install-phone")


def test_on_an_iphone_a_short_code_signs_the_installed_app_in(ana, evening, opened, look):
    browser = opened(PHONE, ana)
    browser.goto("/install")
    browser.get_by_label("Password", exact=True).fill(PASSWORD)
    browser.get_by_role("button", name="Get a code").tap()
    code = browser.locator(".code").inner_text()
    look(browser, "install-code-phone")

    installed = opened(PHONE)
    installed.goto("/sign-in")
    follow(installed.get_by_role("link", name="I have a sign-in code").tap)
    look(installed, "sign-in-by-code-phone")
    installed.get_by_label("Code").fill(code)
    installed.get_by_role("button", name="Sign in").tap()
    expect(installed.get_by_role("heading", name="Ana")).to_be_visible()


def test_a_new_version_is_told_and_takes_no_word_away(ana, evening, opened):
    phone = opened(PHONE | WORKER, ana)
    phone.goto("/today")
    wait_until(phone, "navigator.serviceWorker.ready.then(() => true)")
    wait_until(phone, "Boolean(navigator.serviceWorker.controller)")
    phone.goto("/journal/new")
    wait_until(phone, "Boolean(navigator.serviceWorker.controller)")
    phone.get_by_label("What happened?").fill("Half a sentence")
    note = phone.get_by_text("An update is ready.")
    expect(note).to_be_hidden()
    # Told again until somebody listens: the script that does may still be on its way.
    wait_until(phone, f"{RENEWED} && !document.querySelector('[data-renewed]').hidden")
    expect(note).to_be_visible()
    expect(phone.get_by_label("What happened?")).to_have_value("Half a sentence")


@pytest.fixture
def fetched_ahead(clinic) -> Iterator[list[str]]:
    """What the browser asked for before anybody went there."""
    seen: list[str] = []
    app: Flask = clinic.app

    def note() -> None:
        if "prefetch" in request.headers.get("Sec-Purpose", ""):
            seen.append(request.path)

    app.before_request_funcs.setdefault(None, []).append(note)
    yield seen
    app.before_request_funcs[None].remove(note)


def test_a_page_is_on_its_way_while_the_finger_is_still_down(ana, evening, opened, fetched_ahead):
    phone = opened(PHONE | WORKER, ana)
    phone.goto("/today")
    phone.wait_for_load_state("networkidle")
    link = phone.get_by_role("link", name="Plan", exact=True)
    link.hover()
    phone.mouse.down()
    eventually(lambda: fetched_ahead, phone)
    assert fetched_ahead == ["/plan"]
    phone.mouse.up()
    expect(phone.get_by_role("heading", name="Plan", exact=True)).to_be_visible()
