"""Every kind of entry that is registered, its form filled in by itself."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from wtforms import DateField, StringField, TimeField
from wtforms.validators import NumberRange

from tests.conftest import NOW, ZONE, Someone
from tests.pages import Page, Phone
from tests.sync.conftest import outbox_of
from webapp.accounts.models import Person
from webapp.core.db import db
from webapp.core.forms import WholeNumber
from webapp.entries import actions
from webapp.entries.models import EntryVersion
from webapp.writing.kind import KINDS, Kind

__all__ = ["outbox_of"]

# What a page fills in for one that isn't typed, but tapped.
TAPPED = {"dose": {"medication": str(uuid4()), "day": "2026-11-23", "answer": "taken"}}


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
        with self.app.test_request_context():
            form = self.kind.form(zone=ZONE, meta={"csrf": False})
            return next(one.name for one in form if isinstance(one, StringField) and is_typed(one))

    def fields(self, words: str) -> dict[str, Any]:
        """The form filled in: words wherever they can stand, and what is needed besides."""
        with self.app.test_request_context():
            form = self.kind.form(zone=ZONE, meta={"csrf": False})
            found = {one.name: value_of(one, words) for one in form if is_typed(one)}
        found = {name: value for name, value in found.items() if value}
        return found | TAPPED.get(self.kind.name, {})

    def saves(self, page: Page, words: str, **more: str) -> Page:
        """Fill in the form of a page and send it."""
        return self.phone.fill(page, having=self.field, **self.fields(words) | more)

    def written(self, words: str = "zq-first", at: datetime = NOW) -> UUID:
        """One that is there already."""
        with self.app.test_request_context():
            person = db.session.get_one(Person, self.author.id)
            form = self.kind.form(MultiDict(self.fields(words)), zone=ZONE, meta={"csrf": False})
            assert form.validate(), form.errors
            made = actions.write(self.kind.model, person, uuid4(), at, form.typed)
            db.session.commit()
            return made.id

    def kept(self) -> list[tuple[str | None, int, datetime, bool]]:
        """What the database has: words, version, time, and whether it is there."""
        with self.app.app_context():
            rows = db.session.scalars(
                select(self.kind.model).where(self.kind.model.author_id == self.author.id)
            )
            return [
                (one.content.get(self.field), one.version, one.happened_at, one.removed_at is None)
                for one in rows
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


def is_typed(field: Any) -> bool:
    """Whether a person fills it in; the page does the rest."""
    return field.type != "HiddenField" and field.name not in ("happened", "hour", "refill")


def value_of(field: Any, words: str) -> str:
    """Something that this field takes."""
    if isinstance(field, StringField):
        return words
    if isinstance(field, DateField):
        return "2026-11-20"
    if isinstance(field, WholeNumber):
        return str(next(one.min for one in field.validators if isinstance(one, NumberRange)))
    return "09:00" if isinstance(field, TimeField) else ""


@pytest.fixture
def try_(app: Flask, ana: Someone, phone_of: Callable[[Someone], Phone], clock: Any) -> Any:
    """`try_("trigger")`"""
    return lambda name: Tried(app, KINDS[name], ana, phone_of(ana))
