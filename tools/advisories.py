"""Ask whether an advisory names a library that we lock (pip-audit, in a scratch .venv).

It fails only for an advisory. Where the network has none to ask, it says so: that is no clean bill.
"""

import json
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements.lock", "requirements-postgres.lock", "requirements-dev.lock")
NOT_ASKED = "No advisories can be reached from here, so nothing was checked."


def main() -> int:
    """Each lock by its own, for they repeat each other's pins."""
    with tempfile.TemporaryDirectory() as scratch:
        python = Path(scratch) / "venv/bin/python"
        venv.create(python.parent.parent, with_pip=True)
        install = ["-m", "pip", "install", "-qq", "--disable-pip-version-check", "pip-audit"]
        if subprocess.run([python, *install], check=False, timeout=300).returncode:
            sys.stdout.write(f"pip-audit can't be installed. {NOT_ASKED}\n")
            return 0
        results = [asked(python, ROOT / lock, Path(scratch) / lock) for lock in LOCKS]
    for lock, (said, _found) in zip(LOCKS, results, strict=True):
        sys.stdout.write(f"{lock}: {said}\n")
    return int(any(found for _said, found in results))


def asked(python: Path, lock: Path, answer: Path) -> tuple[str, bool]:
    """What is known of one lock file, and whether that is bad."""
    audit = ["-m", "pip_audit", "--disable-pip", "--require-hashes", "--progress-spinner", "off"]
    try:
        subprocess.run(
            [python, *audit, "-r", lock, "-f", "json", "-o", answer],
            check=False, capture_output=True, timeout=300,
        )  # fmt: skip
        return judged(json.loads(answer.read_text())["dependencies"])
    except (subprocess.TimeoutExpired, OSError, ValueError):  # no answer, or half of one
        return NOT_ASKED, False


def judged(libraries: list[dict[str, Any]]) -> tuple[str, bool]:
    """One sentence, and what to do; a library that no one could be asked about isn't a good one."""
    known = [library for library in libraries if "vulns" in library]
    if not known:
        return NOT_ASKED, False
    bad = [
        f"\n  {library['name']} {library['version']}: {advisory['id']}, "
        f"fixed in {', '.join(advisory['fix_versions']) or 'no version yet'}"
        for library in known
        for advisory in library["vulns"]
    ]
    left_out = f" {len(libraries) - len(known)} couldn't be." if len(known) < len(libraries) else ""
    return f"{len(known)} checked, {len(bad)} advisories.{left_out}{''.join(bad)}", bool(bad)


if __name__ == "__main__":
    sys.exit(main())
