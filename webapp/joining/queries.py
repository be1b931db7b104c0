"""Invitations that can still be used, for those who run the group."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from webapp.accounts.models import WITH_KEY, Person, Role
from webapp.core.data.db import db
from webapp.joining.models import Invitation


def open_slips(group_id: UUID, now: datetime) -> list[tuple[Invitation, Person]]:
    """Each with whoever made it, whose key comes along: its label is sealed with that."""
    query = (
        select(Invitation, Person)
        .join(Person, Person.id == Invitation.made_by_id)
        .where(*_is_open(group_id, now))
        .options(WITH_KEY)
        .order_by(Invitation.expires_at, Invitation.made_at, Invitation.id)
    )
    return [(slip, maker) for slip, maker in db.session.execute(query)]


def how_many_open(group_id: UUID, now: datetime) -> int:
    """Those that the operator made are among them."""
    return db.session.scalar(select(func.count(Invitation.id)).where(*_is_open(group_id, now))) or 0


def open_slip(group_id: UUID, id: UUID, now: datetime) -> Invitation | None:
    """One of them, whoever of the group's facilitators made it; nobody takes it meanwhile."""
    is_it = Invitation.id == id, *_is_open(group_id, now)
    return db.session.scalar(select(Invitation).where(*is_it).with_for_update())


def _is_open(group_id: UUID, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        Invitation.group_id == group_id,
        Invitation.role == Role.PATIENT,
        Invitation.used_at.is_(None),
        Invitation.expires_at > now,
    )
