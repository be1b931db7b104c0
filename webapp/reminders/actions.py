"""What is done with reminders: rules set, phones connected, messages made ahead."""

from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Insert, delete, or_, select, type_coerce, update

from webapp.accounts.models import Person, SignIn
from webapp.core import clock
from webapp.core.crypto.keys import keyed_hash
from webapp.core.data.db import db, inserting
from webapp.core.data.types import UtcDateTime
from webapp.core.errors import Conflict, each
from webapp.core.limits import A_DAY
from webapp.program.hours import is_own_group_session
from webapp.program.models import Group, GroupRole, GroupSession, Membership
from webapp.program.own_days import own_days
from webapp.program.queries import IS_CURRENT
from webapp.reminders.models import (
    Notification,
    PushSubscription,
    Reminder,
    ReminderChoices,
    Sender,
    news_of,
    notification_id,
    reminder_id,
)
from webapp.reminders.schedule import (
    STALE,
    AtTimes,
    BeforeGroup,
    Kind,
    Outcome,
    Rule,
    times_of,
)

AHEAD = timedelta(hours=48)
TEST_LASTS = timedelta(minutes=5)
DEVICE_TOLD = timedelta(days=1)  # quiet hours end by then
CHANGE_TOLD = timedelta(days=7)  # ahead; later ones stand in My week
LATER = timedelta(minutes=10)
KEPT = timedelta(days=30)


def remind(person: Person, rule: Rule, words: str | None = None) -> Reminder:
    """Have somebody reminded by this rule from now on, in place of the former one like it.

    `words` are the person's own for the own lock screen, instead of neutral ones.
    """
    about = rule.about if isinstance(rule, AtTimes) else None
    id = reminder_id(person.id, rule.kind, about)
    reminder = db.session.get(Reminder, id)
    if reminder is None:
        reminder = Reminder(id=id, person_id=person.id, kind=rule.kind, sealed=b"")
        db.session.add(reminder)
    reminder.begin_anew()
    if reminder.off_at is not None:
        reminder.off_at, reminder.on_since = None, clock.now()
    if isinstance(rule, BeforeGroup):
        reminder.leads = sorted(set(rule.leads))
    else:
        reminder.times = sorted({at.isoformat("minutes") for at in rule.times})
        reminder.weekdays, reminder.zone = sorted(set(rule.weekdays)), rule.zone
        reminder.from_day, reminder.until_day = rule.from_day, rule.until_day
        reminder.name = rule.name or None
    reminder.words = words
    db.session.flush()
    plan([person.id])
    return reminder


def stop_reminding(person: Person, kind: Kind, about: UUID | None = None) -> None:
    """Switch a rule off. Nothing of it that is still to come is sent."""
    reminder = db.session.get(Reminder, reminder_id(person.id, kind, about))
    if reminder is not None:
        switch_off(reminder)


def switch_off(reminder: Reminder) -> None:
    """Nothing of this rule that is still to come is sent."""
    reminder.off_at = reminder.off_at or clock.now()


def connect_phone(
    person: Person, sign_in: SignIn, endpoint: str, p256dh: str, auth: str
) -> PushSubscription:
    """This phone wants reminders, under its owner's sign-in and nobody else's any more."""
    hashed = endpoint_hash(endpoint)
    db.session.execute(
        delete(PushSubscription).where(
            PushSubscription.endpoint_hash == hashed, PushSubscription.sign_in_id != sign_in.id
        )
    )
    phone = db.session.scalar(
        select(PushSubscription).where(PushSubscription.sign_in_id == sign_in.id)
    )
    if phone is None:
        phone = PushSubscription(id=uuid4(), person_id=person.id, sign_in_id=sign_in.id, sealed=b"")
        db.session.add(phone)
    phone.begin_anew()
    phone.endpoint_hash, phone.lost_at, phone.failures = hashed, None, 0
    phone.endpoint, phone.p256dh, phone.auth = endpoint, p256dh, auth
    db.session.flush()
    return phone


def disconnect_phone(sign_in: SignIn) -> None:
    """No more reminders to this phone."""
    db.session.execute(delete(PushSubscription).where(PushSubscription.sign_in_id == sign_in.id))


def test_phone(phone: PushSubscription) -> Notification:
    """One message to this phone, now, on the way that every reminder takes."""
    now = clock.now()
    made = Notification(
        id=uuid4(), person_id=phone.person_id, only_for_id=phone.id, kind=Kind.TEST,
        occurs_at=now, due_at=now, next_at=now, expires_at=now + TEST_LASTS,
    )  # fmt: skip
    db.session.add(made)
    return made


def remind_later(notification: Notification) -> None:
    """Ring once more in ten minutes. Raises Conflict when that would be after the start."""
    now = clock.now()
    again = now + LATER
    if notification.kind in (Kind.GROUP, Kind.WRITE) and again >= notification.expires_at:
        raise Conflict
    if notification.finished_at is None:
        return  # it hasn't rung yet, or was put off already
    notification.next_at = again
    notification.expires_at = max(notification.expires_at, again + LATER)
    if notification.kind in (Kind.GROUP, Kind.WRITE):
        notification.expires_at = notification.occurs_at
    notification.round += 1
    notification.claimed_by = notification.finished_at = notification.outcome = None


def settle(person: Person, kind: Kind, about: UUID, occurs_at: datetime) -> None:
    """What this one message would be about is done: it doesn't ring any more."""
    found = _message(person, kind, about, occurs_at)
    if found is not None and found.finished_at is None:
        found.finished_at, found.outcome = clock.now(), Outcome.OFF


def ring_again(person: Person, kind: Kind, about: UUID, occurs_at: datetime) -> bool:
    """Once more in ten minutes, if it rang already. Returns whether it will."""
    found = _message(person, kind, about, occurs_at)
    if found is None or found.outcome != Outcome.SENT:
        return False
    remind_later(found)
    return True


def choose(
    person: Person, zone: str, quiet_from: time | None, quiet_until: time | None,
    paused_until: datetime | None,
) -> None:  # fmt: skip
    """When somebody wants no reminder at all. Takes effect on whatever wasn't sent yet."""
    choices = db.session.get(ReminderChoices, person.id)
    if choices is None:
        choices = ReminderChoices(person_id=person.id)
        db.session.add(choices)
    choices.zone = zone
    choices.quiet_from, choices.quiet_until = quiet_from, quiet_until
    choices.paused_until = paused_until
    _look_again(person)


def end_pause(person: Person) -> None:
    """Reminders come again from now on; quiet hours stay as they are."""
    choices = db.session.get(ReminderChoices, person.id)
    if choices is not None:
        choices.paused_until = None
        _look_again(person)


def plan(person_ids: Iterable[UUID] | None = None) -> None:
    """Make the messages of the next 48 hours that aren't there yet; safe to repeat."""
    make(ahead(clock.now(), person_ids))


def ahead(now: datetime, person_ids: Iterable[UUID] | None = None) -> list[dict[str, Any]]:
    """The messages that there should be for the next 48 hours. Only reads."""
    who = None if person_ids is None else list(person_ids)
    kinds = (_before_groups, _at_times, _new_devices, _changes)
    return [message for kind in kinds for message in kind(who, now)]


def make(messages: list[dict[str, Any]]) -> None:
    """Keep those that aren't there yet."""
    for start in range(0, len(messages), 500):
        db.session.execute(_insert_new(messages[start : start + 500]))


def forget_old(now: datetime) -> None:
    """The log goes after 30 days; a phone with its sign-in, 30 days later if that ran out."""
    db.session.execute(delete(Notification).where(Notification.expires_at < now - KEPT))
    # One that nobody saw the end of may still hold messages: it is given up first.
    gone = Sender.ended_at.is_not(None), Sender.last_tick_at < now - KEPT
    db.session.execute(delete(Sender).where(*gone))
    over = select(SignIn.id).where(
        or_(SignIn.ended_at.is_not(None), SignIn.expires_at < now - KEPT)
    )
    db.session.execute(delete(PushSubscription).where(PushSubscription.sign_in_id.in_(over)))


def endpoint_hash(endpoint: str) -> bytes:
    """What the database finds a phone by: the endpoint itself is sealed."""
    return keyed_hash("endpoints", endpoint.encode())


def _look_again(person: Person) -> None:
    """What was held back may be free now; the claim looks at it anew."""
    db.session.execute(
        update(Notification)
        .where(
            Notification.person_id == person.id, Notification.finished_at.is_(None),
            Notification.round == 0,  # what was put off waits for its ten minutes
        )
        .values(next_at=Notification.due_at)
    )  # fmt: skip


def _message(person: Person, kind: Kind, about: UUID, occurs_at: datetime) -> Notification | None:
    rule = reminder_id(person.id, kind, about)
    return db.session.get(Notification, notification_id(rule, None, occurs_at, 0))


def _before_groups(who: list[UUID] | None, now: datetime) -> Iterator[dict[str, Any]]:
    query = (
        select(
            Reminder.id, Reminder.person_id, Reminder.kind, Reminder.leads, Reminder.on_since,
            GroupSession.id, GroupSession.starts_at, GroupSession.moved_from,
            GroupSession.pattern_id, Group.zone, Membership.id,
        )
        .join(Membership, Membership.person_id == Reminder.person_id)
        .join(GroupSession, GroupSession.group_id == Membership.group_id)
        .join(Group, Group.id == GroupSession.group_id)
        .where(
            Reminder.kind.in_([Kind.GROUP, Kind.WRITE]), Reminder.off_at.is_(None),
            Membership.part == GroupRole.PATIENT, IS_CURRENT,
            GroupSession.starts_at > now, GroupSession.starts_at <= now + AHEAD,
            GroupSession.cancelled_at.is_(None),
        )
    )  # fmt: skip
    if who is not None:
        query = query.where(Reminder.person_id.in_(who))
    own = own_days(db.session, now, who)

    def of(row: Any) -> Iterator[dict[str, Any]]:
        rule, person, kind, leads, since, group_session, starts_at, moved_from, *rest = row
        pattern_id, zone, membership = rest
        if not is_own_group_session(
            pattern_id, moved_from or starts_at, zone, own.get(membership, ())
        ):
            return
        for lead in leads:
            due_at = starts_at - timedelta(minutes=lead)
            if due_at >= since:
                yield _row(rule, person, kind, group_session, lead, starts_at, due_at, starts_at)

    return each(db.session.execute(query, {"now": now}), of)


def _changes(who: list[UUID] | None, now: datetime) -> Iterator[dict[str, Any]]:
    """Who is reminded of a group hears when one is off, moved, or on again after all: whenever
    that is another thing than what was told last, or planned at first."""
    told = (
        select(Notification.occurs_at)
        .where(
            Notification.person_id == Reminder.person_id,
            Notification.kind == Kind.CHANGED,
            Notification.group_session_id == GroupSession.id,
        )
        .order_by(Notification.due_at.desc())
        .limit(1)
        .correlate(Reminder, GroupSession)
        .scalar_subquery()
    )
    query = (
        select(Reminder.id, Reminder.person_id, Reminder.on_since, GroupSession, Membership.id,
               type_coerce(told, UtcDateTime))
        .join(Membership, Membership.person_id == Reminder.person_id)
        .join(GroupSession, GroupSession.group_id == Membership.group_id)
        .where(
            Reminder.kind == Kind.GROUP, Reminder.off_at.is_(None),
            Membership.part == GroupRole.PATIENT, IS_CURRENT, GroupSession.withdrawn_at.is_(None),
            GroupSession.changed_at > now - A_DAY, GroupSession.changed_at <= now,
            GroupSession.starts_at > now, GroupSession.starts_at <= now + CHANGE_TOLD,
        )
    )  # fmt: skip
    if who is not None:
        query = query.where(Reminder.person_id.in_(who))
    own = own_days(db.session, now, who)

    def of(row: Any) -> Iterator[dict[str, Any]]:
        rule, person, since, group_session, membership, last = row
        news, first = news_of(group_session), group_session.moved_from or group_session.starts_at
        at = group_session.changed_at
        mine = is_own_group_session(
            group_session.pattern_id, first, group_session.group.zone, own.get(membership, ())
        )
        if not mine or at < since or news == (last or first):
            return
        # Before whichever comes first: when it was to be, or when it is now.
        ends = min(time for time in (first, group_session.starts_at) if time > now)
        count = group_session.sequence
        yield _row(rule, person, Kind.CHANGED, group_session.id, count, news, at, ends)

    return each(db.session.execute(query, {"now": now}), of)


def _at_times(who: list[UUID] | None, now: datetime) -> Iterator[dict[str, Any]]:
    query = select(Reminder).where(Reminder.kind == Kind.DAILY, Reminder.off_at.is_(None))
    if who is not None:
        query = query.where(Reminder.person_id.in_(who))

    def of(reminder: Reminder) -> Iterator[dict[str, Any]]:
        after = max(now - STALE, reminder.on_since)
        for at in times_of(reminder.at_times, after, now + AHEAD):
            yield _row(reminder.id, reminder.person_id, reminder.kind, None, 0, at, at, at + STALE)

    return each(db.session.scalars(query), of)


def _new_devices(who: list[UUID] | None, now: datetime) -> Iterator[dict[str, Any]]:
    """To each phone whose owner signed in on a device that wasn't known."""
    since: Any = SignIn.new_device_at
    query = (
        select(SignIn.id, SignIn.person_id, since, PushSubscription.id)
        .join(PushSubscription, PushSubscription.sign_in_id == SignIn.id)
        .where(since > now - DEVICE_TOLD, since <= now)
    )
    if who is not None:
        query = query.where(SignIn.person_id.in_(who))
    for sign_in, person, at, phone in db.session.execute(query):
        row = _row(sign_in, person, Kind.DEVICE, None, 0, at, at, at + DEVICE_TOLD)
        yield row | {"reminder_id": None, "only_for_id": phone}


def _row(
    rule: UUID, person: UUID, kind: Kind, group_session: UUID | None, lead: int,
    occurs_at: datetime, due_at: datetime, expires_at: datetime,
) -> dict[str, Any]:  # fmt: skip
    return {
        "id": notification_id(rule, group_session, occurs_at, lead),
        "person_id": person, "reminder_id": rule, "group_session_id": group_session,
        "kind": kind, "lead": lead, "occurs_at": occurs_at, "due_at": due_at,
        "next_at": due_at, "expires_at": expires_at, "round": 0, "only_for_id": None,
    }  # fmt: skip


def _insert_new(rows: list[dict[str, Any]]) -> Insert:
    return inserting(Notification).values(rows).on_conflict_do_nothing(index_elements=["id"])
