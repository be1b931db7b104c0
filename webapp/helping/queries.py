"""Reading what answers somebody: whom they named, their next group, what they count."""

from dataclasses import dataclass
from datetime import date

from webapp.accounts.models import Person
from webapp.days import queries as days
from webapp.days.chapters import SINCE
from webapp.days.models import Milestone
from webapp.helping.stay_safe import lines_about
from webapp.mindfulness.queries import told_by
from webapp.plan import queries as plan
from webapp.program.models import GroupRole
from webapp.program.next_and_last import Upcoming, next_group_session

FEW = 3  # people that can be taken in at a glance


@dataclass(frozen=True)
class Support:
    """What stands beside whoever just said that it was hard, or that they used."""

    people: list[dict[str, str]]
    upcoming: Upcoming | None = None
    counting: Milestone | None = None  # the days that still count
    is_noted: bool = False  # today's return to use
    about: frozenset[str] = frozenset()  # which lines about staying safe; none is both
    halves_in: int | None = None  # minutes, as urges of one's own usually do


def support_after_use(person: Person, today: date, what: list[str] | None = None) -> Support:
    """Whom to call, when group is, and what a return could be noted in."""
    counts = [count for count in days.milestones_of(person) if count.way == SINCE]
    noted = today.isoformat()
    is_noted = any(note["day"] == noted for count in counts for note in count.returns or [])
    upcoming = next_group_session(person, GroupRole.PATIENT)
    return Support(_people(person), upcoming, next(iter(counts), None), is_noted, lines_about(what))


def support_in_a_hard_moment(person: Person) -> Support:
    """Whom to call, and how long it usually takes."""
    halving = told_by(person).halving
    return Support(_people(person), halves_in=halving.minutes if halving else None)


def _people(person: Person) -> list[dict[str, str]]:
    return plan.people_to_call(plan.parts_of(person))[:FEW]
