"""The huddle four minutes before the door opens: hands on the keys, a sheet for the table."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from playwright.sync_api import expect

from tests.browser import scripts_are_there, wait_until
from tests.journeys.conftest import DESK, follow
from webapp.core import clock
from webapp.core.data.db import db
from webapp.program.models import GroupSession

pytestmark = pytest.mark.journey

MOMENTS = (
    ("Walked past Kelly’s after work, the lights were on", "place"),
    ("Payday, cash in hand, and nobody waiting at home", "money"),
    ("Fight about the car, then slammed the door", "conflict"),
    ("Could not sleep, the house was too quiet", "time"),
    ("A song on the radio, and I was twenty again", "memory"),
)
NAMES = ("ana", "ben", "cruz", "delia", "eddie", "fay", "gus", "hana", "ivo", "june", "kai", "lou")


@pytest.fixture
def huddle(clinic, cleo):
    """Twelve patients, all but Eddie with something to read."""
    people = [clinic.person(name) for name in NAMES]
    evening = clinic.group("Evening IOP", cleo, *people)
    for number, patient in enumerate(people):
        for back in range(0 if patient.username == "eddie" else 2):
            words, kind = MOMENTS[(number + 2 * back) % len(MOMENTS)]
            entry = clinic.wrote(
                patient,
                clock.now() - timedelta(hours=7 * back + number % 5 + 1),
                situation=words,
                kinds=[kind],
                urge=3 + (number * 5 + back * 3) % 7,
            )
            about = "paydays" if number % 4 == 0 and not back else None
            clinic.shares(patient, entry, evening, about=about)
    return f"/clinic/sessions/{evening.tonight}"


def test_cleo_moves_finds_and_asks_for_the_keys(huddle, opened, cleo, look):
    desk = opened(DESK, cleo)
    desk.goto(huddle)
    scripts_are_there(desk)
    look(desk, "huddle-desk")
    current = desk.locator(".person[aria-current] h2")
    for key, name in [("j", "Ana"), ("j", "Ben"), ("j", "Cruz"), ("k", "Ben")]:
        desk.keyboard.press(key)
        expect(current).to_have_text(name)
    # A reply without the mouse, at the second entry: what was begun is there after a reload.
    reply = desk.locator(".person[aria-current] .says > a").nth(1)
    reply.focus()
    desk.keyboard.press("r")
    expect(desk.locator("textarea")).to_be_focused()
    desk.keyboard.type("Good that you ")
    wait_until(desk, "Object.keys(sessionStorage).some((name) => name.startsWith('reply/'))")
    desk.reload()
    expect(desk.locator("textarea")).to_have_value("Good that you ")
    assert "Good that" not in desk.evaluate("JSON.stringify(sessionStorage)")
    desk.locator("textarea").focus()
    desk.keyboard.press("Escape")
    expect(desk.locator("textarea:focus")).to_have_count(0)
    desk.keyboard.press("r")
    desk.keyboard.press("End")
    desk.keyboard.type("called.")
    desk.keyboard.press("Control+Enter")
    # Sent, the keys go on from the same entry, and no draft is left.
    expect(reply.locator("..")).to_contain_text("replied")
    expect(reply).to_be_focused()
    expect(current).to_have_text("Ben")
    expect(desk.locator(".reply")).to_have_count(0)
    desk.keyboard.press("/")
    desk.keyboard.type("Délia")
    expect(desk.locator(".person:visible")).to_have_count(1)
    desk.keyboard.press("Enter")
    expect(current).to_have_text("Delia")
    desk.keyboard.press("?")
    expect(desk.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    look(desk, "huddle-keys-desk")
    desk.get_by_role("switch", name="Use keyboard shortcuts").uncheck()
    desk.keyboard.press("Escape")
    expect(desk.get_by_role("dialog")).to_be_hidden()
    # Who switched them off types in peace, another time, too.
    desk.reload()
    scripts_are_there(desk)
    desk.locator("h1").click()
    desk.keyboard.press("j")
    expect(desk.locator(".person[aria-current]")).to_have_count(0)
    # And twelve people print on one sheet, by their initials if she likes.
    names = desk.locator(".person h2")
    desk.get_by_label("Print initials").check()
    desk.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(names.first).to_have_text("A.")
    desk.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(names.first).to_have_text("Ana")
    sheet = desk.pdf(format="Letter")
    assert len(re.findall(rb"/Type\s*/Page\b", sheet)) == 1


COUNT_KEYS = """addEventListener("keydown", (event) => event.isTrusted &&
  (sessionStorage.keys = Number(sessionStorage.keys || 0) + 1), true)"""


def test_a_reply_takes_four_keys_besides_its_words_and_twelve_notes_three_each(
    clinic, huddle, opened, cleo
):
    id = UUID(huddle.rpartition("/")[2])
    with clinic.app.app_context():
        tonight = db.session.get_one(GroupSession, id)
        tonight.starts_at, tonight.ends_at = (
            clock.now() - timedelta(hours=back) for back in (4, 1)
        )
        db.session.commit()
    desk = opened(DESK, cleo, permissions=["clipboard-read", "clipboard-write"])
    desk.add_init_script(COUNT_KEYS)
    desk.goto(huddle)
    scripts_are_there(desk)
    words = "Glad you called"
    for key in ("j", "r"):
        desk.keyboard.press(key)
    desk.keyboard.type(words)
    desk.keyboard.press("Control+Enter")
    expect(desk.get_by_text("Sent.")).to_be_visible()
    assert desk.evaluate("Number(sessionStorage.keys)") == len(words) + 4  # Control counts, too

    desk.goto(f"{huddle}/chart")
    follow(desk.get_by_role("button", name="Copy all for the chart").click)
    scripts_are_there(desk)
    desk.evaluate("sessionStorage.keys = 0")
    copy = desk.get_by_role("button", name="Copy", exact=True)
    expect(copy).to_have_count(13)
    copy.first.focus()
    for number in range(13):
        expect(copy.nth(number)).to_be_focused()
        desk.keyboard.press("Enter")
        expect(desk.get_by_text("Copied.").nth(number)).to_be_visible()
        note = desk.locator("pre").nth(number).text_content()
        assert desk.evaluate("navigator.clipboard.readText()") == note
        for _ in range(2):
            desk.keyboard.press("Tab")
    assert desk.evaluate("Number(sessionStorage.keys)") == 13 * 3
