"""Putting a session's agenda in order, and saying what became of what was on it."""

from uuid import UUID, uuid4

from sqlalchemy import select, update

from webapp.accounts.models import Person
from webapp.agenda.models import MOST, STEP, AgendaItem
from webapp.agenda.queries import Agenda, Topic
from webapp.core import clock
from webapp.core.data.db import db
from webapp.core.errors import Ceiling
from webapp.core.wording import gettext as _
from webapp.program.models import GroupSession
from webapp.sharing.models import Mark, Share

MOST_LINES = 40


def hold(group_session_id: UUID) -> None:
    """One change of an agenda at a time: two facilitators never put the same topic twice."""
    db.session.execute(
        select(GroupSession.id).where(GroupSession.id == group_session_id).with_for_update()
    )


def move(agenda: Agenda, topic: Topic, by: int) -> None:
    """One place up (-1) or down; whoever is at the end stays there."""
    topics = [other for other in agenda.topics if other is not topic]
    at = min(max(agenda.topics.index(topic) + by, 0), len(topics))
    _keep(agenda, [*topics[:at], topic, *topics[at:]])


def lengthen(agenda: Agenda, topic: Topic, taps: int) -> None:
    """Five minutes more, or less; never none."""
    topic.minutes = min(max(topic.minutes + taps * STEP, STEP), MOST)
    _keep(agenda, agenda.topics)


def add_line(agenda: Agenda, words: str, by: Person) -> UUID:
    """A facilitator's own line, at the end. Raises Ceiling when there are very many."""
    if sum(topic.share_id is None for topic in agenda.topics) >= MOST_LINES:
        raise Ceiling(_("There’s no room for more lines. Delete one first."))
    _keep(agenda, agenda.topics)
    line = AgendaItem(
        group_session_id=agenda.group_session.id, topic_id=uuid4(), author_id=by.id,
        place=len(agenda.topics),
    )  # fmt: skip
    line.words = words
    db.session.add(line)
    return line.topic_id


def delete_line(agenda: Agenda, topic: Topic) -> None:
    """Take an own line off; any facilitator of the group may. A patient's topics stay."""
    if topic.share_id is None:
        db.session.delete(_kept(agenda)[topic.id])


def mark(share_id: UUID, what: Mark | None, group_session: GroupSession, by: Person) -> None:
    """What became of a ticket. The last tap counts; the share goes on as it was."""
    db.session.execute(
        update(Share)
        .where(Share.id == share_id)
        .values(
            mark=what, marked_at=clock.now(), marked_by_id=by.id, marked_for_id=group_session.id
        )
    )


def _keep(agenda: Agenda, topics: list[Topic]) -> None:
    there = _kept(agenda)
    for place, topic in enumerate(topics):
        item = there.get(topic.id)
        if item is None:
            item = AgendaItem(
                group_session_id=agenda.group_session.id, topic_id=topic.id,
                share_id=topic.share_id,
            )  # fmt: skip
            db.session.add(item)
        item.place, item.minutes = place, topic.minutes


def _kept(agenda: Agenda) -> dict[UUID, AgendaItem]:
    which = AgendaItem.group_session_id == agenda.group_session.id
    return {item.topic_id: item for item in db.session.scalars(select(AgendaItem).where(which))}
