"""Ana switches reminders on; an hour before group her phone says so; a tap opens Today.

Everything is real but `PushManager.subscribe`, which in a test browser has nobody to call.
"""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, Playwright
from sqlalchemy import update
from werkzeug.serving import make_server

from tests.browser import (
    PATIENCE,
    axe_violations,
    launch_chromium,
    scripts_are_there,
    wait_until,
)

# Time stands still here and moves by hand, so these people live in the tests' own process.
from tests.conftest import NOW, Someone
from tests.pages import Phone
from tests.reminders.conftest import sender, service
from tests.reminders.pushservice import FakePhone, PushService, Ways
from tests.support.people import ana, cleo, evening
from webapp.accounts.models import SignIn
from webapp.core.data.db import db

pytestmark = pytest.mark.journey
__all__ = ["ana", "cleo", "evening", "sender", "service"]

# The subscriptions that a push service would have made, one after the other, with keys that the
# test can open with. A browser keeps one until it is given up, also when it is long dead.
STUB = """
const all = %s;
const at = () => Number(localStorage.subscription ?? 0);
const made = () => {
  const { endpoint, ...keys } = all[Math.min(at(), all.length - 1)];
  const unsubscribe = async () => {
    localStorage.subscription = at() + 1;
    return delete localStorage.on;
  };
  return { endpoint, toJSON: () => ({ endpoint, keys }), unsubscribe };
};
PushManager.prototype.subscribe = async () => { localStorage.on = "yes"; return made() };
PushManager.prototype.getSubscription = async () => localStorage.on ? made() : null;
"""
# Allowed, denied or not asked: as the test says.
PERMISSION = """
Object.defineProperty(Notification, "permission", { get: () => localStorage.permission ?? "%s" });
Notification.requestPermission = async () => Notification.permission;
"""

COUNTED = """
const ask = Notification.requestPermission;
Notification.requestPermission = () => { window.asked = (window.asked ?? 0) + 1; return ask() };
"""


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """A whole Chromium: without its windows it shows no notification."""
    chromium = launch_chromium(playwright)
    yield chromium
    chromium.close()


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """Where the app is."""
    server = make_server("localhost", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield f"http://localhost:{server.port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def open_as(
    browser: Browser, address: str, phone_of: Callable[[Someone], Phone]
) -> Iterator[Callable[..., Page]]:
    """Open an address on somebody's phone: `open_as(ana, "/today", fake)`."""
    opened: list[BrowserContext] = []

    def go(someone: Someone, path: str, *fakes: FakePhone) -> Page:
        context = browser.new_context(viewport={"width": 390, "height": 844})
        opened.append(context)
        cookie = phone_of(someone).client.get_cookie("groundwork", domain="localhost")
        assert cookie is not None
        context.add_cookies([{"name": "groundwork", "value": cookie.value, "url": address}])
        context.grant_permissions(["notifications"], origin=address)
        if fakes:
            context.add_init_script(STUB % json.dumps([fake.fields for fake in fakes]))
        page = context.new_page()
        page.goto(f"{address}{path}")
        wait_until(page, "navigator.serviceWorker.ready.then(() => true)")
        return page

    yield go
    for left in opened:
        left.close()


def turn_on(page: Page) -> None:
    """Have this phone ring. A tap before the script is there would do nothing."""
    scripts_are_there(page)
    page.get_by_role("button", name="Turn on for this phone").click()


def test_ana_is_reminded_and_the_tap_lands_on_today(
    ana, service: PushService, sender, clock, open_as, address
):
    fake = service.phone("ana")
    page = open_as(ana, "/reminders", fake)
    assert page.get_by_text("On your lock screen").is_visible()
    assert axe_violations(page) == []

    turn_on(page)
    page.get_by_role("button", name="Send a test").wait_for()
    assert axe_violations(page) == []
    clock.move_to(NOW + timedelta(hours=1))
    sender()
    [got] = service.to("ana")
    told = fake.opened(got.body)

    shown = _push(page, address, json.dumps(told))
    assert shown == {
        "title": "Reminder",
        "body": "You have something at 6:00 PM, Eastern Time.",
        "tag": got.headers["Topic"],
        "actions": ["later"],
    }
    # The same once more, as after a crash: still one on the screen.
    _push(page, address, json.dumps(told))
    assert page.evaluate(NOTIFICATIONS + ".then((all) => all.length)") == 1

    _click(page, "")
    page.wait_for_url("**/today")
    assert page.evaluate(NOTIFICATIONS + ".then((all) => all.length)") == 0


def test_later_rings_once_more_ten_minutes_later(ana, service, sender, clock, open_as, address):
    fake = service.phone("ana")
    page = open_as(ana, "/reminders", fake)
    turn_on(page)
    page.get_by_role("button", name="Send a test").wait_for()
    clock.move_to(NOW + timedelta(hours=1))
    sender()
    _push(page, address, json.dumps(fake.opened(service.got[0].body)))

    with page.context.expect_event(
        "response", lambda response: response.url.endswith("/reminders/later")
    ):
        _click(page, "later")

    clock.shift(timedelta(minutes=10))
    sender()
    first, second = service.to("ana")
    assert first.headers["Topic"] == second.headers["Topic"]
    assert fake.opened(second.body)["notification"]["data"]["again"] is True


def test_later_on_a_phone_that_was_signed_out_does_not_look_like_a_yes(
    ana, service, sender, clock, open_as, address
):
    fake = service.phone("ana")
    page = open_as(ana, "/reminders", fake)
    turn_on(page)
    page.get_by_role("button", name="Send a test").wait_for()
    clock.move_to(NOW + timedelta(hours=1))
    sender()
    _push(page, address, json.dumps(fake.opened(service.got[0].body)))
    page.context.clear_cookies()
    _click(page, "later")
    page.wait_for_url("**/sign-in**")


def test_later_told_to_a_hotel_does_not_look_like_a_yes(
    ana, service, sender, clock, open_as, address, app
):
    fake = service.phone("ana")
    page = open_as(ana, "/reminders", fake)
    turn_on(page)
    page.get_by_role("button", name="Send a test").wait_for()
    clock.move_to(NOW + timedelta(hours=1))
    sender()
    _push(page, address, json.dumps(fake.opened(service.got[0].body)))
    with answered_elsewhere(app, "/reminders/later"):
        _click(page, "later")
        page.wait_for_url("**/today")


@contextmanager
def answered_elsewhere(app: Flask, path: str) -> Iterator[None]:
    """A network between phone and app that says 200 to one address, by itself."""
    ours = app.wsgi_app

    def hotel(environ: Any, start: Any) -> Any:
        if environ["PATH_INFO"] != path:
            return ours(environ, start)
        start("200 OK", [("Content-Type", "text/html")])
        return [b"Room and password, please"]

    app.wsgi_app = hotel  # type: ignore[method-assign]
    yield
    app.wsgi_app = ours  # type: ignore[method-assign]


def test_whatever_comes_something_neutral_is_shown(ana, open_as, address):
    page = open_as(ana, "/today")
    for data in ("", "no json", "{}", "null", '{"notification": 7}'):
        shown = _push(page, address, data)
        assert shown["title"] == "Reminder"
        assert shown["tag"] == "reminder"
        assert shown["actions"] == []
        page.evaluate(NOTIFICATIONS + ".then((all) => all.forEach((shown) => shown.close()))")
        wait_until(page, NOTIFICATIONS + ".then((all) => all.length === 0)")


def test_a_lost_connection_is_mended_on_the_next_opening_without_a_word(
    ana, service, sender, clock, open_as
):
    old, new = service.phone("old", Ways.status(410)), service.phone("new")
    page = open_as(ana, "/reminders", old, new)
    turn_on(page)
    page.get_by_role("button", name="Send a test").wait_for()
    clock.move_to(NOW + timedelta(hours=1))
    sender()

    with page.expect_response(lambda response: response.request.method == "POST") as mended:
        page.goto(page.url.replace("/reminders", "/today"))
    assert mended.value.ok

    clock.shift(timedelta(minutes=3))
    sender()
    assert len(service.to("old")) == 1
    assert len(service.to("new")) == 1
    assert "connection" not in page.inner_text("main")


def test_a_lost_connection_is_mended_on_the_page_of_reminders_too(
    ana, service, sender, clock, open_as
):
    old, new = service.phone("old", Ways.status(410)), service.phone("new")
    page = open_as(ana, "/reminders", old, new)
    turn_on(page)
    page.get_by_role("button", name="Send a test").wait_for()
    clock.move_to(NOW + timedelta(hours=1))
    sender()
    page.reload()
    page.get_by_role("button", name="Send a test").wait_for()
    assert page.get_by_text("disconnected from reminders").count() == 0


def test_signed_in_again_after_a_month_the_same_phone_rings_again_without_a_word(
    app, ana, service, sender, clock, open_as, address, phone_of
):
    page = open_as(ana, "/reminders", service.phone("ana"))
    turn_on(page)
    page.get_by_role("button", name="Send a test").wait_for()
    with app.app_context():
        db.session.execute(update(SignIn).values(expires_at=NOW))
        db.session.commit()
    cookie = phone_of(ana).client.get_cookie("groundwork", domain="localhost")
    page.context.add_cookies([{"name": "groundwork", "value": cookie.value, "url": address}])

    with page.expect_response(lambda response: response.request.method == "POST") as connected:
        page.goto(f"{address}/today")
    assert connected.value.ok

    clock.move_to(NOW + timedelta(hours=1))
    sender()
    assert len(service.to("ana")) == 1


def test_nothing_asks_for_permission_before_a_tap(ana, service, open_as):
    page = open_as(ana, "/today", service.phone("ana"))
    page.add_init_script(PERMISSION % "default" + COUNTED)
    for path in ("/today", "/reminders"):
        page.goto(page.url.replace("/today", path))
        page.get_by_role("heading", level=1).wait_for()
        assert page.evaluate("window.asked ?? 0") == 0
    turn_on(page)
    assert wait_until(page, "window.asked") == 1


def test_who_said_no_is_told_where_to_say_yes_and_can(ana, service, open_as):
    page = open_as(ana, "/today", service.phone("ana"))
    page.add_init_script(PERMISSION % "denied")
    page.goto(page.url.replace("/today", "/reminders"))
    denied = page.get_by_text("blocking notifications from this app")
    switch_on = page.get_by_role("button", name="Turn on for this phone")
    denied.wait_for()
    assert not switch_on.is_visible()
    assert axe_violations(page) == []

    # Allowed in the phone's settings, and back.
    page.evaluate("localStorage.permission = 'granted'")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    switch_on.click()
    page.get_by_role("button", name="Send a test").wait_for()
    assert not denied.is_visible()


def test_a_permission_that_the_phone_took_back_is_asked_for_again(ana, service, open_as):
    page = open_as(ana, "/today", service.phone("ana"))
    page.add_init_script(PERMISSION % "granted")
    page.goto(page.url.replace("/today", "/reminders"))
    turn_on(page)
    page.get_by_role("button", name="Send a test").wait_for()
    page.evaluate("localStorage.permission = 'default'")
    page.reload()
    page.get_by_text("no longer allows reminders").wait_for()
    assert page.get_by_role("button", name="Turn on for this phone").is_visible()
    assert axe_violations(page) == []


def test_an_iphone_is_shown_the_way_to_its_home_screen(browser, address, ana, phone_of):
    cookie = phone_of(ana).client.get_cookie("groundwork", domain="localhost")
    agent = (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1"
    )
    context = browser.new_context(user_agent=agent, viewport={"width": 390, "height": 844})
    context.add_cookies([{"name": "groundwork", "value": cookie.value, "url": address}])
    context.add_init_script("delete window.PushManager")
    page = context.new_page()
    page.goto(f"{address}/reminders")
    page.get_by_text("work once the app is on your home screen").wait_for()
    assert page.get_by_text("Add to Home Screen").is_visible()
    assert not page.get_by_role("button", name="Turn on for this phone").is_visible()
    assert axe_violations(page) == []
    context.close()


def test_the_clinics_page_and_the_huddle_are_fit_for_everybody(
    ana, max_, cleo, evening, open_as, sender
):
    sender()
    for someone, path in (
        (max_, "/clinic/reminders"),
        (cleo, f"/clinic/sessions/{evening.tonight}"),
    ):
        assert axe_violations(open_as(someone, path)) == []


NOTIFICATIONS = "navigator.serviceWorker.ready.then((worker) => worker.getNotifications())"
FIRST = (
    NOTIFICATIONS + ".then(([shown]) => shown && { title: shown.title, body: shown.body,"
    " tag: shown.tag, actions: shown.actions.map((each) => each.action) })"
)


def _push(page: Page, address: str, data: str) -> dict[str, object]:
    """Deliver a message to the worker, as the browser would, and read what it shows."""
    cdp = page.context.new_cdp_session(page)
    registrations: list[str] = []
    cdp.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: registrations.extend(
            registration["registrationId"]
            for registration in event["registrations"]
            if not registration["isDeleted"]
        ),
    )
    cdp.send("ServiceWorker.enable")
    while not registrations:
        page.evaluate("1")
    for _ in range(20):  # about one delivery in seventy shows nothing; the tag makes it safe
        cdp.send(
            "ServiceWorker.deliverPushMessage",
            {"origin": address, "registrationId": registrations[-1], "data": data},
        )
        try:
            return wait_until(page, FIRST, PATIENCE / 20)
        except TimeoutError:
            continue
    raise AssertionError("no notification was shown")


def _click(page: Page, action: str) -> None:
    worker = page.context.service_workers[0]
    worker.evaluate(
        """async (action) => {
            const [notification] = await self.registration.getNotifications();
            const tap = new NotificationEvent("notificationclick", { notification, action });
            self.dispatchEvent(tap);
        }""",
        action,
    )
