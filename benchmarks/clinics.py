"""Twenty clinics side by side on one machine, in the hour before their evening groups.

python -m benchmarks clinics

Each has 300 patients, its own processes, and a database of its own: a SQLite file, or one of a
PostgreSQL cluster that all of them share. What an hour brings is told in `docs/scale.md`.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from uuid import uuid4

from benchmarks import clinic
from benchmarks.browser import Browser
from benchmarks.clinic import Clinic
from benchmarks.pages import signed_in
from benchmarks.report import Result
from benchmarks.servers import ROOT, Server, serving

CLINICS, OTHERS, ENTRIES = 20, 288, 3_000
LASTS = 60  # seconds
# In the hour before group: of 300 patients, and the facilitators of three groups.
SAVES, PAGES, HUDDLES = 450, 2_400, 20
EACH_HOUR = {"save": SAVES, "page": PAGES, "huddle": HUDDLES}
TRIGGER = {"urge": "7", "situation": "Walked home past the old place.", "acted": "no"}
READS = ("/today", "/today", "/journal/new", "/week", "/plan")


@dataclass
class Busy:
    """A clinic with its processes, and how long whoever asked it waited."""

    server: Server
    sender: "subprocess.Popen[bytes]"
    made: Clinic
    patients: list[Browser] = field(default_factory=list)
    facilitator: Browser | None = None
    took: list[float] = field(default_factory=list)  # milliseconds
    wrong: list[int] = field(default_factory=list)

    def people(self) -> None:
        """Sign in whoever asks something in this hour."""
        self.patients = [signed_in(self.server, name) for name in self.made.patients]
        for phone in self.patients:
            phone.get("/journal/new")
        self.facilitator = signed_in(self.server, self.made.facilitator)

    def ask(self, what: str, number: int) -> None:
        """One of the things that are asked, and how long it took."""
        assert self.facilitator
        phone, start = self.patients[number % len(self.patients)], time.perf_counter()
        if what == "save":
            answer, good = phone.post("/journal/new", **TRIGGER, id=str(uuid4())), 302
        elif what == "page":
            answer, good = phone.get(READS[number % len(READS)]), 200
        else:
            answer, good = self.facilitator.get(f"/clinic/sessions/{self.made.tonight}"), 200
        self.took.append((time.perf_counter() - start) * 1000)
        if answer.status != good:
            self.wrong.append(answer.status)

    def processes(self) -> list[int]:
        return [self.server.process.pid, *self.server.workers(), self.sender.pid]

    def megabytes(self) -> float:
        """What its processes take, shared pages divided among those who share them."""
        return sum(_pss(pid) for pid in self.processes()) / 1024


def run() -> list[Result]:
    """A minute of that hour, with SQLite files and with one PostgreSQL cluster."""
    return [*_measured("SQLite", _files), *_measured("PostgreSQL", _cluster)]


def _measured(
    engine: str, databases: Callable[[Path], Iterator[tuple[Clinic, list[str]]]]
) -> list[Result]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="groundwork-bench-")))
        made, urls = stack.enter_context(contextmanager(databases)(folder / "first"))
        busy = [
            stack.enter_context(running(_copied(made, folder / str(number), url)))
            for number, url in enumerate(urls)
        ]
        idle = statistics.median(one.megabytes() for one in busy)
        for one in busy:
            one.people()
        cpu = sum(one.server.cpu() for one in busy)
        _an_hours_pace(busy)
        used = sum(one.server.cpu() for one in busy) - cpu
        peak = statistics.median(one.megabytes() for one in busy)
    took = [ms for one in busy for ms in one.took]
    wrong = [status for one in busy for status in one.wrong]
    if wrong:
        raise RuntimeError(f"{len(wrong)} of {len(took)} were answered {set(wrong)}")
    p50, p95, p99 = (statistics.quantiles(took, n=100)[at] for at in (49, 94, 98))
    return [
        Result(
            f"20, {engine}",
            f"p95 of everything that {CLINICS} clinics with {engine} are asked before 6 PM",
            p95, 1_000,
            f"p50 {p50:.0f}, p99 {p99:.0f} ms; {len(took)} requests in {LASTS} s; "
            f"{used / LASTS:.2f} cores; a clinic takes {idle:.0f} MB idle, {peak:.0f} MB then",
            unit="ms",
        )
    ]  # fmt: skip


def _files(first: Path) -> Iterator[tuple[Clinic, list[str]]]:
    yield clinic.fill(first, OTHERS, entries=ENTRIES), [""] * CLINICS


def _cluster(first: Path) -> Iterator[tuple[Clinic, list[str]]]:
    from tests.databases import create_database, throwaway_server

    with throwaway_server("-c max_connections=200") as server:
        url = create_database(server.url, "first")
        made = clinic.fill(first, OTHERS, entries=ENTRIES, url=url)
        yield (
            made,
            [
                create_database(server.url, f"clinic{number}", template="first")
                for number in range(CLINICS)
            ],
        )


def _copied(made: Clinic, folder: Path, url: str) -> Clinic:
    """The same people once more: making three hundred of them takes longer than all the rest."""
    shutil.copytree(made.environ["GROUNDWORK_DATA"], folder)
    at = url or f"sqlite:///{folder / 'groundwork.db'}"
    own = {"GROUNDWORK_DATA": str(folder), "GROUNDWORK_DATABASE_URL": at}
    return replace(made, environ=made.environ | own)


@contextmanager
def running(made: Clinic) -> Iterator[Busy]:
    log = Path(made.environ["GROUNDWORK_DATA"]) / "log"
    with serving("wsgi:app", made.environ, "/healthz", log) as server:
        with log.open("ab") as also:
            sender = subprocess.Popen(
                [sys.executable, "-m", "flask", "--app", "wsgi", "deliver-reminders"],
                cwd=ROOT, env={**os.environ, **made.environ}, stdout=also, stderr=also,
            )  # fmt: skip
        try:
            yield Busy(server, sender, made)
        finally:
            sender.terminate()
            sender.wait()


def _an_hours_pace(busy: list[Busy]) -> None:
    """Each asks at its own moments, whether or not the one before was answered."""
    random, begun = Random(1), time.perf_counter()
    moments = sorted(
        (random.uniform(0, LASTS), one, what)
        for one in range(len(busy))
        for what, an_hour in EACH_HOUR.items()
        for _ in range(round(an_hour * LASTS / 3600))
    )
    threads = []
    for number, (at, one, what) in enumerate(moments):
        time.sleep(max(0, begun + at - time.perf_counter()))
        threads.append(threading.Thread(target=busy[one].ask, args=(what, number)))
        threads[-1].start()
    for thread in threads:
        thread.join()


def _pss(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
