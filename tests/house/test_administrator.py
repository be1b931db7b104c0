"""Max sees no entry, no patient's words, and no patient's name: on every page that he can come to.

`test_routes.py` asks the same of each address for each person. Here it's everything that can be
reached from there by links, and each form that is sent back to him.
"""

import re
from collections.abc import Iterator

import pytest
from werkzeug.routing import Rule

from tests.house.test_routes import POLICY, rule_for
from tests.house.world import EVERY_WORD, OUTSIDE_WORDS, World, told
from tests.pages import Page, Phone

pytestmark = pytest.mark.database
PATIENTS = ("Ana", "Ben", "Dana", "ana", "ben", "dana")
CANARIES = (*EVERY_WORD, *OUTSIDE_WORDS)
MOST = 400  # pages; a list that leads on and on is cut off here


def first_pages(world: World, rules: list[Rule]) -> Iterator[str]:
    """Everything that he can open by its address."""
    for (method, address), expected in POLICY.items():
        rule = rule_for(rules, method, address)
        if method == "GET" and expected["max"] == "in" and not rule.endpoint.startswith("static"):
            yield world.address(rule)


def reached(world: World, rules: list[Rule], desk: Phone) -> Iterator[Page]:
    """Those pages, what they link to, and what comes back when their forms are sent empty."""
    waiting, known = list(dict.fromkeys(first_pages(world, rules))), set()
    while waiting and len(known) < MOST:
        address = waiting.pop(0).partition("#")[0]
        if address in known or not address.startswith("/") or address.startswith("/s/"):
            continue
        known.add(address)
        page = desk.get(address)
        yield page
        if page.response.mimetype == "text/html":
            waiting += page.links


def test_no_page_of_max_has_a_patients_name_or_words(world: World, rules: list[Rule]) -> None:
    seen = 0
    for page in reached(world, rules, world.phone("max")):
        said = told(page.response)
        found = [word for word in CANARIES if word in said]
        found += [name for name in PATIENTS if re.search(rf"\b{name}\b", said)]
        assert not found, f"{page.address}: {found}"
        seen += 1
    assert seen > 60


def test_no_answer_to_anything_max_sends_has_one(world: World, rules: list[Rule]) -> None:
    """Each form filled in well, and sent empty: the page after it, wherever that is."""
    sent = 0
    for (method, address), expected in POLICY.items():
        rule = rule_for(rules, method, address)
        if (method, expected["max"], expected["nobody"]) != ("POST", "in", "door"):
            continue
        desk = world.phone("max")  # whatever was ended before
        for fields in ({}, world.fields(rule.endpoint, "max")):
            said = told(desk.post(world.address(rule), fields).response)
            found = [word for word in CANARIES if word in said]
            found += [name for name in PATIENTS if re.search(rf"\b{name}\b", said)]
            assert not found, f"{address}: {found}"
            sent += 1
    assert sent > 30
