"""Every address, tried by everybody, against the policy in `who_gets_in.py`."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from sqlalchemy import event, update
from werkzeug.http import parse_cookie
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.conftest import NOW, SomeGroup, Someone
from tests.house.test_headers import assert_carries_them
from tests.house.who_gets_in import PEOPLE, policy
from tests.house.world import (
    EVERY_WORD,
    FOR_HER_FACILITATORS,
    ONLY_ANAS,
    OUTSIDE_WORDS,
    SHARED,
    STANDS,
    TO_DO,
    World,
    alike,
    told,
)
from tests.pages import Phone
from webapp.accounts.models import Person, Role
from webapp.core.data.db import db
from webapp.entries.actions import remove
from webapp.entries.models import Entry
from webapp.program.actions import leave
from webapp.program.models import Group, GroupSession, Track
from webapp.sharing.actions import revoke_consent, take_all_back, take_back
from webapp.sharing.models import Consent, Share

POLICY = policy()
MAY_SEE: dict[str, set[str]] = {
    "nobody": set(), "ana": {"Ana", "Cleo"}, "ben": {"Ben", "Cleo"}, "dana": {"Dana", "Kit"},
    "cleo": {"Cleo", "Ana", "Ben"}, "kit": {"Kit", "Dana"}, "robin": {"Robin"},
    "max": {"Max", "Cleo", "Kit", "Robin"},
}  # fmt: skip
# The author, then those who get in, come last: what they do changes what is there.
IN_TURN = ("nobody", "dana", "ben", "kit", "robin", "max", "cleo", "ana")

# HEAD is answered by what answers GET but where it has a line of its own, and has less to tell.
ASK_FOR_HEADERS = ("nobody", "ana", "kit")

# Each way in which a share ends, done to the database as the app does it.
ENDINGS: dict[str, Callable[[World], object]] = {
    "taken back": lambda world: [
        take_back(db.session.get_one(Share, world.ids[name])) for name in ("share", "plan_share")
    ],
    "everything taken back": lambda world: take_all_back(ana_in(world)),
    "consent revoked": lambda world: revoke_consent(
        db.session.get_one(Consent, world.ids["consent"])
    ),
    "consent over": lambda _: db.session.execute(update(Consent).values(expires_at=NOW)),
    "ana left": lambda world: leave(world.evening.id, world.people["ana"].id),
    "cleo left": lambda world: leave(world.evening.id, world.people["cleo"].id),
    "entry removed": lambda world: [
        remove(db.session.get_one(Entry, world.ids[name])) for name in ("shared", "why")
    ],
    "evening cancelled": lambda _: db.session.execute(
        update(GroupSession).values(cancelled_at=NOW)
    ),
    "notes over": lambda _: None,
    "cleo’s account closed": lambda world: db.session.execute(
        update(Person).where(Person.username == "cleo").values(disabled_at=NOW)
    ),
}


def ana_in(world: World) -> Person:
    return db.session.get_one(Person, world.people["ana"].id)


def rule_for(rules: list[Rule], method: str, address: str) -> Rule:
    found = [rule for rule in rules if rule.rule == address and method in (rule.methods or ())]
    assert len(found) == 1, f"{method} {address} is in the table, but the app has no such route"
    return found[0]


def outcome(response: TestResponse, method: str) -> str:
    """The table's word for what came back, or what else it was."""
    place = response.headers.get("Location", "")
    if method == "POST" and response.status_code == 401:
        return "door"
    if response.status_code == 302 and place.startswith("/sign-in?next="):
        return "door"
    if response.status_code == 404:
        return "no"
    return "in" if response.status_code < 400 else f"{response.status_code} {place}"


def test_every_address_is_in_the_table(rules: list[Rule]) -> None:
    there = {(method, rule.rule) for rule in rules for method in rule.methods or ()}
    assert there == set(POLICY)


@pytest.mark.parametrize("who", PEOPLE)
def test_who_may_look_and_whose_names_are_seen_and_the_rest_is_as_if_absent(
    world: World, rules: list[Rule], who: str
) -> None:
    phone = world.phone(who)
    before = world.everything(but=("act", "failures"))  # a refusal is an act
    # Where they get in comes last: what is said once would stand on the next page, whichever it is.
    for (method, address), expected in sorted(POLICY.items(), key=lambda one: one[1][who] == "in"):
        asks = who in ASK_FOR_HEADERS or expected != POLICY.get(("GET", address))
        if method == "GET" or (method == "HEAD" and asks):
            rule = rule_for(rules, method, address)
            response = world.send(phone, method, rule, who, world.address(rule))
            assert outcome(response, method) == expected[who], f"{who}: {method} {address}"
            # HEAD has nothing to tell that GET hasn't.
            if method == "GET" and expected[who] != "in":
                assert_absent_is_alike(world, phone, method, rule, who, response)
            assert_reads_nothing_of_anas(who, response, f"{method} {address}")
            assert_sees_no_other_names(who, world, response, address)
            assert_carries_them(response, address, f"{who}: {method} {address}")
    after = world.everything(but=("act", "failures"))
    if who == "cleo":
        assert before.pop("reading") != after.pop("reading")  # the one named exception
    assert after == before, "looking changed something"


@pytest.mark.parametrize("who", PEOPLE)
def test_who_may_not_do_as_if_it_were_absent(world: World, rules: list[Rule], who: str) -> None:
    phone, before = world.phone(who), world.everything()
    with writes(world) as written:
        for (method, address), expected in POLICY.items():
            if method == "POST" and expected[who] != "in":
                rule = rule_for(rules, method, address)
                response = world.send(phone, method, rule, who, world.address(rule))
                assert outcome(response, method) == expected[who], f"{who}: {address}"
                assert_absent_is_alike(world, phone, method, rule, who, response)
                assert_reads_nothing_of_anas(who, response, address)
                if written:
                    assert world.everything() == before, f"{who} changed something: {address}"
                    written.clear()
    assert world.everything() == before


def test_who_looks_after_ana_in_another_group_is_in_there_and_a_stranger_everywhere_else(
    world: World,
    rules: list[Rule],
    somebody: Callable[..., Someone],
    group_of: Callable[..., SomeGroup],
    put_into: Callable[..., None],
) -> None:
    """A prescriber, who runs a medication track alone, and a therapist, who sees Ana alone."""
    ana, evening = world.people["ana"], world.evening
    for who, track, name in (("rx", Track.MEDICATION, "Visits"), ("tina", Track.INDIVIDUAL, None)):
        own, person = group_of(who), somebody(who, Role.FACILITATOR)
        with world.app.app_context():
            group = db.session.get_one(Group, own.id)
            group.track, group.typed_name = track, name
            db.session.commit()
        put_into(own, person, ana)
        phone = replace(world, people={who: person}).phone(who)
        theirs = {evening.id: own.id, evening.tonight: own.tonight, evening.friday: own.friday,
                  ana.id: ana.id}  # fmt: skip
        for (method, address), expected in POLICY.items():
            rule, where = rule_for(rules, method, address), f"{who}: {method} {address}"
            if expected["cleo"] != "in" or expected["kit"] != "no" or method == "HEAD":
                continue
            response = world.send(phone, method, rule, who, world.address(rule))
            assert outcome(response, method) == "no", where
            assert_reads_nothing_of_anas(who, response, where)
            given = world.arguments(rule)
            if method == "GET" and set(given.values()) <= set(theirs):
                at = world.address(rule, **{name: theirs[id] for name, id in given.items()})
                response = world.send(phone, method, rule, who, at)
                is_for_one = name is None and address.endswith("/colleague")  # nobody fills in
                assert outcome(response, method) == ("no" if is_for_one else "in"), where
                # A consent for people outside is the clinic's; the rest is for Evening IOP alone.
                words = told(response)
                read = [word for word in (*EVERY_WORD, STANDS, TO_DO) if word in words]
                assert not read, f"{who} reads {read}: {where}"
                assert not re.search(r"\b(Ben|Dana)\b|Evening", words), where


@contextmanager
def writes(world: World) -> Iterator[list[str]]:
    """Whatever is sent to the database but questions: without any, nothing can have changed."""
    found: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith("SELECT"):
            found.append(statement)

    with world.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield found
    event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize("address", [address for method, address in POLICY if method == "POST"])
def test_who_may_do(world: World, rules: list[Rule], address: str) -> None:
    rule, expected = rule_for(rules, "POST", address), POLICY["POST", address]
    for who in (someone for someone in IN_TURN if expected[someone] == "in"):
        response = world.send(world.phone(who), "POST", rule, who, world.address(rule))
        assert outcome(response, "POST") == "in", f"{who}: {address}"
        assert_reads_nothing_of_anas(who, response, address)
        assert_waits_for_nobody_by_name(world, response, f"{who}: {address}")


def assert_absent_is_alike(
    world: World, phone: Phone, method: str, rule: Rule, who: str, not_yours: TestResponse
) -> None:
    """What isn't theirs is answered like what isn't there, whichever of its ids is none."""
    ids = [name for name in rule.arguments if f"<uuid:{name}>" in rule.rule]
    alone = [{name} for name in ids] if len(ids) > 1 else []
    for absent in [*alone, {*ids}] if ids else ():
        at = world.address(rule, **{name: uuid4() for name in absent})
        there_is_none = world.send(phone, method, rule, who, at)
        assert alike(there_is_none) == alike(not_yours), f"{who}: {method} {rule.rule} {absent}"


def assert_reads_nothing_of_anas(who: str, response: TestResponse, where: str) -> None:
    words = told(response)
    # Who runs her group reads her consents for people outside, whatever she shares.
    every = EVERY_WORD if where.startswith("cleo, ") else (*EVERY_WORD, *OUTSIDE_WORDS)
    hers = ONLY_ANAS if who == "cleo" else () if who == "ana" else every
    read = [word for word in hers if word in words]
    assert not read, f"{who} reads {read}: {where}"


def assert_sees_no_other_names(who: str, world: World, response: TestResponse, where: str) -> None:
    page = response.get_data(as_text=True)
    seen = {
        person.name for person in world.people.values() if re.search(rf"\b{person.name}\b", page)
    }
    colleagues = {"Kit", "Robin"} if where.endswith("/colleague") else set()
    assert seen <= MAY_SEE[who] | colleagues, f"{who} sees {seen - MAY_SEE[who]}: {where}"
    patients = {name for name in ("ana", "ben", "dana") if re.search(rf"\b{name}\b", page)}
    theirs = {"cleo": {"ana", "ben"}, "kit": {"dana"}}.get(who, {who})
    assert patients <= theirs, f"{who} sees the usernames {patients}: {where}"


def assert_waits_for_nobody_by_name(world: World, response: TestResponse, where: str) -> None:
    """What a page will say once waits in the cookie, which whoever holds the phone can read."""
    kept = parse_cookie("; ".join(response.headers.getlist("Set-Cookie"))).get("groundwork")
    if not kept:
        return
    held = world.app.session_interface.get_signing_serializer(world.app).loads(kept)
    by_chance = {"_user_id", "csrf_token"}  # any three letters may stand in those
    waits = repr({name: value for name, value in held.items() if name not in by_chance})
    named = "|".join(person.name for person in world.people.values())
    assert not re.search(rf"IOP|New words|zq-|\b({named})\b", waits), f"{where}: {waits}"


def test_anas_private_entry_opens_for_nobody_else(world: World, rules: list[Rule]) -> None:
    phones = {who: world.phone(who) for who in PEOPLE[2:]}
    for method, address in POLICY:
        rule = rule_for(rules, method, address)
        if world.arguments(rule).get("id") != world.ids["shared"]:
            continue
        for who, phone in phones.items():
            private = world.address(rule, id=world.ids["private"])
            response = world.send(phone, method, rule, who, private)
            assert outcome(response, method) == "no", f"{who}: {method} {address}"


def test_nobody_answers_an_entry_that_ana_keeps_to_herself(world: World) -> None:
    before = world.everything()
    for who in ("cleo", "kit", "robin"):
        fields = {"entry": world.ids["private"], "words": "I know about it."}
        assert world.phone(who).post("/clinic/feedback", fields).status == 404
    assert world.everything() == before


@pytest.mark.parametrize("ending", ENDINGS)
def test_what_is_not_shared_any_more_is_nobodys_but_anas(
    world: World, rules: list[Rule], clock: time_machine.Traveller, ending: str
) -> None:
    desk = world.phone("cleo")
    huddle = f"/clinic/sessions/{world.evening.tonight}"
    assert SHARED["situation"] in desk.get(huddle).html
    assert SHARED["situation"] in desk.get(person_page(world)).html
    with world.app.app_context():
        ENDINGS[ending](world)
        db.session.commit()
    clock.shift(timedelta(hours=20) if ending == "notes over" else timedelta(seconds=1))

    # Everybody else reads nothing of hers while it is shared, and opens no more afterwards
    # (`test_who_may_look`).
    for who in ("cleo", "robin", "kit"):
        phone = world.phone(who)
        for rule in rules:
            if POLICY.get(("GET", rule.rule), {}).get(who) == "in":
                response = phone.client.get(world.address(rule))
                assert_reads_nothing_of_anas("kit", response, f"{who}, {rule.rule}")
    fields = {"entry": world.ids["shared"], "words": "Still here?"}
    status = 401 if ending == "cleo’s account closed" else 404
    assert world.phone("cleo").post("/clinic/feedback", fields).status == status


@pytest.mark.parametrize(
    "purpose",
    [{"Sec-Purpose": "prefetch"}, {"Sec-Purpose": "prefetch;prerender"}, {"Purpose": "prefetch"}],
)
def test_a_prefetch_of_a_huddle_is_nobody_reading(world: World, purpose: dict[str, str]) -> None:
    before = world.everything()
    for address in (f"/clinic/sessions/{world.evening.tonight}", person_page(world)):
        page = world.phone("cleo").get(address, headers=purpose)
        assert page.status == 404
        assert not [word for word in FOR_HER_FACILITATORS if word in page.html]
    assert world.everything() == before


def test_somebody_whose_account_is_closed_is_nobody_on_the_next_request(
    world: World, rules: list[Rule]
) -> None:
    phones = {who: world.phone(who) for who in ("ana", "cleo", "max")}
    with world.app.app_context():
        db.session.execute(update(Person).values(disabled_at=NOW))
        db.session.commit()
    for (method, address), expected in POLICY.items():
        if expected["nobody"] == "door":
            rule = rule_for(rules, method, address)
            for who, phone in phones.items():
                response = world.send(phone, method, rule, who, world.address(rule))
                assert outcome(response, method) == "door", f"{who}: {method} {address}"


def person_page(world: World) -> str:
    return f"/clinic/groups/{world.evening.id}/people/{world.people['ana'].id}"
