"""After a restore the server has forgotten what phones told it since the backup. Whatever the
kind: what a phone still has is taken again, and no text that is there is overwritten."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import time_machine
from flask import Flask

from tests.backups.made import backed_up
from tests.conftest import PASSWORD
from tests.house.conftest import BringBack
from tests.house.world import World
from tests.pages import Phone
from tests.sync.conftest import Outbox
from tests.writing.conftest import Tried
from tests.writing.test_every_kind import OFFLINE, other
from webapp.accounts.models import Person
from webapp.accounts.queries import author_mark
from webapp.core.data.db import db
from webapp.entries.models import entry_id
from webapp.plan.outline import PARTS
from webapp.plan.queries import part_of
from webapp.sharing.models import Share
from webapp.sync.page import outbox_key
from webapp.writing.kind import KINDS

pytestmark = pytest.mark.long

FIRST, SECOND, THIRD, FOURTH = "zq-first", "zq-second", "zq-third", "zq-fourth"


@dataclass
class Clinic:
    """Ana's phone at a clinic that is lost, and comes back as it was backed up."""

    world: World
    lose: Callable[[], Flask]
    app: Flask = field(init=False)
    outbox: Outbox = field(init=False)

    def __post_init__(self) -> None:
        self.app = self.world.app
        self.outbox = self._outbox(self.world.phone("ana"))

    def comes_back(self) -> None:
        """As of its backup. Ana signs in again; what her phone holds is still there."""
        self.app = self.lose()
        phone = Phone(self.app)
        phone.fill(phone.get("/sign-in"), "/sign-in", username="ana", password=PASSWORD)
        self.outbox = self._outbox(phone)

    def tried(self, name: str) -> Tried:
        """One kind, on her phone."""
        return Tried(self.app, KINDS[name], self.world.people["ana"], self.outbox.phone)

    def content(self, name: str, id: UUID) -> dict[str, Any]:
        """What an entry says now."""
        with self.app.app_context():
            return dict(db.session.get_one(KINDS[name].model, id).content)

    def _outbox(self, phone: Phone) -> Outbox:
        with self.app.app_context():
            ana = db.session.get_one(Person, self.world.people["ana"].id)
            return Outbox(phone, outbox_key(), author_mark(ana))


@pytest.fixture
def clinic_of(
    world: World, brought_back: BringBack, tmp_path: Path, clock: time_machine.Traveller
) -> Callable[[], Clinic]:
    """`clinic_of()` is backed up at this moment, and goes on."""

    def make() -> Clinic:
        made = backed_up(world.app, tmp_path / "backups")
        clock.shift(60)

        def lose() -> Flask:
            clock.shift(60)
            _told, app = brought_back(made)
            clock.shift(60)
            return app

        return Clinic(world, lose)

    return make


@pytest.mark.parametrize("name", OFFLINE)
def test_what_a_phone_still_has_is_taken_again_and_overwrites_nothing(
    clinic_of: Callable[[], Clinic], world: World, name: str
) -> None:
    ana = world.people["ana"]
    before = Tried(world.app, KINDS[name], ana, Phone(world.app))
    ids = [before.written(FIRST) for _ in range(2)]
    clinic = clinic_of()
    stood = clinic.content(name, ids[0])
    tried, phone = clinic.tried(name), clinic.outbox

    def edit(id: UUID, version: int, words: str) -> dict[str, str]:
        fields: dict[str, Any] = tried.fields(words) | other(name)
        return phone.write(kind=name, about=id, version=str(version), **fields)

    new = phone.write(kind=name, **tried.fields(FIRST))
    edits = [edit(id, 1, SECOND) for id in ids]
    assert phone.send(new, *edits) == ["saved"] * 3
    waiting = [edit(id, 2, THIRD) for id in ids]  # of what only the lost server knew

    clinic.comes_back()
    tried, back = clinic.tried(name), clinic.outbox
    assert back.send(new) == ["saved"]
    assert back.send(new) == ["already"]
    made = entry_id(ana.id, UUID(new["id"]))
    assert clinic.content(name, made)[tried.field] == FIRST
    assert back.send(waiting[0]) == ["conflict"]
    assert clinic.content(name, ids[0]) == stood

    page = back.phone.get(tried.kind.address(ids[1], tried.kind.edit))
    again = tried.saves(page, FOURTH, **({"answer": "later"} if name == "dose" else {}))
    assert again.status == 200
    stands = clinic.content(name, ids[1])
    assert stands != stood
    for late, words in ((edits[1], SECOND), (waiting[1], THIRD)):
        assert back.send(late) == ["conflict"]
        both = back.phone.post("/sync/look", late)
        assert "This was changed somewhere else" in both.text
        assert name == "dose" or FOURTH in both.html  # of a dose its answer is shown
        assert words in both.html
    assert clinic.content(name, ids[1]) == stands


@pytest.mark.database
def test_a_plan_answered_before_and_after_keeps_both(clinic_of: Callable[[], Clinic]) -> None:
    clinic = clinic_of()

    def says() -> str:
        with clinic.app.app_context():
            ana = db.session.get_one(Person, clinic.world.people["ana"].id)
            entry = part_of(ana, PARTS["why"])
            return str(entry.content.get("why", "")) if entry else ""

    def version() -> int:
        with clinic.app.app_context():
            ana = db.session.get_one(Person, clinic.world.people["ana"].id)
            entry = part_of(ana, PARTS["why"])
            return entry.version if entry else 0

    def answers(words: str) -> dict[str, str]:
        asked = {"part": "why", "asked": "why", "version": str(version())}
        return clinic.outbox.write(kind="plan", answer=words, **asked)

    was = says()
    told = answers(SECOND)
    assert clinic.outbox.send(told) == ["saved"]
    waiting = answers(THIRD)

    clinic.comes_back()
    assert says() == was
    assert clinic.outbox.send(waiting) == ["conflict"]
    page = clinic.outbox.phone.get("/plan/why/why")
    clinic.outbox.phone.fill(page, having="answer", answer=FOURTH)
    for late, words in ((told, SECOND), (waiting, THIRD)):
        assert clinic.outbox.send(late) == ["conflict"]
        both = clinic.outbox.phone.post("/sync/look", late)
        assert FOURTH in both.html
        assert words in both.html
    assert says() == FOURTH


def test_a_share_that_was_taken_back_on_the_phone_is_over(clinic_of: Callable[[], Clinic]) -> None:
    clinic = clinic_of()
    share = clinic.world.ids["share"]
    item = clinic.outbox.write(kind="take-back", about=share, id=share)
    clinic.comes_back()
    assert clinic.outbox.send(item) == ["already"]
    with clinic.app.app_context():
        assert db.session.get_one(Share, share).ended_at is not None
    later = clinic.outbox.phone.get("/sharing")
    assert "/take-back" not in later.html
