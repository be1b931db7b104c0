"""What is asked about a trigger."""

import re
from typing import Any

from wtforms import RadioField as Choice
from wtforms.validators import NumberRange, Optional, ValidationError

from webapp.core.web.choices import LONGEST, SEPARATE, SeveralOrOwn, choices
from webapp.core.web.forms import OurForm, WholeNumber, line, words
from webapp.core.wording import gettext as _
from webapp.core.wording import lazy_gettext as _l
from webapp.entries.forms import EntryForm
from webapp.entries.words import ACTED, FEELINGS, TRIGGER_KINDS

OWN = ("kinds", "feelings", "what")  # questions that take words of one's own


class TriggerForm(EntryForm):
    """A moment: a number, or words, and whatever else somebody wants to say."""

    CONTENT = (
        "urge", "kinds", "what", "situation", "thought", "feelings", "body", "did", "acted", "after"
    )  # fmt: skip
    urge = WholeNumber(_l("How strong is the urge?"), [Optional(), NumberRange(0, 10)])
    kinds = SeveralOrOwn(_l("What set it off?"), choices=choices(TRIGGER_KINDS))
    what = SeveralOrOwn(_l("What is it about, if you like?"), choices=[])
    situation = words(_l("What happened?"))
    thought = words(_l("What went through your mind?"))
    feelings = SeveralOrOwn(_l("What did you feel?"), choices=choices(FEELINGS))
    body = words(_l("What did you notice in your body?"))
    did = words(_l("What did you do?"))
    acted = Choice(_l("Did you use or act on it?"), choices=choices(ACTED), validators=[Optional()])
    after = WholeNumber(_l("How strong was the urge afterward?"), [Optional(), NumberRange(0, 10)])

    own_kinds = line(_l("Add your own"), most=LONGEST)
    own_what = line(_l("Add a substance or a habit"), most=LONGEST)
    own_feelings = line(_l("Add a feeling or a symptom"), most=LONGEST)

    @property
    def typed(self) -> dict[str, Any]:
        own = {name: self[name].plus(self[f"own_{name}"].data) for name in OWN}
        return super().typed | own

    def validate(self, *args: Any, **options: Any) -> bool:
        """An empty entry says nothing; one tap or one word says something."""
        if not super().validate(*args, **options):
            return False
        asked = (*self.CONTENT, *(f"own_{name}" for name in OWN))
        if any(self[name].data not in (None, "", []) for name in asked):
            return True
        self.urge.errors = [_l("Tap a number, or write a few words.")]
        return False


def short_lines(_form: Any, field: Any) -> None:
    """Each is short enough for a button, or it is said which isn't: none is cut."""
    for said in re.split(SEPARATE, field.data or ""):
        if len(said.strip()) > LONGEST:
            raise ValidationError(
                _("“%(start)s…” is too long for a button. Use at most %(most)s characters.",
                  start=said.strip()[:20], most=LONGEST)
            )  # fmt: skip


class OwnWordsForm(OurForm):
    """The words that somebody added, question by question: those that stay, and more."""

    kinds = SeveralOrOwn(_l("What sets it off"), choices=[])
    feelings = SeveralOrOwn(_l("Feelings and symptoms"), choices=[])
    what = SeveralOrOwn(_l("Substances and habits"), choices=[])
    own_kinds = line(_l("Add what sets it off"), short_lines)
    own_feelings = line(_l("Add a feeling or a symptom"), short_lines)
    own_what = line(_l("Add a substance or a habit"), short_lines)
