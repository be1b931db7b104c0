"""The words for what became of a dose."""

from webapp.core.wording import lazy_gettext as _l
from webapp.medication.models import Answer

ANSWERS = {
    Answer.TAKEN: _l("Taken"),
    Answer.SKIPPED: _l("Skipped"),
    Answer.LATER: _l("Later"),
}


def answer_name(answer: str | None) -> str:
    """Taken, Skipped or Later"""
    return str(ANSWERS[Answer(answer)]) if answer in set(Answer) else ""
