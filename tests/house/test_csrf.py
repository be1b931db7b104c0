"""A form counts only when it was sent from our own page, on the phone that opened it."""

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict
from werkzeug.routing import Rule

from tests.house.who_gets_in import PEOPLE
from tests.house.world import World
from tests.pages import Phone

OURS = "https://localhost"


def writing(rules: list[Rule]) -> list[Rule]:
    return [rule for rule in rules if "POST" in (rule.methods or ())]


def author(rule: Rule) -> str:
    """Somebody whom the guard would let in."""
    if not rule.rule.startswith("/clinic"):
        return "ana"
    return "max" if "facilitator" in rule.rule or rule.rule.endswith("/new") else "cleo"


@pytest.mark.parametrize("token", ["", "made up", "another phone’s", "an hour’s, cut short"])
def test_a_form_without_this_phones_token_does_nothing(
    world: World, rules: list[Rule], token: str
) -> None:
    phones = {who: world.phone(who) for who in PEOPLE}
    before = world.everything()
    sent = {
        "another phone’s": world.phone("dana").token(),
        "an hour’s, cut short": phones["ana"].token()[:-1],
    }.get(token, token)
    for rule in writing(rules):
        who = author(rule)
        fields = MultiDict(world.fields(rule.endpoint, who))
        if sent:
            fields["csrf_token"] = sent
        answer = phones[who].client.post(world.address(rule), data=fields)
        assert answer.status_code == 400, rule.rule
        assert "You were signed out" in answer.get_data(as_text=True)
    assert world.everything() == before
    assert phones["ana"].get("/today").address == "/today"  # not even signed out


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "http://localhost"},
        {"Origin": "https://localhost:8443"},
        {"Referer": "https://elsewhere.example/page"},
        {"Referer": "http://localhost/journal/new"},
        {"Referer": "https://localhost.elsewhere.example/"},
        {"Origin": "null"},
    ],
    ids=str,
)
def test_over_https_a_form_from_elsewhere_does_nothing(
    world: World, secure_app: Flask, rules: list[Rule], headers: dict[str, str]
) -> None:
    phones = {who: secure(secure_app, world, who) for who in ("ana", "cleo", "max")}
    tokens = {who: phone.token() for who, phone in phones.items()}
    before = world.everything()
    for rule in writing(rules):
        who = author(rule)
        fields = MultiDict(world.fields(rule.endpoint, who)) | {"csrf_token": tokens[who]}
        answer = phones[who].client.post(
            world.address(rule), data=fields, headers=headers, base_url=OURS
        )
        assert answer.status_code == 400, rule.rule
    assert world.everything() == before


@pytest.mark.parametrize(
    "headers",
    [
        {"Referer": f"{OURS}/journal/new"},
        {"Origin": OURS, "Sec-Fetch-Site": "same-origin"},
        {},  # some browsers and networks drop the Referer, and old ones send no Origin
    ],
    ids=str,
)
@pytest.mark.long
def test_over_https_a_form_of_our_own_page_counts(
    world: World, secure_app: Flask, headers: dict[str, str]
) -> None:
    phone = secure(secure_app, world, "ana")
    page = phone.get("/journal/new")
    form = page.form(having="urge")
    form.fields["urge"] = "4"
    answer = phone.client.post("/journal/new", data=form.fields, headers=headers, base_url=OURS)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/journal/")


@pytest.mark.parametrize("content_type", ["application/json", "text/plain"])
def test_a_body_that_no_form_sends_does_nothing(
    world: World, rules: list[Rule], content_type: str
) -> None:
    phones = {who: world.phone(who) for who in ("ana", "cleo", "max")}
    before = world.everything()
    for rule in writing(rules):
        body = f'{{"csrf_token": "{phones["ana"].token()}"}}'
        answer = phones[author(rule)].client.post(
            world.address(rule), data=body, content_type=content_type
        )
        assert answer.status_code == 400, rule.rule
    assert world.everything() == before


def test_writing_by_any_other_method_is_refused(world: World, rules: list[Rule]) -> None:
    phone, before = world.phone("ana"), world.everything()
    for rule in rules:
        for method in ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"):
            answer = phone.client.open(world.address(rule), method=method)
            assert answer.status_code == 405, f"{method} {rule.rule}"
    assert world.everything() == before


def secure(app: Flask, world: World, who: str) -> Phone:
    """A phone that opens the clinic over https."""
    return Phone(app, world.token(who), base_url=OURS)
