"""What Ana wrote opens for Ana's own row, with Ana's key, as that version, and never otherwise."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import inspect, select
from sqlalchemy.orm.exc import UnmappedInstanceError

from tests.conftest import Someone
from tests.house.world import EVERY_WORD, World
from tests.pages import Phone
from webapp.accounts.models import Person, SignIn
from webapp.core.crypto.keys import keyring
from webapp.core.crypto.sealing import Closed, SealedRow, unseal
from webapp.core.data.db import Base, db
from webapp.core.errors import Unopened
from webapp.entries.models import Entry, EntryVersion
from webapp.journal.models import Trigger
from webapp.sharing.models import Consent, Feedback, Share

pytestmark = pytest.mark.database

HERS, HIS = "zq-hers-alone", "zq-his-alone"
Hand = Callable[..., None]
Wrote = Callable[..., UUID]


class OtherKind(Entry, kind="test-other"):
    """A kind that only this test has, to pass one kind of entry off as another."""

    lines = "journal/line.html"


def opened(app: Flask, kind: type[Any], id: UUID) -> Any:
    """What a row says when it is read anew. Raises Unopened when it doesn't open."""
    with app.app_context():
        content = db.session.get_one(kind, id).content
        if isinstance(content, Closed):
            raise content.error
        return dict(content)


def test_two_rows_of_ana_can_not_be_swapped(
    app: Flask, ana: Someone, wrote: Wrote, by_hand: Hand
) -> None:
    one, two = wrote(ana, situation="One"), wrote(ana, situation=HERS)
    swap(app, by_hand, one, two)
    for id in (one, two):
        with pytest.raises(Unopened):
            opened(app, Trigger, id)


def test_bens_words_can_not_be_put_into_anas_row(
    app: Flask, ana: Someone, ben: Someone, wrote: Wrote, by_hand: Hand
) -> None:
    hers, his = wrote(ana, situation=HERS), wrote(ben, situation=HIS)
    swap(app, by_hand, hers, his)
    for id in (hers, his):
        with pytest.raises(Unopened):
            opened(app, Trigger, id)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE entry SET version = 2 WHERE id = :id",
        "UPDATE entry SET kind = 'test-other' WHERE id = :id",
        "UPDATE entry SET author_id = :ben WHERE id = :id",
    ],
)
def test_an_entry_with_another_version_kind_or_author_does_not_open(
    app: Flask, ana: Someone, ben: Someone, wrote: Wrote, by_hand: Hand, change: str
) -> None:
    id = wrote(ana, situation=HERS)
    values = {"id": stored(app, id)} | ({"ben": stored(app, ben.id)} if ":ben" in change else {})
    by_hand(change, **values)
    with pytest.raises(Unopened):
        opened(app, Entry, id)


def test_a_row_given_to_ben_shows_ben_no_words(
    app: Flask,
    ana: Someone,
    ben: Someone,
    wrote: Wrote,
    by_hand: Hand,
    phone_of: Callable[..., Phone],
) -> None:
    id = wrote(ana, situation=HERS)
    by_hand(
        "UPDATE entry SET author_id = :ben WHERE id = :id",
        ben=stored(app, ben.id),
        id=stored(app, id),
    )
    for address in (f"/journal/{id}", f"/journal/{id}/edit", "/journal", f"/entries/{id}/share"):
        page = phone_of(ben).get(address)
        assert page.status == (200 if address == "/journal" else 410)
        assert "This can’t be opened" in page.text
        assert HERS not in page.html


def test_a_row_that_was_rolled_back_does_not_open(
    app: Flask, ana: Someone, wrote: Wrote, by_hand: Hand, phone_of: Callable[..., Phone]
) -> None:
    id = wrote(ana, situation="As it was first")
    first = sealed(app, id)
    phone = phone_of(ana)
    phone.fill(phone.get(f"/journal/{id}/edit"), "edit", situation=HERS)
    by_hand("UPDATE entry SET sealed = :sealed WHERE id = :id", sealed=first, id=stored(app, id))
    with pytest.raises(Unopened):
        opened(app, Trigger, id)


def test_the_former_version_is_kept_byte_for_byte_and_opens_as_what_it_was(
    app: Flask, ana: Someone, wrote: Wrote, phone_of: Callable[..., Phone]
) -> None:
    id = wrote(ana, situation="As it was first", urge=3)
    first = sealed(app, id)
    phone = phone_of(ana)
    phone.fill(phone.get(f"/journal/{id}/edit"), "edit", situation=HERS)
    with app.app_context():
        (former,) = db.session.scalars(select(EntryVersion).where(EntryVersion.entry_id == id))
        assert (former.version, former.sealed) == (1, first)
        bound = f"entry|{id}|{ana.id}|trigger|1".encode()
        content = unseal(former.sealed, keyring(db.session).key_of(ana.id), bound)
        assert content["situation"] == "As it was first"
        now = db.session.get_one(Trigger, id)
        assert (now.version, now.situation) == (2, HERS)


@pytest.mark.parametrize("kind", [Consent, Share, Feedback, SignIn, Person])
def test_what_else_is_sealed_does_not_open_in_another_row(
    world: World, app: Flask, by_hand: Hand, kind: type[Any]
) -> None:
    table = kind.__table__.name
    with app.app_context():
        mine = next(row for row in db.session.scalars(select(kind)) if row.content)
        key = inspect(mine).identity[0]
        stolen = db.session.get_one(Trigger, world.ids["private"]).sealed
        db.session.rollback()
    by_hand(f'UPDATE "{table}" SET sealed = :sealed WHERE id = :id',  # noqa: S608
            sealed=stolen, id=stored(app, key))  # fmt: skip
    with pytest.raises(Unopened):
        opened(app, kind, key)


def test_a_whole_share_or_answer_can_not_be_moved_to_another_entry(
    world: World, app: Flask, by_hand: Hand
) -> None:
    other = stored(app, world.ids["private"])
    for table in ("share", "feedback"):
        by_hand(f"UPDATE {table} SET entry_id = :id WHERE id = :one",  # noqa: S608
                id=other, one=stored(app, world.ids[table]))  # fmt: skip
    for kind, id in ((Share, world.ids["share"]), (Feedback, world.ids["feedback"])):
        with pytest.raises(Unopened):
            opened(app, kind, id)


def test_without_her_key_anas_words_are_gone_and_bens_are_not(
    app: Flask, ana: Someone, ben: Someone, wrote: Wrote, by_hand: Hand
) -> None:
    hers, his = wrote(ana, situation=HERS), wrote(ben, situation=HIS)
    by_hand("DELETE FROM data_key WHERE person_id = :ana", ana=stored(app, ana.id))
    with pytest.raises(KeyError):
        opened(app, Trigger, hers)
    assert opened(app, Trigger, his)["situation"] == HIS


def test_bens_key_in_anas_place_does_not_open(
    app: Flask, ana: Someone, ben: Someone, wrote: Wrote, by_hand: Hand
) -> None:
    id = wrote(ana, situation=HERS)
    by_hand(
        "UPDATE data_key SET wrapped = (SELECT wrapped FROM data_key WHERE person_id = :ben)"
        " WHERE person_id = :ana",
        ana=stored(app, ana.id),
        ben=stored(app, ben.id),
    )
    with pytest.raises(Unopened):
        opened(app, Trigger, id)


def test_no_word_of_anybody_lies_readable_in_the_database(
    world: World, app: Flask, database_bytes: Callable[[], bytes]
) -> None:
    words = [*EVERY_WORD, *(person.name for person in world.people.values())]
    with app.app_context():
        columns = [(t, c) for t in Base.metadata.sorted_tables for c in t.columns]
        for table, column in columns:
            for value in db.session.scalars(select(column)):
                plain = value if isinstance(value, bytes) else str(value).encode()
                # Three letters stand in sealed bytes by chance, once in a hundred runs.
                least = 4 if isinstance(value, bytes) else 1
                found = [word for word in words if len(word) >= least and word.encode() in plain]
                assert not found, f"{found} in {table.name}.{column.name}"
        dialect = db.engine.dialect.name
    if dialect == "sqlite":
        # Names are as short as a few bytes of chance; the long words prove the file.
        assert not [word for word in EVERY_WORD if word.encode() in database_bytes()]


def test_every_table_with_words_seals_them() -> None:
    kinds = {mapper.class_ for mapper in Base.registry.mappers}
    with_words = {kind.__table__.name for kind in kinds if issubclass(kind, SealedRow)}
    assert with_words == {
        "person", "sign_in", "entry", "consent", "share", "feedback", "reminder",
        "push_subscription", "heads_up", "attendance", "authorisation",
        "meeting_rhythm", "meeting_favourite", "meeting_sheet", "check_in_draft", "removal",
        "outside_consent", "disclosure", "authenticator", "permission", "passkey", "legal_hold",
        "discharge", "discharge_position", "call_request", "level_of_care",
        "homework", "agenda_item", "course", "invitation",
    }  # fmt: skip


def swap(app: Flask, by_hand: Hand, one: UUID, two: UUID) -> None:
    first, second = sealed(app, one), sealed(app, two)
    for id, content in ((one, second), (two, first)):
        by_hand("UPDATE entry SET sealed = :s WHERE id = :id", s=content, id=stored(app, id))


def sealed(app: Flask, id: UUID) -> bytes:
    with app.app_context():
        return db.session.get_one(Entry, id).sealed


def stored(app: Flask, id: UUID) -> object:
    """An id as a bare statement has to name it: SQLite keeps its 32 digits."""
    with app.app_context():
        return id.hex if db.engine.dialect.name == "sqlite" else id


def test_a_row_that_is_only_drawn_can_not_be_changed(app: Flask, ana: Someone) -> None:
    with app.app_context():
        drawn = Trigger.told({"situation": "One", "urge": 3}, id=ana.id, author_id=ana.id)
        assert (drawn.situation, drawn.urge, drawn.after, drawn.id) == ("One", 3, None, ana.id)
        with pytest.raises(UnmappedInstanceError):
            drawn.situation = "Two"
        with pytest.raises(UnmappedInstanceError):
            db.session.add(drawn)


def test_a_drawn_row_of_another_version_does_not_open(
    app: Flask, ana: Someone, wrote: Wrote
) -> None:
    id = wrote(ana, situation=HERS)
    with app.app_context():
        row, key = db.session.get_one(Trigger, id), keyring(db.session).key_of(ana.id)
        assert Trigger.seen(row.sealed, key, row.sealed_at(1)).situation == HERS
        assert Trigger.seen(row.sealed, key, row.sealed_at(2)).is_unopened
