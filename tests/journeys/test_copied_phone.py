"""Somebody copies the browser's files off Ana's phone: once she signed out, no word is in them."""

import base64
import re
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import select, update

from tests import forensics
from tests.browser import eventually, scripts_are_there, wait_until
from tests.conftest import PASSWORD
from tests.journeys.network import Trouble
from tests.journeys.offline import ALL_KEPT, all_sent, save, sign_in, unsent, write, written
from tests.journeys.test_nothing_typed_is_lost import STORY, story, tell
from webapp.accounts.actions import end_sign_in
from webapp.accounts.models import SignIn
from webapp.core import clock
from webapp.core.data.db import db
from webapp.plan.outline import PARTS

pytestmark = pytest.mark.journey

# Nonce and box of whatever lies sealed on the phone now, as a page that can be asked knows them.
BOXES = """Promise.all(["drafts", "outbox"].map((name) =>
  outbox.within(name, (all) => all.getAll()))).then((all) => all.flat()
    .filter((row) => row.sealed || row.box)
    .map((row) => row.box ? ["", row.box] : [row.iv, new Uint8Array(row.sealed)]
      .map((bytes) => btoa(String.fromCharCode(...bytes)))))"""
POINT = 65  # of the phone's half of a key, before what is sealed to the server
KEEP_A_COPY = """Promise.all(["getAllKeys", "getAll"].map((what) =>
  outbox.within("drafts", (all) => all[what]()))).then(([[place], [{ at, iv, sealed }]]) =>
    ({ place, at, iv: [...iv], sealed: [...new Uint8Array(sealed)] }))"""
PUT_BACK = """({ place, at, iv, sealed }) => outbox.within("drafts", (all) => all.put(
  { at, iv: new Uint8Array(iv), sealed: new Uint8Array(sealed).buffer }, place)).then(() => true)"""
AS_A_FORMER_RELEASE = """crypto.subtle.generateKey(
  { name: "AES-GCM", length: 256 }, false, ["encrypt"]
).then((key) => outbox.within("drafts", (all) => {
    all.put(key, "key")
    const mark = localStorage.getItem("mark")
    const [iv, sealed] = [new Uint8Array(12), new ArrayBuffer(20)]
    all.put({ mark, iv, sealed, at: Date.now() }, "trigger ")
  })).then(() => true)"""
# Each place on a page where words can stand gets a word of its own, as if it was typed.
TYPE = """(from) => {
  for (const folded of document.querySelectorAll("main details")) folded.open = true
  const texts = ":is(textarea, input:is([type=text], [type=tel], [type=search], [type=email]))"
  return [...document.querySelectorAll(`main form ${texts}`)].map((field, at) => {
    field.focus()
    field.value = `canary-${from + at}-typed`
    field.dispatchEvent(new Event("input", { bubbles: true }))
    field.dispatchEvent(new Event("change", { bubbles: true }))
    return field.value
  })
}"""
FORMS = (
    "/journal/new", "/medication/new", "/meetings/new", "/week/appointments/new",
    "/check-ins/new", "/sharing/outside/new", "/reminders", "/you", "/plan/supports/supports",
    "/plan/goals/goals", "/plan/triggers/triggers", "/plan/medication/prescriber",
    "/plan/why/why", "/plan/safety/signs", "/plan/week/activities", "/plan/days",
)  # fmt: skip
DRAFTS = "outbox.within('drafts', (all) => all.count()).then((n) => n === {})"


class Boxes:
    """What lay sealed on a phone while it was used."""

    def __init__(self) -> None:
        self.seen: set[tuple[bytes, bytes]] = set()
        self.stored: set[bytes] = set()

    def note(self, phone: Page) -> None:
        """Remember what lies there now."""
        for nonce, box in phone.evaluate(BOXES):
            sealed = base64.b64decode(box)
            to_server = not nonce
            self.stored.add(box.encode() if to_server else sealed)
            self.seen.add(
                (bytes(12), sealed[POINT:]) if to_server else (base64.b64decode(nonce), sealed)
            )

    def are_in(self, pieces: list[bytes]) -> bool:
        """Whether all of them can be found, deleted or not: else the tool sees too little."""
        return all(any(part in piece for piece in pieces) for part in self.stored)

    def keys_in(self, pieces: list[bytes]) -> list[bytes]:
        """The keys to any of them that lie in a profile."""
        return forensics.keys_that_open(pieces, self.seen)


@pytest.fixture
def boxes() -> Boxes:
    """What lay sealed on the phone."""
    return Boxes()


@pytest.fixture
def phone(clinic, ana, evening, playwright_profile, network) -> tuple[Page, Path]:
    """Ana's phone with the app on it, and the folder with all its files."""
    context, profile = playwright_profile(network.address)
    phone = context.new_page()
    phone.goto("/sign-in")
    sign_in(phone, "ana")
    wait_until(phone, ALL_KEPT)
    return phone, profile


def sign_out(phone: Page) -> None:
    phone.goto("/you")
    scripts_are_there(phone)
    phone.get_by_role("button", name="Sign out of this device").tap()
    expect(phone.get_by_label("Username")).to_be_visible()


def all_of(context: BrowserContext, profile: Path) -> list[bytes]:
    """Every file as it is after the browser went."""
    context.close()
    return forensics.pieces_of(profile)


def test_what_was_begun_and_saved_with_a_network_can_not_be_opened_from_a_copy(phone, boxes):
    phone, profile = phone
    phone.goto("/journal/new")
    write(phone, words="canary-saved")
    wait_until(phone, DRAFTS.format(1))
    boxes.note(phone)
    save(phone)
    expect(phone.get_by_text("Saved. Only you can see it.")).to_be_visible()
    tell(phone, "canary-story")
    wait_until(phone, DRAFTS.format(1))
    boxes.note(phone)
    assert len(boxes.seen) >= 2
    typed: list[str] = []
    for form in FORMS:
        phone.goto(form)
        scripts_are_there(phone)
        typed += phone.evaluate(TYPE, len(typed))
    assert len(typed) >= 38
    sign_out(phone)

    pieces = all_of(phone.context, profile)

    assert boxes.are_in(pieces)
    assert boxes.keys_in(pieces) == []
    said = ("canary-saved", "canary-story", "-typed", PASSWORD)  # each that was typed ends so
    assert [words for words in said if forensics.says(pieces, words)] == []


def test_what_was_begun_and_saved_without_a_network_can_not_be_opened_from_a_copy(
    phone, boxes, network
):
    phone, profile = phone
    network.goes(Trouble.DEAD)
    phone.goto("/journal/new")
    write(phone, words="canary-saved")
    wait_until(phone, DRAFTS.format(1))
    boxes.note(phone)
    save(phone)
    expect(unsent(phone)).to_have_text("1 on this phone, waiting to send")
    boxes.note(phone)
    phone.goto("/journal/new")
    write(phone, words="canary-begun")
    wait_until(phone, DRAFTS.format(1))
    boxes.note(phone)
    assert len(boxes.seen) >= 3
    network.comes_back()
    phone.goto("/today")
    all_sent(phone)
    sign_out(phone)

    pieces = all_of(phone.context, profile)

    assert boxes.are_in(pieces)
    assert boxes.keys_in(pieces) == []
    for words in ("canary-saved", "canary-begun"):
        assert not forensics.says(pieces, words), words


def test_the_browsers_own_files_for_restoring_tabs_and_filling_in_have_nothing_typed(
    phone, evening
):
    phone, profile = phone
    refused, asked, counted, told, shown, last = (phone.context.new_page() for _ in range(6))
    refused.goto("/medication/new")
    scripts_are_there(refused)
    refused.get_by_label("Notes for my prescriber").fill("canary-refused")
    save(refused)
    expect(refused.get_by_role("alert")).to_be_visible()
    asked.goto("/journal")
    asked.get_by_placeholder("Search for a word").fill("canary-word")
    asked.get_by_placeholder("Search for a word").press("Enter")
    expect(asked).to_have_url(re.compile("/journal/search$"))
    counted.goto("/plan/days")
    scripts_are_there(counted)
    counted.locator("input[name=name]").fill("canary-counted")
    counted.locator("form", has=counted.locator("input[name=name]")).get_by_role("button").tap()
    expect(counted.get_by_role("heading", name="canary-counted")).to_be_visible()
    told.goto(f"/week/sessions/{evening.tonight}")
    scripts_are_there(told)
    told.locator("textarea[name=reason]").fill("canary-reason")
    shown.goto("/you/password")
    scripts_are_there(shown)
    shown.locator("[data-show]").first.click()
    shown.get_by_label("Current password").fill("canary-password")
    last.goto("/help-now?last")  # what is written after the rest

    eventually(lambda: forensics.says(forensics.pieces_of(profile), "/help-now?last"), last)
    pieces = [*forensics.pieces_of(profile), *all_of(phone.context, profile)]

    assert forensics.says(pieces, "/you/password")
    said = ("refused", "word", "counted", "reason", "password")
    assert [word for word in said if forensics.says(pieces, f"canary-{word}")] == []
    assert not forensics.says(pieces, PASSWORD)


def test_a_page_that_came_back_with_a_mistake_is_reloaded_without_sending_again(
    ana, evening, take, network
):
    phone = take(ana)
    phone.goto("/medication/new")
    scripts_are_there(phone)
    phone.get_by_label("Notes for my prescriber").fill("It makes me sleepy")
    save(phone)
    expect(phone.get_by_role("alert")).to_be_visible()
    expect(phone.get_by_label("Notes for my prescriber")).to_have_value("It makes me sleepy")
    wait_until(phone, DRAFTS.format(1))
    phone.reload()
    expect(phone.get_by_role("alert")).to_be_hidden()
    expect(phone.get_by_label("Notes for my prescriber")).to_have_value("It makes me sleepy")
    assert network.asked.count("POST /medication/new") == 1


def test_what_was_begun_offline_comes_back_with_the_next_page_of_its_author(
    clinic, ana, evening, take
):
    phone = take(ana)
    phone.context.set_offline(True)
    phone.goto("/journal/new")
    write(phone, words="First half")
    wait_until(phone, DRAFTS.format(1))
    phone.reload()
    expect(phone.get_by_text("Your draft is safe on this phone")).to_be_visible()
    expect(phone.get_by_label("What happened?")).to_have_value("")
    write(phone, words="Second half", strength=3)
    wait_until(phone, DRAFTS.format(2))
    phone.context.set_offline(False)

    phone.goto("/journal/new")

    expect(phone.get_by_text("You started this earlier.")).to_be_visible()
    expect(phone.get_by_label("What happened?")).to_have_value("First half\n\nSecond half")
    wait_until(phone, DRAFTS.format(1))
    phone.reload()
    expect(phone.get_by_label("What happened?")).to_have_value("First half\n\nSecond half")
    save(phone)
    expect(phone.get_by_text("Saved. Only you can see it.")).to_be_visible()
    assert written(clinic, ana) == [("First half\n\nSecond half", 3)]
    wait_until(phone, DRAFTS.format(0))


def test_what_is_typed_while_the_server_opens_a_draft_stays(ana, evening, take, network):
    phone = take(ana)
    network.goes(Trouble.DEAD)
    phone.goto("/journal/new")
    write(phone, words="Begun in the basement")
    wait_until(phone, DRAFTS.format(1))
    network.goes(Trouble.SLOW, "POST", "/sync/drafts")
    phone.goto("/journal/new")
    network.until("POST /sync/drafts")
    phone.get_by_label("What happened?").fill("Typed upstairs")
    network.comes_back()
    expect(phone.get_by_label("What happened?")).to_have_value(
        "Typed upstairs\n\nBegun in the basement"
    )


def test_what_ana_began_comes_back_when_her_sign_in_ran_out_and_not_when_it_was_ended(
    clinic, ana, evening, take
):
    phone = take()
    sign_in(phone, "ana")
    tell(phone)
    wait_until(phone, DRAFTS.format(1))
    with clinic.app.app_context():
        db.session.execute(update(SignIn).values(expires_at=clock.now()))
        db.session.commit()
    phone.goto("/today")
    sign_in(phone, "ana")
    phone.goto("/plan/full/before")
    expect(phone.get_by_text("You started this earlier.")).to_be_visible()
    expect(phone.get_by_label("Your answer")).to_have_value(STORY)
    kept = phone.evaluate(KEEP_A_COPY)
    with clinic.app.app_context():
        for login in db.session.scalars(select(SignIn.id)).all():
            end_sign_in(login)
        db.session.commit()
    phone.goto("/today")
    wait_until(phone, DRAFTS.format(0))
    sign_in(phone, "ana")
    phone.evaluate(PUT_BACK, kept)
    phone.goto("/plan/full/before")
    scripts_are_there(phone)
    expect(phone.get_by_label("Your answer")).to_have_value("")
    phone.get_by_label("Your answer").fill("Anew")
    phone.get_by_role("button", name="Finish later").tap()
    expect(phone).to_have_url(re.compile("/plan/story$"))
    assert story(clinic, ana)["before"] == "Anew"


def test_an_answer_that_was_begun_outlives_the_saving_of_another_one(clinic, ana, evening, take):
    phone = take(ana)
    questions = [question.name for question in PARTS["full"].questions]
    at = questions.index("before")
    phone.goto(f"/plan/full/{questions[at + 1]}")
    scripts_are_there(phone)
    phone.get_by_label("Your answer").fill("In the middle of a sent")
    wait_until(phone, DRAFTS.format(1))
    tell(phone)
    phone.get_by_role("button", name="Next", exact=True).tap()
    expect(phone).to_have_url(re.compile(f"/plan/full/{questions[at + 1]}$"))
    expect(phone.get_by_label("Your answer")).to_have_value("In the middle of a sent")


def test_what_a_former_release_kept_beside_its_key_is_gone_and_the_outbox_is_not(
    clinic, ana, evening, take, network
):
    phone = take(ana)
    network.goes(Trouble.DEAD)
    phone.goto("/journal/new")
    write(phone, words="Not sent yet")
    save(phone)
    expect(unsent(phone)).to_have_text("1 on this phone, waiting to send")
    assert phone.evaluate(AS_A_FORMER_RELEASE)  # both are on the disk now
    phone.reload()
    wait_until(phone, f"self.outbox && {DRAFTS.format(0)}")
    network.comes_back()
    phone.goto("/today")
    all_sent(phone)
    assert written(clinic, ana) == [("Not sent yet", 6)]
