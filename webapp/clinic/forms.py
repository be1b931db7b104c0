"""What is typed in the clinic: a group with its days, who runs it, why somebody leaves."""

from datetime import date, time
from typing import Any

from wtforms import (
    SelectField,
)
from wtforms.validators import NumberRange

from webapp.core.dates import zone_name
from webapp.core.web.choices import choices, weekdays_field
from webapp.core.web.forms import OurForm, TimeOfDay, WholeNumber, line, needed, words
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

# Each of the United States' clocks once, by the IANA name of its best known place.
ZONES = (
    "America/New_York", "America/Chicago", "America/Denver", "America/Phoenix",
    "America/Los_Angeles", "America/Anchorage", "America/Adak", "Pacific/Honolulu",
    "America/Puerto_Rico", "Pacific/Guam", "Pacific/Pago_Pago",
)  # fmt: skip


class GroupForm(OurForm):
    """A group and the days on which it meets."""

    name = line(_l("Name"), needed(_l("Enter a name for the group.")), most=80)
    track = SelectField(_l("Type of group"), choices=choices(TRACKS))
    days = weekdays_field(_l("Days"), needed(_l("Choose at least one day.")))
    starts = TimeOfDay(_l("Start time"), [needed(_l("Enter a start time, like 6:00 PM."))])
    minutes = WholeNumber(
        _l("Length in minutes"),
        [needed(_l("Enter a length.")), NumberRange(15, 720, _l("Enter a number from 15 to 720."))],
        default=180,
    )
    zone = SelectField(_l("Time zone"))
    place = line(_l("Location"), most=200)

    def __init__(self, *args: Any, zone: str, **options: Any) -> None:
        """`zone` is the clinic's own, wherever that is."""
        super().__init__(*args, zone=zone, **options)
        self.zone.choices = choices({name: zone_name(name) for name in (zone, *ZONES)})

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
