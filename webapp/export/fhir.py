"""Finished questionnaires as FHIR resources."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from webapp.core.errors import each
from webapp.export.queries import answers_of
from webapp.questionnaires.fhir_response import observations, questionnaire_response
from webapp.questionnaires.instruments import Instrument
from webapp.questionnaires.models import Answers
from webapp.questionnaires.queries import instrument

Resource = tuple[str, dict[str, Any]]


def resources(person_id: UUID) -> Iterator[Resource]:
    """Each questionnaire, and what it added up to. One that no questionnaire fits any more is
    named; what was answered stands in the other files."""
    known: dict[str, Instrument | None] = {}
    for entry in answers_of(person_id):
        id = str(entry.instrument)
        if id not in known:
            known[id] = instrument(UUID(id))
        made = list(each([(known[id], entry)], lambda pair: [_written(*pair)]))
        yield from made[0] if made else [_left_out(entry)]


def _written(asked: Instrument | None, entry: Answers) -> list[Resource]:
    if asked is None:
        return [_left_out(entry)]
    response = questionnaire_response(asked, entry)
    return [(f"urn:uuid:{entry.id}", response), *observations(entry)]


def _left_out(entry: Answers) -> Resource:
    issue = {
        "severity": "error",
        "code": "not-found",
        "diagnostics": "The questionnaire that this was an answer to isn’t here any more.",
    }
    outcome = {"resourceType": "OperationOutcome", "issue": [issue]}
    return f"urn:uuid:{entry.id}", outcome
