"""The view asks, the template draws: what a page costs the database is seen in its view."""

import functools
from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import patch

import pytest
from flask import Flask
from sqlalchemy import event
from werkzeug.routing import Rule

from tests.house.everywhere import every_page
from tests.house.world import World
from webapp.core.data.db import db
from webapp.core.data.statements import Statement
from webapp.entries import page as entry_page

pytestmark = pytest.mark.looks


@pytest.fixture
def asked(app: Flask) -> Iterator[set[str]]:
    """The functions and filters of ours that send a statement while a page is drawn."""
    found: set[str] = set()
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
    _forget_templates(app)
    with (
        patch.dict(environment.globals, ours["globals"]),
        patch.dict(environment.filters, ours["filters"]),
        patch.object(Statement, "run", run),
    ):
        yield found
    event.remove(engine, "before_cursor_execute", note)
    _forget_templates(app)


def _forget_templates(app: Flask) -> None:
    assert app.jinja_env.cache is not None
    app.jinja_env.cache.clear()
    entry_page._macro.cache_clear()
    entry_page.strengths.cache_clear()


def test_no_function_of_a_template_asks_the_database(
    asked: set[str], world: World, rules: list[Rule]
) -> None:
    assert every_page(world, rules)
    assert asked == set()
