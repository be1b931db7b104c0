"""Signing a permission, and canceling it."""

from datetime import datetime
from uuid import uuid4

from sqlalchemy import update

from webapp.accounts.models import Person
from webapp.audit.actions import record
from webapp.audit.kinds import ActKind
from webapp.core import clock
from webapp.core.data.db import db
from webapp.permissions.models import Permission
from webapp.permissions.permission_text import Kind
from webapp.permissions.queries import of_kind


def permit(
    person: Person, kind: Kind, signed_name: str, document: list[list[str]], ends: datetime
) -> Permission:
    """Keep the permission exactly as it was shown; one that is in force stays the only one."""
    if found := next((old for old in of_kind(person, kind) if not old.is_unopened), None):
        return found
    permission = Permission(
        id=uuid4(),
        person_id=person.id,
        what=kind.name,
        text_version=kind.version,
        signed_at=clock.now(),
        expires_at=ends,
    )
    permission.signed_name, permission.document = signed_name, document
    db.session.add(permission)
    record(ActKind.PERMISSION_SIGNED, person=person.id, about=permission.id, by=person.id)
    return permission


def cancel(permission: Permission) -> None:
    """From here on the answer is no again, whatever was signed at the same moment elsewhere."""
    if permission.revoked_at is None:
        db.session.execute(
            update(Permission)
            .where(
                Permission.person_id == permission.person_id,
                Permission.what == permission.what,
                Permission.revoked_at.is_(None),
            )
            .values(revoked_at=clock.now())
        )
        record(ActKind.PERMISSION_CANCELED, person=permission.person_id, about=permission.id)
