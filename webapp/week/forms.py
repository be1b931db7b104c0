"""What is typed about an appointment of one's own, and chosen for the calendar."""

from datetime import datetime

from wtforms import BooleanField, DateField
from wtforms.validators import NumberRange, Optional

from webapp.core.web.forms import OurForm, TimeOfDay, WholeNumber, line, needed
from webapp.core.wording import lazy_gettext as _l
from webapp.entries.forms import EntryForm
from webapp.program.forms import near


class CalendarForm(OurForm):
    """Whether the calendar rings."""

    rings = BooleanField(_l("Remind me one hour before"))


class AppointmentForm(EntryForm):
    """Something of one's own."""

    CONTENT = ("title", "minutes", "place")

    happened = None  # `day` and `starts` say when it begins
    title = line(_l("What is it?"), needed(_l("Enter what it is.")), most=200)
    day = DateField(_l("Date"), [needed(_l("Enter a date.")), near])
    starts = TimeOfDay(_l("Start time"), [needed(_l("Enter a start time, like 6:00 PM."))])
    minutes = WholeNumber(
        _l("Length in minutes"),
        [Optional(), NumberRange(5, 1440, _l("Enter a number from 5 to 1,440."))],
    )
    place = line(_l("Location"), most=200)

    @property
    def when(self) -> datetime | None:
        """When it begins, as it stands on the wall."""
        day, starts = self.day.data, self.starts.data
        return datetime.combine(day, starts) if day and starts else None
