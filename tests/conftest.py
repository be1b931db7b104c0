"""People, groups and signed-in phones, on a real database, through the real app."""

import gc
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from flask import Flask
from hypothesis import HealthCheck
from hypothesis import settings as property_tests
from sqlalchemy import Insert, event, select
from werkzeug.routing import Rule

from tests.databases import worker_database
from tests.pages import Phone
from webapp import create_app
from webapp.accounts.actions import make_person, start_sign_in
from webapp.accounts.models import Person, Role
from webapp.accounts.passwords import hash_password
from webapp.cli import init_app as add_commands
from webapp.cli import migrate
from webapp.config import Settings
from webapp.core import clock as app_clock
from webapp.core.data.db import db
from webapp.core.web import static, templates
from webapp.core.wording import gettext
from webapp.entries.actions import write
from webapp.entries.models import Entry
from webapp.journal.models import Trigger
from webapp.program.actions import join, leave, set_own_days
from webapp.program.models import Group, GroupRole, GroupSession, Membership, SchedulePattern
from webapp.program.planner import plan_ahead
from webapp.settings.actions import change_settings
from webapp.settings.current import look_again
from webapp.sharing.actions import share, sign_consent
from webapp.sharing.queries import consent_for

PASSWORD = "lantern maple pocket river"
# A Monday, two hours before Evening IOP meets.
NOW = datetime(2026, 11, 23, 21, 0, tzinfo=UTC)
ZONE = "America/New_York"

# A count and no clock: a machine that is busy with something else finds no mistake of ours. The
# same examples each time, so that who changed nothing breaks nothing; others with `--whole`.
_PROFILE = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
property_tests.register_profile("few", max_examples=30, derandomize=True, **_PROFILE)
property_tests.register_profile("whole", max_examples=1000, **_PROFILE)


@dataclass(frozen=True)
class Someone:
    """A person as a test knows one."""

    id: UUID
    username: str
    name: str
    role: Role


Rows = list[tuple[Insert, list[dict[str, Any]]]]
Made = Callable[..., "Someone"]
Done = Callable[..., None]


@dataclass(frozen=True)
class SomeGroup:
    """A group with its next session (tonight) and the one before."""

    id: UUID
    tonight: UUID
    friday: UUID
    name: str


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.addoption(
        "--whole",
        action="store_true",
        help="proofs by number in full: every input, kill and power cut (make fuzz, make faults)",
    )


def is_whole(config: pytest.Config) -> bool:
    """Whether what is proved by number is tried in full, or in a few seconds."""
    return bool(config.getoption("--whole"))


def pytest_configure(config: pytest.Config) -> None:
    property_tests.load_profile("whole" if is_whole(config) else "few")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL run the tests marked `database`: what it may do in its own way (locks, claims,
    constraints, migrations, backups, what it takes as text or number), and each page and each
    writing route once, so that it gets every statement there is. The rest was tried on SQLite and
    would be no other: who may do what, what pages look like, what a feature makes of its rows."""
    for item in items:
        if is_whole(config) and getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
            item.add_marker("fuzz")
        if "pages" in getattr(item, "fixturenames", ()):
            item.add_marker("long")
    # Every page is opened once in a test process: in one of them, if its readers stand together.
    items.sort(key=lambda item: "pages" not in getattr(item, "fixturenames", ()))
    if config.getoption("--database") == "sqlite":
        return
    chosen = [
        item
        for item in items
        if item.get_closest_marker("database")
        and "database_url" in getattr(item, "fixturenames", ())
    ]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(chosen)])
    items[:] = chosen


def pytest_collection_finish() -> None:
    """Look more rarely for what nobody needs any more, and not among what is there before the first
    test: going through all of it again and again was a fifteenth of a run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 10, 100)


@pytest.fixture(scope="session", autouse=True)
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What comes out the same for every app is made once in a test process: the files for phones,
    the templates, as they are in the language that is spoken, and what makes addresses of routes
    (four fifths of what it takes to make an app)."""
    build, built = static.build, tmp_path_factory.mktemp("static")
    compile_, compiled = templates.Environment.compile, dict[tuple[str | None, ...], Any]()
    make_builder, builders = Rule._compile_builder, dict[tuple[object, ...], Any]()

    def compile_once(self: Any, source: Any, name: str | None = None, *given: Any) -> Any:
        if name is None or not isinstance(source, str):
            return compile_(self, source, name, *given)
        key = (gettext("Today"), name, source)
        if key not in compiled:
            compiled[key] = compile_(self, source, name, *given)
        return compiled[key]

    def make_builder_once(self: Rule, append_unknown: bool = True) -> Any:
        key = (self.rule, repr(self.defaults), append_unknown)
        if key not in builders:
            builders[key] = make_builder(self, append_unknown)
        return builders[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", make_builder_once)
        patch.setattr(static, "build", lambda source, _own, digest: build(source, built, digest))
        patch.setattr(templates.Environment, "compile", compile_once)
        yield


@pytest.fixture(scope="session")
def many(request: pytest.FixtureRequest) -> Callable[[int, int], int]:
    """How many of what is proved by number: `many(5, 300)`, a few unless told `--whole`."""
    return lambda few, all_: all_ if is_whole(request.config) else few


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
        migrate()
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
def clock() -> Iterator[time_machine.Traveller]:
    """Monday, November 23, 2026, 4 PM in New York; the hand moves only when told to."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def clinic_sets(app: Flask) -> Callable[..., None]:
    """The administrator set something: `clinic_sets(help_clinic="555-0100")`."""

    def put(**values: object) -> None:
        with app.app_context():
            was = look_again()
            change_settings(was, was.version, values, by=None)
            db.session.commit()

    return put


@pytest.fixture
def somebody(app: Flask) -> Callable[..., Someone]:
    """Make a person: `somebody("ana")`, `somebody("cleo", Role.FACILITATOR)`."""

    def make(username: str, role: Role = Role.PATIENT) -> Someone:
        with app.app_context():
            person = make_person(username, username.title(), hash_password(PASSWORD), role)
            db.session.commit()
            return Someone(person.id, username, username.title(), role)

    return make


@pytest.fixture
def group_of(app: Flask, clock: time_machine.Traveller) -> Callable[..., SomeGroup]:
    """Make a group that met on Friday at 6 pm and meets tonight: `group_of("Evening IOP")`."""

    def make(name: str, start: datetime = NOW + timedelta(hours=2)) -> SomeGroup:
        with app.app_context():
            group = Group(name=name, zone=ZONE, place="Room 2")
            db.session.add(group)
            db.session.flush()
            group_sessions = []
            for at in (start - timedelta(days=3), start):
                group_session = GroupSession(
                    group_id=group.id, starts_at=at, ends_at=at + timedelta(hours=3)
                )
                db.session.add(group_session)
                group_sessions.append(group_session)
            db.session.commit()
            return SomeGroup(group.id, group_sessions[1].id, group_sessions[0].id, name)

    return make


@pytest.fixture
def put_into(app: Flask) -> Callable[..., None]:
    """Put people into a group: `put_into(evening, ana, cleo)`; since a month ago."""

    def put(group: SomeGroup, *people: Someone, since: datetime = NOW - timedelta(days=28)) -> None:
        with app.app_context():
            for someone in people:
                part = GroupRole.PATIENT if someone.role == Role.PATIENT else GroupRole.FACILITATOR
                person = db.session.get_one(Person, someone.id)
                membership = join(db.session.get_one(Group, group.id), person, part)
                membership.from_at = since
            db.session.commit()

    return put


@pytest.fixture
def leaves(app: Flask) -> Callable[..., None]:
    """Somebody leaves a group."""

    def go(group: SomeGroup, someone: Someone) -> None:
        with app.app_context():
            leave(group.id, someone.id)
            db.session.commit()

    return go


@pytest.fixture
def evening(group_of: Callable[..., SomeGroup]) -> SomeGroup:
    """Evening IOP, tonight at 6."""
    return group_of("Evening IOP")


@pytest.fixture
def weeks(app: Flask, evening: SomeGroup) -> None:
    """Evening IOP meets Monday, Wednesday and Friday at six."""
    with app.app_context():
        group = db.session.get_one(Group, evening.id)
        for weekday in (0, 2, 4):
            group.patterns.append(
                SchedulePattern(weekday=weekday, starts=time(18), minutes=180, from_day=NOW.date())
            )
        plan_ahead(group)
        db.session.commit()


@pytest.fixture
def comes_on(app: Flask) -> Callable[..., None]:
    """A patient comes on some weekdays only, from today on: `comes_on(ana, evening, 0)`."""

    def put(someone: Someone, group: SomeGroup, *weekdays: int) -> None:
        with app.app_context():
            membership = db.session.scalar(
                select(Membership).where(
                    Membership.person_id == someone.id,
                    Membership.group_id == group.id,
                    Membership.until_at.is_(None),
                )
            )
            assert membership is not None
            by = db.session.get_one(Person, someone.id)
            set_own_days(
                membership, list(weekdays), app_clock.local(app_clock.now(), ZONE).date(), by
            )
            db.session.commit()

    return put


@pytest.fixture
def morning(group_of: Callable[..., SomeGroup]) -> SomeGroup:
    """Morning IOP, another group."""
    return group_of("Morning IOP", NOW + timedelta(hours=17))


@pytest.fixture
def ana(
    somebody: Callable[..., Someone], put_into: Callable[..., None], evening: SomeGroup
) -> Someone:
    """A patient of Evening IOP."""
    person = somebody("ana")
    put_into(evening, person)
    return person


@pytest.fixture
def ben(
    somebody: Callable[..., Someone], put_into: Callable[..., None], evening: SomeGroup
) -> Someone:
    """Another patient of Evening IOP."""
    person = somebody("ben")
    put_into(evening, person)
    return person


@pytest.fixture
def dana(
    somebody: Callable[..., Someone], put_into: Callable[..., None], morning: SomeGroup
) -> Someone:
    """A patient of Morning IOP."""
    person = somebody("dana")
    put_into(morning, person)
    return person


@pytest.fixture
def cleo(
    somebody: Callable[..., Someone], put_into: Callable[..., None], evening: SomeGroup
) -> Someone:
    """Runs Evening IOP."""
    person = somebody("cleo", Role.FACILITATOR)
    put_into(evening, person)
    return person


@pytest.fixture
def kit(
    somebody: Callable[..., Someone], put_into: Callable[..., None], morning: SomeGroup
) -> Someone:
    """Runs Morning IOP."""
    person = somebody("kit", Role.FACILITATOR)
    put_into(morning, person)
    return person


@pytest.fixture
def max_(somebody: Callable[..., Someone]) -> Someone:
    """Runs the clinic."""
    return somebody("max", Role.ADMINISTRATOR)


@pytest.fixture
def phone(app: Flask) -> Phone:
    """A phone on which nobody is signed in."""
    return Phone(app)


@pytest.fixture
def phone_of(app: Flask) -> Callable[[Someone], Phone]:
    """A phone on which somebody is signed in, made directly: the form is tested elsewhere."""

    def sign_in(someone: Someone) -> Phone:
        with app.app_context():
            person = db.session.get_one(Person, someone.id)
            made = start_sign_in(person, device="Test", own_phone=True, lasts=timedelta(days=30))
            token = made.token
            db.session.commit()
        return Phone(app, token)

    return sign_in


@pytest.fixture
def wrote(app: Flask) -> Callable[..., UUID]:
    """Somebody wrote something: `wrote(ana, situation="…", urge=7)`; returns the entry's id."""

    def do(someone: Someone, at: datetime | None = None, **content: object) -> UUID:
        with app.app_context():
            person = db.session.get_one(Person, someone.id)
            entry = write(Trigger, person, uuid4(), at or NOW, {"urge": 5, "zone": ZONE, **content})
            db.session.commit()
            return entry.id

    return do


@pytest.fixture
def shared(app: Flask) -> Callable[..., UUID]:
    """Somebody shares an entry, with consent: `shared(ana, entry, evening, tonight=True)`."""

    def do(
        someone: Someone,
        entry_id: UUID,
        group: SomeGroup,
        *,
        tonight: bool = True,
        bring_up: bool = False,
        about: str | None = None,
    ) -> UUID:
        with app.app_context():
            person = db.session.get_one(Person, someone.id)
            with_ = db.session.get_one(Group, group.id)
            consent = consent_for(person, with_.id) or sign_consent(
                person,
                with_,
                someone.name,
                [["What", "Only what I share."]],
                NOW + timedelta(days=365),
            )
            db.session.flush()
            made = share(
                db.session.get_one(Entry, entry_id),
                with_,
                consent=consent,
                for_=db.session.get(GroupSession, group.tonight) if tonight else None,
                bring_up=bring_up,
                about=about,
            )
            db.session.commit()
            return made.id

    return do


def empty_tables() -> None:
    """Those with anything in them: most tests write to a few."""
    tables, has_rows = _all_tables()
    connection = db.session.connection()
    for name, is_filled in zip(tables, connection.exec_driver_sql(has_rows).one(), strict=True):
        if is_filled:
            if name == "act":
                let_acts_be_deleted()
            connection.exec_driver_sql(f'DELETE FROM "{name}"')  # noqa: S608
    db.session.commit()


def let_acts_be_deleted() -> None:
    """What a clinic's database refuses (tests/audit tries it); a migration may bring it back."""
    connection = db.session.connection()
    names = ["changed", "deleted"] if db.engine.dialect.name == "sqlite" else ["changed ON act"]
    for name in names:
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS act_is_never_{name}")


@cache
def _all_tables() -> tuple[list[str], str]:
    """What points to others first, and a statement that says which of them have rows."""
    names = [table.name for table in reversed(db.metadata.sorted_tables)]
    filled = ", ".join(f'EXISTS (SELECT 1 FROM "{name}")' for name in names)  # noqa: S608
    return names, f"SELECT {filled}"


def settings_in(folder: Path) -> Settings:
    """An installation of its own: cheap hashing, plain http, SQLite."""
    return Settings(
        data=folder / "var",
        database_url=f"sqlite:///{folder / 'var' / 'groundwork.db'}",
        plain_http=True,
        hash_memory=8,
        hash_passes=1,
    )


def all_rows() -> Rows:
    """Everything that is stored, to be put back into empty tables."""
    found = []
    for table in db.metadata.sorted_tables:
        if rows := [dict(row) for row in db.session.execute(select(table)).mappings()]:
            found.append((table.insert(), rows))
    db.session.rollback()
    return found


def put_back(kept: Rows) -> None:
    """Store again what `all_rows` found."""
    connection = db.session.connection()
    for insert, rows in kept:
        connection.execute(insert, rows)
    db.session.commit()


def started(settings: Settings) -> Flask:
    """An app of its own, with its commands."""
    app = create_app(settings)
    add_commands(app)
    return app


def set_up(app: Flask) -> str:
    """What `init` answers. On SQLite the tables are there: they are made once in a test process."""
    url: str = app.extensions["settings"].database_url
    if url.startswith("sqlite"):
        file = Path(url.removeprefix("sqlite:///"))
        file.touch(0o600)
        file.write_bytes(_new_database())
    return typed(app, "init")


@cache
def _new_database() -> bytes:
    with TemporaryDirectory() as folder:
        settings = settings_in(Path(folder))
        with started(settings).app_context():
            migrate()
            db.session.remove()
            db.engine.dispose()
        with closing(sqlite3.connect(settings.data / "groundwork.db")) as connection, connection:
            connection.execute("DELETE FROM key_check")  # whose database it is, it will learn
            connection.execute("DELETE FROM clinic_settings")  # and what that clinic is called
            connection.commit()
            return connection.serialize()


def typed(app: Flask, *words: str) -> str:
    """What a command answers; it must not fail."""
    result = app.test_cli_runner().invoke(args=list(words))
    assert result.exit_code == 0, result.output
    return result.output


def people_of(app: Flask) -> list[str]:
    """Everybody's username, for tests that count."""
    with app.app_context():
        return sorted(db.session.scalars(select(Person.username)))


def root() -> Path:
    """Where the repository is."""
    return Path(__file__).resolve().parent.parent
