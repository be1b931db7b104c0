"""On PostgreSQL the app's own role can't change the audit log, whatever its code does."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, make_url, select, text
from sqlalchemy.exc import ProgrammingError

from tests.databases import worker_database
from webapp import create_app
from webapp.app import check_start
from webapp.audit.actions import count_failure, record
from webapp.audit.kinds import ActKind
from webapp.audit.models import Act
from webapp.cli import migrate
from webapp.config import BadSetting, Settings
from webapp.core.data.db import db

pytestmark = pytest.mark.database


@pytest.fixture
def two_roles(settings: Settings, tmp_path: Path) -> Iterator[Settings]:
    """A clinic whose app is another role than the one that owns its tables."""
    if not settings.database_url.startswith("postgresql"):
        pytest.skip("SQLite has no roles")
    with worker_database(f"roles_{uuid4().hex[:8]}") as owner:
        role = f"app_{uuid4().hex[:8]}"
        engine = create_engine(owner)
        with engine.begin() as connection:
            connection.execute(text(f"CREATE ROLE {role} LOGIN"))
        app_url = make_url(owner).set(username=role).render_as_string(hide_password=False)
        yield replace(settings, data=tmp_path, database_url=app_url, migrate_url=owner)
        engine.dispose()


def test_the_apps_role_reads_and_adds_acts_and_nothing_else(two_roles: Settings) -> None:
    app = create_app(two_roles)
    with app.app_context():
        migrate()
    check_start(app)
    with app.app_context():
        record(ActKind.OPENED)
        count_failure(db.session())  # what isn't an act, it changes as ever
        count_failure(db.session())
        db.session.commit()
        for done in ("UPDATE act SET count = 1", "DELETE FROM act", "TRUNCATE act",
                     "DROP TRIGGER act_is_never_changed ON act"):  # fmt: skip
            with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
                db.session.execute(text(done))
            db.session.rollback()
        assert db.session.scalars(select(Act.kind)).all() == ["opened"]
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize(
    "owner", ["sqlite:////tmp/other.db", "postgresql+psycopg://app@h/one", "nonsense"]
)
def test_an_owner_that_fits_nothing_is_refused(owner: str) -> None:
    url = "postgresql+psycopg://app@h/one"
    with pytest.raises(BadSetting, match="GROUNDWORK_MIGRATE_URL"):
        Settings.from_environment({"GROUNDWORK_DATABASE_URL": url, "GROUNDWORK_MIGRATE_URL": owner})
