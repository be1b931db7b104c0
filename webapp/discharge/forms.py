"""What is typed about a discharge."""

from datetime import date
from typing import Any

from wtforms import DateField, Field, RadioField
from wtforms.validators import Optional, ValidationError

from webapp.core.dates import day
from webapp.core.web.choices import Several, choices
from webapp.core.web.forms import OurForm, line, needed, words
from webapp.core.wording import lazy_gettext as _l
from webapp.discharge.models import About, Chair, Outcome, Stand
from webapp.entries.forms import EntryForm
from webapp.program.forms import PartForm, near

CHAIRS = {
    Chair.PATIENT: _l("Patient"),
    Chair.FACILITATOR: _l("Facilitator"),
    Chair.CLINICIAN: _l("Psychiatrist or counselor"),
    Chair.PAYER: _l("Insurance"),
}
STANDS = {
    Stand.AGREE: _l("Agrees"),
    Stand.NOT_YET: _l("Not yet"),
    Stand.ENDED: _l("Ended the benefits"),
}
OWN_STANDS = {Stand.AGREE: _l("I agree"), Stand.NOT_YET: _l("Not yet")}
OUTCOMES = {
    Outcome.TOOLS: _l("Has the tools to continue without this group"),
    Outcome.NO_PROGRESS: _l("No longer progressing here"),
    Outcome.MORE_CARE: _l("Needs more intensive care"),
    Outcome.PAYER_ENDED: _l("Insurance alone ended the benefits"),
    Outcome.LEFT: _l("Left"),
    Outcome.OTHER: _l("Other"),
}
# The same, to the patient.
OWN_OUTCOMES = {
    Outcome.TOOLS: _l("You have the tools to continue without this group."),
    Outcome.NO_PROGRESS: _l("This group wasn’t helping you move forward anymore."),
    Outcome.MORE_CARE: _l("You need more care than this group can give right now."),
    Outcome.PAYER_ENDED: _l("Your insurance ended the benefits. It was their decision alone."),
    Outcome.LEFT: _l("You left."),
}


class ChairForm(OurForm):
    """What one chair says."""

    stand = RadioField(_l("Where they stand"), validators=[needed(_l("Choose one."))])
    why = words(_l("Why (optional)"), most=2_000)

    def __init__(self, *args: Any, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.today = today
        self.stand.choices = choices(self.stands)

    @property
    def stands(self) -> dict[Stand, Any]:
        """What can be said."""
        return {stand: STANDS[stand] for stand in (Stand.AGREE, Stand.NOT_YET)}

    @property
    def said(self) -> dict[str, str | None]:
        """What is kept, by its name; days as text."""
        found = {field.short_name: field.data for field in self if field.name != "csrf_token"}
        return {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in found.items()
        }


class OwnChairForm(ChairForm):
    """The patient's own."""

    stand = RadioField(_l("Where you stand"), validators=[needed(_l("Choose one."))])

    @property
    def stands(self) -> dict[Stand, Any]:
        """What can be said, in the first person."""
        return OWN_STANDS


class StaffChairForm(ChairForm, PartForm):
    """A facilitator's."""

    basis = line(_l("How you know: a talk, a call, a letter"), most=200)
    day = DateField(_l("Day"), [needed(_l("Enter a date.")), near])

    def validate_day(self, field: Field) -> None:
        """Nobody said it tomorrow."""
        not_after(field, self.today)


class ClinicianChairForm(StaffChairForm):
    """A psychiatrist's or a counselor's, as a facilitator heard it."""

    who = line(_l("Name"), needed(_l("Enter a name.")), most=120)


class PayerChairForm(ClinicianChairForm):
    """A payer's, with the days in its letter."""

    ends_on = DateField(_l("Last day that’s paid for (optional)"), [Optional(), near])
    appeal_by = DateField(_l("Appeal by (optional)"), [Optional(), near])
    review_on = DateField(_l("Next concurrent review (optional)"), [Optional(), near])

    @property
    def stands(self) -> dict[Stand, Any]:
        """Only a payer can end the benefits."""
        return STANDS


STAFF_FORMS: dict[Chair, type[StaffChairForm]] = {
    Chair.FACILITATOR: StaffChairForm,
    Chair.CLINICIAN: ClinicianChairForm,
    Chair.PAYER: PayerChairForm,
}


ABOUT = {
    About.TOOLS: _l("Tools I use"),
    About.PEOPLE: _l("People I can turn to"),
    About.APPOINTMENTS: _l("What’s next on my calendar"),
    About.WORRIES: _l("What worries me"),
}


class ReadinessForm(EntryForm):
    """One line of the patient's own list."""

    CONTENT = ("about", "note")

    happened = None
    about = RadioField(
        _l("What is it about?"), choices=choices(ABOUT), validators=[needed(_l("Choose one."))]
    )
    note = line(_l("In a few words"), needed(_l("Write a word or two.")), most=300)


class LinesForm(OurForm):
    """Which lines."""

    lines = Several(_l("Lines"))


class SummaryForm(OurForm):
    """Which lines go on paper, and the patient's own words."""

    lines = Several(_l("Lines"))
    own = words(_l("In your own words (optional)"), most=4_000)


class EndForm(OurForm):
    """How it ended, and what the patient reads."""

    outcome = RadioField(
        _l("How it ended"), choices=choices(OUTCOMES), validators=[needed(_l("Choose one."))]
    )
    last_day = DateField(_l("Last day"), [needed(_l("Enter a date.")), near])
    goodbye = words(_l("Your own words to them (optional)"), most=2_000)
    first_step = line(_l("Next step (optional)"), most=200)
    second_step = line(_l("The step after that (optional)"), most=200)

    def __init__(self, *args: Any, first: date, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.first, self.today = first, today

    def validate_last_day(self, field: Field) -> None:
        """It ends now, so it can't be planned, nor can it be before they came."""
        if field.data > self.today:
            raise ValidationError(
                _l("That day hasn’t come yet. A discharge takes effect right away.")
            )
        if field.data < self.first:
            joined = day(self.first)
            raise ValidationError(_l("They joined this group on %(day)s.", day=joined))

    @property
    def steps(self) -> list[str]:
        """What comes next, in order."""
        return [step for step in (self.first_step.data, self.second_step.data) if step]


def not_after(field: Field, today: date) -> None:
    """What was said was said by today."""
    if field.data > today:
        raise ValidationError(_l("This day hasn’t come yet."))
