"""What is done to a program: groups made, sessions planned and changed, people coming and going."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, cast
from uuid import UUID, uuid4

from sqlalchemy import CursorResult, Update, and_, or_, select, update

from webapp.accounts.actions import end_codes, end_codes_made_by
from webapp.accounts.models import Person
from webapp.audit.actions import record
from webapp.audit.kinds import ActKind
from webapp.core import clock
from webapp.core.data.db import db
from webapp.core.data.hanging import end_ways_into
from webapp.core.errors import Conflict
from webapp.core.folding import folded
from webapp.program.models import (
    UNDO_FOR,
    Expectation,
    Group,
    GroupRole,
    GroupSession,
    Holiday,
    LevelOfCare,
    Membership,
    OwnDays,
    Removal,
    SchedulePattern,
    Track,
)
from webapp.program.planner import changed, on_again, one_at_a_time, withdraw_sessions
from webapp.program.queries import (
    group_sessions_from,
    has_another_patient,
    origin_of,
    supervisors,
)
from webapp.program.recurrence import Weekly, mask_of


def add_pattern(group: Group, *rows: Weekly) -> list[SchedulePattern]:
    """Give a group weekly times. Raises Conflict when it has one of them already."""
    for row in rows:
        _refuse_twice(group, row)
    made = [_pattern(row) for row in rows]
    group.patterns.extend(made)
    return made


def change_pattern(pattern: SchedulePattern, to: Weekly) -> SchedulePattern:
    """Other times from `to.from_day` on; before that day everything stays as it was.

    The sessions from then on keep their rows, so what is shared for them follows.
    """
    group = pattern.group
    _refuse_twice(group, to, but=pattern)
    record(ActKind.SCHEDULE_CHANGED, about=group.id)
    if to.from_day <= pattern.from_day:
        pattern.weekday, pattern.starts, pattern.minutes = to.weekday, to.starts, to.minutes
        pattern.from_day, pattern.until_day = to.from_day, to.until_day
        return pattern
    changed = _pattern(to)
    changed.id = uuid4()
    pattern.until_day = to.from_day - timedelta(days=1)
    group.patterns.append(changed)
    db.session.flush()
    db.session.execute(
        update(GroupSession)
        .where(
            GroupSession.pattern_id == pattern.id,
            GroupSession.starts_at >= clock.start_of_day(to.from_day, group.zone),
            GroupSession.starts_at > clock.now(),
        )
        .values(pattern_id=changed.id)
    )
    return changed


def end_pattern(pattern: SchedulePattern, last_day: date) -> None:
    """The group doesn't meet at this time any more after `last_day`."""
    pattern.until_day = last_day
    record(ActKind.SCHEDULE_CHANGED, about=pattern.group_id)


def add_holiday(day: date, name: str) -> Holiday:
    """A day without groups. Raises Conflict when it is one already."""
    return add_holidays([day], name)[0]


def add_holidays(days: Sequence[date], name: str, group_id: UUID | None = None) -> list[Holiday]:
    """Days without groups, or without one. Plan ahead afterwards: their sessions are cancelled,
    with this reason.

    Those that are such days already stay as they are. Raises Conflict when all of them are.
    """
    same = Holiday.group_id.is_not_distinct_from(group_id)
    there = set(db.session.scalars(select(Holiday.day).where(same, Holiday.day.in_(days))))
    made = [
        Holiday(id=uuid4(), day=day, name=name, group_id=group_id)
        for day in days
        if day not in there
    ]
    if not made:
        raise Conflict
    db.session.add_all(made)
    record(ActKind.HOLIDAYS_CHANGED, about=made[0].id)
    return made


def remove_holidays(holidays: Sequence[Holiday]) -> None:
    """Groups meet on these days after all. Plan ahead afterwards: for some they may still be off,
    by another one."""
    now, ids = clock.now(), [holiday.id for holiday in holidays]
    for row in db.session.scalars(
        select(GroupSession).where(GroupSession.holiday_id.in_(ids), GroupSession.starts_at > now)
    ):
        row.holiday_id = None
        on_again(row, now)
    db.session.flush()
    for holiday in holidays:
        db.session.delete(holiday)
    record(ActKind.HOLIDAYS_CHANGED, about=ids[0])


def add_group_session(
    group: Group, starts_at: datetime, ends_at: datetime, *, topic: str = "", place: str = ""
) -> GroupSession:
    """One more session, beside the weekly ones. Raises Conflict when there is one at that time."""
    made = GroupSession(id=uuid4(), group_id=group.id, changed_at=clock.now())
    _refuse_taken(group.id, starts_at)
    made.starts_at, made.ends_at, made.topic, made.place = starts_at, ends_at, topic, place
    db.session.add(made)
    record(ActKind.SESSION_CHANGED, about=made.id)
    return made


def move(
    group_session: GroupSession, starts_at: datetime, ends_at: datetime, reason: str = ""
) -> None:
    """Another time for one session; what is shared for it follows. Raises Conflict."""
    _refuse_past(group_session)
    if (starts_at, ends_at) == (group_session.starts_at, group_session.ends_at):
        return
    _refuse_taken(group_session.group_id, starts_at, but=group_session)
    first = group_session.moved_from or group_session.starts_at
    group_session.starts_at, group_session.ends_at = starts_at, ends_at
    group_session.moved_from, group_session.reason = first, reason
    group_session.holiday_id = None
    on_again(group_session, clock.now(), reason)
    record(ActKind.SESSION_CHANGED, about=group_session.id)


def cancel(group_session: GroupSession, reason: str) -> None:
    """It doesn't take place; the reason is shown to the patients. Raises Conflict."""
    _refuse_past(group_session)
    now = clock.now()
    group_session.cancelled_at = group_session.cancelled_at or now
    group_session.reason, group_session.holiday_id = reason, None
    changed(group_session, now)
    record(ActKind.SESSION_CHANGED, about=group_session.id)


def uncancel(group_session: GroupSession) -> None:
    """It takes place after all. On a holiday too, or once more after its weekly time ended:
    somebody decided so. Raises Conflict."""
    _refuse_past(group_session)
    if group_session.holiday_id is not None or group_session.is_ended:
        # Against the plan on purpose: kept from the next planning as a moved session is.
        group_session.moved_from = group_session.starts_at
        group_session.holiday_id = None
    on_again(group_session, clock.now())
    record(ActKind.SESSION_CHANGED, about=group_session.id)


def join(
    group: Group, person: Person, part: GroupRole, act: ActKind = ActKind.JOINED
) -> Membership:
    """Somebody comes into a group, from now on. Raises Conflict for a patient in another one's
    individual group, or in one that is archived: whoever runs that looks after those who left."""
    if part == GroupRole.PATIENT:
        _refuse_archived(group)
        if group.is_individual and has_another_patient(group, person.id):
            raise Conflict
    if part == GroupRole.FACILITATOR:  # who stood in, or supervised, runs it now
        now = clock.now()
        reads = or_(
            Membership.until_at > now, and_(Membership.until_at.is_(None), Membership.supervises)
        )
        before = Membership.group_id == group.id, Membership.person_id == person.id, reads
        db.session.execute(update(Membership).where(*before).values(until_at=now))
    membership = Membership(id=uuid4(), group_id=group.id, person_id=person.id, part=part)
    db.session.add(membership)
    if act == ActKind.JOINED:
        end_codes(person.id)  # of those who looked after them before
    record(act, person=person.id, about=group.id)
    return membership


def hand_over(
    group: Group, to: Person, by: Person, until_at: datetime, only: GroupSession | None = None
) -> Membership:
    """A colleague stands in, with an end: for one session from the beginning of its day, or for all
    from now on; the patients are told. Raises Conflict when they may open it at that time anyway.
    """
    one_at_a_time([group])
    from_at = clock.now()
    if only is not None:
        day = clock.local(only.starts_at, group.zone).date()
        from_at = max(from_at, clock.start_of_day(day, group.zone))
    there = select(Membership.from_at, Membership.until_at).where(
        Membership.group_id == group.id,
        Membership.person_id == to.id,
        Membership.part == GroupRole.FACILITATOR,
        or_(Membership.until_at.is_(None), Membership.until_at > from_at),
        Membership.from_at < until_at,
    )
    for earlier, end in db.session.execute(there):
        if end is None or end >= until_at or earlier > from_at:
            raise Conflict
        from_at = max(from_at, end)  # the session of the day before is still theirs for its notes
    membership = Membership(
        id=uuid4(), group_id=group.id, person_id=to.id, part=GroupRole.FACILITATOR,
        from_at=from_at, until_at=until_at, added_by_id=by.id,
        only_session_id=only.id if only else None,
    )  # fmt: skip
    db.session.add(membership)
    record(ActKind.HANDED_OVER, person=to.id, about=group.id, by=by.id)
    return membership


def stop_standing_in(membership: Membership, by: Person) -> None:
    """Before its end; nothing, if it is over."""
    now = clock.now()
    if membership.until_at is None or membership.until_at <= now:
        return
    membership.until_at = now
    record(ActKind.HANDED_BACK, person=membership.person_id, about=membership.group_id, by=by.id)


def name_supervisor(group: Group, person: Person, by: Person) -> Membership:
    """Somebody supervises a group, from its next session on; its patients are told before. Raises
    Conflict when no session comes, or they read there anyway."""
    one_at_a_time([group])
    now = clock.now()
    coming = (one for one in group_sessions_from(group, now)
              if one.starts_at > now and not one.is_cancelled)  # fmt: skip
    first = next(coming, None)
    there = select(Membership.id).where(
        *(Membership.group_id == group.id, Membership.person_id == person.id),
        or_(Membership.until_at.is_(None), Membership.until_at > now),
    )
    if first is None or db.session.scalar(there.limit(1)) is not None:
        raise Conflict
    membership = Membership(
        id=uuid4(), group_id=group.id, person_id=person.id, part=GroupRole.FACILITATOR,
        from_at=first.starts_at, added_by_id=by.id, supervises=True,
    )  # fmt: skip
    db.session.add(membership)
    record(ActKind.SUPERVISOR_NAMED, person=person.id, about=group.id, by=by.id)
    return membership


def end_supervision(membership: Membership, by: Person) -> None:
    """From the next request on they open nothing of this group; its patients are told."""
    membership.until_at = clock.now()
    record(
        ActKind.SUPERVISOR_ENDED,
        person=membership.person_id, about=membership.group_id, by=by.id,
    )  # fmt: skip


def add(group: Group, person: Person, came_from: str | None, by: Person) -> Membership:
    """A facilitator adds a patient who has an account; they're told, and say yes or leave again.

    Raises Conflict when they are there already, and for another one's individual group.
    """
    _refuse_there(group.id, person.id)
    membership = join(group, person, GroupRole.PATIENT, ActKind.ADDED)
    membership.needs_yes, membership.added_by_id = True, by.id
    set_level(membership, by, came_from=came_from or None)
    return membership


def set_level(membership: Membership, by: Person, **content: Any) -> None:
    """Note how somebody came, or how often they come from now on, and why."""
    level = LevelOfCare(
        id=uuid4(), membership_id=membership.id, person_id=membership.person_id,
        made_by_id=by.id, made_at=clock.now(),
    )  # fmt: skip
    for name, value in content.items():
        setattr(level, name, value)
    db.session.add(level)


def set_origin(membership: Membership, came_from: str | None, by: Person) -> None:
    """Where somebody came from, noted later or corrected."""
    level = origin_of(membership)
    if (level.came_from if level else None) == (came_from or None):
        return
    if level is None:
        day = clock.local(membership.from_at, membership.group.zone).date()
        set_level(membership, by, came_from=came_from, from_day=day.isoformat())
    else:
        level.came_from, level.made_by_id = came_from or None, by.id
    about = membership.group_id
    record(ActKind.ORIGIN_SET, person=membership.person_id, about=about, by=by.id)


def change_level(membership: Membership, by: Person, **content: Any) -> None:
    """More or fewer days or hours in the same group."""
    set_level(membership, by, **content)
    about = membership.group_id
    record(ActKind.LEVEL_CHANGED, person=membership.person_id, about=about, by=by.id)


def see_step(membership: Membership) -> None:
    """A move was read on Today, and need not stand there any more."""
    membership.seen_at = membership.seen_at or clock.now()


def accept(membership: Membership) -> None:
    """A patient said yes to a group that somebody added them to."""
    membership.needs_yes = False
    end_codes(membership.person_id)
    record(ActKind.SAID_YES, person=membership.person_id, about=membership.group_id)


def leave(group_id: UUID, person_id: UUID, now: datetime | None = None) -> None:
    """Somebody leaves a group: nobody reads, or is read, through it from the next request on.

    Codes for new passwords and invitations that they made end too; a patient has made none.
    """
    end_codes_made_by(person_id)
    end_ways_into(db.session(), group_id, person_id)
    db.session.execute(
        update(Membership)
        .where(
            Membership.group_id == group_id,
            Membership.person_id == person_id,
            Membership.until_at.is_(None),
        )
        .values(until_at=now or clock.now())
    )


def remove(
    membership: Membership, reason: str | None, by: Person, act: ActKind = ActKind.REMOVED
) -> Removal:
    """Take somebody out of a group. Raises Conflict when a colleague just did.

    Codes for new passwords that they made, or that were made for them, end too, as do invitations
    of theirs, and an undo brings none back. Whoever is only added, and didn't say yes, isn't
    looked after there.
    """
    now = clock.now()
    ended = update(Membership).where(Membership.id == membership.id, Membership.until_at.is_(None))
    _once(ended.values(until_at=now))
    leave(membership.group_id, membership.person_id)  # in whatever other row they are there, too
    _hear_no_more_of(membership.person_id, membership.group_id)
    if not membership.needs_yes:
        end_codes(membership.person_id)
    removal = Removal(
        id=uuid4(), membership_id=membership.id, person_id=membership.person_id,
        made_at=now, made_by_id=by.id,
    )  # fmt: skip
    removal.reason = reason
    db.session.add(removal)
    record(act, person=removal.person_id, about=membership.group_id, by=by.id)
    return removal


def undo_removal(removal: Removal, by: Person) -> None:
    """The membership goes on as if nothing had been, with its own days. Raises Conflict when it
    was undone already, a day is over, or they came into the group another way meanwhile."""
    now, membership = clock.now(), removal.membership
    _refuse_archived(membership.group)
    _refuse_there(membership.group_id, membership.person_id)
    undone = update(Removal).where(
        Removal.id == removal.id, Removal.undone_at.is_(None), Removal.made_at > now - UNDO_FOR
    )
    _once(undone.values(undone_at=now, undone_by_id=by.id, seen_at=None))
    again = update(Membership).where(Membership.id == membership.id)
    db.session.execute(again.values(until_at=None))
    record(ActKind.PUT_BACK, person=removal.person_id, about=membership.group_id, by=by.id)


def see_removal(removal: Removal) -> None:
    """It was read on Today, and need not stand there any more."""
    removal.seen_at = removal.seen_at or clock.now()


def step(membership: Membership, to: Group) -> Membership:
    """Step a patient down or up into another group; the patient is told. Raises Conflict when
    they are in `to` already, it is archived, or a colleague just moved or discharged them."""
    _refuse_archived(to)
    _refuse_there(to.id, membership.person_id)
    now = clock.now()
    ended = update(Membership).where(Membership.id == membership.id, Membership.until_at.is_(None))
    _once(ended.values(until_at=now))
    _hear_no_more_of(membership.person_id, membership.group_id, to.id)
    leave(membership.group_id, membership.person_id, now)
    end_codes(membership.person_id)  # of those who look after another group now
    after = Membership(
        id=uuid4(),
        group_id=to.id,
        person_id=membership.person_id,
        part=membership.part,
        from_at=now,
        after_id=membership.id,
    )
    db.session.add(after)
    record(ActKind.STEPPED, person=membership.person_id, about=to.id)
    return after


def set_own_days(membership: Membership, weekdays: list[int], from_day: date, by: Person) -> None:
    """On which weekdays a patient comes, from a day on; earlier days stay as they were."""
    db.session.add(
        OwnDays(
            membership_id=membership.id,
            from_day=from_day,
            weekdays=mask_of(weekdays),
            made_by_id=by.id,
            made_at=clock.now(),
        )
    )
    about = membership.group_id
    record(ActKind.DAYS_SET, person=membership.person_id, about=about, by=by.id)


def describe(
    group_session: GroupSession, *, topic: str, read_before: str, place: str, link: str
) -> None:
    """Say what a session is about and what to read before. Raises Conflict when it has begun."""
    _refuse_past(group_session)
    group_session.topic, group_session.read_before = topic, read_before
    group_session.place, group_session.link = place, link
    record(ActKind.SESSION_CHANGED, about=group_session.id)


def rename(group: Group, name: str, track: Track) -> None:
    """Another name, another kind. Raises Conflict when another group is called so."""
    others = select(Group.typed_name).where(Group.typed_name.is_not(None), Group.id != group.id)
    if folded(name) in {folded(taken or "") for taken in db.session.scalars(others)}:
        raise Conflict
    group.name, group.track = name, track


def archive(group: Group, by: Person) -> None:
    """It meets no more, and nobody new comes in, until it is reopened. Raises Conflict while there
    are patients in it: they leave, or move, by somebody who knows them.

    Who runs it still looks after those who left. Nobody supervises it: that begins by a name anew.
    """
    one_at_a_time([group])
    now = clock.now()
    goes_on = or_(Membership.until_at.is_(None), Membership.until_at > now)
    in_it = Membership.group_id == group.id, goes_on
    patient = select(Membership.id).where(*in_it, Membership.part == GroupRole.PATIENT)
    if db.session.scalar(patient.limit(1)) is not None:
        raise Conflict
    group.archived_at = group.archived_at or now
    withdraw_sessions(group, now)
    end_ways_into(db.session(), group.id)
    stands_in = update(Membership).where(*in_it, Membership.until_at.is_not(None))
    db.session.execute(stands_in.values(until_at=now))
    for supervision in supervisors(Membership.group_id == group.id):
        end_supervision(supervision, by)
    record(ActKind.GROUP_ARCHIVED, about=group.id)


def reopen(group: Group) -> None:
    """It meets again at its weekly times. Plan ahead afterwards."""
    group.archived_at = None
    record(ActKind.GROUP_REOPENED, about=group.id)


def set_details(group: Group, *, place: str, link: str, bring: str) -> None:
    """Where a group meets, and what to bring."""
    group.place, group.link, group.bring = place, link, bring
    record(ActKind.GROUP_CHANGED, about=group.id)


def say_what_to_expect(part: str, words: str | None, by: Person) -> None:
    """The program's own words for one part; none brings ours back."""
    there = db.session.get(Expectation, part)
    if not words:
        if there is not None:
            db.session.delete(there)
        return
    if there is None:
        there = Expectation(part=part)
        db.session.add(there)
    if there.words != words:
        there.words, there.changed_at, there.changed_by_id = words, clock.now(), by.id


def _pattern(row: Weekly) -> SchedulePattern:
    return SchedulePattern(
        weekday=row.weekday,
        starts=row.starts,
        minutes=row.minutes,
        from_day=row.from_day,
        until_day=row.until_day,
    )


def _refuse_past(group_session: GroupSession) -> None:
    if group_session.has_begun(clock.now()):
        raise Conflict


def _refuse_taken(group_id: UUID, starts_at: datetime, but: GroupSession | None = None) -> None:
    query = select(GroupSession.id).where(
        GroupSession.group_id == group_id,
        GroupSession.starts_at == starts_at,
        GroupSession.withdrawn_at.is_(None),
    )
    if but is not None:
        query = query.where(GroupSession.id != but.id)
    if db.session.scalar(query) is not None:
        raise Conflict


def _refuse_archived(group: Group) -> None:
    """Of who comes in and who archives it at the same moment, the second finds the other's done."""
    one_at_a_time([group])
    is_over = select(Group.id).where(Group.id == group.id, Group.archived_at.is_not(None))
    if db.session.scalar(is_over) is not None:
        raise Conflict


def _refuse_there(group_id: UUID, person_id: UUID) -> None:
    there = select(Membership.id).where(
        Membership.group_id == group_id,
        Membership.person_id == person_id,
        Membership.until_at.is_(None),
    )
    if db.session.scalar(there) is not None:
        raise Conflict


def _once(change: Update) -> None:
    """Of two who do it at the same time, the second finds it done."""
    if cast(CursorResult[Any], db.session.execute(change)).rowcount != 1:
        raise Conflict


def _hear_no_more_of(person_id: UUID, *group_ids: UUID) -> None:
    """What was last said about a removal from one of these groups isn't true any more."""
    of_these = select(Membership.id).where(
        Membership.person_id == person_id, Membership.group_id.in_(group_ids)
    )
    heard = update(Removal).where(Removal.membership_id.in_(of_these), Removal.seen_at.is_(None))
    db.session.execute(heard.values(seen_at=clock.now()))


def _refuse_twice(group: Group, row: Weekly, but: SchedulePattern | None = None) -> None:
    """Two weekly times that begin together would ask for the same session."""
    for other in group.patterns:
        same = (other.weekday, other.starts) == (row.weekday, row.starts)
        over = other.until_day is not None and other.until_day < row.from_day
        early = row.until_day is not None and other.from_day > row.until_day
        if same and other is not but and not over and not early:
            raise Conflict
