"""The installed app on an iPhone knows nothing of the browser: a short code signs it in."""

import re
from datetime import timedelta

import pytest

from tests.conftest import PASSWORD
from tests.pages import Phone

pytestmark = pytest.mark.database

CODE = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b")


def made(browser: Phone, password: str = PASSWORD) -> str:
    page = browser.fill(browser.get("/install"), having="password", password=password)
    found = CODE.search(page.text)
    return found[0] if found else ""


def typed(app, code: str) -> Phone:
    """Somebody opens the installed app and types a code."""
    installed = Phone(app)
    installed.fill(installed.get("/sign-in/code"), code=code)
    return installed


def is_in(phone: Phone) -> bool:
    return phone.get("/today").address == "/today"


def test_ana_signs_the_installed_app_in_and_stays_in_her_browser(app, phone_of, ana):
    browser = phone_of(ana)
    installed = typed(app, made(browser).lower())
    assert is_in(installed)
    assert is_in(browser)
    assert "Ana" in installed.get("/today").text


def test_a_code_works_once_and_for_ten_minutes(app, phone_of, ana, clock):
    browser = phone_of(ana)
    code = made(browser)
    typed(app, code)
    assert not is_in(typed(app, code))
    late = made(browser)
    clock.shift(timedelta(minutes=11))
    assert not is_in(typed(app, late))


def test_the_second_code_ends_the_first_and_a_new_password_ends_both(app, phone_of, ana):
    browser = phone_of(ana)
    first, second = made(browser), made(browser)
    assert not is_in(typed(app, first))
    page = browser.get("/you/password")
    browser.fill(page, having="current", current=PASSWORD, password="orchard velvet seven kites")
    assert not is_in(typed(app, second))


def test_who_picks_up_her_phone_makes_no_code(phone_of, ana):
    browser = phone_of(ana)
    assert made(browser, "wrong wrong wrong wrong") == ""
    page = browser.fill(
        browser.get("/install"), having="password", password="wrong wrong wrong wrong"
    )
    assert "That password isn’t right." in page.text


@pytest.mark.parametrize("text", ["", "K7QM", "K7QM-4RTX-9WPD", "\0", "🙂" * 12, "x" * 20_000])
def test_what_is_no_code_signs_nobody_in(app, text):
    stranger = Phone(app)
    page = stranger.fill(stranger.get("/sign-in/code"), code=text)
    assert page.status == 422
    assert not is_in(stranger)


def test_a_code_cannot_be_tried_out(app, phone_of, ana):
    code = made(phone_of(ana))
    stranger = Phone(app)
    for _ in range(100):
        stranger.post("/sign-in/code", {"code": code[:10] + "ZZZZ"})
    assert stranger.post("/sign-in/code", {"code": code}).status == 429
