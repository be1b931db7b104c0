"""What can be given: what is in the app already, or a facilitator's own words."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from webapp.core.dates import day
from webapp.core.wording import gettext as _
from webapp.core.wording import lazy_gettext as _l
from webapp.mindfulness.exercises import EXERCISES
from webapp.plan.outline import PARTS
from webapp.program.models import GroupSession
from webapp.questionnaires.instruments import Instrument

OWN_WORDS = "words"
HEADINGS = {
    OWN_WORDS: _l("Own words"),
    "exercise": _l("Exercises"),
    "plan": _l("The patient’s plan"),
    "questionnaire": _l("Questionnaires"),
    "reading": _l("Readings"),
}


class Task(NamedTuple):
    """`which` is a slug, a part's name, an instrument's key, or the session with the reading."""

    kind: str
    which: str
    name: Any

    @property
    def value(self) -> str:
        """How a form calls it."""
        return f"{self.kind}:{self.which}"


def offered(instruments: Iterable[Instrument], coming: Iterable[GroupSession]) -> Iterator[Task]:
    """Everything that can be given now."""
    yield Task(OWN_WORDS, "", _l("Something in my own words"))
    for exercise in EXERCISES.values():
        yield Task("exercise", exercise.slug, exercise.name)
    for part in PARTS.values():
        yield Task("plan", part.name, part.title)
    for instrument in instruments:
        yield Task("questionnaire", instrument.key, instrument.name)
    yield Task("reading", "expect", _l("What to expect here"))
    yield Task("reading", "family", _l("For family and friends"))
    for one in coming:
        if one.read_before:
            when = day(one.starts_at, one.group.zone)
            yield Task("reading", str(one.id), _("The reading for %(day)s", day=when))
