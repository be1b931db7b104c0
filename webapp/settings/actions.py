"""Changing the clinic's settings."""

from typing import Any
from uuid import UUID

from webapp.audit.actions import record
from webapp.audit.kinds import ActKind
from webapp.core import clock
from webapp.core.data.db import db
from webapp.core.errors import Conflict
from webapp.settings.first import values_of
from webapp.settings.models import ClinicSettings

IN_CONSENTS = ("clinic_name", "clinic_address", "consent_added")


def change_settings(
    was: ClinicSettings, version: int, values: dict[str, Any], by: UUID | None
) -> None:
    """Put new values into the row that was shown as `version`. Raises Conflict for another one."""
    if was.version != version:
        raise Conflict
    row = db.session.get(ClinicSettings, 1)
    if row is None:
        row = ClinicSettings()
        db.session.add(row)
    elif row.version != version:
        raise Conflict
    for name, value in (values_of(was) | values).items():
        setattr(row, name, value)
    if any(getattr(row, name) != getattr(was, name) for name in IN_CONSENTS):
        row.consent_edition = was.consent_edition + 1
    row.version, row.changed_at, row.changed_by_id = version + 1, clock.now(), by
    record(ActKind.SETTINGS_CHANGED)


def say_not_needed(was: ClinicSettings, step: str, by: UUID, *, is_so: bool) -> None:
    """An administrator says of a step of the first day whether the clinic can do without."""
    others = {*was.not_needed.split()} - {step}
    named = " ".join(sorted(others | ({step} if is_so else set())))
    change_settings(was, was.version, {"not_needed": named}, by)
