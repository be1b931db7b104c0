"""What one person types or keeps costs at most in proportion to it. Steps are counted, not time:
lines of Python run, sealed rows opened, bytes of the answer."""

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from types import FrameType
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from werkzeug.routing import Rule
from wtforms.form import BaseForm

from tests.conftest import NOW, ZONE, Someone, is_whole
from tests.house.everywhere import PLACES
from tests.house.test_bad_input import open_form, text_fields
from tests.house.who_gets_in import policy
from tests.house.world import World
from tests.pages import Phone
from tests.sync.conftest import OUTBOX, sealed
from webapp.accounts.models import Person
from webapp.accounts.queries import author_mark
from webapp.core import limits
from webapp.core.crypto.keys import Keyring
from webapp.core.crypto.sealing import SealedRow, unseal
from webapp.core.data.db import db
from webapp.entries.actions import edit, write
from webapp.entries.changes import compare
from webapp.journal.models import Trigger
from webapp.plan.models import PlanSection, made_for
from webapp.program.models import Group
from webapp.sharing.actions import share
from webapp.sharing.queries import consent_for
from webapp.sync.page import outbox_key

pytestmark = pytest.mark.fuzz

HELD = (SealedRow, Keyring, BaseForm)  # a person's words, keys, what was typed
TWICE = 2.3  # twice as much costs twice as much, and a little
SOME = 120_000  # steps of a page that is drawn now and wasn't before
# Forms with more than a line to write; those that stand behind an entry of Ben's have none.
WRITTEN = [
    place for place, (_, at, _) in PLACES.items() if "{bens}" not in at and "{recurring}" not in at
]
# Texts on which comparing, splitting and searching have stumbled.
ODD = (
    "a b ",
    "word ",
    "a\n",
    "x",
    "The same line of words again.\n",
    " ",
    "ab, and then ",
    "ß",
    "🙂 ",
)


@dataclass
class Work:
    """What something cost."""

    steps: int = 0
    opened: int = 0


@contextmanager
def counted() -> Iterator[Work]:
    """Count each line of Python, and each sealed row that is opened."""
    work, former = Work(), sys.gettrace()

    def line(_frame: FrameType, event: str, _argument: Any) -> Any:
        work.steps += event == "line"
        return line

    def call(frame: FrameType, _event: str, _argument: Any) -> Any:
        work.opened += frame.f_code is unseal.__code__
        return line

    sys.settrace(call)
    try:
        yield work
    finally:
        sys.settrace(former)


def cost(do: Callable[[], object]) -> int:
    """In steps, done a second time: what is worked out once isn't counted."""
    do()
    with counted() as work:
        do()
    return work.steps


def of_length(odd: str, most: int) -> str:
    return (odd * (most // len(odd) + 1))[:most]


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: repr(odd[:9]))
def test_comparing_texts_twice_as_long_takes_twice_as_long(odd: str) -> None:
    def steps(most: int) -> int:
        before, after = of_length(odd, most), of_length(f"{odd}{odd[::-1]}c {odd}d\n", most)
        return cost(lambda: compare(before, after))

    assert steps(20_000) <= TWICE * steps(10_000) + 100


@pytest.mark.parametrize("place", WRITTEN)
def test_each_form_filled_twice_as_full_takes_twice_as_long(
    world: World, place: str, request: pytest.FixtureRequest
) -> None:
    opened = open_form(world, place)
    names = [name for name, _kind in text_fields(opened)]
    which = WRITTEN.index(place) % 2
    for odd in (ODD[:2] if is_whole(request.config) else ODD[which : which + 1]) if names else ():
        costs = []
        for most in (limits.TEXT // 2, limits.TEXT):
            fields = dict(opened.form.fields.items()) | dict.fromkeys(names, of_length(odd, most))
            with counted() as work:
                opened.send(list(fields.items()))
            costs.append(work.steps)
        assert costs[1] <= TWICE * costs[0] + SOME, f"{odd!r}: {costs}"


def test_no_page_of_somebody_who_writes_much_grows_beyond_a_page(
    world: World, rules: list[Rule]
) -> None:
    by_address = {(method, rule.rule): rule for rule in rules for method in rule.methods or ()}
    phones = {who: world.phone(who) for who in ("ana", "cleo")}
    pages = [
        (who, world.address(by_address[method, address]))
        for (method, address), expected in policy().items()
        for who in phones
        if method == "GET" and expected[who] == "in"
    ]

    def look() -> dict[tuple[str, str], tuple[int, int]]:
        found = {}
        for who, address in pages:
            with counted() as work:
                answer = phones[who].client.get(address)
            found[who, address] = work.steps, len(answer.data)
        return found

    much(world, 30)
    for who, address in pages:  # what is worked out once
        phones[who].client.get(address)
    once = look()
    much(world, 30)
    for page, (steps, size) in look().items():
        assert steps <= TWICE * once[page][0] + SOME, f"{page}: {once[page]}, then {steps}"
        assert size <= 200_000, f"{page}: {size} bytes"
    searched = phones["ana"].post("/journal/search", {"word": "zq"})
    assert len(searched.html) < 100_000
    assert "Older" in searched.text
    older = phones["ana"].fill(searched, having="behind")
    assert older.status == 200
    assert older.text != searched.text


def test_nothing_that_a_page_was_drawn_from_waits_for_the_collector(
    world: World, rules: list[Rule]
) -> None:
    by_address = {(method, rule.rule): rule for rule in rules for method in rule.methods or ()}
    phones = {who: world.phone(who) for who in ("ana", "cleo")}
    pages = [
        (phones[who], world.address(by_address[method, address]))
        for (method, address), expected in policy().items()
        for who in phones
        if method == "GET" and expected[who] == "in"
    ]
    left = {}
    with collector_away():
        for phone, address in pages:
            phone.client.get(address)
            gc.collect()
            # By its type: a weak proxy would answer for what is gone already.
            if held := {type(kept).__name__ for kept in gc.garbage if issubclass(type(kept), HELD)}:
                left[address] = held
            gc.garbage.clear()
    assert left == {}


@contextmanager
def collector_away() -> Iterator[None]:
    """What nothing leads to any more stays until it is collected, and is kept to be looked at."""
    gc.collect()
    gc.freeze()
    gc.disable()
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        yield
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()
        gc.unfreeze()


def much(world: World, many: int) -> None:
    """Ana writes, and shares until she takes it back; her plan changes as often."""
    with world.app.app_context():
        ana = db.session.get_one(Person, world.people["ana"].id)
        group = db.session.get_one(Group, world.evening.id)
        consent = consent_for(ana, group.id)
        why = db.session.get_one(PlanSection, world.ids["why"])
        for number in range(many):
            words = f"zq {number} " + "words of hers " * 100
            at = NOW - timedelta(minutes=number)
            entry = write(Trigger, ana, uuid4(), at, {"urge": 5, "situation": words, "zone": ZONE})
            db.session.flush()
            share(entry, group, consent=consent)
            edit(why, why.version, at, {**why.content, "why": words})
            db.session.flush()
        db.session.commit()


@pytest.fixture
def bring(app: Flask, ana: Someone, phone_of: Callable[[Someone], Phone]) -> Callable[..., Work]:
    """Ana's phone brings operations: what that costs."""
    phone = phone_of(ana)
    with app.app_context():
        mark, key = author_mark(db.session.get_one(Person, ana.id)), outbox_key()

    def send(operations: list[dict[str, Any]], answer: str) -> Work:
        made = [
            sealed(
                key, mark, operation["fields"], about=operation.get("about"), kind=operation["kind"]
            )
            for operation in operations
        ]
        with counted() as work:
            response = phone.client.post("/sync", json={"operations": made}, headers=OUTBOX)
        assert {said["answer"] for said in response.get_json()["answers"]} == {answer}
        return work

    return send


def edited(app: Flask, ana: Someone, kind: Any, made: UUID, name: str, times: int) -> UUID:
    with app.app_context():
        person = db.session.get_one(Person, ana.id)
        fixed = {"part": "why"} if kind is PlanSection else {"urge": 1, "zone": ZONE}
        written = write(kind, person, made, NOW, {**fixed, name: "0"})
        entry = db.session.get_one(kind, written.id)
        db.session.commit()
        for number in range(times):
            edit(entry, entry.version, NOW, {**fixed, name: str(number + 1)})
            db.session.flush()
        db.session.commit()
        return entry.id


def test_what_a_phone_brings_opens_no_row_more_for_each_former_version(
    app: Flask, ana: Someone, bring: Callable[..., Work]
) -> None:
    def steps(times: int) -> Work:
        id = edited(app, ana, Trigger, uuid4(), "situation", times)
        fields = {"version": "1", "urge": "1", "situation": "From the basement"}
        return bring([{"kind": "trigger", "about": id, "fields": fields}] * 20, "conflict")

    steps(1)
    few, many = steps(50), steps(100)
    assert many.opened <= few.opened
    assert many.steps <= 1.1 * few.steps


def test_an_answer_of_the_plan_opens_the_one_version_that_was_seen(
    app: Flask, ana: Someone, bring: Callable[..., Work]
) -> None:
    edited(app, ana, PlanSection, made_for("why"), "why", 100)
    fields = {"part": "why", "asked": "why", "version": "3", "answer": "From the basement"}
    assert bring([{"kind": "plan", "fields": fields}] * 20, "conflict").opened <= 20 * 8


def test_things_for_a_list_open_its_history_once(
    app: Flask, ana: Someone, bring: Callable[..., Work]
) -> None:
    def thing(number: int) -> dict[str, Any]:
        fields = {"part": "supports", "asked": "supports", "version": "0", "name": f"N {number}"}
        return {"kind": "plan", "fields": fields}

    once = bring([thing(number) for number in range(50)], "saved")
    again = bring([thing(number) for number in range(50, 100)], "saved")
    assert again.opened <= once.opened + 60  # each of the first fifty versions once


def test_twice_as_many_operations_take_twice_as_long(
    app: Flask, ana: Someone, bring: Callable[..., Work]
) -> None:
    def steps(many: int) -> int:
        fields = {"urge": "1", "situation": of_length("word ", 2_000)}
        return bring([{"kind": "trigger", "fields": fields}] * many, "saved").steps

    steps(1)
    assert steps(limits.OPERATIONS) <= TWICE * steps(limits.OPERATIONS // 2)
