"""Reading about reminders: a person's own, a group session's in numbers, the clinic's in words."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from webapp.accounts.models import Person, SignIn
from webapp.core.data.db import db
from webapp.core.data.statements import Statement
from webapp.core.data.types import NOW
from webapp.program.models import GroupRole, GroupSession, Membership, OwnDays
from webapp.program.own_days import is_expected, memberships, own_days
from webapp.program.queries import IS_CURRENT, people_in
from webapp.reminders.models import (
    Accepted,
    Delivery,
    Notification,
    PushSubscription,
    Reminder,
    ReminderChoices,
    Sender,
    news_of,
)
from webapp.reminders.schedule import Kind, Outcome, Result


@dataclass(frozen=True)
class Latest:
    """A message that came due, and its last attempt."""

    notification: Notification
    result: Result | None

    @property
    def went_wrong(self) -> bool:
        """Whether its last attempt failed."""
        return self.result not in (None, Result.ACCEPTED)


@dataclass(frozen=True)
class Counts:
    """The reminders for one group session, in people; never which phone."""

    accepted: int
    failed: int
    waiting: int
    off: int

    @property
    def people(self) -> int:
        """Everybody they are about."""
        return self.accepted + self.failed + self.waiting + self.off


@dataclass(frozen=True)
class Service:
    """How the clinic's reminder service is doing."""

    last_tick_at: datetime | None
    running: int
    results: dict[Result, int]
    last: dict[Result, datetime]  # when each came out last
    outcomes: dict[Outcome, int]
    phones: int
    lost: int
    overdue: int


@dataclass(frozen=True)
class KnownHere:
    """What a phone compares its own subscription with, to connect again without a word."""

    mark: str | None  # of the one it has under this sign-in
    former: list[str]  # of own sign-ins that ran out: this may be the phone of one of them


_HERE = PushSubscription.sign_in_id == bindparam("sign_in")
_RAN_OUT = and_(
    PushSubscription.lost_at.is_(None), SignIn.ended_at.is_(None), SignIn.expires_at <= NOW
)
KNOWN = (
    select(PushSubscription)
    .join(SignIn, SignIn.id == PushSubscription.sign_in_id)
    .where(PushSubscription.person_id == bindparam("person"), or_(_HERE, _RAN_OUT))
)


def phone_of(sign_in: SignIn) -> PushSubscription | None:
    """Whether this device wants reminders."""
    return db.session.scalar(select(PushSubscription).where(_HERE), {"sign_in": sign_in.id})


def known_here(sign_in: SignIn, now: datetime) -> KnownHere:
    """What this phone may find itself by."""
    values = {"sign_in": sign_in.id, "person": sign_in.person_id, "now": now}
    phones = db.session.scalars(KNOWN, values).all()
    mine = next((phone for phone in phones if phone.sign_in_id == sign_in.id), None)
    if mine is not None:
        return KnownHere(mine.mark, [])
    return KnownHere(None, [phone.mark for phone in phones])


def rules_of(person: Person) -> list[Reminder]:
    """Every rule somebody has or had."""
    return list(
        db.session.scalars(
            select(Reminder)
            .where(Reminder.person_id == person.id)
            .order_by(Reminder.kind, Reminder.on_since)
        )
    )


def own_rule(person: Person, id: UUID) -> Reminder | None:
    """One of somebody's own rules."""
    query = select(Reminder).where(Reminder.id == id, Reminder.person_id == person.id)
    return db.session.scalar(query)


def choices_of(person: Person) -> ReminderChoices | None:
    """When somebody wants no reminder."""
    return db.session.get(ReminderChoices, person.id)


def own_notification(person: Person, id: UUID) -> Notification | None:
    """One of somebody's own messages; a test is none to put off."""
    return db.session.scalar(
        select(Notification).where(
            Notification.id == id,
            Notification.person_id == person.id,
            Notification.kind != Kind.TEST,
        )
    )


def latest(person: Person, now: datetime, most: int = 6) -> list[Latest]:
    """What became of somebody's last messages, the newest first."""
    newest = aliased(Delivery)
    last_at = (
        select(func.max(newest.at))
        .where(newest.notification_id == Notification.id)
        .correlate(Notification)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(Notification, Delivery.result)
        .outerjoin(
            Delivery, (Delivery.notification_id == Notification.id) & (Delivery.at == last_at)
        )
        .where(Notification.person_id == person.id, Notification.due_at <= now)
        .order_by(Notification.due_at.desc())
        .limit(most * 2)
    )
    found: dict[UUID, Latest] = {}
    for notification, result in rows:
        known = found.get(notification.id)
        if known is None or result == Result.ACCEPTED:
            found[notification.id] = Latest(notification, Result(result) if result else None)
    return list(found.values())[:most]


def last_accepted(phone: PushSubscription) -> datetime | None:
    """When this phone's push service last took a message."""
    return db.session.scalar(
        select(func.max(Delivery.at)).where(
            Delivery.subscription_id == phone.id, Delivery.result == Result.ACCEPTED
        )
    )


def last_test(phone: PushSubscription, since: datetime) -> Latest | None:
    """The newest test of this phone, with what became of it."""
    row = db.session.execute(
        select(Notification, Delivery.result)
        .outerjoin(Delivery, Delivery.notification_id == Notification.id)
        .where(Notification.only_for_id == phone.id, Notification.due_at > since)
        .order_by(Notification.due_at.desc(), Delivery.at.desc())
        .limit(1)
    ).one_or_none()
    return Latest(row[0], Result(row[1]) if row[1] else None) if row else None


def last_tick() -> datetime | None:
    """When any sender last looked for something to send."""
    return db.session.scalar(select(func.max(Sender.last_tick_at)))


_HAS_OWN = select(OwnDays.id).where(OwnDays.membership_id == Membership.id).exists()
_REMINDED = Statement(
    select(
        *(Membership.id, Membership.person_id, Notification.outcome, Notification.due_at),
        _HAS_OWN.label("has_own"),
    )
    .outerjoin(
        Notification,
        (Notification.person_id == Membership.person_id)
        & (Notification.group_session_id == bindparam("group_session"))
        & (Notification.kind == Kind.GROUP),
    )
    .where(
        Membership.group_id == bindparam("group"), Membership.part == GroupRole.PATIENT, IS_CURRENT
    )
)


def counts(group_session: GroupSession, now: datetime) -> Counts:
    """How many of those who are expected at a group session were reminded of it."""
    which = {"group_session": group_session.id, "group": group_session.group_id, "now": now}
    rows = _REMINDED.run(which)
    whose = {row.person_id for row in rows if row.has_own}
    own = own_days(db.session, now, whose) if whose else {}
    found: dict[UUID, set[str]] = {}
    for row in rows:
        mine = [own.get(row.id, ())]
        if row.has_own and not is_expected(group_session, group_session.group.zone, mine):
            continue
        said = "off" if row.due_at is None else _in_short(row.outcome)
        found.setdefault(row.person_id, set()).add(said)
    # The best that happened to somebody counts.
    order = ("accepted", "waiting", "failed", "off")
    tally = Counter(
        next(outcome for outcome in order if outcome in said) for said in found.values()
    )
    return Counts(tally["accepted"], tally["failed"], tally["waiting"], tally["off"])


def not_reached(group_session: GroupSession, now: datetime) -> list[Person]:
    """Who is expected, and whose phone's service took no message about how it stands now."""
    reached = set(
        db.session.scalars(
            select(Notification.person_id).where(
                Notification.group_session_id == group_session.id,
                Notification.kind == Kind.CHANGED,
                Notification.occurs_at == news_of(group_session),
                Notification.outcome == Outcome.SENT,
            )
        )
    )
    people = people_in(group_session.group_id, GroupRole.PATIENT, now)
    mine = memberships(db.session, [person.id for person in people], now)
    zone = group_session.group.zone
    return [
        person
        for person in people
        if person.id not in reached
        and is_expected(group_session, zone, mine.get((person.id, group_session.group_id), []))
    ]


def accepted() -> dict[str, int]:
    """How many messages push services accepted, by quarter."""
    rows = db.session.execute(select(Accepted.quarter, Accepted.messages))
    return {row[0]: row[1] for row in rows}


def service(now: datetime, since: timedelta = timedelta(days=7)) -> Service:
    """What an administrator needs to know: is it running, and what goes wrong."""
    results = db.session.execute(
        select(Delivery.result, func.count(), func.max(Delivery.at))
        .where(Delivery.at > now - since)
        .group_by(Delivery.result)
    ).all()
    outcomes = db.session.execute(
        select(Notification.outcome, func.count())
        .where(Notification.finished_at > now - since, Notification.kind != Kind.TEST)
        .group_by(Notification.outcome)
    )
    scalar, lost = db.session.scalar, PushSubscription.lost_at
    phones = (
        select(func.count(PushSubscription.id))
        .join(SignIn, SignIn.id == PushSubscription.sign_in_id)
        .where(SignIn.ended_at.is_(None), SignIn.expires_at > now)
    )
    late = now - timedelta(minutes=5)
    return Service(
        last_tick_at=last_tick(),
        running=scalar(
            select(func.count()).where(Sender.ended_at.is_(None), Sender.last_tick_at > late)
        )
        or 0,
        results={Result(kind): count for kind, count, _ in results},
        last={Result(kind): at for kind, _, at in results},
        outcomes={Outcome(kind): count for kind, count in outcomes if kind},
        phones=scalar(phones.where(lost.is_(None))) or 0,
        lost=scalar(phones.where(lost.is_not(None))) or 0,
        overdue=scalar(
            select(func.count(Notification.id)).where(
                Notification.finished_at.is_(None), Notification.next_at < late
            )
        )
        or 0,
    )


def _in_short(outcome: str | None) -> str:
    if outcome == Outcome.SENT:
        return "accepted"
    if outcome in (Outcome.FAILED, Outcome.NO_PHONE, Outcome.LATE):
        return "failed"
    if outcome is None:
        return "waiting"
    return "off"
