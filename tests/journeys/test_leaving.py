"""Signing out and Hide hold on the phone: on every tab, without a network, whatever is lost."""

import json
import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import (
    eventually,
    find_shell,
    have_worker,
    launch_persistent,
    scripts_are_there,
    wait_until,
)
from tests.conftest import PASSWORD
from tests.journeys.conftest import PHONE
from tests.journeys.network import Trouble
from tests.journeys.offline import WORDS, sign_in
from webapp.accounts.models import SignIn
from webapp.core.data.db import db

pytestmark = pytest.mark.journey

LEFT = "caches.open('left').then((cache) => cache.keys()).then((all) => all.length)"
HERE = "groundwork-here"


def signs_out(page: Page) -> None:
    page.goto("/you")
    scripts_are_there(page)
    page.get_by_role("button", name="Sign out of this device").tap()


def signed_in_again(page: Page, clinic, someone) -> None:
    page.context.add_cookies([clinic.cookie_of(someone) | {"url": page.url}])


def hides(page: Page) -> None:
    page.get_by_role("button", name="Hide").tap()
    expect(page.get_by_role("heading", name="Shopping")).to_be_visible()


def asks_who(page: Page, address: str = "/today") -> None:
    page.goto(address)
    expect(page.get_by_label("Username")).to_be_visible()


def has_here(context: BrowserContext) -> bool:
    return any(cooky["name"] == HERE for cooky in context.cookies())


def ended(clinic, someone) -> list[bool]:
    """Of each of somebody's sign-ins, the first one first: whether it is over."""
    with clinic.app.app_context():
        query = db.select(SignIn).where(SignIn.person_id == someone.id).order_by(SignIn.started_at)
        return [login.ended_at is not None for login in db.session.scalars(query)]


@pytest.mark.parametrize("how", ["sign out", "hide"])
def test_another_tab_shows_nothing_either(clinic, ana, evening, take, how):
    clinic.wrote(ana, situation=WORDS)
    phone = take(ana)
    other = phone.context.new_page()
    other.goto("/journal")
    expect(other.get_by_text(WORDS)).to_be_visible()
    scripts_are_there(other)
    if how == "hide":
        phone.goto("/today")
        scripts_are_there(phone)
        hides(phone)
        door = other.get_by_label("Password", exact=True)
    else:
        signs_out(phone)
        expect(phone).to_have_url(re.compile("/sign-in$"))
        door = other.get_by_label("Username")
    # By itself: nobody touched it.
    expect(door).to_be_visible()
    assert WORDS not in other.content()


def test_a_page_out_of_the_browsers_memory_covers_itself(clinic, ana, evening, take):
    phone = take(ana)
    phone.goto("/journal")
    scripts_are_there(phone)
    phone.context.clear_cookies(name=HERE)
    back = "dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))"
    assert phone.evaluate(f"({back}, document.body.hidden)")
    expect(phone.get_by_label("Username")).to_be_visible()


@pytest.mark.parametrize("how", ["sign out", "hide"])
def test_a_page_older_than_the_sign_in_leaves_all_the_same(clinic, ana, evening, take, how):
    phone = take(ana)
    phone.goto("/you")
    scripts_are_there(phone)
    other = phone.context.new_page()
    other.goto("/sign-in")
    sign_in(other, "ana")
    if how == "hide":
        hides(phone)
        # By itself, to either door: a tab on its way can't be sent elsewhere.
        expect(other).to_have_url(re.compile(r"/unlock|/sign-in\?next"))
        other.goto("/journal")
        expect(other.get_by_role("heading", name="Welcome back")).to_be_visible()
    else:
        phone.get_by_role("button", name="Sign out of this device").tap()
        expect(phone).to_have_url(re.compile("/sign-in$"))
        expect(other).to_have_url(re.compile("/sign-in"))
        asks_who(other, "/journal")
        assert ended(clinic, ana)[-1]


@pytest.mark.parametrize("lost", ["evicted", "no worker"])
def test_signed_out_without_a_network_it_holds_when_the_mark_is_lost(
    clinic, ana, evening, take, network, lost
):
    phone = take(ana, service_workers="block" if lost == "no worker" else "allow")
    phone.goto("/you")
    scripts_are_there(phone)
    network.goes(Trouble.DEAD)
    phone.get_by_role("button", name="Sign out of this device").tap()
    # Without a worker the form itself is the last try: the browser's page of errors is its end.
    expect(phone).to_have_url(re.compile("/sign-in$" if lost == "evicted" else "^chrome-error:"))
    assert not has_here(phone.context)
    if lost == "evicted":
        phone.evaluate("caches.delete('left')")
    later = phone.context.new_page()
    phone.close()
    network.comes_back()
    asks_who(later)
    assert ended(clinic, ana) == [False]  # the server never heard of it
    sign_in(later, "ana")


def test_hidden_without_a_network_it_holds_when_the_mark_is_lost(
    clinic, ana, evening, take, network
):
    phone = take(ana)
    scripts_are_there(phone)
    have_worker(phone)
    network.goes(Trouble.DEAD)
    hides(phone)
    phone.evaluate("caches.delete('left')")
    network.comes_back()
    asks_who(phone)


def test_signed_out_without_a_network_then_closed(clinic, ana, evening, browser, network, tmp_path):
    def open_() -> BrowserContext:
        return launch_persistent(
            browser.browser_type,
            tmp_path / "phone",
            path=find_shell(),
            base_url=network.address,
            locale="en-US",
            **PHONE,
        )

    first = open_()
    first.add_cookies([clinic.cookie_of(ana) | {"url": network.address}])
    phone = first.new_page()
    phone.goto("/today")
    have_worker(phone)
    phone.goto("/you")
    scripts_are_there(phone)
    network.goes(Trouble.DEAD)
    phone.get_by_role("button", name="Sign out of this device").tap()
    eventually(lambda: not has_here(first), first.new_page())
    first.close()
    second = open_()
    phone = second.new_page()
    phone.goto("/today")
    expect(phone.get_by_role("heading", name="On this phone")).to_be_visible()
    network.comes_back()
    asks_who(phone)
    eventually(lambda: ended(clinic, ana) == [True], phone)
    second.close()


def test_what_is_refused_has_not_happened(ana, evening, take):
    """400, 404 and 405: the worker goes on telling, and shows nobody's page."""
    phone = take(ana)
    have_worker(phone)
    for answer in ("/unlock", "/no-such-page", "/today"):
        phone.evaluate(
            f"caches.open('left').then((cache) => "
            f"cache.put({json.dumps(answer)}, new Response('of=')))"
        )
        phone.goto("/today")
        expect(phone.get_by_role("heading", name="On this phone")).to_be_visible()
        assert phone.evaluate(LEFT) == 1, answer
        assert phone.evaluate("caches.delete('left')")
        phone.goto("/today")
        expect(phone.get_by_role("heading", name="Ana")).to_be_visible()


def test_a_hotels_page_is_no_yes_either(clinic, ana, evening, take, network):
    phone = take(ana)
    have_worker(phone)
    for times, trouble in enumerate((Trouble.GARBAGE, Trouble.BAD_GATEWAY, Trouble.PORTAL), 1):
        phone.goto("/you")
        scripts_are_there(phone)
        network.goes(trouble, "POST", "/sign-out")
        phone.get_by_role("button", name="Sign out of this device").tap()
        expect(phone).to_have_url(re.compile("/sign-in$"))
        assert phone.evaluate(LEFT) == 1, trouble
        phone.goto("/today")
        expect(phone.get_by_role("heading", name="On this phone")).to_be_visible()
        network.comes_back()
        asks_who(phone)
        assert phone.evaluate(LEFT) == 0, trouble
        assert ended(clinic, ana) == [True] * times, trouble
        signed_in_again(phone, clinic, ana)


def test_a_wrong_password_does_not_take_the_mark_away_and_a_right_one_is_not_signed_out(
    clinic, ana, evening, take, network
):
    ben = clinic.person("ben")
    phone = take(ana)
    have_worker(phone)
    phone.goto("/you")
    scripts_are_there(phone)
    network.goes(Trouble.DEAD, "POST", "/sign-out")
    phone.get_by_role("button", name="Sign out of this device").tap()
    expect(phone).to_have_url(re.compile("/sign-in$"))
    phone.get_by_label("Username").fill("ben")
    phone.get_by_label("Password", exact=True).fill("not his words at all")
    phone.get_by_role("button", name="Sign in").tap()
    expect(phone.get_by_text("username or password isn’t right").first).to_be_visible()
    assert phone.evaluate(LEFT) == 1
    sign_in(phone, "ben")
    assert phone.evaluate(LEFT) == 0
    assert ended(clinic, ana) == [True]
    network.comes_back()
    phone.goto("/journal")
    expect(phone).to_have_url(re.compile("/journal$"))
    assert ended(clinic, ben) == [False]


def test_cut_short_it_is_finished_by_the_worker(clinic, ana, evening, take):
    phone = take(ana)
    have_worker(phone)
    phone.evaluate("""caches.open('kept-safety-plan')
      .then((cache) => cache.put('/plan/safety/kept', new Response('mine')))""")
    # As if the tab was closed right after the tap: nothing is emptied any more.
    phone.context.add_init_script("CacheStorage.prototype.keys = () => new Promise(() => {})")
    signs_out(phone)
    eventually(lambda: not has_here(phone.context), phone)
    wait_until(phone, LEFT)
    phone.close()
    phone = phone.context.new_page()
    asks_who(phone)
    wait_until(phone, "caches.has('kept-safety-plan').then((there) => !there)")
    assert ended(clinic, ana) == [True]


BROKEN = {
    "no store": "indexedDB.open = () => { throw new Error('no store') }",
    "no locks": "Object.defineProperty(navigator, 'locks', { get: () => undefined })",
    "no caches": "CacheStorage.prototype.open = CacheStorage.prototype.keys = "
                 "() => Promise.reject(new Error('no caches'))",
}  # fmt: skip


def test_signing_out_happens_whatever_the_browser_lacks(clinic, ana, evening, take):
    phone = take(ana)
    have_worker(phone)
    for lacks in BROKEN.values():
        context = phone.context
        phone.close()
        phone = context.new_page()
        phone.add_init_script(lacks)
        signs_out(phone)
        expect(phone).to_have_url(re.compile("/sign-in$"))
        asks_who(phone)
        signed_in_again(phone, clinic, ana)


def test_where_scripts_see_no_cookies_the_app_still_opens(clinic, ana, evening, take):
    phone = take(ana)
    phone.context.add_init_script(
        "Object.defineProperty(Document.prototype, 'cookie', { get: () => '', set() {} })"
    )
    phone.goto("/journal")
    expect(phone.get_by_role("heading", name="Journal").first).to_be_visible()
    wait_until(phone, "document.readyState === 'complete' && !document.body.hidden")
    signs_out(phone)
    expect(phone).to_have_url(re.compile("/sign-in$"))
    asks_who(phone)
    assert ended(clinic, ana) == [True]


def unlock(page: Page) -> None:
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Continue").tap()


def test_whoever_hid_comes_back_with_the_password_and_stays(clinic, ana, evening, take):
    phone = take(ana)
    scripts_are_there(phone)
    hides(phone)
    phone.get_by_role("link", name="Edit").tap()
    unlock(phone)
    expect(phone.get_by_role("heading", name=re.compile("Ana"))).to_be_visible()
    assert has_here(phone.context)
    phone.goto("/journal")
    expect(phone).to_have_url(re.compile("/journal$"))
