"""The five questions; the number to call; and who answers."""

from typing import Any

from wtforms import Field, Form
from wtforms import RadioField as Choice
from wtforms.fields import SelectChoice
from wtforms.validators import NumberRange, Optional, ValidationError

from webapp.aftercare.words import GOING, LAW, OCCUPIED
from webapp.core.phones import dial
from webapp.core.web.choices import Several, choices
from webapp.core.web.forms import OurForm, WholeNumber, line, needed, words
from webapp.core.wording import lazy_gettext as _l
from webapp.entries.forms import EntryForm

_OF_THIRTY = NumberRange(0, 30, _l("Enter a number from 0 to 30."))


class LifeForm(EntryForm):
    """How life is going. Each question can be left out; the last one is only counted, so it's asked
    of nobody else."""

    CONTENT = ("days_used", "occupied", "going", "nights", "note")

    happened = None
    days_used = WholeNumber(_l("On how many days did you drink or use?"), [Optional(), _OF_THIRTY])
    occupied = Choice(_l("Are you working or in school?"), [Optional()], choices=choices(OCCUPIED))
    going = Choice(
        _l("How is life going, all in all?"), [Optional()], choices=choices(GOING), coerce=int
    )
    nights = WholeNumber(
        _l("How many nights were you in a hospital, for any reason?"), [Optional(), _OF_THIRTY]
    )
    note = words(_l("Anything you want to add?"))
    law = Choice(
        _l("Were you arrested or charged with a crime?"), [Optional()], choices=choices(LAW)
    )

    def __init__(self, *args: Any, is_counted: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        if not is_counted:
            del self.law

    @property
    def answers(self) -> dict[str, Any]:
        """What was answered and can be counted."""
        names = ("days_used", "occupied", "going", "nights", *(["law"] if "law" in self else []))
        return {name: self[name].data for name in names if self[name].data not in (None, "")}


def _dialable(_form: Form, field: Field) -> None:
    if not dial(field.data):
        raise ValidationError(_l("Enter one number that a phone can call, like 555-555-0100."))


class CallForm(OurForm):
    """The number to call, for this one request."""

    number = line(
        _l("What number should we call?"), needed(_l("Enter a phone number.")), _dialable, most=40
    )


class CallsForm(OurForm):
    """When requests are looked at, and who answers them besides the last group's facilitators."""

    looked_at = line(_l("When does someone look at requests?"), most=200)
    people = Several(_l("Who answers, besides the facilitators of the person’s last group?"))

    def __init__(self, *args: Any, staff: list[SelectChoice], **options: Any) -> None:
        super().__init__(*args, **options)
        self.people.choices = staff
