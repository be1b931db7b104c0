"""Reading about groups and their sessions; each query starts from the person."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, and_, bindparam, or_, select, true
from sqlalchemy.orm import aliased, joinedload, selectinload

from webapp.accounts.models import WITH_KEY, Person, by_name
from webapp.audit.actions import ACTOR
from webapp.core import clock
from webapp.core.crypto.keys import DataKey, keyring
from webapp.core.data.db import db
from webapp.core.data.statements import Statement
from webapp.core.data.types import NOW, UtcDateTime
from webapp.core.errors import NotFound, or_not_found
from webapp.core.wording import gettext as _
from webapp.program.hours import OwnWeekdays, in_force, is_own_group_session
from webapp.program.models import (
    WITH_PERSON,
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
)
from webapp.program.notes import notes_end
from webapp.settings.models import ClinicSettings

# Memberships in force at `:now`.
IS_CURRENT = and_(
    Membership.from_at <= NOW, or_(Membership.until_at.is_(None), Membership.until_at > NOW)
)
# But not of a colleague who stands in: for them it has an end from the beginning. Nor of a clinical
# supervisor, who reads and looks after nobody.
IS_STANDING = and_(Membership.until_at.is_(None), Membership.supervises.is_(False))
# Who stands in for one session has that one alone; a supervisor, those since it began.
OF_SESSION = and_(
    or_(Membership.only_session_id.is_(None), Membership.only_session_id == GroupSession.id),
    or_(Membership.supervises.is_(False), GroupSession.starts_at >= Membership.from_at),
)
# Of `:person`, as `:part`.
THEIRS = and_(
    Membership.person_id == bindparam("person"),
    Membership.part == bindparam("part"),
    IS_CURRENT,
)


_GROUPS = Statement(
    select(*Group.__table__.c)
    .join_from(Group.__table__, Membership, Membership.group_id == Group.id)
    .where(THEIRS, IS_STANDING)
    .order_by(Group.name)
)


def groups_of(person: Person, part: GroupRole) -> list[Group]:
    """The groups somebody is in now, as `part`, not those where they stand in; to be drawn only."""
    return [Group.drawn(row._asdict()) for row in _GROUPS.run(asked_as(person, part))]


def group_of(person: Person, part: GroupRole, id: UUID, *, stands_in: bool = False) -> Group | None:
    """One of somebody's groups, with its weekly times; one where they stand in, if that is enough:
    it is for reading what is shared, not for looking after people."""
    return db.session.scalar(
        select(Group)
        .join(Membership, Membership.group_id == Group.id)
        .where(Group.id == id, THEIRS, true() if stands_in else IS_STANDING)
        .limit(1)
        .options(selectinload(Group.patterns)),
        asked_as(person, part),
    )


_person, _key = Person.__table__.c, DataKey.__table__.c


def _people(when: ColumnElement[bool]) -> Statement:
    return Statement(
        select(
            *(_key.person_id, _key.outer_id, _key.wrapped, _person.username, _person.sealed),
            Membership.supervises,
        )
        .join_from(Person.__table__, DataKey.__table__, _key.person_id == _person.id)
        .join(Membership, Membership.person_id == _person.id)
        .where(
            Membership.group_id == bindparam("group"), Membership.part == bindparam("part"), when
        )
    )


_PEOPLE = _people(IS_CURRENT)
# A supervisor who didn't begin yet opens nothing that is shared before.
_NOT_OVER = _people(
    and_(
        or_(Membership.until_at.is_(None), Membership.until_at > NOW),
        or_(Membership.supervises.is_(False), Membership.from_at <= NOW),
    )
)


def people_in(group_id: UUID, part: GroupRole, now: datetime | None = None) -> list[Person]:
    """Who is in a group now, by name; to be drawn only. Their keys come along."""
    return _drawn(_PEOPLE, group_id, part, now)


def readers_in(group_id: UUID) -> list[Person]:
    """Who runs a group now, or will stand in: may open what is shared with it, sooner or later."""
    return _drawn(_NOT_OVER, group_id, GroupRole.FACILITATOR)


def _drawn(
    people: Statement, group_id: UUID, part: GroupRole, now: datetime | None = None
) -> list[Person]:
    ring, found = keyring(db.session), {}
    for row in people.run({"group": group_id, "part": part, "now": now or clock.now()}):
        ring.hold(row)
        id = row.person_id
        found[id] = Person.seen(row.sealed, ring.key_of(id), str(id), id=id, username=row.username)
        found[id].supervises = row.supervises
    return by_name(found.values())


_ONE = (
    select(GroupSession)
    .join(Membership, Membership.group_id == GroupSession.group_id)
    .where(
        GroupSession.id == bindparam("id"), GroupSession.withdrawn_at.is_(None), THEIRS, OF_SESSION
    )
)


def group_session_of(person: Person, part: GroupRole, id: UUID) -> GroupSession | None:
    """A session of one of somebody's groups."""
    return db.session.scalar(_ONE, {**asked_as(person, part), "id": id})


_asks, _other = aliased(Membership), aliased(Membership)
# Who else is in the individual groups that somebody knows by them: a patient's own, ever; those
# that a facilitator runs now. An administrator knows all of them, by who runs them.
_INDIVIDUAL = (
    select(Group.id, Person)
    .join(_other, _other.group_id == Group.id)
    .join(Person, Person.id == _other.person_id)
    .where(
        Group.typed_name.is_(None),
        _other.from_at <= NOW,
        or_(_other.until_at.is_(None), _other.until_at > NOW),
    )
    .options(WITH_KEY)
)
_KNOWN_BY_THEM = (
    select(_asks.id)
    .where(
        _asks.group_id == Group.id,
        _asks.person_id == bindparam("person"),
        _asks.part != _other.part,
        or_(_asks.part == GroupRole.PATIENT, _asks.until_at.is_(None), _asks.until_at > NOW),
    )
    .correlate(Group, _other)
    .exists()
)


def individual_name(group_id: UUID) -> str:
    """What whoever asks calls an individual group; all they know are read once in a request."""
    session = db.session()
    asks = session.info.get(ACTOR)
    known = session.info.setdefault("individual", {})
    if asks is not None and asks not in known:
        known[asks] = _individual_names(session.get_one(Person, asks))
    return known.get(asks, {}).get(group_id) or _("Individual sessions")


def _individual_names(person: Person) -> dict[UUID, str]:
    is_theirs: ColumnElement[bool] = _KNOWN_BY_THEM
    if person.is_administrator:
        is_theirs = _other.part == GroupRole.FACILITATOR
    rows = db.session.execute(
        _INDIVIDUAL.where(is_theirs), {"person": person.id, "now": clock.now()}
    )
    people: dict[UUID, list[Person]] = {}
    for id, other in rows:
        people.setdefault(id, []).append(other)
    names = {id: ", ".join(other.called for other in by_name(some)) for id, some in people.items()}
    if person.is_administrator:
        return {id: _("Individual (%(names)s)", names=some) for id, some in names.items()}
    return {id: _("Individual with %(names)s", names=some) for id, some in names.items()}


Group.individual_name = staticmethod(individual_name)


def all_groups() -> list[Group]:
    """Every group of the clinic, with its weekly times: for the administrator."""
    return list(
        db.session.scalars(select(Group).order_by(Group.name).options(selectinload(Group.patterns)))
    )


def asked_as(person: Person, part: GroupRole) -> dict[str, Any]:
    """What THEIRS is asked with."""
    return {"person": person.id, "part": part, "now": clock.now()}


# A patient's own sessions


@dataclass(frozen=True)
class OwnGroupSessions:
    """A patient's time in a group and its sessions; `expected` are those of the own days."""

    membership: Membership
    own: OwnWeekdays
    group_sessions: list[GroupSession] = field(default_factory=list)

    @property
    def expected(self) -> list[GroupSession]:
        """Those at which the patient is expected, cancelled ones left out."""
        return [
            group_session
            for group_session in self.group_sessions
            if not group_session.is_cancelled and expects(group_session, self.own)
        ]


def expects(group_session: GroupSession, own: OwnWeekdays) -> bool:
    """Whether a session is one of somebody's own days; a moved one counts as the day it was on."""
    planned = group_session.moved_from or group_session.starts_at
    return is_own_group_session(group_session.pattern_id, planned, group_session.group.zone, own)


def memberships_of(person: Person) -> list[Membership]:
    """The groups that somebody is a patient of now."""
    return list(
        db.session.scalars(
            select(Membership)
            .join(Membership.group)
            .where(
                Membership.person_id == person.id,
                Membership.part == GroupRole.PATIENT,
                IS_CURRENT,
            )
            .options(joinedload(Membership.group))
            .order_by(Group.name),
            {"now": clock.now()},
        )
    )


def left_at(person: Person, now: datetime) -> datetime | None:
    """When somebody's last group ended; None while one goes on, or if there was none."""
    ends = db.session.scalars(
        select(Membership.until_at).where(
            Membership.person_id == person.id, Membership.part == GroupRole.PATIENT
        )
    ).all()
    past = [end for end in ends if end is not None and end <= now]
    return max(past) if past and len(past) == len(ends) else None


def own_days(membership_ids: list[UUID]) -> dict[UUID, OwnWeekdays]:
    """Everybody's own days, by membership."""
    rows = db.session.execute(
        select(OwnDays.membership_id, OwnDays.from_day, OwnDays.weekdays)
        .where(OwnDays.membership_id.in_(membership_ids))
        .order_by(OwnDays.made_at)
    )
    return in_force((row[0], row[1], row[2]) for row in rows)


_since, _until = (bindparam(name, type_=UtcDateTime) for name in ("after", "until"))
_IN_A_GROUP = and_(
    Membership.person_id == bindparam("person"),
    Membership.part == GroupRole.PATIENT,
    Membership.from_at < _until,
    or_(Membership.until_at.is_(None), Membership.until_at > _since),
)
_BETWEEN = select(Membership).where(_IN_A_GROUP).options(joinedload(Membership.group))
_OWN_DAYS = Statement(
    select(OwnDays.membership_id, OwnDays.from_day, OwnDays.weekdays)
    .join(Membership, Membership.id == OwnDays.membership_id)
    .where(_IN_A_GROUP)
    .order_by(OwnDays.made_at)
)
_SESSIONS_BETWEEN = (
    select(GroupSession, Membership.id)
    .join(Membership, Membership.group_id == GroupSession.group_id)
    .where(
        _IN_A_GROUP,
        GroupSession.starts_at < _until,
        GroupSession.ends_at > _since,
        GroupSession.ends_at > Membership.from_at,
        or_(Membership.until_at.is_(None), Membership.until_at > GroupSession.starts_at),
    )
    .order_by(GroupSession.starts_at)
)
_HELD_BETWEEN = _SESSIONS_BETWEEN.where(GroupSession.withdrawn_at.is_(None))


def own_group_sessions(
    person: Person, after: datetime, until: datetime, *, withdrawn: bool = False
) -> list[OwnGroupSessions]:
    """What a patient's groups had and have between two instants, while the patient was in them."""
    values = {"person": person.id, "after": after, "until": until}
    days = in_force((row[0], row[1], row[2]) for row in _OWN_DAYS.run(values))
    by_membership = {
        membership.id: OwnGroupSessions(membership, days.get(membership.id, ()))
        for membership in db.session.scalars(_BETWEEN, values)
    }
    query = _SESSIONS_BETWEEN if withdrawn else _HELD_BETWEEN
    for group_session, membership_id in db.session.execute(query, values):
        by_membership[membership_id].group_sessions.append(group_session)
    return list(by_membership.values())


_before, _after = aliased(Membership), aliased(Membership)
_STEPS = (
    select(_before, _after)
    .join(_after, _after.after_id == _before.id)
    .where(_after.person_id == bindparam("person"))
    .options(joinedload(_before.group), joinedload(_after.group))
)
STEPPED = (
    _STEPS.where(
        _after.seen_at.is_(None),
        _after.from_at > bindparam("since", type_=UtcDateTime),
        _after.until_at.is_(None),
    )
    .order_by(_after.from_at.desc())
    .limit(1)
)


def stepped_lately(person: Person, since: datetime) -> tuple[Membership, Membership] | None:
    """The group that somebody was in before, and the one they were moved into since then."""
    row = db.session.execute(STEPPED, {"person": person.id, "since": since}).first()
    return (row[0], row[1]) if row else None


def own_step(person: Person, id: UUID) -> tuple[Membership, Membership] | None:
    """The same of one membership that goes on."""
    which = _STEPS.where(_after.id == id, _after.until_at.is_(None))
    row = db.session.execute(which, {"person": person.id}).first()
    return (row[0], row[1]) if row else None


def origin_of(membership: Membership) -> LevelOfCare | None:
    """How somebody came into a group, once anybody noted it."""
    rows = db.session.scalars(
        select(LevelOfCare)
        .where(LevelOfCare.membership_id == membership.id)
        .order_by(LevelOfCare.made_at)
    )
    return next((row for row in rows if not (row.days or row.hours or row.is_unopened)), None)


@dataclass(frozen=True)
class CareChange:
    """How somebody came, moved, or comes since then; `before` is the group they moved from."""

    level: LevelOfCare
    group: Group
    before: Group | None


def care_changes(person_id: UUID, only: Membership | None = None) -> list[CareChange]:
    """How somebody's care changed, the latest first; for staff, on the way to one membership."""
    rows = db.session.scalars(
        select(LevelOfCare)
        .where(LevelOfCare.person_id == person_id)
        .options(joinedload(LevelOfCare.membership).joinedload(Membership.group))
        .order_by(LevelOfCare.made_at.desc())
    ).all()
    query = select(Membership).where(Membership.person_id == person_id)
    by_id = {one.id: one for one in db.session.scalars(query.options(joinedload(Membership.group)))}
    way, at = set(by_id), only
    if only is not None:
        way = set()
        while at is not None and at.id not in way:
            way.add(at.id)
            at = by_id.get(at.after_id) if at.after_id else None
    found = []
    for row in sorted(rows, key=lambda row: str(row.since), reverse=True):
        if row.membership_id in way:
            membership = row.membership
            before = by_id.get(membership.after_id) if membership.after_id else None
            has_moved = before is not None and row.made_at == membership.from_at
            found.append(
                CareChange(row, membership.group, before.group if before and has_moved else None)
            )
    return found


# For those who look after a group


def group_for_staff(person: Person, id: UUID) -> Group | None:
    """A group that its facilitator or an administrator may look after; nobody who stands in."""
    query = select(Group).where(Group.id == id)
    if not person.is_administrator:
        query = query.join(Membership, Membership.group_id == Group.id).where(
            Membership.person_id == person.id,
            Membership.part == GroupRole.FACILITATOR,
            *(IS_CURRENT, IS_STANDING),
        )
    return db.session.scalar(query, {"now": clock.now()})


def group_session_for_staff(person: Person, id: UUID) -> GroupSession | None:
    """A session of a group that its facilitator or an administrator may look after."""
    found = db.session.scalar(
        select(GroupSession).where(GroupSession.id == id, GroupSession.withdrawn_at.is_(None))
    )
    if found is None or group_for_staff(person, found.group_id) is None:
        return None
    return found


def pattern_of(group: Group, id: UUID) -> SchedulePattern | None:
    """One of a group's weekly times."""
    return db.session.scalar(
        select(SchedulePattern).where(
            SchedulePattern.id == id, SchedulePattern.group_id == group.id
        )
    )


def patterns_in_force(group: Group, today: date) -> list[SchedulePattern]:
    """A group's weekly times, those that ended left out."""
    return [
        pattern
        for pattern in group.patterns
        if pattern.until_day is None or pattern.until_day >= today
    ]


def group_sessions_from(group: Group, after: datetime) -> list[GroupSession]:
    """A group's sessions from an instant on, cancelled ones too."""
    return coming_of([group.id], after)


def coming_of(group_ids: Iterable[UUID], after: datetime) -> list[GroupSession]:
    """The same of several groups."""
    return list(
        db.session.scalars(
            select(GroupSession)
            .where(
                GroupSession.group_id.in_(list(group_ids)),
                GroupSession.ends_at > after,
                GroupSession.withdrawn_at.is_(None),
            )
            .order_by(GroupSession.starts_at)
        )
    )


def membership_in(
    group: Group, person_id: UUID, part: GroupRole = GroupRole.PATIENT
) -> Membership | None:
    """Somebody's time in a group that goes on now, with their key."""
    return db.session.scalar(
        select(Membership)
        .where(
            Membership.group_id == group.id,
            Membership.person_id == person_id,
            Membership.part == part,
            IS_CURRENT,
        )
        .options(WITH_PERSON, joinedload(Membership.group))
        .limit(1),
        {"now": clock.now()},
    )


def patient_of(
    facilitator: Person, group_id: UUID, person_id: UUID, *, stands_in: bool = False
) -> Membership:
    """The same of a patient in a group that somebody runs, who said yes to it. Raises NotFound."""
    group = group_of(facilitator, GroupRole.FACILITATOR, group_id, stands_in=stands_in)
    membership = membership_in(group, person_id) if group is not None else None
    if membership is None or membership.needs_yes:
        raise NotFound
    return membership


def has_another_patient(group: Group, person_id: UUID | None = None) -> bool:
    """Whether an individual group is, or was, another one's than this person's."""
    if not group.is_individual:
        return False
    others = select(Membership.id).where(
        Membership.group_id == group.id,
        Membership.part == GroupRole.PATIENT,
        Membership.person_id != person_id if person_id else true(),
    )
    return db.session.scalar(others.limit(1)) is not None


def groups_to_step_into(membership: Membership) -> list[Group]:
    """The clinic's other groups, but nobody's individual one."""
    there = select(Membership.group_id).where(
        Membership.person_id == membership.person_id,
        Membership.part == GroupRole.PATIENT,
        Membership.until_at.is_(None),
    )
    return list(
        db.session.scalars(
            select(Group)
            .where(
                *(Group.id.not_in(there), Group.typed_name.is_not(None)),
                Group.archived_at.is_(None),
            )
            .order_by(Group.name)
        )
    )


FORMER_FOR = timedelta(days=396)  # thirteen months
SAME_TIME = timedelta(days=1)  # groups that ended this close together were the last ones


def last_groups(patients: Iterable[UUID], now: datetime) -> dict[UUID, set[UUID]]:
    """For each patient the groups they are in, or left last: whoever runs those looks after them.
    One that they were added to and didn't say yes to is none of theirs."""
    ends: dict[UUID, dict[UUID, datetime]] = {id: {} for id in patients}
    for one in db.session.scalars(
        select(Membership).where(
            Membership.person_id.in_(list(ends)),
            Membership.part == GroupRole.PATIENT,
            Membership.needs_yes.is_(False),
        )
    ):
        end = min(one.until_at or now, now)
        groups = ends[one.person_id]
        groups[one.group_id] = max(end, groups.get(one.group_id, end))
    return {
        id: {group for group, end in groups.items() if end > max(groups.values()) - SAME_TIME}
        for id, groups in ends.items()
    }


def run_by(groups: Iterable[UUID], now: datetime) -> dict[UUID, set[UUID]]:
    """Who runs each of these groups, with an open account; not who stands in."""
    runs: dict[UUID, set[UUID]] = {}
    for group_id, facilitator in db.session.execute(
        select(Membership.group_id, Membership.person_id)
        .join(Person, Person.id == Membership.person_id)
        .where(
            Membership.group_id.in_(list(groups)),
            Membership.part == GroupRole.FACILITATOR,
            Person.disabled_at.is_(None),
            *(IS_CURRENT, IS_STANDING),
        ),
        {"now": now},
    ):
        runs.setdefault(group_id, set()).add(facilitator)
    return runs


_elsewhere, _here_again = aliased(Membership), aliased(Membership)


@dataclass(frozen=True)
class Former:
    """Somebody who isn't in a group any more, with the removal that ended it, if one did."""

    membership: Membership
    removal: Removal | None
    is_anothers: bool  # is a patient of some group now, or left another one later

    @property
    def is_in_care(self) -> bool:
        """Whether this group's facilitators go on for them: a code for a new password, what they
        let the clinic give out. Nobody else does."""
        return not self.is_anothers and self.membership.person.disabled_at is None


def former_in(group: Group, part: GroupRole, now: datetime) -> list[Former]:
    """Who left a group in the last thirteen months, the latest first; with their keys.

    Whoever has another group, or left another one later, belongs to its facilitators, and is here
    only while a removal can be undone. So are facilitators, whose codes an administrator makes
    elsewhere.
    """
    rows = db.session.execute(
        select(Membership, Removal, _now(_elsewhere))
        .outerjoin(
            Removal, and_(Removal.membership_id == Membership.id, Removal.undone_at.is_(None))
        )
        .where(
            Membership.group_id == group.id,
            Membership.part == part,
            Membership.until_at <= NOW,
            Membership.until_at > now - FORMER_FOR,
            Membership.needs_yes.is_(False),
            ~_now(_here_again, _here_again.group_id == Membership.group_id),
        )
        .options(WITH_PERSON, joinedload(Membership.group))
        .order_by(Membership.until_at),
        {"now": now},
    ).all()
    last = last_groups({membership.person_id for membership, *_ in rows}, now)
    people: dict[UUID, Former] = {}
    for membership, removal, has_group in rows:
        found = Former(membership, removal, has_group or group.id not in last[membership.person_id])
        is_closed = membership.person.disabled_at is not None
        if not found.is_anothers or (removal and removal.can_undo(now) and not is_closed):
            people.pop(membership.person_id, None)  # who left twice stands there once, for the last
            people[membership.person_id] = found
    return list(reversed(people.values()))


def patient_or_former(facilitator: Person, group_id: UUID, person_id: UUID) -> Membership:
    """A patient of a group that somebody runs, or one who left it and has no other since. Raises
    NotFound."""
    group = or_not_found(group_of(facilitator, GroupRole.FACILITATOR, group_id))
    membership = membership_in(group, person_id)
    if membership is not None and not membership.needs_yes:
        return membership
    for former in former_in(group, GroupRole.PATIENT, clock.now()):
        if former.membership.person_id == person_id and former.is_in_care:
            return former.membership
    raise NotFound


def _now(which: Any, *where: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether the person of a membership is in some group now, as the same part; who was added and
    didn't say yes is in none yet."""
    return (
        select(which.id)
        .where(
            which.needs_yes.is_(False),
            which.person_id == Membership.person_id,
            which.part == Membership.part,
            which.from_at <= NOW,
            or_(which.until_at.is_(None), which.until_at > NOW),
            *where,
        )
        .correlate(Membership)
        .exists()
    )


_mine, _been, _in_mine, _anywhere = (aliased(Membership) for _ in range(4))


def _run_now_by(facilitator: Person) -> Any:
    return select(_mine.group_id).where(
        _mine.person_id == facilitator.id,
        _mine.part == GroupRole.FACILITATOR,
        *(_mine.until_at.is_(None), _mine.supervises.is_(False)),
    )


def to_be_added(facilitator: Person, group: Group, now: datetime) -> list[Person]:
    """Patients of the facilitator's own groups, now or in the last thirteen months, who aren't in
    this one; not those who have other groups alone now: they belong to their facilitators."""
    own = _run_now_by(facilitator)

    def is_in(which: Any, *where: ColumnElement[bool]) -> ColumnElement[bool]:
        theirs = which.person_id == Person.id, which.part == GroupRole.PATIENT
        return select(which.id).where(*theirs, *where).correlate(Person).exists()

    people = db.session.scalars(
        select(Person)
        .where(
            Person.disabled_at.is_(None),
            is_in(
                _been,
                _been.group_id.in_(own),
                _been.needs_yes.is_(False),
                or_(_been.until_at.is_(None), _been.until_at > now - FORMER_FOR),
            ),
            ~is_in(_here_again, _here_again.group_id == group.id, _here_again.until_at.is_(None)),
            or_(
                ~is_in(_anywhere, _anywhere.until_at.is_(None), _anywhere.needs_yes.is_(False)),
                is_in(
                    _in_mine,
                    _in_mine.group_id.in_(own),
                    _in_mine.until_at.is_(None),
                    _in_mine.needs_yes.is_(False),
                ),
            ),
        )
        .options(WITH_KEY),
        {"now": now},
    )
    return by_name(people)


def waiting_for_yes(group: Group) -> set[UUID]:
    """Who was added to a group and didn't say yes to it yet."""
    added = Membership.group_id == group.id, Membership.needs_yes, Membership.until_at.is_(None)
    return set(db.session.scalars(select(Membership.person_id).where(*added)))


# Groups that a patient was added to and didn't answer yet, with who added them.
ADDED = (
    select(Membership, Person)
    .outerjoin(Person, Person.id == Membership.added_by_id)
    .where(
        Membership.person_id == bindparam("person"),
        Membership.needs_yes,
        Membership.until_at.is_(None),
    )
    .options(joinedload(Membership.group))
    .order_by(Membership.from_at)
)


def added_to(person: Person) -> list[tuple[Membership, str]]:
    """Each with the name of who added them."""
    rows = db.session.execute(ADDED, {"person": person.id})
    return [(membership, _name_of(by)) for membership, by in rows]


def own_added(person: Person, id: UUID) -> Membership | None:
    """One of somebody's own."""
    return db.session.scalar(
        select(Membership)
        .where(
            Membership.id == id,
            Membership.person_id == person.id,
            Membership.needs_yes,
            Membership.until_at.is_(None),
        )
        .options(joinedload(Membership.group))
    )


def _name_of(by: Person | None) -> str:
    """Whose key was erased since has no name any more."""
    if by is None:
        return ""
    ring = keyring(db.session)
    ring.fill([by.id])
    return (by.name if ring.held(by.id) else None) or by.username


# What a patient wasn't told yet, or didn't dismiss: with who did it, and who undid it.
_undid = aliased(Person)
REMOVALS = (
    select(Removal, Person, _undid)
    .outerjoin(Person, Person.id == Removal.made_by_id)
    .outerjoin(_undid, _undid.id == Removal.undone_by_id)
    .where(Removal.person_id == bindparam("person"), Removal.seen_at.is_(None))
    .options(joinedload(Removal.membership).joinedload(Membership.group))
    .order_by(Removal.made_at)
)


def removals_of(person: Person) -> list[tuple[Removal, str]]:
    """Each with the name of who took them out, or put them back."""
    rows = db.session.execute(REMOVALS, {"person": person.id})
    return [
        (removal, _name_of(undone_by if removal.undone_at else made_by))
        for removal, made_by, undone_by in rows
    ]


def own_removal(person: Person, id: UUID) -> Removal | None:
    """One of somebody's own."""
    return db.session.scalar(
        select(Removal)
        .where(Removal.id == id, Removal.person_id == person.id)
        .options(joinedload(Removal.membership).joinedload(Membership.group))
    )


def current_patients(group: Group, now: datetime) -> list[Membership]:
    """Everybody who is a patient of a group now, by name."""
    return _named_patients(group.id, now, now)


def next_patient(after: Membership, now: datetime) -> Person | None:
    """Who follows in a group, by name, and said yes to it."""
    members = current_patients(after.group, now)
    people = [one.person for one in members if not one.needs_yes]
    at = next((place for place, person in enumerate(people) if person.id == after.person_id), -1)
    return people[at + 1] if 0 <= at < len(people) - 1 else None


def patients_at(group_session: GroupSession) -> list[Membership]:
    """Who was, or is, in the group at the time of this session, by name."""
    return _named_patients(group_session.group_id, group_session.starts_at, group_session.ends_at)


def _named_patients(group_id: UUID, first: datetime, last: datetime) -> list[Membership]:
    rows = db.session.scalars(
        select(Membership)
        .where(
            Membership.group_id == group_id,
            Membership.part == GroupRole.PATIENT,
            Membership.from_at <= last,
            or_(Membership.until_at.is_(None), Membership.until_at > first),
        )
        .options(WITH_PERSON, joinedload(Membership.group))
        .order_by(Membership.from_at)
    )
    # Who left and came back on the same day is one person.
    people = {membership.person: membership for membership in rows}
    return [people[person] for person in by_name(people)]


LONGEST_BREAK = timedelta(days=60)  # for so long ahead, days off are looked at
_NOTES = Statement(
    select(ClinicSettings.notes_until, ClinicSettings.zone, Holiday.day)
    .select_from(ClinicSettings)
    .outerjoin(
        Holiday,
        and_(
            Holiday.group_id.is_(None),
            Holiday.day.between(bindparam("first", type_=Date), bindparam("last", type_=Date)),
        ),
    )
)


def notes_until(ends_at: datetime, zone: str) -> datetime | None:
    """Until when facilitators write their notes on a session that ends then; None where the
    program sets no hour."""
    day = ends_at.date()
    rows = _NOTES.run({"first": day, "last": day + LONGEST_BREAK})
    if not rows:
        return notes_end(ends_at, ClinicSettings.NOTES_UNTIL, zone, ())
    off = {row.day for row in rows}
    return notes_end(ends_at, rows[0].notes_until, rows[0].zone, off)


def notes_done(group_session: GroupSession) -> datetime:
    """When the notes on a session are, and what is said for it closes."""
    ends = notes_until(group_session.ends_at, group_session.group.zone)
    return max(group_session.closes_at, ends or group_session.closes_at)


def stand_ins(group: Group, since: datetime) -> list[Membership]:
    """Colleagues who stand in, or will, and whose time ends after that."""
    query = _STAND_INS.where(Membership.group_id == group.id, Membership.until_at > since)
    return list(db.session.scalars(query.options(WITH_PERSON)))


def filling_in(person: Person, now: datetime) -> list[tuple[Membership, GroupSession | None]]:
    """Where somebody stands in, or will, with the session if it is for one alone."""
    query = (
        _STAND_INS.add_columns(GroupSession)
        .outerjoin(GroupSession, GroupSession.id == Membership.only_session_id)
        .where(Membership.person_id == person.id, Membership.until_at > now)
    )
    return [(membership, one) for membership, one in db.session.execute(query)]


_STAND_INS = (
    select(Membership)
    .where(
        Membership.part == GroupRole.FACILITATOR,
        *(Membership.added_by_id.is_not(None), Membership.supervises.is_(False)),
    )
    .order_by(Membership.from_at)
)


def part_in(person: Person, group_id: UUID) -> Membership | None:
    """By what somebody reads what is shared with a group now: runs it, stands in, supervises."""
    mine = select(Membership).where(THEIRS, Membership.group_id == group_id)
    return db.session.scalar(mine.limit(1), asked_as(person, GroupRole.FACILITATOR))


def reads_since(person: Person, group_id: UUID) -> datetime | None:
    """For a clinical supervisor, since when; None for whoever else reads there."""
    theirs = part_in(person, group_id)
    return theirs.from_at if theirs and theirs.supervises else None


_SUPERVISORS = (
    select(Membership)
    .join(Membership.group)
    .where(Membership.supervises, or_(Membership.until_at.is_(None), Membership.until_at > NOW))
    .options(WITH_PERSON, joinedload(Membership.group))
    .order_by(Group.name, Membership.from_at)
)


def supervisors(*which: ColumnElement[bool]) -> list[Membership]:
    """Clinical supervisors, also those who begin with a session that is still to come."""
    return list(db.session.scalars(_SUPERVISORS.where(*which), {"now": clock.now()}))


def began_to_supervise(group_id: UUID, since: datetime) -> bool:
    """Whether a clinical supervisor of a group began meanwhile."""
    meanwhile = Membership.from_at > since, Membership.from_at <= NOW
    return bool(supervisors(Membership.group_id == group_id, *meanwhile))


def holidays(from_day: date, group_id: UUID | None = None) -> list[Holiday]:
    """The days without groups, from a day on; without a certain one, if it is named."""
    of_all = or_(Holiday.group_id.is_(None), Holiday.group_id == group_id)
    query = select(Holiday).where(Holiday.day >= from_day, of_all if group_id else true())
    return list(db.session.scalars(query.order_by(Holiday.day).options(joinedload(Holiday.group))))


def breaks(from_day: date) -> list[list[Holiday]]:
    """The same, those together that follow each other by one name for the same groups."""
    found: list[list[Holiday]] = []
    for holiday in sorted(holidays(from_day), key=lambda one: (str(one.group_id), one.day)):
        last = found[-1][-1] if found else None
        if last and (last.day + timedelta(days=1), last.name, last.group_id) == (
            holiday.day, holiday.name, holiday.group_id
        ):  # fmt: skip
            found[-1].append(holiday)
        else:
            found.append([holiday])
    return sorted(found, key=lambda days: days[0].day)


def named_group_sessions(group: Group, ids: Iterable[UUID]) -> list[GroupSession]:
    """Those of a group with these ids, whatever became of them meanwhile."""
    which = GroupSession.group_id == group.id, GroupSession.id.in_(ids)
    query = select(GroupSession).where(*which).order_by(GroupSession.starts_at)
    return list(db.session.scalars(query))


def expectations() -> dict[str, str]:
    """What the program put in place of our words in *What to expect here*, by part."""
    return {
        expectation.part: expectation.words
        for expectation in db.session.scalars(select(Expectation))
    }
