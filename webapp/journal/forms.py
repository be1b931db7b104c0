"""What is asked about a trigger."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from flask_babel import lazy_gettext as _l
from wtforms import DateTimeLocalField, Field, Form, HiddenField, SelectMultipleField
from wtforms import RadioField as Choice
from wtforms.validators import NumberRange, Optional, ValidationError

from webapp.core import clock
from webapp.core.forms import CheckboxList, OurForm, WholeNumber, needed, words
from webapp.entries.words import ACTED, FEELINGS, TRIGGER_KINDS

CONTENT = ("urge", "kinds", "situation", "thought", "feelings", "body", "did", "acted", "after")


def known_choice(form: Form, field: Field) -> None:
    """Say in a sentence what WTForms says in jargon."""
    known = {value for value, _label in field.choices}
    if any(one not in known for one in field.data or []):
        raise ValidationError(_l("Please choose from the list."))


class TriggerForm(OurForm):
    """A moment: how strong, what set it off, and whatever else somebody wants to say."""

    id = HiddenField(default=lambda: str(uuid4()))
    version = HiddenField(default="0")
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
    happened = DateTimeLocalField(
        _l("When was it?"), [Optional()], format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
    )

    def __init__(self, *args: Any, zone: str, at: datetime | None = None, **options: Any) -> None:
        """`at` is when it was written, if that isn't now: on a phone without a network."""
        super().__init__(*args, **options)
        self.zone, self.at = zone, at

    @property
    def happened_at(self) -> datetime:
        """The instant it happened: now, unless a time was given."""
        when = self.happened.data
        return (
            clock.instant(when.date(), when.time(), self.zone) if when else self.at or clock.now()
        )

    @property
    def typed(self) -> dict[str, Any]:
        """What goes into the entry."""
        return {name: self[name].data for name in CONTENT} | {"zone": self.zone}

    def validate_happened(self, field: Field) -> None:
        """Not before 1900, and not over a day ahead."""
        if field.data is None:
            return
        if not 1900 <= field.data.year < 9999 or not clock.plausible(self.happened_at, clock.now()):
            raise ValidationError(_l("Please check the date: it can’t be that far away."))
