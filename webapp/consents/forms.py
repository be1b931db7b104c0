"""What is asked for a consent for somebody outside."""

from datetime import date, timedelta
from typing import Any

from wtforms import DateField, Field, HiddenField, RadioField
from wtforms.validators import ValidationError

from webapp.consents.consent_text import PURPOSES, RECIPIENTS, WHAT
from webapp.core.web.choices import Several, choices
from webapp.core.web.forms import OurForm, line, needed
from webapp.core.wording import lazy_gettext as _l
from webapp.signing.forms import signature

USUAL, LONGEST = timedelta(days=90), timedelta(days=365)


def within_a_year(form: "OutsideForm", field: Field) -> None:
    """Not over before it is signed, and not for longer than a year."""
    if not form.today <= field.data <= form.today + LONGEST:
        raise ValidationError(_l("Choose a day from today to a year from now."))


class OutsideForm(OurForm):
    """Who may get what, what for, and until when."""

    kind = RadioField(
        _l("Who is it?"), [needed(_l("Choose who it is."))], choices=choices(RECIPIENTS)
    )
    recipient = line(
        _l("Their name"), needed(_l("Enter the name of one person or insurer.")), most=120
    )
    place = line(_l("Their office, phone, or address (optional)"), most=200)
    what = Several(
        _l("What may the clinic give them?"),
        [needed(_l("Check what they may get."))],
        choices=choices(WHAT),
    )
    purpose = RadioField(_l("What for?"), [needed(_l("Choose why."))], choices=choices(PURPOSES))
    ends = DateField(_l("Until the end of"), [needed(_l("Enter a date.")), within_a_year])

    def __init__(self, *args: Any, today: date, **options: Any) -> None:
        self.today = today
        super().__init__(*args, **options)


class SignForm(OutsideForm):
    """The same, read whole, and signed."""

    signed_name = signature()
    shown = HiddenField()


class GiveForm(OurForm):
    """What is given out, and when."""

    what = Several(_l("What are you giving out?"), [needed(_l("Check what you’re giving out."))])
    detail = line(_l("Which documents or dates (optional)"), most=200)
    on = DateField(_l("Date"), [needed(_l("Enter a date."))])

    def __init__(self, *args: Any, allowed: list[str], first: date, today: date, **kw: Any) -> None:
        self.first, self.today = first, today
        super().__init__(*args, **kw)
        self.what.choices = choices((str(number), words) for number, words in enumerate(allowed))

    def validate_on(self, field: Field) -> None:
        """From the day on which the consent was signed."""
        if not self.first <= field.data <= self.today:
            raise ValidationError(_l("Choose a day from the signature to today."))
