"""Attendance of twelve on a phone, tapped as fast as somebody looks round: from the huddle on."""

import time
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Page, sync_playwright

from benchmarks.clinic import PATIENTS, Clinic, fill
from benchmarks.pages import signed_in
from benchmarks.report import Result
from benchmarks.servers import serving
from tests.browser import find_chromium, launch_chromium
from webapp import create_app
from webapp.config import Settings
from webapp.core import clock
from webapp.core.data.db import db
from webapp.program.models import GroupSession

LOOKS = 1.0  # seconds for each name, to see whether that person is in the room
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
NOT_SIMPLY_HERE = {3: "Late", 7: "Absent", 11: "Excused"}


def run() -> list[Result]:
    """How long it takes with three who aren't simply there, looking round included."""
    if find_chromium() is None:
        return []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        made = fill(folder)
        _begin(made)
        log = folder / "server.log"
        server = stack.enter_context(serving("wsgi:app", made.environ, "/healthz", log))
        cookies = signed_in(server, made.facilitator).cookies
        chromium = launch_chromium(stack.enter_context(sync_playwright()))
        home = f"http://127.0.0.1:{server.port}"
        context = chromium.new_context(base_url=home, **PHONE)
        context.add_cookies(
            [{"name": name, "value": value, "url": home} for name, value in cookies.items()]
        )
        page = context.new_page()
        page.goto(f"/clinic/sessions/{made.tonight}")
        took = _take(page)
        chromium.close()
    more = f"of which {LOOKS * PATIENTS:.1f} s are for looking round, {LOOKS} s a person"
    return [Result("attendance", f"Attendance of {PATIENTS} takes", took, 30, more, "s")]


def _begin(made: Clinic) -> None:
    """The evening has just begun."""
    app = create_app(Settings.from_environment(made.environ))
    with app.app_context():
        tonight = db.session.get_one(GroupSession, made.tonight)
        tonight.starts_at = clock.now() - timedelta(minutes=10)
        db.session.commit()
        db.session.remove()
        db.engine.dispose()


def _take(page: Page) -> float:
    start = time.monotonic()
    page.get_by_role("link", name="Attendance", exact=True).tap()
    for number in range(PATIENTS):
        time.sleep(LOOKS)
        if number in NOT_SIMPLY_HERE:
            person = page.get_by_role("group", name=f"Person {number}", exact=False)
            person.get_by_label(NOT_SIMPLY_HERE[number]).tap()
    page.get_by_role("button", name="Mark everyone else present").tap()
    page.get_by_text("Saved. Everyone is marked.").wait_for()
    return time.monotonic() - start
