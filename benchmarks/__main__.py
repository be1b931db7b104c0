"""`python -m benchmarks [NAME …]`: all benches, or the named ones. Never fails on a ratio."""

import argparse
import time

from benchmarks import check_in, offline, pages, planning, weight
from benchmarks.report import tell

BENCHES = {
    "pages": pages.run,
    "planning": planning.run,
    "weight": weight.run,
    "offline": offline.run,
    "check-in": check_in.run,
}


def main() -> None:
    """Run the benches that were asked for and tell what came out."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHES))
    names = parser.parse_args().names or list(BENCHES)
    for name in names:
        if name not in BENCHES:
            parser.error(f"no bench is called {name}; there are {', '.join(BENCHES)}")
    start = time.monotonic()
    tell(result for name in names for result in BENCHES[name]())
    print(f"\nRatios of this run of {time.monotonic() - start:.0f} s; for people, not for a gate.")


main()
