"""The own tools on a small phone, with large letters, and on paper: all of it can be read."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import PHONE, sideways
from tests.journeys.test_on_the_phone import letters_at
from webapp.core import clock

pytestmark = pytest.mark.journey

SMALL = {"viewport": {"width": 320, "height": 640}}
LONG = "Rückfallvorbeugungsgruppe, or whatever it is called"  # no word may push the page wider
NUMBER = "+1 (555) 010-2233"
ADDRESSES = [
    "/today", "/plan", "/plan/why", "/plan/why/why", "/plan/why/changes", "/plan/goals",
    "/plan/goals/goals", "/plan/triggers", "/plan/triggers/triggers", "/plan/signs/early",
    "/plan/skills", "/plan/skills/skills", "/plan/skills/favourites", "/plan/week",
    "/plan/week/activities", "/plan/supports", "/plan/supports/supports",
    "/plan/medication/prescriber", "/plan/safety", "/plan/safety/signs", "/plan/safety/ask",
    "/plan/safety/made", "/plan/safety/kept?what=all", "/plan/story", "/plan/full/hard",
    "/plan/telling", "/plan/telling/tell", "/plan/coverage", "/plan/days",
    "/plan/family?show=goals&show=supports&show=safety", "/for-family", "/journal/new",
    "/journal/patterns",
]  # fmt: skip

# Whatever ends outside of the window, and whatever hides a part of itself. Drawings and wide
# tables, which scroll by themselves, aside.
CUT_OFF = """() => {
  const wide = document.scrollingElement.clientWidth
  const apart = ".away, .table-room, svg, [hidden], .skip, .plus span"
  const isCut = (element) => {
    const box = element.getBoundingClientRect()
    if (!box.width || element.closest(apart)) return false
    const hides = getComputedStyle(element).overflowX !== "visible"
    const more = element.scrollWidth > element.clientWidth + 1
    const hidden = more && hides && !element.matches("input, .mark, .toasts")
    return box.right > wide + 1 || box.left < -1 || hidden
  }
  return [...document.querySelectorAll("body *")].filter(isCut)
    .map((cut) => `${cut.tagName} ${cut.className} ${cut.textContent.trim().slice(0, 40)}`)
}"""
# 48 px for a thumb. Links inside a sentence and the eleven of a scale aside; a label makes its
# field larger.
TOO_SMALL = """() => {
  const all = "a, button, summary, input:not([type=hidden]), select, textarea"
  const apart = ".away, [hidden], .scale, .skip, .reveal, p a, li a:not([class]), dd a"
  const whole = (element) => element.closest("label, .chip, .check, .switch-row") ?? element
  return [...document.querySelectorAll(all)].filter((element) => !element.closest(apart))
    .map((element) => [element, whole(element).getBoundingClientRect()])
    .filter(([, box]) => box.width && (box.height < 47.5 || box.width < 24))
    .map(([element, box]) => `${Math.round(box.height)} px: ${element.outerHTML.slice(0, 90)}`)
}"""


# How large they are, and whether the rules of style that go by them have heard of it.
LETTERS = """[parseFloat(getComputedStyle(document.documentElement).fontSize),
  matchMedia("(max-width: 15em)").matches]"""


def contact(name: str, note: str = "Will come over, asks nothing") -> dict[str, str]:
    return {"id": str(uuid4()), "name": name, "phone": NUMBER, "note": note}


@pytest.fixture
def filled(clinic, ana, evening) -> Callable[[], Any]:
    """Ana has used everything, in as many words as people have."""
    today = clock.now().date()
    for name, answers in {
        "why": {"why": LONG},
        "goals": {"goals": [{"id": str(uuid4()), "words": LONG, "with": "Cleo",
                             "review": today.isoformat(),
                             "steps": [{"words": LONG, "by": "2026-11-28", "done": True}]}]},
        "triggers": {"triggers": [{"id": str(uuid4()), "kind": "money", "what": LONG,
                                   "response": LONG}]},
        "skills": {"skills": ["walk", "hand-over", LONG], "favourites": ["walk", LONG]},
        "week": {"activities": [{"id": str(uuid4()), "what": LONG, "day": "2", "at": "18:30"}]},
        "supports": {"supports": [contact("Lena"), contact(LONG)]},
        "telling": {"telling": LONG},
        "safety": TYPICAL,
    }.items():  # fmt: skip
        clinic.planned(ana, name, **answers)
    clinic.planned(ana, "why", why=f"{LONG}, for my kids")
    for number in range(8):
        clinic.wrote(ana, clock.now() - timedelta(days=2 * number), kinds=["money", "time"],
                     feelings=["tired", "lonely"], urge=8, after=5, did="A walk")  # fmt: skip
    return clinic.counts(ana, name=LONG, since="2026-01-01",
                         returns=[{"day": "2026-02-01", "before": LONG, "then": LONG}])  # fmt: skip


# As many as are common: three signs, three things to do, two people, two places, three to tell,
# four professionals, two ways to make it safer, and what is worth it.
TYPICAL: dict[str, Any] = {
    "signs": "I think they would be better off.\nI stop making plans.\nI sleep in my clothes.",
    "alone": "Cold water on my face.\nThe blue blanket.\nThe playlist from the lake.",
    "company": [contact("Joan from group"), contact("Mr. Adeyemi next door")],
    "places": "The library until eight.\nThe diner with the lights on.",
    "ask": [contact("Lena, my sister"), contact("Paul"), contact("Aunt Ruth")],
    "professionals": [contact("Dr. Okafor"), contact("Cleo at the clinic"), contact("My sponsor"),
                      contact("Emergency room", "St. Mary’s, 12 Hill Street")],
    "safer": "Lena keeps the pills that I don’t need this week.\nThe car keys hang at Paul’s.",
    "worth": "My niece’s recital. The lake in June. Finding out how the book ends.",
    "made": {"who": "Cleo", "day": "2026-11-15"},
}  # fmt: skip


def test_nothing_is_cut_off_and_a_thumb_finds_everything(clinic, ana, filled, opened):
    phone = opened(PHONE, ana)
    found: dict[Any, Any] = {}
    for address in [*ADDRESSES, f"/plan/days/{filled}", f"/plan/days/{filled}/return"]:
        phone.set_viewport_size(PHONE["viewport"])
        letters_at(phone, 16)
        phone.goto(address)
        small = phone.evaluate(TOO_SMALL)
        if small or is_covered(phone):
            found[address] = (small[:5], is_covered(phone))
        phone.set_viewport_size(SMALL["viewport"])
        for pixels in (16, 32):
            letters_at(phone, pixels)
            assert phone.evaluate(LETTERS) == [pixels, pixels == 32]
            if sideways(phone) > 0 or phone.evaluate(CUT_OFF):
                found[address, pixels] = (sideways(phone), phone.evaluate(CUT_OFF)[:5])
    assert not found, "\n".join(f"{where}: {what}" for where, what in found.items())


def is_covered(phone: Page) -> bool:
    """Whether the last thing on the page still lies under the tabs when one has scrolled down."""
    return bool(phone.evaluate("""() => {
      const tabs = document.querySelector(".tabs")
      scrollTo({ top: document.body.scrollHeight, behavior: "instant" })
      const all = [...document.querySelectorAll("main *")].filter((each) => each.checkVisibility())
      const lowest = Math.max(...all.map((element) => element.getBoundingClientRect().bottom))
      return Boolean(tabs) && lowest > tabs.getBoundingClientRect().top
    }"""))  # fmt: skip


def test_a_safety_plan_is_one_printed_page(clinic, ana, filled, opened):
    phone = opened(PHONE, ana)
    for address in ("/plan/safety", "/plan/safety/kept?what=all"):
        phone.goto(address)
        for paper in ("Letter", "A4"):
            assert pages_of(phone.pdf(format=paper)) == 1, (address, paper)
        phone.emulate_media(media="print")
        for text in (
            "My warning signs",
            "Emergency room",
            "The lake in June",
            "call 988",
            "555-0100",
        ):
            expect(phone.get_by_text(text).locator("visible=true").first).to_be_visible()
        assert phone.locator("main :is(button, .button)").locator("visible=true").count() == 0
        phone.emulate_media(media="null")  # paper again where it prints, glass where it doesn't


def test_what_is_handed_out_is_one_printed_page_each(clinic, ana, filled, opened):
    phone = opened(PHONE, ana)
    for address in ("/plan/family?show=why&show=goals&show=supports", "/for-family", "/plan/goals",
                    "/plan/why/why", "/plan/story"):  # fmt: skip
        phone.goto(address)
        assert pages_of(phone.pdf(format="Letter")) == 1, address
    phone.goto("/journal/patterns")
    assert pages_of(phone.pdf(format="Letter")) <= 2


def pages_of(sheet: bytes) -> int:
    """How many pages a PDF of Chromium's has."""
    return len(re.findall(rb"/Type\s*/Page\b", sheet))


def test_in_ones_own_colors_the_drawings_still_say_something(clinic, ana, filled, opened):
    phone = opened(PHONE, ana, forced_colors="active")
    for scheme in ("light", "dark"):
        phone.emulate_media(color_scheme=scheme)
        phone.goto("/journal/patterns")
        most, none = (phone.locator(f".warm-{level}").first for level in (5, 0))
        fill = "(element) => getComputedStyle(element).fill"
        assert most.evaluate(fill) != none.evaluate(fill)
        label = phone.locator(".chart .labels").first
        assert label.evaluate(fill) == phone.evaluate("getComputedStyle(document.body).color")
        expect(phone.locator(".bars .ten").first).to_be_visible()


def test_with_more_contrast_it_is_all_there(clinic, ana, filled, opened, look):
    phone = opened(PHONE, ana, contrast="more")
    for address, name in [("/journal/patterns", "patterns"), ("/plan/safety", "safety")]:
        phone.goto(address)
        look(phone, f"{name}-more-contrast-phone")
