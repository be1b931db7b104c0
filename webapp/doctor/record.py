"""What the slow checks found last, kept in the data folder for the page."""

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from webapp.core import clock
from webapp.core.crypto.key_files import put
from webapp.doctor.examining import CHECKS, Finding, State

FILE = "last-check"  # in the data folder


@dataclass(frozen=True)
class Checked:
    """When somebody last asked for them, and what came of it."""

    at: datetime
    findings: list[Finding]


def last_check(data: Path) -> Checked | None:
    """What was found last; None when never, or what is there can't be read."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        held = json.loads((data / FILE).read_text())
        findings = [
            Finding(**found | {"state": State(found["state"])})
            for found in held["findings"]
            if found["name"] in CHECKS
        ]
        return Checked(datetime.fromisoformat(held["at"]), findings)
    return None


def note_check(data: Path, findings: list[Finding]) -> None:
    """Keep them. A disk that is full is another check's to tell; what root wrote, the service could
    never replace.
    """
    if not data.is_dir() or data.stat().st_uid != os.geteuid():
        return
    slow = [asdict(finding) for finding in findings if CHECKS[finding.name].slow]
    held = json.dumps({"at": clock.now().isoformat(), "findings": slow}).encode()
    file = data / FILE
    with suppress(OSError):
        put(file, held, replace=file.exists())
