"""What Today needs beside what the features tell."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ScalarSelect, bindparam, case, func, select

from webapp.accounts.models import SignIn
from webapp.accounts.queries import RESETS
from webapp.core.db import db
from webapp.program.models import GroupSession
from webapp.program.queries import STEPPED
from webapp.reminders.queries import PHONE
from webapp.sharing.access import IS_OPEN, at
from webapp.sharing.models import Share
from webapp.sharing.queries import NEW_READERS, UNSEEN_FEEDBACK
from webapp.sync.queries import ASKED_FOR, LATE_SHARES


@dataclass(frozen=True)
class Glance:
    """What a patient shares for a group session, and whether anything else has to be looked for."""

    shared: int
    to_bring_up: int
    is_answered: bool
    has_stepped: bool
    has_new_readers: bool
    has_phone: bool  # whether this device wants reminders
    was_reset: bool  # whether somebody made a code for a new password
    has_late_shares: bool  # whether something was to be shared, and came too late


def _shares(counted: Any) -> ScalarSelect[int]:
    return (
        select(counted)
        .where(
            Share.author_id == bindparam("person"), Share.group_id == bindparam("group"), IS_OPEN
        )
        .scalar_subquery()
    )


# On most days nothing waits. One question says so, in place of one for each thing that might.
_GLANCE = select(
    _shares(func.count()),
    _shares(func.count(case((Share.bring_up, 1)))),
    UNSEEN_FEEDBACK.exists(),
    STEPPED.exists(),
    NEW_READERS.exists(),
    PHONE.exists(),
    RESETS.exists(),
    LATE_SHARES.exists(),
)


def glance(
    sign_in: SignIn, group_session: GroupSession | None, now: datetime, since: datetime
) -> Glance:
    """Counts of one's own shares that this date's facilitators can open, and what else waits."""
    group = group_session.group_id if group_session else None
    values = {
        "person": sign_in.person_id,
        "sign_in": sign_in.id,
        "group": group,
        "since": since,
        "asked_since": now - ASKED_FOR,
    }
    return Glance(*db.session.execute(_GLANCE, values | at(now)).one())
