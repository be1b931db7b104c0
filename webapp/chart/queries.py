"""What a note about a session can say: what staff wrote down, and what may be quoted right now."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from webapp.accounts.models import Person
from webapp.agenda.models import AgendaItem
from webapp.agenda.queries import Agenda, Topic, agenda_of
from webapp.attendance.models import Attendance
from webapp.attendance.queries import attendances
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
from webapp.program.models import GroupSession


@dataclass(frozen=True)
class Part:
    """One patient's part of a session. What can be ticked is there by what stands in the form."""

    row: PatientRow
    attendance: Attendance | None
    tickets: list[Topic]
    goals: dict[str, str]
    quotes: dict[str, Entry]
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
    parts: list[Part]
    lines: dict[str, str]  # the facilitators' own, of the agenda
    homework: list[Homework]  # for everyone
    presences: Counter[str]
    due: list[Entry]  # whose opening is to be noted

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
    parts = [
        _part(row, shown, agenda, marked.get(row.person.id),
              [one.homework for one in given if row.person.id in one.to])
        for row in shown.rows
    ]  # fmt: skip
    seen = [one.entry for row in shown.rows for one in row.shown if one.is_due(now)]
    due = {entry.id: entry for entry in [*seen, *agenda.due(now)]}
    lines = {
        str(topic.id): topic.said.words
        for topic in agenda.topics
        if isinstance(topic.said, AgendaItem) and topic.said.words
    }
    return PastSession(
        group_session, parts, lines, [one.homework for one in given if one.homework.to_all],
        Counter(attendance.presence for attendance in marked.values()), list(due.values()),
    )  # fmt: skip


def _part(
    row: PatientRow,
    shown: Huddle,
    agenda: Agenda,
    attendance: Attendance | None,
    homework: list[Homework],
) -> Part:
    person_id, may_quote = row.person.id, row.person.id in shown.quoted
    mine = [topic for topic in agenda.topics if topic.share_id and topic.person_id == person_id]
    tickets = [topic for topic in mine if topic.is_ticket]
    entries: dict[UUID, Entry] = {one.entry.id: one.entry for one in row.shown}
    entries |= {topic.entry.id: topic.entry for topic in mine if topic.entry is not None}
    quotes, goals = {}, {}
    # A goal is in the patient's own words, too.
    if may_quote:
        readable = [entry for entry in entries.values() if not entry.is_unopened]
        goals = {
            f"{entry.id}:{id}": goal.get("words") or ""
            for entry in readable
            for id, goal in goals_in(entry).items()
        }
        quotes = {str(entry.id): entry for entry in readable if not goals_in(entry)}
    return Part(row, attendance, tickets, goals, quotes, homework, may_quote)
