"""What a reader does with the huddle itself."""

from uuid import UUID

from sqlalchemy import or_, select, update

from webapp.accounts.models import Person
from webapp.core import clock
from webapp.core.data.db import db
from webapp.program.models import GroupRole, GroupSession, Membership


def mark_all_seen(reader: Person, group_session_id: UUID) -> None:
    """What was shown to this reader of the session's group by now is new no more."""
    group = select(GroupSession.group_id).where(GroupSession.id == group_session_id)
    db.session.execute(
        update(Membership)
        .where(
            Membership.person_id == reader.id, Membership.part == GroupRole.FACILITATOR,
            Membership.group_id == group.scalar_subquery(),
            or_(Membership.until_at.is_(None), Membership.until_at > clock.now()),
        )
        .values(all_seen_at=clock.now())
    )  # fmt: skip
