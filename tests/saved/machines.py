"""Several machines that share one PostgreSQL, nginx in front of them, and phones that write.

Each has a data folder of its own, with copies of the keys, and nothing else in common. Two of them
serve pages and send messages, a third one serves pages.
"""

import http.client
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from time import time
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import func, select, update

from tests.conftest import root, started
from tests.databases import Server, create_database, throwaway_server
from tests.deploy.proxies import Proxy, free_port, in_front_of, until_it_answers
from tests.killed import meanwhile
from tests.pages import Phone
from tests.reminders.pushservice import FakePhone, PushService, push_service
from tests.sync.conftest import sealed
from webapp.accounts.actions import make_person, start_sign_in
from webapp.accounts.models import Role
from webapp.accounts.queries import author_mark
from webapp.cli import migrate
from webapp.config import Settings
from webapp.core import clock
from webapp.core.data.db import db
from webapp.entries.models import entry_id
from webapp.reminders.actions import connect_phone
from webapp.reminders.models import Notification, Sender
from webapp.reminders.schedule import Kind
from webapp.sync.page import outbox_key

# The machine goes on whatever its server does, so what was written without a disk is there.
SAFE = "-c fsync=off -c full_page_writes=off"
WEBS, SENDERS, WRITERS = 3, 2, 8
AHEAD = 30  # seconds, of the second sender's clock
TAKES = 0.3  # seconds, a push service for a message: long enough for the other sender to look
LASTS = timedelta(hours=1)
MESSAGES = 12  # told at a time


@dataclass
class Person:
    """Somebody with a signed-in phone."""

    id: UUID
    mark: str
    cookie: str


@dataclass
class Writer:
    """A phone of several people's. It sends each entry until it hears that it is saved."""

    proxy: Proxy
    people: list[Person]
    key: str
    is_over: threading.Event
    sent: list[UUID] = field(default_factory=list)  # ids of entries
    saved: list[UUID] = field(default_factory=list)
    waited: int = 0  # answers after which it had to try again
    wrong: list[object] = field(default_factory=list)
    _line: http.client.HTTPSConnection | None = None

    def live(self) -> None:
        """Write one thing after the other, and look at Today now and then."""
        try:
            for number in range(1_000_000):
                if self.is_over.is_set() or self.wrong:
                    return
                person = self.people[number % len(self.people)]
                self._write(person)
                if number % 5 == 0:
                    self._until_answered("GET", "/today", person, None)
        except Exception as trouble:  # nginx itself never goes
            self.wrong.append(trouble)
        finally:
            if self._line:
                self._line.close()

    def _write(self, person: Person) -> None:
        made = uuid4()
        fields = {"urge": "6", "situation": "Tired"}
        item = sealed(self.key, person.mark, fields, id=made, at=clock.now())
        self.sent.append(entry_id(person.id, made))
        body = json.dumps({"now": clock.now().isoformat(), "operations": [item]})
        if answer := self._until_answered("POST", "/sync", person, body):
            (told,) = json.loads(answer)["answers"]
            if told["answer"] in ("saved", "already"):
                self.saved.append(self.sent[-1])
            else:
                self.wrong.append(told["answer"])

    def _until_answered(self, method: str, path: str, person: Person, body: str | None) -> bytes:
        """As a phone does: again, as long as the answer says that this may help."""
        waiting = threading.Event()
        while True:
            answer, content = self._ask(method, path, person, body)
            if answer.status == 200:
                return content
            if answer.status != 503 or "Retry-After" not in answer.headers:
                self.wrong.append((method, path, answer.status, answer.headers.get("Location")))
                return b""
            self.waited += 1
            if self.is_over.is_set():
                return b""
            waiting.wait(0.05)

    def _ask(
        self, method: str, path: str, person: Person, body: str | None
    ) -> tuple[http.client.HTTPResponse, bytes]:
        headers = {"Cookie": person.cookie, "Origin": self.proxy.address, "X-Groundwork": "outbox"}
        if body:
            headers["Content-Type"] = "application/json"
        if self._line is None:
            self._line = http.client.HTTPSConnection(
                "localhost", self.proxy.port, timeout=60, context=self.proxy.trust
            )
        self._line.request(method, path, body, headers)
        answer = self._line.getresponse()
        return answer, answer.read()


class Nursery:
    """Has what a service needs in its memory, so that none of them takes seconds to start."""

    def __init__(self, environ: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.saved.service"], cwd=root(), env=os.environ | environ,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def start(self, **told: object) -> int:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(told) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def end(self) -> None:
        self.process.kill()
        self.process.communicate()


@dataclass
class Service:
    """One process, or a gunicorn with its worker."""

    nursery: Nursery
    words: list[str]
    environ: dict[str, str]
    log: Path
    ahead: int = 0
    port: int = 0
    pid: int = 0

    def poll(self) -> int | None:
        """None while it runs."""
        return None if self.pid and Path(f"/proc/{self.pid}").exists() else 0

    def start(self) -> None:
        """As systemd does, also after it ended by itself."""
        if self.poll() is not None:
            self.pid = self.nursery.start(
                seconds=self.ahead, environ=self.environ, log=str(self.log), words=self.words
            )

    def until_it_answers(self) -> None:
        until_it_answers(self.port, self)  # type: ignore[arg-type]

    def workers(self) -> list[int]:
        with suppress(OSError):
            children = Path(f"/proc/{self.pid}/task/{self.pid}/children")
            return [int(child) for child in children.read_text().split()]
        return []

    def end(self, stop: Callable[[int, int], None] = os.killpg, how: int = signal.SIGKILL) -> None:
        """All of it, as systemd does when its first process is gone."""
        waited = threading.Event()
        with suppress(ProcessLookupError):
            if self.pid:
                stop(self.pid, how)
        while self.poll() is None:
            waited.wait(0.005)

    def stop(self) -> None:
        """Told to, it may finish what it does."""
        self.end(os.kill, signal.SIGTERM)


@dataclass
class Machines:
    """All of them."""

    server: Server
    service: PushService
    proxy: Proxy
    app: Flask
    webs: list[Service]
    senders: list[Service]
    people: list[Person] = field(default_factory=list)
    phones: list[tuple[UUID, UUID, FakePhone]] = field(default_factory=list)  # whose, its row
    due: dict[UUID, datetime] = field(default_factory=dict)  # messages
    sender_kills: list[float] = field(default_factory=list)
    kills: int = 0
    chance: random.Random = field(default_factory=lambda: random.Random(7))

    def start(self) -> None:
        """Whatever doesn't run."""
        for one in (*self.webs, *self.senders):
            one.start()

    def until_all_answer(self) -> None:
        for web in self.webs:
            web.until_it_answers()

    def settle(self, each: int) -> None:
        """People with their phones, made directly."""
        with self.app.app_context():
            key = 0
            for number in range(WRITERS * each):
                person = make_person(f"person{number}", "Ana", "no password", Role.PATIENT)
                db.session.flush()
                made = start_sign_in(person, device="T", own_phone=True, lasts=timedelta(days=30))
                db.session.flush()
                self.people.append(Person(person.id, author_mark(person), self._cookie(made.token)))
                if number < MESSAGES:
                    fake = self.service.phone(f"phone{key}")
                    row = connect_phone(person, made, fake.endpoint, fake.p256dh, fake.auth)
                    self.phones.append((person.id, row.id, fake))
                    key += 1
            db.session.commit()

    def _cookie(self, token: str) -> str:
        phone = Phone(self.app, token, base_url=self.proxy.address)
        return "; ".join(f"{one.key}={one.value}" for one in phone.client._cookies.values())

    @contextmanager
    def written_to(self) -> Iterator[list[Writer]]:
        """While eight phones write."""
        is_over = threading.Event()
        with self.app.app_context():
            key = outbox_key()
        writers = [
            Writer(self.proxy, self.people[n::WRITERS], key, is_over) for n in range(WRITERS)
        ]
        with meanwhile((writer.live for writer in writers), is_over):
            yield writers

    def tell(self) -> None:
        """A message to each phone, half of them due in a moment."""
        now = clock.now()
        with self.app.app_context():
            for number, (person, phone, _) in enumerate(self.phones):
                at = now + timedelta(seconds=number % 2)
                made = Notification(
                    id=uuid4(), person_id=person, only_for_id=phone, kind=Kind.TEST,
                    occurs_at=at, due_at=at, next_at=at, expires_at=at + LASTS,
                )  # fmt: skip
                db.session.add(made)
                self.due[made.id] = at
            db.session.commit()
            db.session.remove()

    def tend(self, until: Callable[[], bool]) -> None:
        """Wait for something, and start what ended."""
        waited = threading.Event()
        while not until():
            assert len(self.service.got) <= 2 * len(self.due), "they ring again and again"
            self.start()
            waited.wait(0.01)

    def worker(self) -> None:
        """One that serves is killed, as when a machine runs out of memory."""
        workers = [worker for web in self.webs for worker in web.workers()]
        if workers:
            os.kill(self.chance.choice(workers), signal.SIGKILL)
            self.kills += 1

    def web(self) -> None:
        """All that serves on one machine."""
        self._kill(self.chance.choice(self.webs))

    def sender(self) -> None:
        """One that is sending."""
        before = len(self.service.got)
        self.tell()
        self.tend(lambda: len(self.service.got) > before)
        self._kill(self.chance.choice(self.senders))
        self.sender_kills.append(time())

    def _kill(self, one: Service) -> None:
        one.end()
        one.start()
        self.kills += 1

    def fast(self) -> None:
        """The database is restarted, and tells whoever is connected."""
        self._restart_database("fast")

    def immediate(self) -> None:
        """The database is restarted without a word, and recovers."""
        self._restart_database("immediate")

    def _restart_database(self, how: str) -> None:
        self.tell()
        self.server.run("pg_ctl", "stop", "-w", "-m", how)
        self.server.start()

    def rolling(self) -> None:
        """Each service in turn is stopped and started, as for a new kernel."""
        for one in (*self.webs, *self.senders):
            one.stop()
            one.start()
            if one.port:
                one.until_it_answers()

    def until_all_is_told(self) -> None:
        """What a sender that was killed had claimed is another's after two minutes: here, at once.
        Those that were told to stop have said so."""
        for sender in self.senders:
            sender.stop()
        with self.app.app_context():
            gone = update(Sender).where(Sender.ended_at.is_(None)).values(ended_at=clock.now())
            db.session.execute(gone)
            db.session.commit()
            open_ = select(func.count()).where(Notification.finished_at.is_(None))

            def is_told() -> bool:
                left = db.session.scalar(open_)
                db.session.rollback()
                return left == 0

            self.tend(is_told)
            db.session.remove()
        for sender in self.senders:
            sender.stop()

    @cached_property
    def shown(self) -> dict[UUID, list[tuple[float, str, str]]]:
        """By message: when it came, its topic and its tag. A phone shows one tag once."""
        phones = {fake.name: fake for _, _, fake in self.phones}
        found: dict[UUID, list[tuple[float, str, str]]] = {}
        for got in self.service.got:
            told = phones[got.name].opened(got.body)["notification"]
            came = (got.at, got.headers["Topic"], told["tag"])
            found.setdefault(UUID(told["data"]["id"]), []).append(came)
        return found

    def end(self) -> None:
        for one in (*self.webs, *self.senders):
            one.end()
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()


@contextmanager
def machines(folder: Path, each: int, options: str = SAFE) -> Iterator[Machines]:
    """As `docs/operator.md` has it: one sets up, and the others get its keys."""
    ports, port = [free_port() for _ in range(WEBS)], free_port()
    with ExitStack() as stack:
        server = stack.enter_context(throwaway_server(options))
        service = stack.enter_context(push_service(folder))
        service.delay = TAKES
        environ = {
            "GROUNDWORK_DATABASE_URL": create_database(server.url, "clinic"),
            "GROUNDWORK_ADDRESS": f"https://localhost:{port}",
            "GROUNDWORK_TRUSTED_PROXIES": "1",
            "GROUNDWORK_PUSH_CONTACT": "push@clinic.example.org",
            "GROUNDWORK_PUSH_HOSTS": f"127.0.0.1:{service.port}",
            "GROUNDWORK_PUSH_CA": str(service.authority),
        }
        data = [folder / f"machine{number}" for number in range(WEBS)]
        app = started(Settings.from_environment(environ | {"GROUNDWORK_DATA": str(data[0])}))
        nursery = Nursery(environ | {"GROUNDWORK_DATA": str(data[0])})
        stack.callback(nursery.end)
        with app.app_context():
            migrate()
        for other in data[1:]:
            shutil.copytree(data[0] / "keys", other / "keys")
        proxy = stack.enter_context(in_front_of(ports, folder, port))

        def of(number: int, *words: str, ahead: int = 0, port: int = 0) -> Service:
            own = environ | {"GROUNDWORK_DATA": str(data[number])}
            log = folder / f"machine{number}.log"
            return Service(nursery, list(words), own, log, ahead, port)

        made = Machines(
            server, service, proxy, app,
            [of(n, *f"gunicorn wsgi:app --bind 127.0.0.1:{at} --workers 1".split(), port=at)
             for n, at in enumerate(ports)],
            [of(n, "flask", "--app", "wsgi", "deliver-reminders", ahead=n * AHEAD)
             for n in range(SENDERS)],
        )  # fmt: skip
        try:
            made.settle(each)
            made.start()
            made.until_all_answer()
            yield made
        finally:
            made.end()
