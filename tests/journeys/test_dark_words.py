"""What Ana types is looked at by her own phone when she taps Save, without a network too."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import axe_violations, have_worker, wait_until
from tests.helping.test_dark_words import DARK, NOT_DARK
from tests.journeys.conftest import PHONE, WORKER
from webapp.core.data.db import db
from webapp.helping.dark_words import PATTERN
from webapp.settings.actions import change_settings
from webapp.settings.current import look_again

pytestmark = pytest.mark.journey

ASKED = "Is some of this about not wanting to be here?"
KEPT = """caches.keys().then(async (names) => {
  const kept = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()))
  return kept.flat().some(({ url }) => url.endsWith("/dark-words.js"))
})"""
FOUND = """async ([texts, pattern]) => {
  const app = document.querySelector("script[src$='/app.js']").src
  const { isDark } = await import(app.replace("app.js", "modules/dark-words.js"))
  return texts.map((text) => isDark(text, pattern))
}"""


def test_the_phone_asks_offline_and_once(clinic, ana, evening, opened, watch, look):
    watch.expect("ERR_INTERNET_DISCONNECTED")
    with clinic.app.app_context():
        row = look_again()
        change_settings(row, row.version, {"dark_words": True}, by=None)
        db.session.commit()
    phone = opened(PHONE | WORKER, ana)
    phone.goto("/journal/new")
    have_worker(phone)
    # The blank form and what it asks with are kept, once somebody is signed in.
    wait_until(phone, "caches.match('/blank/trigger').then(Boolean)")
    wait_until(phone, KEPT)
    found = phone.evaluate(FOUND, [DARK + NOT_DARK, PATTERN])
    assert found == [True] * len(DARK) + [False] * len(NOT_DARK), "as the server finds them"

    phone.context.set_offline(True)
    for words, asks in (("I don’t want to be here anymore", True), ("A hard day", False)):
        phone.goto("/journal/new")
        phone.locator(".scale input[name=urge][value='2']").tap()
        phone.get_by_label("What happened?").fill(words)
        phone.get_by_role("button", name="Save").tap()
        if asks:
            expect(phone.get_by_role("heading", name=ASKED)).to_be_in_viewport()
            assert axe_violations(phone) == []
            look(phone, "dark-words-phone")
            phone.get_by_role("button", name="No, that’s not it").tap()
        expect(phone).to_have_url(re.compile("/today$"))
        expect(phone.get_by_text(ASKED)).to_have_count(0)
    phone.context.set_offline(False)
    phone.goto("/journal")
    expect(phone.get_by_text("I don’t want to be here anymore")).to_be_visible()
    expect(phone.get_by_text(ASKED)).to_have_count(0)
