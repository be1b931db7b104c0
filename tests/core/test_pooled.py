"""Behind a pooler each transaction may run on another connection to the database: nothing that
outlives one may be counted on, and nothing is left behind for the next."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select, text

from tests.conftest import started
from webapp.accounts.models import Person
from webapp.config import Settings
from webapp.core.data.db import db

pytestmark = pytest.mark.database


@pytest.fixture
def pooled(app: Flask, settings: Settings) -> Iterator[Flask]:
    if not settings.database_url.startswith("postgresql"):
        pytest.skip("SQLite has no pooler")
    pooled = started(replace(settings, pool_url=settings.database_url))
    with pooled.app_context():
        yield pooled
        db.session.remove()
        db.engine.dispose()


def test_each_transaction_brings_its_own_patience(pooled: Flask) -> None:
    for _ in range(2):
        assert db.session.scalar(text("SHOW lock_timeout")) == "2s"
        db.session.commit()
    with db.engine.connect() as connection:
        connection.connection.dbapi_connection.rollback()  # what a pooler gives to the next one
        assert connection.connection.cursor().execute("SHOW lock_timeout").fetchone()[0] == "0"


def test_nothing_is_prepared_for_later(pooled: Flask) -> None:
    for _ in range(8):
        db.session.execute(select(Person.id)).all()
    assert db.session.scalar(text("SELECT count(*) FROM pg_prepared_statements")) == 0
