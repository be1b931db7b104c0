"""The app on a database of this test process, and apps of their own with their commands."""

import marshal
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from functools import cache
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import event, text
from werkzeug.routing import Rule

from tests.databases import create_database, worker_database
from tests.support.people import ZONE
from tests.support.tables import empty_tables
from webapp import create_app
from webapp.cli import init_app as add_commands
from webapp.cli import migrate
from webapp.config import Settings
from webapp.core.data.db import db
from webapp.core.web import static, templates
from webapp.core.wording import gettext
from webapp.settings.actions import change_settings
from webapp.settings.current import look_again


@pytest.fixture(scope="session", autouse=True)
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What comes out the same for every app is made once: by one of a run's processes the files for
    phones and the templates, as they are in the language that is spoken; by each of them what makes
    addresses of routes (four fifths of what it takes to make an app)."""
    folder = _of_all_processes(tmp_path_factory)
    build, compile_, compiled = static.build, templates.Environment.compile, dict[str, Any]()
    make_builder, builders = Rule._compile_builder, dict[tuple[object, ...], Any]()

    def compile_once(self: Any, source: Any, name: str | None = None, *given: Any) -> Any:
        if name is None or not isinstance(source, str):
            return compile_(self, source, name, *given)
        told = "\0".join((gettext("Today"), name, source)).encode()
        file = folder / f"{sha256(told).hexdigest()}.template"
        if not file.exists():
            code = compile_(self, source, name, *given)
            making = file.with_suffix(f".{os.getpid()}")
            making.write_bytes(marshal.dumps((code, name in self.drawn)))
            making.rename(file)
        if file.name not in compiled:
            compiled[file.name] = marshal.loads(file.read_bytes())  # noqa: S302
        code, is_drawn = compiled[file.name]
        if is_drawn:
            self.drawn.add(name)
        return code

    def make_builder_once(self: Rule, append_unknown: bool = True) -> Any:
        key = (self.rule, repr(self.defaults), append_unknown)
        if key not in builders:
            builders[key] = make_builder(self, append_unknown)
        return builders[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", make_builder_once)
        patch.setattr(static, "build", lambda source, _, digest: build(source, folder, digest))
        patch.setattr(templates.Environment, "compile", compile_once)
        yield


def _of_all_processes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that the workers of a run have in common."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "made-once"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def database_url(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A database for this test process."""
    if request.config.getoption("--database") == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('database') / 'groundwork.db'}"
    else:
        with worker_database(os.environ.get("PYTEST_XDIST_WORKER", "alone")) as url:
            yield url


@pytest.fixture(scope="session")
def settings(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Cheap hashing, plain http, an empty clinic."""
    return Settings(
        data=tmp_path_factory.mktemp("data"),
        database_url=database_url,
        clinic_name="Riverside Clinic",
        zone=ZONE,
        plain_http=True,
        hash_memory=8,
        hash_passes=1,
    )


@pytest.fixture(scope="session")
def whole_app(settings: Settings) -> Flask:
    """The app, made once: each test gets it with empty tables."""
    app = create_app(settings)
    add_commands(app)
    app.testing = True
    app.config["PROPAGATE_EXCEPTIONS"] = False  # a person gets the error page, so a test does
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            event.listen(db.engine, "connect", forget_the_disk)
    make_tables(app)
    return app


def forget_the_disk(connection: Any, _: object) -> None:
    """No power is cut here, so nothing waits for a disk (tests that prove it have their own)."""
    connection.execute("PRAGMA synchronous=OFF")


@pytest.fixture
def app(whole_app: Flask) -> Flask:
    """The app on empty tables."""
    with whole_app.app_context():
        empty_tables()
    # Nor does it know of a database that was away, or of another clinic's settings.
    whole_app.extensions.pop("clinic settings", None)
    return whole_app


@pytest.fixture
def own_settings(tmp_path: Path) -> Settings:
    """A machine on which nothing was started yet."""
    return settings_in(tmp_path)


@pytest.fixture
def clinic(own_settings: Settings) -> Flask:
    """The app on that machine; `init` makes its database."""
    return started(own_settings)


@pytest.fixture
def another(settings: Settings, tmp_path: Path) -> Iterator[Settings]:
    """Another such machine, with the engine of this run."""
    with ExitStack() as stack:
        data = tmp_path / "another"
        url = f"sqlite:///{data / 'groundwork.db'}"
        if settings.database_url.startswith("postgresql"):
            url = stack.enter_context(worker_database(f"another_{uuid4().hex[:8]}"))
        yield replace(settings, data=data, database_url=url)


@pytest.fixture
def own_app(another: Settings) -> Iterator[Flask]:
    """The app on that one; it has no tables yet."""
    app = started(another)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def clinic_sets(app: Flask) -> Callable[..., None]:
    """The administrator set something: `clinic_sets(help_clinic="555-0100")`."""

    def put(**values: object) -> None:
        with app.app_context():
            was = look_again()
            change_settings(was, was.version, values, by=None)
            db.session.commit()

    return put


def settings_in(folder: Path) -> Settings:
    """An installation of its own: cheap hashing, plain http, SQLite."""
    return Settings(
        data=folder / "var",
        database_url=f"sqlite:///{folder / 'var' / 'groundwork.db'}",
        plain_http=True,
        hash_memory=8,
        hash_passes=1,
    )


def started(settings: Settings) -> Flask:
    """An app of its own, with its commands."""
    app = create_app(settings)
    add_commands(app)
    return app


def set_up(app: Flask) -> str:
    """What `init` answers."""
    make_tables(app)
    return typed(app, "init")


def make_tables(app: Flask) -> None:
    """As `migrate` makes them, but once in a test process; then they are copied."""
    url: str = app.extensions["settings"].database_url
    if url.startswith("sqlite"):
        file = Path(url.removeprefix("sqlite:///"))
        file.touch(0o600)
        file.write_bytes(new_database())
    else:
        name = urlsplit(url).path[1:]
        create_database(url, name, template=template_on(urlsplit(url).query))


@cache
def new_database() -> bytes:
    with TemporaryDirectory() as folder:
        settings = settings_in(Path(folder))
        _migrate(settings)
        with closing(sqlite3.connect(settings.data / "groundwork.db")) as connection:
            return connection.serialize()


@cache
def template_on(server: str) -> str:
    """The name of a database on this PostgreSQL."""
    name = f"tables_{os.getpid()}"
    url = create_database(f"postgresql+psycopg://postgres@/postgres?{server}", name)
    with TemporaryDirectory() as folder:
        _migrate(replace(settings_in(Path(folder)), database_url=url))
    return name


def _migrate(settings: Settings) -> None:
    """Whose database it is and what that clinic is called, it will learn."""
    with started(settings).app_context():
        migrate()
        db.session.execute(text("DELETE FROM key_check"))
        db.session.execute(text("DELETE FROM clinic_settings"))
        db.session.commit()
        db.session.remove()
        db.engine.dispose()


def typed(app: Flask, *words: str) -> str:
    """What a command answers; it must not fail."""
    result = app.test_cli_runner().invoke(args=list(words))
    assert result.exit_code == 0, result.output
    return result.output
