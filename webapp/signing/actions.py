"""Keeping what was signed, and canceling it."""

from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import InstrumentedAttribute

from webapp.audit.actions import record
from webapp.audit.kinds import ActKind
from webapp.core import clock
from webapp.core.data.db import db
from webapp.settings.current import clinic_settings
from webapp.signing.models import SignedRow


def keep(signed: SignedRow, signed_name: str, document: list[list[str]], act: ActKind) -> None:
    """Keep a text exactly as it was shown, with the name typed as signature."""
    signed.signed_name, signed.document = signed_name, document
    signed.clinic_edition = clinic_settings().consent_edition
    db.session.add(signed)
    record(act, person=signed.person_id, about=signed.id, by=signed.person_id)


def cancel(signed: SignedRow, act: ActKind, *about: InstrumentedAttribute[Any]) -> None:
    """It isn't in force from here on. A second time changes nothing.

    With the columns that say what it is about, its twin ends too: one that was signed on another
    phone at the same moment.
    """
    if signed.revoked_at is not None:
        return
    model: Any = type(signed)
    same = [column == getattr(signed, column.key) for column in about] or [model.id == signed.id]
    db.session.execute(
        update(model)
        .where(model.person_id == signed.person_id, *same, model.revoked_at.is_(None))
        .values(revoked_at=clock.now())
    )
    record(act, person=signed.person_id, about=signed.id)
