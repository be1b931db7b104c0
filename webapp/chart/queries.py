"""What a note about a session can say: what staff wrote down, and what may be quoted right now."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from webapp.accounts.models import Person
from webapp.agenda.models import AgendaItem
from webapp.agenda.queries import Agenda, Topic, agenda_of
from webapp.attendance.models import Attendance
from webapp.attendance.queries import attendances
from webapp.core.folding import folded
from webapp.entries.models import Entry
from webapp.homework.models import Homework
from webapp.homework.queries import given_for
from webapp.huddle.queries import (
    Huddle,
    PatientRow,
    SessionOfHuddle,
    huddle,
    in_huddle,
)
from webapp.plan.queries import goals_in
from webapp.program.models import GroupRole, GroupSession
from webapp.program.queries import people_in


@dataclass(frozen=True)
class Part:
    """One patient's part of a session. What can be ticked is there by what stands in the form."""

    row: PatientRow
    attendance: Attendance | None
    tickets: list[Topic]
    goals: dict[str, str]
    quotes: dict[str, Entry]
    naming: set[UUID]  # entries that could be quoted, but name another patient
    homework: list[Homework]
    may_quote: bool

    @property
    def person(self) -> Person:
        """Whose part it is."""
        return self.row.person


@dataclass(frozen=True)
class PastSession:
    """A session with all that was noted about it and is still open."""

    group_session: GroupSession
    names: dict[UUID, set[str]]  # of each patient who is in the group, or was then
    parts: list[Part]
    lines: dict[str, str]  # the facilitators' own, of the agenda
    naming: list[str]  # such lines that name a patient: the note about all is without them
    homework: list[Homework]  # for everyone
    presences: Counter[str]
    due: list[Entry]  # whose opening is to be noted

    @property
    def is_individual(self) -> bool:
        """Whether it is about one patient, in whose own note all of it goes."""
        return self.group_session.group.is_individual

    def names_others(self, text: str, but: UUID | None) -> bool:
        """Whether a text names a patient of the group: another than this one, or any."""
        return _names(text, self.names, but)

    def ticks(self) -> set[str]:
        """Everything that can be ticked now."""
        found = set(self.lines)
        for part in self.parts:
            found |= {*part.goals, *part.quotes}
        return found


def past_session(
    reader: Person, group_session: GroupSession, known: SessionOfHuddle, now: datetime
) -> PastSession:
    """All of it, in as many statements for any number of patients."""
    shown = huddle(known, in_huddle(reader, known, now))
    agenda = agenda_of(reader, group_session, now, known.ended_at)
    marked, given = attendances(group_session), given_for(group_session, now)
    names = _names_of(group_session, now)
    parts = [
        _part(row, shown, agenda, names, marked.get(row.person.id),
              [one.homework for one in given if row.person.id in one.to])
        for row in shown.rows
    ]  # fmt: skip
    seen = [one.entry for row in shown.rows for one in row.shown if one.is_due(now)]
    due = {entry.id: entry for entry in [*seen, *agenda.due(now)]}
    own = {
        str(topic.id): topic.said.words
        for topic in agenda.topics
        if isinstance(topic.said, AgendaItem) and topic.said.words
    }
    about_one = group_session.group.is_individual
    lines = {id: text for id, text in own.items() if about_one or not _names(text, names)}
    naming = [text for id, text in own.items() if id not in lines]
    return PastSession(
        group_session, names, parts, lines, naming,
        [one.homework for one in given if one.homework.to_all],
        Counter(attendance.presence for attendance in marked.values()), list(due.values()),
    )  # fmt: skip


def _part(
    row: PatientRow,
    shown: Huddle,
    agenda: Agenda,
    names: dict[UUID, set[str]],
    attendance: Attendance | None,
    homework: list[Homework],
) -> Part:
    person_id, may_quote = row.person.id, row.person.id in shown.quoted
    mine = [topic for topic in agenda.topics if topic.share_id and topic.person_id == person_id]
    tickets = [topic for topic in mine if topic.is_ticket]
    entries: dict[UUID, Entry] = {one.entry.id: one.entry for one in row.shown}
    entries |= {topic.entry.id: topic.entry for topic in mine if topic.entry is not None}
    quotes, goals, naming = {}, {}, set()
    # A goal is in the patient's own words, too.
    if may_quote:
        readable = [entry for entry in entries.values() if not entry.is_unopened]
        naming = {one.id for one in readable if _names(str(one.content), names, person_id)}
        goals = {
            f"{entry.id}:{id}": goal.get("words") or ""
            for entry in readable
            for id, goal in goals_in(entry).items()
            if not _names(goal.get("words") or "", names, person_id)
        }
        quotes = {
            str(entry.id): entry
            for entry in readable
            if not goals_in(entry) and entry.id not in naming
        }
    return Part(row, attendance, tickets, goals, quotes, naming, homework, may_quote)


def _names_of(group_session: GroupSession, now: datetime) -> dict[UUID, set[str]]:
    """By what each patient may be called, in single words."""
    people = [
        person
        for at in (now, group_session.starts_at)
        for person in people_in(group_session.group_id, GroupRole.PATIENT, at)
    ]
    return {
        person.id: {word for word in _words(person.called, person.username, person.was)
                    if len(word) > 1}
        for person in people
    }  # fmt: skip


def _names(text: str, names: dict[UUID, set[str]], but: UUID | None = None) -> bool:
    # Somebody named Hope can't be told from hope: then it isn't copied, either.
    own = names.get(but, set()) if but else set()
    return not (set().union(*names.values()) - own).isdisjoint(_words(text))


def _words(*texts: str | None) -> Iterable[str]:
    return re.findall(r"\w+", folded(" ".join(filter(None, texts))))
