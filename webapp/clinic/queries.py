"""Who runs which group."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import distinct, func, or_, select
from sqlalchemy.orm import joinedload

from webapp.accounts.models import WITH_KEY, Person, Role, by_name
from webapp.accounts.queries import staff
from webapp.audit.kinds import ActKind
from webapp.audit.models import Act
from webapp.check_ins.models import DueDays
from webapp.core import clock
from webapp.core.data.db import db
from webapp.core.data.types import NOW
from webapp.meetings.models import Feed
from webapp.program.models import WITH_PERSON, Expectation, Group, GroupRole, Holiday, Membership
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


def readers() -> list[Membership]:
    """Every time of staff in a group that isn't over: who runs it, fills in, supervises."""
    return list(
        db.session.scalars(
            select(Membership)
            .join(Membership.group)
            .where(
                Membership.part == GroupRole.FACILITATOR,
                or_(Membership.until_at.is_(None), Membership.until_at > NOW),
            )
            .options(WITH_PERSON, joinedload(Membership.group))
            .order_by(Group.name, Membership.from_at),
            {"now": clock.now()},
        )
    )


def patients_by_group() -> dict[UUID, int]:
    """How many patients each group has now, who said yes to it."""
    rows = db.session.execute(
        select(Membership.group_id, func.count(distinct(Membership.person_id)))
        .where(Membership.part == GroupRole.PATIENT, Membership.needs_yes.is_(False), IS_CURRENT)
        .group_by(Membership.group_id),
        {"now": clock.now()},
    )
    return {row[0]: row[1] for row in rows}


def last_review() -> tuple[datetime, str] | None:
    """When an administrator last reviewed who can read what, and their name."""
    administrators = select(Person.id).where(Person.role == Role.ADMINISTRATOR)
    reviewed = (
        select(Act.at, Act.actor_id)
        .where(Act.actor_id.in_(administrators), Act.kind == ActKind.ACCESS_REVIEWED)
        .order_by(Act.at.desc())
        .limit(1)
    )
    found = db.session.execute(reviewed).first()
    return (found.at, staff(Person.id == found.actor_id)[0].called) if found else None


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
        "questionnaires": select(InstrumentFile.id).where(InstrumentFile.is_used),
        "meetings": select(Feed.id),
    }
    asked = select(*(query.exists().label(step) for step, query in made.items()))
    row = db.session.execute(asked).one()._mapping
    return {step for step in made if row[step]}
