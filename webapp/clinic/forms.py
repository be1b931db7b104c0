"""What is typed in the clinic: a group with its days, who runs it, why somebody leaves."""

from datetime import date, time

from wtforms import (
    Field,
    SelectField,
    TimeField,
)
from wtforms.validators import NumberRange, ValidationError

from webapp.core import clock
from webapp.core.web.choices import choices, weekdays_field
from webapp.core.web.forms import OurForm, WholeNumber, line, needed, words
from webapp.core.wording import lazy_gettext as _l
from webapp.program.models import Track
from webapp.program.recurrence import Weekly

TRACKS = {
    Track.PROCESS: _l("Process group"),
    Track.EDUCATION: _l("Education"),
    Track.SKILLS: _l("Skills"),
    Track.FAMILY: _l("Family"),
    Track.INDIVIDUAL: _l("Individual"),
    Track.MEDICATION: _l("Medication"),
}


class GroupForm(OurForm):
    """A group and the days on which it meets."""

    name = line(_l("Name"), needed(_l("Please give the group a name.")), most=80)
    track = SelectField(_l("What kind of group"), choices=choices(TRACKS))
    days = weekdays_field(_l("Days"), needed(_l("Please choose at least one day.")))
    starts = TimeField(_l("Starts at"), [needed(_l("Please give a start, like 18:00."))])
    minutes = WholeNumber(
        _l("Length in minutes"),
        [needed(_l("Please give a length.")), NumberRange(15, 720, _l("From 15 to 720 minutes."))],
        default=180,
    )
    zone = line(_l("Time zone"), needed(_l("Please give a time zone.")), most=64)
    place = line(_l("Place"), most=200)

    def validate_zone(self, field: Field) -> None:
        """An IANA name, so that clock changes are known."""
        if not clock.is_zone(field.data or ""):
            raise ValidationError(_l("Please use a name like America/New_York."))

    def weekly(self, today: date) -> list[Weekly]:
        """The weekly times, from today on."""
        starts = self.starts.data or time(0)
        return [
            Weekly(day, starts, self.minutes.data or 0, today)
            for day in sorted(set(self.days.data))
        ]


class AddFacilitatorForm(OurForm):
    """Somebody who runs groups already, for this one too."""

    person = SelectField(_l("Facilitator"))


class LeavingForm(OurForm):
    """Somebody is taken out of a group."""

    reason = words(_l("Reason (optional)"), most=1_000)
