"""A questionnaire that the clinic may use, from its files into the database."""

import hashlib
import json
import tomllib
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from webapp.core import clock
from webapp.core.data.db import db
from webapp.questionnaires import leaving_out
from webapp.questionnaires.errors import NotImported, refused
from webapp.questionnaires.models import InstrumentFile
from webapp.questionnaires.parsing import parse
from webapp.questionnaires.questionnaire import Questionnaire
from webapp.questionnaires.weekly import OUR_OWN

LARGEST = 4 * 1024 * 1024
MOST_ITEMS, LONGEST_TEXT = 500, 4000
KNOWN_BY = ("url", "identifier", "id", "name", "code")
ENDINGS = (".questionnaire.json", ".json")


def import_instrument(file: Path, scoring: Path | None) -> tuple[InstrumentFile, bool]:
    """Bring a questionnaire in. Returns its row, and whether it is new or another than before.

    Raises NotImported, and nothing is changed then.
    """
    asked, counts = _text(file), _text(scoring) if scoring else ""
    instrument = parse(asked, counts, _stem(file))
    _refuse_too_much(instrument.questionnaire)
    if instrument.key in OUR_OWN:
        raise NotImported(f"The questionnaire has the name of a built-in one, “{instrument.key}”.")
    fingerprint = _fingerprint(asked, counts)
    there = db.session.scalar(
        select(InstrumentFile)
        .where(InstrumentFile.key == instrument.key)
        .order_by(InstrumentFile.number.desc())
        .limit(1)
    )
    if there is not None and there.fingerprint == fingerprint:
        return there, False
    if there is not None:
        there.replaced_at = clock.now()
    row = InstrumentFile(
        id=uuid4(),
        key=instrument.key,
        number=there.number + 1 if there else 1,
        title=instrument.questionnaire.title,
        questionnaire=asked,
        scoring=counts,
        fingerprint=fingerprint,
    )
    db.session.add(row)
    return row, True


def left_out(row: InstrumentFile) -> list[str]:
    """What its files say that nobody is asked or shown, a line for each."""
    file, scoring = json.loads(row.questionnaire), tomllib.loads(row.scoring)
    instrument = parse(row.questionnaire, row.scoring, row.title)
    lines = []
    if not file.get("title"):
        lines.append(f"The questionnaire has no title, so it’s called “{row.title}”.")
    if not any(file.get(name) for name in KNOWN_BY):
        lines.append(f"Nothing in it identifies it, so its file name does: “{row.key}”.")
    return lines + leaving_out.left_out(file, instrument, scoring.get("unscored") or [])


def beside(file: Path) -> Path | None:
    """The scoring file that goes with a questionnaire: phq-9.scoring.toml, if it is there."""
    if not file.name.endswith(ENDINGS):
        return None
    found = file.with_name(f"{_stem(file)}.scoring.toml")
    return found if found.exists() else None


def _stem(file: Path) -> str:
    ending = next((known for known in ENDINGS if file.name.endswith(known)), file.suffix)
    return file.name.removesuffix(ending)


def _refuse_too_much(questionnaire: Questionnaire) -> None:
    """Only here: what was brought in before stays readable."""
    items = list(questionnaire.all())
    if len(items) > MOST_ITEMS:
        raise NotImported(f"The questionnaire has more than {MOST_ITEMS} items.")
    if len(questionnaire.notice) > LONGEST_TEXT:
        raise NotImported(f"The copyright is longer than {LONGEST_TEXT:,} characters.")
    for item in items:
        labels = [option.label for option in item.options]
        if any(
            len(x) > LONGEST_TEXT for x in (item.text, item.prefix, item.unit, *item.help, *labels)
        ):
            why = f"has text longer than {LONGEST_TEXT:,} characters"
            raise refused({"linkId": item.link_id, "text": item.text}, why)


def _text(file: Path) -> str:
    if file.stat().st_size > LARGEST:
        raise NotImported(f"{file.name} is too large for a questionnaire.")
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise NotImported(f"{file.name} isn’t UTF-8 text.") from None
    if "\0" in text or "\\u0000" in text:
        raise NotImported(f"{file.name} has a character that text can’t have.")
    return text


def _fingerprint(asked: str, counts: str) -> bytes:
    """The same for the same content, however it is laid out."""
    content: Any = [json.loads(asked), tomllib.loads(counts)]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).digest()
