"""Keeping the words that somebody adds to the chips."""

from collections.abc import Mapping

from webapp.accounts.models import Person
from webapp.core.data.db import db
from webapp.core.web.choices import MOST
from webapp.entries.words import FEELINGS, TRIGGER_KINDS
from webapp.journal.models import Trigger

LISTED: Mapping[str, Mapping[str, object]] = {
    "kinds": TRIGGER_KINDS, "feelings": FEELINGS, "what": {}
}  # fmt: skip


def keep_words(person: Person, entry: Trigger) -> None:
    """What somebody called it is a chip the next time."""
    said = {
        name: [word for word in entry.content.get(name) or () if word not in listed]
        for name, listed in LISTED.items()
    }
    there = person.own_words or {}
    if all(word in there.get(name, ()) for name, words in said.items() for word in words):
        return
    row = _own_row(person)
    if not row.is_unopened:
        there = row.own_words or {}
        set_words(row, {name: [*there.get(name, ()), *words] for name, words in said.items()})


def set_words(person: Person, words: Mapping[str, list[str]]) -> None:
    """These, and no others."""
    _own_row(person).own_words = {
        name: list(dict.fromkeys(those))[:MOST] for name, those in words.items() if those
    }


def _own_row(person: Person) -> Person:
    return db.session.get_one(Person, person.id, with_for_update=True, populate_existing=True)
