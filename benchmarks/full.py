"""The huddle of a full evening: 360 shared entries among 300 patients and 100,000 entries.

python -m benchmarks full
"""

import statistics
import tempfile
import threading
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

from benchmarks import clinic, floor
from benchmarks.browser import Load, Request, load
from benchmarks.clinic import PATIENTS, Clinic
from benchmarks.pages import SECONDS, signed_in
from benchmarks.report import Result
from benchmarks.servers import Server, serving

SHARED, EVERYONE, ENTRIES = 30, 300, 100_000
ROWS = PATIENTS * SHARED
BESIDE = f"/select?rows={ROWS}"
ROUNDS, READERS, READING = 20, 20, 15  # the last in seconds
TRIGGER = {"urge": "7", "situation": "Walked home past the old place.", "acted": "no", "after": "3"}
PAUSE = 0.2  # seconds between two entries that are saved meanwhile


def run() -> list[Result]:
    """Its CPU beside the floor's page of as many rows, and how long many readers wait for it."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="groundwork-bench-")))
        made = clinic.fill(folder / "data", EVERYONE - PATIENTS, shared=SHARED, entries=ENTRIES)
        floor.fill(str(folder / "floor.db"), ROWS * floor.PEOPLE)
        bare = stack.enter_context(serving(
            "benchmarks.floor:create_app()", {floor.DATABASE: str(folder / "floor.db")}, BESIDE,
            folder / "floor.log",
        ))  # fmt: skip
        ours = stack.enter_context(
            serving("wsgi:app", made.environ, "/healthz", folder / "ours.log")
        )
        return _measured(ours, bare, made)


def _measured(ours: Server, bare: Server, made: Clinic) -> list[Result]:
    facilitator, address = signed_in(ours, made.facilitator), f"/clinic/sessions/{made.tonight}"
    if facilitator.get(address).text.count('class="says"') != ROWS:
        raise RuntimeError("the huddle doesn't show what was shared")

    def huddle(_number: int) -> Request:
        return Request("GET", address, facilitator.headers())

    def select(_number: int) -> Request:
        return Request("GET", BESIDE, {"Accept": "text/html", "Accept-Encoding": "gzip"})

    def both() -> tuple[Load, Load]:
        return load(ours, huddle, 200, seconds=SECONDS), load(bare, select, 200, seconds=SECONDS)

    both()
    rounds = [both() for _ in range(ROUNDS)]
    cpu = [(theirs.cpu_ms, floors.cpu_ms) for theirs, floors in rounds]
    read = _while_saving(ours, made, huddle)
    return [
        Result(
            "huddle, 360",
            f"The huddle of {PATIENTS} x {SHARED} entries among {EVERYONE} patients and "
            f"{ENTRIES:,} entries, in CPU beside a page of {ROWS} rows in bare Flask",
            statistics.median(theirs / floors for theirs, floors in cpu), 3,
            f"{statistics.median(one for one, _ in cpu):.1f} against "
            f"{statistics.median(one for _, one in cpu):.1f} ms here",
        ),
        Result(
            "20 readers",
            f"p95 of that huddle for {READERS} readers at once, while entries are saved",
            read.p95_ms, 2_000, f"{read.per_second:.1f} pages/s", unit="ms",
        ),
    ]  # fmt: skip


def _while_saving(ours: Server, made: Clinic, huddle: Callable[[int], Request]) -> Load:
    phones = [signed_in(ours, name) for name in made.patients]
    for phone in phones:
        phone.get("/journal/new")
    over = threading.Event()
    answers: list[int] = []

    def save() -> None:
        for number in range(1_000_000):
            if over.wait(PAUSE):
                return
            saved = phones[number % PATIENTS].post("/journal/new", **TRIGGER, id=str(uuid4()))
            answers.append(saved.status)

    writer = threading.Thread(target=save)
    writer.start()
    try:
        read = load(ours, huddle, 200, at_once=READERS, seconds=READING)
    finally:
        over.set()
        writer.join()
    if set(answers) != {302}:
        raise RuntimeError(f"saving meanwhile was answered {set(answers)}")
    return read
