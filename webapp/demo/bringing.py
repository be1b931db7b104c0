"""What the demo people bring to a group that was added later."""

from sqlalchemy import select

from webapp.accounts.models import Person, SignIn
from webapp.core import clock
from webapp.core.data.db import db
from webapp.program.models import Group, GroupSession
from webapp.sharing.actions import share
from webapp.sharing.models import Share
from webapp.sharing.queries import consent_for


def bring_again(group: Group, soon: GroupSession) -> None:
    """Who shared something for the last date shares it for this one too: its page isn't empty.

    Only people whom nobody has played: a visitor decides alone what is shared.
    """
    last = _last_with_shares(group)
    if last is None or last.ends_at > clock.now():
        return
    for earlier in db.session.scalars(
        select(Share).where(
            Share.group_session_id == last.id,
            Share.ended_at.is_(None),
            Share.author_id.not_in(select(SignIn.person_id)),
        )
    ).all():
        consent = consent_for(db.session.get_one(Person, earlier.author_id), group.id)
        if consent is not None:
            bring_up, about = earlier.bring_up, earlier.about
            share(earlier.entry, group, consent=consent, for_=soon, bring_up=bring_up, about=about)


def _last_with_shares(group: Group) -> GroupSession | None:
    return db.session.scalar(
        select(GroupSession)
        .join(Share, Share.group_session_id == GroupSession.id)
        .where(GroupSession.group_id == group.id, GroupSession.cancelled_at.is_(None))
        .order_by(GroupSession.starts_at.desc())
        .limit(1)
    )
