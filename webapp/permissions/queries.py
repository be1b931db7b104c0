"""Reading permissions: a patient's own, and whether something is allowed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, bindparam, exists, select
from sqlalchemy.orm import aliased

from webapp.accounts.models import Person
from webapp.core import clock
from webapp.core.crypto.keys import keyring
from webapp.core.data.db import db
from webapp.core.data.statements import Statement
from webapp.permissions.models import IN_FORCE, Permission
from webapp.permissions.permission_text import Kind
from webapp.program.models import GroupRole, GroupSession, Membership
from webapp.program.queries import IS_CURRENT


def of_kind(person: Person, kind: Kind) -> list[Permission]:
    """What somebody signed for one thing and didn't cancel, and that isn't over."""
    query = select(Permission).where(
        Permission.person_id == person.id, Permission.what == kind.name, IN_FORCE
    )
    return list(db.session.scalars(query, {"now": clock.now()}))


def allows(person: Person, kind: Kind) -> bool:
    """Whether somebody allows this now. What can't be read allows nothing."""
    return any(not permission.is_unopened for permission in of_kind(person, kind))


def version_allowed(person: Person, kind: Kind, *, until_saved: bool = False) -> int:
    """The latest text that somebody signed and that is in force, by its version; else none at all:
    a former one may not have named everything. With `until_saved`, who cancels it meanwhile waits
    for what is saved now, and takes it away too."""
    query = select(Permission).where(
        Permission.person_id == person.id, Permission.what == kind.name, IN_FORCE
    )
    if until_saved:
        query = query.with_for_update(read=True)
    found = db.session.scalars(query, {"now": clock.now()})
    return max((int(one.text_version) for one in found if not one.is_unopened), default=0)


_OF_GROUP = and_(
    Permission.person_id == Membership.person_id, Membership.part == GroupRole.PATIENT, IS_CURRENT
)
_PERMITTED = Statement(
    select(Permission.__table__)
    .join(Membership, _OF_GROUP)
    .where(Membership.group_id == bindparam("group"), IN_FORCE)
)
# Whether any patient of that session's group permits anything at all, readable or not.
_whose = aliased(Membership)
HAS_PERMITTED = exists().where(
    IN_FORCE,
    Permission.person_id == _whose.person_id,
    _whose.group_id == GroupSession.group_id,
    _whose.until_at.is_(None),
)


def permitted_in(group_id: UUID, now: datetime) -> dict[str, set[UUID]]:
    """Which patients of a group permit what now, by kind. What can't be read permits nothing."""
    rows = _PERMITTED.run({"group": group_id, "now": now})
    ring = keyring(db.session)
    ring.fill({row.person_id for row in rows})
    permitted: dict[str, set[UUID]] = {}
    for row in rows:
        permission, key = Permission.drawn(row._asdict()), ring.held(row.person_id)
        if key and not Permission.seen(row.sealed, key, permission.sealed_as).is_unopened:
            permitted.setdefault(row.what, set()).add(row.person_id)
    return permitted
