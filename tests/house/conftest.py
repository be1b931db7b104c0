"""What every rule about the whole needs: the whole."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from werkzeug.routing import Rule

from tests.backups.made import no_bar
from tests.conftest import Rows, SomeGroup, Someone, all_rows, put_back, started
from tests.house.drawing import in_brackets, watching, without_brackets
from tests.house.everywhere import every_page
from tests.house.world import World, build
from tests.pages import Page
from webapp import create_app
from webapp.accounts.models import Role
from webapp.backups.backup import RECIPIENT, Made
from webapp.backups.commands import new_recovery_sheet
from webapp.backups.restore import Restored, restore
from webapp.config import Settings
from webapp.core.data.db import db

BringBack = Callable[..., tuple[Restored, Flask]]
EVERYBODY = ("ana", "ben", "dana", "cleo", "kit", "robin", "max_")


@pytest.fixture
def robin(
    somebody: Callable[..., Someone], put_into: Callable[..., None], evening: SomeGroup
) -> Someone:
    """Ran Evening IOP until a second ago (see `world`)."""
    person = somebody("robin", Role.FACILITATOR)
    put_into(evening, person)
    return person


@pytest.fixture(scope="session")
def worlds() -> list[tuple[World, Rows]]:
    """The world of this test process, once it was built."""
    return []


@pytest.fixture
def world(
    request: pytest.FixtureRequest,
    app: Flask,
    leaves: Callable[..., None],
    clock: time_machine.Traveller,
    worlds: list[tuple[World, Rows]],
) -> World:
    """Everybody; Ana shared one entry for tonight; Robin left a second ago."""
    if not worlds:
        people = {name.rstrip("_"): request.getfixturevalue(name) for name in EVERYBODY}
        evening, morning = (request.getfixturevalue(name) for name in ("evening", "morning"))
        made = build(app, people, evening, morning)
        leaves(evening, people["robin"])
        with app.app_context():
            worlds.append((made, all_rows()))
    else:
        with app.app_context():
            put_back(worlds[0][1])
    clock.shift(timedelta(seconds=1))
    return replace(worlds[0][0], ids=dict(worlds[0][0].ids))


@pytest.fixture(scope="session")
def rules(whole_app: Flask) -> list[Rule]:
    """Every address of the app."""
    return sorted(whole_app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint))


@pytest.fixture(scope="session")
def served(whole_app: Flask, settings: Settings) -> Iterator[Flask]:
    """The app over https, made once."""
    made = create_app(replace(settings, plain_http=False))
    made.testing = True
    made.config["PROPAGATE_EXCEPTIONS"] = False
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture
def secure_app(app: Flask, served: Flask) -> Flask:
    """The same clinic as it is served over https."""
    return served


@pytest.fixture(scope="session")
def seen() -> list[tuple[str, Page, Page]]:
    """Who came to which page in this test process: with its texts in brackets, and as it is."""
    return []


@pytest.fixture(scope="session")
def asked() -> set[str]:
    """Which functions of templates asked the database while all that was drawn."""
    return set()


@pytest.fixture
def pages(
    world: World, rules: list[Rule], seen: list[tuple[str, Page, Page]], asked: set[str]
) -> list[tuple[str, Page]]:
    """Every page and who came to it, opened once for all tests that only read them."""
    if not seen:
        with in_brackets(world.app), watching(world.app, asked):
            opened = every_page(world, rules)
        seen.extend((who, page, without_brackets(page)) for who, page in opened)
    return [(who, page) for who, _, page in seen]


@pytest.fixture
def pages_in_brackets(
    pages: list[tuple[str, Page]], seen: list[tuple[str, Page, Page]]
) -> list[tuple[str, Page]]:
    """The same, with whatever can be translated in brackets."""
    return [(who, page) for who, page, _ in seen]


@pytest.fixture
def brought_back(another: Settings, sheet: str) -> Iterator[BringBack]:
    """A clinic on another machine: `told, clinic = brought_back(made)`, or with later keys."""
    apps: list[Flask] = []

    def bring(data: Made, keys: Made | None = None) -> tuple[Restored, Flask]:
        told = restore(another, data.data, (keys or data).keys, sheet, no_bar)
        apps.append(started(another))
        return told, apps[-1]

    yield bring
    for app in apps:
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def sheet(settings: Settings) -> Iterator[str]:
    """The recovery sheet, as somebody has it in a safe."""
    yield new_recovery_sheet(settings, "Riverside Clinic")
    (settings.data / RECIPIENT).unlink()
