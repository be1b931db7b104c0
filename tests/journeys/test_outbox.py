"""How the outbox empties itself: in which order, by whom, how often, and what it says meanwhile."""

import sqlite3
from functools import wraps
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.exc import OperationalError

from tests.browser import scripts_are_there, wait_until
from tests.journeys.network import LONG, Trouble
from tests.journeys.offline import WORDS, all_sent, save, unsent, write, written
from webapp.accounts.models import Person
from webapp.core.clock import now
from webapp.core.data.db import db
from webapp.core.limits import ENTRIES_A_DAY
from webapp.entries.actions import write as write_entry
from webapp.journal.models import Trigger

pytestmark = pytest.mark.journey

WAITING = """(days) => {
  const at = new Date(Date.now() - days * 864e5).toISOString()
  const mark = document.documentElement.dataset.mark
  return outbox.within("outbox", (all) => all.put({ id: crypto.randomUUID(), mark, at,
    kind: days === 1 ? "take-back" : "trigger", label: `${days} days`, box: "", key: "" }))
}"""
LONG_ONE = """(size) => {
  const at = new Date(Date.now() - 864e5).toISOString()
  const mark = localStorage.getItem("mark")
  return outbox.within("outbox", (all) => all.put({ id: crypto.randomUUID(), mark, at,
    kind: "trigger", label: "long", box: "x".repeat(size), key: "" }))
}"""
# When the outbox would be sent again, and the test says when that is.
TIMER_OF_OURS = """{
  const later = self.setTimeout
  self.waits = []
  self.setTimeout = (act, wait, ...more) => act.name !== "go" ? later(act, wait, ...more)
    : (waits.push(wait), self.next = act, 0)
}"""
REGISTERED = "navigator.serviceWorker.ready.then((worker) => worker.active.state)"


@pytest.fixture
def phone(take, ana):
    """Ana's phone, with the app on it."""
    phone = take(ana)
    wait_until(phone, "Boolean(self.outbox)")
    return phone


def waiting_for(phone: Page, *days: int) -> None:
    """What has waited for so many days; for one day, it takes a share back."""
    for day in days:
        phone.evaluate(WAITING, day)


def test_taking_back_goes_first_then_the_oldest(phone, network):
    waiting_for(phone, 2, 1, 3)
    with phone.expect_request("**/sync") as sent:
        phone.reload()
    order = [operation["label"] for operation in sent.value.post_data_json["operations"]]
    assert order == ["1 days", "3 days", "2 days"]


def test_what_is_over_a_day_old_is_told(phone, network):
    waiting_for(phone, 2)
    network.goes(Trouble.DEAD)
    phone.goto("/today")
    expect(phone.locator(".waiting li")).to_contain_text("over a day old")
    expect(phone.get_by_text("Some of this is over a day old.")).to_be_visible()


def test_of_two_tabs_one_sends(clinic, ana, evening, phone, network):
    other = phone.context.new_page()
    network.goes(Trouble.DEAD)
    phone.goto("/journal/new")
    write(phone)
    save(phone)
    expect(unsent(phone)).to_be_visible()
    other.goto("/offline")
    expect(unsent(other)).to_be_visible()
    network.goes(Trouble.SLOW, "POST", "/sync")
    network.asked.clear()
    for tab in (phone, other):
        tab.evaluate("dispatchEvent(new Event('online'))")
    network.until("POST /sync")
    for tab in (phone, other):
        tab.evaluate("navigator.locks.query().then(({ held }) => held.length)")
    network.comes_back()
    all_sent(phone)
    expect(unsent(phone)).to_have_text("All sent.")
    assert network.asked.count("POST /sync") == 1
    assert written(clinic, ana) == [(WORDS, 6)]


def test_the_browser_wakes_the_worker_and_the_page_hears_of_it(
    clinic, ana, evening, phone, network
):
    network.goes(Trouble.DEAD)
    phone.goto("/journal/new")
    write(phone)
    save(phone)
    expect(unsent(phone)).to_be_visible()
    network.comes_back()
    wakes = phone.context.new_cdp_session(phone)
    seen: list[str] = []
    wakes.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: seen.extend(
            registration["registrationId"] for registration in told["registrations"]
        ),
    )
    wakes.send("ServiceWorker.enable")
    wait_until(phone, REGISTERED)
    event = {"origin": network.address, "tag": "outbox", "lastChance": False}
    wakes.send("ServiceWorker.dispatchSyncEvent", event | {"registrationId": seen[0]})
    expect(unsent(phone)).to_have_text("All sent.")
    assert written(clinic, ana) == [(WORDS, 6)]


def test_it_is_sent_when_ana_looks_at_her_phone_again(clinic, ana, evening, phone, network):
    network.goes(Trouble.DEAD)
    phone.goto("/journal/new")
    write(phone)
    save(phone)
    expect(unsent(phone)).to_be_visible()
    network.comes_back()
    phone.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(unsent(phone)).to_have_text("All sent.")
    assert written(clinic, ana) == [(WORDS, 6)]


def test_a_server_in_trouble_is_asked_more_and_more_seldom(phone, network):
    waiting_for(phone, 2)
    network.goes(Trouble.BAD_GATEWAY, "POST", "/sync")
    phone.add_init_script(TIMER_OF_OURS)
    network.asked.clear()
    phone.goto("/today")
    for times in range(1, 10):
        wait_until(phone, f"waits.length === {times}")
        assert network.asked.count("POST /sync") == times
        phone.evaluate("next()")
    wait_until(phone, "waits.length === 10")
    seconds = [min(5 * 2**time, 300) for time in range(10)]
    for asked, waited in zip(seconds, phone.evaluate("waits"), strict=True):
        assert asked * 0.5 <= waited / 1000 <= asked * 1.5


def test_whatever_is_wrong_with_the_database_the_words_stay_on_the_phone(
    clinic, phone, monkeypatch
):
    view = clinic.app.view_functions["sync.sync"]
    codes = {
        sqlite3.SQLITE_FULL: 507,
        sqlite3.SQLITE_BUSY: 503,
        sqlite3.SQLITE_CANTOPEN: 503,
        sqlite3.SQLITE_CORRUPT: 500,
    }

    @wraps(view)
    def sick():
        error = sqlite3.OperationalError("what it says")
        error.sqlite_errorcode = code
        raise OperationalError("COMMIT", None, error)

    monkeypatch.setitem(clinic.app.view_functions, "sync.sync", sick)
    waiting_for(phone, 2)
    phone.add_init_script(TIMER_OF_OURS)
    for code, status in codes.items():
        with phone.expect_response("**/sync") as answer:
            phone.reload()
        assert answer.value.status == status
        # What was answered is settled, and it will try again.
        wait_until(phone, "waits.length >= 1")
        kept = phone.evaluate("outbox.items(document.documentElement.dataset.mark)")
        assert [(item["label"], item.get("held")) for item in kept] == [("2 days", None)], code


def test_signing_out_ends_the_push_subscription_of_this_phone(phone):
    phone.add_init_script("""PushManager.prototype.getSubscription = async () => ({
      unsubscribe: async () => { sessionStorage.setItem("ended", "yes"); name = "ended" } })""")
    phone.goto("/you")
    scripts_are_there(phone)
    phone.get_by_role("button", name="Sign out of this device").tap()
    phone.wait_for_url("**/sign-in")
    assert phone.evaluate("name") == "ended"
    kept = "caches.keys().then((all) => all.every((name) => /^(shell-|left$)/.test(name)))"
    assert phone.evaluate(kept)
    # What was to be told is told.
    assert phone.evaluate("caches.open('left').then((cache) => cache.keys())") == []


def test_what_can_not_be_saved_today_stays_on_the_phone_which_says_so(
    clinic, ana, evening, phone, network
):
    with clinic.app.app_context():
        person = db.session.get_one(Person, ana.id)
        for _ in range(ENTRIES_A_DAY):
            write_entry(Trigger, person, uuid4(), now(), {"urge": 1})
        db.session.commit()
    network.goes(Trouble.DEAD)
    phone.goto("/journal/new")
    write(phone)
    save(phone)
    expect(unsent(phone)).to_be_visible()
    network.comes_back()
    phone.goto("/offline")
    expect(phone.locator(".waiting li")).to_contain_text("Your phone has it and will try again")
    expect(unsent(phone)).to_have_text("1 on this phone, waiting to send")


@pytest.mark.parametrize(
    ("size", "trouble"), [(1_200_000, Trouble.NONE), (LONG, Trouble.TIGHT)], ids=["server", "proxy"]
)
def test_what_is_too_long_for_any_request_comes_back_and_the_rest_is_sent(
    clinic, ana, evening, phone, network, size, trouble
):
    network.goes(Trouble.DEAD)
    phone.goto("/journal/new")
    write(phone)
    save(phone)
    expect(unsent(phone)).to_be_visible()
    # As a former release put it there.
    phone.evaluate(LONG_ONE, size)
    network.goes(trouble)
    phone.goto("/today")
    expect(unsent(phone)).to_have_text("One entry couldn’t be saved. Take a look.")
    assert written(clinic, ana) == [(WORDS, 6)]
    mine = "outbox.items(document.documentElement.dataset.mark)"
    wait_until(phone, f"{mine}.then((items) => items.every((item) => item.held))")
    kept = phone.evaluate(mine)
    assert [(item["label"], item["held"]) for item in kept] == [("long", "rejected")]
