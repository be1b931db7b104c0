"""The five questions; the number to call; and who answers."""

from typing import Any

from wtforms import Field, Form
from wtforms import RadioField as Choice
from wtforms.fields import SelectChoice
from wtforms.validators import NumberRange, Optional, ValidationError

from webapp.aftercare.words import APP, GOING, LAW, OCCUPIED, SAFETY_PLAN
from webapp.core.phones import dial
from webapp.core.web.choices import Several, choices
from webapp.core.web.forms import OurForm, WholeNumber, line, needed, words
from webapp.core.wording import lazy_gettext as _l
from webapp.entries.forms import EntryForm
from webapp.permissions.permission_text import NAMES_FIVE, NAMES_SEVEN

ONLY_COUNTED = ("law", "safety_plan", "app")
_OF_THIRTY = NumberRange(0, 30, _l("Enter a number from 0 to 30."))


class LifeForm(EntryForm):
    """How life is going. Each question can be left out; the last ones are only counted, so they're
    asked of nobody else, and of each as far as the text that they signed names them."""

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
    safety_plan = Choice(
        _l("Do you have a safety plan, here or on paper?"),
        [Optional()],
        choices=choices(SAFETY_PLAN),
    )
    app = Choice(_l("How often did you use this app?"), [Optional()], choices=choices(APP))

    def __init__(self, *args: Any, allowed: int = 0, **options: Any) -> None:
        super().__init__(*args, **options)
        if allowed < NAMES_FIVE:
            del self.law
        if allowed < NAMES_SEVEN:
            del self.safety_plan, self.app

    @property
    def only_counted(self) -> list[Field]:
        """What is asked for counting alone."""
        return [self[name] for name in ONLY_COUNTED if name in self]

    @property
    def answers(self) -> dict[str, Any]:
        """What was answered and can be counted."""
        fields = [self[name] for name in ("days_used", "occupied", "going", "nights")]
        given = [field for field in fields + self.only_counted if field.data not in (None, "")]
        return {field.short_name: field.data for field in given}


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
