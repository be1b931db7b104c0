"""The daily pages among 1,000,000 entries, of somebody with three years of them, beside 1,000.

python -m benchmarks.load growth
"""

import statistics
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from itertools import cycle, islice
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert, select

from benchmarks import clinic
from benchmarks.browser import Load, Request, load
from benchmarks.clinic import ZONE, Clinic
from benchmarks.pages import signed_in
from benchmarks.report import Result
from benchmarks.servers import Server, serving
from webapp import create_app
from webapp.accounts.models import Person
from webapp.check_ins.models import CheckIn
from webapp.config import Settings
from webapp.core import clock
from webapp.core.data.db import db
from webapp.demo.backdated import written_at
from webapp.entries.actions import write
from webapp.entries.models import Entry
from webapp.journal.models import Trigger
from webapp.medication.models import Dose
from webapp.meetings.models import Visit
from webapp.mindfulness.models import Practice
from webapp.program.models import GroupSession
from webapp.sharing.models import Reading, Share
from webapp.sync.models import Outcome, SyncAnswer

OTHERS, FEW, MANY = 288, 1_000, 1_000_000
# Entries of the one who stayed, six a day; the last of them some weeks old.
OWN = {FEW: 1_000, MANY: 6_000}
BEGUN = timedelta(weeks=14)  # before now: no period but "all" reaches there
EACH_DAY = (Trigger, CheckIn, CheckIn, Dose, Visit, Practice)
ROUNDS, SECONDS = 20, 0.4
PAGES = (
    "/today", "/plan", "/week", "/journal", "/journal/patterns", "/check-ins", "/medication",
    "/meetings", "/mindfulness", "/mindfulness/practices", "/sharing",
)  # fmt: skip


def run() -> list[Result]:
    """Page by page in alternating rounds, each compared within its round."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="groundwork-bench-")))
        sides = []
        for count in (FEW, MANY):
            made = clinic.fill(folder / f"{count}", OTHERS, entries=count)
            stayed(made, OWN[count])
            server = serving("wsgi:app", made.environ, "/healthz", folder / f"{count}.log")
            sides.append(_pages(stack.enter_context(server), made))
        few, many = sides
        return [_result(name, few[name], many[name]) for name in few]


def _pages(server: Server, made: Clinic) -> dict[str, Callable[[], Load]]:
    patient, facilitator = signed_in(server, made.patients[0]), signed_in(server, made.facilitator)
    asked = [*((page, page, patient) for page in PAGES),
             ("huddle", f"/clinic/sessions/{made.tonight}", facilitator)]  # fmt: skip

    def ask(request: Request) -> Callable[[], Load]:
        return lambda: load(server, lambda _: request, 200, at_once=4, seconds=SECONDS)

    return {name: ask(Request("GET", page, who.headers())) for name, page, who in asked}


def _result(name: str, few: Callable[[], Load], many: Callable[[], Load]) -> Result:
    for side in (few, many) * 3:
        side()
    pairs = [(few().cpu_ms, many().cpu_ms) for _ in range(ROUNDS)]
    ratios = [after / before for before, after in pairs]
    quarters = statistics.quantiles(ratios, n=4)
    return Result(
        name,
        f"{name} among {MANY:,} entries and {OWN[MANY]:,} of one's own, in CPU beside {FEW:,} and "
        f"{OWN[FEW]:,}",
        statistics.median(ratios),
        1.1,
        f"{quarters[0]:.2f} to {quarters[2]:.2f} in half of {ROUNDS} rounds; "
        f"{statistics.median(one for _, one in pairs):.2f} against "
        f"{statistics.median(one for one, _ in pairs):.2f} ms here",
    )


def stayed(made: Clinic, old: int) -> None:
    """Of the first patient: entries, and what comes with them (sessions, shares, openings, answers
    to a phone)."""
    app = create_app(Settings.from_environment(made.environ))
    with app.app_context():
        person = db.session.scalars(select(Person).filter_by(username=made.patients[0])).one()
        ids = list(_entries(person, old, clock.now() - BEGUN))
        _around(person, ids[::6], db.session.get_one(GroupSession, made.tonight))
        db.session.commit()
        db.session.remove()
        db.engine.dispose()


def _entries(person: Person, count: int, until: datetime) -> Iterator[UUID]:
    for number, kind in enumerate(islice(cycle(EACH_DAY), count)):
        at = until - timedelta(hours=4 * number)
        entry = written_at(at, write(kind, person, uuid4(), at, _content(kind, number)))
        yield entry.id
        if number % 500 == 0:
            db.session.flush()
            db.session.expunge_all()


def _content(kind: type[Entry], number: int) -> dict[str, Any]:
    contents: dict[type[Entry], dict[str, Any]] = {
        Trigger: {"urge": number % 11, "kinds": ["place"], "did": "A walk", "after": number % 4,
                  "situation": "Walked home past the old place, and the light was on."},
        CheckIn: {"mood": number % 5 + 1, "craving": number % 11, "sleep": 2},
        Dose: {"name": "Naltrexone", "answer": "taken"},
        Visit: {"fellowship": "aa", "meeting": "Noon group", "attended": "in_person"},
        Practice: {"exercise": "breathing", "before": number % 11, "after": number % 6},
    }  # fmt: skip
    return contents[kind] | {"zone": ZONE}


def _around(person: Person, entries: list[UUID], tonight: GroupSession) -> None:
    """Each journal entry was for a session of its own, was opened there, and came by a phone."""
    share = _one_of(Share, author_id=person.id)
    reader = db.session.scalars(select(Person.id).filter_by(username="facilitator")).one()
    tables: tuple[Any, ...] = (GroupSession, Share, Reading, SyncAnswer)
    rows: dict[Any, list[dict[str, Any]]] = {table: [] for table in tables}
    for number, entry in enumerate(entries):
        at = clock.now() - BEGUN - timedelta(days=number)
        session = {"id": uuid4(), "group_id": tonight.group_id, "starts_at": at,
                   "ends_at": at + timedelta(hours=3)}  # fmt: skip
        rows[GroupSession].append(session)
        rows[Share].append(share | {
            "id": uuid4(), "entry_id": entry, "shared_at": at, "bring_up": False,
            "group_session_id": session["id"], "closes_at": at + timedelta(hours=5),
        })  # fmt: skip
        rows[Reading].append({
            "entry_id": entry, "reader_id": reader, "version": 1, "first_at": at, "last_at": at,
        })  # fmt: skip
        rows[SyncAnswer] += [
            {"person_id": person.id, "operation_id": uuid4(), "fingerprint": bytes(32),
             "outcome": Outcome.SAVED, "answered_at": at} for _ in EACH_DAY
        ]  # fmt: skip
    for table, values in rows.items():
        db.session.execute(insert(table), values)


def _one_of(table: Any, **where: Any) -> dict[str, Any]:
    query = select(table.__table__).filter_by(**where).limit(1)
    return dict(db.session.execute(query).one()._mapping)
