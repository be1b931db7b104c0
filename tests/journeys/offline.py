"""A phone that has the app on it: what is done on it, and what waits there."""

import json
import re

from playwright.sync_api import Page, expect
from sqlalchemy import select

from tests.browser import scripts_are_there, wait_until
from tests.conftest import PASSWORD
from webapp.core.data.db import db
from webapp.journal.models import Trigger
from webapp.pwa.views import MORE_FILES

WORDS = "canary-walked-past-the-old-place"
READY = "navigator.serviceWorker.ready.then((worker) => Boolean(worker.active))"
KEPT = """caches.keys().then(async (names) => (await Promise.all(names.map(async (name) =>
  (await (await caches.open(name)).keys()).map(({ url }) => new URL(url).pathname)))).flat())"""
WHOLE = ["/blank/trigger", "/blank/check-in", *MORE_FILES]
ALL_KEPT = f"""({KEPT}).then((all) => {json.dumps(WHOLE)}.every(
  (end) => all.some((path) => path.endsWith(end))))"""


def written(clinic, someone) -> list[tuple[str | None, int | None]]:
    with clinic.app.app_context():
        rows = db.session.scalars(select(Trigger).where(Trigger.author_id == someone.id))
        return [(row.situation, row.urge) for row in rows]


def stored(page: Page, store: str = "outbox") -> int:
    """How many things are in one of the phone's stores."""
    return page.evaluate(
        "(store) => import('/s/0/js/outbox.js')"
        ".then(() => outbox.within(store, (all) => all.count()))",
        store,
    )


def all_sent(page: Page) -> None:
    """Until nothing is in the outbox any more."""
    wait_until(page, "self.outbox?.within('outbox', (store) => store.count()).then((n) => n === 0)")


def write(page: Page, words: str = WORDS, strength: int = 6) -> None:
    scripts_are_there(page)
    page.locator(f".scale input[name=urge][value='{strength}']").tap()
    page.get_by_label("What happened?").fill(words)


def save(page: Page) -> None:
    page.get_by_role("button", name="Save").tap()


def unsent(page: Page):
    return page.locator(".unsent")


def sign_in(page: Page, username: str, *, own: bool = True) -> None:
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    box = page.get_by_label("Keep me signed in on this device")
    box.set_checked(own)
    page.get_by_role("button", name="Sign in").tap()
    expect(page).to_have_url(re.compile("/today$"))
