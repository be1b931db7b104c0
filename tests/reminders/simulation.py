"""Four senders, a clock that leaps, stalls, restarts and kills; then every message is counted.

    python -m tests.reminders.simulation            a day without kills, a day with 200 kill -9
    python -m tests.reminders.simulation --seed 7   the same again, in the order that 7 draws
    python -m tests.databases -- python -m tests.reminders.simulation --postgresql

Time is made here and moves in steps of twenty seconds; in each, every sender looks as often as it
has something to do. They are processes, but only one runs at a time: each stops at a gate before
every transaction, every statement, every commit, and every message, and the seed says who goes on
and who is killed there, so a seed replays. On PostgreSQL anybody may go on, also while another is
in the middle of a transaction that writes; whoever waits for that one's lock then waits. In a
SQLite file there is one lock for all: others go on between the statements of who only reads.
What is measured is measured against true time, not the leaping clock. A sender is neither started
nor restarted while the clock is wrong: it would have nothing to compare.
"""

import argparse
import faulthandler
import multiprocessing
import os
import random
import signal
import sys
import tempfile
import time
import traceback
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Event
from typing import Any, NoReturn
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import event, text, update

from tests.databases import worker_database
from tests.reminders.pushservice import FakePhone, Got, PushService, Ways, push_service
from tests.support.apps import new_database
from webapp import create_app
from webapp.accounts.actions import make_person, start_sign_in
from webapp.accounts.models import Role
from webapp.cli import migrate
from webapp.config import Settings
from webapp.core.data.db import db, may_write
from webapp.program.actions import join
from webapp.program.models import Group, GroupRole, GroupSession
from webapp.reminders.actions import connect_phone, remind
from webapp.reminders.delivery import Clocks, Delivery, Stop
from webapp.reminders.models import Notification, notification_id, reminder_id
from webapp.reminders.schedule import BeforeGroup, Kind

COURIERS, STEP = 4, 20.0
BEGIN = datetime(2026, 11, 23, 12, 0, tzinfo=UTC).timestamp()
LEADS = (60, 15)
TURNS = 150  # gates that four senders pass in a step in which something is due, more or less
PATIENCE = 60.0  # seconds for one turn, after which the world says who is stuck
AFTER = 8  # steps that a leap, a nap or what is due may need until all is as before
ASLEEP = 5  # steps: 100 seconds, more than a sender may be silent before it sends nothing more
fork = multiprocessing.get_context("fork")


@dataclass
class Plan:
    """What is simulated."""

    hours: float
    kills: int = 0
    leaps: int = 6
    stalls: int = 4
    restarts: int = 12
    people: int = 18
    changes: int = 6  # sessions cancelled or moved within five minutes before a reminder
    seed: int = 1
    quiet: int = 1  # where nothing is due and nothing happens, one step of so many is lived


@dataclass
class Findings:
    """What came out. All but the first four must be zero; repeats only without kills."""

    expected: int = 0
    accepted: int = 0
    kills: int = 0
    steps: int = 0
    missing: int = 0
    repeats: int = 0
    unlike_repeats: int = 0
    early: int = 0
    after_start: int = 0
    wrong: int = 0
    trace: int = 0  # whose turns they were, in short: the same for the same plan
    outcomes: dict[str, int] = field(default_factory=dict)

    @property
    def mistakes(self) -> int:
        """What may never be; a message comes twice only when whoever sent it was killed."""
        always = self.missing + self.unlike_repeats + self.early + self.after_start + self.wrong
        return always + (0 if self.kills else self.repeats)


class Gate(IntEnum):
    """Where a sender waits for its turn."""

    IDLE = 0  # it has done what there was to do
    BEGIN = 1  # before a transaction
    COMMIT = 2  # everything is said, nothing is kept yet
    MESSAGE = 3  # before one message
    ENDED = 4
    READING = 5  # before a statement of a transaction that only reads
    WRITING = 6  # before one that may hold locks by now


HOLDS = (Gate.WRITING, Gate.COMMIT)


class Stage:
    """Wall offset, true time, and whose turn it is; seen by all processes."""

    def __init__(self) -> None:
        self.times = fork.RawArray("d", [0.0, BEGIN])
        self.gates = fork.RawArray("i", [Gate.IDLE] * COURIERS)
        self.turns = [fork.Semaphore(0) for _ in range(COURIERS)]
        self.backs = [fork.Semaphore(0) for _ in range(COURIERS)]
        self.backends = fork.RawArray("i", [0] * COURIERS)  # PostgreSQL's, of each one's connection

    @property
    def true(self) -> float:
        return self.times[1]

    def wait_for_turn(self, number: int, gate: Gate) -> None:
        """In a sender: stop here until the world says go on."""
        self.gates[number] = gate
        self.backs[number].release()
        if gate != Gate.ENDED:
            self.turns[number].acquire()

    def give_turn(self, number: int) -> None:
        """In the world: let one sender run to its next gate."""
        self.turns[number].release()

    def arrived(self, number: int, seconds: float = PATIENCE) -> bool:
        """Wait until it has come to a gate."""
        return self.backs[number].acquire(timeout=seconds)

    def clocks(self, number: int) -> Clocks:
        def before_message() -> float:
            self.wait_for_turn(number, Gate.MESSAGE)
            return self.true

        return Clocks(
            lambda: datetime.fromtimestamp(self.times[0] + self.true, UTC),
            before_message,
            lambda *_: timedelta(0),
        )


def sender(app: Flask, stage: Stage, number: int, seed: int) -> None:
    """One process's life."""
    stop = Stop()
    signal.signal(signal.SIGTERM, stop.tell)
    faulthandler.register(signal.SIGUSR1, all_threads=True)
    random.seed(seed)
    with app.app_context():
        delivery = Delivery(app.extensions["settings"], stage.clocks(number))
        put_gates(stage, number)
        stage.wait_for_turn(number, Gate.IDLE)
        while not stop.told:
            while delivery.look():
                pass
            stage.wait_for_turn(number, Gate.IDLE)
        delivery.close()


def put_gates(stage: Stage, number: int) -> None:
    """Wherever its transactions can be interrupted."""

    def checkout(connection: Any, *_: object) -> None:
        if is_postgresql():
            stage.backends[number] = connection.info.backend_pid
        stage.wait_for_turn(number, Gate.BEGIN)

    def patient(connection: Any, _record: object) -> None:
        # Whom it waits for gets no turn before the seed says so, however long that takes.
        connection.execute("SET lock_timeout = '300s'")
        connection.commit()

    def statement(*_: object) -> None:
        stage.wait_for_turn(number, Gate.WRITING if may_write() else Gate.READING)

    event.listen(db.engine, "checkout", checkout)
    event.listen(db.engine, "before_cursor_execute", statement)
    event.listen(db.engine, "commit", lambda _: stage.wait_for_turn(number, Gate.COMMIT))
    if is_postgresql():
        event.listen(db.engine, "connect", patient)


def is_postgresql() -> bool:
    return db.engine.dialect.name == "postgresql"


def nursery(stage: Stage, orders: Connection) -> None:
    """Starts senders on demand, from a process that has no threads yet."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    app = None
    with suppress(EOFError):
        while True:
            settings, number, seed = orders.recv()
            app = app or create_app(settings)  # which connects to nothing yet
            pid = os.fork()
            if pid == 0:
                try:
                    sender(app, stage, number, seed)
                except BaseException:
                    traceback.print_exc()
                finally:
                    stage.wait_for_turn(number, Gate.ENDED)
                    os._exit(0)
            orders.send(pid)


class World:
    """The clinic, its phones, and the hand that moves time and kills."""

    def __init__(self, plan: Plan, settings: Settings, stage: Stage, orders: Connection):
        self.plan, self.settings, self.stage, self.orders = plan, settings, stage, orders
        self.chance = random.Random(plan.seed)
        self.pids: dict[int, int] = {}
        self.asleep: dict[int, int] = {}
        self.leap_ends = self.kills_due = self.now = 0
        self.expected: dict[tuple[str, str], tuple[float, float]] = {}
        self.void: set[str] = set()
        self.phones: dict[str, FakePhone] = {}
        self.people: list[tuple[UUID, UUID, list[str]]] = []  # person, group, phones
        self.sessions: dict[UUID, tuple[UUID, datetime]] = {}
        self.naps: list[int] = []
        self.new: set[int] = set()  # senders started in this step
        self.blocked: list[int] = []  # senders that wait for another's lock
        self.trace = 0
        self.found = Findings()

    def settle(self, service: PushService) -> None:
        """Groups, a session every ten minutes, people with one or two phones."""
        begin = datetime.fromtimestamp(BEGIN, UTC)
        groups = [Group(name=f"Group {number}", zone="America/New_York") for number in range(3)]
        db.session.add_all(groups)
        db.session.flush()
        for ten in range(7, int(self.plan.hours * 6)):
            starts = begin + timedelta(minutes=10 * ten)
            group_session = GroupSession(
                id=uuid4(), group_id=groups[ten % 3].id, starts_at=starts,
                ends_at=starts + timedelta(hours=1),
            )  # fmt: skip
            db.session.add(group_session)
            self.sessions[group_session.id] = group_session.group_id, starts
        for number in range(self.plan.people):
            person = make_person(f"p{number}", f"P{number}", "x", Role.PATIENT)
            db.session.flush()
            group = groups[number % 3]
            join(group, person, GroupRole.PATIENT).from_at = begin - timedelta(days=9)
            names = [f"{number}-{which}" for which in range(1 + number % 2)]
            for name in names:
                lasts = timedelta(days=3_000)
                sign_in = start_sign_in(person, device="T", own_phone=True, lasts=lasts)
                db.session.flush()
                shaky = Ways.in_a_row(Ways.status(503), Ways.status(201))
                fake = service.phone(name, shaky if number == 1 else None)
                self.phones[name] = fake
                connect_phone(person, sign_in, fake.endpoint, fake.p256dh, fake.auth)
            remind(person, BeforeGroup(LEADS)).on_since = begin
            self.people.append((person.id, group.id, names))
        db.session.commit()
        for id, (_, starts) in self.sessions.items():
            self._expect(id, starts)

    def _expect(self, session: UUID, starts: datetime, *, after: float = 0) -> None:
        group, _ = self.sessions[session]
        for person, in_group, names in self.people:
            if in_group != group:
                continue
            rule = reminder_id(person, Kind.GROUP, None)
            for lead in LEADS:
                due = starts - timedelta(minutes=lead)
                message = str(notification_id(rule, session, starts, lead))
                if due.timestamp() <= after:
                    continue
                for name in names:
                    self.expected[message, name] = due.timestamp(), starts.timestamp()

    def unexpect(self, session: UUID) -> None:
        """What has not come by now must not come any more."""
        group, starts = self.sessions[session]
        for person, in_group, names in self.people:
            if in_group == group:
                rule = reminder_id(person, Kind.GROUP, None)
                for lead in LEADS:
                    message = str(notification_id(rule, session, starts, lead))
                    if (starts - timedelta(minutes=lead)).timestamp() > self.stage.true:
                        self.void.add(message)
                        for name in names:
                            self.expected.pop((message, name), None)

    def live(self) -> None:
        """From beginning to end."""
        for number in range(COURIERS):
            self._start(number)
        steps = int(self.plan.hours * 3600 / STEP)
        self.found.steps = steps
        happenings = self._happenings(steps)
        lived = self._lived(steps + 9, happenings)
        for step in lived:
            for what in happenings.get(step, []):
                getattr(self, what)(step)
            self._step(step, happenings.get(step, []))
        for number in self.pids:
            self._end(number)

    def _lived(self, end: int, happenings: dict[int, list[str]]) -> list[int]:
        dues = {int((due - BEGIN) / STEP) for due, _ in self.expected.values()}
        near = {at + after for at in dues for after in range(-1, AFTER // 2)}
        near |= {at + after for at in happenings for after in range(-1, AFTER)}
        return [step for step in range(1, end) if step in near or step % self.plan.quiet == 0]

    def _happenings(self, steps: int) -> dict[int, list[str]]:
        plan, found = self.plan, dict[int, list[str]]()
        # Kills and restarts where it hurts: in the very steps in which something is due.
        dues = sorted({int((due - BEGIN) / STEP) for due, _ in self.expected.values()})
        for what, times in (("kill", plan.kills), ("restart", plan.restarts)):
            for _ in range(times):
                at = self.chance.choice(dues) + self.chance.choice([0, 0, 0, 1, 1, 7])
                found.setdefault(min(at, steps), []).append(what)
        for what, times in (("leap", plan.leaps), ("stall", plan.stalls)):
            for _ in range(times):
                found.setdefault(self.chance.randrange(3, steps), []).append(what)
        for _ in range(plan.changes):
            at = self.chance.choice(dues) - self.chance.randrange(1, 14)
            found.setdefault(max(at, 3), []).append("change")
        return found

    def leap(self, step: int) -> None:
        """The machine's clock is two hours wrong for a while. Not in a step in which a sender was
        started: it would have nothing to compare."""
        if not self.leap_ends and not self.new:
            self.stage.times[0] = self.chance.choice([-7_200.0, 7_200.0])
            self.leap_ends = step + self.chance.randrange(2, 6)

    def stall(self, step: int) -> None:
        """One sender sleeps for over 90 seconds, wherever it is just then."""
        if not self.asleep:
            self.naps.append(self.chance.randrange(TURNS))

    def restart(self, step: int) -> None:
        """One sender is stopped as a system would, and started again."""
        number = self.chance.randrange(COURIERS)
        if number in self.asleep or self.leap_ends:
            return
        self._end(number)
        self._start(number)

    def kill(self, step: int) -> None:
        """Done inside the step, see _step."""

    def change(self, step: int) -> None:
        """A session is cancelled, or moved by two hours, less than five minutes before."""
        true = self.stage.true
        soon = [
            id
            for id, (_, starts) in self.sessions.items()
            if any(STEP < starts.timestamp() - lead * 60 - true < 300 for lead in LEADS)
        ]
        if not soon or self.leap_ends or self.asleep:
            return  # a sleeper may hold the one lock that this would wait for
        id = self.chance.choice(soon)
        group, starts = self.sessions[id]
        self.unexpect(id)
        if self.chance.random() < 0.5:
            values: dict[str, Any] = {"cancelled_at": starts}
            self.sessions.pop(id)
        else:
            moved = starts + timedelta(hours=2, minutes=7)
            values = {"starts_at": moved, "ends_at": moved + timedelta(hours=1)}
            if moved.timestamp() < BEGIN + self.plan.hours * 3600:
                self.sessions[id] = group, moved
                self._expect(id, moved, after=true)
            else:
                values = {"cancelled_at": starts}
        db.session.execute(update(GroupSession).where(GroupSession.id == id).values(**values))
        db.session.commit()

    def _step(self, step: int, happenings: list[str]) -> None:
        if self.leap_ends and step >= self.leap_ends:
            self.stage.times[0], self.leap_ends = 0.0, 0
        self.now, self.stage.times[1] = step, BEGIN + step * STEP
        self.asleep = {number: until for number, until in self.asleep.items() if until > step}
        self.kills_due += happenings.count("kill")
        kills = sorted(self.chance.randrange(TURNS) for _ in range(self.kills_due))
        # Whoever slept in the middle of something goes on with that, and looks after it.
        busy, turns = [pid for pid in self.pids if pid not in self.asleep], 0
        number, burst = -1, 0
        while busy:
            burst -= 1
            free = self._free(busy)
            if burst < 0 or number not in free:
                # Now and then somebody gets far while another has hardly begun.
                # Most often somebody whom the others have never seen.
                new = [pid for pid in free if pid in self.new] if self.chance.random() < 0.5 else []
                number, burst = (
                    self.chance.choice(new or free),
                    self.chance.choice([0, 1, 2, 5, 20]),
                )
            if kills and kills[0] <= turns and not self.leap_ends:
                kills.pop(0)
                self._kill(number)
            elif self.naps and self.naps[0] <= turns and self.stage.gates[number] not in HOLDS:
                self.naps.pop()
                self.asleep[number] = step + ASLEEP
                busy.remove(number)
            else:
                self._turn(number)
                if self.stage.gates[number] == Gate.IDLE:
                    busy.remove(number)
            turns += 1
        self.new.clear()

    def _free(self, busy: list[int]) -> list[int]:
        """Who may go on. In a SQLite file whoever may hold the lock, for which all would wait."""
        while not (free := [number for number in busy if number not in self.blocked]):
            self._look_at_blocked()
        holding = [number for number in free if self.stage.gates[number] in HOLDS]
        return free if is_postgresql() or not holding else holding[:1]

    def _turn(self, number: int) -> None:
        self.trace = zlib.crc32(bytes([number, self.stage.gates[number]]), self.trace)
        self.stage.give_turn(number)
        if not self._comes(number):
            self.blocked.append(number)
        self._look_at_blocked()

    def _look_at_blocked(self) -> None:
        """Whom the last turn has freed comes to its next gate."""
        self.blocked = [number for number in self.blocked if not self._comes(number)]

    def _comes(self, number: int) -> bool:
        """Whether it comes to its next gate, or waits for a lock of one who has no turn now."""
        for _ in range(int(PATIENCE / 0.05)):
            if self.stage.arrived(number, 0.05):
                return True
            if self._waits(number):
                return False
        return self._stuck(number)

    def _waits(self, number: int) -> bool:
        if not is_postgresql():
            return False
        with db.engine.connect() as connection:
            waits = text("SELECT cardinality(pg_blocking_pids(:pid)) > 0")
            pid = self.stage.backends[number]
            return bool(connection.execute(waits, {"pid": pid}).scalar())

    def _stuck(self, number: int) -> NoReturn:
        """Have it say where it is before giving up."""
        with suppress(ProcessLookupError):
            os.kill(self.pids[number], signal.SIGUSR1)
        Event().wait(1)
        raise TimeoutError(f"sender {number} is stuck at step {self.now}: {self.plan}")

    def _kill(self, number: int) -> None:
        os.kill(self.pids[number], signal.SIGKILL)
        while _is_there(self.pids[number]) or self._has_backend(number):
            Event().wait(0.001)
        self.found.kills += 1
        self.kills_due -= 1
        self._start(number)

    def _has_backend(self, number: int) -> bool:
        """Whether PostgreSQL hasn't noticed yet, and keeps its locks."""
        if not is_postgresql():
            return False
        with db.engine.connect() as connection:
            there = text("SELECT count(*) > 0 FROM pg_stat_activity WHERE pid = :pid")
            pid = self.stage.backends[number]
            return bool(pid and connection.execute(there, {"pid": pid}).scalar())

    def _start(self, number: int) -> None:
        self.stage.backends[number] = 0
        self.orders.send((self.settings, number, self.chance.randrange(2**32)))
        self.pids[number] = self.orders.recv()
        self.new.add(number)
        if not self.stage.arrived(number):
            self._stuck(number)

    def _end(self, number: int) -> None:
        """As a system would: it may finish what it does, transaction by transaction."""
        os.kill(self.pids[number], signal.SIGTERM)
        while self.stage.gates[number] != Gate.ENDED:
            self._turn(next(iter(self._free([number]))))

    def judge(self, got: list[Got]) -> Findings:
        """Count what the push service has seen."""
        found, tags = self.found, dict[tuple[str, str], set[tuple[str, str]]]()
        seen: Counter[tuple[str, str]] = Counter()
        shaky = {name for name in self.phones if name.startswith("1-")}
        refused: set[str] = set()
        for message in got:
            told = self.phones[message.name].opened(message.body)["notification"]
            key = told["data"]["id"], message.name
            tags.setdefault(key, set()).add((message.headers["Topic"], told["tag"]))
            if message.name in shaky and message.name not in refused:
                refused.add(message.name)  # its first ever was answered with 503
                continue
            seen[key] += 1
            found.wrong += key[0] in self.void
            due, start = self.expected.get(key, (message.at, message.at + 1))
            found.early += message.at < due - 60
            found.after_start += message.at >= start
        found.trace, found.expected = self.trace, len(self.expected)
        found.accepted = len(seen.keys() & self.expected.keys())
        found.missing = len(self.expected.keys() - seen.keys())
        found.wrong += sum(1 for key in seen if key not in self.expected)
        found.repeats = sum(count - 1 for count in seen.values())
        found.unlike_repeats = sum(len(tag) - 1 for tag in tags.values())
        rows = db.session.execute(db.select(Notification.outcome))
        found.outcomes = dict(Counter(str(row[0]) for row in rows))
        return found


def simulate(plan: Plan, database_url: str = "") -> Findings:
    """Run one life of the service on a database of its own."""
    with tempfile.TemporaryDirectory() as name, _world(plan, Path(name), database_url) as world:
        world.live()
        Event().wait(0.2)
        return world.found


@contextmanager
def _world(plan: Plan, folder: Path, database_url: str) -> Iterator[World]:
    settings = Settings(
        data=folder, database_url=database_url or f"sqlite:///{folder / 'groundwork.db'}",
        plain_http=True, push_contact="ops@example.org",
    )  # fmt: skip
    stage = Stage()
    here, there = fork.Pipe()
    keeper = fork.Process(target=nursery, args=(stage, there), daemon=True)
    keeper.start()
    with push_service(folder, now=lambda: stage.true) as service:
        settings = replace(
            settings, push_hosts=(f"127.0.0.1:{service.port}",), push_ca=str(service.authority)
        )
        app = create_app(settings)
        with app.app_context():
            if is_postgresql():
                migrate()
            else:
                (folder / "groundwork.db").write_bytes(new_database())
            world = World(plan, settings, stage, here)
            world.settle(service)
            try:
                yield world
                for pid in world.pids.values():
                    while _is_there(pid):
                        Event().wait(0.01)
                world.judge(service.got)
            finally:
                for pid in world.pids.values():
                    with suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
                keeper.terminate()
                db.session.remove()
                db.engine.dispose()


def _is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def main(words: list[str] | None = None) -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--hours", type=float, default=24)
    arguments.add_argument("--kills", type=int, default=200)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--postgresql", action="store_true", help="beside tests.databases")
    given = arguments.parse_args(words)
    bad = 0
    for title, kills in (("without kills", 0), (f"with {given.kills} kill -9", given.kills)):
        began = time.monotonic()
        plan = Plan(given.hours, kills=kills, seed=given.seed, leaps=24, stalls=16, restarts=60,
                    changes=20)  # fmt: skip
        with worker_database("simulated") if given.postgresql else nullcontext("") as url:
            found = simulate(plan, url)
        print(f"{title} ({time.monotonic() - began:.0f} s): {found}", flush=True)
        bad += found.mistakes
    if bad:
        again = "--postgresql " if given.postgresql else ""
        print(f"It goes wrong again with {again}--seed {given.seed} --hours {given.hours:g} "
              f"--kills {given.kills}")  # fmt: skip
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
