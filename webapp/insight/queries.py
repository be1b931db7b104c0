"""Reading the journal and the plan side by side, for their owner."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, select

from webapp.accounts.models import Person
from webapp.check_ins.models import CheckIn
from webapp.core import clock
from webapp.core.clock import EARLIEST
from webapp.core.data.db import db
from webapp.entries.models import Entry
from webapp.entries.queries import LATEST, Version, own_contents, versions
from webapp.insight.coverage import Covered, Logged, by_kind, coverage
from webapp.insight.moods import along
from webapp.insight.patterns import Hardest, Moment, Point
from webapp.journal.models import Trigger
from webapp.plan import queries as plan
from webapp.program.models import GroupSession
from webapp.sharing.access import VISIBLE, at
from webapp.sharing.models import Share

LATELY = timedelta(weeks=8)


def coverage_of(person: Person, now: datetime) -> list[Covered]:
    """The triggers that came up again in the last weeks, with what is planned for them."""
    logged = (
        Logged(tuple(content.get("kinds") or ()), content.get("urge"))
        for _at, content in own_contents(person, Trigger, now - LATELY)
    )
    return coverage(logged, plan.planned_of(person))


def responses_for(person: Person, kinds: list[str]) -> dict[str, list[str]]:
    """What somebody planned to do for these kinds of trigger."""
    planned = by_kind(plan.planned_of(person))
    return {kind: planned[kind] for kind in kinds if kind in planned}


def plans_for(person: Person, hardest: Hardest) -> list[dict[str, Any]]:
    """What somebody planned for times of day, or for what sets urges off at this one."""
    wanted = {"time", *hardest.kinds}
    planned = [item for item in plan.planned_of(person) if item.get("kind") in wanted]
    return sorted(planned, key=lambda item: item["kind"] != "time")


def moments_of(person: Person, first: date | None, zone: str) -> Iterator[Moment]:
    """Somebody's own moments since a day, as plain values on the clock where they were."""
    since = clock.start_of_day(first, zone) if first else clock.EARLIEST
    for happened_at, content in own_contents(person, Trigger, since):
        yield Moment(
            clock.local(happened_at, content.get("zone") or zone),
            content.get("urge"),
            content.get("after"),
            tuple(content.get("kinds") or ()),
            tuple(content.get("feelings") or ()),
            content.get("did"),
            tuple(content.get("what") or ()),
        )


def moods_along(person: Person, points: Sequence[Point], zone: str) -> list[float | None]:
    """The mood of somebody's own check-ins, on the time axis of the patterns."""
    if not points:
        return []
    since = clock.start_of_day(points[0].first, zone)
    told = own_contents(person, CheckIn, since)
    return along(
        points,
        (
            (clock.local(at, content.get("zone") or zone).date(), content["mood"])
            for at, content in told
            if content.get("mood") is not None
        ),
    )


_ONE_SHARED = and_(
    Share.entry_id == bindparam("entry"),
    Share.author_id == bindparam("author"),
    Share.group_id == bindparam("group"),
    VISIBLE,
)
_SHARED = select(Entry, Share).join(Share, Share.entry_id == Entry.id).where(_ONE_SHARED)


def which_shared(
    reader: Person, group_id: UUID, person_id: UUID, entry_id: UUID, now: datetime
) -> dict[str, Any]:
    """The values that name one shared entry for a reader."""
    return {"entry": entry_id, "author": person_id, "group": group_id} | at(now, reader)


def shared_part(which: dict[str, Any]) -> tuple[Entry, Share] | None:
    """A shared entry that this reader may open now, with the share that opens it."""
    row = db.session.execute(_SHARED, which).first()
    return (row[0], row[1]) if row else None


def versions_since(entry: Entry, share: Share, last: GroupSession | None) -> list[Version]:
    """How a shared entry changed since the last group session, and never from before the share.

    What was written and taken out before sharing was never shared, so it isn't shown. Of very many
    changes the latest are.
    """
    since = max(share.shared_at, last.ends_at if last else EARLIEST)
    found = versions(entry, before=LATEST)
    before = max((i for i, version in enumerate(found) if version.written_at <= since), default=0)
    return found[before:]
