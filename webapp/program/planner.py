"""The planner: sessions of the coming weeks, kept in step with weekly times and holidays."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import lazyload

from webapp.core import clock
from webapp.core.data.db import db
from webapp.program.models import (
    WEEKLY_CHANGED,
    WEEKLY_ENDED,
    Group,
    GroupSession,
    Holiday,
    Membership,
    SchedulePattern,
)
from webapp.program.recurrence import Slot, Weekly, slots

AHEAD = timedelta(weeks=8)
TOLD = timedelta(weeks=1)  # a session so near that people know its time: another one is a move
AN_INSTANT = timedelta(microseconds=1)  # what begins now has begun


def plan_ahead(group: Group, now: datetime | None = None) -> int:
    """Bring the sessions of a group in step with its weekly times. Returns how many were made."""
    return plan_all([group], now)


def plan_all(groups: Sequence[Group], now: datetime | None = None) -> int:
    """Bring the sessions of the next eight weeks in step with the weekly times of these groups.

    Returns how many were made. What has begun never changes; a session that was moved, or
    cancelled for a reason, stays so; one that no weekly time asks for any more is withdrawn, or
    called off while it is so near that people know of it.
    Safe to repeat.
    """
    now = now or clock.now()
    one_at_a_time(groups)
    groups = [group for group in groups if group.archived_at is None]
    found, holidays = _group_sessions_from(groups, now), _holidays()
    clinics = holidays.pop(None, {})
    return sum(
        _plan(group, found.get(group.id, []), holidays.get(group.id, {}) | clinics, now)
        for group in groups
    )


def _holidays() -> dict[UUID | None, dict[date, Holiday]]:
    """Those of each group by day; the clinic's are nobody's."""
    found: dict[UUID | None, dict[date, Holiday]] = {}
    for holiday in db.session.scalars(select(Holiday)):
        found.setdefault(holiday.group_id, {})[holiday.day] = holiday
    return found


def weekly(pattern: SchedulePattern) -> Weekly:
    """The plain values of a pattern's row."""
    return Weekly(
        pattern.weekday, pattern.starts, pattern.minutes, pattern.from_day, pattern.until_day
    )


def one_at_a_time(groups: Sequence[Group]) -> None:
    """On PostgreSQL two at once would make the same session, or come in alone both; SQLite has one
    writer anyway."""
    db.session.flush()
    ids = [group.id for group in groups]
    db.session.execute(
        select(Group.id).where(Group.id.in_(ids)).order_by(Group.id).with_for_update()
    )


def withdraw_sessions(group: Group, now: datetime) -> None:
    """Take what hasn't begun off every calendar; what weekly times ask for can come back."""
    for row in _group_sessions_from([group], now).get(group.id, []):
        _withdraw(row, now)


def _group_sessions_from(groups: Sequence[Group], now: datetime) -> dict[UUID, list[GroupSession]]:
    query = (
        select(GroupSession)
        .where(
            GroupSession.group_id.in_([group.id for group in groups]), GroupSession.starts_at > now
        )
        .options(lazyload(GroupSession.group))
        .order_by(GroupSession.starts_at)
    )
    found: dict[UUID, list[GroupSession]] = {}
    for row in db.session.scalars(query):
        found.setdefault(row.group_id, []).append(row)
    return found


def _plan(
    group: Group, rows: list[GroupSession], holidays: dict[date, Holiday], now: datetime
) -> int:
    known = {(row.pattern_id, row.week): row for row in rows if row.pattern_id}
    taken = {row.starts_at: row for row in rows if row.withdrawn_at is None}
    wanted: set[tuple[UUID, date]] = set()
    made = 0
    for pattern in group.patterns:
        for slot in slots(weekly(pattern), group.zone, now + AN_INSTANT, now + AHEAD):
            key = (pattern.id, slot.week)
            wanted.add(key)
            row, there = known.get(key), taken.get(slot.starts_at)
            if row is not None:
                if there is not None and there is not row and there.is_ended:
                    _withdraw(taken.pop(slot.starts_at), now)
                    db.session.flush()  # of two at one time, the index knows only those that count
                _keep_in_step(row, slot, taken, now)
            elif there is not None:
                _adopt(there, pattern, slot, now)
                continue
            else:
                row = taken[slot.starts_at] = _made(group, pattern, slot, now)
                made += 1
            _mind_holiday(row, holidays.get(slot.day), now)
    for row in rows:
        is_planned = row.pattern_id is not None and not row.is_pinned
        if is_planned and (row.pattern_id, row.week) not in wanted and row.starts_at < now + AHEAD:
            _end(row, now)
    return made


def _made(group: Group, pattern: SchedulePattern, slot: Slot, now: datetime) -> GroupSession:
    row = GroupSession(
        id=uuid4(),
        group_id=group.id,
        pattern_id=pattern.id,
        week=slot.week,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        changed_at=now,
    )
    db.session.add(row)
    return row


def _adopt(row: GroupSession, pattern: SchedulePattern, slot: Slot, now: datetime) -> None:
    """A session that stands where the pattern wants one is the pattern's from now on."""
    if row.pattern_id is None or row.is_ended:
        row.pattern_id, row.week = pattern.id, slot.week
    if row.is_ended:
        row.ends_at = slot.ends_at
        on_again(row, now)


def _keep_in_step(
    row: GroupSession, slot: Slot, taken: dict[datetime, GroupSession], now: datetime
) -> None:
    """Move a planned session to where its pattern has it now, unless somebody moved it by hand."""
    if row.is_pinned:
        if row.withdrawn_at is not None and row.starts_at not in taken:  # its group was archived
            taken[row.starts_at] = row
            _bring_back(row, now)
        return
    is_free = taken.get(slot.starts_at, row) is row
    if row.withdrawn_at is not None:
        if not is_free:
            return
        _bring_back(row, now)
    elif row.is_ended and is_free:
        on_again(row, now)
    if (row.starts_at, row.ends_at) == (slot.starts_at, slot.ends_at):
        return
    if not is_free:
        _end(row, now)
        return
    if taken.get(row.starts_at) is row:
        del taken[row.starts_at]
    taken[slot.starts_at] = row
    if row.cancelled_at is None:
        _tell(row, slot.starts_at, now)
    row.starts_at, row.ends_at = slot.starts_at, slot.ends_at
    changed(row, now)


def _tell(row: GroupSession, starts_at: datetime, now: datetime) -> None:
    """A near one is announced as a moved one, until it is back where people knew it."""
    first = row.moved_from or row.starts_at
    if starts_at == first:
        row.moved_from, row.reason = None, ""
    elif row.moved_from or min(first, starts_at) <= now + TOLD:
        row.moved_from, row.reason = first, WEEKLY_CHANGED


def _end(row: GroupSession, now: datetime) -> None:
    """A near one is announced as a cancelled one; what is further on was only planned."""
    if row.is_ended:
        return
    if row.cancelled_at is None and (row.is_moved or row.starts_at <= now + TOLD):
        row.cancelled_at, row.reason, row.moved_from = now, WEEKLY_ENDED, None
        changed(row, now)
    else:
        _withdraw(row, now)


def _mind_holiday(row: GroupSession, holiday: Holiday | None, now: datetime) -> None:
    if holiday is not None and row.cancelled_at is None and not row.is_pinned:
        row.cancelled_at, row.reason, row.holiday_id = now, holiday.name, holiday.id
        row.moved_from = None
        changed(row, now)
    elif holiday is None and row.holiday_id is not None:
        row.holiday_id = None
        on_again(row, now)


def _withdraw(row: GroupSession, now: datetime) -> None:
    if row.withdrawn_at is None:
        row.withdrawn_at = now
        row.cancelled_at = row.cancelled_at or now
        changed(row, now)


def _bring_back(row: GroupSession, now: datetime) -> None:
    if row.cancelled_at == row.withdrawn_at or row.is_ended:  # not cancelled by somebody before
        row.cancelled_at = None
        if row.moved_from is None:
            row.reason = ""
    row.withdrawn_at = None
    changed(row, now)


def on_again(row: GroupSession, now: datetime, reason: str = "") -> None:
    row.cancelled_at, row.reason = None, reason
    changed(row, now)


def changed(row: GroupSession, now: datetime) -> None:
    row.sequence = (row.sequence or 0) + 1
    row.changed_at = now
    # Who was to stand in for it was told another time, and so were the patients.
    stood_in = update(Membership).where(
        Membership.only_session_id == row.id, Membership.until_at > now
    )
    db.session.execute(stood_in.values(until_at=now))
