"""Inviting and joining."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, cast
from uuid import uuid4

from sqlalchemy import CursorResult, delete, or_

from webapp.accounts.actions import make_person, set_label
from webapp.accounts.models import HereFor, Person, Role
from webapp.accounts.queries import open_code
from webapp.audit.actions import record
from webapp.audit.kinds import ActKind
from webapp.check_ins.actions import follow
from webapp.core import clock, codes
from webapp.core.data.db import db
from webapp.core.errors import Ceiling, Conflict
from webapp.core.throttle import Lane
from webapp.core.wording import gettext as _
from webapp.joining.models import Invitation
from webapp.joining.queries import how_many_open
from webapp.program.actions import join, set_level
from webapp.program.models import Group, GroupRole
from webapp.program.planner import one_at_a_time
from webapp.program.queries import group_of, has_another_patient

LASTS = timedelta(days=7)
MOST_OPEN = 36  # of a group at once: three sheets of twelve
# Ten wrong usernames are a bad hour; a hundred are somebody who looks who is here.
USERNAMES = Lane("usernames", 10, timedelta(minutes=1), timedelta(hours=1))
# Why an account can't take a slip.
ANOTHER_ROLE, IN_IT, ANOTHERS = "another role", "in it", "another's"
PARTS = {Role.PATIENT: GroupRole.PATIENT, Role.FACILITATOR: GroupRole.FACILITATOR}


def invite_many(group: Group, labels: Sequence[str], by: Person) -> list[str]:
    """The codes of as many invitations for patients as there are labels, some of which are empty.

    Raises Ceiling when the group has very many open ones: nobody knows any more where they lie.
    """
    one_at_a_time([group])
    if how_many_open(group.id, clock.now()) + len(labels) > MOST_OPEN:
        raise Ceiling(
            _("A group can have %(most)s open invitations. Make fewer, or cancel some first.",
              most=MOST_OPEN)
        )  # fmt: skip
    return [invite(Role.PATIENT, group, by, label) for label in labels]


def invite(role: Role, group: Group | None, by: Person | None, label: str = "") -> str:
    """A new invitation's code, to be shown or printed once: the database keeps only its hash."""
    invitation = Invitation(
        id=uuid4(),
        role=role,
        group_id=group.id if group else None,
        made_by_id=by.id if by else None,
        expires_at=clock.now() + LASTS,
    )
    code = invitation.set_code()
    if label:
        invitation.label = label
    db.session.add(invitation)
    about = group.id if group else None
    record(ActKind.INVITED, about=about, by=by.id if by else None)
    return code


def cancel(invitation: Invitation, by: Person) -> None:
    """From now on its code is a wrong one."""
    record(ActKind.INVITATION_CANCELED, about=invitation.group_id, by=by.id)
    db.session.delete(invitation)


def remove_ended() -> int:
    """Take invitations that are over out of the table, with what was noted on them."""
    is_over = or_(Invitation.used_at.is_not(None), Invitation.expires_at <= clock.now())
    gone = db.session.execute(delete(Invitation).where(is_over))
    return cast(CursorResult[Any], gone).rowcount


def open_invitation(code: str) -> Invitation | None:
    """An invitation that can be used, while whoever made it may still make one like it."""
    found = open_code(Invitation, code)
    if found is None or (found.group is not None and found.group.archived_at is not None):
        return None
    if found.made_by_id is None:
        return found
    maker = db.session.get_one(Person, found.made_by_id)
    if found.role != Role.PATIENT or found.group_id is None:
        return found if maker.is_administrator else None
    return found if group_of(maker, GroupRole.FACILITATOR, found.group_id) else None


def redeem(
    code: str, *, username: str, name: str, password_hash: str, here_for: HereFor | None,
    came_from: str | None,
) -> Person | None:  # fmt: skip
    """Make the account and put it into its group. None if the code can't be used (any more)."""
    invitation = open_invitation(code)
    if invitation is None or _is_anothers(invitation) or not codes.use(db.session, invitation):
        return None
    role = Role(invitation.role)
    person = make_person(
        username, name, password_hash, role, here_for if role == Role.PATIENT else None
    )
    record(ActKind.ACCOUNT_MADE, person=person.id, about=invitation.id, by=person.id)
    if invitation.group is not None and role in PARTS:
        _join(invitation.group, person, came_from)
    _hand_on(invitation, person)
    return person


def redeem_with(person: Person, code: str, came_from: str | None) -> Group | None:
    """Put somebody who has an account into the slip's group. None if the code can't be used.

    Raises Conflict for a slip of another role, and for a group that they are in: the code stays
    good for whom it was meant. Nothing is shared in the new group; its consent is asked anew.
    """
    invitation = open_invitation(code)
    if invitation is None:
        return None
    if invitation.role != person.role or invitation.group is None:
        raise Conflict(ANOTHER_ROLE)
    part = PARTS[person.role]
    if group_of(person, part, invitation.group.id):
        raise Conflict(IN_IT)
    if _is_anothers(invitation, person):
        raise Conflict(ANOTHERS)
    if not codes.use(db.session, invitation):
        return None
    group = invitation.group
    _join(group, person, came_from)
    _hand_on(invitation, person)
    follow(person)
    return group


def _join(group: Group, person: Person, came_from: str | None) -> None:
    membership = join(group, person, PARTS[person.role])
    if came_from and person.role == Role.PATIENT:
        set_level(membership, person, came_from=came_from)


def _hand_on(invitation: Invitation, person: Person) -> None:
    """Its label is the patient's now, sealed with their key; one that they have already stays."""
    if invitation.made_by_id and invitation.label and not person.label:
        set_label(person.id, invitation.label, db.session.get_one(Person, invitation.made_by_id))
    db.session.delete(invitation)


def _is_anothers(invitation: Invitation, person: Person | None = None) -> bool:
    """Whether it is for individual sessions that somebody else has, or had."""
    if invitation.group is None or invitation.role != Role.PATIENT:
        return False
    return has_another_patient(invitation.group, person.id if person else None)
