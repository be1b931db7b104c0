"""What every rule about the whole needs: the whole."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from werkzeug.routing import Rule

from tests.conftest import SomeGroup, Someone
from tests.house.world import World, build
from webapp import create_app
from webapp.accounts.models import Role
from webapp.config import Settings
from webapp.core.db import db


@pytest.fixture
def robin(
    somebody: Callable[..., Someone], put_into: Callable[..., None], evening: SomeGroup
) -> Someone:
    """Ran Evening IOP until a second ago (see `world`)."""
    person = somebody("robin", Role.FACILITATOR)
    put_into(evening, person)
    return person


@pytest.fixture
def world(
    app: Flask,
    ana: Someone,
    ben: Someone,
    dana: Someone,
    cleo: Someone,
    kit: Someone,
    robin: Someone,
    max_: Someone,
    evening: SomeGroup,
    morning: SomeGroup,
    leaves: Callable[..., None],
    clock: time_machine.Traveller,
) -> World:
    """Everybody; Ana shared one entry for tonight; Robin left a second ago."""
    everybody = {one.username: one for one in (ana, ben, dana, cleo, kit, robin, max_)}
    made = build(app, everybody, evening, morning)
    leaves(evening, robin)
    clock.shift(timedelta(seconds=1))
    return made


@pytest.fixture(scope="session")
def rules(whole_app: Flask) -> list[Rule]:
    """Every address of the app."""
    return sorted(whole_app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint))


@pytest.fixture
def secure_app(app: Flask, settings: Settings, tmp_path: Path) -> Iterator[Flask]:
    """The same clinic as it is served over https."""
    served = create_app(replace(settings, plain_http=False))
    served.testing = True
    served.config["PROPAGATE_EXCEPTIONS"] = False
    yield served
    with served.app_context():
        db.engine.dispose()
