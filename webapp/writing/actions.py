"""Keeping what was typed, whatever its kind: on its own page, or when a phone brings it."""

from typing import Any
from uuid import UUID

from webapp.accounts.models import Person
from webapp.entries import actions as entries
from webapp.entries.models import Entry, entry_id
from webapp.writing.kind import Kind
from webapp.writing.queries import one_of


def write(kind: Kind, by: Person, made_on_phone: UUID, form: Any) -> Entry:
    """Keep it. Raises Conflict when other words are there under its id."""
    with kind.around(by):
        entry = entries.write(kind.model, by, made_on_phone, form.happened_at, form.typed)
    kind.after(by, entry)
    return entry


def save(kind: Kind, by: Person, made_on_phone: UUID, form: Any) -> Entry:
    """Keep it. Back, other words or another time, Save: a change of what is there, and how it was
    stays as a version. Who removed it, went back and saved again wants it."""
    typed = form.typed
    with kind.around(by):
        entry = entries.put(kind.model, by, made_on_phone, form.happened_at, typed)
        if entry is None:
            entry = one_of(by, kind.model, entry_id(by.id, made_on_phone), removed=True)
            kind.change(entry, entry.version, form.happened_to(entry), typed)
            kind.restore(entry)
    kind.after(by, entry)
    return entry


def change(kind: Kind, by: Person, entry: Entry, form: Any) -> None:
    """Change it as it stood on its author's page; how it was stays as a version."""
    with kind.around(by):
        kind.change(entry, entry.version, form.happened_to(entry), form.typed)
    kind.after(by, entry)


def remove(kind: Kind, by: Person, entry: Entry) -> None:
    """Take it away; it can be put back."""
    with kind.around(by):
        entries.remove(entry)


def restore(kind: Kind, by: Person, entry: Entry) -> None:
    """Put it back. One that can't be opened comes back as it is, and nothing follows from it."""
    if entry.is_unopened:
        entries.restore(entry)
        return
    with kind.around(by):
        kind.restore(entry)
    kind.after(by, entry)
