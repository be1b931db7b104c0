"""`python -m benchmarks [NAME …]`: the named benches, or all but the slow. No ratio fails it."""

import argparse
import time

from benchmarks import (
    check_in,
    clinics,
    demo,
    everything,
    first_day,
    full,
    meetings,
    memberships,
    offline,
    pages,
    patterns,
    phone,
    planning,
    push,
    roll,
    weight,
)
from benchmarks.report import tell

BENCHES = {
    "pages": pages.run,
    "memberships": memberships.run,
    "planning": planning.run,
    "demo": demo.run,
    "weight": weight.run,
    "offline": offline.run,
    "check-in": check_in.run,
    "attendance": roll.run,
    "first-day": first_day.run,
    "patterns": patterns.run,
    "everything": everything.run,
    "full": full.run,
    "meetings": meetings.run,
    "phone": phone.run,
    "push": push.run,
    "clinics": clinics.run,
}
SLOW = {"clinics", "phone", "push"}  # over a minute: only when asked for


def main() -> None:
    """Run the benches that were asked for and tell what came out."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help=f"{', '.join(BENCHES)}; slow ones only by name: {', '.join(SLOW)}",
    )
    names = parser.parse_args().names or [name for name in BENCHES if name not in SLOW]
    for name in names:
        if name not in BENCHES:
            parser.error(f"no bench is called {name}; there are {', '.join(BENCHES)}")
    start = time.monotonic()
    tell(result for name in names for result in BENCHES[name]())
    print(f"\nRatios of this run of {time.monotonic() - start:.0f} s; for people, not for a gate.")


main()
