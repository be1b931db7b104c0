"""A phone with a PIN, in somebody else's hand: left, offline, and with what was being written."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import have_worker, scripts_are_there, wait_until
from tests.conftest import PASSWORD
from tests.journeys.conftest import DESK
from tests.journeys.network import Trouble
from tests.journeys.offline import WORDS, write
from webapp.accounts.models import SignIn
from webapp.accounts.pins import hash_pin
from webapp.core.data.db import db

pytestmark = pytest.mark.journey

PIN = "4827"
# As a phone does when somebody goes to another app; headless, no page is ever out of sight.
AWAY = """(hidden) => {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
COVERED = "document.body.style.visibility === 'hidden'"
WATCHES = "localStorage.getItem('used')"


def has_lock(clinic, someone, after: int) -> None:
    with clinic.app.app_context():
        query = db.update(SignIn).where(SignIn.person_id == someone.id)
        db.session.execute(query.values(pin_hash=hash_pin(someone.id, PIN), pin_after=after))
        db.session.commit()


def opened_at(page: Page, address: str) -> None:
    page.goto(address)
    scripts_are_there(page)
    wait_until(page, WATCHES)


def gives_pin(page: Page, pin: str = PIN) -> None:
    page.get_by_label("PIN", exact=True).fill(pin)
    page.get_by_role("button", name="Continue").tap()


def test_left_it_is_locked_at_once_and_the_pin_leads_back_to_what_she_was_writing(
    clinic, ana, evening, take
):
    clinic.wrote(ana, situation=WORDS)
    phone = take(ana)
    has_lock(clinic, ana, after=0)
    opened_at(phone, "/journal")
    other = phone.context.new_page()
    opened_at(other, "/journal/new")
    write(other, "Begun")
    wait_until(other, "outbox.within('drafts', (store) => store.count()).then(Boolean)")
    other.evaluate(AWAY, True)
    assert other.evaluate(COVERED)
    expect(phone).to_have_url(re.compile(r"/lock\?next=[^&]*journal"))  # by itself
    assert WORDS not in phone.content()
    other.evaluate(AWAY, False)
    expect(other.get_by_label("PIN", exact=True)).to_be_visible()
    assert "Begun" not in other.content()
    for tab in (other, phone):
        tab.go_back()
        assert "Begun" not in tab.content()
        assert WORDS not in tab.content()
    other.goto("/lock?next=/journal/new")
    gives_pin(other, "9151")
    expect(other.get_by_text("You have 4 more tries.").first).to_be_visible()
    gives_pin(other)
    expect(other).to_have_url(re.compile("/journal/new$"))
    expect(other.locator("[name=situation]")).to_have_value("Begun")


def test_offline_a_locked_phone_shows_help_and_takes_words_and_nothing_else(
    clinic, ana, evening, take, network
):
    clinic.wrote(ana, situation=WORDS)
    phone = take(ana)
    has_lock(clinic, ana, after=0)
    opened_at(phone, "/journal")
    have_worker(phone)
    network.goes(Trouble.DEAD)
    phone.evaluate(AWAY, True)
    phone.evaluate(AWAY, False)
    expect(phone.get_by_role("heading", name="On this phone")).to_be_visible()
    phone.goto("/help-now")
    expect(phone.get_by_text("In danger?")).to_be_visible()
    phone.evaluate(AWAY, True)
    phone.evaluate(AWAY, False)
    expect(phone.get_by_text("In danger?")).to_be_visible()
    phone.goto("/blank/trigger")
    write(phone, "Written while it was locked")
    phone.get_by_role("button", name="Save").first.tap()
    expect(phone.get_by_role("heading", name="On this phone")).to_be_visible()
    phone.go_back()
    assert WORDS not in phone.content()
    network.comes_back()
    phone.goto("/journal")
    expect(phone.get_by_label("PIN", exact=True)).to_be_visible()
    wait_until(phone, "outbox.items(localStorage.mark).then((all) => !all.length)")
    gives_pin(phone)
    expect(phone.get_by_text("Written while it was locked")).to_be_visible()


def test_nobody_touches_it_and_it_covers_itself(clinic, ana, evening, take):
    clinic.wrote(ana, situation=WORDS)
    phone = take(ana)
    has_lock(clinic, ana, after=1)
    phone.clock.install()
    opened_at(phone, "/journal")
    with clinic.app.app_context():  # for the server, too, a while has passed
        db.session.execute(db.update(SignIn).values(locks=SignIn.locks + 1))
        db.session.commit()
    phone.clock.fast_forward("01:05")
    expect(phone.get_by_label("PIN", exact=True)).to_be_visible()
    assert WORDS not in phone.content()


def test_a_desk_that_covered_itself_has_the_reply_again_for_who_typed_it_alone(
    clinic, ana, cleo, evening, opened
):
    clinic.shares(ana, clinic.wrote(ana, situation=WORDS), evening)
    desk = opened(DESK, cleo)
    desk.clock.install()

    def covers_itself() -> None:
        desk.get_by_text("Reply", exact=True).first.click()
        desk.get_by_label("Your reply").fill("Half a reply")
        with clinic.app.app_context():  # for the server, too, a while has passed
            db.session.execute(db.update(SignIn).values(locks=SignIn.locks + 1))
            db.session.commit()
        desk.clock.fast_forward("15:05")
        expect(desk.get_by_label("Password")).to_be_visible()
        kept = desk.evaluate("JSON.stringify({ ...sessionStorage, ...localStorage })")
        assert "typed" in kept
        assert "Half" not in kept

    def gives_password() -> None:
        desk.get_by_label("Password").fill(PASSWORD)
        desk.get_by_role("button", name="Continue").click()

    huddle = f"/clinic/sessions/{evening.tonight}"
    opened_at(desk, huddle)
    covers_itself()
    gives_password()
    reply = desk.get_by_label("Your reply")
    expect(reply).to_have_value("Half a reply")
    opened_at(desk, huddle)
    expect(reply).to_have_value("Half a reply")
    covers_itself()
    desk.context.clear_cookies()
    desk.context.add_cookies([clinic.cookie_of(cleo)])  # another sign-in has another key
    opened_at(desk, huddle)
    wait_until(desk, "!Object.keys(sessionStorage).some((name) => name.startsWith('reply/'))")
    expect(reply).to_have_count(0)
