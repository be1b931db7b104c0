"""Reminders a second, through the whole path: claim, seal, send over TLS, record.

    python -m benchmarks.push [--messages 600] [--rounds 3]

Beside it, in the same run and in turn, `pywebpush.webpush()` in a loop as its README shows it, if
it can be imported: it is no part of this project and nothing here installs it. The push service is
a process of its own on loopback; it answers at once, and after 80 ms, as one far away does.
Then: what a tick costs when nothing is due among a million messages.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert

from benchmarks.report import Result
from tests.reminders.pushservice import FakePhone
from webapp import create_app
from webapp.accounts.actions import make_person, start_sign_in
from webapp.accounts.models import Role
from webapp.cli import migrate
from webapp.config import Settings
from webapp.core import clock
from webapp.core.crypto.keys import app_secrets
from webapp.core.data.db import db
from webapp.program.actions import join
from webapp.program.models import Group, GroupRole, GroupSession
from webapp.reminders.actions import choose, connect_phone, remind
from webapp.reminders.delivery import Delivery, in_a_row
from webapp.reminders.models import Notification, reminder_id
from webapp.reminders.schedule import BeforeGroup, Kind

HOUR = timedelta(hours=1)
ZONE = "America/New_York"
A_MILLION = 1_000_000


@dataclass(frozen=True)
class Service:
    """A push service in a process of its own."""

    port: int
    authority: Path


@dataclass(frozen=True)
class SessionAhead:
    """The session that everybody is reminded of."""

    id: UUID
    group: UUID
    starts_at: datetime


@dataclass(frozen=True)
class Member:
    """Somebody in the group, whose phone rings before it."""

    person: UUID
    phone: FakePhone


def run() -> list[Result]:
    """All of it at its full size: over two minutes, so only by name."""
    results = []
    for delay, floor in ((0, 5), (80, 50)):
        times = compare(600, 3, delay, floor)
        if times is not None:
            what = f"A message answered after {delay} ms, of pywebpush’s time"
            more = f"{times:.1f} times as many a second"
            results.append(Result(f"push, {delay} ms", what, 100 / times, 100 / floor, more, "%"))
    what = "A tick with nothing due among a million messages takes"
    return [*results, Result("push, idle", what, idle(A_MILLION), 10, unit="ms")]


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--messages", type=int, default=600)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--rows", type=int, default=A_MILLION)
    given = arguments.parse_args()
    for delay, floor in ((0, 5), (80, 50)):
        compare(given.messages, given.rounds, delay, floor)
    idle(given.rows)
    return 0


def compare(messages: int, rounds: int, delay: int, floor: int) -> float | None:
    """Ours and theirs in turn, so that what else the machine does hits both.

    Returns how many times as fast ours is, if theirs is there to be compared with.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        process, service = _start(folder, delay)
        settings = Settings(
            data=folder, database_url=f"sqlite:///{folder / 'groundwork.db'}", plain_http=True,
            push_hosts=(f"127.0.0.1:{service.port}",), push_ca=str(service.authority),
            push_contact="ops@example.org",
        )  # fmt: skip
        os.environ["REQUESTS_CA_BUNDLE"] = str(service.authority)
        try:
            app = create_app(settings)
            with app.app_context():
                migrate()
                evening = _evening()
                members = _people(messages, evening, service)
                delivery = Delivery(settings)
                pem = folder / "vapid.pem"
                pem.write_bytes(app_secrets().push)
                few = max(20, messages // 10)
                _ours(delivery, evening, members)  # warm: connections open, tables known
                ours, theirs = [], []
                for _ in range(rounds):
                    ours.append(_ours(delivery, evening, members))
                    rate = _theirs(members[:few], pem)
                    if rate:
                        theirs.append(rate)
                delivery.close()
        finally:
            process.terminate()
            process.wait()
    says = "at once" if not delay else f"after {delay} ms"
    print(f"push, answered {says}: {median(ours):,.0f} a second through the whole path", end="")
    if theirs:
        times = median(our / their for our, their in zip(ours, theirs, strict=True))
        verdict = "holds" if times >= floor else "FALLS SHORT"
        print(f"; pywebpush in a loop {median(theirs):,.0f}:", end=" ")
        print(f"{times:.1f} times (goal {floor}: {verdict})")
        return times
    print("; pywebpush is not installed here, so NOT COMPARED")
    return None


def idle(rows: int) -> float:
    """A tick with nothing due among many messages, half of them finished. In milliseconds, what
    95 of 100 stay under."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = Settings(
            data=folder, database_url=f"sqlite:///{folder / 'groundwork.db'}", plain_http=True
        )
        app = create_app(settings)
        with app.app_context():
            migrate()
            person = make_person("ana", "Ana", "x", Role.PATIENT)
            db.session.flush()
            remind(person, BeforeGroup())
            evening, soon = _evening(), clock.now() + 24 * HOUR
            for start in range(0, rows, 50_000):
                db.session.execute(
                    insert(Notification),
                    [
                        _row(person.id, evening, soon, finished=number % 2 == 0)
                        for number in range(start, min(rows, start + 50_000))
                    ],
                )
            db.session.commit()
            delivery = Delivery(settings)
            delivery.tick()
            times = []
            for _ in range(200):
                began = time.perf_counter()
                delivery.tick()
                times.append((time.perf_counter() - began) * 1000)
            delivery.close()
    times.sort()
    verdict = "holds" if times[190] <= 10 else "FALLS SHORT"
    print(
        f"push, a tick with nothing due among {rows:,}: {median(times):.2f} ms, "
        f"95 of 100 under {times[190]:.2f} ms (goal 10: {verdict})"
    )
    return times[190]


def _ours(delivery: Delivery, evening: SessionAhead, members: list[Member]) -> float:
    now = clock.now()
    db.session.execute(
        insert(Notification), [_row(member.person, evening, now) for member in members]
    )
    db.session.commit()
    began = time.perf_counter()
    tried = in_a_row(delivery)
    took = time.perf_counter() - began
    left = db.session.scalar(
        db.select(db.func.count(Notification.id)).where(
            Notification.next_at <= clock.now(), Notification.outcome.is_distinct_from("sent")
        )
    )
    db.session.rollback()
    if tried != len(members) or left:
        raise RuntimeError(f"{tried} of {len(members)} were tried, {left} are not done")
    return len(members) / took


def _theirs(members: list[Member], pem: Path) -> float | None:
    try:
        from pywebpush import webpush
    except ImportError:
        return None
    began = time.perf_counter()
    for member in members:
        phone = member.phone
        answer = webpush(
            {"endpoint": phone.endpoint, "keys": {"p256dh": phone.p256dh, "auth": phone.auth}},
            data=json.dumps({"title": "Reminder", "body": "Something starts at 6:00 pm."}),
            vapid_private_key=str(pem),
            vapid_claims={"sub": "mailto:ops@example.org"},
        )
        if answer.status_code != 201:
            raise RuntimeError(answer.status_code)
    return len(members) / (time.perf_counter() - began)


def _evening() -> SessionAhead:
    """Far enough away that nothing but this bench makes a message for it."""
    group, starts = Group(name="Evening", zone=ZONE), clock.now() + 96 * HOUR
    db.session.add(group)
    db.session.flush()
    group_session = GroupSession(
        id=uuid4(), group_id=group.id, starts_at=starts, ends_at=starts + 3 * HOUR
    )
    db.session.add(group_session)
    evening = SessionAhead(group_session.id, group.id, starts)
    db.session.commit()
    return evening


def _people(many: int, evening: SessionAhead, service: Service) -> list[Member]:
    found = []
    origin, group = f"https://127.0.0.1:{service.port}", db.session.get_one(Group, evening.group)
    for number in range(many):
        person = make_person(f"p{number}", f"P{number}", "x", Role.PATIENT)
        db.session.flush()
        sign_in = start_sign_in(person, device="T", own_phone=True, lasts=24 * HOUR)
        db.session.flush()
        join(group, person, GroupRole.PATIENT).from_at = clock.now() - HOUR
        fake = FakePhone(str(number), origin)
        connect_phone(person, sign_in, fake.endpoint, fake.p256dh, fake.auth)
        remind(person, BeforeGroup())
        choose(person, ZONE, None, None, None)
        found.append(Member(person.id, fake))
    db.session.commit()
    return found


def _row(
    person: UUID, evening: SessionAhead, due: datetime, *, finished: bool = False
) -> dict[str, Any]:
    return {
        "id": uuid4(), "person_id": person, "kind": Kind.GROUP, "lead": 60, "round": 0,
        "reminder_id": reminder_id(person, Kind.GROUP, None),
        "group_session_id": evening.id, "occurs_at": evening.starts_at, "due_at": due,
        "next_at": due, "expires_at": evening.starts_at,
        "finished_at": due if finished else None, "outcome": "sent" if finished else None,
    }  # fmt: skip


def _start(folder: Path, delay: int) -> tuple[subprocess.Popen[bytes], Service]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.reminders.pushservice", "0", str(folder), str(delay)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    port = int(process.stdout.readline())
    return process, Service(port, folder / "push-authority.pem")


if __name__ == "__main__":
    sys.exit(main())
