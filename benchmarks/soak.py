"""As many requests as eight evenings' hours bring, in minutes: what stays behind?

python -m benchmarks.load soak --minutes 10

Web processes and sender of one clinic of 300 patients, at what `docs/scale.md` says of the hour
before group.
"""

import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from threading import Thread

from benchmarks import clinic
from benchmarks.clinics import EACH_HOUR, ENTRIES, OTHERS, Busy, running
from benchmarks.report import Result

HOURS, MINUTES = 8, 10
WARM = 0.1  # of all requests, before the first look: whatever is loaded once is there then
LOOKS, MIB = 5, 1024 * 1024


@dataclass(frozen=True)
class Look:
    """What its processes hold at a moment."""

    megabytes: float
    handles: int
    wal: float  # MiB


def run(url: str = "", minutes: float = MINUTES) -> list[Result]:
    """What they hold after the first requests, in the middle, and at the end."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="groundwork-bench-")))
        made = clinic.fill(folder / "data", OTHERS, entries=ENTRIES, url=url)
        busy = stack.enter_context(running(made))
        busy.people()
        with _watched(folder) as highest:
            looks = list(_spread(busy, folder, minutes * 60))
        if busy.wrong:
            raise RuntimeError(f"{len(busy.wrong)} of {len(busy.took)}: {set(busy.wrong)}")
    first, middle, last = looks
    told = f"{len(busy.took):,} requests in {minutes:g} minutes, none refused"
    return [
        Result("memory", f"Memory of all processes after {HOURS} hours' requests, beside the start",
               last.megabytes / first.megabytes, 1.1,
               f"{first.megabytes:.0f}, {middle.megabytes:.0f}, {last.megabytes:.0f} MB; {told}"),
        Result("handles", "Files and sockets that they hold, beside the start",
               last.handles / first.handles, 1.1,
               f"{first.handles}, {middle.handles}, {last.handles}"),
        Result("WAL", "The write-ahead log of SQLite at its largest", max(highest), 64,
               f"{first.wal:.1f}, {middle.wal:.1f}, {last.wal:.1f} MiB", unit="MiB"),
    ]  # fmt: skip


def _spread(busy: Busy, folder: Path, lasts: float) -> Iterator[Look]:
    """Each request at its own moment; a look after the first ones, half of them, and all."""
    random, threads, begun = Random(1), list[Thread](), time.perf_counter()
    asked = [what for what, an_hour in EACH_HOUR.items() for _ in range(an_hour * HOURS)]
    random.shuffle(asked)
    looks = {round(len(asked) * part) for part in (WARM, 0.5, 1)}
    for number, what in enumerate(asked, 1):
        time.sleep(max(0, begun + number / len(asked) * lasts - time.perf_counter()))
        threads.append(Thread(target=busy.ask, args=(what, number)))
        threads[-1].start()
        if number in looks:
            for thread in threads:
                thread.join()
            threads.clear()
            yield _look(busy, folder)


def _look(busy: Busy, folder: Path) -> Look:
    return Look(busy.megabytes(), min(_handles(busy) for _ in range(LOOKS)), _wal(folder))


def _handles(busy: Busy) -> int:
    time.sleep(0.2)  # the last answers' sockets are being closed
    return sum(len(list(Path(f"/proc/{pid}/fd").iterdir())) for pid in busy.processes())


@contextmanager
def _watched(folder: Path) -> Iterator[list[float]]:
    """How large the log is, each half second."""
    sizes, over = [0.0], False

    def watch() -> None:
        while not over:
            sizes.append(_wal(folder))
            time.sleep(0.5)

    watcher = Thread(target=watch)
    watcher.start()
    try:
        yield sizes
    finally:
        over = True
        watcher.join()


def _wal(folder: Path) -> float:
    file = folder / "data" / "groundwork.db-wal"
    return file.stat().st_size / MIB if file.exists() else 0
