"""Reading consents for people outside."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from webapp.accounts.models import Person
from webapp.consents.models import IN_FORCE, OutsideConsent
from webapp.core import clock
from webapp.core.data.db import db
from webapp.core.limits import ITEMS


def for_person(person: Person) -> list[OutsideConsent]:
    """What somebody signed: all that may be in force, and of the others the latest."""
    return list(
        db.session.scalars(
            select(OutsideConsent)
            .where(OutsideConsent.person_id == person.id)
            .order_by(IN_FORCE.desc(), OutsideConsent.signed_at.desc())
            .limit(ITEMS),
            {"now": clock.now()},
        )
    )


def own_consent(person: Person, id: UUID) -> OutsideConsent | None:
    """One of somebody's own."""
    return db.session.scalar(
        select(OutsideConsent).where(OutsideConsent.id == id, OutsideConsent.person_id == person.id)
    )


def signed_since(person: Person, since: datetime) -> int:
    """How many somebody signed since then."""
    signed = OutsideConsent.person_id == person.id, OutsideConsent.signed_at > since
    query = select(func.count()).select_from(OutsideConsent).where(*signed)
    return db.session.scalar(query) or 0


def in_force(person: Person) -> list[OutsideConsent]:
    """Those under which something may be given out now."""
    found = db.session.scalars(
        select(OutsideConsent)
        .where(OutsideConsent.person_id == person.id, IN_FORCE)
        .order_by(OutsideConsent.signed_at.desc()),
        {"now": clock.now()},
    )
    return [consent for consent in found if not consent.is_unopened]
