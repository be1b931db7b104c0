"""Who leaves a group shares nothing with it any more: taken out, put back, or moved to another."""

from typing import Any

from webapp.accounts.models import Person
from webapp.audit.actions import record
from webapp.audit.kinds import ActKind
from webapp.core import clock
from webapp.program import actions as program
from webapp.program.models import Group, Membership, Removal
from webapp.sharing.actions import end_shares


def remove(
    membership: Membership, reason: str | None, by: Person, act: ActKind = ActKind.REMOVED
) -> Removal:
    """Take somebody out of a group. What they share with it ends with that, for good.

    Raises Conflict when a colleague just did.
    """
    removal = program.remove(membership, reason, by, act)
    end_shares(membership.person_id, membership.group_id, removal.made_at)
    return removal


def decline(membership: Membership) -> None:
    """A patient leaves a group that somebody added them to; what they share with it ends."""
    program.leave(membership.group_id, membership.person_id)
    end_shares(membership.person_id, membership.group_id, clock.now())
    record(ActKind.DECLINED, person=membership.person_id, about=membership.group_id)


def undo(removal: Removal, by: Person) -> None:
    """Put somebody back, with own days and consent. No share comes back, nor one that was on its
    way while they were out. Raises Conflict as `undo_removal` does."""
    program.undo_removal(removal, by)
    end_shares(removal.person_id, removal.membership.group_id, clock.now())


def step(membership: Membership, to: Group, by: Person, **level: Any) -> None:
    """Step a patient down or up into another group. What they share with the old one ends, for
    good; they are asked once about the new one. Raises Conflict when they are in `to` already."""
    after = program.step(membership, to)
    program.set_level(after, by, **level)
    end_shares(membership.person_id, membership.group_id, after.from_at)
