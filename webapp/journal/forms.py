"""What is asked about a trigger."""

from typing import Any

from wtforms import RadioField as Choice
from wtforms.validators import NumberRange, Optional

from webapp.core.web.choices import Several, choices
from webapp.core.web.forms import WholeNumber, words
from webapp.core.wording import lazy_gettext as _l
from webapp.entries.forms import EntryForm
from webapp.entries.words import ACTED, FEELINGS, TRIGGER_KINDS


class TriggerForm(EntryForm):
    """A moment: a number, or words, and whatever else somebody wants to say."""

    CONTENT = ("urge", "kinds", "situation", "thought", "feelings", "body", "did", "acted", "after")
    urge = WholeNumber(_l("How strong is the urge?"), [Optional(), NumberRange(0, 10)])
    kinds = Several(_l("What set it off?"), choices=choices(TRIGGER_KINDS))
    situation = words(_l("What happened?"))
    thought = words(_l("What went through your mind?"))
    feelings = Several(_l("What did you feel?"), choices=choices(FEELINGS))
    body = words(_l("What did you notice in your body?"))
    did = words(_l("What did you do?"))
    acted = Choice(_l("Did you use or act on it?"), choices=choices(ACTED), validators=[Optional()])
    after = WholeNumber(_l("How strong was the urge afterward?"), [Optional(), NumberRange(0, 10)])

    def validate(self, *args: Any, **options: Any) -> bool:
        """An empty entry says nothing; one tap or one word says something."""
        if not super().validate(*args, **options):
            return False
        if any(self[name].data not in (None, "", []) for name in self.CONTENT):
            return True
        self.urge.errors = [_l("Tap a number, or write a few words.")]
        return False
