"""Planning eight weeks for a thousand patients: their evening groups, and one of their own each."""

import tempfile
import time
from datetime import UTC, datetime, timedelta
from datetime import time as wall
from pathlib import Path
from uuid import uuid4

from sqlalchemy import func, select

from benchmarks.report import Result
from webapp import create_app
from webapp.accounts.models import Person, Role
from webapp.cli import migrate
from webapp.config import Settings
from webapp.core.crypto.keys import keyring
from webapp.core.data.db import db
from webapp.program.actions import add_pattern, join
from webapp.program.models import Group, GroupRole, GroupSession, Track
from webapp.program.planner import plan_all
from webapp.program.queries import all_groups
from webapp.program.recurrence import Weekly

PATIENTS, IN_A_GROUP = 1_000, 12
NOW = datetime(2026, 10, 12, 12, tzinfo=UTC)  # three weeks before clocks change
MOST_SECONDS = 10


def run() -> list[Result]:
    """Plan everything once, then once more with nothing to do, as the daily command does."""
    with tempfile.TemporaryDirectory(prefix="groundwork-plan-") as folder:
        data = Path(folder)
        url = f"sqlite:///{data / 'plan.db'}"
        app = create_app(Settings(data=data, database_url=url, plain_http=True))
        with app.app_context():
            migrate()
            _fill()
            first, again = _seconds(), _seconds()
            sessions = db.session.scalar(select(func.count()).select_from(GroupSession))
            db.engine.dispose()
    return [
        Result(
            "planning",
            f"Planning eight weeks for {PATIENTS:,} patients",
            first,
            MOST_SECONDS,
            f"{sessions:,} sessions; {again:.1f} s when they are there already",
            unit="s",
        )
    ]


def _seconds() -> float:
    start = time.perf_counter()
    plan_all(all_groups(), NOW)
    db.session.commit()
    return time.perf_counter() - start


def _fill() -> None:
    """Groups of twelve, three evenings a week, and an hour with somebody alone for each."""
    evening: Group | None = None
    for number in range(PATIENTS):
        if number % IN_A_GROUP == 0:
            evening = _group(f"Group {number}", Track.PROCESS, (0, 2, 4), wall(18), 180)
        assert evening is not None
        alone = _group(f"Own {number}", Track.INDIVIDUAL, (number % 5,), wall(9), 60)
        person = Person(id=uuid4(), username=f"p{number}", role=Role.PATIENT, password_hash="x")
        keyring(db.session).make(person.id)
        person.name = f"P{number}"
        db.session.add(person)
        for group in (evening, alone):
            join(group, person, GroupRole.PATIENT).from_at = NOW - timedelta(days=1)
    db.session.commit()


def _group(name: str, track: Track, weekdays: tuple[int, ...], starts: wall, minutes: int) -> Group:
    group = Group(id=uuid4(), name=name, track=track, zone="America/New_York")
    db.session.add(group)
    add_pattern(group, *(Weekly(day, starts, minutes, NOW.date()) for day in weekdays))
    return group
