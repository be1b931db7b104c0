"""What is asked about a trigger."""

from wtforms import Field, Form, SelectMultipleField
from wtforms import RadioField as Choice
from wtforms.validators import NumberRange, Optional, ValidationError

from webapp.core.forms import CheckboxList, WholeNumber, needed, words
from webapp.core.wording import lazy_gettext as _l
from webapp.entries.forms import EntryForm
from webapp.entries.words import ACTED, FEELINGS, TRIGGER_KINDS


def known_choice(form: Form, field: Field) -> None:
    """Say in a sentence what WTForms says in jargon."""
    known = {value for value, _label in field.choices}
    field.data = list(dict.fromkeys(field.data or []))  # each once, however often it was sent
    if any(one not in known for one in field.data or []):
        raise ValidationError(_l("Please choose from the list."))


class TriggerForm(EntryForm):
    """A moment: how strong, what set it off, and whatever else somebody wants to say."""

    CONTENT = ("urge", "kinds", "situation", "thought", "feelings", "body", "did", "acted", "after")
    urge = WholeNumber(
        _l("How strong is the pull?"),
        [needed(_l("Please tap a number from 0 to 10.")), NumberRange(0, 10)],
    )
    kinds = SelectMultipleField(
        _l("What set it off?"),
        choices=list(TRIGGER_KINDS.items()),
        option_widget=CheckboxList.option_widget,
        widget=CheckboxList(),
        validate_choice=False,
        validators=[known_choice],
    )
    situation = words(_l("What happened?"))
    thought = words(_l("What went through your mind?"))
    feelings = SelectMultipleField(
        _l("What did you feel?"),
        choices=list(FEELINGS.items()),
        option_widget=CheckboxList.option_widget,
        widget=CheckboxList(),
        validate_choice=False,
        validators=[known_choice],
    )
    body = words(_l("What did your body do?"))
    did = words(_l("What did you do?"))
    acted = Choice(
        _l("Did you use, or act on it?"), choices=list(ACTED.items()), validators=[Optional()]
    )
    after = WholeNumber(_l("How strong is it afterwards?"), [Optional(), NumberRange(0, 10)])
