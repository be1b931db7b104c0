"""The lists that a clinic keeps: looked at before they are used, and read again every night.

One at a time is read, whoever asks: a night's command, or an administrator who waits for a page.
The network is asked while no transaction is open.
"""

import json
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from io import BytesIO
from typing import IO, NamedTuple
from uuid import UUID

from sqlalchemy import delete, func, or_, select

from webapp.core import clock, throttle
from webapp.core.data.db import db, short_transaction
from webapp.core.errors import TooMany
from webapp.core.wording import gettext as _
from webapp.meetings import importing
from webapp.meetings.errors import NotImported
from webapp.meetings.importing import Chosen, Report, Seen
from webapp.meetings.models import Feed, ListDraft, Meeting
from webapp.meetings.reading import Listed

# A process that dies while it reads keeps the others waiting until then.
ALONE = throttle.Lane("reading a list of meetings", 0, timedelta(minutes=5), timedelta(minutes=5))
FIRST, PROBLEMS = 5, 20  # of its meetings, and of the rows that can't be read, on a preview
DRAFTS, KEPT = 10, timedelta(days=7)


class NotNow(NotImported):
    """Another list is being read."""


class First(NamedTuple):
    """One of the meetings, as a preview shows it."""

    name: str
    days: list[int]
    starts: int | None
    where: str


@dataclass(frozen=True)
class Preview:
    """What a draft would bring, and take away."""

    kept: int
    refused: int
    problems: list[str]
    first: list[First]
    new: int
    removed: int
    total: int  # of the list whose place it would take

    @property
    def is_drastic(self) -> bool:
        """Whether it takes away more than half of what there is."""
        return self.removed * 2 > self.total


@dataclass
class Read:
    """What came of reading a list again: what was done, or that it waits for somebody's yes."""

    report: Report = field(default_factory=Report)
    is_held: bool = False


@contextmanager
def alone() -> Iterator[None]:
    """While one list is read, no other is. Raises NotNow."""
    db.session.rollback()
    try:
        throttle.count_try((ALONE, ""))
    except TooMany:
        raise NotNow(
            _("Another list is being read right now. Try again in a few minutes.")
        ) from None
    try:
        yield
    finally:
        db.session.rollback()
        with short_transaction() as session:
            throttle.passed(session, (ALONE, ""))


def feeds() -> list[Feed]:
    """All of them, those that came first first."""
    return list(db.session.scalars(select(Feed).order_by(Feed.imported_at)))


def asked() -> list[Feed]:
    """Those that came from an address, which can be asked again."""
    return [feed for feed in feeds() if feed.is_asked]


def meetings_by_feed() -> dict[UUID, int]:
    """How many meetings each list has."""
    counted = select(Meeting.feed_id, func.count()).group_by(Meeting.feed_id)
    return {row[0]: row[1] for row in db.session.execute(counted)}


def held() -> dict[UUID, ListDraft]:
    """By list, what a night brought and didn't use."""
    drafts = db.session.scalars(select(ListDraft).where(ListDraft.is_held))
    return {draft.feed_id: draft for draft in drafts if draft.feed_id}


def look(body: bytes, said: Chosen) -> Seen:
    """What a list says, with no transaction open. Raises NotImported."""
    db.session.rollback()
    return importing.check(BytesIO(body), said, FIRST)


def draft(
    body: bytes, said: Chosen, seen: Seen, feed: Feed | None, *, is_held: bool = False
) -> ListDraft:
    """Keep what was read until somebody says yes to it. Old ones make room."""
    feed = feed or importing.feed_from(said.source)
    old = select(ListDraft.id).order_by(ListDraft.made_at.desc()).offset(DRAFTS - 1)
    many = list(db.session.scalars(old))
    gone = or_(ListDraft.id.in_(many), ListDraft.made_at < clock.now() - KEPT)
    db.session.execute(delete(ListDraft).where(gone))
    if is_held and feed:
        _forget_held(feed.id)
    row = ListDraft(
        feed_id=feed.id if feed else None, source=said.source, fellowship=said.fellowship,
        zone=said.zone, body=zlib.compress(body), is_held=is_held,
        found=json.dumps(asdict(_preview(seen, feed))),
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


def preview(row: ListDraft) -> Preview:
    """What was found in it."""
    found = json.loads(row.found)
    return Preview(**found | {"first": [First(*one) for one in found["first"]]})


def _preview(seen: Seen, feed: Feed | None) -> Preview:
    there = _there(feed)
    stays = seen.stays_of(feed, there) if feed else 0
    return Preview(
        kept=len(seen.slugs),
        refused=len(seen.report.refused),
        problems=seen.report.refused[:PROBLEMS],
        first=[_first(listed) for listed in seen.first],
        new=len(seen.slugs) - stays,
        removed=len(there) - stays,
        total=len(there),
    )


def _first(listed: Listed) -> First:
    place = listed.location or listed.city
    return First(listed.name, list(listed.days), listed.starts, place)


def use(id: UUID) -> UUID:
    """Keep what a draft has, in short transactions; patients see it from then on. Its list's id.

    All of it was read before. Raises NotImported: then nothing is changed.
    """
    with alone():
        row = db.session.get(ListDraft, id)
        if row is None:
            raise NotImported(_("This preview is gone. Choose the list again."))
        said, feed = Chosen(row.source, row.fellowship, row.zone), row.feed
        there = importing.feed_from(said.source)
        if feed and there not in (None, feed):  # it was added by itself meanwhile
            raise NotImported(_("You already have this list. Update it there."))
        file = BytesIO(zlib.decompress(row.body))
        for _step in importing.steps(file, said, Report(), feed):
            db.session.commit()
        kept = importing.feed_from(said.source)
        assert kept is not None
        used, its = kept.id, (ListDraft.id == id) | (ListDraft.feed_id == kept.id)
        db.session.execute(delete(ListDraft).where(its))
        db.session.commit()
    return used


def read_again(source: str, file: IO[bytes]) -> Read:
    """What an address sends now. More than half of it gone may be its mistake: that waits.

    Commits in steps. Raises NotImported.
    """
    feed = importing.feed_from(source)
    if feed is None:
        raise NotImported(_("This list was removed."))
    said, id = Chosen(source, feed.fellowship, feed.zone), feed.id
    db.session.rollback()
    seen = importing.check(file, said, FIRST)
    feed = db.session.get_one(Feed, id)
    if _preview(seen, feed).is_drastic:
        return _hold(feed, said, seen, file)
    read = Read()
    for _step in importing.steps(file, said, read.report, feed):
        db.session.commit()
    _forget_held(id)
    db.session.commit()
    return read


def _hold(feed: Feed, said: Chosen, seen: Seen, file: IO[bytes]) -> Read:
    feed.trouble, feed.tried_at = "", clock.now()
    file.seek(0)
    draft(file.read(), said, seen, feed, is_held=True)
    db.session.commit()
    return Read(is_held=True)


def _forget_held(feed_id: UUID) -> None:
    db.session.execute(delete(ListDraft).where(ListDraft.feed_id == feed_id, ListDraft.is_held))


def note_trouble(source: str, why: str) -> None:
    """Why the last try didn't work, beside what is listed still."""
    db.session.rollback()
    feed = importing.feed_from(source)
    if feed is not None:
        feed.trouble, feed.tried_at = why[:500], clock.now()
    db.session.commit()


def remove(feed: Feed) -> None:
    """Take a list away, and all of its meetings. Saved ones keep their names."""
    db.session.execute(delete(Meeting).where(Meeting.feed_id == feed.id))
    db.session.delete(feed)


def _there(feed: Feed | None) -> list[UUID]:
    if feed is None:
        return []
    return list(db.session.scalars(select(Meeting.id).where(Meeting.feed_id == feed.id)))
