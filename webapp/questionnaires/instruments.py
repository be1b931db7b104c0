"""An instrument: a questionnaire with what its answers add up to. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from webapp.core.dates import full_day
from webapp.core.wording import gettext as _
from webapp.questionnaires.questionnaire import (
    Answers,
    Asked,
    Item,
    Questionnaire,
    Type,
    closing,
    counted,
    open_questions,
    own_words,
)
from webapp.questionnaires.scoring import (
    Scoring,
    all_at_once,
    is_at_once,
    numberless,
    plain,
    reach,
    scores,
)


@dataclass(frozen=True)
class Instrument:
    """One version of it. Answers stay with the version that was answered."""

    id: UUID
    questionnaire: Questionnaire
    scoring: Scoring

    @property
    def key(self) -> str:
        """What stays the same from one version to the next."""
        return self.questionnaire.key

    @property
    def name(self) -> str:
        """What patients see it called."""
        return self.scoring.name or self.questionnaire.title

    def open(self, answers: Answers) -> list[Asked]:
        """The questions that are asked, given the answers so far."""
        return open_questions(self.questionnaire, answers)

    def closing(self, answers: Answers) -> tuple[str, ...]:
        """What is said at the end, below the last question."""
        return closing(self.questionnaire, answers)

    @property
    def notice(self) -> str:
        """Whose it is and who may use it: the clinic's own words, else the file's."""
        return self.scoring.notice or self.questionnaire.notice

    def unanswered(self, answers: Answers) -> Asked | None:
        """The first question that has to be answered and isn't."""
        found = (asked for asked in self.open(answers) if asked.item.required)
        return next((asked for asked in found if answers.get(asked.item.link_id) is None), None)

    def is_at_once(self, answers: Answers, link_id: str) -> bool:
        """Whether this answer shows the safety plan before the next question."""
        return is_at_once(self.scoring, self.questionnaire, answers, link_id)

    def content(self, answers: Answers) -> dict[str, object]:
        """What a finished one keeps: each answer, its words, and the sums. Readable by itself,
        also when the clinic no longer has the instrument."""
        kept = counted(self.questionnaire, answers)
        sums = scores(self.scoring, self.questionnaire, kept)
        tops = {
            scale.name: plain(reach(scale, self.questionnaire)[1])
            for scale in self.scoring.scales if scale.name in sums
        }  # fmt: skip
        at_once = all_at_once(self.scoring, self.questionnaire, kept)
        return {
            "instrument": str(self.id),
            "key": self.key,
            "name": self.name,
            "answers": kept,
            "said": [list(pair) for pair in self.in_words(kept)],
            "scores": sums,
            "tops": tops,
            "at_once": [list(pair) for pair in self.in_words(kept, only=at_once)],
        }

    def numberless(self, answers: Answers, kept: Mapping[str, object]) -> dict[str, str]:
        """Each scale that has no number, with the answer that has none, if that is why."""
        return {
            scale.name: numberless(scale, self.questionnaire, answers)
            for scale in self.scoring.scales if scale.name not in kept
        }  # fmt: skip

    def in_words(
        self, answers: Answers, only: list[str] | None = None
    ) -> Iterator[tuple[str, str]]:
        """Each question that was answered, with the answer as it read."""
        for asked in self.open(answers):
            given = answers.get(asked.item.link_id)
            if given is not None and (only is None or asked.item.link_id in only):
                yield asked.item.text, answer_in_words(asked.item, given)


def answer_in_words(item: Item, given: object) -> str:
    """An answer as it read when it was given."""
    if item.type.is_choice:
        option = item.option(given)
        return option.label if option else own_words(given)
    if item.type == Type.BOOLEAN:
        return _("Yes") if given else _("No")
    if item.type == Type.DATE:
        return full_day(date.fromisoformat(str(given)))
    return f"{given} {item.unit}".strip()
