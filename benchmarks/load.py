"""`python -m benchmarks.load [PART …]`: whether it holds under load. `make load` runs all of it."""

import argparse
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from benchmarks import crowds, growth, slow_clients, soak
from benchmarks.report import Result, tell

PARTS: dict[str, Callable[[str, float], list[Result]]] = {
    "crowds": lambda url, _minutes: crowds.run(url),
    "slow-clients": lambda url, _minutes: slow_clients.run(url),
    "growth": lambda _url, _minutes: growth.run(),
    "soak": soak.run,
}


def main() -> None:
    """Run the parts that were asked for and tell what came out, and how busy the machine was."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--minutes", type=float, default=soak.MINUTES, help="how long soak takes")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    given = parser.parse_args()
    start, results = time.monotonic(), list[Result]()
    for part in given.parts or PARTS:
        if part not in PARTS:
            parser.error(f"there is no part {part}; there are {', '.join(PARTS)}")
        before = os.getloadavg()[0]
        with _database(given.database) as url:
            results += PARTS[part](url, given.minutes)
        print(f"{part}: load average {before:.1f} before, {os.getloadavg()[0]:.1f} after")
    tell(results)
    print(f"\n{given.database}, {time.monotonic() - start:.0f} s; for people, not for a gate.")


@contextmanager
def _database(name: str) -> Iterator[str]:
    if name == "sqlite":
        yield ""
        return
    from tests.databases import create_database, throwaway_server

    with throwaway_server("-c max_connections=100") as server:  # as safe on disk as a clinic's
        yield create_database(server.url, "load")


if __name__ == "__main__":
    main()
