"""Every address, tried by who is neither quite in nor quite out: each is kept where they are.

`who_gets_in.py` has who gets in where when signed in; a state says what becomes of that.
"""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from sqlalchemy import update
from werkzeug.routing import Rule

from tests.accounts.test_phone_lock import sets_lock
from tests.accounts.test_second_factor import required
from tests.conftest import NOW, PASSWORD
from tests.house.test_routes import POLICY, outcome, rule_for
from tests.house.world import EVERY_WORD, OUTSIDE_WORDS, World, told
from tests.pages import Phone
from webapp.accounts.actions import set_second_factor
from webapp.accounts.models import Person
from webapp.core.data.db import db
from webapp.program.actions import leave


def half_signed_in(world: World, _clock: time_machine.Traveller) -> Phone:
    """Cleo's password was given, her number not yet."""
    with world.app.app_context():
        cleo = db.session.get_one(Person, world.people["cleo"].id)
        set_second_factor(cleo, bytes(20), 0, keep=UUID(int=0))
        db.session.commit()
    phone = Phone(world.app)
    page = phone.fill(phone.get("/sign-in"), username="cleo", password=PASSWORD)
    assert page.address == "/sign-in/second-step"
    return phone


def former_staff(world: World, _clock: time_machine.Traveller) -> Phone:
    """Cleo was signed in when her account was closed."""
    phone = world.phone("cleo")
    with world.app.app_context():
        db.session.execute(update(Person).where(Person.username == "cleo").values(disabled_at=NOW))
        db.session.commit()
    return phone


def hidden(world: World, _clock: time_machine.Traveller) -> Phone:
    """Ana's phone in another hand, after Hide; whoever has it kept a copy of both cookies."""
    phone = world.phone("ana")
    phone.get("/today")
    names = (world.app.config[name] for name in ("SESSION_COOKIE_NAME", "HERE_COOKIE_NAME"))
    kept = {name: phone.client.get_cookie(name) for name in names}
    phone.post("/hide", {})
    for name, cookie in kept.items():
        assert cookie is not None
        phone.client.set_cookie(name, cookie.value)
    return phone


def away(world: World, clock: time_machine.Traveller) -> Phone:
    """Cleo's desk, a quarter of an hour after she left it."""
    phone = world.phone("cleo")
    phone.get("/clinic")
    clock.shift(timedelta(minutes=16))
    return phone


def without_second_step(world: World, _clock: time_machine.Traveller) -> Phone:
    """Max signed in with the password alone, and the day is past from which that isn't enough."""
    required(world.app, NOW - timedelta(days=1))
    return world.phone("max")


def locked(world: World, clock: time_machine.Traveller) -> Phone:
    """Ana's phone with a PIN, unused for longer than she chose."""
    phone = world.phone("ana")
    sets_lock(phone)
    clock.shift(timedelta(minutes=6))
    return phone


# Of these, the world makes some on the way to a form that is filled in (a code, a group to join).
MADE = ("sign_in", "tries", "act", "failures", "group", "invitation")
# Where each is sent whatever they ask for, and what answers them as it does when signed in.
STATES: dict[str, tuple[Callable[[World, time_machine.Traveller], Phone], str, set[str]]] = {
    "half signed in": (half_signed_in, "/sign-in", set()),
    "former staff": (former_staff, "/sign-in", set()),
    "hidden": (hidden, "/unlock", {"/unlock", "/lock"}),
    "away": (away, "/unlock", {"/unlock", "/lock"}),
    "locked": (locked, "/lock", {"/lock", "/unlock", "/sync"}),  # what she wrote gets through
    "without a second step": (
        without_second_step,
        "/you/second-step",
        {
            "/lock",
            "/unlock",
            "/sync",
            "/you/second-step",
            "/you/second-step/recovery-codes",
            "/you/passkeys",
        },
    ),
}


@pytest.mark.parametrize("state", STATES)
def test_who_is_not_quite_in_is_kept_at_the_door_of_every_address(
    world: World, rules: list[Rule], clock: time_machine.Traveller, state: str
) -> None:
    enter, door, answers = STATES[state]
    phone, before = enter(world, clock), world.everything(MADE)
    for (method, address), expected in POLICY.items():
        if expected["nobody"] != "door" or address in {*answers, "/unlock/passkey"}:
            continue
        rule = rule_for(rules, method, address)
        answer = world.send(phone, method, rule, "ana", world.address(rule))
        place = answer.headers.get("Location", "")
        is_kept = answer.status_code == 401 and method == "POST"
        assert is_kept or place.startswith(f"{door}?next="), f"{address}: {answer.status}"
        read = [word for word in (*EVERY_WORD, *OUTSIDE_WORDS) if word in told(answer)]
        assert not read, f"{address} tells {read}"
    assert world.everything(MADE) == before


# What Ana's group was to her, and what her facilitator still does for somebody who left.
OF_THE_GROUP = (
    "/week/sessions/<", "/week/dates/<", "/sharing/again/<", "/discharge/<uuid:id>/position",
)  # fmt: skip
_PEOPLE = "/clinic/groups/<uuid:group_id>/people/"
IN_CARE = {f"{_PEOPLE}<uuid:id>/{act}" for act in ("reset", "return")}
UNDER_A_CONSENT = {
    _PEOPLE + place
    for place in (
        "<uuid:id>/consents", "<uuid:person_id>/consents/<uuid:id>",
        "<uuid:person_id>/disclosures/<uuid:id>",
    )
}  # fmt: skip


@pytest.mark.database
def test_a_former_patient_keeps_what_is_hers_and_her_facilitator_nothing(
    world: World, rules: list[Rule]
) -> None:
    with world.app.app_context():
        leave(world.evening.id, world.people["ana"].id)
        db.session.commit()
    ana, cleo = world.phone("ana"), world.phone("cleo")
    for (method, address), expected in POLICY.items():
        rule = rule_for(rules, method, address)
        if method != "POST" and expected["ana"] == "in":
            answer = world.send(ana, method, rule, "ana", world.address(rule))
            wanted = "no" if address.startswith(OF_THE_GROUP) else "in"
            assert outcome(answer, method) == wanted, f"ana: {method} {address}"
        if "people/<uuid:" in address and address not in IN_CARE and method != "HEAD":
            answer = world.send(cleo, method, rule, "cleo", world.address(rule))
            wanted = "in" if address in UNDER_A_CONSENT else "no"
            assert outcome(answer, method) == wanted, f"cleo: {method} {address}"
            assert not [word for word in EVERY_WORD if word in told(answer)]


@pytest.mark.database
def test_one_group_is_no_way_to_the_people_of_another(world: World, rules: list[Rule]) -> None:
    """Kit names his own group, and Ana, her consent, her entry, or what was given out."""
    kit, before = world.phone("kit"), world.everything(("sign_in", "tries", "act", "failures"))
    tried = 0
    for method, address in POLICY:
        if "<uuid:group_id>" in address and method != "HEAD":
            rule = rule_for(rules, method, address)
            named = world.address(rule, group_id=world.morning.id)
            answer = world.send(kit, method, rule, "cleo", named)
            assert outcome(answer, method) == "no", f"{method} {address}"
            assert not [word for word in (*EVERY_WORD, *OUTSIDE_WORDS) if word in told(answer)]
            tried += 1
    assert tried > 10
    assert world.everything() == before
