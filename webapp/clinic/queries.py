"""Who runs which group."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from webapp.accounts.models import WITH_KEY, Person, Role, by_name
from webapp.accounts.queries import staff
from webapp.check_ins.models import DueDays
from webapp.core.data.db import db
from webapp.meetings.models import Feed
from webapp.program.models import Expectation, Group, GroupRole, Holiday, Membership
from webapp.program.queries import IS_CURRENT
from webapp.questionnaires.models import InstrumentFile


def all_facilitators() -> list[Person]:
    """Everybody who runs groups, by name."""
    return staff(Person.role == Role.FACILITATOR, Person.disabled_at.is_(None))


def facilitators_by_group(now: datetime) -> dict[UUID, list[Person]]:
    """Who runs which group now, or stands in."""
    rows = db.session.execute(
        select(Membership.group_id, Person)
        .join(Person, Person.id == Membership.person_id)
        .where(
            Membership.part == GroupRole.FACILITATOR, Membership.supervises.is_(False), IS_CURRENT
        )
        .options(WITH_KEY),
        {"now": now},
    ).all()
    found: dict[UUID, list[Person]] = {}
    for group_id, person in rows:
        found.setdefault(group_id, []).append(person)
    return {group_id: by_name(people) for group_id, people in found.items()}


def people_by_individual_group(now: datetime) -> dict[UUID, int]:
    """How many patients each individual group has now: one, or none."""
    rows = db.session.execute(
        select(Membership.group_id, func.count())
        .join(Membership.group)
        .where(Group.typed_name.is_(None), Membership.part == GroupRole.PATIENT, IS_CURRENT)
        .group_by(Membership.group_id),
        {"now": now},
    )
    return {row[0]: row[1] for row in rows}


def what_is_there(now: datetime) -> set[str]:
    """What somebody made already, by the step of the first day that asks for it."""
    made = {
        "holidays": select(Holiday.id).where(Holiday.day >= now.date()),
        "check_ins": select(DueDays.what),
        "expect": select(Expectation.part),
        "questionnaires": select(InstrumentFile.id).where(InstrumentFile.replaced_at.is_(None)),
        "meetings": select(Feed.id),
    }
    asked = select(*(query.exists().label(step) for step, query in made.items()))
    row = db.session.execute(asked).one()._mapping
    return {step for step in made if row[step]}
