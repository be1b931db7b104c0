"""An instrument from the text of its two files. Pure."""

import json
import tomllib
from decimal import Decimal
from typing import NoReturn
from uuid import UUID

from webapp.core.wording import gettext as _
from webapp.questionnaires import fhir_import, scoring_file
from webapp.questionnaires.errors import NotImported, NotScored, short
from webapp.questionnaires.instruments import Instrument
from webapp.questionnaires.questionnaire import Questionnaire
from webapp.questionnaires.scoring import Scoring

NOT_KEPT = UUID(int=0)  # until it has a row
MOST_DIGITS = 30  # before the point, or zeros behind it


def parse(asked: str, counts: str, file_name: str = "") -> Instrument:
    """An instrument from the text of both files. Raises NotImported."""
    if asked.lstrip().startswith("<"):
        raise NotImported(_("This file is XML or a web page. A questionnaire is FHIR R4 as JSON."))
    try:
        file = json.loads(asked, parse_float=_number, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as problem:
        raise NotImported(_("This file isn’t JSON: %(problem)s.", problem=problem)) from None
    questionnaire = fhir_import.read(file, file_name)
    return Instrument(NOT_KEPT, questionnaire, _scoring(counts, questionnaire))


def _scoring(counts: str, questionnaire: Questionnaire) -> Scoring:
    try:
        return scoring_file.read(tomllib.loads(counts, parse_float=_number), questionnaire)
    except (ValueError, RecursionError) as problem:  # also of a number with thousands of digits
        raise NotScored(_("The scoring file isn’t TOML: %(problem)s.", problem=problem)) from None
    except NotImported as problem:
        raise NotScored(str(problem)) from None


def _number(text: str) -> Decimal:
    """One that can be written out: 1e999999999 would fill the memory. What is none (TOML has inf
    and nan) is refused where it stands."""
    try:
        number = Decimal(text)
        if not number.is_finite() or abs(number.adjusted()) <= MOST_DIGITS:
            return number
    except ArithmeticError:
        pass
    raise NotImported(_("The file has a number that’s too long: %(text)s.", text=short(text)))


def _refuse_constant(name: str) -> NoReturn:
    raise NotImported(_("The file has %(name)s where a number should be.", name=name))
