"""What Today needs beside what the features tell."""

from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import and_, bindparam, case, func, or_, select, true, union_all

from webapp.accounts.models import Person, SignIn
from webapp.accounts.queries import RESETS
from webapp.aftercare.calls import ASKED_FOR_CALL
from webapp.aftercare.points import FIRST
from webapp.aftercare.queries import MAY_BE_ASKED, asking
from webapp.attendance.models import HeadsUp, Says
from webapp.check_ins.models import DueDays
from webapp.check_ins.queries import DAILY, USUALLY, rhythm
from webapp.core.crypto.keys import keyring
from webapp.core.data.db import db
from webapp.core.data.statements import Statement
from webapp.core.data.types import NOW, UtcDateTime
from webapp.days.chapters import SINCE
from webapp.days.models import Milestone
from webapp.discharge.queries import NEWS
from webapp.entries.models import Entry, sealed_as
from webapp.homework.queries import ON_TODAY
from webapp.medication.models import Dose, Medication
from webapp.medication.queries import OnDay, due_now, listed_of, listed_with
from webapp.program.models import GroupRole, GroupSession, Membership
from webapp.program.next_and_last import CHANGED_SOON, TOLD_AHEAD, Upcoming
from webapp.program.queries import ADDED, IS_CURRENT, REMOVALS, STEPPED
from webapp.ratings.queries import MAY_RATE, rating
from webapp.reminders.models import PushSubscription
from webapp.reminders.queries import KNOWN
from webapp.sharing.access import IN_FORCE, IS_OPEN, at
from webapp.sharing.models import Consent, Mark, Share, share_sealed_as
from webapp.sharing.queries import LAST_OPENING, NEW_READERS, UNSEEN_FEEDBACK, Opened, opening
from webapp.sync.queries import ASKED_FOR, LATE_SHARES
from webapp.today.own_glance import GLANCED, OWN, Begun, of_kind
from webapp.today.suggest import HARD_FOR, Suggestion
from webapp.week.queries import ASKED_FOR as FOLLOW_UP_FOR
from webapp.week.queries import HAD_APPOINTMENT

OPENED_LATELY = timedelta(days=3)
ANSWERED_SINCE = timedelta(hours=36)  # a dose of last night was answered at the earliest then
CHANGED = timedelta(days=2)  # until then, a day may have begun with another plan of doses


class Topic(NamedTuple):
    """What somebody wants to talk about, in their words, if there are any."""

    share_id: UUID
    about: str | None
    is_over: bool  # group is, and nobody said what became of it


class Waiting(NamedTuple):
    """What a patient shares for a group session, and whether anything else has to be looked for."""

    shared: int
    to_bring_up: int
    is_answered: bool
    has_stepped: bool
    was_added: bool  # to a group, and didn't answer yet
    was_removed: bool  # from a group, and hasn't heard of it yet
    has_discharge: bool  # about which staff recorded something
    has_new_readers: bool
    has_phone: bool  # whether this device wants reminders, or did when it was last signed in
    was_reset: bool  # whether somebody made a code for a new password
    has_late_shares: bool  # whether something was to be shared, and came too late
    has_changed: bool  # whether a group of the next days is off, or at another time
    had_appointment: bool  # lately
    wants_call: bool  # asked for one
    may_rate: bool  # how the last group was
    may_be_asked: bool  # the five questions about how life is going
    has_homework: bool
    is_new: bool  # in a group, for a week
    has_left: bool  # every group
    says: Says | None  # ahead of the next session
    topic: Topic | None
    asks_daily: bool  # for a check-in, on this day
    opened: Opened | None  # the latest time that somebody opened the page with something shared


_FOR_NEXT = and_(
    Share.group_id == bindparam("group"),
    or_(Share.group_session_id.is_(None), Share.group_session_id == bindparam("session")),
)
_SHARED = (
    select(func.count().label("shared"), func.count(case((Share.bring_up, 1))).label("to_bring_up"))
    .where(Share.author_id == bindparam("person"), _FOR_NEXT, IS_OPEN)
    .subquery()
)
_MINE = and_(Membership.person_id == bindparam("person"), Membership.part == GroupRole.PATIENT)
_NEW = select(Membership.from_at).where(
    _MINE, Membership.from_at > bindparam("joined_since", type_=UtcDateTime), IS_CURRENT
)
_HAS_LEFT = and_(
    select(Membership.id).where(_MINE).exists(),
    ~select(Membership.id).where(_MINE, IS_CURRENT).exists(),
)
_SAYS = (
    select(HeadsUp.says)
    .where(
        HeadsUp.patient_id == bindparam("person"),
        HeadsUp.group_session_id == bindparam("session"),
        # Of a session that was moved away it closes as it was said to; then it is said anew.
        or_(HeadsUp.closes_at.is_(None), HeadsUp.closes_at > NOW),
    )
    .scalar_subquery()
)
# Of what a group that is over was to talk about first, else the latest for the next one.
_TOPIC = (
    select(
        Share.id.label("topic_id"),
        *(Share.entry_id, Share.group_id, Share.sealed.label("topic")),
        GroupSession.ends_at.label("topic_ends_at"),
    )
    .join_from(Share, GroupSession, GroupSession.id == Share.group_session_id, isouter=True)
    .where(
        Share.author_id == bindparam("person"),
        *(Share.bring_up, IS_OPEN),
        or_(
            and_(GroupSession.ends_at <= NOW, Share.mark.is_(None)),
            and_(_FOR_NEXT, or_(Share.mark.is_(None), Share.mark == Mark.NEXT)),
        ),
    )
    .order_by(GroupSession.ends_at.is_(None), GroupSession.ends_at, Share.shared_at.desc())
    .limit(1)
    .subquery()
)
_DAILY = (
    select(DueDays.weekdays, DueDays.every_weeks, DueDays.from_day)
    .where(DueDays.what == DAILY)
    .subquery()
)
_CONSENTED = and_(
    Consent.person_id == Membership.person_id,
    Consent.group_id == Membership.group_id,
    Consent.signed_at >= Membership.from_at,
    IN_FORCE,
)
_RINGS = and_(
    PushSubscription.person_id == Membership.person_id, PushSubscription.lost_at.is_(None)
)
_OPENING = LAST_OPENING.subquery()
# On most days nothing waits. One question says so, in place of one for each thing that might.
_GLANCE = Statement(
    select(
        *_SHARED.c,
        UNSEEN_FEEDBACK.exists().label("is_answered"),
        STEPPED.exists().label("has_stepped"),
        ADDED.exists().label("was_added"),
        REMOVALS.exists().label("was_removed"),
        NEWS.exists().label("has_discharge"),
        NEW_READERS.exists().label("has_new_readers"),
        KNOWN.exists().label("has_phone"),
        RESETS.exists().label("was_reset"),
        LATE_SHARES.exists().label("has_late_shares"),
        CHANGED_SOON.exists().label("has_changed"),
        HAD_APPOINTMENT.label("had_appointment"),
        ASKED_FOR_CALL.exists().label("wants_call"),
        MAY_RATE.label("may_rate"),
        MAY_BE_ASKED.label("may_be_asked"),
        ON_TODAY.exists().label("has_homework"),
        _NEW.exists().label("is_new"),
        *(_HAS_LEFT.label("has_left"), _SAYS.label("says")),
        *(*_OPENING.c, *_TOPIC.c, *_DAILY.c),
    )
    .join_from(_SHARED, _OPENING, true(), isouter=True)
    .join(_TOPIC, true(), isouter=True)
    .join(_DAILY, true(), isouter=True)
)


def glance(
    sign_in: SignIn, upcoming: Upcoming | None, now: datetime, since: datetime, today: date
) -> Waiting:
    """Counts of one's own shares that this session's facilitators can open, and what else waits."""
    values = {
        "person": sign_in.person_id,
        "sign_in": sign_in.id,
        "group": upcoming.group_id if upcoming else None,
        "session": upcoming.id if upcoming else None,
        "since": since,
        "asked_since": now - ASKED_FOR,
        "soon": now + TOLD_AHEAD,
        "opened_since": now - OPENED_LATELY,
        "appointments_since": now - FOLLOW_UP_FOR,
    }
    row = _GLANCE.run(values | at(now) | asking(now) | rating(now))[0]
    made: dict[str, Any] = {
        "opened": opening(row) if row.last_at else None,
        "topic": _topic(sign_in.person_id, row, now) if row.topic_id else None,
        "asks_daily": not row.has_left and _asks_daily(row, today),
    }
    known = {name: getattr(row, name) for name in Waiting._fields if name not in made}
    return Waiting(**known, **made)


def _topic(person_id: UUID, row: Any, now: datetime) -> Topic:
    bound = share_sealed_as(row.topic_id, row.entry_id, person_id, row.group_id)
    said = Share.seen(row.topic, keyring(db.session).key_of(person_id), bound)
    is_over = row.topic_ends_at is not None and row.topic_ends_at <= now
    return Topic(row.topic_id, said.about, is_over)


def _asks_daily(row: Any, today: date) -> bool:
    chosen = USUALLY[DAILY]
    if row.weekdays is not None:
        chosen = rhythm(DAILY, row.weekdays, row.every_weeks, row.from_day)
    return chosen.falls_on(today)


class Own(NamedTuple):
    """What somebody keeps that Today reads."""

    rows: list[Any]  # of journal, plan and check-ins
    counted: Milestone | None  # what is counted first
    due: list[OnDay]  # doses


_MILESTONE, _MEDICATION, _DOSE = "milestone", "medication", "dose"
_DRAWN: dict[str, type[Entry]] = {
    _MILESTONE: Milestone, _MEDICATION: Medication, _DOSE: Dose,
}  # fmt: skip
_OWN = Statement(
    union_all(
        *GLANCED,
        OWN.where(or_(of_kind(_MILESTONE), of_kind(_MEDICATION))),
        OWN.where(
            of_kind(_DOSE),
            Entry.__table__.c.happened_at > bindparam("answered_since", type_=UtcDateTime),
        ),
    )
)


def own(person: Person, now: datetime) -> Own:
    """All of it in one statement; on the days after a plan of doses was changed, in more."""
    values = {"author": person.id, "since": now - HARD_FOR, "answered_since": now - ANSWERED_SINCE}
    rows: list[Any] = []
    mine: dict[str, list[Any]] = {kind: [] for kind in _DRAWN}
    for row in _OWN.run(values):
        mine.get(row.kind, rows).append(row)
    drawn = {kind: [_drawn(person, row) for row in found] for kind, found in mine.items()}
    counts = [count for count in drawn[_MILESTONE] if not count.is_unopened]
    counts.sort(key=lambda count: (count.way != SINCE, count.happened_at))
    is_changed = any(
        row.updated_at > now - CHANGED and row.version > 1 for row in mine[_MEDICATION]
    )
    listed = [listed_with(medication, []) for medication in drawn[_MEDICATION]]
    return Own(
        rows,
        counts[0] if counts else None,
        due_now(person, listed_of(person) if is_changed else listed, drawn[_DOSE], now),
    )


def _drawn(person: Person, row: Any) -> Any:
    bound, key = sealed_as(row.id, person.id, row.kind, row.version), keyring(db.session)
    return _DRAWN[row.kind].seen(
        row.sealed, key.key_of(person.id), bound, id=row.id, author_id=person.id, kind=row.kind,
        version=row.version, happened_at=row.happened_at, updated_at=row.updated_at,
        removed_at=None,
    )  # fmt: skip


def begun(person: Person, now: datetime) -> Begun | None:
    """Where somebody is in the first week of the group they came into last."""
    found = db.session.execute(
        _NEW.add_columns(
            select(func.max(Consent.signed_at)).where(_CONSENTED).scalar_subquery(),
            select(func.max(PushSubscription.made_at)).where(_RINGS).scalar_subquery(),
        )
        .order_by(Membership.from_at.desc())
        .limit(1),
        {"person": person.id, "now": now, "joined_since": now - FIRST},
    ).first()
    if found is None:
        return None
    from_at, consented_at, rings_since = found
    there = {Suggestion.CONSENT: consented_at, Suggestion.REMINDERS: rings_since}
    done = {item: at for item, at in there.items() if at}
    return Begun(
        (now - from_at).days,
        done.keys() | set(map(Suggestion, person.dismissed or ())),
        max(done.values(), default=None),
    )
