"""Recording that something was copied for the chart."""

from webapp.audit.actions import record
from webapp.audit.kinds import ActKind
from webapp.chart.notes import Note
from webapp.chart.queries import PastSession


def copied(session: PastSession, notes: list[Note]) -> None:
    """An act for each patient, who reads it; the group's note is about nobody."""
    for note in notes:
        person = note.part.person.id if note.part else None
        record(ActKind.CHART_COPIED, person=person, about=session.group_session.id)
