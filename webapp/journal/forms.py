"""What is asked about a trigger."""

from wtforms import RadioField as Choice
from wtforms.validators import NumberRange, Optional

from webapp.core.web.choices import Several, choices
from webapp.core.web.forms import WholeNumber, needed, words
from webapp.core.wording import lazy_gettext as _l
from webapp.entries.forms import EntryForm
from webapp.entries.words import ACTED, FEELINGS, TRIGGER_KINDS


class TriggerForm(EntryForm):
    """A moment: how strong, what set it off, and whatever else somebody wants to say."""

    CONTENT = ("urge", "kinds", "situation", "thought", "feelings", "body", "did", "acted", "after")
    urge = WholeNumber(
        _l("How strong is the urge?"),
        [needed(_l("Tap a number from 0 to 10.")), NumberRange(0, 10)],
    )
    kinds = Several(_l("What set it off?"), choices=choices(TRIGGER_KINDS))
    situation = words(_l("What happened?"))
    thought = words(_l("What went through your mind?"))
    feelings = Several(_l("What did you feel?"), choices=choices(FEELINGS))
    body = words(_l("What did you notice in your body?"))
    did = words(_l("What did you do?"))
    acted = Choice(_l("Did you use or act on it?"), choices=choices(ACTED), validators=[Optional()])
    after = WholeNumber(_l("How strong was the urge afterward?"), [Optional(), NumberRange(0, 10)])
