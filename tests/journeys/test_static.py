"""What the build makes of our styles is what we wrote, as a browser reads it."""

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


def test_every_style_says_the_same(opened):
    phone = opened(PHONE)
    phone.goto("/help-now")
    for file in (root() / "static/css").glob("*.css"):
        written, served = (
            # A custom property is kept as it was written, room and all.
            re.sub(r"\s*([,/])\s*", r"\1", rules)
            for rules in phone.evaluate(RULES, [file.read_text(), f"/s/0/css/{file.name}"])
        )
        assert written == served, file.name
