"""An instrument from the text of its two files. Pure."""

import json
import tomllib
from decimal import Decimal
from typing import NoReturn
from uuid import UUID

from webapp.core.wording import gettext as _
from webapp.questionnaires import fhir_import, scoring_file
from webapp.questionnaires.errors import NotImported, NotScored
from webapp.questionnaires.instruments import Instrument
from webapp.questionnaires.questionnaire import Questionnaire
from webapp.questionnaires.scoring import Scoring

NOT_KEPT = UUID(int=0)  # until it has a row


def parse(asked: str, counts: str, file_name: str = "") -> Instrument:
    """An instrument from the text of both files. Raises NotImported."""
    if asked.lstrip().startswith("<"):
        raise NotImported(_("This file is XML or a web page. A questionnaire is FHIR R4 as JSON."))
    try:
        file = json.loads(asked, parse_float=Decimal, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as problem:
        raise NotImported(_("This file isn’t JSON: %(problem)s.", problem=problem)) from None
    questionnaire = fhir_import.read(file, file_name)
    return Instrument(NOT_KEPT, questionnaire, _scoring(counts, questionnaire))


def _scoring(counts: str, questionnaire: Questionnaire) -> Scoring:
    try:
        return scoring_file.read(tomllib.loads(counts, parse_float=Decimal), questionnaire)
    except (tomllib.TOMLDecodeError, RecursionError) as problem:
        raise NotScored(_("The scoring file isn’t TOML: %(problem)s.", problem=problem)) from None
    except NotImported as problem:
        raise NotScored(str(problem)) from None


def _refuse_constant(name: str) -> NoReturn:
    raise NotImported(_("The file has %(name)s where a number should be.", name=name))
