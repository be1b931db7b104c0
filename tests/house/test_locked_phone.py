"""Every address, tried on a phone that is locked, by whoever holds it."""

import re

import pytest
from flask import Flask
from sqlalchemy import update
from werkzeug.routing import Rule

from tests.house.test_routes import POLICY, rule_for
from tests.house.world import EVERY_WORD, OUTSIDE_WORDS, World
from tests.pages import Phone
from webapp.accounts.models import SignIn
from webapp.accounts.queries import token_hash
from webapp.core.data.db import db
from webapp.core.web.routes import declaration_of

# What is answered though nobody entered the PIN, and is for somebody: each shows nothing.
OPEN = {
    "phone_lock.show": "asks for it",
    "phone_lock.now": "locks",
    "accounts.unlock": "asks for the password in its place",
    "passkeys.unlock": "takes a passkey in its place",
    "accounts.sign_out": "leaves",
    "accounts.hide": "leaves",
    "sync.sync": "takes what was written, and says only which of it arrived",
}
# By its secret address, not by who is signed in: a calendar has no cookie.
BY_ADDRESS = {"week.feed"}


@pytest.fixture(params=["was left", "time is up"])
def locked(world: World, request: pytest.FixtureRequest) -> Phone:
    """Ana's phone, which has a PIN; nobody touched it, or it said that it was left."""
    token = world.token("ana")
    phone = Phone(world.app, token)
    phone.get("/today")
    with world.app.app_context():
        lock = {"pin_hash": "none that fits", "pin_after": 5}
        lock |= {"locks": SignIn.locks + 1} if request.param == "was left" else {}
        query = update(SignIn).where(SignIn.token_hash == token_hash(token))
        db.session.execute(query.values(lock))
        db.session.commit()
    if request.param == "time is up":
        with phone.client.session_transaction() as session:
            session["seen"] -= 301
    return phone


def is_for_everybody(app: Flask, rule: Rule) -> bool:
    declared = declaration_of(app.view_functions[rule.endpoint])
    assert declared is not None
    return declared.guard.__name__ == "anyone" or rule.endpoint.startswith("static_files.")


def leaves_an_act(app: Flask, rule: Rule) -> bool:
    declared = declaration_of(app.view_functions[rule.endpoint])
    return declared is not None and declared.way == "opens"


@pytest.mark.parametrize("ahead", [{}, {"Sec-Purpose": "prefetch;prerender"}], ids=["", "ahead"])
def test_looking_leads_to_the_lock_and_shows_nothing_of_anybody(
    world: World, rules: list[Rule], locked: Phone, ahead: dict[str, str]
) -> None:
    before, cookies = world.everything(), cookie(locked)
    for rule in rules:
        for method in {"GET", "HEAD"} & (rule.methods or set()):
            where = f"{method} {rule.rule}"
            address = world.address(rule)
            answer = locked.client.open(address, method=method, headers=ahead)
            shows_nothing(world, answer.get_data(as_text=True), where)
            if is_for_everybody(world.app, rule) or rule.endpoint in OPEN:
                assert answer.status_code < 400 or answer.status_code == 404, where
            elif ahead and leaves_an_act(world.app, rule):  # a browser that asks ahead gets no file
                assert answer.status_code == 404, where
            elif POLICY.get((method, rule.rule), POLICY["GET", rule.rule])["ana"] == "in":
                assert answer.status_code == 302, where
                assert answer.headers["Location"].startswith("/lock?next="), where
            else:
                assert answer.status_code in (302, 404), where
    assert world.everything() == before
    assert cookie(locked) == cookies, "looking kept it open, or opened it"


def cookie(phone: Phone) -> dict[str, object]:
    with phone.client.session_transaction() as session:
        return {name: session.get(name) for name in ("seen", "locks", "_user_id")}


def test_nothing_is_done_before_the_pin(world: World, rules: list[Rule], locked: Phone) -> None:
    before = world.everything(but=("tries",))
    for rule in rules:
        if "POST" not in (rule.methods or ()) or rule.endpoint in OPEN:
            continue
        if is_for_everybody(world.app, rule):
            continue
        answer = world.send(locked, "POST", rule, "ana", world.address(rule))
        led = rule.endpoint.endswith(".tapped") and answer.location.startswith("/lock?next=")
        assert led or answer.status_code in (401, 404), rule.rule
        # What was sent just now waits in hidden fields for the PIN.
        page = re.sub(r'<input type="hidden"[^>]*>', "", answer.get_data(as_text=True))
        shows_nothing(world, page, rule.rule)
        if rule.endpoint.startswith("joining."):
            before = world.everything(but=("tries",))  # the world makes an invitation on the way
        assert world.everything(but=("tries",)) == before, rule.rule


def test_who_gets_in_without_the_pin_is_written_here(rules: list[Rule]) -> None:
    assert set(OPEN) <= {rule.endpoint for rule in rules}


def test_a_page_for_everybody_is_the_same_one_that_a_stranger_gets(
    world: World, rules: list[Rule], locked: Phone
) -> None:
    """But for its form token, and for whose words the phone may send."""
    for rule in rules:
        if "GET" not in (rule.methods or ()) or not is_for_everybody(world.app, rule):
            continue
        if rule_for(rules, "GET", rule.rule).endpoint in BY_ADDRESS | {"pwa.start"}:
            continue
        pages = [
            own_marks_off(phone.client.get(world.address(rule)).get_data(as_text=True))
            for phone in (locked, world.phone("nobody"))
        ]
        assert pages[0] == pages[1], rule.rule


def own_marks_off(page: str) -> str:
    page = re.sub(r'name="csrf_token"[^>]*value="[^"]*"', "", page)
    page = re.sub(r'\s+data-(mark|here)="[^"]*"', "", page)
    page = re.sub(r'="[^"]*&#34;[^"]*"', "", page)  # a passkey's challenge
    page = re.sub(r'data-offer="[^"]*"|<b>(\w+ ){3}\w+</b>', "", page)  # four words by chance
    return re.sub(r'(class="mark"\s+href=)"[^"]*"', r"\1", page)


def shows_nothing(world: World, page: str, where: str) -> None:
    found = [word for word in (*EVERY_WORD, *OUTSIDE_WORDS) if word in page]
    names = [one.name for one in world.people.values() if re.search(rf"\b{one.name}\b", page)]
    assert not found, f"{found}: {where}"
    assert not names, f"{names}: {where}"
