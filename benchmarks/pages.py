"""What the daily pages, the huddle, an empty form and saving a trigger cost, beside the floor."""

import statistics
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode
from uuid import uuid4

from benchmarks import clinic, floor
from benchmarks.browser import FORM, Browser, Load, Request, load
from benchmarks.clinic import Clinic
from benchmarks.report import Result
from benchmarks.servers import Server, serving

# Many short rounds: what a neighbor on the machine takes falls on a target and on its floor alike.
ROUNDS = 30
SECONDS = 0.18  # a target and round: a patient reaches no ceiling, and all of it is under a minute
SELECT = f"/select?rows={floor.PAGE_ROWS}"
SHARED = clinic.PATIENTS * clinic.SHARED
AS_MANY = f"/select?rows={SHARED}"  # as the huddle has entries


@dataclass(frozen=True)
class Target:
    """Something to ask again and again."""

    name: str
    server: Server
    make: Callable[[int], Request]
    expected: int


def run() -> list[Result]:
    """Measure in alternating rounds, after some that aren't counted, and compare within each."""
    with both_servers() as (ours, bare, made):
        targets = [*_floor(bare), *_ours(ours, made)]
        for target in targets * 3:
            _load(target)
        rounds = [{target.name: _load(target) for target in targets} for _ in range(ROUNDS)]
    return [
        _result(rounds, "/today", "select", 2.2),
        _result(rounds, "/plan", "select", 2),
        _result(rounds, "/week", "select", 2),
        _result(rounds, "huddle", "select", 4.3),
        _result(rounds, "huddle", "as many", 2.5),
        _result(rounds, "saving", "insert", 2.4),
        _result(rounds, "/journal/new", "/today", 1.5),
    ]


@contextmanager
def both_servers() -> Iterator[tuple[Server, Server, Clinic]]:
    """Ours with a clinic in it, and the floor, under the same settings, until the block ends."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="groundwork-bench-")))
        made = clinic.fill(folder / "data")
        floor.fill(str(folder / "floor.db"))
        bare = serving(
            "benchmarks.floor:create_app()",
            {floor.DATABASE: str(folder / "floor.db")},
            SELECT,
            folder / "floor.log",
        )
        ours = serving("wsgi:app", made.environ, "/healthz", folder / "ours.log")
        yield stack.enter_context(ours), stack.enter_context(bare), made


def signed_in(server: Server, username: str) -> Browser:
    """The browser of somebody who has just signed in, by the form."""
    browser = Browser(server)
    browser.get("/sign-in")
    answer = browser.post("/sign-in", username=username, password=clinic.PASSWORD, own_phone="y")
    if answer.status != 302:
        raise RuntimeError(f"{username} couldn't sign in: {answer.status}")
    return browser


def _floor(server: Server) -> list[Target]:
    headers = {"Accept": "text/html", "Accept-Encoding": "gzip"}
    body = urlencode({"body": floor.BODY})
    return [
        Target("select", server, lambda _: Request("GET", SELECT, headers), 200),
        Target("as many", server, lambda _: Request("GET", AS_MANY, headers), 200),
        Target(
            "insert",
            server,
            lambda _: Request("POST", "/insert", headers | {"Content-Type": FORM}, body),
            303,
        ),
    ]


def _ours(server: Server, made: Clinic) -> list[Target]:
    patients = [signed_in(server, name) for name in made.patients]
    for phone in patients:
        phone.get("/journal/new")  # its form's token is good for every trigger afterwards
    facilitator = signed_in(server, made.facilitator)
    address = f"/clinic/sessions/{made.tonight}"
    opened = facilitator.get(address)
    if opened.text.count('class="says"') != SHARED:
        raise RuntimeError("the huddle doesn't show what was shared")

    def opening(page: str) -> Target:
        def ask(number: int) -> Request:
            return Request("GET", page, patients[number % len(patients)].headers())

        return Target(page, server, ask, 200)

    def huddle(_number: int) -> Request:
        return Request("GET", address, facilitator.headers())

    def saving(number: int) -> Request:
        patient = patients[number % len(patients)]
        return Request("POST", "/journal/new", patient.headers() | {"Content-Type": FORM},
                       _trigger(patient))  # fmt: skip

    return [
        opening("/today"),
        opening("/plan"),
        opening("/week"),
        Target("huddle", server, huddle, 200),
        Target("saving", server, saving, 302),
        opening("/journal/new"),
    ]


def _trigger(patient: Browser) -> str:
    return urlencode(
        [
            ("csrf_token", patient.token),
            ("id", str(uuid4())),
            ("urge", "7"),
            ("kinds", "place"),
            ("kinds", "feeling"),
            ("situation", "Walked home past the old place, and the light was on."),
            ("did", "Took the other street"),
            ("acted", "no"),
            ("after", "3"),
        ]
    )


def _load(target: Target) -> Load:
    return load(target.server, target.make, target.expected, seconds=SECONDS)


def _result(rounds: list[dict[str, Load]], name: str, beside: str, bar: float) -> Result:
    what = {
        "/today": "Opening /today",
        "/plan": "Opening /plan",
        "/week": "Opening /week",
        "huddle": "Opening the huddle (12 patients, 60 shared entries, opened before)",
        "saving": "Saving a trigger",
        "/journal/new": "Opening /journal/new",
    }[name]
    than = {
        "select": f"a page of {floor.PAGE_ROWS} rows by one SELECT in bare Flask",
        "as many": f"a page of {SHARED} rows by one SELECT in bare Flask",
        "insert": "one INSERT on disk in bare Flask",
        "/today": "our /today",
    }[beside]

    def ratio(of: Callable[[Load], float]) -> float:
        return statistics.median(of(measured[name]) / of(measured[beside]) for measured in rounds)

    cpu = [measured[name].cpu_ms for measured in rounds]
    bare = [measured[beside].cpu_ms for measured in rounds]
    ratios = [measured[name].cpu_ms / measured[beside].cpu_ms for measured in rounds]
    quarters = statistics.quantiles(ratios, n=4)
    return Result(
        name,
        f"{what}, in CPU of the server beside {than}",
        ratio(lambda figures: figures.cpu_ms),
        bar,
        f"{quarters[0]:.2f} to {quarters[2]:.2f} in half of {len(rounds)} rounds; "
        f"{statistics.median(cpu):.2f} against {statistics.median(bare):.2f} ms here; "
        f"{ratio(lambda figures: figures.per_second):.2f} of its requests/s, "
        f"{ratio(lambda figures: figures.p95_ms):.2f} × its p95",
    )
