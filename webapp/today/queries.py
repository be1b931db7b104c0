"""What Today needs beside what the features tell."""

from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, case, func, select, true

from webapp.accounts.models import Person, SignIn
from webapp.accounts.queries import RESETS
from webapp.aftercare.calls import ASKED_FOR_CALL
from webapp.aftercare.points import FIRST
from webapp.aftercare.queries import MAY_BE_ASKED, asking
from webapp.core.data.db import db
from webapp.core.data.statements import Statement
from webapp.core.data.types import UtcDateTime
from webapp.discharge.queries import NEWS
from webapp.homework.queries import ON_TODAY
from webapp.insight.queries import Begun
from webapp.insight.suggest import Suggestion
from webapp.program.models import GroupRole, Membership
from webapp.program.next_and_last import CHANGED_SOON, TOLD_AHEAD, Upcoming
from webapp.program.queries import ADDED, IS_CURRENT, REMOVALS, STEPPED
from webapp.ratings.queries import MAY_RATE, rating
from webapp.reminders.models import PushSubscription
from webapp.reminders.queries import KNOWN
from webapp.sharing.access import IN_FORCE, IS_OPEN, at
from webapp.sharing.models import Consent, Share
from webapp.sharing.queries import LAST_OPENING, NEW_READERS, UNSEEN_FEEDBACK, Opened, opening
from webapp.sync.queries import ASKED_FOR, LATE_SHARES
from webapp.week.queries import ASKED_FOR as FOLLOW_UP_FOR
from webapp.week.queries import HAD_APPOINTMENT

OPENED_LATELY = timedelta(days=3)


@dataclass(frozen=True)
class Waiting:
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
    opened: Opened | None  # the latest time that somebody opened the page with something shared


_SHARED = (
    select(func.count().label("shared"), func.count(case((Share.bring_up, 1))).label("to_bring_up"))
    .where(Share.author_id == bindparam("person"), Share.group_id == bindparam("group"), IS_OPEN)
    .subquery()
)
_NEW = select(Membership.from_at).where(
    Membership.person_id == bindparam("person"),
    Membership.part == GroupRole.PATIENT,
    Membership.from_at > bindparam("joined_since", type_=UtcDateTime),
    IS_CURRENT,
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
        *_OPENING.c,
    ).join_from(_SHARED, _OPENING, true(), isouter=True)
)


def glance(sign_in: SignIn, upcoming: Upcoming | None, now: datetime, since: datetime) -> Waiting:
    """Counts of one's own shares that this session's facilitators can open, and what else waits."""
    values = {
        "person": sign_in.person_id,
        "sign_in": sign_in.id,
        "group": upcoming.group_id if upcoming else None,
        "since": since,
        "asked_since": now - ASKED_FOR,
        "soon": now + TOLD_AHEAD,
        "opened_since": now - OPENED_LATELY,
        "appointments_since": now - FOLLOW_UP_FOR,
    }
    row = _GLANCE.run(values | at(now) | asking(now) | rating(now))[0]
    known = {
        field.name: getattr(row, field.name) for field in fields(Waiting) if field.name != "opened"
    }
    return Waiting(**known, opened=opening(row) if row.last_at else None)


def begun(person: Person, now: datetime) -> Begun | None:
    """Where somebody is in the first week of the group they came into last."""
    found = db.session.execute(
        _NEW.add_columns(
            select(Consent.id).where(_CONSENTED).exists(),
            select(PushSubscription.id).where(_RINGS).exists(),
        )
        .order_by(Membership.from_at.desc())
        .limit(1),
        {"person": person.id, "now": now, "joined_since": now - FIRST},
    ).first()
    if found is None:
        return None
    from_at, has_consent, rings = found
    there = {Suggestion.CONSENT: has_consent, Suggestion.REMINDERS: rings}
    done = {item for item, is_there in there.items() if is_there}
    return Begun((now - from_at).days, done | set(map(Suggestion, person.dismissed or ())))
