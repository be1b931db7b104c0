"""20,000 meetings: how long an import takes, what it holds in memory, how fast a search is.

    python -m benchmarks.meetings

Processor time, so that a busy machine tells the same. Ratios where its speed would matter: an
import against reading the same file with json, the memory of 20,000 rows against that of 2,000.
"""

import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.report import Result, tell
from webapp import create_app
from webapp.cli import init_app as add_commands
from webapp.cli import migrate
from webapp.config import Settings
from webapp.core import clock
from webapp.core.data.db import writing
from webapp.meetings import finding
from webapp.meetings.search import Part, Wish

SIZE, SMALL = 20_000, 2_000
FLAT = 2.0  # ten times the rows, not twice the memory
ZONES = ["America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"]
SEARCHES = {
    "today": Wish(),
    "starts soon": Wish(day="soon"),
    "any day": Wish(day="any"),
    "a day, wheelchair": Wish(day="2", tags=frozenset({"wheelchair"})),
    "an evening near a town": Wish(day="4", part=Part.EVENING, near="Town 17", by_distance=True),
    "a postal code, 50 miles": Wish(day="any", near="20017", miles=50, by_distance=True),
    "nothing fits": Wish(day="any", tags=frozenset({"dual_diagnosis", "proof", "th"})),
}


def rows(count: int) -> Iterator[dict[str, object]]:
    """Made-up meetings in 400 towns."""
    chance = random.Random(20)
    for number in range(count):
        town = number % 400
        yield {
            "slug": f"meeting-{number}",
            "name": f"Meeting {number}",
            "day": chance.randrange(7),
            "time": f"{chance.randrange(6, 23):02d}:{chance.choice([0, 15, 30]):02d}",
            "timezone": chance.choice(ZONES),
            "types": chance.sample(["O", "C", "X", "D", "DD", "POA", "S", "W", "M", "ST"], 3),
            "location": f"Hall {number}",
            "address": f"{number} Main St",
            "city": f"Town {town}",
            "state": "IL",
            "postal_code": f"2{town:04d}",
            "regions": ["Middle", f"Part {town % 20}"],
            "latitude": 32 + town % 20 / 2 + chance.random() / 5,
            "longitude": -110 + town // 20 * 1.5 + chance.random() / 5,
            "notes": "Side door, then up the stairs. " * 6,
        }


def write_feed(path: Path, count: int) -> None:
    """A feed file."""
    with path.open("w") as out:
        out.write("[\n" + ",\n".join(json.dumps(row) for row in rows(count)) + "\n]\n")


def import_in_a_process(folder: Path, count: int) -> dict[str, float]:
    """Seconds and peak memory of one import, and of the same again, in a process of its own."""
    write_feed(folder / "feed.json", count)
    out = subprocess.run(
        [sys.executable, "-m", "benchmarks.meetings", str(folder)],
        check=True,
        capture_output=True,
        text=True,
    )
    found: dict[str, float] = json.loads(out.stdout.splitlines()[-1])
    return found


def measure_import(folder: Path) -> None:
    """In the process of its own: import twice, say what it took."""
    app = create_app(Settings(data=folder, database_url=f"sqlite:///{folder / 'bench.db'}"))
    add_commands(app)
    with app.app_context():
        migrate()
    before = _peak()
    took = []
    for _again in range(2):
        start = time.process_time()
        made = app.test_cli_runner().invoke(
            args=["import-meetings", str(folder / "feed.json"), "--fellowship", "aa"]
        )
        took.append(time.process_time() - start)
        if made.exit_code:
            raise SystemExit(made.output)
    peak = _peak()
    start = time.process_time()
    json.loads((folder / "feed.json").read_bytes())
    plain = time.process_time() - start
    print(
        json.dumps(
            {"first": took[0], "again": took[1], "json": plain, "MB": (peak - before) / 1024}
        )
    )


def _peak() -> int:
    """The most memory that this process ever held, in kB."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0])


def measure_searches(folder: Path) -> dict[str, float]:
    """The median of nine, in milliseconds."""
    app = create_app(Settings(data=folder, database_url=f"sqlite:///{folder / 'bench.db'}"))
    found = {}
    for name, wish in SEARCHES.items():
        took = []
        for _again in range(9):
            with app.test_request_context(), writing(allowed=False):
                start = time.process_time()
                finding.search(wish, clock.now(), "America/New_York")
                took.append((time.process_time() - start) * 1000)
        found[name] = sorted(took)[4]
    return found


def run() -> list[Result]:
    """Import, memory and the slowest search."""
    with tempfile.TemporaryDirectory() as small, tempfile.TemporaryDirectory() as large:
        few = import_in_a_process(Path(small), SMALL)
        many = import_in_a_process(Path(large), SIZE)
        print(f"import {SIZE}: {many['first']:.1f} s ({many['first'] / many['json']:.0f} x json)")
        print(f"the same again: {many['again']:.1f} s")
        print(f"memory: {many['MB']:.0f} MB, {SMALL} rows: {few['MB']:.0f} MB")
        searches = measure_searches(Path(large))
        for name, milliseconds in searches.items():
            print(f"search, {name}: {milliseconds:.0f} ms")
    slowest = max(searches, key=lambda name: searches[name])
    more = f"{many['first'] / many['json']:.0f} times as long as reading it with json"
    return [
        Result("import", f"Importing {SIZE:,} meetings takes", many["first"], 20, more, "s"),
        Result("memory", f"Its memory beside that of {SMALL:,}", many["MB"] / few["MB"], FLAT),
        Result("search", f"The slowest search ({slowest})", searches[slowest], 100, unit="ms"),
    ]


if __name__ == "__main__":
    if len(sys.argv) > 1:
        measure_import(Path(sys.argv[1]))
    else:
        tell(run())
