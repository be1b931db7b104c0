"""Rating a group session."""

from collections.abc import Mapping
from uuid import UUID, uuid4

from sqlalchemy import select, update

from webapp.accounts.models import Person
from webapp.core import clock
from webapp.core.crypto.sealing import seal
from webapp.core.data.db import db
from webapp.permissions.permission_text import COUNTED_FROM
from webapp.program.models import GroupSession
from webapp.program.planner import one_at_a_time
from webapp.ratings.models import Rated, RatingSum, clinic_key
from webapp.ratings.queries import in_waiting, waiting_sum

ANSWERS_FROM, SESSIONS_FROM = 5, 2


def rate(person: Person, group_session: GroupSession, taps: Mapping[str, int] | None) -> None:
    """Add what somebody tapped to what isn't shown yet, and show that if it is enough now; None
    skips. Who does so twice is heard once."""
    one_at_a_time([group_session.group])
    if db.session.get(Rated, (person.id, group_session.id)):
        return
    group_id = group_session.group_id
    row, said = waiting_sum(group_id)
    if taps and not said:
        _wait_no_more(group_id)  # it was never begun, or can't be opened
    rated = Rated(person_id=person.id, group_session_id=group_session.id, is_waiting=bool(taps))
    db.session.add(rated)
    if not taps:
        return
    db.session.flush()
    added = {name: said.get(name, 0) + tap for name, tap in taps.items()}
    row = row or RatingSum(id=uuid4(), group_id=group_id)
    _show_or_wait(row, added | {"count": said.get("count", 0) + 1})
    db.session.add(row)


def _show_or_wait(row: RatingSum, said: dict[str, int]) -> None:
    """Five answers of one person, or of one evening, would point at somebody."""
    waiting = in_waiting(row.group_id)
    people, sessions = {id for id, _session in waiting}, {session for _id, session in waiting}
    row.is_shown = (
        said["count"] >= ANSWERS_FROM
        and len(people) >= COUNTED_FROM
        and len(sessions) >= SESSIONS_FROM
    )
    days = sorted(clock.local(one.starts_at, one.group.zone).date() for one in sessions)
    between = {"first": str(days[0]), "last": str(days[-1])} if row.is_shown else {}
    row.said = seal(said | between, clinic_key(), row.bound)
    if row.is_shown:
        _wait_no_more(row.group_id)


def _wait_no_more(group_id: UUID) -> None:
    sessions = select(GroupSession.id).where(GroupSession.group_id == group_id)
    waited = Rated.is_waiting.is_(True), Rated.group_session_id.in_(sessions)
    db.session.execute(update(Rated).where(*waited).values(is_waiting=False))
