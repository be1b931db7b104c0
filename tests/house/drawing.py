"""What is seen while pages are drawn: who asks the database, and which words can be translated."""

import functools
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import flask_babel
from babel.support import NullTranslations
from flask import Flask
from sqlalchemy import event

from tests.pages import Page
from webapp.core.data.db import db
from webapp.core.data.statements import Statement
from webapp.core.web.templates import Environment
from webapp.entries import page as entry_page

# As they stand in a page, in what a script reads, and in an address.
BRACKETS = re.compile(r"[⟦⟧]|\\u27e[67]|%E2%9F%A[67]")


class Brackets(NullTranslations):
    """A language in which everything is in brackets."""

    def ugettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    def ungettext(self, one: str, many: str, number: int) -> str:
        return f"⟦{one if number == 1 else many}⟧"

    gettext, ngettext = ugettext, ungettext


@contextmanager
def in_brackets(app: Flask) -> Iterator[None]:
    """Everything that can be translated is, into brackets."""
    language = Brackets()
    forget_the_language(app)
    with patch.object(flask_babel.Domain, "get_translations", lambda _self: language):
        yield
    forget_the_language(app)


def without_brackets(page: Page) -> Page:
    """The page as people get it."""
    plain = Page(page.response, page.address)
    plain.html = BRACKETS.sub("", page.html)
    return plain


@contextmanager
def watching(app: Flask, found: set[str]) -> Iterator[None]:
    """Note the functions and filters of ours that send a statement while a page is drawn."""
    within: list[str] = []

    def watched(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def do(*args: Any, **options: Any) -> Any:
            within.append(name)
            try:
                return function(*args, **options)
            finally:
                within.pop()

        return do

    def note(*_: Any) -> None:
        found.update(within)

    def run(statement: Statement, values: Any) -> Any:
        note()
        return really(statement, values)

    environment, really = app.jinja_env, Statement.run
    ours = {
        kind: {
            name: watched(name, helper)
            for name, helper in getattr(environment, kind).items()
            if getattr(helper, "__module__", "").startswith("webapp.")
        }
        for kind in ("globals", "filters")
    }
    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    forget_templates(app)
    with (
        patch.dict(environment.globals, ours["globals"]),
        patch.dict(environment.filters, ours["filters"]),
        patch.object(Statement, "run", run),
    ):
        yield
    event.remove(engine, "before_cursor_execute", note)
    forget_templates(app)


def forget_the_language(app: Flask) -> None:
    """An app asks once which language it speaks, and puts its texts into the templates."""
    app.extensions.pop("language", None)
    forget_templates(app)


def forget_templates(app: Flask) -> None:
    """A template keeps what it found in the environment when it was loaded."""
    environment = app.jinja_env
    assert isinstance(environment, Environment)
    assert environment.cache is not None
    environment.cache.clear()
    environment._loaded.clear()
    entry_page._macro.cache_clear()
    entry_page.strengths.cache_clear()
