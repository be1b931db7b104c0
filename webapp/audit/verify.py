"""Whether the chain is whole: nothing changed, removed, put elsewhere, or cut off at the end."""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from webapp.audit.chain import FIRST, hash_of
from webapp.audit.kinds import ActKind
from webapp.audit.models import Act
from webapp.core import clock

AT_ONCE = 1_000  # rows in memory
MOST = 20  # problems that are named


class Mark(NamedTuple):
    """What the anchor file knows: at some time, this was the last row."""

    at: datetime
    number: int
    hash: bytes


@dataclass
class Verdict:
    """What was found."""

    number: int = 0  # of the last row
    hash: bytes = FIRST
    problems: list[str] = field(default_factory=list)
    restored: list[str] = field(default_factory=list)

    def add(self, problem: str) -> None:
        if len(self.problems) < MOST:
            self.problems.append(problem)


def verify(connection: Connection, marks: list[Mark]) -> Verdict:
    """Go through the whole chain, a thousand rows at a time, and hold it against the anchor."""
    verdict, wanted = Verdict(), {mark.number for mark in marks}
    known: dict[int, bytes] = {}
    restorations: list[Any] = []
    for row in _rows(connection):
        _check(connection, row, verdict)
        verdict.number, verdict.hash = row.number, row.hash
        if row.number in wanted:
            known[row.number] = row.hash
        if row.kind == ActKind.RESTORED:
            restorations.append(row)
    for mark in marks:
        if known.get(mark.number) != mark.hash:
            _say_what_the_anchor_misses(mark, verdict, restorations)
    return verdict


def _check(connection: Connection, row: Any, verdict: Verdict) -> None:
    if row.number != verdict.number + 1:
        lost = row.number - verdict.number - 1
        verdict.add(f"Removed: {lost} missing before act {row.number}.")
    elif row.before != verdict.hash:
        verdict.add(
            f"Act {row.number} doesn't follow act {row.number - 1}: one of the two was changed."
        )
    if hash_of(row) != row.hash:
        place = _own_place(connection, row)
        verdict.add(
            f"Moved: what is at {row.number} was act {place}."
            if place
            else f"Changed: act {row.number} isn't what was written."
        )


def _own_place(connection: Connection, row: Any) -> int | None:
    """Where a row belongs that stands elsewhere: behind the one whose hash it names."""
    behind = select(Act.number).where(Act.hash == row.before)
    former = 0 if row.before == FIRST else connection.execute(behind.limit(1)).scalar()
    if former is None:
        return None
    moved = Act.drawn(row._asdict() | {"number": former + 1})
    return former + 1 if hash_of(moved) == row.hash else None


def _say_what_the_anchor_misses(mark: Mark, verdict: Verdict, restorations: list[Any]) -> None:
    for row in restorations:
        if row.number <= mark.number and mark.at < row.at:
            verdict.restored.append(
                f"The clinic was restored from a backup on {row.at:%Y-%m-%d %H:%M} UTC. The anchor "
                f"knows act {mark.number} of {mark.at:%Y-%m-%d %H:%M} UTC from before that; acts "
                f"from {row.number} on that were written until then aren't in this database."
            )
            return
    if mark.number > verdict.number:
        verdict.add(
            f"Cut off: the anchor knows act {mark.number}, and the last one here is "
            f"{verdict.number}."
        )
    else:
        verdict.add(f"Replaced: act {mark.number} isn't the one that the anchor knows.")


def marks_in(file: Path) -> list[Mark]:
    """The lines of an anchor file. Raises ValueError, naming a line that can't be read."""
    found = []
    lines = _whole_lines(file.read_bytes()).splitlines() if file.exists() else ()
    for number, line in enumerate(lines, 1):
        try:
            at, act, hashed = line.decode().split()
            found.append(Mark(datetime.fromisoformat(at), int(act), bytes.fromhex(hashed)))
        except ValueError:
            raise ValueError(f"Line {number} of {file} can't be read.") from None
    return found


def _whole_lines(content: bytes) -> bytes:
    """Without a last one that a power cut left half."""
    return content[: content.rfind(b"\n") + 1]


def add_mark(file: Path, number: int, hashed: bytes) -> None:
    """Write down what is the last row now, for its owner alone and on the disk."""
    line = f"{clock.now().isoformat(timespec='seconds')} {number} {hashed.hex()}\n"
    handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(handle, "r+b") as anchor:
        with suppress(PermissionError):  # a stick has no modes
            os.fchmod(handle, 0o600)  # a former version let others read it
        anchor.seek(len(_whole_lines(anchor.read())))
        anchor.truncate()
        anchor.write(line.encode())
        anchor.flush()
        os.fsync(handle)


def _rows(connection: Connection) -> Iterator[Any]:
    after = 0
    while True:
        query = select(Act.__table__).where(Act.number > after).order_by(Act.number).limit(AT_ONCE)
        page = connection.execute(query).all()
        yield from page
        if len(page) < AT_ONCE:
            return
        after = page[-1].number
