"""The view asks, the template draws: what a page costs the database is seen in its view."""

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from flask import Flask
from sqlalchemy import event

from webapp.core.data.db import db
from webapp.core.data.statements import Statement
from webapp.core.web.templates import Environment
from webapp.entries import page as entry_page


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


def forget_templates(app: Flask) -> None:
    """A template keeps what it found in the environment when it was loaded."""
    environment = app.jinja_env
    assert isinstance(environment, Environment)
    assert environment.cache is not None
    environment.cache.clear()
    environment._loaded.clear()
    entry_page._macro.cache_clear()
    entry_page.strengths.cache_clear()
