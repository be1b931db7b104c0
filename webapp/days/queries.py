"""Reading what somebody counts."""

from webapp.accounts.models import Person
from webapp.days.models import Milestone
from webapp.entries.queries import own_list


def milestones_of(person: Person) -> list[Milestone]:
    """What somebody counts, in the order in which they began."""
    return sorted(own_list(person, Milestone), key=lambda milestone: milestone.created_at)
