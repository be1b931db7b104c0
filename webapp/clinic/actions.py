"""What an administrator does with the groups of a colleague."""

from collections.abc import Iterable

from webapp.accounts.models import Person
from webapp.program.actions import join
from webapp.program.models import Group, GroupRole
from webapp.program.queries import groups_of, membership_in
from webapp.sharing.leaving import remove


def hand_groups_over(whose: Person, to: Person, groups: Iterable[Group], by: Person) -> None:
    """One runs these groups in place of the other; patients are told. Nobody runs one twice."""
    runs = {group.id for group in groups_of(to, GroupRole.FACILITATOR)}
    for group in groups:
        if group.id not in runs:
            join(group, to, GroupRole.FACILITATOR)
        theirs = membership_in(group, whose.id, GroupRole.FACILITATOR)
        if theirs is not None:
            remove(theirs, None, by=by)
