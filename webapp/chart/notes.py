"""A note as plain text. What a patient wrote is in it only where it was ticked."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple
from uuid import UUID

from webapp.attendance.forms import FULL_PRESENCES
from webapp.attendance.models import CAME, Presence
from webapp.chart.queries import Part, PastSession
from webapp.core.dates import full_day, hour, plain
from webapp.core.wording import gettext as _
from webapp.homework.models import Homework


class Note(NamedTuple):
    """Whose note it is (nobody's: the group's), what it says, and what was ticked for it."""

    part: Part | None
    text: str
    ticks: list[str]

    @property
    def who(self) -> str:
        """How a form calls it."""
        return str(self.part.person.id) if self.part else "group"


def for_group(session: PastSession, ticked: list[str]) -> Note:
    """What is said of the group names no patient: it can go into each chart."""
    counts = [
        _("%(presence)s: %(count)s", presence=FULL_PRESENCES[presence], count=count)
        for presence in Presence
        if (count := session.presences.get(presence))
    ]
    lines = [id for id in ticked if id in session.lines]
    parts = [
        *_head(session, None),
        *_listed(_("Attendance"), counts or [_("not marked")]),
        *_listed(_("Covered"), [session.lines[id] for id in lines]),
        *_listed(_("Homework given to everyone"), _homework(session, session.homework, None)),
    ]
    return Note(None, _text(parts), lines)


def for_person(session: PastSession, part: Part, ticked: list[str], quotes: dict[str, str]) -> Note:
    """`quotes` says what can be quoted in words. No other patient is named."""
    lines = [id for id in ticked if id in session.lines and session.is_individual]
    goals = [id for id in ticked if id in part.goals]
    quoted = [id for id in ticked if id in part.quotes]
    parts = [
        part.person.called,
        *_head(session, part.person.id),
        _("Attendance: %(said)s", said=attendance(session, part)),
        *_listed(_("Covered"), [session.lines[id] for id in lines]),
        *_listed(_("Goals addressed"), [part.goals[id] for id in goals]),
        *_listed(_("In the patient’s own words"), [f"“{quotes[id]}”" for id in quoted]),
        *_listed(_("Homework given"), _homework(session, part.homework, part.person.id)),
    ]
    return Note(part, _text(parts), [*lines, *goals, *quoted])


def attendance(session: PastSession, part: Part) -> str:
    """Present, late, 6:10 PM–9:00 PM"""
    there, group_session = part.attendance, session.group_session
    if there is None:
        return _("not marked")
    said = str(FULL_PRESENCES[Presence(there.presence)])
    if there.presence not in CAME:
        return said
    zone = group_session.group.zone
    start = hour(there.arrived_at or group_session.starts_at, zone)
    return f"{said}, {start}–{hour(there.left_at or group_session.ends_at, zone)}"


def _head(session: PastSession, about: UUID | None) -> Iterator[str]:
    group_session, zone = session.group_session, session.group_session.group.zone
    yield group_session.group.name
    start, end = hour(group_session.starts_at, zone), hour(group_session.ends_at, zone)
    yield f"{full_day(group_session.starts_at, zone)}, {start}–{end}"
    if group_session.topic and not session.names_others(group_session.topic, about):
        yield _("Topic: %(topic)s", topic=group_session.topic)


def _listed(title: str, lines: Iterable[str]) -> list[str]:
    listed = [f"- {line}" for line in lines]
    return [f"{title}:", *listed] if listed else []


def _homework(session: PastSession, given: list[Homework], about: UUID | None) -> list[str]:
    lines = [one.line for one in given if not one.is_unopened]
    return [line for line in lines if not session.names_others(line, about)]


def _text(lines: Iterable[str]) -> str:
    return plain("\n".join(lines)) + "\n"
