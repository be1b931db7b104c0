"""One kind of entry, on the phone of somebody who writes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from tests.conftest import NOW, Someone
from tests.pages import Page, Phone
from tests.sync.conftest import outbox_of
from tests.writing.filled import content, filled, first_text
from webapp.accounts.models import Person
from webapp.core.data.db import db
from webapp.entries import actions
from webapp.entries.models import EntryVersion
from webapp.writing.kind import KINDS, Kind

__all__ = ["outbox_of"]


@dataclass
class Tried:
    """One kind, on the phone of somebody who writes."""

    app: Flask
    kind: Kind
    author: Someone
    phone: Phone

    @property
    def begins_at(self) -> str:
        """The page with the empty form."""
        return self.kind.new or self.kind.at

    @property
    def field(self) -> str:
        """The field whose words are looked for."""
        return first_text(self.kind)

    def fields(self, words: str) -> dict[str, Any]:
        """The form filled in: words wherever they can stand, and what is needed besides."""
        return filled(self.kind, words)

    def saves(self, page: Page, words: str, **more: str) -> Page:
        """Fill in the form of a page and send it."""
        return self.phone.fill(page, having=self.field, **self.fields(words) | more)

    def written(self, words: str = "zq-first", at: datetime = NOW) -> UUID:
        """One that is there already."""
        with self.app.test_request_context():
            person = db.session.get_one(Person, self.author.id)
            kept = content(self.kind, words)
            made = actions.write(self.kind.model, person, uuid4(), at, kept)
            db.session.commit()
            return made.id

    def kept(self) -> list[tuple[str | None, int, datetime, bool]]:
        """What the database has: words, version, time, and whether it is there."""
        with self.app.app_context():
            rows = db.session.scalars(
                select(self.kind.model).where(self.kind.model.author_id == self.author.id)
            )
            return [
                (row.content.get(self.field), row.version, row.happened_at, row.removed_at is None)
                for row in rows
            ]

    @property
    def id(self) -> UUID:
        """The one that is there."""
        with self.app.app_context():
            return db.session.scalars(select(self.kind.model.id)).one()

    def former(self) -> int:
        """How many earlier versions stand beside them."""
        with self.app.app_context():
            return len(list(db.session.scalars(select(EntryVersion))))


@pytest.fixture
def try_(app: Flask, ana: Someone, phone_of: Callable[[Someone], Phone], clock: Any) -> Any:
    """`try_("trigger")`"""
    return lambda name: Tried(app, KINDS[name], ana, phone_of(ana))
