"""A questionnaire is begun, answered one by one, finished or thrown away."""

from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete

from webapp.accounts.models import Person
from webapp.core import clock
from webapp.core.data.db import db
from webapp.core.errors import Conflict
from webapp.entries.actions import write
from webapp.entries.models import entry_id
from webapp.entries.queries import own
from webapp.questionnaires import queries
from webapp.questionnaires.instruments import Instrument
from webapp.questionnaires.models import Answers, CheckInDraft


def begin(person: Person, instrument: Instrument) -> CheckInDraft:
    """An empty draft, in place of a former one; drafts that are too old go too."""
    now, id = clock.now(), queries.draft_id(person, instrument.id)
    db.session.execute(
        delete(CheckInDraft).where(
            CheckInDraft.person_id == person.id,
            (CheckInDraft.id == id) | (CheckInDraft.begun_at <= now - queries.DRAFT_LASTS),
        )
    )
    draft = CheckInDraft(id=id, person_id=person.id, begun_at=now, sealed=b"")
    draft.instrument, draft.made, draft.answers = str(instrument.id), str(uuid4()), {}
    db.session.add(draft)
    return draft


def keep(draft: CheckInDraft, link_id: str, answer: Any) -> dict[str, Any]:
    """Keep one answer; None takes it away. Returns the answers so far."""
    answers = {name: kept for name, kept in (draft.answers or {}).items() if name != link_id}
    if answer is not None:
        answers[link_id] = answer
    draft.answers = answers
    return answers


def throw_away(draft: CheckInDraft) -> None:
    """As if it had never been begun."""
    db.session.delete(draft)


def finish(person: Person, draft: CheckInDraft, instrument: Instrument, zone: str) -> Answers:
    """The draft becomes an entry, once. Raises Conflict while something needed is unanswered."""
    answers = draft.answers or {}
    content = instrument.content(answers)
    if instrument.unanswered(answers) is not None or not content["said"]:
        raise Conflict
    there = finished_from(person, UUID(draft.made))
    begun = {"begun_at": draft.begun_at.isoformat(), "zone": zone}
    entry = there or write(Answers, person, UUID(draft.made), clock.now(), content | begun)
    db.session.delete(draft)
    return entry


def finished_from(person: Person, made: UUID) -> Answers | None:
    """What a draft has become, for whoever taps twice."""
    return own(person, Answers, entry_id(person.id, made))
