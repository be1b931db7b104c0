"""What pages cost among 300 patients in three groups each, beside 12 patients in one."""

import statistics
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from benchmarks import clinic
from benchmarks.browser import Load, Request, load
from benchmarks.clinic import PATIENTS, Clinic
from benchmarks.pages import ROUNDS, SECONDS, signed_in
from benchmarks.report import Result
from benchmarks.servers import Server, serving

OTHERS = 300 - PATIENTS
Make = Callable[[int], Request]


def run() -> list[Result]:
    """Measure page by page in alternating rounds, and compare within each."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="groundwork-bench-")))
        few, many = (clinic.fill(folder / f"{others}", others) for others in (0, OTHERS))
        sides = []
        for made, name in ((few, "few"), (many, "many")):
            server = serving("wsgi:app", made.environ, "/healthz", folder / f"{name}.log")
            sides.append(_pages(stack.enter_context(server), made))
        return [_result(name, few, many) for (name, few), (_, many) in zip(*sides, strict=True)]


def _pages(server: Server, made: Clinic) -> list[tuple[str, Callable[[], Load]]]:
    patients = [signed_in(server, name) for name in made.patients]
    facilitator = signed_in(server, made.facilitator)

    def of(address: str) -> Make:
        return lambda number: Request("GET", address, patients[number % PATIENTS].headers())

    def huddle(_number: int) -> Request:
        return Request("GET", f"/clinic/sessions/{made.tonight}", facilitator.headers())

    asked = {"/today": of("/today"), "/week": of("/week"), "huddle": huddle}
    return [
        (name, lambda make=make: load(server, make, 200, seconds=SECONDS))
        for name, make in asked.items()
    ]


def _result(name: str, few: Callable[[], Load], many: Callable[[], Load]) -> Result:
    for side in (few, many) * 3:
        side()
    pairs = [(few().cpu_ms, many().cpu_ms) for _ in range(ROUNDS)]
    ratios = [theirs / ours for ours, theirs in pairs]
    quarters = statistics.quantiles(ratios, n=4)
    return Result(
        f"{name}, 900",
        f"{name} among 300 patients in 900 memberships, in CPU beside 12 in 12",
        statistics.median(ratios),
        1.1,
        f"{quarters[0]:.2f} to {quarters[2]:.2f} in half of {len(ratios)} rounds; "
        f"{statistics.median(one for _, one in pairs):.2f} against "
        f"{statistics.median(one for one, _ in pairs):.2f} ms here",
    )
