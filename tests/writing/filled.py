"""The form of every kind of entry, filled in by what its fields take."""

from typing import Any
from uuid import uuid4

from werkzeug.datastructures import MultiDict
from wtforms import DateField, HiddenField, StringField, TimeField
from wtforms.validators import NumberRange

from tests.conftest import ZONE
from webapp.core.web.forms import WholeNumber
from webapp.writing.kind import Kind

# What the page fills in of one that is tapped.
TAPPED = {"dose": {"medication": str(uuid4()), "day": "2026-11-23", "answer": "taken"},
          "readiness": {"about": "tools"}}  # fmt: skip
LEFT_OUT = ("happened", "hour", "refill")


def filled(kind: Kind, words: str) -> dict[str, Any]:
    """Words wherever they can stand, and what is needed besides."""
    found = {name: _value(field, words) for name, field in typed(kind).items()}
    return {name: value for name, value in found.items() if value} | TAPPED.get(kind.name, {})


def typed(kind: Kind) -> dict[str, Any]:
    """The fields that a person fills in, in order; the page does the rest."""
    there = {name: getattr(kind.form, name) for name in dir(kind.form)}
    fields = {name: field for name, field in there.items() if hasattr(field, "_formfield")}
    return {
        name: fields[name]
        for name in sorted(fields, key=lambda name: fields[name].creation_counter)
        if fields[name].field_class is not HiddenField and name not in LEFT_OUT
    }


def first_text(kind: Kind) -> str:
    """The first field that takes words."""
    return next(
        name for name, field in typed(kind).items() if issubclass(field.field_class, StringField)
    )


def content(kind: Kind, words: str) -> dict[str, Any]:
    """What is kept of it."""
    form = kind.form(MultiDict(filled(kind, words)), zone=ZONE, meta={"csrf": False})
    assert form.validate(), form.errors
    kept: dict[str, Any] = form.typed
    return kept


def _value(field: Any, words: str) -> str:
    if issubclass(field.field_class, StringField):
        return words
    if issubclass(field.field_class, DateField):
        return "2026-11-20"
    if issubclass(field.field_class, WholeNumber):
        lists = [
            argument
            for argument in (*field.args, *field.kwargs.values())
            if isinstance(argument, list)
        ]
        return str(
            next(
                validator.min
                for some in lists
                for validator in some
                if isinstance(validator, NumberRange)
            )
        )
    return "09:00" if issubclass(field.field_class, TimeField) else ""
