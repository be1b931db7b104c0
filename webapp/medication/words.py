"""The words for what happened with a dose."""

from webapp.core.wording import lazy_gettext as _l
from webapp.medication.models import DoseAnswer

ANSWERS = {
    DoseAnswer.TAKEN: _l("Taken"),
    DoseAnswer.SKIPPED: _l("Skipped"),
    DoseAnswer.LATER: _l("Later"),
}


def answer_name(answer: str | None) -> str:
    """Taken, Skipped or Later"""
    return str(ANSWERS[DoseAnswer(answer)]) if answer in set(DoseAnswer) else ""
