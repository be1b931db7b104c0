"""Taking due messages so that no other process sends them too, and writing down what became.

A message belongs to the courier that claimed it for as long as that courier lives. It lives while
its beat goes on, which others judge by their own monotonic clocks: no jump of any wall clock, and
no stall under two minutes, ever gives a message to two of them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from cryptography.exceptions import InvalidTag
from sqlalchemy import ColumnElement, and_, bindparam, or_, select, update
from sqlalchemy.orm import lazyload

from webapp.accounts.models import Person, SignIn
from webapp.core.keys import AnySession, keyring
from webapp.program.models import Group, GroupSession
from webapp.reminders import words
from webapp.reminders.models import (
    Courier,
    Delivery,
    Notification,
    PushSubscription,
    Reminder,
    ReminderChoices,
)
from webapp.reminders.own_days import Mine, is_expected, memberships
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

LOST_AFTER = 5  # refusals in a row


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


@dataclass(frozen=True)
class Attempt:
    """What became of a job. `again_at` is None when that was the last word."""

    job: Job
    at: datetime
    result: Result
    status: int | None
    again_at: datetime | None


@dataclass
class _Due:
    """A claimed message with everything that decides about it."""

    notification: Notification
    reminder: Reminder | None
    zone: str
    state: State
    phones: list[PushSubscription] = field(default_factory=list)
    waiting: list[datetime] = field(default_factory=list)
    tried: dict[UUID | None, list[Result]] = field(default_factory=dict)


def due_now(session: AnySession, now: datetime) -> bool:
    """Whether there may be anything to do: one look into a small index."""
    query = select(Notification.id).where(_is_due(now)).limit(1)
    return session.scalar(query) is not None


def claim(
    session: AnySession, me: UUID, living: Iterable[UUID], now: datetime, zone: str, most: int
) -> list[Job]:
    """Take up to `most` due messages and decide about each by how things stand now."""
    due = (
        select(Notification.id)
        .where(
            _is_due(now),
            or_(Notification.claimed_by.is_(None), Notification.claimed_by.not_in(list(living))),
        )
        .order_by(Notification.next_at)
        .limit(most)
    )
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
    for one in _stand(session, ids, now, zone):
        jobs += _decide(one, now)
    session.flush()
    return jobs


def record(session: AnySession, me: UUID, attempts: list[Attempt], now: datetime) -> None:
    """Write every attempt down, and finish the messages that need no other one."""
    session.execute(Delivery.__table__.insert(), [_line(one) for one in attempts])  # type: ignore[attr-defined]
    by_message: dict[UUID, list[Attempt]] = {}
    for one in attempts:
        by_message.setdefault(one.job.notification, []).append(one)
    waiting = _waiting_elsewhere(session, by_message)
    table = Notification.__table__
    session.execute(
        update(table)  # type: ignore[arg-type]
        .where(table.c.id == bindparam("b_id"), table.c.claimed_by == me)
        .values(claimed_by=None),
        [
            {"b_id": id} | _what_next(list_, waiting.get(id, []), now)
            for id, list_ in by_message.items()
        ],
    )
    _note_phones(session, attempts, now)


def give_back(session: AnySession, me: UUID) -> None:
    """Let others have what this courier claimed."""
    session.execute(
        update(Notification)
        .where(Notification.finished_at.is_(None), Notification.claimed_by == me)
        .values(claimed_by=None)
    )


def beat(session: AnySession, me: UUID | None, now: datetime) -> UUID:
    """Say that this courier lives. One that was given up meanwhile starts anew."""
    if me is not None:
        done = session.execute(
            update(Courier)
            .where(Courier.id == me, Courier.ended_at.is_(None))
            .values(beat=Courier.beat + 1, last_tick_at=now)
        )
        if done.rowcount:  # type: ignore[attr-defined]
            return me
    new = Courier(id=uuid4(), started_at=now, last_tick_at=now, beat=0)
    session.add(new)
    session.flush()
    return new.id


class Others:
    """The other couriers, watched for signs of life."""

    PATIENCE = 120.0  # seconds

    def __init__(self) -> None:
        self._seen: dict[UUID, tuple[int, float]] = {}
        self._dead: dict[UUID, int] = {}

    def living(self, session: AnySession, me: UUID | None, monotonic: float) -> list[UUID]:
        """Those that still own what they claimed."""
        found = session.execute(select(Courier.id, Courier.beat).where(Courier.ended_at.is_(None)))
        seen = {}
        for id, beats in found:
            if id != me:
                former = self._seen.get(id)
                same = former is not None and former[0] == beats
                seen[id] = former if same and former else (beats, monotonic)
        self._seen = seen
        living = [one for one, (_, since) in seen.items() if monotonic - since < self.PATIENCE]
        self._dead = {id: seen[id][0] for id in seen.keys() - set(living)}
        return living

    def bury(self, session: AnySession, now: datetime) -> None:
        """Write down who ended without saying so. One that only slept starts anew."""
        for id, beats in self._dead.items():
            session.execute(
                update(Courier).where(Courier.id == id, Courier.beat == beats).values(ended_at=now)
            )


def _is_due(now: datetime) -> ColumnElement[bool]:
    return and_(Notification.finished_at.is_(None), Notification.next_at <= now)


def _stand(session: AnySession, ids: list[UUID], now: datetime, zone: str) -> list[_Due]:
    """The messages with the present state of all they stand on, in five statements."""
    rows = session.execute(
        select(
            Notification, Reminder, ReminderChoices, GroupSession, Group.zone, Person.disabled_at
        )
        .join(Person, Person.id == Notification.person_id)
        .outerjoin(Reminder, Reminder.id == Notification.reminder_id)
        .outerjoin(ReminderChoices, ReminderChoices.person_id == Notification.person_id)
        .outerjoin(GroupSession, GroupSession.id == Notification.group_session_id)
        .outerjoin(Group, Group.id == GroupSession.group_id)
        .where(Notification.id.in_(ids))
        .options(lazyload(GroupSession.group))
        .execution_options(populate_existing=True)
    ).all()  # fmt: skip
    people = {row[0].person_id for row in rows}
    keyring(session).fill(people)
    phones: dict[UUID, list[PushSubscription]] = {}
    for phone in session.scalars(
        select(PushSubscription)
        .join(SignIn, SignIn.id == PushSubscription.sign_in_id)
        .where(
            PushSubscription.person_id.in_(people), PushSubscription.lost_at.is_(None),
            SignIn.ended_at.is_(None), SignIn.expires_at > now,
        )
        .execution_options(populate_existing=True)
    ):  # fmt: skip
        phones.setdefault(phone.person_id, []).append(phone)
    tried: dict[UUID, list[Delivery]] = {}
    for one in session.scalars(
        select(Delivery)
        .join(Notification, Notification.id == Delivery.notification_id)
        .where(Delivery.notification_id.in_(ids), Delivery.round == Notification.round)
    ):
        tried.setdefault(one.notification_id, []).append(one)
    mine = memberships(session, people, now)
    return [
        _due(row, phones.get(row[0].person_id, []), tried.get(row[0].id, []), mine, now, zone)
        for row in rows
    ]


def _due(
    row: Any, phones: list[PushSubscription], tried: list[Delivery], theirs: Mine,
    now: datetime, zone: str,
) -> _Due:  # fmt: skip
    message, rule, choices, date, group_zone, disabled_at = row
    there = theirs.get((message.person_id, date.group_id), []) if date else []
    last = {one.subscription_id: one for one in sorted(tried, key=lambda one: one.at)}
    mine = [one for one in phones if message.only_for_id in (None, one.id)]
    open_ = [one for one in mine if one.id not in last or _may_try_again(last[one.id])]
    waits = [(one, last[one.id].again_at if one.id in last else None) for one in open_]
    state = State(
        kind=message.kind,
        occurs_at=message.occurs_at,
        expires_at=message.expires_at,
        is_on=message.kind == Kind.TEST or (rule is not None and rule.is_on),
        is_wanted=_is_wanted(message, rule),
        starts_at=date.starts_at if date else None,
        is_cancelled=date is not None and date.is_cancelled,
        is_member=date is None or bool(there),
        is_expected=date is None or is_expected(date, group_zone, there),
        is_closed=disabled_at is not None,
        quiet=choices.quiet if choices else Quiet(zone),
        phones=len(open_),
        attempts=len(tried),
        is_accepted=any(one.result == Result.ACCEPTED for one in tried),
    )
    due = _Due(message, rule, group_zone or zone, state)
    due.phones = [one for one, again in waits if again is None or again <= now]
    due.waiting = [again for _, again in waits if again is not None and again > now]
    for one in tried:
        due.tried.setdefault(one.subscription_id, []).append(Result(one.result))
    return due


def _may_try_again(last: Delivery) -> bool:
    # A phone that was gone and is here again has a new subscription.
    renewed = last.result in (Result.GONE, Result.NOT_ALLOWED)
    return renewed or not Result(last.result).is_final


def _is_wanted(message: Notification, rule: Reminder | None) -> bool:
    if rule is None:
        return message.kind == Kind.TEST
    if message.kind == Kind.DAILY:
        return any(times_of(rule.at_times, message.occurs_at, message.occurs_at + LAST_MOMENT))
    return message.lead in rule.leads


def _decide(due: _Due, now: datetime) -> list[Job]:
    message = due.notification
    decided = verdict(due.state, now)
    if decided.sends and due.phones:
        try:
            return [_job(due, phone) for phone in due.phones]
        except (KeyError, InvalidTag):  # the person's key was erased
            decided = Verdict(Outcome.CLOSED)
    message.claimed_by = None
    if decided.outcome is not None:
        message.finished_at, message.outcome = now, decided.outcome
    else:
        message.next_at = decided.until or min(due.waiting)
    return []


def _job(due: _Due, phone: PushSubscription) -> Job:
    message, tried = due.notification, due.tried.get(phone.id, [])
    own = due.reminder.words if due.reminder is not None else None
    return Job(
        message.id, message.round, phone.id, phone.endpoint_hash or b"",
        phone.endpoint or "", phone.p256dh or "", phone.auth or "",
        own or words.body(message.kind, message.occurs_at, due.zone),
        message.expires_at, len(tried), Result.TOO_BIG in tried, phone.failures > 0,
    )  # fmt: skip


def _line(one: Attempt) -> dict[str, object]:
    return {
        "id": uuid4(), "notification_id": one.job.notification, "subscription_id": one.job.phone,
        "round": one.job.round, "at": one.at, "result": one.result, "status": one.status,
        "again_at": one.again_at,
    }  # fmt: skip


def _waiting_elsewhere(
    session: AnySession, by_message: dict[UUID, list[Attempt]]
) -> dict[UUID, list[Delivery]]:
    """Former attempts of messages with more than one phone, which this round may not have tried."""
    found: dict[UUID, list[Delivery]] = {}
    query = (
        select(Delivery)
        .join(Notification, Notification.id == Delivery.notification_id)
        .where(Delivery.notification_id.in_(list(by_message)), Delivery.round == Notification.round)
        .order_by(Delivery.at)
    )
    for one in session.scalars(query):
        found.setdefault(one.notification_id, []).append(one)
    return found


def _what_next(attempts: list[Attempt], all_: list[Delivery], now: datetime) -> dict[str, object]:
    last: dict[UUID | None, Delivery] = {one.subscription_id: one for one in all_}
    open_ = [one.again_at for one in last.values() if not Result(one.result).is_final]
    results = {one.result for one in last.values()}
    ends = attempts[0].job.expires_at - LAST_MOMENT
    if open_:
        soonest = min(one or now for one in open_)
        return {"next_at": min(soonest, ends), "finished_at": None, "outcome": None}
    if Result.ACCEPTED in results:
        return {"next_at": now, "finished_at": now, "outcome": Outcome.SENT}
    if results == {Result.GONE}:
        # The phone may come back with a new subscription before it is too late.
        return {"next_at": min(now + LOOK_AGAIN, ends), "finished_at": None, "outcome": None}
    return {"next_at": now, "finished_at": now, "outcome": Outcome.FAILED}


def _note_phones(session: AnySession, attempts: list[Attempt], now: datetime) -> None:
    """Forget phones that are gone. Only the subscription that was tried, not a newer one."""
    lost = {"lost_at": now, "endpoint_hash": None, "sealed": b""}
    for one in attempts:
        which = and_(
            PushSubscription.id == one.job.phone,
            PushSubscription.endpoint_hash == one.job.endpoint_hash,
        )
        if one.result in (Result.GONE, Result.NOT_ALLOWED):
            session.execute(update(PushSubscription).where(which).values(**lost))
        elif one.result == Result.REFUSED:
            session.execute(
                update(PushSubscription).where(which).values(failures=PushSubscription.failures + 1)
            )
            worn = PushSubscription.failures >= LOST_AFTER
            session.execute(update(PushSubscription).where(which, worn).values(**lost))
        elif one.result == Result.ACCEPTED and one.job.had_failures:
            session.execute(update(PushSubscription).where(which).values(failures=0))
