"""Many at once: phones that write, phones that come back, wrong passwords, twenty facilitators.

python -m benchmarks.load crowds

All of it in one clinic of 300 patients and 100,000 entries, under gunicorn as the repository has
it; the floor's inserts are made by as many clients in the same run.
"""

import json
import statistics
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from random import Random
from urllib.parse import urlencode
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import func, select, update

from benchmarks import clinic, floor
from benchmarks.browser import FORM, Browser, Load, Request, load
from benchmarks.clinic import PASSWORD, PATIENTS, ZONE, Clinic
from benchmarks.full import ENTRIES, EVERYONE, SHARED
from benchmarks.pages import SELECT, signed_in
from benchmarks.report import Result
from benchmarks.servers import Server, serving
from tests.sync.conftest import OUTBOX, sealed
from webapp import create_app
from webapp.accounts.actions import make_person
from webapp.accounts.models import Person, Role
from webapp.accounts.queries import author_mark
from webapp.config import Settings
from webapp.core import clock
from webapp.core.data.db import db
from webapp.entries.models import Entry, entry_id
from webapp.program.actions import join
from webapp.program.models import Group, GroupRole
from webapp.sync.page import outbox_key

WRITING, RETURNING, QUEUED, READING = 100, 200, 10, 20
ROUNDS, SECONDS = 3, 10  # of the writing phones and the floor, by turns
TRIES, LASTS = 30, 20  # wrong passwords a second; seconds
PACE = 15  # pages and saves a second of everybody else meanwhile
TRIGGER = {"urge": "7", "situation": "Walked home past the old place.", "acted": "no"}
PAGES = ("/today", "/journal/new", "/week", "/plan")


@dataclass
class Heard:
    """What was answered, and how long each waited."""

    took: list[float] = field(default_factory=list)  # milliseconds
    wrong: list[int] = field(default_factory=list)

    def ask(self, do: Callable[[], int], good: int) -> None:
        """One request, as whoever waits for it sees it."""
        start = time.perf_counter()
        try:
            status = do()
        except (OSError, ValueError, HTTPException):
            status = 0
        self.took.append((time.perf_counter() - start) * 1000)
        if status != good:
            self.wrong.append(status)

    def percentile(self, at: int) -> float:
        """In milliseconds."""
        return statistics.quantiles(self.took, n=100)[at - 1]

    def must_be_right(self) -> None:
        """Raises RuntimeError: a fast refusal is no page."""
        if self.wrong:
            raise RuntimeError(f"{Counter(self.wrong)} of {len(self.took)} went wrong")


def run(url: str = "") -> list[Result]:
    """One after another, on a clinic that fills meanwhile."""
    with tempfile.TemporaryDirectory(prefix="groundwork-bench-") as folder:
        data, others = Path(folder) / "data", EVERYONE - PATIENTS
        return measured(
            clinic.fill(data, others, shared=SHARED, entries=ENTRIES, url=url), Path(folder)
        )


def measured(made: Clinic, folder: Path) -> list[Result]:
    """All of it in this clinic."""
    names = _more_people(made)
    floor.fill(str(folder / "floor.db"))
    with ExitStack() as stack:
        bare = stack.enter_context(serving(
            "benchmarks.floor:create_app()", {floor.DATABASE: str(folder / "floor.db")}, SELECT,
            folder / "floor.log",
        ))  # fmt: skip
        ours = stack.enter_context(
            serving("wsgi:app", made.environ, "/healthz", folder / "ours.log")
        )
        phones = [signed_in(ours, name) for name in names[:RETURNING]]
        for phone in phones:
            phone.get("/journal/new")  # its form's token is good for every entry afterwards
        return [
            *_writing(ours, bare, phones[:WRITING]),
            *_returning(ours, phones, made, names),
            *_facilitators(ours, made, phones),
            *_wrong_passwords(phones, made, stack, folder),
        ]


def _more_people(made: Clinic) -> list[str]:
    """Whoever only was weight can sign in, and nineteen more facilitate the evening group."""
    with in_app(made) as _app:
        first = db.session.scalars(select(Person).filter_by(username=made.patients[0])).one()
        hashed, now = first.password_hash, clock.now()
        db.session.execute(
            update(Person).where(Person.role == Role.PATIENT).values(password_hash=hashed)
        )
        group = db.session.scalars(select(Group).filter_by(name="Evening group")).one()
        for number in range(1, READING):
            who = make_person(f"facilitator{number}", f"Cleo {number}", hashed, Role.FACILITATOR)
            join(group, who, GroupRole.FACILITATOR).from_at = now - timedelta(days=60)
        db.session.commit()
    return [*made.patients, *(f"other{number}" for number in range(EVERYONE - PATIENTS))]


@contextmanager
def in_app(made: Clinic) -> Iterator[Flask]:
    """Beside the server, in the same database."""
    app = create_app(Settings.from_environment(made.environ))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def _writing(ours: Server, bare: Server, phones: list[Browser]) -> list[Result]:
    body = urlencode({"body": floor.BODY})
    plain = {"Accept": "text/html", "Content-Type": FORM}

    def save(number: int) -> Request:
        return saving(phones[number % len(phones)])

    def insert(_number: int) -> Request:
        return Request("POST", "/insert", plain, body)

    def both(seconds: float) -> tuple[Load, Load]:
        return (load(ours, save, 302, at_once=WRITING, seconds=seconds),
                load(bare, insert, 303, at_once=WRITING, seconds=seconds))  # fmt: skip

    both(1)  # not counted
    rounds = [both(SECONDS) for _ in range(ROUNDS)]
    rate = statistics.median(our.per_second / floors.per_second for our, floors in rounds)
    p95 = statistics.median(our.p95_ms for our, _ in rounds)
    count = sum(our.requests for our, _ in rounds)
    each = statistics.median(our.per_second for our, _ in rounds)
    return [
        Result("100 writing", f"Entries a second of {WRITING} phones, beside as many that insert "
               "into bare Flask's one table", rate, 0.45,
               f"{each:.0f} a second here; {count:,} saved, none refused", at_least=True),
        Result("their p95", f"How long 95 of 100 of those {WRITING} phones waited at most", p95,
               400, unit="ms"),
    ]  # fmt: skip


def saving(phone: Browser) -> Request:
    """A new entry of somebody who has opened the form."""
    body = urlencode({"csrf_token": phone.token, "id": str(uuid4()), **TRIGGER})
    return Request("POST", "/journal/new", phone.headers() | {"Content-Type": FORM}, body)


def _returning(ours: Server, phones: list[Browser], made: Clinic, names: list[str]) -> list[Result]:
    """Each brings its queue, and brings it again, as if the first answer had got lost."""
    with in_app(made):
        people = {
            one.username: (one.id, author_mark(one))
            for one in db.session.scalars(select(Person).where(Person.role == Role.PATIENT))
        }
        key = outbox_key()
    queues, wanted = [], []
    for name in names[: len(phones)]:
        id, mark = people[name]
        made_ids = [uuid4() for _ in range(QUEUED)]
        fields = TRIGGER | {"zone": ZONE}
        queues.append([sealed(key, mark, fields, id=one, at=clock.now()) for one in made_ids])
        wanted += [entry_id(id, one) for one in made_ids]
    heard, start = Heard(), time.perf_counter()
    answers = _bring(ours, heard, phones, queues)
    took = time.perf_counter() - start
    answers += _bring(ours, heard, phones, queues)
    there, refused = _count(made, wanted), len(heard.wrong)
    if there != len(wanted) or set(answers) != {"saved", "already"}:
        raise RuntimeError(f"{there} of {len(wanted)}: {Counter(answers)}, {heard.wrong}")
    return [
        Result("200 return", f"{len(phones)} phones that come back at once with {QUEUED} entries "
               "each take", took, 60, f"{there:,} there exactly once, though each queue was "
               f"brought twice; p95 of a queue {heard.percentile(95):.0f} ms", unit="s"),
        Result("refused", "Queues that had to be brought again", refused, 0,
               f"of {len(heard.took)}: {Counter(heard.wrong)}", unit="queues"),
    ]  # fmt: skip


def _bring(
    ours: Server, heard: Heard, phones: list[Browser], queues: list[list[dict[str, str]]]
) -> list[str]:
    answers: list[str] = []

    def bring(phone: Browser, queue: list[dict[str, str]]) -> int:
        connection = HTTPConnection("127.0.0.1", ours.port, timeout=60)
        sent = json.dumps({"now": clock.now().isoformat(), "operations": queue})
        headers = phone.headers() | OUTBOX | {"Content-Type": "application/json"}
        connection.request("POST", "/sync", sent, headers | {"Accept-Encoding": "identity"})
        response = connection.getresponse()
        text = response.read()
        connection.close()
        if response.status == 200:
            answers.extend(said["answer"] for said in json.loads(text)["answers"])
        return response.status

    with ThreadPoolExecutor(len(phones)) as pool:
        for phone, queue in zip(phones, queues, strict=True):
            pool.submit(heard.ask, partial(bring, phone, queue), 200)
    return answers


def _count(made: Clinic, wanted: list[UUID]) -> int:
    with in_app(made):
        found = (
            db.session.scalar(
                select(func.count()).select_from(Entry).where(Entry.id.in_(wanted[at : at + 500]))
            )
            for at in range(0, len(wanted), 500)
        )
        return sum(count or 0 for count in found)


def _facilitators(ours: Server, made: Clinic, phones: list[Browser]) -> list[Result]:
    """All twenty open it in the same moment, and again until the time is over; each for the first
    time records 360 readings. Everybody else goes on."""
    names = [made.facilitator, *(f"facilitator{number}" for number in range(1, READING))]
    desks = [signed_in(ours, name) for name in names]
    address, heard, others = f"/clinic/sessions/{made.tonight}", Heard(), Heard()
    end = time.perf_counter() + LASTS

    def read(desk: Browser) -> None:
        while time.perf_counter() < end:
            heard.ask(lambda: desk.get(address).status, 200)

    threads = [threading.Thread(target=read, args=(desk,)) for desk in desks]
    for thread in threads:
        thread.start()
    everyday(others, phones, LASTS, pace=5)
    for thread in threads:
        thread.join()
    heard.must_be_right()
    others.must_be_right()
    return [
        Result("20 open", f"p95 of the huddle ({PATIENTS} x {SHARED} entries) for {READING} "
               f"facilitators at once, among {EVERYONE} patients and {ENTRIES:,} entries",
               heard.percentile(95), 2_000, f"{len(heard.took)} opened in {LASTS} s; p95 of "
               f"patients meanwhile {others.percentile(95):.0f} ms", unit="ms"),
    ]  # fmt: skip


def everyday(heard: Heard, phones: list[Browser], seconds: float, pace: float = PACE) -> None:
    """Pages and saves, each at its own moment, whether or not the one before was answered."""
    random, begun, threads = Random(1), time.perf_counter(), []
    moments = sorted(random.uniform(0, seconds) for _ in range(round(pace * seconds)))
    for number, at in enumerate(moments):
        phone = phones[number % len(phones)]
        time.sleep(max(0, begun + at - time.perf_counter()))
        asked = (_saved, phone, 302) if number % 6 == 0 else (_opened, phone, 200)
        threads.append(threading.Thread(target=_one, args=(heard, number, *asked)))
        threads[-1].start()
    for thread in threads:
        thread.join()


def _one(
    heard: Heard, number: int, do: Callable[[Browser, int], int], phone: Browser, good: int
) -> None:
    heard.ask(lambda: do(phone, number), good)


def _saved(phone: Browser, _number: int) -> int:
    return phone.post("/journal/new", **TRIGGER, id=str(uuid4())).status


def _opened(phone: Browser, number: int) -> int:
    return phone.get(PAGES[number % len(PAGES)]).status


def _wrong_passwords(
    phones: list[Browser], made: Clinic, stack: ExitStack, folder: Path
) -> list[Result]:
    """From one place, which soon has to wait, and from everywhere, where each is tried. Hashed as
    an installation does it: 19 MiB, two passes."""
    environ = {name: value for name, value in made.environ.items() if "_HASH_" not in name}
    environ |= {"GROUNDWORK_TRUSTED_PROXIES": "1"}
    real = stack.enter_context(serving("wsgi:app", environ, "/healthz", folder / "real.log"))
    people = [Browser(real, phone.cookies, phone.token) for phone in phones[:PATIENTS]]
    calm = Heard()
    everyday(calm, people, LASTS)
    results = []
    for name, where in (("one place", "one place"), ("everywhere", "as many places")):
        meanwhile, refused = Heard(), Counter[int]()
        over = threading.Event()
        attack = threading.Thread(target=_try, args=(real, name == "one place", refused, over))
        attack.start()
        everyday(meanwhile, people, LASTS)
        over.set()
        attack.join()
        meanwhile.must_be_right()
        results.append(Result(
            f"wrong, {name}"[:14],
            f"p95 of everybody's pages and saves while {TRIES} wrong passwords a second come "
            f"from {where}", meanwhile.percentile(95), 1_000,
            f"{calm.percentile(95):.0f} ms without; {refused[422]} looked at, "
            f"{refused[429]} told to wait", unit="ms",
        ))  # fmt: skip
    calm.must_be_right()
    return results


def _try(server: Server, is_one: bool, refused: Counter[int], over: threading.Event) -> None:
    form, start = Browser(server), time.perf_counter()
    form.get("/sign-in")
    with ThreadPoolExecutor(60) as pool:
        for number in range(1_000_000):
            if over.wait(max(0, start + number / TRIES - time.perf_counter())):
                return
            place = "203.0.113.9" if is_one else f"198.51.{number // 250 % 250}.{number % 250}"
            pool.submit(_guess, form, f"guess{number}", place, refused)


def _guess(form: Browser, name: str, place: str, refused: Counter[int]) -> None:
    browser = Browser(form.server, dict(form.cookies), form.token, {"X-Forwarded-For": place})
    answer = browser.post("/sign-in", username=name, password=f"not {PASSWORD}")
    refused[answer.status] += 1
