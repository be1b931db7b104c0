"""A questionnaire that the clinic may use, from its files into the database."""

import hashlib
import json
import tomllib
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from webapp.check_ins.errors import NotImported
from webapp.check_ins.models import InstrumentFile
from webapp.check_ins.parsing import parse
from webapp.core import clock
from webapp.core.db import db

LARGEST = 4 * 1024 * 1024
ENDINGS = (".questionnaire.json", ".json")


def import_instrument(file: Path, scoring: Path | None) -> tuple[InstrumentFile, bool]:
    """Bring a questionnaire in. Returns its row, and whether it is new or another than before.

    Raises NotImported, and nothing is changed then.
    """
    asked, counts = _text(file), _text(scoring) if scoring else ""
    instrument = parse(asked, counts)
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


def beside(file: Path) -> Path | None:
    """The scoring file that goes with a questionnaire: phq-9.scoring.toml, if it is there."""
    for ending in ENDINGS:
        if file.name.endswith(ending):
            found = file.with_name(f"{file.name.removesuffix(ending)}.scoring.toml")
            return found if found.exists() else None
    return None


def _text(file: Path) -> str:
    if file.stat().st_size > LARGEST:
        raise NotImported(f"{file.name} is larger than any questionnaire.")
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise NotImported(f"{file.name} isn’t text in UTF-8.") from None
    if "\0" in text or "\\u0000" in text:
        raise NotImported(f"{file.name} has a character that no text has.")
    return text


def _fingerprint(asked: str, counts: str) -> bytes:
    """The same for the same content, however it is laid out."""
    content: Any = [json.loads(asked), tomllib.loads(counts)]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).digest()
