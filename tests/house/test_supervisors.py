"""A clinical supervisor, at every address of a group: in where a colleague who fills in is, and
with nothing that was shared before it began."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import update
from werkzeug.routing import Rule

from tests.conftest import NOW, Someone
from tests.house.test_routes import POLICY, outcome, rule_for
from tests.house.world import EVERY_WORD, OUTSIDE_WORDS, TO_DO, World, told
from webapp.accounts.models import Person, Role
from webapp.core.data.db import db
from webapp.program.actions import join, name_supervisor
from webapp.program.models import Group, GroupRole, Membership
from webapp.sharing.models import Course, Share

A_WEEK = timedelta(days=7)
# A reply to what isn't open to a supervisor; what the first of two took back, the second can't.
DIFFERS = ("/clinic/feedback", "/clinic/sessions/<uuid:id>/homework/<uuid:given_id>/end")


def test_a_supervisor_gets_in_where_a_colleague_who_fills_in_does_and_reads_nothing_from_before(
    world: World, rules: list[Rule], somebody: Callable[..., Someone]
) -> None:
    people = {name: somebody(name, Role.FACILITATOR) for name in ("femi", "sam")}
    with world.app.app_context():
        group = db.session.get_one(Group, world.evening.id)
        femi, sam = (db.session.get_one(Person, people[name].id) for name in ("femi", "sam"))
        name_supervisor(group, femi, femi)
        fills_in = join(group, sam, GroupRole.FACILITATOR)
        fills_in.from_at, fills_in.until_at = NOW - A_WEEK, NOW + A_WEEK
        fills_in.added_by_id = femi.id
        began = update(Membership).where(Membership.supervises)
        db.session.execute(began.values(from_at=NOW - A_WEEK))
        db.session.execute(update(Share).values(shared_at=NOW - A_WEEK - A_WEEK))
        db.session.execute(update(Course).values(started_at=NOW - A_WEEK - A_WEEK))
        db.session.commit()
    phones = {name: replace(world, people=people).phone(name) for name in people}
    got_in, secret = set(), {*EVERY_WORD, *OUTSIDE_WORDS} - {TO_DO}  # what staff gave out is theirs
    for (method, address), expected in POLICY.items():
        if expected["cleo"] != "in" or expected["kit"] != "no" or method == "HEAD":
            continue
        rule, saw = rule_for(rules, method, address), {}
        for name, phone in phones.items():
            response = world.send(phone, method, rule, name, world.address(rule))
            saw[name] = outcome(response, method)
            if name == "femi":
                read = [word for word in secret if word in told(response)]
                assert not read, f"reads {read}: {method} {address}"
        if saw["femi"] == "in":
            got_in.add(address)
        assert saw["femi"] == saw["sam"] or address in DIFFERS, f"{method} {address}: {saw}"
    assert "/clinic/sessions/<uuid:id>" in got_in
    assert len(got_in) > 5
