"""What only one machine may do is refused while another one is connected to the same database."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import create_engine, select, text

from tests.conftest import started
from webapp.config import Settings
from webapp.core.crypto.keys import DataKey
from webapp.core.data import machines
from webapp.core.data.db import db

pytestmark = pytest.mark.database


@pytest.fixture
def elsewhere(app: Flask, settings: Settings) -> Iterator[None]:
    """Another machine that has its own copy of the keys."""
    if not settings.database_url.startswith("postgresql"):
        pytest.skip("a file is on one machine")
    engine = create_engine(
        settings.database_url, connect_args={"application_name": "groundwork second.example"}
    )
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        yield
    engine.dispose()


def test_keys_arent_renewed_while_another_machine_has_the_former_ones(
    app: Flask, settings: Settings, ana: object, elsewhere: None
) -> None:
    keys = settings.data / "keys" / "outer.keys"
    before = keys.read_bytes()
    said = app.test_cli_runner().invoke(args=["rotate-key"])
    assert said.exit_code == 1
    assert "also running on second.example. Stop it there" in said.output
    assert keys.read_bytes() == before
    with app.app_context():
        (outer,) = db.session.scalars(select(DataKey.outer_id).distinct())
    assert outer == app.extensions["secrets"].outer.current


def test_the_database_isnt_updated_under_another_machine(
    app: Flask, settings: Settings, elsewhere: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webapp.cli._lacking", lambda: ["a change"])
    said = app.test_cli_runner().invoke(args=["upgrade", "--without-backup"])
    assert said.exit_code == 1
    assert "also running on second.example" in said.output


def test_this_machine_is_no_other_one(app: Flask, settings: Settings) -> None:
    also = started(replace(settings))
    with also.app_context():
        db.session.execute(text("SELECT 1"))
        assert machines.other_machines(db.session) == []
        db.session.remove()
        db.engine.dispose()
