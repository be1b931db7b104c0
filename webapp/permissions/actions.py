"""Signing a permission."""

from datetime import datetime
from uuid import uuid4

from webapp.accounts.models import Person
from webapp.audit.kinds import ActKind
from webapp.core import clock
from webapp.counting.actions import forget
from webapp.permissions.models import Permission
from webapp.permissions.permission_text import COUNT, Kind
from webapp.permissions.queries import of_kind
from webapp.signing.actions import cancel as end
from webapp.signing.actions import keep


def permit(
    person: Person, kind: Kind, signed_name: str, document: list[list[str]], ends: datetime
) -> Permission:
    """Keep the permission exactly as it was shown; one that is in force stays the only one, but
    for one to a former text, whose place this takes; what was counted under that stays."""
    for old in of_kind(person, kind):
        if old.is_unopened:
            continue
        if old.text_version == kind.version:
            return old
        end(old, ActKind.PERMISSION_CANCELED, Permission.what)
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


def cancel(permission: Permission) -> None:
    """From here on the answer is no again, and what was kept for counting is gone."""
    end(permission, ActKind.PERMISSION_CANCELED, Permission.what)
    if permission.what == COUNT.name:
        forget(permission.person_id)
