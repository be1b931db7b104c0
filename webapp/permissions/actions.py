"""Signing a permission."""

from datetime import datetime
from uuid import uuid4

from webapp.accounts.models import Person
from webapp.audit.kinds import ActKind
from webapp.core import clock
from webapp.permissions.models import Permission
from webapp.permissions.permission_text import Kind
from webapp.permissions.queries import of_kind
from webapp.signing.actions import keep


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
    keep(permission, signed_name, document, ActKind.PERMISSION_SIGNED)
    return permission
