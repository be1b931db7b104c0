"""The daily check-in on a phone, tapped as fast as somebody reads: from the list to "Saved"."""

import time
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Page, sync_playwright

from benchmarks.clinic import fill
from benchmarks.pages import signed_in
from benchmarks.report import Result
from benchmarks.servers import serving
from tests.browser import find_chromium, launch_chromium

READS = 1.5  # seconds for a question and its answers, before each tap
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
TAPS = (
    ("How is your mood?", "OK"),
    ("How strong is the urge", "4"),
    ("How did you sleep?", "Poorly"),
    ("Did you take your medication?", "Yes"),
    ("Did you talk with someone supportive?", "A little"),
    ("Did you use?", "No"),
    ("Are you safe right now?", "Yes, I’m safe"),
)


def run() -> list[Result]:
    """How long seven taps and Save take, reading included."""
    if find_chromium() is None:
        return []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        made = fill(folder)
        log = folder / "server.log"
        server = stack.enter_context(serving("wsgi:app", made.environ, "/healthz", log))
        cookies = signed_in(server, made.patients[0]).cookies
        chromium = launch_chromium(stack.enter_context(sync_playwright()))
        home = f"http://127.0.0.1:{server.port}"
        context = chromium.new_context(base_url=home, **PHONE)
        context.add_cookies(
            [{"name": name, "value": value, "url": home} for name, value in cookies.items()]
        )
        page = context.new_page()
        page.goto("/check-ins")
        took = _check_in(page)
        chromium.close()
    more = f"of which {READS * len(TAPS):.1f} s are for reading, {READS} s a question"
    return [Result("check-in", "Seven taps and Save take", took, 20, more, "s")]


def _check_in(page: Page) -> float:
    start = time.monotonic()
    page.get_by_role("link", name="Check in now").tap()
    for question, answer in TAPS:
        time.sleep(READS)
        group = page.get_by_role("group", name=question)
        group.get_by_role("radio", name=answer, exact=True).tap()
    page.get_by_role("button", name="Save").tap()
    page.get_by_text("Saved. Only you can see it.").wait_for()
    return time.monotonic() - start
