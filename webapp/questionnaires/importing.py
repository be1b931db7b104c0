"""A questionnaire that the clinic may use, from its files into the database."""

import hashlib
import json
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any
from uuid import uuid4

from webapp.core import clock
from webapp.core.data.db import db
from webapp.core.wording import gettext as _
from webapp.questionnaires import leaving_out
from webapp.questionnaires.errors import NotImported, refused, short
from webapp.questionnaires.models import InstrumentFile
from webapp.questionnaires.parsing import parse
from webapp.questionnaires.queries import latest, versions
from webapp.questionnaires.questionnaire import Questionnaire
from webapp.questionnaires.weekly import OUR_OWN

LARGEST = 4 * 1024 * 1024
MOST_ITEMS, LONGEST_TEXT = 500, 4000
KNOWN_BY = ("url", "identifier", "id", "name", "code")
ENDINGS = (".questionnaire.json", ".json")
# Half of a character that JSON writes as two (an emoji): no page and no database takes it.
HALF = re.compile(
    r"\\ud[89ab][\da-f]{2}(?!\\ud[c-f])|(?<!\\ud[89ab][\da-f]{2})\\ud[c-f][\da-f]{2}", re.IGNORECASE
)


@dataclass(frozen=True)
class Files:
    """A questionnaire and how it is scored, as text, and what its file is called."""

    asked: str
    counts: str = ""
    called: str = ""


def import_instrument(file: Path, scoring: Path | None) -> tuple[InstrumentFile, bool]:
    """Bring a questionnaire in and put it in use. Returns its row, and whether anything changed.

    Raises NotImported, and nothing is changed then.
    """
    counts = text_of(scoring.read_bytes(), scoring.name) if scoring else ""
    row = bring_in(Files(text_of(file.read_bytes(), file.name), counts, stem(file.name)))
    return row, use(row)


def bring_in(files: Files) -> InstrumentFile:
    """Keep a questionnaire, to look at; nobody is asked it. Another one of that name that nobody
    was asked goes. Raises NotImported, and nothing is changed then."""
    instrument = parse(files.asked, files.counts, files.called)
    _refuse_too_much(instrument.questionnaire)
    if instrument.key in OUR_OWN:
        raise NotImported(
            _("The questionnaire has the name of a built-in one, “%(key)s”.", key=instrument.key)
        )
    fingerprint = _fingerprint(files.asked, files.counts)
    there = latest(instrument.key)
    if there is not None and there.fingerprint == fingerprint:
        return there
    number = there.number + 1 if there else 1
    if there is not None and there.used_at is None:
        number = there.number
        discard(there)
    row = InstrumentFile(
        id=uuid4(),
        key=instrument.key,
        number=number,
        title=instrument.questionnaire.title,
        questionnaire=files.asked,
        scoring=files.counts,
        fingerprint=fingerprint,
    )
    db.session.add(row)
    return row


def use(row: InstrumentFile) -> bool:
    """From now on patients can be asked it, in place of a former version. Returns whether they
    couldn't before."""
    if row.is_used:
        return False
    now = clock.now()
    for former in versions(row.key):
        if former is not row and former.used_at is not None and former.replaced_at is None:
            former.replaced_at = now
    row.used_at, row.replaced_at, row.retired_at = row.used_at or now, None, None
    return True


def retire(row: InstrumentFile) -> None:
    """Nobody is asked it from now on. What was answered stays readable."""
    row.retired_at = clock.now()


def discard(row: InstrumentFile) -> None:
    """It was only looked at, so nobody has answered it."""
    assert row.used_at is None
    db.session.delete(row)
    db.session.flush()


def left_out(row: InstrumentFile) -> list[str]:
    """What its files say that nobody is asked or shown, a line for each."""
    file, scoring = json.loads(row.questionnaire), tomllib.loads(row.scoring)
    instrument = parse(row.questionnaire, row.scoring, row.title)
    lines = []
    if not file.get("title"):
        lines.append(
            _("The questionnaire has no title, so it’s called “%(title)s”.", title=row.title)
        )
    if not any(file.get(name) for name in KNOWN_BY):
        lines.append(
            _("Nothing in it identifies it, so its file name does: “%(key)s”.", key=row.key)
        )
    return lines + leaving_out.left_out(file, instrument, scoring.get("unscored") or [])


def beside(file: Path) -> Path | None:
    """The scoring file that goes with a questionnaire: phq-9.scoring.toml, if it is there."""
    if not file.name.endswith(ENDINGS):
        return None
    found = file.with_name(f"{stem(file.name)}.scoring.toml")
    return found if found.exists() else None


def stem(name: str) -> str:
    """A file's name without what says of which kind it is."""
    ending = next((known for known in ENDINGS if name.endswith(known)), PurePath(name).suffix)
    return name.removesuffix(ending)


def text_of(content: bytes, name: str) -> str:
    """What a file says. Raises NotImported."""
    name = short(name)
    if len(content) > LARGEST:
        raise NotImported(_("%(name)s is too large for a questionnaire.", name=name))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotImported(
            _("%(name)s isn’t UTF-8 text. Save it as UTF-8 and try again.", name=name)
        ) from None
    if "\0" in text or "\\u0000" in text or HALF.search(text):
        raise NotImported(_("%(name)s has a character that text can’t have.", name=name))
    return text


def _refuse_too_much(questionnaire: Questionnaire) -> None:
    """Only here: what was brought in before stays readable."""
    items = list(questionnaire.all())
    if len(items) > MOST_ITEMS:
        raise NotImported(
            _("The questionnaire has more than %(most_items)s items.", most_items=MOST_ITEMS)
        )
    if len(questionnaire.notice) > LONGEST_TEXT:
        raise NotImported(
            _(
                "The copyright is longer than %(longest_text)s characters.",
                longest_text=f"{LONGEST_TEXT:,}",
            )
        )
    for item in items:
        labels = [option.label for option in item.options]
        if any(
            len(x) > LONGEST_TEXT for x in (item.text, item.prefix, item.unit, *item.help, *labels)
        ):
            why = _("has text longer than %(most)s characters", most=f"{LONGEST_TEXT:,}")
            raise refused({"linkId": item.link_id, "text": item.text}, why)


def _fingerprint(asked: str, counts: str) -> bytes:
    """The same for the same content, however it is laid out."""
    content: Any = [json.loads(asked), tomllib.loads(counts)]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).digest()
