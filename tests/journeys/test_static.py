"""What the build makes of our styles and scripts is what we wrote, as a browser reads it."""

import re

import pytest

from tests.conftest import root
from tests.journeys.conftest import PHONE

pytestmark = pytest.mark.journey

RULES = """async ([source, address]) => {
  const served = await (await fetch(address)).text()
  return [source, served].map((text) => {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(text)
    return [...sheet.cssRules].map((rule) => rule.cssText).join("\\n")
  })
}"""


@pytest.fixture
def phone(opened):
    """One on which nobody is signed in."""
    phone = opened(PHONE)
    phone.goto("/help-now")
    return phone


def test_every_style_says_the_same(phone):
    for file in (root() / "static/css").glob("*.css"):
        written, served = (
            # A custom property is kept as it was written, room and all.
            re.sub(r"\s*([,/])\s*", r"\1", rules)
            for rules in phone.evaluate(RULES, [file.read_text(), f"/s/0/css/{file.name}"])
        )
        assert written == served, file.name


def test_every_script_can_be_read(phone):
    for file in (root() / "static").rglob("*.js"):
        address = f"/s/0/{file.relative_to(root() / 'static')}"
        phone.evaluate("(address) => import(address).then(() => true)", address)
    phone.evaluate("navigator.serviceWorker.ready.then(() => true)")
