"""What the tests of the foundation need: a look into the database with bare hands."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import make_url, text

from tests.house.conftest import robin, world, worlds  # noqa: F401  (fixtures)
from webapp.config import Settings
from webapp.core.data.db import db


@pytest.fixture
def by_hand(app: Flask) -> Callable[..., None]:
    """Change rows behind the app's back: `by_hand("UPDATE entry SET …", id=…)`."""

    def change(statement: str, **values: object) -> None:
        with app.app_context():
            db.session.execute(text(statement), values)
            db.session.commit()

    return change


@pytest.fixture
def database_bytes(settings: Settings) -> Callable[[], bytes]:
    """Everything that lies on the disk: the SQLite file and its WAL."""

    def read() -> bytes:
        path = Path(make_url(settings.database_url).database or "")
        return b"".join(file.read_bytes() for file in sorted(path.parent.glob(f"{path.name}*")))

    return read


@pytest.fixture
def another_writer(settings: Settings) -> Callable[[], sqlite3.Connection]:
    """Another process that holds the write lock of the SQLite file."""

    def hold() -> sqlite3.Connection:
        path = make_url(settings.database_url).database or ""
        connection = sqlite3.connect(path, isolation_level=None, timeout=0)
        connection.execute("BEGIN IMMEDIATE")
        return connection

    return hold
