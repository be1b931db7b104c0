"""A feed into the database, in steps that each are one short transaction.

First everything is read once without writing, so a feed that breaks off changes nothing. Then
batches are kept one by one: people go on writing meanwhile. What a former import had and this one
lacks is removed at the very end.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, TypeVar
from uuid import UUID, uuid5

from sqlalchemy import delete, insert, select, update

from webapp.core import clock
from webapp.core.data.db import db, inserting
from webapp.core.errors import report as report_error
from webapp.core.typed_time import DAY
from webapp.core.wording import gettext as _
from webapp.meetings.errors import NotImported
from webapp.meetings.feed import fetch
from webapp.meetings.json_rows import JsonRow, rows
from webapp.meetings.models import Feed, Meeting, MeetingTime
from webapp.meetings.reading import CannotRead, Listed, opened, understood
from webapp.meetings.vocabulary import is_known

BATCH = 500
ROWS = 200_000  # all the meetings in the world; each that can't be read is remembered with why
NAMES = 50  # of fields and codes that aren't read, in a report: a feed may have any number
CHUNK = 64 * 1024
T = TypeVar("T")


@dataclass(frozen=True)
class Chosen:
    """A feed, by its file or address, and what its rows don't say themselves."""

    source: str
    fellowship: str
    zone: str


@dataclass
class Report:
    """What an import did, each row that it couldn't read, and what it left out of the others."""

    new: int = 0
    changed: int = 0
    same: int = 0
    removed: int = 0
    refused: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    unread: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)

    @property
    def kept(self) -> int:
        """How many meetings are listed now."""
        return self.new + self.changed + self.same

    def refuse(self, row: JsonRow, reason: str) -> None:
        """Note a row by its number and the line where it begins."""
        said = _("Row %(number)s (line %(line)s): %(why)s",
                 number=row.number, line=row.line, why=reason)  # fmt: skip
        self.refused.append(said)

    def remark(self, row: JsonRow, remarks: list[str]) -> None:
        """Note what of a row that was read couldn't be taken as it stands."""
        self.remarks += [
            f"Row {row.number} (line {row.line}), kept: {remark}" for remark in remarks
        ]

    @property
    def left_out(self) -> list[str]:
        """The fields and codes that nothing here reads, and in how many rows they stood."""
        kinds = {"Fields not used": self.unread, "Unknown types": self.codes}
        return [
            f"{kind}: " + ", ".join(f"{name} ({rows})" for name, rows in names.most_common(NAMES))
            for kind, names in kinds.items()
            if names
        ]


def choose(source: str, fellowship: str | None, zone: str | None, clinic_zone: str) -> Chosen:
    """What is known about a feed: as said now, else as the time before."""
    name = source if is_address(source) else str(Path(source).resolve())
    known = feed_from(name)
    fellowship = fellowship or (known.fellowship if known else None)
    if fellowship is None and "/client_interface/" in source:
        fellowship = "na"  # BMLT is NA's
    if fellowship is None:
        raise NotImported("Say which fellowship these meetings belong to, like --fellowship aa")
    zone = zone or (known.zone if known else clinic_zone)
    if not clock.is_zone(zone):
        raise NotImported(f"{zone} isn’t a time zone. Use a name like America/New_York.")
    return Chosen(name, fellowship, zone)


def is_address(source: str) -> bool:
    """Whether this is an address rather than a file."""
    return "://" in source


@contextmanager
def laid_open(source: str) -> Iterator[IO[bytes]]:
    """The file, or all that the address sends, put down in a file that goes away by itself."""
    if not is_address(source):
        with Path(source).open("rb") as there:
            yield there
        return
    with TemporaryFile() as copy:
        for chunk in fetch(source):
            copy.write(chunk)
        yield copy


@dataclass
class Seen:
    """What a list says, before any of it is kept."""

    report: Report = field(default_factory=Report)
    slugs: set[str] = field(default_factory=set)
    first: list[Listed] = field(default_factory=list)

    def stays_of(self, feed: Feed, there: Iterable[UUID]) -> int:
        """How many of a feed's meetings are on it still."""
        ids = {uuid5(feed.id, slug) for slug in self.slugs}
        return sum(id in ids for id in there)


def check(file: IO[bytes], chosen: Chosen, first: int = 0) -> Seen:
    """Read everything once, and write nothing. Raises NotImported."""
    seen = Seen()
    for row, listed in _meetings(file, chosen, seen.report):
        if listed.slug in seen.slugs:
            seen.report.refuse(row, _twice(listed))
            continue
        seen.slugs.add(listed.slug)
        if len(seen.first) < first:
            seen.first.append(listed)
    if not seen.slugs:
        why = " ".join([_("No readable meetings found."), *seen.report.refused[:1]])
        raise NotImported(f"{why} {_('Nothing changed.')}")
    return seen


def _twice(listed: Listed) -> str:
    return _("An earlier row already used its slug “%(slug)s”.", slug=listed.slug[:64])


def steps(
    file: IO[bytes], chosen: Chosen, report: Report, into: Feed | None = None
) -> Iterator[None]:
    """Keep everything; the caller commits at each step. `into` is the list whose place it takes."""
    feed = into or feed_from(chosen.source) or Feed(generation=0)
    feed.source = chosen.source
    feed.fellowship, feed.zone = chosen.fellowship, chosen.zone
    feed.generation, feed.imported_at = feed.generation + 1, clock.now()
    db.session.add(feed)
    db.session.flush()
    feed_id, generation = feed.id, feed.generation
    yield
    for batch in _batches(_meetings(file, chosen, report), BATCH):
        _keep(batch, feed_id, generation, report)
        yield
    gone = delete(Meeting).where(Meeting.feed_id == feed_id, Meeting.generation != generation)
    report.removed = db.session.execute(gone).rowcount  # type: ignore[attr-defined]
    counts = {"new": report.new, "changed": report.changed, "removed": report.removed}
    done = update(Feed).where(Feed.id == feed_id).values(
        **counts, refused=len(report.refused), trouble="", tried_at=clock.now()
    )  # fmt: skip
    db.session.execute(done)
    yield


def feed_from(source: str) -> Feed | None:
    """The list that came from here, if one did."""
    return db.session.scalar(select(Feed).where(Feed.source == source))


def _meetings(file: IO[bytes], chosen: Chosen, report: Report) -> Iterator[tuple[JsonRow, Listed]]:
    file.seek(0)
    for row in rows(iter(lambda: file.read(CHUNK), b"")):
        if row.number > ROWS:
            raise NotImported(
                _("This has more than %(most)s rows. Nothing changed.", most=f"{ROWS:,}")
            )
        try:
            fields = opened(row.value)
            listed = understood(fields, chosen.fellowship, chosen.zone)
            report.remark(row, fields.remarks)
            _count(report.unread, fields.unread)
            codes = listed.types.strip("|").split("|")
            _count(report.codes, [code for code in codes if not is_known(chosen.fellowship, code)])
            yield row, listed
        except CannotRead as problem:
            report.refuse(row, str(problem))
        except Exception as error:  # a row as nobody has met one; the others are kept
            number = report_error(error)
            report.refuse(row, _("It can’t be read (%(number)s).", number=number))


def _count(names: Counter[str], more: Iterable[str]) -> None:
    names.update(name for name in more if name and (name in names or len(names) < 1_000))


def _batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


def _keep(
    batch: list[tuple[JsonRow, Listed]], feed_id: UUID, generation: int, report: Report
) -> None:
    found: dict[UUID, Listed] = {}
    there = _there(feed_id, [listed.slug for _row, listed in batch])
    for row, listed in batch:
        id = uuid5(feed_id, listed.slug)
        if id in found or there.get(id, (0, b""))[0] == generation:
            report.refuse(row, _twice(listed))
        else:
            found[id] = listed
    prints = {id: _fingerprint(listed) for id, listed in found.items()}
    same = [id for id in found if id in there and there[id][1] == prints[id]]
    fresh = [id for id in found if id not in there]
    changed = [id for id in found if id in there and there[id][1] != prints[id]]
    db.session.execute(update(Meeting).where(Meeting.id.in_(same)).values(generation=generation))
    for id in changed + fresh:
        report.new, report.changed = report.new + (id not in there), report.changed + (id in there)
    report.same += len(same)
    _write([(id, found[id], prints[id]) for id in fresh + changed], feed_id, generation)


def _there(feed_id: UUID, slugs: list[str]) -> dict[UUID, tuple[int, bytes]]:
    ids = [uuid5(feed_id, slug) for slug in slugs]
    found = db.session.execute(
        select(Meeting.id, Meeting.generation, Meeting.fingerprint).where(Meeting.id.in_(ids))
    )
    return {id: (generation, fingerprint) for id, generation, fingerprint in found}


def _write(meetings: list[tuple[UUID, Listed, bytes]], feed_id: UUID, generation: int) -> None:
    if not meetings:
        return
    values: list[dict[str, Any]] = []
    times: list[dict[str, Any]] = []
    for id, listed, fingerprint in meetings:
        columns = asdict(listed)
        days, starts = columns.pop("days"), columns.pop("starts")
        values.append(
            columns
            | {"id": id, "feed_id": feed_id, "generation": generation, "fingerprint": fingerprint}
        )
        times += [{"meeting_id": id, "week_minute": day * DAY + starts} for day in days]
    statement = inserting(Meeting)
    news = {name: statement.excluded[name] for name in values[0] if name != "id"}
    db.session.execute(statement.on_conflict_do_update(index_elements=["id"], set_=news), values)
    ids = [id for id, _listed, _fingerprint in meetings]
    db.session.execute(delete(MeetingTime).where(MeetingTime.meeting_id.in_(ids)))
    if times:
        db.session.execute(insert(MeetingTime), times)


def _fingerprint(listed: Listed) -> bytes:
    whole = json.dumps(asdict(listed), sort_keys=True)
    return hashlib.blake2b(whole.encode(), digest_size=16).digest()
