"""What Groundwork keeps about a patient is in what the patient takes along; nobody else's is."""

import html
from typing import Any

import pytest
from sqlalchemy import select

from tests.export.taken import taken
from tests.export.test_schema import told
from tests.house.everywhere import ben_writes
from tests.house.world import EVERY_WORD, World
from webapp.core.data.db import Base, db
from webapp.entries.models import Entry
from webapp.export.queries import LEFT_OUT, TABLES
from webapp.writing.kind import KINDS

pytestmark = pytest.mark.database

BESIDES = {"activity": {"says"}, "former_versions": {"kind"}}
# Staff's own work points at whoever did it, in these: they are about no patient.
OF_STAFF = {"expectation", "clinic_settings", "check_in_due", "invitation"}


def hanging_on_people() -> set[str]:
    """Every table from whose rows a foreign key leads to a person, over others or at once."""
    hangs = {"person"}
    for _round in Base.metadata.sorted_tables:
        hangs |= {
            table.name
            for table in Base.metadata.sorted_tables
            if table.name not in OF_STAFF
            and any(key.column.table.name in hangs for key in table.foreign_keys)
        }
    return hangs


def test_every_table_that_hangs_on_a_person_is_taken_along_or_it_is_said_why_not() -> None:
    told = {table.model.__tablename__ for table in TABLES}
    assert sorted(hanging_on_people() - told - set(LEFT_OUT)) == []
    assert told.isdisjoint(LEFT_OUT)


def test_every_field_of_every_kind_that_ana_wrote_is_in_both_files(world: World) -> None:
    ours = taken(world.phone("ana"))
    with world.app.app_context():
        wanted = [
            (str(entry.id), dict(entry.content))
            for entry in db.session.scalars(
                select(Entry).where(Entry.author_id == world.people["ana"].id)
            )
        ]
    assert len(wanted) > len(KINDS)
    found = {entry["id"]: entry["content"] for entry in ours.data["entries"]}
    assert found == dict(wanted)
    page = html.unescape(ours.page)
    for _id, content in wanted:
        for words in texts(content):
            assert words in page, words


def texts(value: Any) -> list[str]:
    """What somebody typed, however deep it lies."""
    if isinstance(value, dict):
        return [text for inside in value.values() for text in texts(inside)]
    if isinstance(value, list):
        return [text for inside in value for text in texts(inside)]
    return [value] if isinstance(value, str) and value.startswith("zq-") else []


def test_every_word_about_ana_is_in_both_files(world: World) -> None:
    ours = taken(world.phone("ana"))
    page, data = html.unescape(ours.page), str(ours.data)
    for word in EVERY_WORD:
        assert word in page, word
        assert word in data, word


def test_every_kind_of_entry_is_in_the_world(world: World) -> None:
    kinds = {entry["kind"] for entry in taken(world.phone("ana")).data["entries"]}
    there = {str(mapper.polymorphic_identity) for mapper in Entry.__mapper__.self_and_descendants}
    assert kinds == {kind for kind in there - {"None"} if not kind.startswith("test-")}


def test_every_record_has_the_fields_that_are_described_and_no_others(world: World) -> None:
    data, described = taken(world.phone("ana")).data, told()
    assert set(data) == {"format", "version", "made_at", *(table.name for table in TABLES)}
    for table in TABLES:
        opened = {"content", "cannot_be_opened"} if "sealed" in table.model.__table__.c else set()
        for record in data[table.name]:
            more = set(record) - described[table.name][0]
            assert more <= opened | BESIDES.get(table.name, set()), table.name
            assert described[table.name][0] <= set(record), table.name


def test_nobody_elses_words_and_no_key_are_in_it(world: World) -> None:
    ben_writes(world)
    ours, bens = taken(world.phone("ana")), taken(world.phone("ben"))
    for word in EVERY_WORD:
        assert word not in bens.page + str(bens.data) + str(bens.bundle), word
    others = (str(world.people["ben"].id), str(world.ids["gone"]), str(world.ids["bens"]))
    for word in ("argon2", *others):
        assert word not in ours.page + str(ours.data) + str(ours.bundle), word
