"""An instrument from the text of its two files. Pure."""

import json
import tomllib
from decimal import Decimal
from typing import NoReturn
from uuid import UUID

from webapp.questionnaires import fhir_import, scoring_file
from webapp.questionnaires.errors import NotImported
from webapp.questionnaires.instruments import Instrument

NOT_KEPT = UUID(int=0)  # until it has a row


def parse(asked: str, counts: str, file_name: str = "") -> Instrument:
    """An instrument from the text of both files. Raises NotImported."""
    try:
        file = json.loads(asked, parse_float=Decimal, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as problem:
        raise NotImported(f"This file isn’t JSON: {problem}.") from None
    questionnaire = fhir_import.read(file, file_name)
    try:
        table = tomllib.loads(counts, parse_float=Decimal)
    except (tomllib.TOMLDecodeError, RecursionError) as problem:
        raise NotImported(f"The scoring file isn’t TOML: {problem}.") from None
    return Instrument(NOT_KEPT, questionnaire, scoring_file.read(table, questionnaire))


def _refuse_constant(name: str) -> NoReturn:
    raise NotImported(f"The file has {name} where a number should be.")
