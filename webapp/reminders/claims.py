"""Taking due messages so that no other process sends them too, and writing down what became.

A message belongs to the sender that claimed it until the database says that this sender ended:
by its own word, or by another's who missed its heartbeat for two minutes of a monotonic clock. So
no jump of any wall clock, and no stall under two minutes, ever gives a message to two of them.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import InstrumentedAttribute, lazyload

from webapp.accounts.models import Person, SignIn
from webapp.core import clock
from webapp.core.crypto.keys import AnySession, keyring
from webapp.core.data.db import inserting
from webapp.core.errors import report
from webapp.core.quarters import quarter_of
from webapp.program.hours import OwnWeekdays
from webapp.program.models import Group, GroupSession
from webapp.program.own_days import is_expected, memberships
from webapp.reminders import words
from webapp.reminders.models import (
    Accepted,
    Delivery,
    Notification,
    PushSubscription,
    Reminder,
    ReminderChoices,
    Sender,
    news_of,
    reminder_id,
)
from webapp.reminders.schedule import (
    LAST_MOMENT,
    LOOK_AGAIN,
    Kind,
    Outcome,
    Quiet,
    Result,
    State,
    Verdict,
    times_of,
    verdict,
)
from webapp.settings.current import clinic_settings

LOST_AFTER = 5  # refusals in a row
# What becomes of a message whose time is over.
BY_THE_CLOCK = (Outcome.LATE, Outcome.HELD, Outcome.NO_PHONE, Outcome.FAILED)
# By what a rule for times of day is about: whether that is asked of somebody then, on which clock.
# For what changes by itself, with no row of a reminder.
IS_DUE: dict[UUID, Callable[[UUID, datetime, str], bool]] = {}


@dataclass(frozen=True)
class Job:
    """One message to one phone."""

    notification: UUID
    round: int
    phone: UUID
    endpoint_hash: bytes
    endpoint: str
    p256dh: str
    auth: str
    text: str
    expires_at: datetime
    attempts: int
    was_too_big: bool
    had_failures: bool
    is_alone: bool  # the first try to the only phone: what becomes of it decides


@dataclass(frozen=True)
class Attempt:
    """What became of a job. `again_at` is None when that was the last word."""

    job: Job
    at: datetime
    result: Result
    status: int | None
    again_at: datetime | None


@dataclass(frozen=True)
class _Try:
    """What one former attempt came to."""

    phone: UUID | None
    result: Result
    again_at: datetime | None


@dataclass
class _Due:
    """A claimed message with everything that decides about it."""

    message: Any
    reminder: Reminder | None
    zone: str
    state: State
    phones: list[PushSubscription] = field(default_factory=list)
    waiting: list[datetime] = field(default_factory=list)
    tried: dict[UUID | None, list[Result]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Next:
    """What comes next for a message: another look, or nothing any more."""

    at: datetime
    outcome: Outcome | None = None


class _Texts(dict[tuple[str, datetime, str], str]):
    """Neutral texts, found once for all who are told the same."""

    def __missing__(self, key: tuple[str, datetime, str]) -> str:
        kind, occurs_at, zone = key
        self[key] = words.body(Kind(kind), occurs_at, zone)
        return self[key]


def due_now(session: AnySession, now: datetime) -> bool:
    """Whether there may be anything to do: one look into a small index."""
    query = select(Notification.id).where(_is_due(now)).limit(1)
    return session.scalar(query) is not None


def database_ahead(session: AnySession, now: datetime) -> timedelta:
    """How far the clock that all senders share is ahead of `now`, which this machine says.

    A database server has one clock for however many machines; a file is on this machine anyway.
    """
    if session.get_bind().dialect.name != "postgresql":
        return timedelta(0)
    shared: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
    return shared - now


def claim(session: AnySession, me: UUID, now: datetime, zone: str, most: int) -> list[Job]:
    """Take up to `most` due messages and decide about each by how things stand now."""
    due = select(Notification.id).where(_is_due(now), _is_free(me))
    due = due.order_by(Notification.next_at).limit(most)
    if session.get_bind().dialect.name == "postgresql":
        due = due.with_for_update(skip_locked=True)
    ids = list(
        session.scalars(
            update(Notification)
            .where(Notification.id.in_(select(due.cte("due").c.id)))
            .values(claimed_by=me)
            .returning(Notification.id),
            execution_options={"synchronize_session": False},
        )
    )
    if not ids:
        return []
    jobs: list[Job] = []
    others: dict[UUID, _Next] = {}
    texts = _Texts()
    for id, look in _stand(session, ids, now, zone):
        try:
            decided = _decide(look(), now, texts)
        except DBAPIError:
            raise
        except Exception as error:  # it stands on an odd row, and may stop nobody else's
            report(error)
            decided = _Next(now, Outcome.FAILED)
        if isinstance(decided, _Next):
            others[id] = decided
        else:
            jobs += decided
    _note_messages(session, me, others, now)
    return jobs


def record(
    session: AnySession, me: UUID, attempts: list[Attempt], untried: list[Job], now: datetime
) -> None:
    """Write every attempt down, and finish the messages that need no other one.

    What there was no time for comes next, behind whatever is due by then.
    """
    lines = _lines(session, attempts)
    if lines:
        session.execute(Delivery.__table__.insert(), lines)  # type: ignore[attr-defined]
    _count_accepted(session, attempts)
    by_message: dict[UUID, list[Attempt]] = {}
    for attempt in attempts:
        by_message.setdefault(attempt.job.notification, []).append(attempt)
    tries = _all_tries(session, by_message)
    nexts = {
        id: _what_next(tries[id], ours[0].job.expires_at, now) for id, ours in by_message.items()
    }
    nexts |= {job.notification: _Next(now) for job in untried}
    _note_messages(session, me, nexts, now)
    _note_phones(session, attempts, now)


def _count_accepted(session: AnySession, attempts: list[Attempt]) -> None:
    """By the quarter alone, of nobody in particular."""
    zone = clinic_settings().zone
    days = (clock.local(one.at, zone).date() for one in attempts if one.result == Result.ACCEPTED)
    for quarter, messages in Counter(str(quarter_of(day)) for day in days).items():
        row = inserting(Accepted).values(quarter=quarter, messages=messages)
        more = {"messages": Accepted.messages + messages}
        session.execute(row.on_conflict_do_update(index_elements=["quarter"], set_=more))


def give_back(session: AnySession, me: UUID) -> None:
    """Let others have what this sender claimed."""
    session.execute(
        update(Notification)
        .where(Notification.finished_at.is_(None), Notification.claimed_by == me)
        .values(claimed_by=None)
    )


def heartbeat(session: AnySession, me: UUID | None, now: datetime) -> UUID:
    """Say that this sender lives. One that was given up meanwhile starts anew."""
    if me is not None:
        done = session.execute(
            update(Sender)
            .where(Sender.id == me, Sender.ended_at.is_(None))
            .values(heartbeat=Sender.heartbeat + 1, last_tick_at=now)
        )
        if done.rowcount:  # type: ignore[attr-defined]
            return me
    new = Sender(id=uuid4(), started_at=now, last_tick_at=now, heartbeat=0)
    session.add(new)
    session.flush()
    return new.id


class Others:
    """The other senders, watched for signs of life."""

    PATIENCE = 120.0  # seconds

    def __init__(self) -> None:
        self._seen: dict[UUID, tuple[int, float]] = {}
        self._dead: dict[UUID, int] = {}

    def watch(self, session: AnySession, me: UUID | None, monotonic: float) -> None:
        """See whose heart goes on."""
        found = session.execute(
            select(Sender.id, Sender.heartbeat).where(Sender.ended_at.is_(None))
        )
        seen = {}
        for id, count in found:
            if id != me:
                former = self._seen.get(id)
                same = former is not None and former[0] == count
                seen[id] = former if same and former else (count, monotonic)
        self._seen = seen
        self._dead = {
            id: count for id, (count, since) in seen.items() if monotonic - since >= self.PATIENCE
        }

    def mark_dead(self, session: AnySession, now: datetime) -> None:
        """Write down who ended without saying so; what they had claimed is free then. One that
        only slept starts anew."""
        for id, count in self._dead.items():
            session.execute(
                update(Sender)
                .where(Sender.id == id, Sender.heartbeat == count)
                .values(ended_at=now)
            )


def look_at_all_again(session: AnySession, now: datetime) -> None:
    """What was settled, or put off, by a clock that was ahead: it may not be too late after all.
    What was sent stays sent."""
    later = now + clock.LEEWAY
    too_late = Notification.outcome.in_(BY_THE_CLOCK), Notification.finished_at > later
    put_off = Notification.finished_at.is_(None), Notification.round == 0
    again = {"finished_at": None, "outcome": None, "next_at": Notification.due_at}
    waits = Notification.next_at > later, Notification.next_at > Notification.due_at
    for which in (and_(*too_late), and_(*put_off, *waits)):
        session.execute(
            update(Notification).where(which).values(**again),
            execution_options={"synchronize_session": False},
        )


def _is_due(now: datetime) -> ColumnElement[bool]:
    return and_(Notification.finished_at.is_(None), Notification.next_at <= now)


def _is_free(me: UUID) -> ColumnElement[bool]:
    # Asked inside the claim itself, and for who has ended, not for who lives: PostgreSQL may look
    # again at a row that another claimed a moment ago, and not see yet that this other one exists.
    ended = select(Sender.id).where(
        Sender.id == Notification.claimed_by, Sender.ended_at.is_not(None)
    )
    return or_(Notification.claimed_by.is_(None), Notification.claimed_by == me, ended.exists())


# Still to be seen on the phone that a message is for.
_NEW_DEVICE_AT = (
    select(SignIn.new_device_at)
    .join(PushSubscription, PushSubscription.sign_in_id == SignIn.id)
    .where(PushSubscription.id == Notification.only_for_id)
    .correlate(Notification)
    .scalar_subquery()
    .label("new_device_at")
)
_MESSAGES = (
    select(
        Notification.id, Notification.person_id, Notification.reminder_id,
        Notification.group_session_id, Notification.only_for_id, Notification.kind,
        Notification.lead, Notification.occurs_at, Notification.expires_at, Notification.round,
        _NEW_DEVICE_AT, Person.disabled_at, ReminderChoices.zone, ReminderChoices.quiet_from,
        ReminderChoices.quiet_until, ReminderChoices.paused_until,
    )
    .join(Person, Person.id == Notification.person_id)
    .outerjoin(ReminderChoices, ReminderChoices.person_id == Notification.person_id)
)  # fmt: skip


def _stand(
    session: AnySession, ids: list[UUID], now: datetime, zone: str
) -> Iterator[tuple[UUID, Callable[[], _Due]]]:
    """Each message with what tells the present state of all it stands on, in a few statements."""
    rows = session.execute(_MESSAGES.where(Notification.id.in_(ids))).all()
    people = {row.person_id for row in rows}
    keyring(session).fill(people)
    rules = _rules(session, {row.reminder_id for row in rows if row.reminder_id})
    group_sessions = _group_sessions(session, {row.group_session_id for row in rows} - {None})
    mine = memberships(session, people, now) if group_sessions else {}
    phones, tried = _phones(session, people, now), _tried(session, ids)
    for row in rows:
        group_session, group_zone = group_sessions.get(row.group_session_id, (None, zone))
        yield row.id, partial(
            _due, row, rules.get(row.reminder_id), group_session, group_zone,
            mine.get((row.person_id, group_session.group_id), []) if group_session else [],
            phones.get(row.person_id, []), tried.get(row.id, []), now, zone,
        )  # fmt: skip


def _rules(session: AnySession, ids: set[UUID]) -> dict[UUID, Reminder]:
    found = session.scalars(select(Reminder).where(Reminder.id.in_(ids))) if ids else ()
    return {rule.id: rule for rule in found}


def _group_sessions(session: AnySession, ids: set[UUID]) -> dict[UUID, tuple[GroupSession, str]]:
    """The group sessions with their groups' zones: a few, however many are reminded of them."""
    query = (
        select(GroupSession, Group.zone)
        .join(Group, Group.id == GroupSession.group_id)
        .where(GroupSession.id.in_(ids))
        .options(lazyload(GroupSession.group))
    )
    return (
        {group_session.id: (group_session, zone) for group_session, zone in session.execute(query)}
        if ids
        else {}
    )


def _phones(
    session: AnySession, people: set[UUID], now: datetime
) -> dict[UUID, list[PushSubscription]]:
    """Whatever phones of theirs want reminders, by person."""
    found: dict[UUID, list[PushSubscription]] = {}
    query = (
        select(PushSubscription)
        .join(SignIn, SignIn.id == PushSubscription.sign_in_id)
        .where(
            PushSubscription.person_id.in_(people), PushSubscription.lost_at.is_(None),
            SignIn.ended_at.is_(None), SignIn.expires_at > now,
        )
    )  # fmt: skip
    for phone in session.scalars(query):
        found.setdefault(phone.person_id, []).append(phone)
    return found


def _tried(session: AnySession, ids: Iterable[UUID]) -> dict[UUID, list[_Try]]:
    """The tries of each message's present round, the first one first."""
    found: dict[UUID, list[_Try]] = {}
    query = (
        select(Delivery.notification_id, Delivery.subscription_id, Delivery.result,
               Delivery.again_at)
        .join(Notification, Notification.id == Delivery.notification_id)
        .where(Delivery.notification_id.in_(list(ids)), Delivery.round == Notification.round)
        .order_by(Delivery.at)
    )  # fmt: skip
    for message, phone, result, again_at in session.execute(query):
        found.setdefault(message, []).append(_Try(phone, Result(result), again_at))
    return found


def _due(
    row: Any, rule: Reminder | None, group_session: GroupSession | None, group_zone: str,
    own_days: list[OwnWeekdays], phones: list[PushSubscription], tried: list[_Try],
    now: datetime, zone: str,
) -> _Due:  # fmt: skip
    last = {attempt.phone: attempt for attempt in tried}
    mine = [phone for phone in phones if row.only_for_id in (None, phone.id)]
    open_ = [phone for phone in mine if phone.id not in last or _may_try_again(last[phone.id])]
    waits = [(phone, last[phone.id].again_at if phone.id in last else None) for phone in open_]
    quiet = Quiet(row.zone or zone, row.quiet_from, row.quiet_until, row.paused_until)
    tells = row.kind == Kind.CHANGED  # that it is off, or moved: so neither stops it
    state = State(
        kind=row.kind,
        occurs_at=row.occurs_at,
        expires_at=row.expires_at,
        is_on=row.kind in (Kind.TEST, Kind.DEVICE) or (rule is not None and rule.is_on),
        is_wanted=_is_wanted(row, rule, group_session),
        starts_at=group_session.starts_at if group_session and not tells else None,
        is_cancelled=group_session is not None and not tells and group_session.is_cancelled,
        is_member=group_session is None or bool(own_days),
        is_due=all(
            asks(rule.person_id, row.occurs_at, rule.zone)
            for about, asks in IS_DUE.items()
            if rule is not None and rule.id == reminder_id(rule.person_id, Kind.DAILY, about)
        ),
        is_expected=group_session is None or is_expected(group_session, group_zone, own_days),
        is_closed=row.disabled_at is not None,
        quiet=quiet,
        phones=len(open_),
        attempts=len(tried),
        is_accepted=any(attempt.result == Result.ACCEPTED for attempt in tried),
    )
    due = _Due(row, rule, group_zone, state)
    due.phones = [phone for phone, again in waits if again is None or again <= now]
    due.waiting = [again for _, again in waits if again is not None and again > now]
    for attempt in tried:
        due.tried.setdefault(attempt.phone, []).append(attempt.result)
    return due


def _may_try_again(last: _Try) -> bool:
    # A phone that was gone and is here again has a new subscription.
    renewed = last.result in (Result.GONE, Result.NOT_ALLOWED)
    return renewed or not last.result.is_final


def _is_wanted(message: Any, rule: Reminder | None, about: GroupSession | None) -> bool:
    if message.kind == Kind.DEVICE:
        return message.new_device_at is not None
    if rule is None:
        return bool(message.kind == Kind.TEST)
    if message.kind == Kind.CHANGED:
        return about is not None and news_of(about) == message.occurs_at
    if message.kind == Kind.DAILY:
        return any(times_of(rule.at_times, message.occurs_at, message.occurs_at + LAST_MOMENT))
    return message.lead in rule.leads


def _decide(due: _Due, now: datetime, texts: _Texts) -> list[Job] | _Next:
    decided = verdict(due.state, now)
    if decided.sends and due.phones:
        try:
            return [_job(due, phone, texts) for phone in due.phones]
        except KeyError:  # the person's key was erased
            decided = Verdict(Outcome.CLOSED)
    if decided.outcome is not None:
        return _Next(now, decided.outcome)
    return _Next(decided.until or min(due.waiting))


def _job(due: _Due, phone: PushSubscription, texts: _Texts) -> Job:
    message, tried = due.message, due.tried.get(phone.id, [])
    own = due.reminder.words if due.reminder is not None else None
    return Job(
        message.id, message.round, phone.id, phone.endpoint_hash or b"",
        phone.endpoint or "", phone.p256dh or "", phone.auth or "",
        own or texts[message.kind, message.occurs_at, due.zone],
        message.expires_at, len(tried), Result.TOO_BIG in tried, phone.failures > 0,
        is_alone=due.state.phones == 1 and not due.state.attempts,
    )  # fmt: skip


def _lines(session: AnySession, attempts: list[Attempt]) -> list[dict[str, object]]:
    """What goes into the log. Message or phone may have been removed while it was under way."""
    messages = _there(session, Notification.id, {attempt.job.notification for attempt in attempts})
    phones = _there(session, PushSubscription.id, {attempt.job.phone for attempt in attempts})
    return [
        {
            "id": uuid4(), "notification_id": attempt.job.notification,
            "subscription_id": attempt.job.phone if attempt.job.phone in phones else None,
            "round": attempt.job.round, "at": attempt.at, "result": attempt.result,
            "status": attempt.status, "again_at": attempt.again_at,
        }
        for attempt in attempts if attempt.job.notification in messages
    ]  # fmt: skip


def _there(session: AnySession, id: InstrumentedAttribute[UUID], wanted: set[UUID]) -> set[UUID]:
    return set(session.scalars(select(id).where(id.in_(wanted))))


def _all_tries(
    session: AnySession, by_message: dict[UUID, list[Attempt]]
) -> dict[UUID, list[_Try]]:
    """What is known of each message, with former rounds' phones that this one didn't try."""
    shared = [id for id, ours in by_message.items() if not ours[0].job.is_alone]
    found = _tried(session, shared) if shared else {}
    for id, ours in by_message.items():
        if id not in found:
            found[id] = [
                _Try(attempt.job.phone, attempt.result, attempt.again_at) for attempt in ours
            ]
    return found


def _what_next(tries: list[_Try], expires_at: datetime, now: datetime) -> _Next:
    last = {attempt.phone: attempt for attempt in tries}.values()
    open_ = [attempt.again_at or now for attempt in last if not attempt.result.is_final]
    results = {attempt.result for attempt in last}
    ends = expires_at - LAST_MOMENT
    if open_:
        return _Next(min(*open_, ends))
    if Result.ACCEPTED in results:
        return _Next(now, Outcome.SENT)
    if results == {Result.GONE}:
        # The phone may come back with a new subscription before it is too late.
        return _Next(min(now + LOOK_AGAIN, ends))
    return _Next(now, Outcome.FAILED)


def _note_messages(session: AnySession, me: UUID, nexts: dict[UUID, _Next], now: datetime) -> None:
    """Give messages back with what comes next for them; most of a batch have the same."""
    alike: dict[_Next, list[UUID]] = {}
    for id, next_ in nexts.items():
        alike.setdefault(next_, []).append(id)
    for next_, ids in alike.items():
        session.execute(
            update(Notification)
            .where(
                Notification.id.in_(ids), Notification.claimed_by == me,
                Notification.finished_at.is_(None),  # what was settled meanwhile stays so
            )
            .values(
                claimed_by=None, next_at=next_.at, outcome=next_.outcome,
                finished_at=now if next_.outcome else None,
            )
            .execution_options(synchronize_session=False)
        )  # fmt: skip


def _note_phones(session: AnySession, attempts: list[Attempt], now: datetime) -> None:
    """Forget phones that are gone. Only the subscription that was tried, not a newer one."""
    lost = {"lost_at": now, "endpoint_hash": None, "sealed": b""}
    for attempt in attempts:
        if attempt.result == Result.ACCEPTED and not attempt.job.had_failures:
            continue
        which = and_(
            PushSubscription.id == attempt.job.phone,
            PushSubscription.endpoint_hash == attempt.job.endpoint_hash,
        )
        if attempt.result in (Result.GONE, Result.NOT_ALLOWED):
            if not attempt.job.endpoint:
                continue  # it can't be opened today, and may yet be brought back
            session.execute(update(PushSubscription).where(which).values(**lost))
        elif attempt.result == Result.REFUSED:
            session.execute(
                update(PushSubscription).where(which).values(failures=PushSubscription.failures + 1)
            )
            worn = PushSubscription.failures >= LOST_AFTER
            session.execute(update(PushSubscription).where(which, worn).values(**lost))
        elif attempt.result == Result.ACCEPTED:
            session.execute(update(PushSubscription).where(which).values(failures=0))
