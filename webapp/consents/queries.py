"""Reading consents for people outside, and what was given out under them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from webapp.accounts.models import Person
from webapp.consents.models import IN_FORCE, Disclosure, OutsideConsent
from webapp.core import clock
from webapp.core.data.db import db
from webapp.core.limits import PAGE


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


def to_give_under(person: Person, id: UUID) -> OutsideConsent | None:
    """One in force, held until the transaction ends: canceling it waits, or has been before."""
    consent = db.session.scalar(
        select(OutsideConsent)
        .where(OutsideConsent.id == id, OutsideConsent.person_id == person.id, IN_FORCE)
        .with_for_update(),
        {"now": clock.now()},
    )
    return None if consent is None or consent.is_unopened else consent


def accounting_of(
    person: Person, before: datetime | None = None, most: int = PAGE
) -> tuple[list[tuple[Disclosure, str]], bool]:
    """A page of what was given out, the latest first, with who did; and whether there is more."""
    query = (
        select(Disclosure, Person)
        .outerjoin(Person, Person.id == Disclosure.by_id)
        .options(joinedload(Person.key))
        .where(Disclosure.person_id == person.id)
        .order_by(Disclosure.recorded_at.desc())
        .limit(most + 1)
    )
    if before is not None:
        query = query.where(Disclosure.recorded_at < before)
    found = []
    for disclosure, by in db.session.execute(query):
        found.append((disclosure, by.called if by is not None else ""))
    return found[:most], len(found) > most


def disclosure_in_force(person: Person, id: UUID) -> tuple[Disclosure, OutsideConsent] | None:
    """What was given out, while its consent is in force."""
    row = db.session.execute(
        select(Disclosure, OutsideConsent)
        .join(OutsideConsent, OutsideConsent.id == Disclosure.consent_id)
        .where(Disclosure.id == id, Disclosure.person_id == person.id, IN_FORCE),
        {"now": clock.now()},
    ).first()
    if row is None or row[0].is_unopened or row[1].is_unopened:
        return None
    return row[0], row[1]
