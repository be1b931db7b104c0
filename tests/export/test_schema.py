"""`docs/export.md` says what is in the JSON: every field, and no other."""

import re

from tests.conftest import root
from webapp.core.crypto.sealing import Sealed
from webapp.entries.models import Entry
from webapp.export.queries import NEVER_OPENED, TABLES


def told() -> dict[str, tuple[set[str], ...]]:
    """By the name in its first column: the names in each other column of a table."""
    rows = re.findall(r"^\| `([\w-]+)` \|(.*)\|$", (root() / "docs/export.md").read_text(), re.M)
    return {
        name: tuple(set(re.findall("`([^`]+)`", cell)) for cell in cells.split("|"))
        for name, cells in rows
    }


def sealed_in(model: type) -> set[str]:
    """Its own, and those of a signed text."""
    kinds = [kind for kind in model.__mro__ if kind is not Entry or model is Entry]
    return {name for kind in kinds for name, value in vars(kind).items()
            if isinstance(value, Sealed)}  # fmt: skip


def test_every_table_and_field_is_described() -> None:
    described = told()
    for table in TABLES:
        content = set() if table.name in NEVER_OPENED else sealed_in(table.model)
        assert described[table.name] == ({column.key for column in table.columns}, content)


def test_every_kind_of_entry_is_described() -> None:
    described = told()
    for mapper in Entry.__mapper__.self_and_descendants:
        kind = mapper.polymorphic_identity
        if kind and not kind.startswith("test-"):
            assert described[kind] == (sealed_in(mapper.class_),)
