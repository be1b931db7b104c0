"""The program's own records, counted: exact, and without a name."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, select

from webapp.attendance.models import CAME, Presence
from webapp.attendance.queries import running_out
from webapp.attendance.totals import Held, Mark, marks_since
from webapp.census.stays import APART, Stay, stays
from webapp.core import clock
from webapp.core.data.db import db
from webapp.core.quarters import Quarter, quarter_of
from webapp.discharge.queries import ended_since
from webapp.program.models import Group, GroupRole, Membership
from webapp.program.recurrence import week_of
from webapp.reminders.queries import accepted
from webapp.settings.current import clinic_settings

QUARTERS = 5  # this one so far, and a year before it
WEEK = timedelta(days=7)
Period = tuple[UUID, UUID, datetime, datetime | None]  # a patient, in a group, from, until


@dataclass(frozen=True)
class Span:
    """A quarter by the clinic's clock. `at` is its end, or now while it goes on."""

    quarter: Quarter
    after: datetime
    until: datetime
    at: datetime

    def __contains__(self, at: datetime | None) -> bool:
        return at is not None and self.after <= at < self.until


@dataclass
class InGroup:
    """One group in a quarter; or all individual sessions together."""

    people: set[UUID] = field(default_factory=set)  # at its end
    joined: int = 0
    left: int = 0
    marked: int = 0
    came: int = 0
    minutes: int = 0


@dataclass
class InQuarter:
    """The program in a quarter."""

    span: Span
    in_care: int = 0  # at its end
    during: int = 0
    admitted: int = 0
    left: int = 0
    presences: Counter[Presence] = field(default_factory=Counter)
    minutes: int = 0
    weeks: Counter[str] = field(default_factory=Counter)  # of one person: under, within, over
    endings: Counter[str | None] = field(default_factory=Counter)
    messages: int = 0
    groups: dict[UUID | None, InGroup] = field(default_factory=lambda: defaultdict(InGroup))


@dataclass(frozen=True)
class Records:
    """All of it: the quarters, the latest first, and what holds now."""

    quarters: list[InQuarter]
    groups: list[tuple[UUID | None, str]]  # by name; None is all individual sessions
    made_at: dict[UUID | None, datetime]
    running_out: Counter[UUID | None]


def records(now: datetime) -> Records:
    """What the program's own records say since the beginning of the first quarter."""
    found = [InQuarter(span) for span in _spans(now)]
    first = found[-1].span.after
    groups = list(db.session.scalars(select(Group).order_by(Group.typed_name)))
    named: dict[UUID, UUID | None] = {
        group.id: None if group.is_individual else group.id for group in groups
    }
    periods = _periods(first - APART)
    all_stays = stays((person, since, until) for person, _group, since, until in periods)
    marks = marks_since(first, now)
    endings, sent = _endings(all_stays, first), accepted()
    for one in found:
        _care(one, all_stays, endings)
        _groups(one, periods, named)
        one.messages = sent.get(str(one.span.quarter), 0)
    _attendance(found, marks, named)
    _weeks(found, all_stays, marks, now)
    short: Counter[UUID | None] = Counter()
    for group_id, people in running_out(now).items():
        short[named[group_id]] += people
    return Records(found, _listed(groups), {group.id: group.made_at for group in groups}, short)


def _spans(now: datetime) -> list[Span]:
    zone = clinic_settings().zone
    this = quarter_of(clock.local(now, zone).date())
    return [_span(this.before(count), zone, now) for count in range(QUARTERS)]


def _span(quarter: Quarter, zone: str, now: datetime) -> Span:
    after, until = (clock.start_of_day(one.first, zone) for one in (quarter, quarter.next))
    return Span(quarter, after, until, min(until, now))


def _periods(after: datetime) -> list[Period]:
    """Who was a patient of which group since then, and had said yes to it."""
    rows = db.session.execute(
        select(Membership.person_id, Membership.group_id, Membership.from_at, Membership.until_at)
        .where(
            Membership.part == GroupRole.PATIENT, Membership.needs_yes.is_(False),
            or_(Membership.until_at.is_(None), Membership.until_at >= after),
        )
    )  # fmt: skip
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def _endings(all_stays: list[Stay], after: datetime) -> dict[Stay, str | None]:
    """How each time in care ended, by the last discharge in it."""
    by_person: dict[UUID, list[tuple[datetime, str | None]]] = defaultdict(list)
    for ended in ended_since(after):
        by_person[ended.person_id].append((ended.at, ended.outcome))
    return {
        stay: next(
            (said for at, said in reversed(by_person[stay.person_id])
             if stay.begun <= at <= stay.ended),
            None,
        )
        for stay in all_stays
        if stay.ended is not None
    }  # fmt: skip


def _care(one: InQuarter, all_stays: list[Stay], endings: dict[Stay, str | None]) -> None:
    span = one.span
    one.in_care = _people(stay for stay in all_stays if stay.is_at(span.at))
    one.during = _people(stay for stay in all_stays if stay.is_during(span.after, span.at))
    one.admitted = sum(stay.begun in span for stay in all_stays)
    ended = [stay for stay in all_stays if stay.ended in span]
    one.left, one.endings = len(ended), Counter(endings[stay] for stay in ended)


def _people(some: Iterable[Stay]) -> int:
    return len({stay.person_id for stay in some})


def _groups(one: InQuarter, periods: list[Period], named: dict[UUID, UUID | None]) -> None:
    for person_id, group_id, since, until in periods:
        group = one.groups[named[group_id]]
        group.joined += since in one.span
        group.left += until in one.span
        if since <= one.span.at and (until is None or until > one.span.at):
            group.people.add(person_id)


def _attendance(found: list[InQuarter], marks: list[Mark], named: dict[UUID, UUID | None]) -> None:
    when = {mark.session: _quarter(found, mark.session) for mark in marks}
    for mark in marks:
        one = when[mark.session]
        one.presences[mark.presence] += 1
        one.minutes += mark.minutes
        group = one.groups[named[mark.session.group_id]]
        group.marked += 1
        group.came += mark.presence in CAME
        group.minutes += mark.minutes


def _quarter(found: list[InQuarter], session: Held) -> InQuarter:
    return next(one for one in found if session.starts_at >= one.span.after)


def _weeks(found: list[InQuarter], all_stays: list[Stay], marks: list[Mark], now: datetime) -> None:
    """Whole weeks of everybody in care, by whether their hours are in the program's range; only
    those for which anybody took their attendance."""
    settings = clinic_settings()
    minutes = _minutes_by_week(marks, settings.zone)
    least, most = settings.week_hours_least * 60, settings.week_hours_most * 60
    for one in found:
        monday = week_of(one.span.quarter.first + WEEK - timedelta(days=1))
        while monday < one.span.quarter.next.first:
            after, until = (
                clock.start_of_day(day, settings.zone) for day in (monday, monday + WEEK)
            )
            if until > now:
                break
            for stay in all_stays:
                there = minutes.get((stay.person_id, monday))
                if there is not None and stay.is_whole(after, until):
                    one.weeks["under" if there < least else "over" if there > most else "in"] += 1
            monday += WEEK


def _minutes_by_week(marks: list[Mark], zone: str) -> Counter[tuple[UUID, date]]:
    weeks = {
        mark.session: week_of(clock.local(mark.session.starts_at, zone).date()) for mark in marks
    }
    minutes: Counter[tuple[UUID, date]] = Counter()
    for mark in marks:
        minutes[mark.person_id, weeks[mark.session]] += mark.minutes
    return minutes


def _listed(groups: list[Group]) -> list[tuple[UUID | None, str]]:
    listed: list[tuple[UUID | None, str]] = [
        (group.id, group.typed_name) for group in groups if group.typed_name
    ]
    return listed + ([(None, "")] if any(group.is_individual for group in groups) else [])
