"""Once Ana is erased, nothing that only she had opened is anywhere, and every page goes on."""

from pathlib import Path
from uuid import uuid4

import pytest
import time_machine
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import make_url, select
from werkzeug.routing import Rule

from tests.conftest import NOW, ZONE, typed
from tests.house.who_gets_in import PEOPLE
from tests.house.world import EVERY_WORD, FOR_HER_FACILITATORS, SIGNED, World
from webapp.accounts.models import Person
from webapp.config import Settings
from webapp.core.crypto.keys import DataKey, RecordsKey, app_secrets, keyring
from webapp.core.data.db import Base, db
from webapp.entries.actions import write
from webapp.entries.models import Entry
from webapp.erasing import actions
from webapp.erasing.kept import KEPT, going
from webapp.journal.models import Trigger


def erased(world: World, clock: time_machine.Traveller) -> AESGCM:
    """Ana's week is over. Returns the key that she had."""
    ana = world.people["ana"].id
    world.phone("cleo").get(f"/clinic/sessions/{world.evening.tonight}")
    with world.app.app_context():
        key = keyring(db.session).key_of(ana)
        actions.ask(ana)
        db.session.commit()
    clock.shift(actions.WEEK)
    assert "1 accounts erased" in typed(world.app, "erase-due")
    return key


def test_every_table_that_hangs_on_a_person_goes_or_is_kept() -> None:
    """A new table goes unless `KEPT` says otherwise: say here which it is."""
    assert {kept.table.name for kept in KEPT} == {
        "entry", "share", "feedback", "consent", "outside_consent", "permission", "disclosure",
        "attendance", "authorisation", "heads_up", "removal", "membership", "legal_hold",
        "discharge", "discharge_position", "level_of_care",
    }  # fmt: skip
    assert {table.name for table, _owner in going()} == {
        "sign_in", "password_reset", "app_code", "authenticator", "recovery_code", "passkey",
        "check_in_draft", "meeting_rhythm", "meeting_favourite", "meeting_sheet", "reminder",
        "reminder_choices", "notification", "push_subscription", "calendar_feed", "answer", "asked",
        "call_request", "call_answerer", "homework", "agenda_item", "rated",
        "course", "supervisor_answer",
    }  # fmt: skip


@pytest.mark.database
def test_no_seal_of_hers_opens_with_the_key_she_had(
    world: World, clock: time_machine.Traveller
) -> None:
    key = erased(world, clock)
    with world.app.app_context():
        ana = world.people["ana"].id
        assert db.session.get(DataKey, ana) is None
        row = db.session.get_one(RecordsKey, ana)
        with pytest.raises(InvalidTag):  # put into the other table, it opens nothing
            app_secrets().outer.unwrap(row)
        new = AESGCM(app_secrets().outer.unwrap(row, RecordsKey.bound_as))
        words = set()
        for table in Base.metadata.sorted_tables:
            if "sealed" not in table.c:
                continue
            for row_ in db.session.execute(select(table)):
                for bound in bounds(table.name, row_._mapping):
                    assert opened(key, row_.sealed, bound) is None, table.name
                    words.add(opened(new, row_.sealed, bound) or "")
        kept = "".join(words)
        for word in FOR_HER_FACILITATORS:
            assert word in kept, word
        for word in set(EVERY_WORD) - set(FOR_HER_FACILITATORS):
            assert word not in kept or word in {SIGNED, "zq-permitted-name"}, word
        db.session.rollback()


def opened(key: AESGCM, sealed: bytes, bound: bytes) -> str | None:
    try:
        return key.decrypt(sealed[1:13], sealed[13:], bound).decode()
    except InvalidTag:
        return None


def bounds(name: str, row: object) -> list[bytes]:
    """What the seal of a row may be bound to."""
    for mapper in Base.registry.mappers:
        kind = mapper.class_
        if kind.__table__.name == name and hasattr(kind, "sealed_as"):
            return [kind.bound(kind.drawn(dict(row)).sealed_as)]  # type: ignore[call-overload]
    return []


def test_every_page_goes_on_without_her_name(
    world: World, rules: list[Rule], clock: time_machine.Traveller
) -> None:
    erased(world, clock)
    for who in PEOPLE:
        if who in ("nobody", "ana"):
            continue
        phone = world.phone(who)
        for rule in rules:
            if "GET" in (rule.methods or ()):
                address = world.address(rule)
                answer = phone.client.get(address, base_url=phone.base_url)
                assert answer.status_code < 500, f"{who}: {address}"
                body = answer.get_data(as_text=True)
                for word in EVERY_WORD:
                    assert word not in body, f"{who}: {address}"


def test_none_of_forty_canaries_is_left_in_the_files(
    world: World, settings: Settings, clock: time_machine.Traveller
) -> None:
    """SQLite: neither as it was sealed, nor the key to it, nor her username."""
    with world.app.app_context():
        if db.engine.dialect.name != "sqlite":
            pytest.skip("what PostgreSQL's vacuum does is PostgreSQL's")
        ana = db.session.get_one(Person, world.people["ana"].id)
        ana.username = "zq-her-username"
        for number in range(40):
            said = {"situation": f"zq-canary-{number}", "urge": 5, "zone": ZONE}
            write(Trigger, ana, uuid4(), NOW, said)
        db.session.commit()
        needles = [b"zq-her-username", db.session.get_one(DataKey, ana.id).wrapped]
        canaries = select(Entry.sealed).where(Entry.author_id == ana.id)
        needles += db.session.scalars(canaries)
        db.session.rollback()
    assert len(needles) > 42
    before = files_of(settings)
    assert all(needle in before for needle in needles)
    erased(world, clock)
    after = files_of(settings)
    assert not [needle for needle in needles if needle in after]


def files_of(settings: Settings) -> bytes:
    """The SQLite file and its log."""
    path = Path(make_url(settings.database_url).database or "")
    return b"".join(file.read_bytes() for file in sorted(path.parent.glob(f"{path.name}*")))
