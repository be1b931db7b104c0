"""How long the patterns of a long journal take, and Today with few and with many entries.

python -m benchmarks.patterns
"""

import gc
import os
import random
import resource
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from flask import Flask
from flask.testing import FlaskClient

from benchmarks.report import Result, tell
from webapp import create_app
from webapp.accounts.actions import make_person, start_sign_in
from webapp.accounts.models import Person, Role
from webapp.cli import migrate
from webapp.config import Settings
from webapp.core import clock
from webapp.core.data.db import db
from webapp.demo.backdated import written_at
from webapp.entries.actions import write
from webapp.journal.models import Trigger

MANY, FEW, TIMES = 5_000, 10, 15
ALL = "/journal/patterns?period=all"
WORDS = "Walked past the old place after work and it pulled, so I called my sister. "


def main() -> int:
    """Tell the best times and their ratio; fails when one is slower than promised."""
    results = run()
    tell(results)
    return int(not all(result.is_met for result in results))


def run() -> list[Result]:
    """The patterns of a long journal, and Today beside a short one."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        app = create_app(Settings(data=data, database_url=f"sqlite:///{data / 'bench.db'}",
                                  plain_http=True, hash_memory=8, hash_passes=1))  # fmt: skip
        with app.app_context():
            migrate()
            tokens = {count: somebody_with(count) for count in (FEW, MANY)}
        clients = {count: phone_of(app, token) for count, token in tokens.items()}
        took: dict[tuple[str, int], float] = {}
        for page in ("/today", ALL):
            for _time in range(TIMES):  # by turns, so that a busy minute meets both
                for count, client in clients.items():
                    seconds = _seconds(client, page)
                    took[page, count] = min(seconds, took.get((page, count), seconds))
            for count in clients:
                print(f"{page:30} {count:5} entries {took[page, count] * 1000:7.1f} ms")
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        ratio = took["/today", MANY] / took["/today", FEW]
        print(f"/today, {MANY} against {FEW} entries: {ratio:.2f} x; peak memory {memory:.0f} MiB")
    page = took[ALL, MANY] * 1000
    return [
        Result("patterns", f"Patterns of {MANY:,} entries take", page, 150, unit="ms"),
        Result("today", f"Today with {MANY:,} entries beside {FEW}", ratio, 1.2),
    ]


def phone_of(app: Flask, token: str) -> FlaskClient:
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"], session["seen"] = token, True, time.time()
    return client


def _seconds(client: FlaskClient, page: str) -> float:
    gc.collect()
    # The time of this process: what others do on the machine meanwhile isn't counted.
    start = time.process_time()
    status = client.get(page).status_code
    if status != 200:
        raise RuntimeError(f"{page} answered {status}")
    return time.process_time() - start


def somebody_with(count: int) -> str:
    chance = random.Random(count)
    person = make_person(f"with{count}", "Somebody", "x", Role.PATIENT)
    db.session.flush()
    _write(person, count, chance)
    made = start_sign_in(person, device="Bench", own_phone=True, lasts=timedelta(days=1))
    token = made.token
    db.session.commit()
    return token


def _write(person: Person, count: int, chance: random.Random) -> None:
    now = clock.now()
    for number in range(count):
        urge = chance.randint(0, 10)
        at = now - timedelta(hours=3 * number)
        written_at(at, write(Trigger, person, uuid4(), at, {
            "urge": urge, "after": max(urge - chance.randint(0, 4), 0), "situation": WORDS,
            "kinds": chance.sample(["money", "place", "feeling", "conflict"], 2),
            "feelings": chance.sample(["lonely", "tired", "angry", "hungry"], 2),
            "did": chance.choice(["A walk", "Called Sam", None]), "zone": "America/New_York",
        }))  # fmt: skip
        db.session.flush()


if __name__ == "__main__":
    os.environ.setdefault("GROUNDWORK_PLAIN_HTTP", "1")
    sys.exit(main())
