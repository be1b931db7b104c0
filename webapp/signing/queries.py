"""Reading what somebody signed, of one kind."""

from collections.abc import Sequence
from typing import TypeVar
from uuid import UUID

from sqlalchemy import select

from webapp.accounts.models import Person
from webapp.core import clock
from webapp.core.data.db import db
from webapp.core.errors import or_not_found
from webapp.core.limits import ITEMS
from webapp.signing.models import SignedRow, in_force

Signed = TypeVar("Signed", bound=SignedRow)


def signed_by(person: Person, kind: type[Signed]) -> Sequence[Signed]:
    """What somebody signed: all that may be in force, and of the others the latest."""
    query = select(kind).where(kind.person_id == person.id)
    latest = query.order_by(in_force(kind).desc(), kind.signed_at.desc()).limit(ITEMS)
    return db.session.scalars(latest, {"now": clock.now()}).all()


def own(person: Person, kind: type[Signed], id: UUID) -> Signed:
    """One of somebody's own. Raises NotFound."""
    query = select(kind).where(kind.id == id, kind.person_id == person.id)
    return or_not_found(db.session.scalar(query))
