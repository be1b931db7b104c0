"""Reading who comes, who came, and what is covered."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import aliased, joinedload

from webapp.accounts.models import WITH_KEY, Person
from webapp.attendance.models import CAME, Attendance, Authorisation, HeadsUp
from webapp.core import clock
from webapp.core.data.db import db
from webapp.core.folding import folded
from webapp.program import queries as program
from webapp.program.hours import (
    CoveredSessions,
    OwnWeekdays,
    minutes_between,
    minutes_there,
    week_bounds,
)
from webapp.program.models import (
    SHARES_OUTLAST,
    Group,
    GroupRole,
    GroupSession,
    Membership,
)


@dataclass(frozen=True)
class Hours:
    """Minutes of one week: planned by somebody's own days, and taken part in."""

    planned: int
    attended: int


@dataclass(frozen=True)
class HoursRow:
    """One patient in a group's list: this week's hours, own days, what is covered."""

    membership: Membership
    hours: Hours
    own: OwnWeekdays
    covered: CoveredSessions | None


@dataclass(frozen=True)
class Record:
    """One line of the attendance record."""

    group_session: GroupSession
    attendance: Attendance
    person: Person
    marked_by: Person | None

    @property
    def minutes(self) -> int:
        """How long somebody took part."""
        return attended(self.group_session, self.attendance)


# Whether anything was said ahead of the GroupSession that a statement reads.
HAS_HEADS_UPS = exists().where(HeadsUp.group_session_id == GroupSession.id)


def heads_ups(
    group_session: GroupSession, now: datetime, since: datetime | None = None
) -> dict[UUID, HeadsUp]:
    """What patients said ahead of a session, by patient, while it is open; to a clinical
    supervisor, what was said since they began."""
    found = db.session.scalars(select(HeadsUp).where(HeadsUp.group_session_id == group_session.id))
    return {said.patient_id: said for said in found
            if (said.closes_at or group_session.closes_at) > now
            and (since is None or said.given_at >= since)}  # fmt: skip


def said_ahead(person: Person) -> list[tuple[HeadsUp, GroupSession]]:
    """What somebody said ahead and facilitators can still read, with the session it is for."""
    now = clock.now()
    query = (
        select(HeadsUp, GroupSession)
        .join(GroupSession, GroupSession.id == HeadsUp.group_session_id)
        .options(joinedload(GroupSession.group))
        .where(
            HeadsUp.patient_id == person.id,
            or_(
                HeadsUp.closes_at > now,
                HeadsUp.closes_at.is_(None) & (GroupSession.ends_at > now - SHARES_OUTLAST),
            ),
            GroupSession.cancelled_at.is_(None),
            GroupSession.withdrawn_at.is_(None),
        )
        .order_by(GroupSession.starts_at)
    )
    return [(said, group_session) for said, group_session in db.session.execute(query)]


def own_heads_ups(person: Person, ids: Iterable[UUID]) -> dict[UUID, HeadsUp]:
    """What somebody said ahead of these sessions, by session; of one that was moved only while it
    is open, since staff read it no longer."""
    found = db.session.scalars(
        select(HeadsUp)
        .join(GroupSession, GroupSession.id == HeadsUp.group_session_id)
        .where(
            HeadsUp.patient_id == person.id,
            HeadsUp.group_session_id.in_(list(ids)),
            or_(
                HeadsUp.closes_at.is_(None),
                HeadsUp.closes_at > clock.now(),
                GroupSession.ends_at <= HeadsUp.closes_at,
            ),
        )
    )
    return {heads_up.group_session_id: heads_up for heads_up in found}


def attendances(group_session: GroupSession) -> dict[UUID, Attendance]:
    """How people took part in a session, by patient."""
    found = db.session.scalars(
        select(Attendance).where(Attendance.group_session_id == group_session.id)
    )
    return {attendance.patient_id: attendance for attendance in found}


Marked = tuple[GroupSession, Attendance]


def own_attendances(person: Person, *which: ColumnElement[bool], most: int = 200) -> list[Marked]:
    """Somebody's own record, the newest first."""
    return [
        (row[0], row[1])
        for row in db.session.execute(
            select(GroupSession, Attendance)
            .join(Attendance, Attendance.group_session_id == GroupSession.id)
            .where(Attendance.patient_id == person.id, *which)
            .order_by(GroupSession.starts_at.desc())
            .limit(most)
        )
    ]


def attended(group_session: GroupSession, attendance: Attendance | None) -> int:
    """Minutes that somebody took part in a session."""
    if attendance is None or attendance.presence not in CAME:
        return 0
    return minutes_there(
        group_session.starts_at,
        group_session.ends_at,
        attendance.arrived_at,
        attendance.left_at,
    )


def hours_of(person: Person, after: datetime, until: datetime) -> Hours:
    """One person's hours between two instants, over all groups."""
    marked = own_attendances(person, *between(after, until))
    return hours_in(program.own_group_sessions(person, after, until), marked, after, until)


def between(after: datetime, until: datetime) -> tuple[ColumnElement[bool], ...]:
    return GroupSession.starts_at >= after, GroupSession.starts_at < until


def hours_in(
    groups: Iterable[program.OwnGroupSessions],
    marked: Iterable[Marked],
    after: datetime,
    until: datetime,
) -> Hours:
    """The same, of what was read already, and of more than those days."""
    planned = sum(
        minutes_between(group_session.starts_at, group_session.ends_at)
        for group in groups
        for group_session in group.expected
        if after <= group_session.starts_at < until
    )
    return Hours(
        planned,
        sum(
            attended(group_session, attendance)
            for group_session, attendance in marked
            if after <= group_session.starts_at < until
        ),
    )


def covered_sessions_of(membership: Membership, now: datetime) -> CoveredSessions | None:
    """How much of what is covered somebody used in a group."""
    own = program.own_days([membership.id]).get(membership.id, ())
    coming = program.group_sessions_from(membership.group, now)
    return _covered_sessions([membership], {membership.id: own}, coming, now).get(membership.id)


def covered_of(memberships: list[Membership], now: datetime) -> list[tuple[Group, CoveredSessions]]:
    """The same of each of somebody's groups for which anything is authorized now."""
    noted = _authorisations(memberships)
    found = [(one.group, covered_sessions_of(one, now)) for one in memberships if one.id in noted]
    return [(group, covered) for group, covered in found if covered is not None]


def rows_of(group: Group, now: datetime) -> list[HoursRow]:
    """Everybody in a group with this week's hours and what is covered."""
    after, until = week_bounds(clock.local(now, group.zone).date(), group.zone)
    memberships = program.current_patients(group, now)
    own = program.own_days([membership.id for membership in memberships])
    all_covered = _covered_sessions(memberships, own, program.group_sessions_from(group, now), now)
    return [
        HoursRow(
            membership,
            hours_of(membership.person, after, until),
            own.get(membership.id, ()),
            all_covered.get(membership.id),
        )
        for membership in memberships
    ]


_whose = aliased(Membership)
# Whether anything is noted about what is covered, of anybody in that session's group.
HAS_NOTED = exists().where(
    Authorisation.membership_id == _whose.id,
    _whose.group_id == GroupSession.group_id,
    _whose.until_at.is_(None),
)


def short_covered_sessions(group: Group, now: datetime) -> list[tuple[Person, CoveredSessions]]:
    """For whom it is time to plan what comes after."""
    today = clock.local(now, group.zone).date()
    memberships = program.current_patients(group, now)
    own = program.own_days([membership.id for membership in memberships])
    all_covered = _covered_sessions(memberships, own, program.group_sessions_from(group, now), now)
    return [
        (membership.person, all_covered[membership.id])
        for membership in memberships
        if membership.id in all_covered and all_covered[membership.id].is_short(now, today)
    ]


def running_out(now: datetime) -> dict[UUID, int]:
    """For how many patients of each group it is time to plan what comes after. Nobody's name."""
    memberships = list(
        db.session.scalars(
            select(Membership)
            .where(
                Membership.part == GroupRole.PATIENT, Membership.needs_yes.is_(False),
                program.IS_CURRENT, exists().where(Authorisation.membership_id == Membership.id),
            )
            .options(joinedload(Membership.group)),
            {"now": now},
        )
    )  # fmt: skip
    own = program.own_days([membership.id for membership in memberships])
    groups = {membership.group_id for membership in memberships}
    coming = program.coming_of(groups, now)
    covered = _covered_sessions(memberships, own, coming, now)
    return Counter(
        membership.group_id
        for membership in memberships
        if membership.id in covered
        and covered[membership.id].is_short(now, clock.local(now, membership.group.zone).date())
    )


def record(group: Group, after: datetime, until: datetime) -> list[Record]:
    """The attendance record of a group between two instants, with everybody's names."""
    rows = db.session.execute(
        select(GroupSession, Attendance)
        .join(Attendance, Attendance.group_session_id == GroupSession.id)
        .where(
            GroupSession.group_id == group.id,
            GroupSession.starts_at >= after,
            GroupSession.starts_at < until,
        )
        .order_by(GroupSession.starts_at)
    ).all()
    ids = {row[1].patient_id for row in rows} | {row[1].marked_by_id for row in rows}
    people = _people(person_id for person_id in ids if person_id is not None)
    found = [
        Record(
            group_session,
            attendance,
            people[attendance.patient_id],
            people.get(attendance.marked_by_id),
        )
        for group_session, attendance in rows
        if attendance.patient_id in people
    ]
    return sorted(
        found, key=lambda marked: (marked.group_session.starts_at, folded(marked.person.name or ""))
    )


def _people(ids: Iterable[UUID]) -> dict[UUID | None, Person]:
    query = select(Person).where(Person.id.in_(list(ids))).options(WITH_KEY)
    return {person.id: person for person in db.session.scalars(query)}


def _covered_sessions(
    memberships: list[Membership],
    own: dict[UUID, OwnWeekdays],
    coming: list[GroupSession],
    now: datetime,
) -> dict[UUID, CoveredSessions]:
    """What is covered, by membership; those without an authorisation are left out."""
    listed = _authorisations(memberships)
    came: dict[UUID, list[datetime]] = {}
    rows = db.session.execute(
        select(Attendance.patient_id, GroupSession.starts_at, GroupSession.group_id)
        .join(GroupSession, GroupSession.id == Attendance.group_session_id)
        .where(
            Attendance.patient_id.in_([membership.person_id for membership in memberships]),
            GroupSession.group_id.in_([membership.group_id for membership in memberships]),
            Attendance.presence.in_(CAME),
        )
    )
    groups = {
        (membership.person_id, membership.group_id): membership.id for membership in memberships
    }
    for patient_id, starts_at, group_id in rows:
        if (patient_id, group_id) in groups:
            came.setdefault(groups[patient_id, group_id], []).append(starts_at)
    found = {}
    for membership in memberships:
        zone = membership.group.zone
        authorised, later = _in_turn(listed.get(membership.id, []), clock.local(now, zone).date())
        if authorised is None:
            continue
        since = clock.start_of_day(authorised.from_day, zone)
        used = sum(at >= since for at in came.get(membership.id, []))
        until = clock.start_of_day(later[0].from_day, zone) if later else None
        upcoming = tuple(
            group_session.starts_at
            for group_session in coming
            if group_session.group_id == membership.group_id
            and group_session.starts_at > now
            and (until is None or group_session.starts_at < until)
            and not group_session.is_cancelled
            and program.expects(group_session, own.get(membership.id, ()))
        )
        goes_on = bool(later) and len(upcoming) <= max(0, authorised.sessions - used)
        found[membership.id] = CoveredSessions(
            authorised.sessions, used, authorised.review_day, () if goes_on else upcoming, goes_on
        )
    return found


def authorisations_of(
    membership: Membership, now: datetime
) -> tuple[Authorisation | None, list[Authorisation]]:
    """What is covered of somebody in a group now, and what will be from later days on."""
    listed = _authorisations([membership]).get(membership.id, [])
    return _in_turn(listed, clock.local(now, membership.group.zone).date())


def _authorisations(memberships: list[Membership]) -> dict[UUID, list[Authorisation]]:
    """All of each membership, in the order in which they count."""
    rows = db.session.scalars(
        select(Authorisation)
        .where(Authorisation.membership_id.in_([membership.id for membership in memberships]))
        .order_by(Authorisation.from_day, Authorisation.made_at)
    )
    found: dict[UUID, list[Authorisation]] = {}
    for row in rows:
        found.setdefault(row.membership_id, []).append(row)
    return found


def _in_turn(
    listed: list[Authorisation], today: date
) -> tuple[Authorisation | None, list[Authorisation]]:
    """The one that counts today, and those that begin later; of one day's, the last one made."""
    begun = [cover for cover in listed if cover.from_day <= today]
    later = {cover.from_day: cover for cover in listed if cover.from_day > today}
    return (begun[-1] if begun else None), list(later.values())
