"""What is typed about an appointment of one's own, and chosen for the calendar."""

from datetime import datetime

from wtforms import BooleanField, DateField, RadioField, SelectField
from wtforms.validators import NumberRange, Optional

from webapp.core.web.choices import choices
from webapp.core.web.forms import OurForm, TimeOfDay, WholeNumber, line, needed
from webapp.core.wording import lazy_gettext as _l
from webapp.entries.forms import EntryForm
from webapp.program.forms import near
from webapp.week.models import Care

CARE = {
    "": _l("No"),
    Care.PSYCHIATRIST: _l("Yes, with a psychiatrist or prescriber"),
    Care.COUNSELOR: _l("Yes, with a counselor or therapist"),
    Care.OTHER: _l("Yes, with someone else"),
}
TOOK_PLACE = {"yes": _l("Yes"), "no": _l("No")}


class CalendarForm(OurForm):
    """Whether the calendar rings."""

    rings = BooleanField(_l("Remind me one hour before"))


class AppointmentForm(EntryForm):
    """Something of one's own."""

    CONTENT = ("title", "minutes", "place", "care", "remind", "took_place")

    happened = None  # `day` and `starts` say when it begins
    title = line(_l("What is it?"), needed(_l("Enter what it is.")), most=200)
    day = DateField(_l("Date"), [needed(_l("Enter a date.")), near])
    starts = TimeOfDay(_l("Start time"), [needed(_l("Enter a start time, like 6:00 PM."))])
    minutes = WholeNumber(
        _l("Length in minutes"),
        [Optional(), NumberRange(5, 1440, _l("Enter a number from 5 to 1,440."))],
    )
    place = line(_l("Location"), most=200)
    care = SelectField(_l("Is it follow-up care?"), [Optional()], choices=choices(CARE))
    remind = BooleanField(_l("Remind me the evening before"))
    took_place = RadioField(_l("Did it happen?"), [Optional()], choices=choices(TOOK_PLACE))

    @property
    def when(self) -> datetime | None:
        """When it begins, as it stands on the wall."""
        day, starts = self.day.data, self.starts.data
        return datetime.combine(day, starts) if day and starts else None
