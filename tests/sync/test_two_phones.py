"""Two phones of one person, clocks 48 hours apart, each without a network for a while.

Whatever they do in whatever order: each text that was ever written is the entry's present text, a
version before it, or lies on a phone, waiting for its author to decide.
"""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from tests.conftest import NOW
from webapp.core.crypto.keys import keyring
from webapp.core.crypto.sealing import unseal
from webapp.core.data.db import db
from webapp.entries.models import EntryVersion, entry_id
from webapp.journal.models import Trigger

pytestmark = [pytest.mark.faults, pytest.mark.database]

SKEW = (timedelta(hours=-24), timedelta(hours=24))


def test_two_phones_lose_no_text(app, ana, outbox_of, many):
    in_hand = [outbox_of(ana), outbox_of(ana)]

    class Phones(RuleBasedStateMachine):
        """Ana with a phone in each hand."""

        phones = st.integers(0, 1)
        entries = st.integers(0, 2)

        @initialize()
        def begin(self):
            self.outboxes = [
                replace(outbox, clock=NOW + skew, items=[])
                for outbox, skew in zip(in_hand, SKEW, strict=True)
            ]
            self.made = [uuid4() for _ in range(3)]
            self.seen: list[dict[UUID, int]] = [{}, {}]
            self.held: list[dict[str, str]] = []
            self.texts: dict[str, str] = {}  # each text ever written, by operation
            self.count = 0

        @rule(phone=phones, entry=entries)
        def write(self, phone, entry):
            """A new entry; both phones may use the same id for different words (Back, Save)."""
            self.keep(phone, id=self.made[entry])

        @rule(phone=phones, entry=entries)
        def look(self, phone, entry):
            """Open an entry while there is a network."""
            with app.app_context():
                found = db.session.get(Trigger, entry_id(ana.id, self.made[entry]))
                if found is not None:
                    self.seen[phone][found.id] = found.version

        @rule(phone=phones, entry=entries)
        def edit(self, phone, entry):
            """Change what this phone saw, as it saw it."""
            id = entry_id(ana.id, self.made[entry])
            if id in self.seen[phone]:
                self.keep(phone, about=id, version=str(self.seen[phone][id]))

        @rule(phone=phones, lost=st.booleans(), newest_first=st.booleans())
        def send(self, phone, lost, newest_first):
            """Send everything; the answer may get lost, and then all of it is sent again."""
            outbox = self.outboxes[phone]
            if not outbox.items:
                return
            items = outbox.items[::-1] if newest_first else list(outbox.items)
            answers = outbox.send(*items)
            if lost:
                return
            outbox.items = []
            self.held += [
                item
                for item, answer in zip(items, answers, strict=True)
                if answer not in ("saved", "already")
            ]

        def keep(self, phone, **options):
            self.count += 1
            text = f"Text {self.count}"
            outbox = self.outboxes[phone]
            item = outbox.write(urge="5", situation=text, **options)
            self.texts[item["box"]] = text

        @invariant()
        def every_text_is_somewhere(self):
            if not hasattr(self, "texts"):
                return
            on_phones = [item for outbox in self.outboxes for item in outbox.items] + self.held
            waiting = {self.texts[item["box"]] for item in on_phones}
            assert set(self.texts.values()) <= waiting | stored(self.made)

    def stored(made: list[UUID]) -> set[str]:
        with app.app_context():
            texts = set()
            ids = [entry_id(ana.id, made_id) for made_id in made]
            for entry in db.session.scalars(select(Trigger).where(Trigger.id.in_(ids))):
                texts.add(entry.situation or "")
                key = keyring(db.session).key_of(ana.id)
                for entry_version in db.session.scalars(
                    select(EntryVersion).where(EntryVersion.entry_id == entry.id)
                ):
                    bound = entry.bound(entry.sealed_at(entry_version.version))
                    texts.add(unseal(entry_version.sealed, key, bound)["situation"])
            return texts

    run_state_machine_as_test(
        Phones,
        settings=settings(
            max_examples=many(15, 1000),
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.parametrize("skew", [timedelta(hours=-24), timedelta(hours=24)], ids=["slow", "fast"])
def test_a_wrong_clock_never_decides_which_text_counts(app, ana, outbox_of, wrote, skew):
    id = wrote(ana, situation="First")
    early, late = outbox_of(ana), outbox_of(ana)
    early.clock, late.clock = NOW + skew, NOW - skew
    early.write(about=id, version="1", urge="5", situation="Sent first")
    late.write(about=id, version="1", urge="5", situation="Sent second")
    assert early.send() == ["saved"]
    assert late.send() == ["conflict"]
